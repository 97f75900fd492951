"""What gets in, by which rule it does not, and that messages come once."""

from __future__ import annotations

import pickle
from threading import Thread
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fql.runtime import accept
from fql.runtime.accept import DuplicateWindow, Rejection, find_rejection
from tests.compiler.strategies import events, json_values

if TYPE_CHECKING:
    from fql.compiler.values import Json

TRACK: dict[str, Json] = {"type": "track", "event": "Order Completed", "userId": "u1"}
PAGE: dict[str, Json] = {"type": "page", "anonymousId": "a1"}


@pytest.mark.parametrize(
    "event",
    [
        TRACK,
        PAGE,
        {"type": "identify", "userId": "u1", "traits": {}},
        {"type": "screen", "anonymousId": "a1", "name": "Home", "category": None},
        {"type": "group", "userId": "u1", "groupId": "g1"},
        {"type": "alias", "userId": "u1"},
        {"type": "alias", "userId": "u1", "previousId": "old"},
        {**TRACK, "userId": "", "anonymousId": "a1"},
        {**TRACK, "userId": None, "anonymousId": "a1"},
        {**TRACK, "properties": None, "traits": None, "messageId": None},
        {**TRACK, "messageId": "m" * 100},
        {**TRACK, "name": 1, "category": 2},
        {**TRACK, "event": ""},
    ],
)
def test_events_as_the_spec_describes_them_get_in(event: dict[str, Json]) -> None:
    assert find_rejection(event) is None


@pytest.mark.parametrize(
    ("event", "rejection"),
    [
        (None, Rejection.NOT_AN_OBJECT),
        ([TRACK], Rejection.NOT_AN_OBJECT),
        ("track", Rejection.NOT_AN_OBJECT),
        ({}, Rejection.TYPE_MISSING),
        ({"type": None}, Rejection.TYPE_MISSING),
        ({"type": 1}, Rejection.TYPE_NOT_STRING),
        ({"type": "trak"}, Rejection.TYPE_UNKNOWN),
        ({"type": "Track"}, Rejection.TYPE_UNKNOWN),
        ({"type": "page"}, Rejection.NO_USER),
        ({"type": "page", "userId": "", "anonymousId": None}, Rejection.NO_USER),
        ({**PAGE, "userId": 42}, Rejection.ID_NOT_STRING),
        ({**PAGE, "anonymousId": False}, Rejection.ID_NOT_STRING),
        ({**PAGE, "type": "group", "groupId": 1}, Rejection.ID_NOT_STRING),
        ({**PAGE, "type": "group"}, Rejection.ID_MISSING),
        ({**PAGE, "type": "alias", "previousId": "a"}, Rejection.ID_MISSING),
        ({**PAGE, "type": "track"}, Rejection.EVENT_MISSING),
        ({**TRACK, "event": None}, Rejection.EVENT_MISSING),
        ({**TRACK, "event": 5}, Rejection.EVENT_NOT_STRING),
        ({**TRACK, "event": ["Order"]}, Rejection.EVENT_NOT_STRING),
        ({**TRACK, "properties": []}, Rejection.PROPERTIES_NOT_OBJECT),
        ({**TRACK, "properties": ""}, Rejection.PROPERTIES_NOT_OBJECT),
        ({**TRACK, "traits": False}, Rejection.TRAITS_NOT_OBJECT),
        ({**PAGE, "name": ""}, Rejection.NAME_NOT_STRING),
        ({**PAGE, "name": 1}, Rejection.NAME_NOT_STRING),
        ({**PAGE, "category": {}}, Rejection.CATEGORY_NOT_STRING),
        ({**PAGE, "messageId": 7}, Rejection.MESSAGE_ID_NOT_STRING),
        ({**PAGE, "messageId": "m" * 101}, Rejection.MESSAGE_ID_TOO_LONG),
    ],
)
def test_other_events_are_rejected_by_their_code(
    event: Json, rejection: Rejection
) -> None:
    assert find_rejection(event) is rejection


@given(events() | json_values())
def test_every_value_gets_in_or_has_a_code(event: Json) -> None:
    assert find_rejection(event) in {None, *Rejection}


MEMBERS: st.SearchStrategy[Json] = st.sampled_from(
    [None, "", "u1", "m" * 101, 5, {}, [], "track"]
)
KINDS = st.sampled_from(["track", "page", "screen", "identify", "group", "alias", []])
NAMES = ("userId", "anonymousId", "groupId", "previousId", "event", "name", "category")
NEARLY_USUAL = st.fixed_dictionaries(
    {"type": KINDS},
    optional=dict.fromkeys((*NAMES, "properties", "traits", "messageId"), MEMBERS),
)


def is_never_usual(event: dict[str, Json]) -> bool:
    return False


@given(NEARLY_USUAL)
def test_what_is_told_at_a_glance_the_rules_tell_too(event: dict[str, Json]) -> None:
    for usual in (event, TRACK | event, {**TRACK, "name": "Home", **PAGE} | event):
        glanced = find_rejection(usual)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(accept, "_is_usual", is_never_usual)
            assert find_rejection(usual) is glanced


# --- duplicates -------------------------------------------------------------------


class Clock:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_message_is_repeated_from_its_second_sight_on() -> None:
    window = DuplicateWindow()
    assert [window.is_repeated(key) for key in "abab"] == [False, False, True, True]


def test_messages_that_come_together_may_repeat_each_other() -> None:
    window = DuplicateWindow(limit=3)
    assert window.find_repeated("abaacb") == [2, 3, 5]
    assert window.find_repeated([]) == []
    assert window.find_repeated("cdxa") == [0]
    assert len(window) == 3


@given(st.lists(st.text("abcdef", min_size=1, max_size=4)), st.integers(1, 7))
def test_what_comes_together_comes_one_after_the_other(
    batches: list[str], limit: int
) -> None:
    together, apart = DuplicateWindow(limit=limit), DuplicateWindow(limit=limit)
    for batch in batches:
        expected = [place for place, key in enumerate(batch) if apart.is_repeated(key)]
        assert together.find_repeated(batch) == expected
        assert len(together) == len(apart)


def test_a_message_is_new_again_after_the_window() -> None:
    clock = Clock()
    window = DuplicateWindow(10, clock=clock)
    seen = []
    for clock.now in (0, 5, 9.99, 10, 19.99, 20):
        seen.append(window.is_repeated("m1"))
    assert seen == [False, True, True, False, True, False]


def test_what_is_over_is_forgotten() -> None:
    clock = Clock()
    window = DuplicateWindow(10, clock=clock)
    for clock.now in range(100):
        window.is_repeated(clock.now)
    assert len(window) == 10


def test_the_oldest_messages_are_forgotten_first() -> None:
    window = DuplicateWindow(limit=2)
    assert [window.is_repeated(key) for key in "abcba"] == [
        *(False, False, False),
        True,
        False,
    ]
    assert len(window) == 2


def test_a_clock_that_stands_still_forgets_nothing() -> None:
    window = DuplicateWindow(10, clock=Clock())
    window.is_repeated("m1")
    assert window.is_repeated("m1")


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.integers(0, 4)), max_size=40))
def test_a_window_agrees_with_a_plain_list(steps: list[tuple[str, int]]) -> None:
    clock = Clock()
    window = DuplicateWindow(5, clock=clock)
    first: dict[str, float] = {}
    for key, passed in steps:
        clock.now += passed
        expected = key in first and clock.now - first[key] < 5
        if not expected:
            first[key] = clock.now
        assert window.is_repeated(key) is expected


def test_threads_share_a_window() -> None:
    window = DuplicateWindow()
    repeated: list[bool] = []

    def run() -> None:
        repeated.extend([window.is_repeated(number) for number in range(2_000)])

    threads = [Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert repeated.count(False) == 2_000


def test_a_pickled_window_remembers_nothing() -> None:
    window = DuplicateWindow(10, 20)
    window.is_repeated("m1")
    restored = pickle.loads(pickle.dumps(window))  # noqa: S301 - our own bytes
    assert len(restored) == 0
    assert not restored.is_repeated("m1")
