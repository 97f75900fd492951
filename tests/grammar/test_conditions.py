"""The trigger engine's spelling: whole cases, generated texts, laws."""

from __future__ import annotations

import json
import math
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fql.grammar.condition_tree import (
    Child,
    Condition,
    Group,
    GroupOperator,
    Kind,
    TreeError,
    Unreadable,
    from_json,
    to_json,
)
from fql.grammar.conditions import generate, read, read_tree

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "tests/conformance/triggers.jsonl"
CONFORMANCE = ROOT.parent / "shared/conformance"


def cases(file: Path) -> list[dict[str, Any]]:
    if not file.exists():
        pytest.skip(f"no conformance cases at {file}")
    with file.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


@pytest.mark.parametrize(
    "file",
    [
        SAMPLE,
        CONFORMANCE / "triggers.jsonl",
        CONFORMANCE / "preset_triggers.jsonl",
    ],
    ids=["sample", "triggers", "preset triggers"],
)
def test_trees_and_texts_are_those_of_the_original(file: Path) -> None:
    for case in cases(file):
        tree = read(case["fql"])
        if case.get("error"):
            assert list(tree) == ["error"], case["fql"]
            continue
        # As texts: key order and the difference of 1, 1.0 and true count.
        assert json.dumps(tree) == json.dumps(case["conditions"]), case["fql"]
        assert generate(tree) == case["generated"]


def only(child: Child) -> Group:
    return Group(GroupOperator.AND, (child,))


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        (Condition(Kind.EVENT, "=", value='say "hi"'), 'event = "say "hi""'),
        (Condition(Kind.EVENT, "=", value="*\\"), 'event = "*\\"'),
        (Condition(Kind.EVENT, "="), 'event = "undefined"'),
        (Condition(Kind.EVENT, "."), 'event . "undefined"'),
        (Condition(Kind.EVENT, "<", value="abc"), "event < NaN"),
        (Condition(Kind.EVENT, "<", value=" 0x10 "), "event < 16"),
        (Condition(Kind.EVENT, "<=", value=""), "event <= 0"),
        (Condition(Kind.EVENT, ">"), "event > NaN"),
        (Condition(Kind.EVENT, ">=", value=True), "event >= 1"),
        (Condition(Kind.EVENT_TYPE, "exists", value="x"), "type != null"),
        (Condition(Kind.NAME, "contains", value=5), "contains(name, 5)"),
        (Condition(Kind.NAME, "starts_with", value="*"), 'match(name, "**")'),
        (Condition(Kind.NAME, "not_ends_with"), '!match(name, "*undefined")'),
        (Condition(Kind.USER_ID, "is_false"), "userId = false"),
        (Condition(Kind.USER_ID, "number_equals", value="5"), "userId = 5"),
        (Condition(Kind.TRAIT, "!=", "a", 1e21), "traits.a != 1e+21"),
        (Condition(Kind.TRAIT, "!=", "a", False), "traits.a != false"),
        (Condition(Kind.TRAIT, "=", "a", float("nan")), "traits.a = NaN"),
        (Condition(Kind.TRAIT, "=", "", "x"), 'traits. = "x"'),
        (
            Condition(Kind.CONTEXT, "not_exists", "a b.c[0]-\\_é\n"),
            "context.a\\ b.c\\[0\\]-\\\\_\\é\\\n = null",
        ),
        (
            Condition(Kind.PROPERTY, "number_not_equals", "😀", 2.0),
            "properties.\\\ud83d\\\ude00 != 2",
        ),
    ],
)
def test_what_one_condition_generates(condition: Condition, text: str) -> None:
    assert generate(only(condition)) == text


X = Condition(Kind.EVENT, "=", value="x")


@pytest.mark.parametrize(
    ("tree", "text"),
    [
        (Group(GroupOperator.OR, ()), ""),
        (Group(GroupOperator.OR, (X, X)), 'event = "x" or event = "x"'),
        (
            Group(GroupOperator.AND, (X, Group(GroupOperator.OR, (X, X)))),
            'event = "x" and (event = "x" or event = "x")',
        ),
        (Group(GroupOperator.AND, (only(X),)), 'event = "x"'),
        (
            Group(GroupOperator.OR, (only(X), only(X))),
            '(event = "x") or (event = "x")',
        ),
        (Group(GroupOperator.AND, (only(only(X)),)), '((event = "x"))'),
        (
            Group(GroupOperator.AND, (only(Condition(Kind.EVENT, "=", value="(")),)),
            '(event = "(")',
        ),
    ],
)  # fmt: skip
def test_what_groups_generate(tree: Group, text: str) -> None:
    assert generate(tree) == text
    assert generate(to_json(tree)) == text


def test_a_number_beyond_doubles_stays_infinite() -> None:
    tree = read("properties.a < " + "9" * 400)
    assert from_json(tree) == only(Condition(Kind.PROPERTY, "<", "a", math.inf))
    assert generate(tree) == "properties.a < Infinity"


def test_an_error_has_no_text() -> None:
    with pytest.raises(TreeError, match="this string has no end"):
        generate(read("event = 'a"))
    with pytest.raises(TreeError):
        generate(Unreadable("no end"))


def test_a_hole_has_no_text() -> None:
    with pytest.raises(TreeError) as caught:
        generate(read("event = a and ()"))
    assert caught.value.pointer == "/children/1"


def test_what_is_no_tree_has_no_text() -> None:
    with pytest.raises(TreeError):
        generate({"type": "event"})


# --- laws -------------------------------------------------------------------------

PIECES = st.sampled_from(
    [
        *("type", "event", "name", "userId", "properties.a", "traits", "context.b"),
        *("contains(", "match(", "and", "or", "null", "true", "toString", "foo", "an"),
        *("=", "!=", "<", ">=", "!", "(", ")", ",", ".", "[", "]", " ", " ", "\n"),
        *('"a"', '"a*"', '"', "'b'", "5", "-", "1.5", "\\", "😀", "\r", "\ud83d"),
    ]
)
TEXTS = st.lists(PIECES, max_size=30).map("".join) | st.text(max_size=30)


@settings(max_examples=300)
@given(TEXTS)
def test_any_text_gives_a_tree_or_an_error(text: str) -> None:
    """Law: reading is total, and its JSON stands for the same tree again."""
    shape = read(text)
    assert ("error" in shape) != ("children" in shape)
    assert json.loads(json.dumps(shape)) == shape
    tree = read_tree(text)
    assert from_json(shape) == tree
    span = tree.span
    assert span is not None
    assert 0 <= span.start <= span.end <= len(text)


@given(TEXTS)
def test_any_tree_that_was_read_has_a_text_unless_it_has_a_hole(text: str) -> None:
    """Law: the original can write what it read."""
    shape = read(text)
    if "error" in shape or "null" in json.dumps(shape["children"]):
        return
    assert isinstance(generate(shape), str)


PLAIN_TEXTS = st.text(st.characters(exclude_characters='"'), max_size=6)
GLOB_TEXTS = PLAIN_TEXTS.filter(lambda text: text != "" and not text.endswith("*"))
NUMBERS = st.integers(-(2**53), 2**53) | st.sampled_from([0.5, -1.25, 3.0, 99.99])
SEGMENTS = st.text(
    st.characters(exclude_characters=".", exclude_categories=["Cs"]), min_size=1
).filter(
    lambda segment: (
        segment not in ("and", "or", "null") and segment[0] not in "-0123456789"
    )
)
NAMES = st.lists(SEGMENTS, min_size=1, max_size=3).map(".".join)
FIELDS = st.sampled_from([Kind.EVENT_TYPE, Kind.EVENT, Kind.NAME, Kind.USER_ID])
PATHS = st.sampled_from([Kind.PROPERTY, Kind.TRAIT, Kind.CONTEXT])
EQUALITY = st.sampled_from(["=", "!="])
ORDER = st.sampled_from(["<", "<=", ">", ">="])
PRESENCE = st.sampled_from(["exists", "not_exists"])
TRUTH = st.sampled_from(["is_true", "is_false"])
NO_NAME = st.none()

COMPARISONS = st.one_of(
    st.builds(Condition, FIELDS, EQUALITY, NO_NAME, PLAIN_TEXTS),
    st.builds(Condition, FIELDS, ORDER, NO_NAME, st.integers(0, 99).map(str)),
    st.builds(Condition, st.sampled_from([Kind.NAME, Kind.USER_ID]), PRESENCE),
    st.builds(Condition, st.just(Kind.USER_ID), TRUTH),
    st.builds(Condition, PATHS, EQUALITY, NAMES, PLAIN_TEXTS),
    st.builds(Condition, PATHS, st.just("!="), NAMES, st.booleans()),
    st.builds(Condition, PATHS, ORDER, NAMES, NUMBERS),
    st.builds(
        Condition,
        PATHS,
        st.sampled_from(["number_equals", "number_not_equals"]),
        NAMES,
        NUMBERS,
    ),
    st.builds(Condition, PATHS, PRESENCE | TRUTH, NAMES),
)
CONTAINS = st.sampled_from(["contains", "not_contains"])
MATCHES = st.sampled_from(
    ["starts_with", "not_starts_with", "ends_with", "not_ends_with"]
)
CALLED = st.sampled_from([Kind.EVENT, Kind.NAME, Kind.USER_ID])
CALLS = st.one_of(
    st.builds(Condition, CALLED, CONTAINS, NO_NAME, PLAIN_TEXTS),
    st.builds(Condition, PATHS, CONTAINS, NAMES, PLAIN_TEXTS),
    st.builds(Condition, CALLED, MATCHES, NO_NAME, GLOB_TEXTS),
    st.builds(Condition, PATHS, MATCHES, NAMES, GLOB_TEXTS),
)
OPERATORS = st.sampled_from(list(GroupOperator))


def groups(
    children: st.SearchStrategy[Condition] | st.SearchStrategy[Condition | Group],
) -> st.SearchStrategy[Group]:
    members: st.SearchStrategy[tuple[Child, ...]] = st.lists(
        children, min_size=2, max_size=4
    ).map(tuple)
    return st.builds(Group, OPERATORS, members)


# The first `)` ends the parentheses, so that no call can stand in them.
WRITABLE = groups(COMPARISONS | CALLS | groups(COMPARISONS)) | (
    COMPARISONS | CALLS
).map(only)


@settings(max_examples=200)
@given(WRITABLE)
def test_a_writable_tree_reads_back(tree: Group) -> None:
    """Law: read(generate(tree)) is tree where no quote and no glob is in the way."""
    assert read_tree(generate(tree)) == tree


@pytest.mark.parametrize(
    "junk",
    [
        *("(", "()", "a.", '"', '"a', "\\a", "1.1 ", "-", "=", '"😀" ', "!a "),
        *("event = a ", "contains(event,a) ", "(event=a) or "),
    ],
)
def test_reading_is_linear(junk: str) -> None:
    """64 KiB take a fraction of a second; a quadratic step would take minutes."""
    text = junk * (65536 // len(junk))
    start = time.process_time()
    read(text)
    assert time.process_time() - start < 5
