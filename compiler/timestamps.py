"""Timestamps: from RFC 3339 text to an instant.

An instant is an exact count of nanoseconds since 1970-01-01T00:00:00Z, negative before.
What is read:

- a date-time with ``T``, ``t`` or one space in the middle, 0 to 9 fraction digits, and
  ``Z``, ``z`` or an offset up to 23:59 either way (``-00:00`` too);
- a date-time without an offset, as UTC (`lacks_offset` tells, so that it can be warned
  about);
- a date alone, as its midnight in UTC.

Years 0000 to 9999 of the Gregorian calendar, carried back before its introduction. A
leap second, ``23:59:60`` in UTC on any day, reads as the same fraction of the second
that follows it, as clocks without leap seconds count. Everything else is no timestamp:
``24:00``, a missing second, more than 9 fraction digits, week dates, blanks around.

A date-time is read in three steps, the text up to its minutes, its seconds, and the
rest; the first and the last are remembered, since the events of a stream share them.
No step looks at more than 35 characters.

This module does not format instants and does not know time zones by name.
"""

from __future__ import annotations

import re
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fql.compiler.values import Json

_SECOND = 1_000_000_000
_MINUTE = 60 * _SECOND
_DAY = 24 * 60 * _MINUTE
_REMEMBERED = 2048

_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_TO_MINUTE = re.compile(r"([0-9-]{10})[Tt ]([0-9]{2}):([0-9]{2}):")
_REST = re.compile(r"(?:\.([0-9]{1,9}))?(?:[Zz]|([+-])([0-9]{2}):([0-9]{2}))?")

_DATE_LENGTH = len("2023-04-21")
_AFTER_MINUTE = len("2023-04-21T19:55:")
_AFTER_SECOND = len("2023-04-21T19:55:00")
_LONGEST = len("2023-04-21T19:55:00.123456789+02:00")

_SECONDS = MappingProxyType({f"{each:02}": each * _SECOND for each in range(60)})
_LEAP_SECOND = "60"

_DAYS_BEFORE_MONTH = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365)
_DAYS_BEFORE_1970 = 719_162  # counted from 0001-01-01


def instant(value: Json) -> int | None:
    """Return the instant that *value* is, or None where it is no timestamp.

    >>> instant("1970-01-01T01:00:00.5+01:00")
    500000000
    """
    if not isinstance(value, str):
        return None
    length = len(value)
    if length == _DATE_LENGTH:
        return _midnight(value)
    if not _AFTER_SECOND <= length <= _LONGEST:
        return None
    minute = _minute(value[:_AFTER_MINUTE])
    rest = _rest(value[_AFTER_SECOND:])
    if minute is None or rest is None:
        return None
    digits = value[_AFTER_MINUTE:_AFTER_SECOND]
    second = _SECONDS.get(digits)
    if second is not None:
        return minute + second + rest
    is_leap = digits == _LEAP_SECOND and _is_last_of_day(minute + rest)
    return minute + _MINUTE + rest if is_leap else None


def is_timestamp(value: Json) -> bool:
    """Return whether *value* is RFC 3339 text, as this module reads it."""
    return instant(value) is not None


def lacks_offset(value: Json) -> bool:
    """Return whether *value* is a date-time that names no offset, and so reads as UTC.

    False for a date alone, whose reading as midnight UTC is no surprise.

    >>> lacks_offset("2023-04-21T19:55:00"), lacks_offset("2023-04-21T19:55:00Z")
    (True, False)
    """
    if not isinstance(value, str) or instant(value) is None:
        return False
    has_fraction_only = not value[_AFTER_SECOND:].strip(".0123456789")
    return len(value) > _DATE_LENGTH and has_fraction_only


@lru_cache(_REMEMBERED)
def _minute(text: str) -> int | None:
    """Return the instant of ``2023-04-21T19:55:`` read as UTC, or None."""
    found = _TO_MINUTE.fullmatch(text)
    if found is None:
        return None
    midnight = _midnight(found[1])
    clock = _clock(found[2], found[3])
    return None if midnight is None or clock is None else midnight + clock


@lru_cache(_REMEMBERED)
def _rest(text: str) -> int | None:
    """Return what ``.933+02:00`` adds to the instant read as UTC, or None."""
    found = _REST.fullmatch(text)
    if found is None:
        return None
    fraction, sign, hours, minutes = found.groups()
    added = int(fraction.ljust(9, "0")) if fraction else 0
    if sign is None:
        return added
    ahead = _clock(hours, minutes)
    if ahead is None:
        return None
    return added - ahead if sign == "+" else added + ahead


def _clock(hours: str, minutes: str) -> int | None:
    """Return the nanoseconds of up to 23:59, or None if it is more."""
    hour, minute = int(hours), int(minutes)
    return (hour * 60 + minute) * _MINUTE if hour < 24 and minute < 60 else None


def _is_last_of_day(moment: int) -> bool:
    """Return whether *moment* lies in the last minute of its day in UTC."""
    return moment % _DAY >= _DAY - _MINUTE


@lru_cache(_REMEMBERED)
def _midnight(date: str) -> int | None:
    """Return the instant at which ``2023-04-21`` starts in UTC, or None if no day."""
    found = _DATE.fullmatch(date)
    if found is None:
        return None
    year, month, day = map(int, found.groups())
    if not (1 <= month <= 12 and day >= 1):
        return None
    is_leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    start, end = _DAYS_BEFORE_MONTH[month - 1 : month + 1]
    if day > end - start + (is_leap and month == 2):
        return None
    past = year - 1
    days = 365 * past + past // 4 - past // 100 + past // 400
    days += start + (is_leap and month > 2) + day - 1
    return (days - _DAYS_BEFORE_1970) * _DAY
