"""Leaving a destination alone, and keeping to its pace."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fql.runtime.delivery.breaker import Breaker
from fql.runtime.delivery.pace import Pace


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    return Breaker(3, 30.0, clock)


def opened(breaker: Breaker) -> Breaker:
    for _ in range(3):
        breaker.start()
        breaker.fail()
    return breaker


def test_failures_in_a_row_open_it(breaker: Breaker) -> None:
    breaker.fail()
    breaker.fail()
    breaker.succeed()
    breaker.fail()
    breaker.fail()
    assert breaker.wait() == 0
    breaker.fail()
    assert breaker.wait() == 30


def test_one_request_tries_and_closes_it(breaker: Breaker, clock: Clock) -> None:
    opened(breaker)
    clock.now += 30
    assert (breaker.wait(), breaker.is_trying) == (0, False)
    breaker.start()
    assert breaker.is_trying
    breaker.succeed()
    assert (breaker.wait(), breaker.is_trying) == (0, False)
    breaker.start()
    assert not breaker.is_trying


def test_a_try_that_fails_opens_it_again(breaker: Breaker, clock: Clock) -> None:
    opened(breaker)
    clock.now += 30
    breaker.start()
    breaker.fail()
    assert (breaker.wait(), breaker.is_trying) == (30, False)


def test_a_try_that_tells_nothing_is_followed_by_another(
    breaker: Breaker, clock: Clock
) -> None:
    opened(breaker)
    clock.now += 30
    breaker.start()
    breaker.abandon()
    assert (breaker.wait(), breaker.is_trying) == (0, False)
    breaker.start()
    assert breaker.is_trying


def test_a_late_answer_does_not_shorten_a_pause(breaker: Breaker, clock: Clock) -> None:
    breaker.pause(60)
    breaker.succeed()
    assert breaker.wait() == 60
    breaker.pause(10)
    assert breaker.wait() == 60
    clock.now += 60
    breaker.succeed()
    assert breaker.wait() == 0


# --- pace -------------------------------------------------------------------------


@given(
    rate=st.floats(0.01, 1_000),
    steps=st.lists(st.tuples(st.floats(0, 5), st.integers(1, 4)), max_size=60),
)
def test_no_more_than_the_rate_in_the_mean(
    rate: float, steps: list[tuple[float, int]]
) -> None:
    """Law: in any time, no more go out than it allows, one second, and one attempt."""
    clock = Clock()
    pace, sent = Pace(rate, clock), 0
    for seconds, count in steps:
        clock.now += seconds
        if pace.wait() == 0:
            pace.take(count)
            sent += count
    assert sent <= rate * (clock.now - 100.0) + max(1.0, rate) + 4 + 1e-6


@given(rate=st.floats(0.01, 1_000), taken=st.integers(0, 50))
def test_a_wait_is_as_long_as_it_says(rate: float, taken: int) -> None:
    """Law: once what was said has passed, the next request may go out."""
    clock = Clock()
    pace = Pace(rate, clock)
    pace.take(taken)
    clock.now += pace.wait() + 1e-6
    assert pace.wait() == pytest.approx(0, abs=1e-6)


def test_without_a_rate_nothing_waits(clock: Clock) -> None:
    pace = Pace(None, clock)
    pace.take(1_000)
    assert pace.wait() == 0


def test_what_was_not_sent_is_given_back_and_not_saved_up(clock: Clock) -> None:
    pace = Pace(1.0, clock)
    pace.take()
    assert pace.wait() == 1
    pace.take(-1)
    pace.take(-1)
    assert pace.wait() == 0
    pace.take()
    assert pace.wait() == 1
    clock.now -= 50
    assert pace.wait() == 1
