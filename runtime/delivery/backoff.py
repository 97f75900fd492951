"""When a payload is tried again: growing pauses, drawn at random, as told if told.

The pause before the n-th retry is anything up to ``FIRST_PAUSE * GROWTH**(n - 1)``, so
that payloads which failed together do not come back together ("full jitter"). The first
retries come within seconds, the ten usual attempts last for up to three hours.
"""

from __future__ import annotations

import re
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fql.runtime.delivery.options import DeliveryOptions

FIRST_PAUSE = 2.0
"""Seconds before the first retry at the most."""

GROWTH = 3.0
"""How much longer each pause may be than the one before."""

LONGEST_PAUSE = 3_600.0
"""Seconds before any retry at the most, whatever an answer asks for."""

_SECONDS = re.compile(r"\d{1,9}(\.\d+)?", re.ASCII)


def next_attempt(
    attempt: int,
    *,
    now: float,
    since: float,
    options: DeliveryOptions,
    asked: float | None,
    draw: Callable[[], float],
) -> float | None:
    """Return when a payload is tried again, in seconds since 1970; None for never.

    Args:
        attempt: Which attempt has failed, from 1.
        now: The time, in seconds since 1970.
        since: From when on the hours of the options count: the payload was accepted,
            and somebody there to deliver it.
        options: How often and how long its destination is tried.
        asked: Seconds that the other side asked for, or None.
        draw: Returns a number from 0 to 1.
    """
    if attempt >= options.attempts:
        return None
    pause = draw() * min(LONGEST_PAUSE, FIRST_PAUSE * GROWTH ** min(attempt - 1, 30))
    if asked is not None:
        pause = max(pause, min(asked, LONGEST_PAUSE))
    due = now + pause
    return due if due <= since + options.hours * 3_600 else None


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """Return the seconds that an answer asks to wait, or None if it asks nothing.

    Args:
        headers: By their names in lower case.
        now: The time, in seconds since 1970.

    >>> retry_after({"retry-after": "120"}, now=0)
    120.0
    >>> retry_after({"retry-after": "Thu, 01 Jan 1970 00:01:00 GMT"}, now=0)
    60.0
    """
    text = headers.get("retry-after", "").strip()
    if _SECONDS.fullmatch(text):
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
        if moment.tzinfo is None:  # "-0000": UTC, and nobody says where
            moment = moment.replace(tzinfo=UTC)
        return max(0.0, moment.timestamp() - now)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
