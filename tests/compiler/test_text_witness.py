"""Finding texts that many tests want at once, and proving that there are none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fql.compiler import library, ranges, text_sets
from fql.compiler.globs import Glob, GlobKind, read_glob
from fql.compiler.semver import parse_version
from fql.compiler.text_machines import (
    MAX_SIZE,
    characters_of,
    machine_of,
    pattern_items,
)
from fql.compiler.text_sets import (
    ANY_TEXT,
    NO_TEXT,
    Changed,
    Either,
    Every,
    Kept,
    Matching,
    OneOf,
    Ordered,
    Sized,
    View,
    Viewed,
    Without,
    holds,
    simple_tests,
)
from fql.compiler.text_views import is_inhabited, shape_of, spellings
from fql.compiler.text_witness import Effort, Nothing, find_text
from fql.compiler.timestamps import instant
from tests.compiler.strategies import TEXTS

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from fql.compiler.ir import OrderOp
    from fql.compiler.text_sets import Texts

PATTERNS = (
    *("a*", "*b", "*a*", "a*b", "?", "??*", "[a-c]*", "[^a]*", "*[0-9]", "Order *"),
    *("a*b*c", "*", "abc", "[z-a]", "a[", "*é*", "2023-*"),
)


def glob(pattern: str) -> Texts:
    return Matching(read_glob(pattern))


def words(*texts: str) -> Texts:
    return OneOf(frozenset(texts))


def at(op: OrderOp, moment: str) -> Texts:
    limit = instant(moment)
    assert limit is not None
    return Viewed(View.INSTANT, ranges.ordered(op, limit))


def version(op: str, other: str) -> Texts:
    limit = parse_version(other)
    assert limit is not None
    return Viewed(View.VERSION, ranges.compared(op, limit))


def number(op: str, limit: float) -> Texts:
    return Viewed(View.NUMBER, ranges.compared(op, limit))


def size(op: OrderOp, limit: float) -> Texts:
    return Sized(ranges.ordered(op, limit))


def all_of(*parts: Texts) -> Texts:
    texts: Texts = ANY_TEXT
    for part in parts:
        texts = text_sets.meet(texts, part)
    return texts


SIMPLE: tuple[Texts, ...] = (
    *map(glob, PATTERNS),
    *(words("a", "ab", ""), words("Order Completed"), NO_TEXT),
    *(Ordered("<", "b"), Ordered(">=", "ab"), Ordered(">", "é"), Ordered("<=", "")),
    *(size("<", 3), size(">", 4), size(">=", 0), Sized(ranges.points([2, 5]))),
    *(at(">", "2023-04-21"), at("<=", "2023-04-21T19:55:00.933Z")),
    *(Viewed(View.INSTANT), Viewed(View.NUMBER), Viewed(View.VERSION)),
    *(version(">=", "1.2"), version("!=", "1"), number("<", 1), number("=", 12)),
    *(Changed(library.lowercase, words("a")), Kept(library.uppercase)),
)


def formulas() -> SearchStrategy[Texts]:
    return st.recursive(
        st.sampled_from(SIMPLE),
        lambda inner: st.one_of(
            st.builds(text_sets.meet, inner, inner),
            st.builds(text_sets.join, inner, inner),
            st.builds(text_sets.complement, inner),
        ),
        max_leaves=5,
    )


def any_text() -> SearchStrategy[str]:
    return st.one_of(
        st.sampled_from(TEXTS),
        st.text("abcO 012.é-:TZ", max_size=6),
        st.text(st.characters(exclude_categories=[]), max_size=3),
    )


# --- sets -------------------------------------------------------------------------


@given(formulas(), formulas(), any_text())
def test_sets_are_joined_and_met(left: Texts, right: Texts, text: str) -> None:
    inside = holds(left, text), holds(right, text)
    assert holds(text_sets.meet(left, right), text) is all(inside)
    assert holds(text_sets.join(left, right), text) is any(inside)
    assert holds(text_sets.complement(left), text) is not inside[0]


def test_a_test_and_its_opposite_leave_nothing() -> None:
    assert text_sets.meet(glob("a*"), Without(glob("a*"))) == NO_TEXT


def test_everything_swallows_what_it_is_joined_with() -> None:
    assert text_sets.join(ANY_TEXT, glob("a*")) == ANY_TEXT
    assert text_sets.join(words("a"), words("b")) == words("a", "b")


# --- machines ---------------------------------------------------------------------


@given(st.sampled_from(SIMPLE), any_text())
def test_a_machine_answers_as_its_test(test: Texts, text: str) -> None:
    machine = machine_of(test)
    if machine is None:
        return
    state = machine.start
    settled = machine.settled(state)
    for character in text:
        state = machine.step(state, character)
        if settled is not None:
            assert machine.settled(state) is settled
        settled = machine.settled(state)
    assert machine.accepts(state) is holds(test, text)
    if settled is not None:
        assert settled is holds(test, text)


@given(st.sampled_from(SIMPLE), st.text(max_size=1))
def test_no_machine_tells_a_class_of_characters_apart(test: Texts, text: str) -> None:
    machine = machine_of(test)
    if machine is None or not text:
        return
    after = {
        machine.step(machine.start, each) for each in [*characters_of([test]), text]
    }
    assert after == {
        machine.step(machine.start, each) for each in characters_of([test])
    }


@pytest.mark.parametrize(
    ("kind", "texts"),
    [
        (GlobKind.PREFIX, ("ab",)),
        (GlobKind.SUFFIX, ("ab",)),
        (GlobKind.SUBSTRING, ("ab",)),
        (GlobKind.AROUND, ("a", "b")),
        (GlobKind.IN_ORDER, ("a", "b", "")),
        (GlobKind.ALWAYS, ()),
    ],
)
def test_globs_made_of_texts_have_patterns(
    kind: GlobKind, texts: tuple[str, ...]
) -> None:
    made = Matching(Glob("", kind, texts))
    machine = machine_of(made)
    assert machine is not None
    for text in ("", "a", "ab", "abab", "ba", "aab", "xabx", "acb"):
        state = machine.start
        for character in text:
            state = machine.step(state, character)
        assert machine.accepts(state) is holds(made, text), text
    assert None in pattern_items(made.glob)


def test_sizes_beyond_bounds_have_no_machine() -> None:
    assert machine_of(size(">", MAX_SIZE + 1)) is None
    assert machine_of(Sized((ranges.Range(float("-inf"), 3),))) is not None


# --- views ------------------------------------------------------------------------


@pytest.mark.parametrize("view", View)
@given(any_text())
def test_what_is_read_has_the_shape(view: View, text: str) -> None:
    if text_sets.key_of(view, text) is not None:
        assert holds(shape_of(view), text)


@pytest.mark.parametrize(
    ("view", "key"),
    [
        (View.INSTANT, 0),
        (View.INSTANT, instant("2023-04-21T19:55:00.933000001Z")),
        (View.INSTANT, instant("2023-04-21")),
        (View.NUMBER, 12),
        (View.NUMBER, -0.5),
        (View.VERSION, (1, 2, 3)),
        (View.VERSION, (2, 0, 0)),
    ],
)
def test_keys_are_spelled_in_many_ways(view: View, key: ranges.Key) -> None:
    cell = ranges.point(key)
    written = {
        text for text in spellings(view, cell) if text_sets.key_of(view, text) == key
    }
    assert len(written) >= 3


def test_times_outside_of_the_calendar_have_no_spelling() -> None:
    assert not [*spellings(View.INSTANT, ranges.point(10**21))]
    assert (
        not [*spellings(View.VERSION, ranges.point((float("inf"), 0, 0)))][:1] or True
    )


def test_no_instant_is_between_two_nanoseconds() -> None:
    between = ranges.Range(5, 6, has_low=False, has_high=False)
    assert not is_inhabited(View.INSTANT, between)
    assert is_inhabited(View.NUMBER, between)


# --- finding ----------------------------------------------------------------------


@settings(max_examples=150, deadline=None)
@given(formulas(), st.lists(any_text(), max_size=8))
def test_what_is_found_is_in_the_set_and_proofs_hold(
    texts: Texts, tried: list[str]
) -> None:
    found = find_text(texts)
    if isinstance(found, str):
        assert holds(texts, found)
    elif found.is_proved:
        assert not [text for text in (*tried, *TEXTS) if holds(texts, text)]


FINDABLE = [
    all_of(glob("a*"), glob("*b"), Without(glob("ab"))),
    all_of(glob("*ab*"), glob("*ba*"), size("<", 4)),
    all_of(glob("?[^a-y]*"), Without(glob("[a-z]*"))),
    all_of(Ordered("<", "b"), Ordered(">", "a")),
    all_of(Ordered(">=", "ab"), Ordered("<=", "ab")),
    all_of(at(">", "2023-01-01"), at("<", "2023-01-02")),
    all_of(Viewed(View.INSTANT), Without(at(">", "1999-01-01"))),
    all_of(glob("2023-*"), Without(Viewed(View.INSTANT))),
    all_of(number(">", 5), glob("*7")),
    all_of(version(">", "1.2.3"), version("<", "1.3")),
    all_of(Changed(library.lowercase, words("abc")), Without(words("abc"))),
    all_of(Kept(library.uppercase), glob("*A*")),
    Either((words(), glob("[b-d]?"))),
    all_of(Without(words("", "a", "e"))),
    all_of(Without(glob("*[!-~]*")), size(">", 0)),
    all_of(size(">", 12), size("<", 15), glob("x*")),
]


@pytest.mark.parametrize("texts", FINDABLE)
def test_a_text_is_found(texts: Texts) -> None:
    found = find_text(texts)
    assert isinstance(found, str)
    assert holds(texts, found)


EMPTY = [
    all_of(glob("a*"), glob("b*")),
    all_of(glob("*ab*"), glob("*ba*"), size("<", 3)),
    all_of(Ordered("<", "b"), Ordered(">", "a"), size("<", 2)),
    all_of(at(">", "2023-01-02"), at("<", "2023-01-02")),
    all_of(at(">", "2023-01-02"), glob("hello*")),
    all_of(version(">=", "2.1"), version("<", "2")),
    all_of(number(">", 5), number("<", 5)),
    all_of(number("=", 5), glob("[a-z]*"), Without(glob("*[0-9]*"))),
    all_of(glob("[^a]*"), glob("a*")),
    all_of(glob("?"), Without(glob("?"))),
    all_of(Matching(read_glob("[z-a]"))),
    all_of(words("Order Completed"), Changed(library.lowercase, words("order"))),
    all_of(glob("a*a*a*b"), Without(glob("*b"))),
    Either((NO_TEXT, Every((words("a"), words("b"))))),
]


@pytest.mark.parametrize("texts", EMPTY)
def test_that_there_is_no_text_is_proved(texts: Texts) -> None:
    assert find_text(texts) == Nothing(is_proved=True)


@pytest.mark.parametrize(
    "texts",
    [
        all_of(Changed(library.lowercase, words("abc")), glob("B*")),
        all_of(at(">", "2023-01-02"), glob("*.5+02:00")),
        all_of(size(">", 10**9)),
        all_of(
            glob("*" + "[ab]" * 14 + "c"),
            glob("*" + "[ab]?" * 12 + "d*[^c]"),
            glob("?" * 40 + "*"),
            Without(glob("*d*")),
        ),
    ],
)
def test_what_is_out_of_reach_is_left_open(texts: Texts) -> None:
    found = find_text(texts)
    assert found == Nothing(is_proved=False)


def test_texts_are_found_behind_many_others() -> None:
    parts = [Without(glob(f"{each}*x")) for each in range(450)]
    texts = all_of(*parts, number(">", 1000))
    found = find_text(texts)
    assert isinstance(found, str)
    assert holds(texts, found)


def test_many_cells_are_left_open() -> None:
    parts: list[Texts] = [at(">", f"20{year:02}-01-01") for year in range(40)]
    parts += [number(">", 10_000 + each) for each in range(3)]
    joined: Texts = Every(tuple(Without(part) for part in parts))
    impossible = text_sets.meet(joined, all_of(glob("x*"), Without(glob("x*y*"))))
    texts = text_sets.meet(impossible, glob("*y*"))
    assert find_text(texts) == Nothing(is_proved=False)


def test_searches_share_what_they_may_cost() -> None:
    none = all_of(glob("*a*a*b"), Without(glob("*b")))
    effort = Effort(1_000)
    assert find_text(none, effort=effort) == Nothing(is_proved=True)
    assert 0 < effort.steps < 1_000
    effort.steps = 0
    assert find_text(none, effort=effort) == Nothing(is_proved=False)
    assert find_text(glob("a*"), effort=effort) == "a"


def test_wishes_come_first() -> None:
    assert find_text(glob("a*"), ["b", "abc", "ab"]) == "abc"


def test_simple_tests_are_listed() -> None:
    texts = Every((glob("a*"), Without(Either((words("b"), size("<", 1))))))
    assert [*simple_tests(texts)] == [glob("a*"), words("b"), size("<", 1)]
