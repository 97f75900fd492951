"""Tests of the guesses behind "did you mean"."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fql.compiler.suggest import allowed_slips, nearest, plain_name

FIELDS = ("userId", "anonymousId", "properties", "receivedAt", "event", "type", "name")

names = st.text(alphabet="abcdeé_-A ", max_size=14)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("userid", "userId"),
        ("user_id", "userId"),
        ("evnet", "event"),
        ("propertes", "properties"),
        ("propertiess", "properties"),
        ("anonymusId", "anonymousId"),
        ("tpye", "type"),
        ("recieved_at", "receivedAt"),
    ],
)
def test_a_slip_of_the_hand_is_recognised(written: str, meant: str) -> None:
    assert nearest(written, FIELDS) == meant


@pytest.mark.parametrize("written", ["plan", "email", "a", "", "__", "x" * 200])
def test_a_name_that_is_far_from_all_has_no_suggestion(written: str) -> None:
    assert nearest(written, FIELDS) is None


def test_nothing_is_near_where_nothing_is_known() -> None:
    assert nearest("event", ()) is None


def test_the_nearer_name_wins() -> None:
    assert nearest("lowercas", ["uppercase", "lowercased", "lowercase"]) == "lowercase"


def test_among_equally_near_names_the_same_first_letter_wins() -> None:
    assert nearest("bame", ["came", "bace"]) == "bace"


def test_among_equally_near_names_the_alphabet_decides() -> None:
    assert nearest("xame", ["name", "game"]) == "game"


@pytest.mark.parametrize(
    ("length", "slips"), [(0, 0), (2, 0), (3, 1), (7, 1), (8, 2), (12, 3), (60, 3)]
)
def test_longer_names_allow_more_slips(length: int, slips: int) -> None:
    assert allowed_slips(length) == slips


def slow_distance(left: str, right: str) -> int:
    """Return the slips between two texts, straight from the definition."""
    if not left or not right:
        return len(left) + len(right)
    best = min(
        slow_distance(left[:-1], right) + 1,
        slow_distance(left, right[:-1]) + 1,
        slow_distance(left[:-1], right[:-1]) + (left[-1] != right[-1]),
    )
    if len(left) > 1 and len(right) > 1 and left[-2:] == right[-1] + right[-2]:
        best = min(best, slow_distance(left[:-2], right[:-2]) + 1)
    return best


@given(
    st.text(alphabet="abc", min_size=3, max_size=6),
    st.text(alphabet="abc", min_size=1, max_size=6),
)
def test_near_means_few_slips(name: str, candidate: str) -> None:
    """A name is suggested exactly when the slow distance is within the limit."""
    is_near = slow_distance(name, candidate) <= allowed_slips(len(name))
    assert (nearest(name, [candidate]) == candidate) is is_near


@given(names.filter(lambda name: plain_name(name) != ""), st.lists(names, max_size=5))
def test_a_known_name_is_always_nearest(name: str, others: list[str]) -> None:
    """What differs only in case and separators is never beaten by something else."""
    found = nearest(name.upper(), [*others, name])
    assert found is not None
    assert plain_name(found) == plain_name(name)


@given(names, st.lists(names, max_size=5))
def test_what_is_suggested_is_known(name: str, known: list[str]) -> None:
    """A suggestion is one of the known names."""
    assert nearest(name, known) in {None, *known}
