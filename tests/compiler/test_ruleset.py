"""Rule sets answer as their triggers do, one by one."""

from __future__ import annotations

import gc
import pickle
import threading
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fql.compiler import (
    ruleset_buckets,
    ruleset_choice,
    ruleset_shared,
    ruleset_state,
)
from fql.compiler.functions import FUNCTIONS
from fql.compiler.ruleset import RuleSet
from fql.compiler.signatures import Example, Function, FunctionTable, Parameter
from fql.compiler.trigger import (
    Trigger,
    compile_engine_text,
    compile_tree,
    compile_trigger,
)
from fql.compiler.types import Type
from fql.grammar.condition_tree import Unreadable
from fql.grammar.diagnostics import FqlError
from tests.compiler.strategies import conditions, events

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from contextlib import AbstractContextManager

    from fql.compiler.values import Json

    Event = dict[str, Json]
    Limits = Callable[[], AbstractContextManager[None]]

TRACK: Event = {
    "type": "track",
    "event": "Order Completed",
    "properties": {"total": 250, "name": "Desk Lamp", "sku": "lamp-01"},
}


@contextmanager
def generated_at_once() -> Generator[None]:
    """Let small sets be generated for the first event, as large ones are."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ruleset_buckets, "COLD", 0)
        yield


@contextmanager
def divided_at_once() -> Generator[None]:
    """Let small sets be divided, as large ones are."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ruleset_buckets, "MANY", 1)
        patch.setattr(ruleset_buckets, "COLD", 0)
        patch.setattr(ruleset_buckets, "WORTH", 1)
        patch.setattr(ruleset_choice, "LOOK_UP", 0.01)
        patch.setattr(ruleset_choice, "MANY_PARTS", 0)
        yield


@contextmanager
def read_in_rows_at_once() -> Generator[None]:
    """Let small sets be divided, and all that they read be read once for all."""
    with divided_at_once(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(ruleset_shared, "MANY_ENTRIES", 1)
        yield


LIMITS = (nullcontext, generated_at_once, divided_at_once, read_in_rows_at_once)
"""As shipped, and so that all that is generated is generated for small sets."""

in_all_ways = pytest.mark.parametrize("limits", LIMITS)


def one_by_one(rules: dict[Any, Trigger], event: Event) -> list[Any]:
    return [name for name, trigger in rules.items() if trigger(event)]


@cache
def compiled(text: str) -> Trigger | None:
    """Return the trigger of *text* in one dialect or the other, if it has one."""
    for compile_text in (compile_trigger, compile_engine_text):
        try:
            return compile_text(text)
        except FqlError:
            continue
    return None


def triggers() -> st.SearchStrategy[Trigger]:
    """Draw triggers in both dialects."""
    usual = st.sampled_from(USUAL).map(compiled)
    drawn = conditions().map(compiled)
    engine = st.sampled_from(ENGINE).map(compile_engine_text)
    both = st.one_of(usual, usual, drawn, engine)
    return both.filter(lambda trigger: trigger is not None)  # type: ignore[return-value]


USUAL = (
    *('type = "track"', 'type = "a" and event = "track"', "event = 1", "event = true"),
    *('event = 1.0 and type = "track"', "type in ['a', 1, true, null]", "a = null"),
    *('type = "a" or event = "a"', '!(type != "a" or event = "track")', "item"),
    *('(type = "a" or userId > 1) and properties.a = 1', "userId = true", "!userId"),
    *('match(event, "Order *")', 'match(event, "a*")', 'match(type, "tr*k")'),
    *('contains(event, "Order")', 'contains(event, "Comp")', 'contains(type, "rac")'),
    *('match(type, "*rac?*")', 'contains(lowercase(event), "order")'),
    *("properties.a > 1", "properties.a >= 1", "properties.a < 1", "properties.a <= 1"),
    *(
        "properties.a > 2",
        "properties.a > 0.5",
        "properties.a > 10",
        "properties.a > 3",
    ),
    *("properties.a > 'a'", "properties.a < 'ab'", "properties.a <= '1'"),
    *("properties.a > 1 and properties.b > 1", "properties.a = properties.b"),
    *("received_at >= '2023-04-21'", "received_at < '2023-04-21T19:55:00.933Z'"),
    *("received_at > '2023-04-21T20:00:00Z'", "typeof(properties.a) = 'number'"),
    *("properties.items.0 = 'a'", "any(properties.items, item = 1)", "type = [1]"),
    *('type = "a" and type = "track"', 'type in ["a", "track"] and type != "a"'),
    *("item.a = 'a'", 'type = "track" and type in ["track", "a"]', "all"),
)
ENGINE = (
    'type = "track" and event = "Order Completed"',
    'properties.a = "a" or properties.b = 1',
    "properties.a > 1",
    'contains(event, "Order")',
    "event != null",
    "properties.a = true",
)


# --- laws -------------------------------------------------------------------------


@settings(max_examples=50, deadline=None)
@given(st.lists(triggers(), max_size=8), st.lists(events(), min_size=1, max_size=2))
def test_a_set_answers_as_its_triggers_do(
    rules: list[Trigger], drawn: list[Event]
) -> None:
    """For every set and every event: the names of the rules that hold, in order."""
    by_name = dict(enumerate(rules))
    for limits in LIMITS:
        with limits():
            rule_set = RuleSet(by_name)
            for event in [*drawn, TRACK]:
                expected = one_by_one(by_name, event)
                assert [rule_set.match(event) for _ in range(2)] == [expected] * 2


@settings(max_examples=35, deadline=None)
@given(st.data(), st.sampled_from(LIMITS[1:]))
def test_a_set_answers_so_after_any_changes(
    data: st.DataObject, limits: Limits
) -> None:
    """Adding and removing, between matches, leaves a set of what is left."""
    by_name: dict[int, Trigger] = {}
    rule_set: RuleSet[int] = RuleSet()
    pool = data.draw(st.lists(triggers(), min_size=1, max_size=4))
    event = data.draw(events())
    steps = data.draw(st.lists(st.integers(0, 40), max_size=10))
    with limits():
        for name, step in enumerate(steps):
            if step > 28 and by_name:
                gone = [*by_name][step % len(by_name)]
                del by_name[gone]
                rule_set.remove(gone)
            else:
                by_name[name] = pool[step % len(pool)]
                rule_set.add(name, by_name[name])
            for each in (event, TRACK):
                assert rule_set.match(each) == one_by_one(by_name, each)
    assert [*rule_set] == [*by_name]


# --- a large set ------------------------------------------------------------------


@cache
def large() -> dict[int, Trigger]:
    """Return rules of all sorts, many of each."""
    texts = [
        text.format(number, number % 7, number * 10)
        for number in range(40)
        for text in (
            'type = "track" and event = "event {0}" and properties.total > {0}',
            'type in ["t{0}", "track"] and contains(properties.name, "lam{1}")',
            'match(properties.name, "Desk {0}*") or properties.sku = "s{0}"',
            "properties.total >= {0} and properties.quantity < {0}",
            "properties.total < {2}",
        )
    ]
    texts += [
        f"sent_at {op} '2023-04-21T1{hour}:00:00Z'" for op in "<>" for hour in range(8)
    ]
    return {number: compile_trigger(text) for number, text in enumerate(texts)}


def large_events() -> list[Event]:
    return [
        TRACK,
        {"type": "t3", "properties": {"name": "a lam3 b lam31", "total": 3}},
        {"type": "track", "event": "event 7", "properties": {"total": 7.5}},
        {"event": "event 7", "properties": {"name": "Desk 7 lam", "sku": "s12"}},
        {"type": ["track"], "properties": "text"},
        {"type": {}, "event": 1, "properties": [1, 2]},
        {"sent_at": "2023-04-21T13:30:00.5+00:00"},
        {"sentAt": "2023-04-21T17:30:00.500Z", "properties": {"total": float("nan")}},
        {},
    ]


@in_all_ways
def test_a_large_set_answers_as_its_triggers_do(limits: Limits) -> None:
    rules = large()
    with limits():
        rule_set = RuleSet(rules)
        for event in large_events():
            expected = one_by_one(rules, event)
            for _ in range(3):
                assert rule_set.match(event) == expected


@in_all_ways
def test_a_large_set_changes_while_it_is_used(limits: Limits) -> None:
    with limits():
        change_while_used(large())


def change_while_used(rules: dict[int, Trigger]) -> None:
    """Add and remove rules, and match between."""
    rule_set: RuleSet[int] = RuleSet()
    left: dict[int, Trigger] = {}
    for name, trigger in rules.items():
        rule_set.add(name, trigger)
        left[name] = trigger
        if name % 3 == 2:
            rule_set.remove(name - 1)
            del left[name - 1]
        for event in large_events()[name % 3 :: 3]:
            assert rule_set.match(event) == one_by_one(left, event)
    for name in [*left]:
        rule_set.remove(name)
    assert [rule_set.match(event) for event in large_events()] == [[]] * 9


def test_threads_match_while_another_changes_the_set() -> None:
    rules = large()
    steady = {name: trigger for name, trigger in rules.items() if name % 2}
    rule_set = RuleSet(steady)
    is_done = threading.Event()
    expected = [one_by_one(steady, event) for event in large_events()]

    def match_on() -> int:
        rounds = 0
        while rounds < 20 or not is_done.is_set():
            for event, names in zip(large_events(), expected, strict=True):
                found = rule_set.match(event)
                assert [name for name in found if name % 2] == names
                assert len(found) == len(set(found))
            rounds += 1
        return rounds

    with ThreadPoolExecutor(3) as pool:
        running = [pool.submit(match_on) for _ in range(2)]
        for name in range(0, 200, 2):
            rule_set.add(name, rules[name])
            if name % 4:
                rule_set.remove(name)
        is_done.set()
        assert all(each.result() >= 20 for each in running)


def test_what_is_generated_stays_when_few_rules_go() -> None:
    rules = {number: compile_trigger(f"a > {number}") for number in range(80)}
    rule_set = RuleSet(rules)
    event: Event = {"a": 50}
    assert rule_set.match(event) == [*range(50)]
    code = rule_set.report().code
    for gone in range(0, 20, 2):
        rule_set.remove(gone)
        del rules[gone]
    assert rule_set.report().code == code
    assert rule_set.match(event) == one_by_one(rules, event)
    for gone in range(30, 60):
        rule_set.remove(gone)
        del rules[gone]
    assert rule_set.match(event) == one_by_one(rules, event)
    assert rule_set.report().code < code


def test_rules_that_come_and_go_leave_no_gaps_for_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ruleset_state, "GAPS", 5)
    rule_set: RuleSet[int] = RuleSet({-1: "a = 1", -2: "b = 2"})
    for number in range(40):
        rule_set.add(number, "a = 1")
        assert rule_set.match({"a": 1}) == [-1, number]
        rule_set.remove(number)
        assert rule_set.match({"a": 1, "b": 2}) == [-1, -2]
    assert rule_set[-2].text == "b = 2"


def test_new_rules_are_asked_until_there_is_a_function_for_all() -> None:
    rules = {number: compile_trigger(f"a != {number}") for number in range(5)}
    rule_set = RuleSet(rules)
    event: Event = {"a": 3}
    assert rule_set.match(event) == [0, 1, 2, 4]
    rule_set.add(5, compile_trigger("a = 3 or b.c != 7"))
    code = rule_set.report().code
    for _ in range(ruleset_buckets.COLD + 1):
        assert rule_set.match(event) == [0, 1, 2, 4, 5]
    assert rule_set.report().code > code


def test_a_function_has_only_so_many_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ruleset_buckets, "CHUNK", 10)
    rules = {number: compile_trigger(f"a != {number}") for number in range(25)}
    rule_set = RuleSet(rules)
    event: Event = {"a": 3, "b": 1}
    expected = [number for number in range(25) if number != 3]
    assert rule_set.match(event) == expected
    for number in range(25, 40):
        rule_set.add(number, "b = 1")
        assert rule_set.match(event) == [*expected, *range(25, number + 1)]
    for _ in range(ruleset_buckets.COLD):
        assert rule_set.match(event) == [*expected, *range(25, 40)]


def test_a_set_that_grows_is_divided_anew() -> None:
    rule_set: RuleSet[int] = RuleSet()
    for number in range(600):
        rule_set.add(number, f'event = "e{number % 50}" and a >= {number}')
        if number in (150, 590):
            assert rule_set.match({"event": "e0", "a": 100}) == [0, 50, 100]
    assert rule_set.report().buckets > 50


def test_rules_that_share_many_conditions_are_no_deep_nest() -> None:
    shared = " and ".join([f"a{number} = 'x'" for number in range(30)])
    rules = {number: f"{shared} and b = {number}" for number in range(105)}
    rule_set = RuleSet(rules)
    event: Event = {f"a{number}": "x" for number in range(30)}
    assert rule_set.match({**event, "b": 7}) == [7]
    assert rule_set.match({**event, "a5": "y"}) == []


def test_an_event_is_answered_where_the_stack_nearly_ends() -> None:
    rules = {number: compile_trigger(f"a != {number}") for number in range(20)}
    answers: list[list[int]] = []

    def dive(rule_set: RuleSet[int]) -> None:
        try:
            dive(rule_set)
        except RecursionError:
            if not answers:
                answers.append(rule_set.match({"a": 3}))

    dive(RuleSet(rules))
    assert answers == [[number for number in range(20) if number != 3]]


# --- names ------------------------------------------------------------------------


def test_names_come_in_the_order_of_adding() -> None:
    rule_set = RuleSet({"z": "type = 'track'", "a": "properties.total > 1", "m": "all"})
    rule_set.add("b", 'event = "Order Completed"')
    assert rule_set.match(TRACK) == ["z", "a", "m", "b"]


def test_a_name_may_be_anything_with_a_hash() -> None:
    rule_set: RuleSet[object] = RuleSet({1: "all", ("a", 2): "all", None: "!x"})
    assert rule_set.match({}) == [1, ("a", 2), None]


def test_a_rule_that_holds_twice_is_named_once() -> None:
    rule_set = RuleSet({"both": 'type = "track" or event = "Order Completed"'})
    assert rule_set.match(TRACK) == ["both"]


def test_a_set_is_a_collection_of_names() -> None:
    trigger = compile_trigger("a = 1")
    rule_set = RuleSet({"one": trigger, "two": "b = 2"})
    assert len(rule_set) == 2
    assert [*rule_set] == ["one", "two"]
    assert "one" in rule_set
    assert "three" not in rule_set
    assert rule_set["one"] is trigger
    assert rule_set["two"].text == "b = 2"
    assert repr(rule_set) == "<RuleSet of 2 rules>"


def test_a_name_is_taken_once() -> None:
    rule_set = RuleSet({"one": "a = 1"})
    with pytest.raises(ValueError, match="there is a rule 'one'; remove it first"):
        rule_set.add("one", "b = 2")
    assert rule_set.match({"a": 1, "b": 2}) == ["one"]


def test_an_unknown_name_cannot_be_removed() -> None:
    with pytest.raises(KeyError, match="none"):
        RuleSet({"one": "a = 1"}).remove("none")


def test_a_rule_that_was_removed_may_come_back_last() -> None:
    rule_set = RuleSet({"one": "all", "two": "all"})
    rule_set.remove("one")
    rule_set.add("one", "all")
    assert rule_set.match({}) == ["two", "one"]


def test_an_error_in_a_text_names_the_rule() -> None:
    with pytest.raises(FqlError) as caught:
        RuleSet({"good": "a = 1", "bad": "a = "})
    assert caught.value.__notes__ == ["in the rule 'bad'"]


def test_an_empty_set_matches_nothing() -> None:
    rule_set: RuleSet[str] = RuleSet()
    assert rule_set.match(TRACK) == []
    assert rule_set.fields == ()


def test_a_rule_that_never_holds_is_there_all_the_same() -> None:
    rule_set = RuleSet({"never": "a = 1 and 1 = 2"})
    assert rule_set.match({"a": 1}) == []
    rule_set.remove("never")
    assert len(rule_set) == 0


def test_a_tree_that_cannot_be_read_never_matches() -> None:
    rule_set = RuleSet({"error": compile_tree(Unreadable("no"))})
    assert rule_set.match(TRACK) == []


# --- what it reads, and what it takes ---------------------------------------------


def test_the_fields_are_those_of_all_rules() -> None:
    rule_set = RuleSet(
        {"a": "type = 'a' and b.c = 1", "b": "b.c = 2 and sent_at > '2020'"}
    )
    assert rule_set.fields == ("type", "b.c", "sent_at", "sentAt")
    assert rule_set.paths == (
        (("type",), None),
        (("b", "c"), None),
        (("sent_at",), ("sentAt",)),
    )


def test_the_report_counts_rules_and_bytes() -> None:
    rule_set = RuleSet(large())
    before = rule_set.report()
    for _ in range(40):
        for event in large_events():
            rule_set.match(event)
    after = rule_set.report()
    assert (before.rules, before.compiled, before.code) == (216, 0, 0)
    assert after.rules == 216
    assert after.entries >= 256
    assert after.buckets > before.buckets
    assert 0 < after.compiled <= after.buckets
    assert after.code > 1_000
    assert after.total == after.names + after.index + after.code


SHAPES: dict[str, Callable[[int], str]] = {
    "heads": lambda n: f'type = "track" and event = "E{n % 50}" and p.total >= {n}',
    "choices": lambda n: f'event = "A{n}" or p.k in ["x{n}", {n}] or !(p.z = {n})',
    "texts": lambda n: f'contains(p.a, "x{n}") or match(p.b, "y{n}*")',
}


@pytest.mark.parametrize("shape", SHAPES)
def test_the_report_tells_what_the_set_takes(shape: str) -> None:
    """No less than is given back when the set goes, and no more than it took.

    Python keeps some small objects for the next ones, so the two differ.
    """
    rules = {n: compile_trigger(SHAPES[shape](n)) for n in range(1_000)}
    about: list[dict[str, Json]] = [
        {"total": n, "k": f"x{n}", "z": n, "a": f"x{n}", "b": f"y{n}zz"}
        for n in range(100)
    ]
    RuleSet(rules).match({})  # what it loads stays
    gc.collect()
    tracemalloc.start()
    try:
        rule_set = RuleSet(rules)
        for n, properties in enumerate(about):
            rule_set.match({"type": "track", "event": f"E{n % 50}", "p": properties})
            rule_set.match({"type": "track", "event": f"E{n % 50}", "p": [1]})
        told = rule_set.report().total
        gc.collect()
        taken, _ = tracemalloc.get_traced_memory()
        del rule_set
        gc.collect()
        freed = taken - tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert 0.75 * freed < told < 1.1 * taken


def test_a_set_is_pickled_with_its_triggers() -> None:
    rule_set = RuleSet({"one": "type = 'track'", "two": "a = 1"})
    again = pickle.loads(pickle.dumps(rule_set))  # noqa: S301 - of our own making
    assert [*again] == ["one", "two"]
    assert again.match(TRACK) == ["one"]


# --- functions that embedders add -------------------------------------------------


class RefusedError(Exception):
    """What a function raises here."""


def _refuse(value: Json) -> Json:
    if value == "bad":
        raise RefusedError(value)
    return value == "good"


REFUSING = FunctionTable(
    *FUNCTIONS.values(),
    Function(
        name="mine",
        parameters=(Parameter("value", Type.ANY),),
        result=Type.BOOL,
        summary="Whether the value is good.",
        otherwise="false",
        implementation=_refuse,
        examples=(Example('mine("good")', result=True),),
    ),
)


def test_a_function_that_was_added_is_called() -> None:
    rule_set = RuleSet(
        {"a": "type = 'track' and mine(x)", "b": "!mine(x)", "c": "any(l, mine(item))"},
        functions=REFUSING,
    )
    assert rule_set.match({"type": "track", "x": "good"}) == ["a"]
    assert rule_set.match({"type": "page", "x": "good", "l": ["good"]}) == ["c"]
    assert rule_set.match({}) == ["b"]


def test_matching_raises_what_the_first_failing_trigger_raises() -> None:
    texts = {"a": "type = 'track' and mine(x)", "b": "mine(y)"}
    rule_set = RuleSet(texts, functions=REFUSING)
    with pytest.raises(RefusedError, match="bad"):
        rule_set.match({"type": "track", "x": "bad", "y": "bad"})
    assert rule_set.match({"type": "page", "x": "bad", "y": "good"}) == ["b"]


def test_a_rule_that_cannot_hold_calls_nothing() -> None:
    rule_set = RuleSet({"a": "1 = 2 and mine(x)"}, functions=REFUSING)
    assert rule_set.match({"x": "bad"}) == []


def test_triggers_with_functions_are_pickled_with_them() -> None:
    rule_set = RuleSet({"a": "type = 'track' and mine(x)"}, functions=REFUSING)
    again = pickle.loads(pickle.dumps(rule_set))  # noqa: S301 - of our own making
    again.add("b", "mine(y)")
    assert again.match({"type": "track", "x": "good", "y": "good"}) == ["a", "b"]
