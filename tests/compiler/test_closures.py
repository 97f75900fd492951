"""Closures: what each node of the IR does, above all where a mapping builds.

What conditions answer is held to the oracle in `test_semantics.py`.
"""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, get_args

import pytest
from hypothesis import given, settings

from fql.compiler import ir
from fql.compiler.closures import compile_condition, compile_value, copy_json
from fql.compiler.functions import FUNCTIONS
from fql.compiler.globs import read_glob
from fql.compiler.missing import MISSING
from fql.compiler.payload_functions import Value, same
from fql.compiler.types import Type
from tests.compiler.compiling import exactly
from tests.compiler.strategies import SAMPLES, json_values

if TYPE_CHECKING:
    from fql.compiler.ir import Ir
    from fql.compiler.values import Json

EVENT: dict[str, Json] = {
    "a": 1,
    "none": None,
    "object": {"b": {"c": [10, {"d": "deep"}]}, "none": None},
    "list": [1, None, "x"],
    "rows": [{"n": 1, "tags": ["x", "y"]}, {"n": 2}, 3],
    "receivedAt": "now",
    "sent_at": None,
    "sentAt": "not this",
    "empty": "",
    "true": True,
}


def load(path: str, slot: int = ir.EVENT, fallback: str | None = None) -> ir.Load:
    return ir.Load(slot, tuple(path.split(".")) if path else (), fallback)


def kept(path: str, slot: int = ir.EVENT, fallback: str | None = None) -> ir.Load:
    segments = tuple(path.split(".")) if path else ()
    return ir.Load(slot, segments, fallback, keeps_missing=True)


def evaluate(node: Ir, event: Json = None) -> Value:
    return compile_value(node)(EVENT if event is None else event)


def invoke(*arguments: Ir) -> ir.Invoke:
    """Return a call that gives its arguments, missing or not."""
    return ir.Invoke("own", lambda *given: [repr(each) for each in given], arguments)


ONE = ir.Constant(1)
NOTHING = kept("nothing")


# --- loads ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("", EVENT),
        ("a", 1),
        ("none", None),
        ("nothing", MISSING),
        ("a.b", MISSING),
        ("none.b", MISSING),
        ("object.b", {"c": [10, {"d": "deep"}]}),
        ("object.none", None),
        ("object.nothing", MISSING),
        ("object.b.c", [10, {"d": "deep"}]),
        ("object.b.c.0", 10),
        ("object.b.c.1.d", "deep"),
        ("object.b.c.1.d.0", MISSING),
        ("object.b.c.2", MISSING),
        ("list.0", 1),
        ("list.1", None),
        ("list.3", MISSING),
        ("list.-1", MISSING),
        ("list.length", MISSING),
    ],
)
def test_a_load_keeps_what_is_missing_or_gives_null(path: str, expected: Value) -> None:
    assert evaluate(kept(path)) == expected
    assert evaluate(load(path)) == (None if expected is MISSING else expected)


@pytest.mark.parametrize("path", ["", "a", "a.b", "a.b.c"])
@pytest.mark.parametrize("event", [None, True, 1, "a", [], ["a"], {}, {"a": "b"}])
def test_a_load_from_anything_gives_something(path: str, event: Json) -> None:
    expected = {"": event, "a": "b" if event == {"a": "b"} else None}.get(path)
    assert compile_value(load(path))(event) == expected


@pytest.mark.parametrize(
    ("path", "fallback", "expected"),
    [
        ("received_at", "receivedAt", "now"),
        ("sent_at", "sentAt", None),
        ("nothing", "neither", MISSING),
        ("x.b.c.0", "object", 10),
        ("received_at.0", "receivedAt", MISSING),
    ],
)
def test_a_fallback_is_read_where_the_key_is_absent(
    path: str, fallback: str, expected: Value
) -> None:
    assert evaluate(kept(path, fallback=fallback)) == expected
    plain = None if expected is MISSING else expected
    assert evaluate(load(path, fallback=fallback)) == plain


def test_a_fallback_from_what_is_no_object_is_missing() -> None:
    assert compile_value(kept("a", fallback="b"))([1]) is MISSING
    assert compile_value(load("0", fallback="b"))([1]) == 1


def test_the_trigger_engines_loads_walk_as_it_does() -> None:
    assert evaluate(ir.ScriptLoad(("list", "length"))) == 3
    assert evaluate(ir.ScriptLoad(("none", "b"))) is None
    loop = ir.Quantify(
        FUNCTIONS["any"], load("list"), 1, ir.Equal(ir.ScriptLoad(("a",)), ONE)
    )
    assert evaluate(loop) is True


# --- constants and what is made ---------------------------------------------------


@pytest.mark.parametrize(
    "node",
    [
        ir.Constant([1, {"a": []}]),
        ir.Constant({"a": [1]}),
        ir.MakeList((load("a"), ir.Constant([]))),
        ir.MakeObject((("a", ir.Constant({})), ("b", load("a")))),
        ir.FirstOf((NOTHING, ir.Constant([1]))),
        ir.ForEach(load("rows"), 1, ir.Constant({})),
    ],
)
def test_what_is_made_is_new_every_time(node: Ir) -> None:
    value = compile_value(node)
    first, second = value(EVENT), value(EVENT)
    spoiled = deepcopy(first)
    spoil(first)
    assert second == spoiled
    assert value(EVENT) == spoiled


def spoil(value: object) -> None:
    """Change every list and object in *value*."""
    if isinstance(value, dict):
        for each in list(value.values()):
            spoil(each)
        value["spoiled"] = True
    elif isinstance(value, list):
        for each in value:
            spoil(each)
        value.append("spoiled")


def test_what_is_taken_whole_is_the_events_own() -> None:
    made = evaluate(ir.MakeObject((("x", load("object")),)))
    assert isinstance(made, dict)
    assert made["x"] is EVENT["object"]


def test_an_object_leaves_out_what_is_missing() -> None:
    members = (
        ("a", kept("a")),
        ("b", NOTHING),
        ("c", kept("none")),
        ("a", load("list")),
    )
    made = evaluate(ir.MakeObject(members))
    assert made == {"a": EVENT["list"], "c": None}
    assert evaluate(ir.MakeObject(())) == {}


def test_a_list_has_null_for_what_is_missing() -> None:
    assert evaluate(ir.MakeList((kept("a"), NOTHING, kept("none")))) == [1, None, None]


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ((), ""),
        (("a ", kept("a"), "!"), "a 1!"),
        ((NOTHING, kept("none"), kept("empty")), ""),
        ((kept("true"), kept("list")), 'true[1,null,"x"]'),
        ((ir.Constant(1.0), ir.Constant("é")), "1é"),
    ],
)
def test_texts_are_joined(parts: tuple[str | Ir, ...], expected: str) -> None:
    assert evaluate(ir.Join(parts)) == expected


@pytest.mark.parametrize(
    ("operands", "expected"),
    [
        ((kept("a"), ir.Constant(2)), 1),
        ((NOTHING, kept("none"), ir.Constant(value=False)), False),
        ((kept("empty"), ONE), ""),
        ((NOTHING, kept("none")), None),
        ((kept("none"), NOTHING), MISSING),
    ],
)
def test_the_first_that_is_there_is_taken_or_else_the_last(
    operands: tuple[Ir, ...], expected: Value
) -> None:
    assert evaluate(ir.FirstOf(operands)) == expected


@pytest.mark.parametrize(
    ("condition", "otherwise", "expected"),
    [
        (ir.IsTrue(load("true")), ir.Constant(2), 1),
        (ir.IsTrue(load("a")), ir.Constant(2), 2),
        (ir.IsTrue(load("a")), ir.Constant(None), None),
        (ir.IsTrue(load("true")), None, 1),
        (ir.IsTrue(load("a")), None, MISSING),
    ],
)
def test_a_choice_has_one_side_or_the_other(
    condition: Ir, otherwise: Ir | None, expected: Value
) -> None:
    assert evaluate(ir.Choose(condition, ONE, otherwise)) == expected


# --- calls ------------------------------------------------------------------------


def test_calls_get_what_is_missing_if_their_loads_keep_it() -> None:
    assert evaluate(invoke()) == []
    assert evaluate(invoke(NOTHING)) == ["MISSING"]
    assert evaluate(invoke(NOTHING, load("nothing"))) == ["MISSING", "None"]
    assert evaluate(invoke(ONE, ONE, ONE, NOTHING)) == ["1", "1", "1", "MISSING"]


def test_a_function_may_pass_on_what_is_missing() -> None:
    number = FUNCTIONS["number"]
    assert evaluate(ir.Apply(number, (NOTHING,), passes_missing=True)) is MISSING
    assert evaluate(ir.Apply(number, (kept("none"),), passes_missing=True)) is None
    assert evaluate(ir.Apply(number, (ir.Constant("2"),), passes_missing=True)) == 2
    assert evaluate(ir.Apply(number, (load("nothing"),))) is None


# --- loops ------------------------------------------------------------------------


def test_each_element_is_shaped_with_the_event_at_hand() -> None:
    shape = ir.MakeObject((("n", kept("n", 1)), ("a", kept("a")), ("all", kept("", 1))))
    assert evaluate(ir.ForEach(kept("rows"), 1, shape)) == [
        {"n": 1, "a": 1, "all": {"n": 1, "tags": ["x", "y"]}},
        {"n": 2, "a": 1, "all": {"n": 2}},
        {"a": 1, "all": 3},
    ]


def test_an_object_is_shaped_as_a_list_of_one_and_the_rest_is_kept() -> None:
    shape = ir.MakeObject((("d", kept("none", 1)),))
    assert evaluate(ir.ForEach(kept("object"), 1, shape)) == [{"d": None}]
    for path, expected in [("a", 1), ("none", None), ("nothing", MISSING)]:
        assert evaluate(ir.ForEach(kept(path), 1, shape)) == expected


def test_loops_inside_loops_read_every_slot() -> None:
    both = invoke(kept("", 2), kept("n", 1), kept("a"))
    inner = ir.ForEach(kept("tags", 1), 2, both)
    outer = ir.ForEach(kept("rows"), 1, inner)
    expected = [[["'x'", "1", "1"], ["'y'", "1", "1"]], MISSING, MISSING]
    assert evaluate(outer) == expected


def test_conditions_over_elements_read_every_slot() -> None:
    equal = ir.Equal(load("", 2), load("a"))
    inner = ir.Quantify(FUNCTIONS["any"], load("", 1), 2, equal)
    outer = ir.Quantify(FUNCTIONS["any"], load("rows"), 1, inner)
    assert evaluate(outer, {"a": 2, "rows": [[1], [3, 2]]}) is True
    assert evaluate(outer, {"a": 2, "rows": [[1], 2, None]}) is False


def test_a_bound_value_is_what_paths_start_from() -> None:
    body = invoke(kept("b.c.0", 1), kept("a"))
    assert evaluate(ir.Let(1, kept("object"), body)) == ["10", "1"]
    assert evaluate(ir.Let(1, NOTHING, invoke(kept("", 1)))) == ["None"]
    nested = ir.Let(2, kept("b", 1), invoke(kept("c.0", 2), kept("none", 1)))
    assert evaluate(ir.Let(1, kept("object"), nested)) == ["10", "None"]


# --- conditions that the oracle has no text for -----------------------------------


@pytest.mark.parametrize("count", [2, 3, 4, 5])
@pytest.mark.parametrize("odd", range(5))
def test_rows_of_any_length_ask_every_term(count: int, odd: int) -> None:
    if odd >= count:
        odd = count - 1
    false = ir.Equal(load("a"), ir.Constant(2))
    true = ir.Not(false)
    all_but_one = tuple(false if n == odd else true for n in range(count))
    none_but_one = tuple(true if n == odd else false for n in range(count))
    assert evaluate(ir.And(all_but_one)) is False
    assert evaluate(ir.And((true,) * count)) is True
    assert evaluate(ir.Or(none_but_one)) is True
    assert evaluate(ir.Or((false,) * count)) is False


def test_rows_of_none_are_true_and_false() -> None:
    assert evaluate(ir.And(())) is True
    assert evaluate(ir.Or(())) is False


@pytest.mark.parametrize(
    ("kind", "name"),
    [(Type.STRING, "string"), (Type.BOOL, "bool"), (Type.NUMBER, "number")],
)
def test_kinds_are_told_apart(kind: Type, name: str) -> None:
    has_type = compile_condition(ir.HasType(load("a"), kind))
    type_name = FUNCTIONS["typeof"].implementation
    for value in SAMPLES:
        assert has_type({"a": value}) is (type_name(value) == name), value


def test_a_pattern_known_before_matches_texts_only() -> None:
    test = compile_condition(ir.GlobTest(load("a"), read_glob("1*")))
    values: list[Json] = ["12", 1, None, ["1"]]
    assert [test({"a": value}) for value in values] == [True, False, False, False]


def test_every_node_has_a_closure() -> None:
    """No node is left to fail when an event comes; the type checker counts them."""
    leaf = ONE
    made: list[Ir] = [
        ir.Constant(None),
        load(""),
        ir.ScriptLoad(("a",)),
        ir.Apply(FUNCTIONS["typeof"], (leaf,)),
        ir.Quantify(FUNCTIONS["any"], leaf, 1, ir.IsTrue(leaf)),
        ir.IsTrue(leaf),
        ir.Equal(leaf, leaf),
        ir.Order("<", leaf, leaf),
        ir.InstantOrder("<", leaf, leaf),
        ir.Element(leaf, leaf),
        ir.GlobTest(leaf, read_glob("")),
        ir.HasType(leaf, Type.BOOL),
        ir.Not(ir.IsTrue(leaf)),
        ir.And(()),
        ir.Or(()),
        ir.Invoke("same", same, (leaf,)),
        ir.MakeObject(()),
        ir.MakeList(()),
        ir.Join(()),
        ir.FirstOf((leaf,)),
        ir.Choose(ir.IsTrue(leaf), leaf, None),
        ir.ForEach(leaf, 1, leaf),
        ir.Let(1, leaf, leaf),
    ]
    assert {type(node) for node in made} == set(get_args(ir.Ir))
    for node in made:
        assert evaluate(node) is not None or node == ir.Constant(None)


# --- copies -----------------------------------------------------------------------


@settings(max_examples=60)
@given(json_values())
def test_a_copy_is_equal_and_shares_nothing_mutable(value: Json) -> None:
    before = deepcopy(value)
    copied = copy_json(value)
    assert exactly(copied) == exactly(value)
    spoil(copied)
    assert exactly(value) == exactly(before)


def test_a_copy_may_be_deep() -> None:
    value: Json = 1
    for _ in range(100_000):
        value = {"a": [value]}
    copied = copy_json(value)
    for _ in range(100_000):
        assert isinstance(copied, dict)
        assert isinstance(copied["a"], list)
        copied = copied["a"][0]
    assert copied == 1
