"""Timestamps as nearly all events write them: ``2023-04-21T19:55:00.933Z``.

Texts of this shape can be read by the standard library, which is much faster than
`fql.compiler.timestamps` is and, for this shape, says the same: `is_reliable` makes
sure of that for the interpreter at hand. A text has the shape if its `MARKS` and its
`END` are what they have to be, and it can be read at all.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache

from fql.compiler.timestamps import instant

MARKS = slice(4, 20, 3)
"""Where a text of the shape has `MARKED`."""

MARKED = "--T::."

END = slice(23, None)
"""What a text of the shape has after its digits: `ENDING`, and nothing else."""

ENDING = "Z"

read_usual = datetime.fromisoformat
"""Return the moment of a text of the shape; raises ValueError where there is none."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = 1_000

_TELLING = (
    *("2023-04-21T19:55:00.933Z", "2024-02-29T00:00:00.000Z"),
    *("0001-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z"),
    *("0000-01-01T00:00:00.000Z", "2023-02-29T00:00:00.000Z"),
    *("2023-04-21T24:00:00.000Z", "2023-04-21T23:59:60.000Z"),
    *("2023-04-21T23:60:00.000Z", "2023-13-21T23:00:00.000Z"),
    *("2023-00-21T23:00:00.000Z", "2023-04-00T23:00:00.000Z"),
    *("+023-04-21T19:55:00.933Z", " 023-04-21T19:55:00.933Z"),
    *("2023-04-21T19:55:00. 33Z", "2023-04-21T19:55:00.9_3Z"),
    *("\uff12023-4-21T19:55:00.933Z", "2023-04-21T\u0661\u0662:55:00.933Z"),
    *("2023-W1-1T19:55:00.933Z", "2023-04-21T19:5\u0665:00.93\u0663Z"),
    *("2023-04-21T-1:55:00.933Z", "2023-04-21T19:55:00.+33Z"),
)
"""Texts that a lenient reader would take, or a strict one refuse."""


def moment_of(nanoseconds: int) -> datetime | None:
    """Return the moment of an instant, or None where it has none to the last digit."""
    microseconds, rest = divmod(nanoseconds, _MICROSECOND)
    if rest:
        return None
    try:
        return _EPOCH + timedelta(microseconds=microseconds)
    except OverflowError:
        return None


def has_shape(text: str) -> bool:
    """Return whether *text* is written as nearly all timestamps are."""
    return text[MARKS] == MARKED and text[END] == ENDING


@cache
def is_reliable() -> bool:
    """Return whether the standard library reads the shape as this package does.

    It may refuse more, but must not take more, nor take it for another moment.
    """
    return all(map(_is_read_alike, filter(has_shape, _TELLING)))


def _is_read_alike(text: str) -> bool:
    try:
        moment = read_usual(text)
    except ValueError:
        return True
    nanoseconds = instant(text)
    return nanoseconds is not None and moment_of(nanoseconds) == moment
