"""Generated Python answers as closures do, and tells where an error comes from."""

from __future__ import annotations

import gc
import linecache
import re
import traceback
from collections import defaultdict
from copy import deepcopy
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fql.compiler import ir
from fql.compiler.closures import compile_condition, compile_value
from fql.compiler.functions import FUNCTIONS
from fql.compiler.missing import MISSING
from fql.compiler.pysource import (
    compile_condition_source,
    compile_value_source,
    condition_source,
    generate_condition,
    generate_value,
    write_condition,
    write_value,
)
from fql.compiler.types import Type
from fql.compiler.walk import rewrite
from tests.compiler.generating import condition, load, mapping
from tests.compiler.ir_strategies import (
    ONE_OF_TWO,
    TWICE,
    Refusal,
    ir_conditions,
    payload_values,
    refuse_texts,
)
from tests.compiler.strategies import conditions, events, json_values

if TYPE_CHECKING:
    from collections.abc import Callable

    from fql.compiler.ir import Ir
    from fql.compiler.values import Json

any_events = st.lists(st.one_of(events(), events(), json_values()), min_size=1)


def outcome(function: Callable[[Json], object], event: Json) -> str:
    """Return what *function* gives, with types and the order of keys, or its error."""
    try:
        return repr(function(event))
    except Refusal as refusal:
        return f"refused: {refusal!r}"


# --- laws -------------------------------------------------------------------------


@settings(max_examples=200)
@given(ir_conditions(), any_events)
def test_a_condition_answers_as_its_closures_do(node: Ir, sample: list[Json]) -> None:
    slow, fast = compile_condition(node), compile_condition_source(node, "law")
    assert [outcome(fast, each) for each in sample] == [
        outcome(slow, each) for each in sample
    ]


@settings(max_examples=150)
@given(conditions(), any_events)
def test_a_text_answers_as_its_closures_do(text: str, sample: list[Json]) -> None:
    node = condition(text)
    slow, fast = compile_condition(node), compile_condition_source(node, text)
    assert [fast(each) for each in sample] == [slow(each) for each in sample]


@settings(max_examples=200)
@given(payload_values(), any_events)
def test_a_payload_is_what_its_closures_build(node: Ir, sample: list[Json]) -> None:
    slow, fast = compile_value(node), compile_value_source(node, "law")
    assert [outcome(fast, each) for each in sample] == [
        outcome(slow, each) for each in sample
    ]


@settings(max_examples=100)
@given(payload_values(), events())
def test_a_payload_shares_nothing_but_parts_of_its_event(
    node: Ir, event: dict[str, Json]
) -> None:
    build = compile_value_source(node, "law")
    before = deepcopy(event)
    first = outcome(build, event)
    assert repr(event) == repr(before)
    try:
        spoil(build(deepcopy(event)))
    except Refusal:
        return
    assert outcome(build, event) == first


def spoil(value: object) -> None:
    """Change everything inside *value* that can be changed."""
    if isinstance(value, dict):
        for member in value.values():
            spoil(member)
        value["spoilt"] = True
    elif isinstance(value, list):
        for member in value:
            spoil(member)
        value.append("spoilt")


@settings(max_examples=100)
@given(ir_conditions(), any_events)
def test_the_shown_text_answers_alike(node: Ir, sample: list[Json]) -> None:
    python = write_condition(node, "shown")
    namespace: dict[str, object] = dict(python.bound)
    exec(python.text, namespace)  # noqa: S102 - that is what the text is for
    shown, fast = namespace["matches"], compile_condition_source(node, "shown")
    assert callable(shown)
    assert [shown(each) for each in sample] == [fast(each) for each in sample]


def deep(value: Json, levels: int = 20) -> Json:
    """Return *value* inside so many lists."""
    for _ in range(levels):
        value = [value]
    return value


CONSTANTS: tuple[Json, ...] = (
    None,
    10**3_000,
    -(10**3_000),
    1e400,
    -1e400,
    "\ud800",
    [[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]],
    [1e400, [10**3_000], {"a": {"b": []}}],
    deep(10**5_000),
    deep("\ud83d" + "\ude00"),
    deep({"a": deep(1e400), "b": [deep("x"), deep("x")], "c": {}}),
    deep("x", 190),
)


@pytest.mark.parametrize("wanted", CONSTANTS)
def test_the_shown_text_is_whole(wanted: Json) -> None:
    """Whatever is compared with or built: it holds all that it needs."""
    load = ir.Load(ir.EVENT, ("a",))
    tests: list[Ir] = [
        ir.Equal(load, ir.Constant(wanted)),
        ir.Element(load, ir.Constant([wanted, 7, 8])),
        ir.Order(">=", load, ir.Constant(7)),
    ]
    events: list[Json] = [{"a": wanted}, {"a": 7}, {"a": 6}, {}]
    for node in tests:
        python = write_condition(node, "whole")
        scope: dict[str, Any] = {}
        exec(python.text, scope)  # noqa: S102 - that is what the text is for
        answers = [scope["matches"](event) for event in events]
        assert answers == [*map(compile_condition(node), events)]
    scope = {}
    exec(write_value(ir.Constant(wanted), "whole").text, scope)  # noqa: S102 - the same
    first = scope["build"]({})
    assert first == wanted
    spoil(first)
    assert scope["build"]({}) == wanted


# --- each construct ----------------------------------------------------------------

EVENTS: list[Json] = [
    {},
    {"a": None, "b": None, "rows": None, "o": None},
    {
        "a": "x",
        "b": "X",
        "rows": [{"n": 1}, {"n": "2"}],
        "o": {"p": {"q": "x"}, "t": 7},
    },
    {"a": " 7 ", "b": 7, "rows": {"n": 3}, "o": {"p": "no object"}, "t": "a"},
    {"a": 1, "b": True, "rows": [3, None, {"n": [1]}], "o": [1, [2]]},
    {"a": True, "b": 1.0, "rows": "text", "o": {"p": {"q": True}}},
    {"a": [1, "x"], "b": {"c": 1}, "rows": [[1]], "o": {"p": {"q": [1]}, "t": True}},
    {"a": "2023-04-21T19:55:00.933Z", "b": "2023-04-21T21:55:00+02:00", "t": 1},
    {"a": "2023-04-21T23:59:60.000Z", "b": "2023-04-21", "o": {"p": {}}, "t": False},
]


@pytest.mark.parametrize(
    "text",
    [
        "number(a) > 5 or number(b) = 7",
        "number(a) in [7, 1] and number(a) < 9",
        "string(a) = 'true' or contains(string(b), 'c')",
        "lowercase(a) = lowercase(b)",
        "lowercase(a) != b and b != lowercase(a)",
        "uppercase(lowercase(a)) = 'X' or snakecase(a) in ['_7_', 'x']",
        "titlecase(a) = kebabcase(b)",
        "typeof(a) = typeof(b)",
        "typeof(a) = 'list' or typeof(b) = 'object' or typeof(a) = 'null'",
        "typeof(a) = 'number' and a > 0",
        "typeof(a) = 'string' and match(a, '*7*') and !contains(a, 'x')",
        "match(typeof(a), 'str*') or match(typeof(b), '*[mo]*e*')",
        "match(lowercase(a), 'x*') or match(lowercase(a), '*x')",
        "match(lowercase(b), '?') or match(lowercase(b), '[^a]*[x]')",
        "typeof(lowercase(a)) = 'string' and typeof(number(a)) != 'number'",
        "a in [true, false]",
        "a in [true]",
        "a in [true, 1, 'x', null]",
        "a in [0, 2] or b in [1, 7]",
        "a in [[1, 'x'], 'x']",
        "a = 1 or a = 0",
        "a = 1 and a > 0 and a != 0",
        "a >= 1 and a = 1",
        "a = b or a < b or a >= b",
        "a > 'w' and a <= 'z'",
        "timestamp(a) > timestamp(b) or timestamp(a) <= timestamp(b)",
        "timestamp(a) >= '2023-04-21T19:55:00.933Z' and timestamp(a) < '2024-01-01'",
        "timestamp(a) = a or timestamp(b) > '2023-04-21T19:55:00.933000001Z'",
        "timestamp(lowercase(a)) > '2020-01-01'",
        "length(a) > 1 and length(b) = 1 or length(a) in [0, 3]",
        "semver(a, '>=', '1.2') or semver(b, '<', a)",
        "bool(a) and bool(b) = true or bool(o)",
        "contains(a, b) or contains('xX', b) or match(a, b)",
        "'x' in a or b in a or 1 in a or null in a",
        "any(rows, item.n = 1) and all(rows, item.n != 'x')",
        "any(a, item = b) or any(rows, any(item, item = 1))",
        "o.p.q = true and o.p.q = o.t or o.p = null or o.0 = 1 or o.1.0 = 2",
        "b.c in ['x', 'y'] or b.c = 'x' or b.c = true or o.p in ['no object', 'y']",
        "b.c = null and b.c != 'x' and !(a.c in ['x', 'y'])",
        "o.p.q in ['x', true] or !(o.p.q = 'x') and o.t > 6",
        "(a = 'x' and o.p.q = 'x') or (t = 'a' and o.p.q = null) or o.t = 7",
    ],
)
def test_each_construct_answers_as_its_closures_do(text: str) -> None:
    node = condition(text)
    slow, fast = compile_condition(node), compile_condition_source(node, text)
    careful = generate_condition(node, text).python.bound.get("exactly", slow)
    assert callable(careful)
    expected = [slow(event) for event in EVENTS]
    assert [fast(event) for event in EVENTS] == expected
    assert [careful(event) for event in EVENTS] == expected


@pytest.mark.parametrize(
    "text",
    [
        "{ a, n: number(a), s: string(b), l: lowercase(a), t: titlecase(a) }",
        "{ n: number(number(a)), l: lowercase(uppercase(a)), m: length(a) }",
        "{ e: typeof(a), f: string(number(a)), g: lowercase(string(a)) }",
        "{ x: upper(a), y: lower(drop_null(a)), j: to_json(a), f: from_json(a) }",
        "{ a: drop_null(o), b: merge(o, { x: a }), c: flatten(o) }",
        "{ d: replace(a, 'x', 'y'), e: replace(literal('x'), b, a) }",
        "{ a: a ?? b ?? o.t, b: drop_null(a) ?? 'none', c: o.p.q ?? null }",
        "{ a: (a ?? b) ?? lower(a), b: [a ?? 'x', [b, a]], c: { d: { e: a } } }",
        "{ a: if exists(a) then a else b, b: if a = 'x' then 1 }",
        "{ c: if a then b else 2, d: if t then [a] else b }",
        "{ a: if filled(a) then upper(a) else 'none', b: if t then { x: a } else b }",
        "{ a: if a = 1 and (b = 1 or b) then if t then 1 else 2 else { b: b } }",
        '{ a: "{{a}}", b: "<{{a}} {{b}}>", c: "it\'s {{a}}!", d: "{ {{o.p.q}} }" }',
        '{ a: if t then "{{a}}" else "{{b}}", b: b ?? "{{a}}{{b}}" }',
        "{ rows: each rows { n, m: number(n), t: $.t, s: { n: n, k: 1 } } }",
        "{ a: each rows { b: each n { c: x } }, d: each drop_null(rows) { n } }",
        "{ a: transform({ x: a, y: o }, { x, z: y.p.q, w: $.a }) }",
        "{ a: transform(o, { p }), b: transform(a, { x: b }) }",
        "{ a: [each rows { n }], b: merge({ x: a }, each rows { n }) }",
        "{ a: to_json(each rows { n }), b: [1, each rows { n }, lower(a)] }",
        "{ a: upper(a ?? b), b: upper(if t then a else b), c: [upper(a), { x: 1 }] }",
        "{ x: { y: { z: 1, w: [1, { v: a = 1 }] }, v: drop_null(a) }, k: a }",
        "a ?? b",
        "if a = 'x' then b",
        "if a then 1 else { b: drop_null(b) }",
        "each rows { n }",
        "[a, b, if a then b]",
        '"{{a}} and {{o.p}}"',
        "$",
        "drop_null(a)",
        "transform(a, b)",
        "{ a: any(rows, item.n = a), b: all(rows, item.n > 0 and item.n < b) }",
        "{ a: a in b, b: b in a, c: 'x' in a, d: a in ['x', null], e: a in [1] }",
        "{ a: timestamp(a) > '2023-01-01', b: timestamp(a) > timestamp(b) }",
        "{ c: !(a = b), d: a != 'x' and b != 'x', e: contains(a, 'x') or a = null }",
    ],
)
def test_each_payload_is_what_its_closures_build(text: str) -> None:
    node = mapping(text)
    slow, fast = compile_value(node), compile_value_source(node, text)
    assert [repr(fast(event)) for event in EVENTS] == [
        repr(slow(event)) for event in EVENTS
    ]


LIST, PLAIN = load("a"), load("b")
KEPT = load("a", kept=True)
INVOKED = ir.Invoke("refuse", refuse_texts, (load("t", kept=True),))


@pytest.mark.parametrize(
    "node",
    [
        ir.Apply(FUNCTIONS["titlecase"], (KEPT,), passes_missing=True),
        ir.Apply(FUNCTIONS["lowercase"], (KEPT,), passes_missing=True),
        ir.Apply(
            FUNCTIONS["lowercase"],
            (ir.Apply(FUNCTIONS["uppercase"], (KEPT,)),),
            passes_missing=True,
        ),
        ir.Apply(
            FUNCTIONS["lowercase"],
            (ir.Apply(FUNCTIONS["uppercase"], (KEPT,), passes_missing=True),),
        ),
        ir.MakeObject(
            (("a", ir.Apply(FUNCTIONS["typeof"], (KEPT,), passes_missing=True)),)
        ),
        ir.FirstOf((INVOKED, KEPT, PLAIN)),
        ir.FirstOf((KEPT, INVOKED, ir.MakeObject((("x", KEPT),)), PLAIN)),
        ir.Choose(ir.IsTrue(PLAIN), INVOKED, None),
        ir.MakeList((ir.Choose(ir.IsTrue(PLAIN), KEPT, None), INVOKED)),
        ir.Equal(ir.Join(("x", ir.Constant(None), load("o.p"))), PLAIN),
        ir.Equal(ir.MakeObject((("c", LIST),)), ir.MakeObject((("c", PLAIN),))),
        ir.Equal(ir.ForEach(load("rows"), 1, load("n", 1)), ir.Constant([1, "2"])),
        ir.Element(ir.Let(1, load("o"), load("t", 1)), ir.Constant([7, None, True])),
        ir.Order("<", ir.Choose(ir.IsTrue(PLAIN), LIST, PLAIN), ir.Constant(5)),
        ir.Join((ir.FirstOf((LIST, INVOKED)), " ", ir.ForEach(KEPT, 1, load("", 1)))),
        ir.ForEach(KEPT, 1, ir.Choose(ir.IsTrue(load("", 1)), load("", 1), None)),
        ir.Let(1, LIST, ir.Let(2, load("o"), ir.MakeList((load("", 1), load("t", 2))))),
        ir.MakeList(
            (
                ir.Let(1, LIST, ir.MakeList((load("c", 1), load("c", 1)))),
                ir.Let(1, PLAIN, ir.MakeList((load("c", 1), load("c", 1)))),
            )
        ),
        ir.Constant({"a": [10**700, {"b": float("inf")}]}),
        ir.Apply(FUNCTIONS["contains"], (ir.Constant("xyx"), LIST)),
        ir.ScriptLoad(("o", "p", "q")),
        ir.ScriptLoad(("a", "length")),
        ir.And((ir.HasType(ir.ScriptLoad(("o", "t")), Type.NUMBER), ir.IsTrue(PLAIN))),
    ],
)
def test_each_node_gives_what_its_closures_do(node: Ir) -> None:
    slow, fast = compile_value(node), compile_value_source(node, "node")
    expected = [outcome(slow, event) for event in EVENTS]
    assert [outcome(fast, event) for event in EVENTS] == expected
    test = ir.Not(ir.Equal(node, PLAIN))
    tells, tells_fast = compile_condition(test), compile_condition_source(test, "node")
    expected = [outcome(tells, event) for event in EVENTS]
    assert [outcome(tells_fast, event) for event in EVENTS] == expected


# --- odd events -------------------------------------------------------------------

NO_OBJECTS: tuple[Json, ...] = ("text", 0, 7, False, True, [], [1], [{}], "", None)
NO_NUMBERS: tuple[Json, ...] = (None, True, "9", [], {}, 1e400)
NO_TOTALS: list[Json] = [{"total": each} for each in NO_NUMBERS]
NO_NAMES: tuple[Json, ...] = ([], {}, True, None, 0, [["track"]])
NO_TIMES: tuple[Json, ...] = ([], {}, 5, "", "2023", "2023-04-21T24:00:00.000Z")

ODD_EVENTS: list[Json] = [
    *NO_OBJECTS,
    *[{"properties": each} for each in NO_OBJECTS],
    *[{"properties": holder} for holder in NO_TOTALS],
    *[{"type": each} for each in NO_NAMES],
    *[{"receivedAt": each} for each in NO_TIMES],
]


@pytest.mark.parametrize(
    "text",
    [
        "properties.total >= 0 or properties.total < 7",
        "!(properties.total > 0 and properties.a.b = 1)",
        "type in ['track', 'page', 0, 1, true, null]",
        "any(properties, item.a = 1) or all(properties, item = 1)",
        "received_at < '2023-04-21T19:55:00Z' or !(received_at > '2020-01-01')",
        "match(type, 'a*b*c') or properties.0 = null or properties.0.a != 1",
        "length(properties) > 0 and properties.total in properties",
    ],
)
def test_no_event_makes_a_condition_raise(text: str) -> None:
    slow, fast = (
        compile_condition(condition(text)),
        compile_condition_source(condition(text), text),
    )
    assert [fast(each) for each in ODD_EVENTS] == [slow(each) for each in ODD_EVENTS]


def test_deep_events_are_no_trouble() -> None:
    deep: Json = None
    for _ in range(100_000):
        deep = [deep]
    test = compile_condition_source(condition("a = b or a.0.0 = b and a in b"), "deep")
    assert test({"a": deep, "b": 1}) is False
    while isinstance(deep, list):  # taken apart, for Python frees deep lists in depth
        deep = deep.pop()


def test_an_event_that_makes_up_its_members_stays_as_it_is() -> None:
    event: dict[str, Json] = defaultdict(lambda: "track")
    assert compile_condition_source(condition("type = 'track'"), "made up")(event) is (
        False
    )
    built = compile_value_source(mapping('{ a: type, b: "{{type}}" }'), "made up")
    assert built(event) == {"b": ""}
    assert event == {}


class Decibel(float):
    """A number of another type, as those of other libraries are."""

    __slots__ = ()


class Rank(int):
    """A whole number of another type, as enumerations are."""


class Named(str):
    """A string of another type, as enumerations are."""

    __slots__ = ()

    def __str__(self) -> str:
        return "shown otherwise"

    def __format__(self, spec: str) -> str:
        return "shown otherwise"


def test_a_subclass_counts_as_its_base() -> None:
    event: Json = {"type": Named("track")}
    assert compile_condition_source(condition("type = 'track'"), "t")(event) is True
    assert compile_condition_source(condition("match(type, 't*')"), "t")(event) is True
    title = compile_value_source(mapping('{ title: "<{{type}}>" }'), "t")(event)
    assert title == {"title": "<track>"}


def with_other_types(value: Json) -> Json:
    """Return *value* with subclasses in place of the types that JSON readers make."""
    match value:
        case bool() | None:
            return value
        case int():
            return Rank(value)
        case float():
            return Decibel(value)
        case str():
            return Named(value)
        case list():
            return [with_other_types(each) for each in value]
        case dict():
            return {name: with_other_types(each) for name, each in value.items()}


@settings(max_examples=100)
@given(ir_conditions(), events())
def test_every_back_end_takes_a_subclass_for_its_base(
    node: Ir, event: dict[str, Json]
) -> None:
    slow, fast = compile_condition(node), compile_condition_source(node, "law")
    other = with_other_types(event)
    expected = outcome(slow, event)
    assert [outcome(slow, other), outcome(fast, other)] == [expected, expected]


# --- errors and tracebacks --------------------------------------------------------


def refusing(*path: str) -> Ir:
    """Return a payload in which one member refuses texts."""
    node: Ir = ir.Invoke("refuse", refuse_texts, (load("a", kept=True),))
    for key in reversed(path):
        node = ir.MakeObject(
            (("first", ir.Constant(1)), (key, node), ("last", load("b")))
        )
    return node


@pytest.mark.parametrize("path", [(), ("one",), ("one", "two"), ("x",) * 45])
def test_an_error_tells_the_member_it_was_raised_for(path: tuple[str, ...]) -> None:
    generated = generate_value(refusing(*path), "members")
    with pytest.raises(Refusal) as raised:
        generated.function({"a": "text"})
    assert generated.member_of(raised.value) == path


@pytest.mark.parametrize(
    "text",
    [
        "{ a: 1, b: refuse(x), c: 2 }",
        "{ a: x, b: each rows { n: refuse(y) } }",
        "{ a: x, b: if refuse(x) = 1 then 1 else 2 }",
        '{ a: x, b: "{{refuse(x)}}" }',
        "{ a: x, b: y ?? refuse(x) }",
    ],
)
def test_an_error_inside_a_member_tells_the_member(text: str) -> None:
    refuse = ir.Invoke("refuse", refuse_texts, (load("x", kept=True),))
    node = with_refusals(text, refuse)
    generated = generate_value(node, "members")
    with pytest.raises(Refusal) as raised:
        generated.function({"x": "text", "rows": [{"y": 1}]})
    member = generated.member_of(raised.value)
    assert member
    assert member[0] == "b"


def with_refusals(text: str, refuse: Ir) -> Ir:
    """Return the mapping of *text* with *refuse* for each ``refuse(...)``."""
    marked = re.sub(r"refuse\((\w+)\)", "refused", text)

    def replaced(node: Ir) -> Ir:
        is_mark = isinstance(node, ir.Load) and node.segments == ("refused",)
        return refuse if is_mark else node

    return rewrite(mapping(marked), replaced)


def test_errors_from_elsewhere_have_no_member() -> None:
    generated = generate_value(refusing("one"), "members")
    assert generated.member_of(ValueError("elsewhere")) is None


def test_a_traceback_shows_the_generated_line() -> None:
    generated = generate_value(refusing("one"), "shown in tracebacks")
    with pytest.raises(Refusal) as raised:
        generated.function({"a": "text"})
    shown = "".join(traceback.format_exception(raised.value))
    assert 'File "<fql shown in tracebacks>"' in shown
    assert "call1(" in shown


def test_the_text_is_forgotten_with_the_function() -> None:
    generated = generate_condition(condition("a = 'once'"), "once")
    name = generated.filename
    assert linecache.getline(name, 1)
    linecache.checkcache(name)
    assert linecache.getline(name, 1)
    del generated
    gc.collect()
    assert linecache.getline(name, 1) == ""


def test_texts_of_one_title_keep_apart() -> None:
    one = generate_condition(condition("a = 'one'"), "title")
    other = generate_condition(condition("a = 'other'"), "title")
    again = generate_condition(condition("a = 'one'"), "title")
    assert one.filename == again.filename == "<fql title>"
    assert other.filename != one.filename
    assert "'other'" in "".join(linecache.getlines(other.filename))


def test_missing_at_the_root_is_missing() -> None:
    assert compile_value_source(load("a", kept=True), "root")({}) is MISSING


def test_a_stranger_never_sees_an_exception_of_ours() -> None:
    def swallow(items: Json, predicate: Callable[[Json], Json]) -> Json:
        try:
            return isinstance(items, list) and predicate(items[0]) is True
        except Exception:
            return "swallowed"

    stranger = replace(ONE_OF_TWO, implementation=swallow)
    inner = ir.Equal(load("a.b", 1), ir.Constant(None))
    test = compile_condition_source(
        ir.Quantify(stranger, load("list"), 1, inner), "stranger"
    )
    assert test({"list": ["no object"]}) is True


def test_functions_of_an_embedder_are_called() -> None:
    node = ir.Equal(ir.Apply(TWICE, (load("a"),)), ir.Constant([1, 1]))
    assert "# call1 is 'the function twice'." in condition_source(node, "own")
    assert compile_condition_source(node, "own")({"a": 1}) is True


def test_a_constant_argument_is_new_for_each_call() -> None:
    seen: list[Json] = []

    def spoil_it(value: Json) -> Json:
        seen.append(deepcopy(value))
        spoil(value)
        return True

    spoiling = replace(FUNCTIONS["exists"], name="spoil", implementation=spoil_it)
    test = compile_condition_source(ir.Apply(spoiling, (ir.Constant([1]),)), "spoil")
    assert test({}) is test({}) is True
    assert seen == [[1], [1]]
