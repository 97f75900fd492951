"""Numbers for a range, those that read best first."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fql.compiler.ranges import Range

_STEPS = (1, 10, 100)
_SMALL_STEPS = (0.5, 0.01)
_EXACT = 1 << 53
"""Below this, a float holds every whole number."""

_DIGITS = (0, 1, 2, 4, 8, 15)


def numbers_within(keys: Range) -> Iterator[float]:
    """Yield finite numbers at the bounds of a range, next to them and between.

    Some may lie outside of it: whoever asks for them tests them.
    """
    for number in _near(keys):
        if isinstance(number, int) or math.isfinite(number):
            yield number


def _near(keys: Range) -> Iterator[float]:
    low: Any = keys.low
    high: Any = keys.high
    if low is None and high is None:
        yield from (1, 0, 10)
        return
    if low is not None and high is not None:
        yield from _between(low, high)
    if low is not None:
        yield low
        yield from _stepped(low, 1)
    if high is not None:
        yield high
        yield from _stepped(high, -1)


def _stepped(bound: float, sign: int) -> Iterator[float]:
    """Yield numbers on one side of *bound*, whole ones first."""
    whole = _whole(bound)
    if whole is not None:
        for step in _STEPS:
            yield whole + sign * step
    if isinstance(bound, float) or abs(bound) < _EXACT:
        yield from (bound + sign * step for step in _SMALL_STEPS)
        yield math.nextafter(bound, sign * math.inf)


def _between(low: float, high: float) -> Iterator[float]:
    """Yield numbers between the bounds: whole, then with few digits, then any."""
    whole = _whole(low)
    if whole is not None:
        yield from (whole + 1, whole)
    try:
        middle = low + (high - low) / 2
    except OverflowError:
        return
    if not math.isfinite(middle):
        return
    for digits in _DIGITS:
        rounded = round(middle, digits)
        yield int(rounded) if digits == 0 else rounded
    yield middle


def _whole(bound: float) -> int | None:
    """Return the largest whole number that is not above *bound*."""
    if isinstance(bound, int):
        return bound
    return math.floor(bound) if math.isfinite(bound) else None
