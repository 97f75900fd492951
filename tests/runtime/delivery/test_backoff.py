"""When payloads are tried again."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fql.runtime.delivery.backoff import (
    FIRST_PAUSE,
    GROWTH,
    LONGEST_PAUSE,
    next_attempt,
    retry_after,
)
from fql.runtime.delivery.options import DeliveryOptions

OPTIONS = DeliveryOptions(attempts=10, hours=4)


@given(
    attempt=st.integers(1, 12),
    draw=st.floats(0, 1),
    passed=st.floats(0, 20_000),
    asked=st.none() | st.floats(0, 1e9),
)
def test_pauses_are_within_their_bounds(
    attempt: int, draw: float, passed: float, asked: float | None
) -> None:
    """Law: a retry is never too late, too soon or one too many."""
    now = 1_000.0 + passed
    due = next_attempt(
        attempt, now=now, since=1_000.0, options=OPTIONS, asked=asked, draw=lambda: draw
    )
    if due is None:
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * GROWTH ** (attempt - 1)) * draw
        pause = max(pause, min(asked or 0.0, LONGEST_PAUSE))
        assert attempt >= 10 or now + pause > 1_000.0 + 4 * 3_600
    else:
        assert attempt < 10
        assert now + min(asked or 0.0, LONGEST_PAUSE) <= due <= now + LONGEST_PAUSE
        assert due <= 1_000.0 + 4 * 3_600


def test_all_usual_attempts_fit_into_the_hours() -> None:
    at = 0.0
    for attempt in range(1, 10):
        due = next_attempt(
            attempt, now=at, since=0.0, options=OPTIONS, asked=None, draw=lambda: 1.0
        )
        assert due is not None
        at = due
    assert 3_600 < at < 4 * 3_600


@pytest.mark.parametrize(
    "text",
    [
        *("soon", "", "-1", "1e3", "0x10", "١٢", "NaN", "inf", "12 seconds"),
        *("99999999999999", "Thu, 32 Foo 2026", "Thu, 01 Jan 99999 00:00:00 GMT", ","),
    ],
)
def test_nonsense_asks_for_nothing(text: str) -> None:
    assert retry_after({"retry-after": text}, 0.0) is None


@given(text=st.text(max_size=40))
def test_any_text_is_read(text: str) -> None:
    """Law: whatever stands there, the answer is a pause or nothing."""
    pause = retry_after({"retry-after": text}, 1e9)
    assert pause is None or pause >= 0


@given(moment=st.datetimes(datetime(1971, 1, 1), datetime(2200, 1, 1)))
def test_dates_are_read(moment: datetime) -> None:
    """Law: a date asks for the time until then, and for nothing once it has passed."""
    moment = moment.replace(microsecond=0, tzinfo=UTC)
    text = format_datetime(moment, usegmt=True)
    assert retry_after({"retry-after": text}, 1e9) == max(0, moment.timestamp() - 1e9)


def test_seconds_may_have_fractions() -> None:
    assert retry_after({"retry-after": " 1.5 "}, 0.0) == 1.5
    assert retry_after({}, 0.0) is None
