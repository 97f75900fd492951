"""The prefix form answers as the condition does, or what does not is named."""

from __future__ import annotations

import json
from itertools import chain
from math import isfinite
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from fql.compiler.device import encode_condition
from fql.compiler.functions import FUNCTIONS
from fql.compiler.spec import OTHER_SPELLING, TIMESTAMPS
from fql.compiler.trigger import check_trigger, compile_trigger
from fql.device import encode
from fql.grammar.codes import CodePage, pages
from fql.grammar.diagnostics import Code, FqlError, Severity, has_errors
from tests.compiler.device_evaluator import EvaluationError, evaluate
from tests.compiler.strategies import conditions, events

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from fql.compiler.values import Json


def codes_of(text: str) -> list[Code]:
    """Return why *text* is refused, in source order."""
    with pytest.raises(FqlError) as caught:
        encode(text)
    return [each.code for each in caught.value.diagnostics if each.is_error]


def findings_of(text: str) -> list[tuple[Code, Severity]]:
    """Return what is said of *text*, in source order."""
    found = encode_condition(check_trigger(text), FUNCTIONS).diagnostics
    return [(each.code, each.severity) for each in found]


# --- what is written --------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("all", {"value": True}),
        ("true", {"value": True}),
        ("null", {"value": False}),
        ("properties.is_vip", "properties.is_vip"),
        ("(properties.is_vip)", "properties.is_vip"),
        ("!properties.is_vip", ["!", "properties.is_vip"]),
        ('type = "track"', ["=", "type", {"value": "track"}]),
        ("1 <= properties.total", ["<=", {"value": 1}, "properties.total"]),
        (
            'a = 1 and (b != "x" or c = true) and d < 1.5',
            [
                "and",
                ["=", "a", {"value": 1}],
                ["or", ["!=", "b", {"value": "x"}], ["=", "c", {"value": True}]],
                ["<", "d", {"value": 1.5}],
            ],
        ),
        (
            'event in ["a", 2]',
            ["in", "event", {"value": [{"value": "a"}, {"value": 2}]}],
        ),
        (
            'lowercase(event) = "a"',
            ["=", ["lowercase", "event"], {"value": "a"}],
        ),
        (
            r"match(properties.product\ 1, 'a*')",
            ["match", "properties.product 1", {"value": "a*"}],
        ),
        (
            'contains(event, "a") = false',
            ["=", ["contains", "event", {"value": "a"}], {"value": False}],
        ),
        (
            'semver(context.app.version, ">=", "1.2")',
            ["semver", "context.app.version", {"value": ">="}, {"value": "1.2"}],
        ),
        ('event = uppercase("usd")', ["=", "event", {"value": "USD"}]),
        (
            "length([1]) = 1 and a = 1",
            ["and", {"value": True}, ["=", "a", {"value": 1}]],
        ),
    ],
)
def test_conditions_have_a_prefix_form(text: str, expected: Json) -> None:
    assert encode(text) == expected


def test_a_text_with_errors_is_refused() -> None:
    assert codes_of('type == "track"') == [Code.DOUBLE_EQUALS]


def test_every_construct_is_reported_at_its_place() -> None:
    text = 'userId = null and (uppercase(event) = "A" or receivedAt < "2024-01-01")'
    with pytest.raises(FqlError) as caught:
        encode(text)
    assert [
        (each.code, each.source.slice(each.span)) for each in caught.value.diagnostics
    ] == [
        (Code.DEVICE_MISSING, "userId"),
        (Code.DEVICE_FUNCTION, "uppercase(event)"),
        (Code.DEVICE_ORDER, 'receivedAt < "2024-01-01"'),
    ]


def test_an_error_is_raised_with_the_warnings_beside_it() -> None:
    with pytest.raises(FqlError) as caught:
        encode("received_at = null or length(a) >= 2")
    assert [(each.code, each.severity) for each in caught.value.diagnostics] == [
        (Code.DEVICE_MISSING, Severity.ERROR),
        (Code.DEVICE_PATH, Severity.WARNING),
        (Code.DEVICE_LENGTH, Severity.WARNING),
    ]


def test_a_second_name_hides_no_error_of_its_path() -> None:
    assert codes_of("received_at.0 = 'x'") == [Code.DEVICE_PATH]


# --- what is refused, and an event that tells the difference ----------------------

TOLD: list[tuple[str, Code, dict[str, Any]]] = [
    ("userId = null", Code.DEVICE_MISSING, {}),
    ("null != userId", Code.DEVICE_MISSING, {}),
    ("userId in ['u', null]", Code.DEVICE_MISSING, {}),
    ("length(a) = null", Code.DEVICE_MISSING, {"a": 1}),
    ("a = b", Code.DEVICE_MISSING, {"a": None}),
    ("a != b", Code.DEVICE_MISSING, {"a": {"x": 1, "y": 2}, "b": {"y": 2, "x": 1}}),
    ("lowercase(a) = b", Code.DEVICE_MISSING, {}),
    ("length(a) = length(b)", Code.DEVICE_MISSING, {}),
    ("length(a) = lowercase(b)", Code.DEVICE_MISSING, {"a": 1}),
    ("uppercase(a) = 'A'", Code.DEVICE_FUNCTION, {"a": "a"}),
    ("exists(a)", Code.DEVICE_FUNCTION, {"a": "a"}),
    ("bool(a)", Code.DEVICE_FUNCTION, {"a": "a"}),
    ("any(a, item = 1)", Code.DEVICE_FUNCTION, {"a": [1]}),
    ("contains(lowercase(a), 'a')", Code.DEVICE_NESTED, {"a": "A"}),
    ("match(lowercase(a), 'a')", Code.DEVICE_NESTED, {"a": "A"}),
    ("lowercase(lowercase(a)) = 'a'", Code.DEVICE_NESTED, {"a": "A"}),
    ("lowercase(a) in ['a']", Code.DEVICE_NESTED, {"a": "A"}),
    ("(a = 1) = true", Code.DEVICE_NESTED, {"a": 1}),
    ("(!a) = false", Code.DEVICE_NESTED, {"a": True}),
    ("a < 'b'", Code.DEVICE_ORDER, {"a": "a"}),
    ("'b' > a", Code.DEVICE_ORDER, {"a": "a"}),
    ("lowercase(a) < 'b'", Code.DEVICE_ORDER, {"a": "a"}),
    ("a < b", Code.DEVICE_ORDER, {"a": "a", "b": "b"}),
    (
        "properties.at >= '2023-04-21'",
        Code.DEVICE_ORDER,
        {"properties": {"at": "2024-01-01"}},
    ),
    ("'a' in properties.tags", Code.DEVICE_LIST, {"properties": {"tags": ["a"]}}),
    ("'a' in properties.tags", Code.DEVICE_LIST, {}),
    ("a in [b]", Code.DEVICE_LIST, {"a": {}, "b": {}}),
    ("a = ['x']", Code.DEVICE_LIST, {"a": ["x"]}),
    ("a in [['x']]", Code.DEVICE_LIST, {"a": ["x"]}),
    (r"a\.b = 1", Code.DEVICE_PATH, {"a.b": 1}),
    ("a.0 = 'x'", Code.DEVICE_PATH, {"a": "xy"}),
    ("a.01 = 'x'", Code.DEVICE_PATH, {"a": ["y", "x"]}),
    ("properties.a.0 = 'x'", Code.DEVICE_PATH, {"properties": {"a": "xy"}}),
    ("a.length = 1", Code.DEVICE_PATH, {"a": [0]}),
    ("a.search.name = 'search'", Code.DEVICE_PATH, {"a": "x"}),
    ("toString.name = 'toString'", Code.DEVICE_PATH, {}),
    ("length(a) < 1", Code.DEVICE_LENGTH, {}),
    ("length(a) <= 5", Code.DEVICE_LENGTH, {}),
    ("length(a) >= 0", Code.DEVICE_LENGTH, {}),
    ("length(a) = 0", Code.DEVICE_LENGTH, {}),
    ("length(a) != 1", Code.DEVICE_LENGTH, {"a": "é"}),
    ("match(a, '[^😀]?')", Code.DEVICE_CHARACTER, {"a": "a😀"}),
    ("match(a, '[😀]')", Code.DEVICE_CHARACTER, {"a": "😀"}),
    ("match(a, '[a-😀]')", Code.DEVICE_CHARACTER, {"a": "😀"}),
    ("match(a, '[a-😀-c]')", Code.DEVICE_CHARACTER, {"a": "b"}),
    ("match(a, '[a-\uffff][a-\uffff]')", Code.DEVICE_CHARACTER, {"a": "😀"}),
    ("match(a, b)", Code.DEVICE_CHARACTER, {"a": "😀", "b": "?"}),
    ("contains(a, b)", Code.DEVICE_CHARACTER, {"a": "😀", "b": "\ud83d"}),
    ("contains('😀', b)", Code.DEVICE_CHARACTER, {"b": "\ud83d"}),
    ("contains(a, '\ud83d')", Code.DEVICE_CHARACTER, {"a": "😀"}),
    ("a = 9007199254740992", Code.DEVICE_NUMBER, {"a": 2**53 + 1}),
    ("a > 1e21", Code.DEVICE_NUMBER, {"a": 10**21 + 1}),
    (
        "semver(a, '=', '9007199254740992')",
        Code.DEVICE_NUMBER,
        {"a": "9007199254740993"},
    ),
    ("semver(a, '=', b)", Code.DEVICE_NUMBER, {"a": str(2**53), "b": str(2**53 + 1)}),
    ("typeof(a) = 'list'", Code.DEVICE_TYPE_NAME, {"a": []}),
    ("typeof(a) != 'null'", Code.DEVICE_TYPE_NAME, {}),
    ("typeof(a) = 'object'", Code.DEVICE_TYPE_NAME, {"a": None}),
    ("typeof(a) = 'boolean'", Code.DEVICE_TYPE_NAME, {"a": True}),
    ("typeof(a) = typeof(b)", Code.DEVICE_TYPE_NAME, {"a": None}),
    ("typeof(a) = b", Code.DEVICE_TYPE_NAME, {"a": True, "b": "bool"}),
]


WARNED: list[tuple[str, Code, dict[str, Any]]] = [
    ("receivedAt > 1", Code.DEVICE_ORDER, {"receivedAt": 2}),
    ("1 < timestamp", Code.DEVICE_ORDER, {"timestamp": 2}),
    ("received_at = 'x'", Code.DEVICE_PATH, {"receivedAt": "x"}),
    ("sent_at.a = 'x'", Code.DEVICE_PATH, {"sentAt": {"a": "x"}}),
    ("original_timestamp", Code.DEVICE_PATH, {"originalTimestamp": True}),
    ("length(a) > 1", Code.DEVICE_LENGTH, {"a": "é"}),
    ("2 <= length(a)", Code.DEVICE_LENGTH, {"a": "é"}),
    ("match(a, '?')", Code.DEVICE_CHARACTER, {"a": "😀"}),
    ("match(a, 'a?b*')", Code.DEVICE_CHARACTER, {"a": "a😀b"}),
    ("match(a, 'a??*')", Code.DEVICE_CHARACTER, {"a": "a😀"}),
    ("match(a, '*??*')", Code.DEVICE_CHARACTER, {"a": "😀"}),
    ("match(a, '[^a]')", Code.DEVICE_CHARACTER, {"a": "😀"}),
]


@pytest.mark.parametrize(("text", "code", "event"), WARNED)
def test_what_is_warned_of_is_written_and_answered_otherwise(
    text: str, code: Code, event: dict[str, Any]
) -> None:
    assert findings_of(text) == [(code, Severity.WARNING)]
    assert answer(encode(text), event) is not compile_trigger(text)(event)


@pytest.mark.parametrize(("text", "code", "event"), TOLD)
def test_what_is_refused_is_answered_otherwise(
    text: str, code: Code, event: dict[str, Any]
) -> None:
    assert code in codes_of(text)
    checked = check_trigger(text)
    written = encode_condition(checked, FUNCTIONS).prefix
    assert answer(written, event) is not compile_trigger(text)(event)


def answer(prefix: Any, event: Any) -> bool | None:
    """Return what the evaluator answers; None where it throws."""
    try:
        return evaluate(prefix, event)
    except EvaluationError:
        return None


@pytest.mark.parametrize(
    "text",
    [
        "lowercase(a) = null",
        "lowercase(a) = lowercase(b)",
        "contains(a, 'x') = b",
        "contains('ab', b)",
        "contains(a, 'x') = contains(b, 'x')",
        "typeof(a) = 'string'",
        "typeof(a) != 'number'",
        "length(a) > 0",
        "length(a) >= 1",
        "length(a) < 0",
        "length(a) = 0.5",
        "length(a) != -1",
        "match(a, '*?*')",
        "match(a, 'a?*')",
        "match(a, '*[^a]')",
        "match(a, '[a-z]')",
        "match(a, '*😀')",
        "match(a, '[')",
        r"match(a, '\\😀*')",
        "semver(a, '!=', '1.2')",
        "a.toString != 'x'",
        "properties.0 = 'x'",
        "properties.length = 1",
        "traits.search.name = 'x'",
        "a = 9007199254740991",
        "a in []",
    ],
)
def test_what_is_answered_alike_is_not_named(text: str) -> None:
    assert findings_of(text) == []
    prefix, trigger = encode(text), compile_trigger(text)
    for event in chain.from_iterable(map(holders, VALUES)):
        assert evaluate(prefix, event) is trigger(event), event


EMPTY: tuple[Json, ...] = ([], ["x"], {})
VALUES: tuple[Json, ...] = (
    *(None, True, 0, 1, 2, -1, 0.5, "", "a", "é", "a😀", "😀", "x", "1.2.3"),
    *EMPTY,
)


def holders(value: Json) -> list[dict[str, Json]]:
    """Return events with *value* in the places that the texts read."""
    return [
        {},
        {"a": value},
        {"b": value},
        {"a": value, "b": value},
        {"properties": {"0": value, "length": value}, "traits": {"search": value}},
    ]


@pytest.mark.parametrize(
    "page",
    [
        each
        for each in pages().values()
        if "FQL780" <= each.code < "FQL800" and each.failing
    ],
    ids=lambda page: page.code,
)
def test_the_examples_of_the_codes(page: CodePage) -> None:
    assert [code for code, _ in findings_of(page.failing)] == [page.code]
    assert findings_of(page.fixed) == []


# --- the law ----------------------------------------------------------------------

PATHS = ("type", "a", "properties.a", "properties.0", "properties.items.a", "traits.b")
LITERALS = ("'a'", "'A'", "''", "'é'", "'😀'", "true", "false", "0", "1", "-0.5", "1.0")
GLOBS = (
    "'*'",
    "'a*'",
    "'*a'",
    "'*?*'",
    "'?*'",
    "'[a-z]*'",
    "'*[^a]'",
    "'[]a]'",
    "'😀*'",
    "'?'",
    "'[^b]?a'",
)


@st.composite
def known_tests(draw: st.DrawFn) -> str:
    """Draw a test that device mode mostly knows."""
    path, other = draw(st.sampled_from(PATHS)), draw(st.sampled_from(PATHS))
    literal, glob = draw(st.sampled_from(LITERALS)), draw(st.sampled_from(GLOBS))
    op = draw(st.sampled_from(["=", "!=", "<", "<=", ">", ">="]))
    number = draw(st.sampled_from(["0", "0.5", "1", "-1", "2"]))
    time = draw(st.sampled_from(TIMESTAMPS))
    listed = ", ".join(draw(st.lists(st.sampled_from(LITERALS), max_size=3)))
    return draw(
        st.sampled_from(
            [
                path,
                f"{path} = {literal}",
                f"{path} != {literal}",
                f"{path} {op} {number}",
                f"{number} {op} {path}",
                f"{path} in [{listed}]",
                f"contains({path}, {literal})",
                f"contains('aé', {path})",
                f"match({path}, {glob})",
                f"lowercase({path}) = 'a'",
                f"lowercase({path}) != lowercase({other})",
                f"length({path}) {op} {number}",
                f"typeof({path}) {op} 'string'",
                f"semver({path}, '{op}', '1.2')",
                f"contains({path}, 'a') = {other}",
                f"{time} {op} {number}",
                f"{time} = {literal}",
                f"length({time}) {op} {number}",
            ]
        )
    )


def joined(parts: SearchStrategy[str]) -> SearchStrategy[str]:
    """Draw conditions joined by words."""
    several = st.lists(parts, min_size=2, max_size=3)
    return st.one_of(
        several.map(" and ".join).map("({})".format),
        several.map(" or ".join).map("({})".format),
        parts.map("!({})".format),
    )


known = st.recursive(known_tests(), joined, max_leaves=4)
texts = st.integers(0, 9).flatmap(lambda drawn: known if drawn else conditions(1))


def as_accepted(event: dict[str, Json]) -> dict[str, Json]:
    """Return *event* as one that gets in: from JSON, objects where they must be."""
    event = json.loads(json.dumps(event))
    kept = {
        key: value
        for key, value in event.items()
        if key not in {"properties", "traits"}
    }
    for key in ("properties", "traits"):
        if isinstance(event.get(key), dict):
            kept[key] = event[key]
    return kept


def is_json(value: Json) -> bool:
    if isinstance(value, float):
        return isfinite(value)
    if isinstance(value, dict):
        return all(map(is_json, value.values()))
    return not isinstance(value, list) or all(map(is_json, value))


@given(
    texts, st.lists(events().filter(is_json).map(as_accepted), min_size=1, max_size=4)
)
def test_what_is_exported_answers_as_the_condition(
    text: str, given_events: list[dict[str, Json]]
) -> None:
    checked = check_trigger(text)
    assume(not has_errors(checked.diagnostics))
    encoded = encode_condition(checked, FUNCTIONS)
    assume(not encoded.diagnostics)
    prefix, trigger = json.loads(json.dumps(encoded.prefix)), compile_trigger(text)
    for event in given_events:
        assert evaluate(prefix, event) is trigger(event)


def in_ascii(value: Json) -> Json:
    """Return *value* with each other character as an ASCII one."""
    if isinstance(value, str):
        return "".join(each if each < "\x80" else "x" for each in value)
    if isinstance(value, list):
        return [in_ascii(each) for each in value]
    if isinstance(value, dict):
        return {str(in_ascii(key)): in_ascii(each) for key, each in value.items()}
    return value


def as_usual(event: dict[str, Json]) -> dict[str, Json]:
    """Return *event* as one of those that no warning is about."""
    usual = {str(in_ascii(key)): in_ascii(value) for key, value in event.items()}
    for name in TIMESTAMPS:
        value = usual.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool):
            usual[name] = str(value)
    for name, other in OTHER_SPELLING.items():
        if other in usual:
            usual.setdefault(name, usual[other])
    return usual


@given(
    texts, st.lists(events().filter(is_json).map(as_accepted), min_size=1, max_size=4)
)
def test_what_is_warned_of_is_answered_alike_for_usual_events(
    text: str, given_events: list[dict[str, Json]]
) -> None:
    """Where nothing but warnings is found, usual events are answered alike.

    They have text in ASCII, fields by the names that are written, and no numbers in
    fields of timestamps.
    """
    checked = check_trigger(text)
    assume(not has_errors(checked.diagnostics))
    encoded = encode_condition(checked, FUNCTIONS)
    assume(not has_errors(encoded.diagnostics))
    prefix, trigger = json.loads(json.dumps(encoded.prefix)), compile_trigger(text)
    for event in map(as_usual, given_events):
        assert evaluate(prefix, event) is trigger(event)
