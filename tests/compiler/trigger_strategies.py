"""Hypothesis strategies for texts that two engines read, and events for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from fql.compiler.values import Json

FIELDS = (
    *("type", "event", "name", "userId", "properties.a", "properties.a.b"),
    *("traits.a", "context.b.a", "properties.a\\ b", "properties.length", "traits.0"),
    *("properties", "anonymousId", "type.a", "properties.a\\.b", "\\type", "context.é"),
    *("properties.and", "properties.a.constructor", "properties.\\0", "received_at"),
)
GOOD_FIELDS = FIELDS[:8]
CONSTANTS = (
    *('"a"', '"b"', '""', "'a'", "'x\"y'", '"null"', '"a\\\\b"', '"a\\b"', '"a*"'),
    *('"é"', '"😀"', '"2024-01-01"', '"5"', '"="', '"\\""', '"a b"', '"a\\\\"'),
    *("5", "0", "-1.5", "5.0", "1e1", "9007199254740993", "007", "+5"),
    *("true", "false", "null", "TRUE", "NULL", "track", "properties.a", "[1]", "-0"),
)
GOOD_CONSTANTS = (*CONSTANTS[:3], "5", "0", "-1.5", "true", "false", "null")
GLOBS = (
    *('"a*"', '"*a"', '"*a*"', '"a"', '"*"', '""', '"a*b"', '"a?"', '"[a]*"', "'a*'"),
    *('"\\**"', '"**"', '"a\\*"', '"*\\\\"', '"["', '"*😀"'),
)
OPERATORS = ("=", "=", "=", "!=", "!=", "<", "<=", ">", ">=", "in", "==")
VALUES: tuple[Json, ...] = (
    *(None, True, False, 0, 1, 5, -1.5, 10, 2**53, 2**53 + 1, 10.0, float("nan")),
    *("", "a", "b", "a b", "ab", "ba", "aab", "null", "true", "false", "5", "="),
    *("'a'", 'x"y', "a\\b", "a*", "*a", "é", "😀", "2024-02-01", "track"),
)


def values() -> SearchStrategy[Json]:
    """Draw a value, one that the texts name more often than not."""
    keys = st.sampled_from(
        ["a", "b", "a b", "length", "0", "and", "a.b", "constructor"]
    )
    return st.recursive(
        st.sampled_from(VALUES),
        lambda inner: st.one_of(
            st.dictionaries(keys, inner, max_size=3), st.lists(inner, max_size=2)
        ),
        max_leaves=5,
    )


def is_sane_root(value: Json) -> bool:
    """Return whether the engine finds nothing of *value* below it."""
    return bool(value) and value == value


def trigger_events() -> SearchStrategy[dict[str, Json]]:
    """Draw an event whose ``properties``, ``traits`` and ``context`` are not falsy."""
    plain = ("type", "event", "name", "userId", "anonymousId", "track", "receivedAt")
    objects = st.dictionaries(
        st.sampled_from(["a", "b", "a b", "a.b", "and"]), values(), max_size=3
    )
    roots = st.one_of(objects, objects, values()).filter(is_sane_root)
    return st.fixed_dictionaries(
        {},
        optional={
            **{key: values() for key in plain},
            **dict.fromkeys(("properties", "traits", "context"), roots),
        },
    )


def _comparisons(
    fields: SearchStrategy[str], constants: SearchStrategy[str]
) -> SearchStrategy[str]:
    return st.builds("{} {} {}".format, fields, st.sampled_from(OPERATORS), constants)


def _calls(fields: SearchStrategy[str]) -> SearchStrategy[str]:
    texts = st.sampled_from(GLOBS)
    names = st.sampled_from(["contains", "match", "match", "!match", "!contains"])
    return st.builds("{}({}, {})".format, names, fields, texts)


def _odd_tests() -> SearchStrategy[str]:
    return st.sampled_from(
        [
            *("properties.a", "!properties.a", "all", "true", "exists(event)"),
            *('type in ["a", "b"]', "length(event) > 1", '"a" = type', "5 < event"),
            *('typeof(event) = "string"', "!(type = null)", "()", "garbage", '"a"'),
            *('event="a"', "event!=null", "properties.a<5", '! contains(event, "a")'),
        ]
    )


def trigger_tests() -> SearchStrategy[str]:
    """Draw one test, mostly such as both read alike."""
    good_fields, fields = st.sampled_from(GOOD_FIELDS), st.sampled_from(FIELDS)
    good, constants = st.sampled_from(GOOD_CONSTANTS), st.sampled_from(CONSTANTS)
    return st.one_of(
        _comparisons(good_fields, good),
        _comparisons(good_fields, good),
        _comparisons(good_fields, constants),
        _comparisons(fields, good),
        _calls(good_fields),
        _calls(fields),
        _odd_tests(),
    )


def trigger_texts() -> SearchStrategy[str]:
    """Draw tests, joined and put in parentheses in ways good and bad."""

    def joined(inner: SearchStrategy[str]) -> SearchStrategy[str]:
        words = st.sampled_from(["and", "and", "or", "or", "AND", "OR", ",", ""])
        rows = st.one_of(
            st.builds(" {} ".format, words).flatmap(
                lambda word: st.lists(inner, min_size=2, max_size=3).map(word.join)
            ),
            st.builds("{} {} {} {} {}".format, inner, words, inner, words, inner),
        )
        return st.one_of(
            rows,
            rows,
            rows.map("({})".format),
            rows.map("!({})".format),
            rows.map("({}".format),
            rows.map("{})".format),
            rows.map("{} # why".format),
        )

    return st.recursive(trigger_tests(), joined, max_leaves=5)
