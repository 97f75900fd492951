"""Compiled conditions answer as the language's description says, for every event.

The oracle is `reference.py`. What a table can list is listed: operators on all pairs of
values, functions on all values. What it cannot is drawn.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.compiler import reference
from tests.compiler.compiling import compiled, compiled_value, exactly, tree
from tests.compiler.strategies import (
    FIELDS,
    GLOBS,
    ONE_VALUE,
    PATHS,
    SAMPLES,
    VERSIONS,
    conditions,
    events,
    json_values,
    literal_text,
    literals,
)

if TYPE_CHECKING:
    from fql.compiler.values import Json

OPERATORS = ("=", "!=", "<", "<=", ">", ">=", "in")


def agree(text: str, event: Json) -> None:
    assert compiled(text)(event) is reference.holds(tree(text), event)


# --- against the oracle -----------------------------------------------------------


@settings(max_examples=200)
@given(conditions(), st.lists(events(), min_size=1, max_size=3))
@example(
    "any(properties.items, any(item, item = 1) and item.0 = type)",
    [{"type": 1, "properties": {"items": [[1]]}}],
)
@example("any([[1, 2], [3]], any(item, item > 2))", [{}])
@example("all(item, item.item = item)", [{"item": [{"item": {}}]}])
@example(
    "received_at = null or received_at < '2023-04-21'",
    [{"receivedAt": "2023-04-22"}, {"received_at": None, "receivedAt": "2024-01-01"}],
)
def test_compiled_conditions_are_what_the_oracle_says(
    text: str, drawn: list[dict[str, Json]]
) -> None:
    root, condition = tree(text), compiled(text)
    for event in drawn:
        assert condition(event) is reference.holds(root, event)


@settings(max_examples=100)
@given(conditions(), json_values())
def test_events_that_are_no_objects_have_an_answer(text: str, event: Json) -> None:
    agree(text, event)


@pytest.mark.parametrize("operator", OPERATORS)
def test_operators_on_all_pairs_of_values(operator: str) -> None:
    text = f"properties.a {operator} properties.b"
    root, condition = tree(text), compiled(text)
    for left, right in product(SAMPLES, repeat=2):
        event: Json = {"properties": {"a": left, "b": right}}
        assert condition(event) is reference.holds(root, event), (left, right)


@pytest.mark.parametrize("operator", OPERATORS)
@pytest.mark.parametrize("form", ["properties.a {} {}", "{1} {0} properties.a"])
def test_operators_on_literals_and_all_values(operator: str, form: str) -> None:
    for literal in map(literal_text, SAMPLES):
        if literal is None:
            continue
        text = form.format(operator, literal)
        root, condition = tree(text), compiled(text)
        for value in SAMPLES:
            event: Json = {"properties": {"a": value}}
            assert condition(event) is reference.holds(root, event), (text, value)


@pytest.mark.parametrize("operator", OPERATORS)
@settings(max_examples=60)
@given(left=literals(), right=literals())
def test_operators_on_two_literals(operator: str, left: str, right: str) -> None:
    agree(f"{left} {operator} {right}", {})


@pytest.mark.parametrize("operator", ["<", "<=", ">", ">="])
@pytest.mark.parametrize("field", ["receivedAt", "received_at", "timestamp(userId)"])
def test_fields_of_time_order_as_instants(operator: str, field: str) -> None:
    text = f"{field} {operator} properties.a"
    root, condition = tree(text), compiled(text)
    for one, other in product(SAMPLES, repeat=2):
        event: Json = {"receivedAt": one, "userId": one, "properties": {"a": other}}
        assert condition(event) is reference.holds(root, event), (one, other)


near_times = st.from_regex(
    r"2023-0[0-3]-(01|28|29)([Tt ](00|23|24):(00|59):(00|59|60)(\.[0-9]{0,10})?"
    r"(Z|z|[+-](00|01|23|24):(00|30|60))?)?",
    fullmatch=True,
)


@settings(max_examples=200)
@given(near_times, near_times)
def test_drawn_times_order_as_instants(one: str, other: str) -> None:
    event: Json = {"receivedAt": one, "properties": {"a": other}}
    agree("receivedAt < properties.a", event)
    agree("receivedAt <= properties.a", event)


@pytest.mark.parametrize("connective", ["and", "or"])
def test_connectives_on_all_pairs_of_values(connective: str) -> None:
    text = f"properties.a {connective} properties.b"
    root, condition = tree(text), compiled(text)
    for left, right in product(SAMPLES, repeat=2):
        event: Json = {"properties": {"a": left, "b": right}}
        assert condition(event) is reference.holds(root, event), (left, right)


@pytest.mark.parametrize("text", ["properties.a", "!properties.a", "!!properties.a"])
def test_truth_of_all_values(text: str) -> None:
    root, condition = tree(text), compiled(text)
    for value in SAMPLES:
        event: Json = {"properties": {"a": value}}
        assert condition(event) is reference.holds(root, event), value


@settings(max_examples=60)
@given(event=events() | json_values())
def test_paths_lead_where_the_oracle_goes(event: Json) -> None:
    for path in PATHS:
        expected = reference.value_of(tree(path), reference.Scope(event))
        assert exactly(compiled_value(path)(event)) == exactly(expected), path


@pytest.mark.parametrize("function", ONE_VALUE)
def test_functions_of_one_value_on_all_values(function: str) -> None:
    text = f"{function}(properties.a)"
    root, value = tree(text), compiled_value(text)
    for sample in SAMPLES:
        event: Json = {"properties": {"a": sample}}
        expected = reference.value_of(root, reference.Scope(event))
        assert exactly(value(event)) == exactly(expected), sample


@settings(max_examples=100)
@given(sample=json_values())
def test_functions_of_one_value_on_drawn_values(sample: Json) -> None:
    event: Json = {"properties": {"a": sample}}
    for text in (f"{function}(properties.a)" for function in ONE_VALUE):
        expected = reference.value_of(tree(text), reference.Scope(event))
        assert exactly(compiled_value(text)(event)) == exactly(expected), text


@pytest.mark.parametrize("function", ["contains", "match"])
def test_functions_of_two_values_on_all_pairs(function: str) -> None:
    text = f"{function}(properties.a, properties.b)"
    root, condition = tree(text), compiled(text)
    for left, right in product(SAMPLES, repeat=2):
        event: Json = {"properties": {"a": left, "b": right}}
        assert condition(event) is reference.holds(root, event), (left, right)


@pytest.mark.parametrize(
    "pattern", [*GLOBS, "track", "", "*d C*", "?*?", "[^", "a[b-a]"]
)
def test_literal_patterns_on_all_values(pattern: str) -> None:
    text = f"match(properties.a, {literal_text(pattern)})"
    root, condition = tree(text), compiled(text)
    for value in SAMPLES:
        event: Json = {"properties": {"a": value}}
        assert condition(event) is reference.holds(root, event), value


@pytest.mark.parametrize("operator", ["=", "!=", "<", "<=", ">", ">=", "==", "", None])
def test_versions_on_all_pairs(operator: str | None) -> None:
    text = "semver(properties.a, properties.op, properties.b)"
    root, condition = tree(text), compiled(text)
    samples: tuple[Json, ...] = (*VERSIONS, "", "2", "1.2", "01", "1.x", "0x1", None, 1)
    for left, right in product(samples, repeat=2):
        event: Json = {"properties": {"a": left, "op": operator, "b": right}}
        assert condition(event) is reference.holds(root, event), (left, right)


# --- the description's own words --------------------------------------------------

EVENT: Json = {
    "type": "track",
    "flag": True,
    "zero": 0,
    "empty": "",
    "receivedAt": "2023-04-21T19:55:00.933Z",
    "sentAt": "2023-04-21T19:55:00Z",
    "properties": {
        "total": 1,
        "tags": ["a", None, [1]],
        "same": {"x": 1, "y": [True]},
        "turned": {"y": [True], "x": 1.0},
        "product 1": {"price": 5},
        "and": "word",
        "a.b": "dotted",
        "products": [{"price": 5, "category": "Hats"}, {"price": 20}],
        "2023": {"0": "zero"},
    },
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # a missing field is null; only true is true; a bool is no number
        ("missing = null", True),
        ("missing", False),
        ("!missing", True),
        ("!null", True),
        ("flag and type", False),
        ("flag or type", True),
        ("type or zero", False),
        ("!type", True),
        ("flag = 1", False),
        ("zero = false", False),
        ("zero = 0.0", True),
        ("flag > zero", False),
        ("flag >= flag", False),
        # equality is deep, and != its complement
        ("properties.same = properties.turned", True),
        ("properties.same != properties.turned", False),
        ("[1, 'a', [null]] = [1.0, 'a', [null]]", True),
        ("[1] = [true]", False),
        ("type != 5", True),
        ("type = 'Track'", False),
        # order: numbers, texts by code point, nothing else
        ("properties.total < 1.5", True),
        ("'Z' < 'a'", True),
        ("'10' < '9'", True),
        ("type > 5", False),
        ("missing < 1", False),
        ("missing >= 0", False),
        ("[1] < [2]", False),
        # instants: any precision and offset
        ("received_at >= '2023-04-21T19:55:00.933Z'", True),
        ("received_at > '2023-04-21T19:55:00.9330Z'", False),
        ("received_at <= '2023-04-21T21:55:00.933+02:00'", True),
        ("received_at > '2023-04-21T19:55:00Z'", True),
        ("received_at > '2023-04-21'", True),
        ("receivedAt > '2023-04-21T19:55:00.932999999z'", True),
        ("sent_at < received_at", True),
        ("sent_at < type", False),
        ("sent_at >= type", False),
        ("original_timestamp < '2023-04-21'", False),
        ("timestamp('2023-04-21t00:00:00Z') <= '2023-04-21 00:00:00'", True),
        ("received_at = '2023-04-21T21:55:00.933+02:00'", False),
        # membership
        ("'a' in properties.tags", True),
        ("null in properties.tags", True),
        ("[1.0] in properties.tags", True),
        ("1 in [true, '1']", False),
        ("1 in properties.total", False),
        ("missing in missing", False),
        # paths
        (r"properties.product\ 1.price = 5", True),
        ("properties.and = 'word'", True),
        (r"properties.a\.b = 'dotted'", True),
        ("properties.a.b = null", True),
        ("properties.tags.0 = 'a'", True),
        ("properties.tags[2][0] = 1", True),
        ("properties.tags.00 = 'a'", True),
        ("properties.tags.9 = null", True),
        ("properties.2023.0 = 'zero'", True),
        ("type.0 = null", True),
        # precedence
        ("flag or flag and missing", True),
        ("(flag or flag) and missing", False),
        ("!flag = false", True),
        ("all", True),
        # functions
        ("length(empty) = 0 and length(missing) = 0", True),
        ("length('ア😀é') = 9", True),
        ("length(flag) = null", True),
        ("lowercase(missing) = null", True),
        ("contains(missing, 'a') or contains(type, missing)", False),
        ("contains(type, '')", True),
        ("titlecase('a bC  d') = 'A BC  D'", True),
        ("typeof(properties) = 'object' and typeof(flag) = 'bool'", True),
        ("string(1.0) = '1' and string(true) = 'true'", True),
        ("string(missing) = null and string([1, null]) = '[1,null]'", True),
        ("number(' 1.50 ') = 1.5 and number('1,0') = null", True),
        ("number('') = null and number(flag) = null", True),
        ("bool('FALSE') or bool('') or bool(0) or bool([])", False),
        ("bool('0') and bool(-1) and bool([0])", True),
        ("semver('1.10', '>', '1.9.3') and semver('1', '=', '1.0.0')", True),
        ("semver('1', '!=', missing)", False),
        # loops
        ("any(properties.products, item.price > 10 and item.category = 'Hats')", False),
        ("any(properties.products, item.price > 10)", True),
        ("all(properties.products, item.price > 4 and flag)", True),
        ("any(missing, true) or any(properties, true)", False),
        ("all(missing, false) and all(type, false) and all([], false)", True),
        ("any(properties.tags, any(item, item = 1))", True),
    ],
)
def test_what_the_description_promises(text: str, *, expected: bool) -> None:
    assert compiled(text)(EVENT) is expected
    assert reference.holds(tree(text), EVENT) is expected


def test_the_fields_that_events_have_are_those_that_conditions_read() -> None:
    roots = {reference_root(path) for path in PATHS} - {"missing"}
    assert roots <= set(FIELDS)


def reference_root(path: str) -> str:
    root: str = getattr(tree(path), "segments", ("",))[0]
    return root
