"""Needles: what a condition is sure to need, and nothing that it may do without."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fql.compiler.needles import MAX_ALTERNATIVES, MAX_NEEDLES, find_needles
from fql.compiler.trigger import compile_tree, compile_trigger
from fql.grammar.condition_tree import Condition, Group, GroupOperator, Kind
from fql.runtime.prefilter import LineFinder

if TYPE_CHECKING:
    from fql.compiler.trigger import Trigger
    from fql.compiler.values import Json


def needles(text: str) -> list[list[str]]:
    """Return the needles of a condition, as texts."""
    return shown(compile_trigger(text))


def shown(trigger: Trigger) -> list[list[str]]:
    """Return the needles of *trigger*, as texts."""
    found = find_needles(trigger.node)
    return [[text.decode() for text in needle.texts] for needle in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('event = "Order Completed"', [['"Order Completed"']]),
        ('event in ["Aaa", "Bbb"]', [['"Aaa"', '"Bbb"']]),
        ('event = "Aaa" or event = "Bbb"', [['"Aaa"', '"Bbb"']]),
        ('contains(event, "rder")', [["rder"]]),
        ('match(event, "Order*")', [['"Order']]),
        ('match(event, "*Order")', [['Order"']]),
        ('match(event, "Ord*leted")', [["leted"], ["Ord"]]),
        ('match(event, "Order [a-z]?mpleted*")', [["mpleted"], ["Order "]]),
        ('!(event != "Aaa" or userId != "Bbb")', [['"Aaa"'], ['"Bbb"']]),
        ('event = "say \\"hello\\" now"', [['"say ']]),
        ('event = "https://example.com/x"', [["example.com"]]),
        ('event = "東京"', [['"東京"']]),
        ("properties.total > 1", [['"total"']]),
        ("exists(properties.coupon)", [['"coupon"']]),
        ("!exists(properties.coupon)", []),
        ("properties.coupon != null and type = 1", [['"coupon"']]),
        ('lowercase(traits.email) = "a@b"', [['"email"']]),
        ('properties.plan = "pro"', [['"pro"'], ['"plan"']]),
        ("properties.items.0.sku = 1", [['"sku"']]),
        ("properties.items.0 = 1", [['"items"']]),
        ("received_at > '2026-01-01T00:00:00Z'", [['"received_at"', '"receivedAt"']]),
        ('"gold" in traits.tags', [['"gold"'], ['"tags"']]),
        (
            'any(properties.lines, item.sku = "lamp")',
            [['"lamp"'], ['"lines"'], ['"sku"']],
        ),
        ("properties.flag", [['"flag"']]),
        ('contains(lowercase(traits.email), "abc")', [['"email"']]),
        ("properties.a > timestamp(properties.bcd)", [['"bcd"'], ['"a"']]),
    ],
)
def test_what_every_match_contains_is_found(
    text: str, expected: list[list[str]]
) -> None:
    assert needles(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "all",
        "type = 1",
        'type in ["Aaa", 1]',
        "type = 1 and properties != 2",
        'event != "Order Completed"',
        'event = "Order Completed" or type = null',
        'event in ["Order Completed", null]',
        'event = "Order Completed" or userId != "u"',
        'properties.a = "" or type = ""',
        'any(["Aaa", "Bbb"], item = "Aaa")',
        'all(properties.lines, item.sku = "lamp")',
        'string(type) = "null" or bool(userId)',
        'typeof(properties) = "list"',
        "semver(context.app.version, '>', '1')",
        'event = "\\n/"',
    ],
)
def test_what_a_match_may_do_without_is_no_needle(text: str) -> None:
    assert needles(text) == []


def test_alternatives_are_few() -> None:
    listed = json.dumps([f"name {n}" for n in range(MAX_ALTERNATIVES + 1)])
    assert needles(f"event in {listed}") == []
    either = " or ".join(f'event = "name {n}"' for n in range(MAX_ALTERNATIVES + 1))
    assert needles(either) == []


def test_needles_are_few() -> None:
    both = " and ".join(f'properties.k{n} = "name {n}"' for n in range(MAX_NEEDLES + 1))
    assert len(needles(both)) == MAX_NEEDLES


@pytest.mark.parametrize(
    ("name", "operator", "wanted", "found"),
    [
        ("name.0", "=", "東", ["東"]),
        ("name", "=", "東京", ["東京"]),
        ("name", "contains", "京", ["京"]),
        ("name", "!=", "京", []),
    ],
)
def test_the_trigger_engine_finds_characters_of_texts(
    name: str, operator: str, wanted: str, found: list[str]
) -> None:
    tested = Condition(Kind.PROPERTY, operator, name, wanted)
    order = Condition(Kind.EVENT, "=", value="Order")
    trigger = compile_tree(Group(GroupOperator.AND, (order, tested)))
    assert shown(trigger) == [['"Order"'], *([found] if found else [])]
    line = '{"event": "Order", "properties": {"name": "東京"}}'.encode()
    assert trigger(json.loads(line))
    assert list(LineFinder(find_needles(trigger.node))(line)) == [(0, len(line))]


# --- the law ------------------------------------------------------------------------

TEXTS = st.sampled_from(
    ["track", "é", "東京", "a/b", 'q"q', "b\\s", "tra", "x\ny", "ab"]
)
VALUES = st.recursive(
    TEXTS | st.none() | st.integers(0, 2) | st.booleans(),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["sku", "a", "é"]), inner, max_size=2)
    ),
    max_leaves=4,
)
EVENTS = st.dictionaries(
    st.sampled_from(["type", "event", "properties", "items", "received_at"]), VALUES
)


@st.composite
def single(draw: st.DrawFn) -> str:
    """Draw a condition on one field."""
    path = draw(
        st.sampled_from(
            [
                "type",
                "event",
                "properties.sku",
                "properties.é",
                "items.0",
                "received_at",
            ]
        )
    )
    text = json.dumps(draw(TEXTS), ensure_ascii=False)
    other = json.dumps(draw(TEXTS), ensure_ascii=False)
    return draw(
        st.sampled_from(
            [
                f"{path} = {text}",
                f"{path} != {text}",
                f"{path} in [{text}, {other}]",
                f"contains({path}, {text})",
                f'match({path}, {text[:-1]}*")',
                f'match({path}, "*{text[1:]})',
                f'match({path}, "*r*{text[1:]})',
                f"{text} in {path}",
                f"any({path}, item = {text} or item.sku = {other})",
                f"exists({path})",
                f"{path} > {text}",
                f"lowercase({path}) = {text}",
            ]
        )
    )


CONDITIONS = st.recursive(
    single(),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda two: f"({two[0]} and {two[1]})"),
        st.tuples(inner, inner).map(lambda two: f"({two[0]} or {two[1]})"),
        inner.map(lambda one: f"!({one})"),
    ),
    max_leaves=4,
)


def spelled(value: Json, data: st.DataObject) -> str:
    """Return JSON that says *value* in one of the many ways."""
    match value:
        case str():
            return f'"{"".join(_character(each, data) for each in value)}"'
        case list():
            return f"[ {' ,'.join(spelled(each, data) for each in value)}]"
        case dict():
            members = [
                f"{spelled(key, data)} :{spelled(member, data)}"
                for key, member in data.draw(st.permutations(list(value.items())))
            ]
            return f"{{{', '.join(members)}}}"
        case _:
            return json.dumps(value)


def _character(character: str, data: st.DataObject) -> str:
    escaped = f"\\u{ord(character):04X}"
    plain = json.dumps(character, ensure_ascii=False)[1:-1]
    ways = [plain, plain, escaped, *(["\\/"] if character == "/" else [])]
    return data.draw(st.sampled_from(ways))


@settings(max_examples=150)
@given(CONDITIONS, st.lists(EVENTS, min_size=1, max_size=4), st.data())
def test_no_matching_line_is_passed_over(
    condition: str, events: list[dict[str, Json]], data: st.DataObject
) -> None:
    """A line that matches is among those that may, however it is spelled."""
    trigger = compile_trigger(condition)
    lines = [spelled(event, data).encode() for event in events]
    block = b"\n".join(lines)
    finder = LineFinder(find_needles(trigger.node))
    found = [block[start:end] for start, end in finder(block)]
    matching = [line for line in lines if trigger(json.loads(line))]
    assert all(map(finder.may_match, matching))
    assert [line for line in found if trigger(json.loads(line))] == matching
