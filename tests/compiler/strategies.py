"""Hypothesis strategies for values, events, and conditions over these events.

Values are odd on purpose, and drawn from so few that fields and literals often meet.
Conditions are texts that parse and call functions as they are declared, with arguments
that are mostly, not always, of the right type.

==================== ===================================================
`json_values`        any JSON value, NaN and lone surrogates among them
`events`             an object with the fields that the conditions read
`conditions`         a text that says something of such an event
`literals`           a constant, as it is written
`literal_text`       a value as it is written, None where no text says it
==================== ===================================================

The strategies are functions so that importing this module draws nothing.
"""

from __future__ import annotations

from functools import cache
from math import inf, isfinite, nan
from typing import TYPE_CHECKING

from hypothesis import strategies as st

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from fql.compiler.values import Json

NUMBERS: tuple[int | float, ...] = (
    *(0, 1, -1, 2, 10, 100, 2**53, 2**53 + 1, 10**399),
    *(0.0, -0.0, 1.0, 0.5, -0.5, 1.5, 99.99, 1e-7, 1e21, 1e308, float(2**53)),
)
NO_JSON_NUMBERS = (nan, inf, -inf)
TIMES = (
    "2023-04-21T19:55:00.933Z",
    "2023-04-21T19:55:00.9330Z",
    "2023-04-21t21:55:00.933+02:00",
    "2023-04-21 19:55:00.933000001z",
    "2023-04-21T19:55:00Z",
    "2023-04-21T19:55:00",
    "2023-04-22T00:00:00Z",
    "2023-04-21T23:59:60Z",
    "2023-04-22",
    "2023-02-29",
    "2023-04-21T24:00:00Z",
    "0000-01-01T00:00:00+23:59",
    "21.4.2023",
)
GLOBS = ("*", "?", "a*", "*a", "[a-z]*", "[^a]", "Order *", "\\*", "a[", "[]a]", "a\\")
VERSIONS = ("1", "1.0", "1.2.3", "1.10.0-beta", "v1.2", "1.2.3.4", " 2", "-1.2", "1..2")
WORDS = (
    *("", "a", "A", "ab", "Order Completed", "order completed", " a  b ", "track"),
    *(
        "true",
        "false",
        "FALSE",
        "null",
        "0",
        "1",
        " 1 ",
        "1.0",
        "1e3",
        "01",
        "+1",
        "1_0",
    ),
    *(
        "é",
        "É",
        "ß",
        "ﬀ",
        "İ",
        "ς",
        "Σ",
        "ア",
        "😀",
        "\ud83d",
        "\udc00a",
        "\x00",
        "\x7f\n",
    ),
    *('"', "'", "\\", "\\\\"),
    *("=", "!=", "<", "<=", ">", ">=", "=="),
)
TEXTS = (*WORDS, *TIMES, *GLOBS, *VERSIONS)
KEYS: tuple[str, ...] = (
    *("a", "b", "0", "1", "01", "item", "items", "name"),
    *("x y", "a.b", "received_at"),
)

_LISTS: tuple[Json, ...] = ([], [1], [1.0, "a"], ["a", "b"], [None], [True], [[1], {}])
_OBJECTS: tuple[Json, ...] = ({}, {"a": 1, "b": 2}, {"b": 2, "a": 1.0}, {"a": None})

SAMPLES: tuple[Json, ...] = (
    *(None, True, False),
    *NUMBERS,
    *NO_JSON_NUMBERS,
    *TEXTS,
    *_LISTS,
    *_OBJECTS,
)
"""Values of every kind: what a law should hold for."""


# --- values -----------------------------------------------------------------------


def scalars() -> SearchStrategy[Json]:
    """Draw a value that holds no other."""
    return st.one_of(
        st.sampled_from([None, True, False]),
        st.sampled_from(NUMBERS),
        st.sampled_from(NO_JSON_NUMBERS),
        st.sampled_from(TEXTS),
        st.integers(-(2**70), 2**70),
        st.floats(),
        st.text(st.characters(exclude_categories=[]), max_size=4),
    )


def json_values() -> SearchStrategy[Json]:
    """Draw any value that a reader of JSON may make."""
    return st.recursive(scalars(), _containers, max_leaves=6)


def _containers(inner: SearchStrategy[Json]) -> SearchStrategy[Json]:
    return st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(KEYS), inner)
    )


FIELDS = (
    *("type", "event", "userId", "properties", "traits", "item", "all", "0", "a.b"),
    *("timestamp", "receivedAt", "received_at", "sentAt", "sent_at"),
    *("originalTimestamp", "original_timestamp"),
)


def events() -> SearchStrategy[dict[str, Json]]:
    """Draw an event; its properties are mostly an object."""
    properties = st.fixed_dictionaries(
        {},
        optional={
            key: st.lists(json_values(), max_size=3)
            if key == "items"
            else json_values()
            for key in KEYS
        },
    )
    return st.fixed_dictionaries(
        {},
        optional={
            name: st.one_of(properties, properties, json_values())
            if name == "properties"
            else st.one_of(st.sampled_from(TIMES), json_values())
            for name in FIELDS
        },
    )


# --- texts ------------------------------------------------------------------------

PATHS = (
    *("type", "event", "userId", "item", "item.a", "\\all", "a\\.b", "missing"),
    *("timestamp", "receivedAt", "received_at", "sent_at", "original_timestamp.a"),
    *("properties", "properties.a", "properties.b", "properties.items"),
    *("properties.items.0", "properties.items[1].a", "properties.items.01"),
    *("properties.x\\ y", "properties.a.b.0", "properties.received_at", "traits.name"),
)
ONE_VALUE = (
    *("length", "lowercase", "uppercase", "snakecase", "kebabcase", "titlecase"),
    *("typeof", "bool", "string", "number", "exists", "timestamp"),
)
"""The functions that take one value of any kind."""

_COMPARISONS = ("=", "=", "!=", "<", "<=", ">", ">=", "in")


def literal_text(value: Json) -> str | None:
    """Return *value* as it is written, or None where no literal says it."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    if isinstance(value, int | float):
        return repr(value) if isinstance(value, int) or isfinite(value) else None
    if isinstance(value, list):
        items = [literal_text(item) for item in value]
        known = [item for item in items if item is not None]
        return f"[{', '.join(known)}]" if len(known) == len(items) else None
    return None


def literals() -> SearchStrategy[str]:
    """Draw a constant as it is written."""
    written = [text for text in map(literal_text, SAMPLES) if text is not None]
    return st.sampled_from(written)


def _text_literals(texts: tuple[str, ...]) -> SearchStrategy[str]:
    return st.sampled_from([literal_text(text) or "" for text in texts])


def _mostly(
    often: SearchStrategy[str], rarely: SearchStrategy[str]
) -> SearchStrategy[str]:
    return st.integers(0, 4).flatmap(lambda drawn: rarely if drawn == 4 else often)


def _paths(*, in_loop: bool) -> SearchStrategy[str]:
    paths = st.sampled_from(PATHS)
    if not in_loop:
        return paths
    return _mostly(st.sampled_from(["item", "item.a", "item.0", "item.name"]), paths)


def _lists(depth: int, *, in_loop: bool) -> SearchStrategy[str]:
    elements = st.lists(_values(depth - 1, in_loop=in_loop), max_size=3)
    return elements.map(lambda drawn: f"[{', '.join(drawn)}]")


def _calls(depth: int, *, in_loop: bool) -> SearchStrategy[str]:
    """Draw a call of a function of one value."""
    names = st.sampled_from(ONE_VALUE)
    return st.builds("{}({})".format, names, _values(depth - 1, in_loop=in_loop))


@cache
def _values(depth: int, *, in_loop: bool) -> SearchStrategy[str]:
    """Draw an operand."""
    simple = st.one_of(_paths(in_loop=in_loop), literals())
    if depth <= 0:
        return simple
    return st.one_of(
        simple,
        simple,
        _calls(depth, in_loop=in_loop),
        _lists(depth, in_loop=in_loop),
        _conditions(depth - 1, in_loop=in_loop).map("({})".format),
    )


@st.composite
def _comparisons(draw: st.DrawFn, depth: int, *, in_loop: bool) -> str:
    values = _values(depth, in_loop=in_loop)
    left = draw(_mostly(_paths(in_loop=in_loop), values))
    op = draw(st.sampled_from(_COMPARISONS))
    if op == "in":
        values = _mostly(_lists(1, in_loop=in_loop), values)
    return f"{left} {op} {draw(values)}"


@st.composite
def _tests(draw: st.DrawFn, depth: int, *, in_loop: bool) -> str:
    """Draw a call that gives a bool."""
    values = _values(depth - 1, in_loop=in_loop)
    name = draw(st.sampled_from(["contains", "match", "semver", "exists"]))
    usual: dict[str, list[tuple[str, ...]]] = {
        "contains": [("a", "", "Order")],
        "match": [GLOBS],
        "semver": [("=", "!=", "<", "<=", ">", ">=", "=="), VERSIONS],
        "exists": [],
    }
    others = [draw(_mostly(_text_literals(texts), values)) for texts in usual[name]]
    return f"{name}({', '.join([draw(values), *others])})"


@st.composite
def _quantified(draw: st.DrawFn, depth: int, *, in_loop: bool) -> str:
    lists = st.sampled_from(["properties.items", "properties.a", "[1, 'a', null]"])
    items = draw(_mostly(lists, _values(0, in_loop=in_loop)))
    condition = draw(_conditions(depth - 1, in_loop=True))
    return f"{draw(st.sampled_from(['any', 'all']))}({items}, {condition})"


@st.composite
def _joined(draw: st.DrawFn, depth: int, *, in_loop: bool) -> str:
    """Draw conditions in a row; what binds is left to precedence."""
    inner = _conditions(depth - 1, in_loop=in_loop)
    parts = [draw(inner)]
    for _ in range(draw(st.integers(1, 3))):
        parts += [draw(st.sampled_from(["and", "or"])), draw(inner)]
    return " ".join(parts)


@cache
def _conditions(depth: int, *, in_loop: bool) -> SearchStrategy[str]:
    comparisons = _comparisons(max(depth, 0), in_loop=in_loop)
    if depth <= 0:
        return _mostly(comparisons, _values(0, in_loop=in_loop))
    joined = _joined(depth, in_loop=in_loop)
    return st.one_of(
        joined,
        joined,
        joined.map("({})".format),
        joined.map("!({})".format),
        comparisons,
        _tests(depth, in_loop=in_loop),
        _tests(depth, in_loop=in_loop).map("!{}".format),
        _quantified(depth, in_loop=in_loop),
    )


def conditions(depth: int = 2) -> SearchStrategy[str]:
    """Draw the text of a condition with at most *depth* levels of parts."""
    return st.one_of(st.just("all"), _conditions(depth, in_loop=False))
