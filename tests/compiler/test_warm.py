"""Triggers and mappings that are called again: swapped for generated code, unseen."""

from __future__ import annotations

import copy
import gc
import inspect
import json
import linecache
import pickle
import sys
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import fql
from fql.compiler import pysource
from fql.compiler.closures import compile_value
from fql.compiler.payload import Mapping, compile_directives, compile_mapping_text
from fql.compiler.payload_errors import MappingError
from fql.compiler.trigger import (
    Trigger,
    check_trigger,
    compile_engine_text,
    compile_tree,
    compile_trigger,
)
from fql.compiler.warm import PAYLOAD_CALLS, TRIGGER_CALLS, counted
from fql.grammar.condition_tree import Unreadable, to_json
from fql.grammar.conditions import read, read_tree
from fql.grammar.diagnostics import has_errors
from tests.compiler import reference, reference_conditions
from tests.compiler.compiling import exactly
from tests.compiler.strategies import conditions, events
from tests.compiler.test_convert import texts as mapping_texts
from tests.compiler.tree_strategies import nested_trees
from tests.compiler.trigger_strategies import trigger_events, trigger_texts

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType

    from fql.compiler.ir import Ir
    from fql.compiler.values import Json
    from fql.grammar.condition_tree import Group

TEXT = 'type = "track" and properties.total >= 10'
SAMPLE = Path(__file__).parents[1] / "conformance/mappings.jsonl"


def is_swapped(trigger: Trigger) -> bool:
    return file_of(trigger.__call__).startswith("<fql ")


def builds_generated(mapping: Mapping) -> bool:
    return file_of(build_of(mapping)).startswith("<fql ")


def build_of(mapping: Mapping) -> Callable[[Any], object]:
    """Return what the mapping calls now."""
    build: Callable[[Any], object] = vars(mapping)["_build"]
    return build


def file_of(function: Callable[..., object]) -> str:
    code: CodeType = inspect.unwrap(function).__code__
    return code.co_filename


def warmed(trigger: Trigger) -> Trigger:
    """Return *trigger* once it runs generated code."""
    for _ in range(TRIGGER_CALLS):
        trigger({})
    assert is_swapped(trigger)
    return trigger


def warmed_mapping(mapping: Mapping, event: dict[str, Json]) -> Mapping:
    """Return *mapping* once it runs generated code."""
    for _ in range(PAYLOAD_CALLS):
        outcome(mapping, event)
    assert builds_generated(mapping)
    return mapping


def outcome(function: Callable[[Any], object], event: Any) -> object:
    """Return what a function answers, or the error that it raises."""
    try:
        return exactly(function(event))
    except MappingError as error:
        return type(error), str(error)


# --- counting ---------------------------------------------------------------------


class Swapped:
    """Counts how often it is asked to swap."""

    def __init__(self, error: Exception | None = None) -> None:
        self.count = 0
        self.error = error

    def swap(self) -> None:
        self.count += 1
        if self.error is not None:
            raise self.error


@pytest.mark.parametrize("error", [None, RecursionError("too deep")])
def test_the_swap_is_at_one_call_and_no_other(error: Exception | None) -> None:
    swapped = Swapped(error)
    function = counted(str, calls=3, swap=swapped.swap)
    found = []
    for number in range(5):
        assert function(number) == str(number)
        found.append(swapped.count)
    assert found == [0, 0, 1, 1, 1]


def test_another_error_of_a_swap_is_not_hidden() -> None:
    swapped = Swapped(KeyError("a fault of ours"))
    with pytest.raises(KeyError):
        counted(str, calls=1, swap=swapped.swap)(0)


def test_a_function_outlives_what_it_would_swap_in() -> None:
    swapped = Swapped()
    function = counted(str, calls=1, swap=swapped.swap)
    known = weakref.ref(swapped)
    del swapped
    assert known() is None
    assert function(1) == "1"


# --- triggers ---------------------------------------------------------------------


def test_a_trigger_runs_closures_first_and_generated_code_later() -> None:
    trigger = compile_trigger(TEXT)
    answers = []
    for number in range(TRIGGER_CALLS + 2):
        assert is_swapped(trigger) is (number >= TRIGGER_CALLS)
        answers.append(trigger({"type": "track", "properties": {"total": number}}))
    assert answers == [number >= 10 for number in range(TRIGGER_CALLS + 2)]


@settings(max_examples=60)
@given(conditions(), st.lists(events(), max_size=3))
def test_a_text_answers_alike_before_and_after(
    text: str, sample: list[dict[str, Json]]
) -> None:
    """Closures, generated code and the plain evaluator of the tree agree."""
    checked = check_trigger(text)
    assume(not has_errors(checked.diagnostics))
    trigger = compile_trigger(text)
    wanted = [reference.holds(checked.root, event) for event in sample]
    assert [trigger(event) for event in sample] == wanted
    assert [warmed(trigger)(event) for event in sample] == wanted


@settings(max_examples=60)
@given(trigger_texts(), st.lists(trigger_events(), max_size=3))
def test_the_engines_text_answers_alike_before_and_after(
    text: str, sample: list[dict[str, Json]]
) -> None:
    assume(not isinstance(read_tree(text), Unreadable))
    trigger = compile_engine_text(text)
    wanted = [reference_conditions.evaluate(read(text), event) for event in sample]
    assert [trigger(event) for event in sample] == wanted
    assert [warmed(trigger)(event) for event in sample] == wanted


@settings(max_examples=60)
@given(nested_trees(), st.lists(trigger_events(), max_size=3))
def test_a_tree_answers_alike_before_and_after(
    tree: Group, sample: list[dict[str, Json]]
) -> None:
    trigger = compile_tree(tree)
    shape = to_json(tree)
    wanted = [reference_conditions.evaluate(shape, event) for event in sample]
    assert [trigger(event) for event in sample] == wanted
    assert [warmed(trigger)(event) for event in sample] == wanted


def test_the_bare_function_is_the_one_that_is_called() -> None:
    trigger = compile_trigger(TEXT)
    function = trigger.function
    assert is_swapped(trigger)
    assert trigger.function is function
    assert trigger.__call__ is function
    assert warmed(trigger).__call__ is function
    assert function({"type": "track", "properties": {"total": 10}}) is True


def test_threads_see_one_swap_and_right_answers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    generated: list[str] = []
    generate = pysource.compile_condition_source

    def compile_condition_source(node: Ir, title: str) -> Callable[[Json], bool]:
        generated.append(title)
        return generate(node, title)

    monkeypatch.setattr(pysource, "compile_condition_source", compile_condition_source)
    trigger = compile_trigger("any(items, item.n > 5 and item.n = n)")
    given_: list[dict[str, Json]] = [
        {"n": n, "items": [{"n": n - 1}, {"n": n}]} for n in range(50)
    ]
    together = threading.Barrier(8)

    def run(_: int) -> list[bool]:
        together.wait()
        return [trigger(event) for event in given_ * 40]

    with switching(), ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(run, range(8)))
    assert answers == [[n % 50 > 5 for n in range(2_000)]] * 8
    assert generated == [trigger.text]
    assert is_swapped(trigger)


def too_deep(node: Ir, title: str) -> Callable[[Json], bool]:
    raise RecursionError(f"{title}: too deep for {node}")


def test_a_trigger_goes_on_where_the_stack_has_no_room_to_generate(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    trigger = compile_trigger(TEXT)
    with monkeypatch.context() as patched:
        patched.setattr(pysource, "compile_condition_source", too_deep)
        answers = [trigger({"type": "page"}) for _ in range(TRIGGER_CALLS + 1)]
    assert answers == [False] * (TRIGGER_CALLS + 1)
    assert not is_swapped(trigger)
    assert trigger.function({"type": "track", "properties": {"total": 10}}) is True
    assert is_swapped(trigger)


def test_an_odd_event_is_answered_where_the_stack_has_no_room_to_generate(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    trigger = warmed(compile_trigger("properties.total = null"))
    odd: dict[str, Json] = {"properties": "not an object"}

    with monkeypatch.context() as patched:
        patched.setattr(pysource, "_generate_exactly", too_deep)
        assert trigger(odd) is True
    assert trigger(odd) is True
    assert trigger({"properties": {"total": 1}}) is False


def test_a_trigger_goes_when_nothing_holds_it() -> None:
    gc.disable()
    try:
        trigger = compile_trigger(TEXT)
        known = weakref.ref(trigger)
        trigger({})
        del trigger
        assert known() is None
    finally:
        gc.enable()


def test_a_pickle_and_a_copy_start_anew() -> None:
    trigger = warmed(compile_trigger(TEXT))
    restored = pickle.loads(pickle.dumps(trigger))  # noqa: S301 - just made
    for other in (restored, copy.deepcopy(trigger)):
        assert other == trigger
        assert not is_swapped(other)
        assert is_swapped(warmed(other))


def test_the_generated_text_is_there_for_tracebacks_and_goes_with_the_trigger() -> None:
    trigger = warmed(compile_trigger(TEXT))
    name = file_of(trigger.__call__)
    assert "def matches(event):\n" in linecache.getlines(name)
    del trigger
    gc.collect()
    assert linecache.getlines(name) == []


@pytest.mark.parametrize("name", ["text", "node", "function", "__call__", "anything"])
def test_a_trigger_cannot_be_changed(name: str) -> None:
    trigger = compile_trigger(TEXT)
    with pytest.raises(AttributeError, match=f"a trigger never changes: '{name}'"):
        setattr(trigger, name, "other")
    assert trigger({}) is False


def test_a_trigger_can_be_inspected() -> None:
    trigger = compile_trigger(TEXT)
    assert list(inspect.signature(trigger).parameters) == ["event"]
    assert "text" in inspect.signature(Trigger).parameters
    assert trigger(event={"type": "page"}) is False
    assert warmed(trigger)(event={"type": "page"}) is False
    with pytest.raises(AttributeError, match="a trigger has no 'anything'"):
        trigger.anything  # type: ignore[attr-defined] # noqa: B018 - it has none


# --- mappings ---------------------------------------------------------------------


def test_a_mapping_runs_closures_first_and_generated_code_later() -> None:
    mapping = compile_mapping_text("{ id: userId, n: properties.n ?? 0 }")
    for number in range(PAYLOAD_CALLS + 2):
        assert builds_generated(mapping) is (number >= PAYLOAD_CALLS)
        payload = mapping({"userId": "u", "properties": {"n": number}})
        assert payload == {"id": "u", "n": number}


@settings(max_examples=60)
@given(mapping_texts, st.lists(events(), min_size=1, max_size=3))
def test_a_payload_is_the_same_before_and_after(
    text: str, sample: list[dict[str, Json]]
) -> None:
    mapping = compile_mapping_text(text)
    wanted = [outcome(mapping, event) for event in sample]
    warmed_mapping(mapping, sample[0])
    assert [outcome(mapping, event) for event in sample] == wanted


def test_directives_build_and_fail_alike_before_and_after() -> None:
    with SAMPLE.open(encoding="utf-8") as lines:
        cases = [json.loads(line) for line in lines]
    for case in cases:
        try:
            mapping = compile_directives(case["mapping"])
        except fql.FqlError:
            continue
        sample = [each["event"] for each in case["cases"]]
        closures = compile_value(mapping.node)
        generated = pysource.compile_value_source(mapping.node, "case")
        for event in sample:
            wanted = outcome(closures, event)
            assert outcome(generated, event) == wanted
            assert outcome(build_of(mapping), event) == wanted


def test_an_error_is_the_same_before_and_after() -> None:
    mapping = compile_directives({"a": {"@template": {"@path": "$.none"}}})
    before = outcome(mapping, {})
    assert isinstance(before, tuple)
    assert before[0] is MappingError
    assert outcome(warmed_mapping(mapping, {}), {}) == before


def test_declared_fields_and_copies_outlast_the_swap() -> None:
    mapping = fql.compile_mapping(
        "{ a: properties.a }", fields={"a": {"type": "object"}}
    )
    event: dict[str, Json] = {"properties": {"a": {"b": 1}}}
    warmed_mapping(mapping, event)
    payload = mapping(event, copy=True)
    assert payload == {"a": {"b": 1}}
    with pytest.raises(fql.PayloadError):
        mapping({"properties": {"a": 5}})


@pytest.mark.parametrize("name", ["source", "node", "_build", "anything"])
def test_a_mapping_cannot_be_changed(name: str) -> None:
    mapping = compile_mapping_text("{ id: userId }")
    with pytest.raises(AttributeError, match=f"a mapping never changes: '{name}'"):
        setattr(mapping, name, "other")


class switching:  # noqa: N801 - used as a function is
    """Lets threads change places as often as the interpreter can."""

    def __enter__(self) -> None:
        self.before = sys.getswitchinterval()
        sys.setswitchinterval(1e-6)

    def __exit__(self, *_: object) -> None:
        sys.setswitchinterval(self.before)
