"""Conversion of mappings: what is handed out says the same, or nothing is."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import fql
from fql.compiler.check_directives import check_directives
from fql.compiler.payload import compile_directives, compile_mapping_text
from fql.compiler.payload_errors import MappingError
from fql.compiler.values import compact_json
from fql.grammar.diagnostics import Code, FqlError, has_errors
from tests.compiler.test_directives import events, mappings
from tests.conformance.cases import SAMPLE, SHARED, lines

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def answer(mapping: Callable[[Any], Any], event: Any) -> str:
    """Return the payload as JSON text; "fails" where there is none."""
    try:
        return compact_json(mapping(deepcopy(event)))
    except MappingError:
        return "fails"


def text_of(directives: Any, **options: bool) -> str:
    return fql.compile_mapping(directives).to_text(**options)


def json_of(text: str, **options: bool) -> Any:
    return fql.compile_mapping(text).to_directives(**options)


def refusals(action: Callable[[], object]) -> list[tuple[Code, str]]:
    with pytest.raises(FqlError) as caught:
        action()
    return [(each.code, each.message) for each in caught.value.diagnostics]


# --- laws -------------------------------------------------------------------------


def assert_says_the_same(directives: Any, given_events: list[Any]) -> None:
    mapping = fql.compile_mapping(directives)
    text = mapping.to_text()
    read = fql.compile_mapping(text)
    back = compile_directives(read.to_directives())
    for event in given_events:
        expected = answer(mapping, event)
        assert answer(read, event) == expected, text
        assert answer(back, event) == expected, text


@given(mappings, st.lists(events, min_size=1, max_size=4))
def test_text_and_directives_agree_on_every_event(
    mapping: Any, given_events: list[Any]
) -> None:
    """directives -> text -> directives gives the same for every event, or nothing."""
    whole = {"m": mapping}
    if has_errors(check_directives(whole).diagnostics):
        return
    try:
        assert_says_the_same(whole, given_events)
    except FqlError as error:
        assert {each.code for each in error.diagnostics} == {Code.NO_TEXT}  # noqa: PT017


PARTS = st.sampled_from(
    [
        *("a", "a.b", "b.0", "$.a", "'x'", "0", "null", "'{{a}}'", '"{{a}} {{a.b}}!"'),
        *("a ?? b", "a ?? 0", "if exists(a.b) then 1 else ''", "lower(a)"),
        *("if !exists(a) then false else c", "replace(a, 'a', '$&')", "to_json(b)"),
        *("each b { x: a }", "merge(a, { b: 1 })", "flatten(a)", "literal(0)"),
        *("drop_null(a)", "from_json(c)", "[a, 'b']", "{ a, b: [0] }", "received_at"),
        *("transform({ a: b }, { c: a })", "original(replace(a, 'a', 'b'))"),
        *("original(if filled(a) then b)", "path('a[0]')", "template('{{{a}}}')"),
    ]
)
texts = st.lists(PARTS, min_size=1, max_size=4).map(
    lambda parts: f"{{ {', '.join(f'm{n}: {part}' for n, part in enumerate(parts))} }}"
)


@given(texts, st.lists(events, min_size=1, max_size=4))
def test_exact_directives_agree_on_every_event(
    text: str, given_events: list[Any]
) -> None:
    """What is converted exactly, or not at all, gives the same for every event."""
    mapping = fql.compile_mapping(text)
    try:
        directives = compile_directives(mapping.to_directives(exact=True))
    except FqlError as error:
        assert {each.code for each in error.diagnostics} == {Code.NO_DIRECTIVE}  # noqa: PT017
        return
    for event in given_events:
        assert answer(directives, event) == answer(mapping, event)


TIDY: list[Any] = [
    {},
    {"a": {"b": "Ada"}, "b": ["x", {"a": 1}], "c": "[1]"},
    {"a": {}, "b": [], "c": {"a": 1}, "received_at": "x"},
    {"b": {"a": "text"}, "receivedAt": "y"},
]
"""Events whose fields are objects and lists where the paths of `PARTS` want them."""


@pytest.mark.parametrize("event", TIDY)
def test_directives_agree_on_events_that_keep_their_types(event: Any) -> None:
    text = """{
      a: a.b ?? b.0, b: if exists(a) then a else 0, c: each b { x: a }
      d: lower(a.b), e: replace(a.b, "Ada", "$&"), f: drop_null(a), g: [a.b, "x"]
      h: merge(a, { b: 1 }), i: flatten(a), j: received_at, k: to_json(b)
      l: transform({ x: a.b }, { y: x }), m: from_json(c), n: "{{a.b}}, {{a.c}}"
      o: if a.b = null then null else a.b, p: $, q: literal('{{a}}')
    }"""
    mapping = fql.compile_mapping(text)
    directives = fql.compile_mapping(mapping.to_directives())
    assert answer(directives, event) == answer(mapping, event)


# --- mappings as there are --------------------------------------------------------

FILES = [
    (SAMPLE / "mappings.jsonl", SAMPLE / "events.jsonl"),
    (SHARED / "mappings.jsonl", SHARED / "events.jsonl"),
    (SHARED / "preset_mappings.jsonl", SHARED / "preset_events.jsonl"),
]


@pytest.mark.parametrize(("cases", "event_lines"), FILES, ids=["sample", "odd", "real"])
def test_every_mapping_that_compiles_has_a_text(cases: Path, event_lines: Path) -> None:
    shared = lines(event_lines) if cases.parent != SAMPLE else []
    for line in lines(cases):
        if has_errors(check_directives(line["mapping"]).diagnostics):
            continue
        given_events = [each["event"] for each in line["cases"]]
        known = [shared[each] if shared else each for each in given_events]
        assert_says_the_same(line["mapping"], known)


# --- what texts look like ---------------------------------------------------------


def test_what_reads_the_same_needs_no_wrapper() -> None:
    directives = {
        "user_id": {"@path": "$.userId"},
        "kind": "web",
        "id": {
            "@if": {
                "exists": {"@path": "$.userId"},
                "then": {"@path": "$.userId"},
                "else": {"@path": "$.anonymousId"},
            }
        },
        "nested": {"b": [1, {"@path": "x"}], "c": {"d": None}},
    }
    assert text_of(directives) == (
        "{\n  user_id: userId\n  kind: 'web'\n  id: userId ?? anonymousId\n"
        "  nested: {\n    b: [1, x]\n    c: { d: null }\n  }\n}\n"
    ).replace("'", '"')


def test_what_the_original_reads_otherwise_is_wrapped() -> None:
    directives = {"email": {"@path": "$.traits.email"}, "_": {"@template": "{{a.b}}"}}
    text = 'original({ email: traits.email, _: "{{a.b}}" })\n'
    assert text_of(directives) == text
    bare = '{ email: traits.email, _: "{{a.b}}" }\n'
    assert text_of(directives, exact=False) == bare
    mapping = fql.compile_mapping(text)
    assert mapping({"traits": None, "a": 0}) == {"email": None, "_": "0"}
    assert fql.compile_mapping(bare)({"traits": None, "a": 0}) == {"_": ""}


def test_what_differs_for_ordinary_events_stays_wrapped() -> None:
    directives = {"a": {"@flatten": {"separator": "_", "value": {"@path": "a"}}}}
    wrapped = 'original({ a: flatten(a, separator: "_") })\n'
    assert text_of(directives, exact=False) == wrapped


@pytest.mark.parametrize(
    ("directive", "text"),
    [
        ({"@path": "$.items[0]['id']"}, "items.0.id"),
        ({"@path": ""}, "$"),
        ({"@path": "a['']"}, "path(\"a['']\")"),
        ({"@path": {"@path": "a"}}, "path(a)"),
        ({"@template": "{{{a}}}"}, "template('{{{a}}}')"),
        ({"@template": "no paths"}, '"no paths"'),
        ({"@template": {"@path": "a"}}, "template(a)"),
        ({"@literal": "{{a}}"}, "literal('{{a}}')"),
        ("{{a}}", "'{{a}}'"),
        ({"@case": {"operator": "upper", "value": {"@path": "a"}}}, "upper(a)"),
        ({"@case": {"operator": "upper", "value": ""}}, "drop_null(null)"),
        (
            {"@replace": {"pattern": "-", "replacement": "", "value": {"@path": "a"}}},
            'replace(a, "-", "")',
        ),
        (
            {
                "@replace": {
                    "pattern": "a",
                    "replacement": "b",
                    "value": {"@path": "a"},
                    "pattern2": "c",
                    "replacement2": "d",
                    "ignorecase": True,
                    "global": False,
                }
            },
            'replace(a, "a", "b", "c", "d", ignorecase: true, first_only: true)',
        ),
        ({"@arrayPath": ["$.a.b", {"x": {"@path": "y"}}]}, "each a.b { x: y }"),
        ({"@arrayPath": ["$.a.b"]}, "a.b"),
        ({"@arrayPath": ["$.a", {"x": {"@path": ""}}]}, "each a { x: path('') }"),
        (
            {"@flatten": {"separator": ".", "omitArrays": True, "value": "x"}},
            'flatten("x", separator: ".", omit_arrays: true)',
        ),
        ({"@json": {"mode": "encode", "value": {"@path": "a"}}}, "to_json(a)"),
        ({"@json": {"mode": "decode", "value": {"@path": "a"}}}, "from_json(a)"),
        ({"@merge": {"direction": "left", "objects": [{"@path": "a"}, {}]}}, None),
        ({"@transform": {"apply": {"b": 1}, "mapping": {"@path": "b"}}}, None),
        ({"@excludeWhenNull": {"@path": "a"}}, "drop_null(a)"),
        ({"@if": {"exists": {"@path": "a"}, "then": 1, "else": 0}}, None),
    ],
)
def test_each_directive_has_its_form(directive: Any, text: str | None) -> None:
    given_text = text_of({"m": directive})
    if text is not None:
        assert f"m: {text}".replace("'", '"') in given_text.replace("'", '"')
    back = compile_directives(json_of(given_text))
    assert back.node == compile_directives({"m": json_of_plain(directive)}).node


def json_of_plain(directive: Any) -> Any:
    """Return a directive with what converts to nothing left out."""
    match directive:
        case {"@merge": {"objects": [first, {}], **rest}}:
            return {"@merge": {**rest, "objects": [first]}}
        case {"@path": "$.items[0]['id']"}:
            return {"@path": "$.items.0.id"}
        case {"@case": {"value": ""}}:
            return {"@excludeWhenNull": None}
        case _:
            return directive


# --- what directives look like ----------------------------------------------------


@pytest.mark.parametrize(
    ("value", "directive"),
    [
        ("userId", {"@path": "$.userId"}),
        ("$", {"@path": "$."}),
        ('"a {{b.c}}"', {"@template": "a {{b.c}}"}),
        ("'{{b}}'", "{{b}}"),
        (
            "a ?? 0",
            {
                "@if": {
                    "exists": {"@path": "$.a"},
                    "then": {"@path": "$.a"},
                    "else": {"@literal": 0},
                }
            },
        ),
        (
            "if a = null then 1 else 2",
            {"@if": {"exists": {"@path": "$.a"}, "then": 2, "else": 1}},
        ),
        ("upper(a)", {"@case": {"operator": "upper", "value": {"@path": "$.a"}}}),
        (
            "each a.b { c }",
            {"@arrayPath": ["$.a.b", {"c": {"@path": "$.c"}}]},
        ),
        ("liquid('{{ a }}')", {"@liquid": "{{ a }}"}),
        (
            "original(flatten(a, separator: '.'))",
            {"@flatten": {"separator": ".", "value": {"@path": "$.a"}}},
        ),
    ],
)
def test_each_form_has_its_directive(value: str, directive: Any) -> None:
    assert json_of(f"{{ m: {value} }}") == {"m": directive}


def test_members_come_in_the_order_of_the_payload() -> None:
    mapping = compile_directives({"b": 1, "10": {"n": 2, "1": 3}, "9": "x"})
    text = compile_mapping_text(mapping.to_text())
    assert compact_json(text({})) == compact_json(mapping({}))
    assert compact_json(text({})) == '{"9":"x","10":{"1":3,"n":2},"b":1}'


def test_what_was_written_is_given_back() -> None:
    text = "{ a: b  # why\n}"
    assert fql.compile_mapping(text).to_text() == text
    directives: Any = {"a": {"@path": "b", "_metadata": {"label": "B"}}}
    assert fql.compile_mapping(directives).to_directives() == directives


# --- refusals ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("number(a)", "directives have no `number`"),
        ("a > 1", "directives have no conditions"),
        ("if a > 1 then b", "a directive cannot test this"),
        (
            "each a { b: $.c }",
            "inside a list or a `transform`, directives cannot reach",
        ),
        ("each a {}", "a directive takes an empty shape for none"),
        (r"a.b\.c", "this path has a key that a directive's path cannot say"),
        ('{ "@path": 1 }', "`@path` is no key of a plain object"),
        ("{ __proto__: 1 }", "`__proto__` is no key of a plain object"),
        ("a.length", "a directive reads this otherwise: it is the length"),
        ('"{{{a}}}"', "the braces in this template are read otherwise"),
        ("replace(a, 'longer than ten', 'b')", "the original cannot run this"),
        ("merge(a, { b })", "a directive reads this otherwise: a member"),
        ("flatten(a, separator: '')", "the original cannot run this"),
    ],
)
def test_what_no_directive_says_is_refused_at_its_place(
    value: str, message: str
) -> None:
    text = f"{{ m: {value} }}"
    mapping = fql.compile_mapping(text)
    with pytest.raises(FqlError) as caught:
        mapping.to_directives()
    (found,) = caught.value.diagnostics
    assert found.code is Code.NO_DIRECTIVE
    assert found.message.startswith(message)
    assert found.span.start >= text.index(":") + 2


@pytest.mark.parametrize(
    "value", ["a.b", '"{{a}}"', "each a { b }", "received_at", "if filled(a) then b"]
)
def test_what_differs_is_refused_where_conversion_is_exact(value: str) -> None:
    mapping = fql.compile_mapping(f"{{ m: {value} }}")
    assert mapping.to_directives()
    ((code, _), *_) = refusals(lambda: mapping.to_directives(exact=True))
    assert code is Code.NO_DIRECTIVE


def test_a_mapping_in_json_is_an_object() -> None:
    ((_, message),) = refusals(lambda: json_of("[1]"))
    assert message == "a whole mapping in JSON is an object or a directive"


@pytest.mark.parametrize(
    ("directive", "message"),
    [
        ({"@arrayPath": ["$.a", {"@path": "b"}]}, "with a directive as its shape"),
        ({"@json": {"mode": "x", "value": 1}}, "of a mode that never gives anything"),
        ({"@merge": {"direction": "right", "objects": []}}, "of no objects"),
        ({"@case": {"operator": "x", "value": {"@path": "a"}}}, "nothing to convert"),
        (1e999, "could be read"),
    ],
)
def test_what_no_text_says_is_refused_with_its_pointer(
    directive: Any, message: str
) -> None:
    mapping = compile_directives({"m": [directive]})
    with pytest.raises(FqlError) as caught:
        mapping.to_text()
    (found,) = caught.value.diagnostics
    assert found.code is Code.NO_TEXT
    assert message in found.message


# --- `original` -------------------------------------------------------------------


def test_original_means_what_directives_mean() -> None:
    text = """{
      path: original(a.b), plain: a.b
      each: each items { sku, of: original(b.c) }
      filled: original(if filled(zero) then 1 else 2)
      raw: path("list[0]"), braces: template('{{{a}}}')
    }"""
    event: Any = {"a": 0, "zero": 0, "items": [{"sku": 1, "b": False}], "list": [7]}
    assert fql.compile_mapping(text)(event) == {
        "path": 0,
        "each": [{"sku": 1, "of": False}],
        "filled": 2,
        "raw": 7,
        "braces": "0",
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("original(number(a))", "directives have no `number`"),
        ("original(a = 1)", "directives have no conditions"),
        ("original(each a { b: $.c })", "inside a list or a `transform`"),
        ("each a { b: original($.c) }", "inside a list or a `transform`"),
        ("any(a, original(item.b) = 1)", "`original` cannot stand in a condition"),
        ("path(1)", "the original cannot run this"),
        ("original(replace(a, b, c))", "a pattern of a directive is a literal"),
    ],
)
def test_what_has_no_directive_may_not_stand_in_it(text: str, message: str) -> None:
    found = refusals(lambda: fql.compile_mapping(f"{{ m: {text} }}"))
    assert any(
        code is Code.NO_DIRECTIVE and said.startswith(message) for code, said in found
    )
