"""Which texts a date, time or ``datetime`` field accepts.

These are the payload rules of the original, wider than the timestamps that conditions
compare (`timestamps.py`): a partner gets the text as it stands, so all that is asked
is whether it is a date at all. Nothing here converts a text to an instant.
"""

from __future__ import annotations

import re
from calendar import isleap

from fql.compiler.values import number_text
from fql.grammar.javascript import BLANKS

_DAYS = (0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)

_TIME = re.compile(
    r"(\d\d):(\d\d):(\d\d)(?:\.\d++)?(?:z|[+-]\d\d(?::?\d\d)?)?",
    re.ASCII | re.IGNORECASE,
)

_SEPARATORS = frozenset(BLANKS + "tT")


def is_date(text: str) -> bool:
    """Return whether *text* is an RFC 3339 full-date; year 0000 is one.

    >>> is_date("2024-02-29"), is_date("2023-02-29")
    (True, False)
    """
    found = _DATE.fullmatch(text)
    if found is None:
        return False
    year, month, day = map(int, found.groups())
    if not 1 <= month <= 12:
        return False
    return 1 <= day <= (29 if month == 2 and isleap(year) else _DAYS[month])


def is_time(text: str) -> bool:
    """Return whether *text* is a time of day to the second.

    As the original has it and RFC 3339 has not: the offset may be left out, may be
    hours alone and has no bounds; a leap second is only ever ``23:59:60``.
    """
    found = _TIME.fullmatch(text)
    if found is None:
        return False
    hour, minute, second = map(int, found.groups())
    if hour <= 23 and minute <= 59 and second <= 59:
        return True
    return (hour, minute, second) == (23, 59, 60)


def is_date_time(text: str) -> bool:
    """Return whether *text* is a date and a time, joined by ``T`` or a white space."""
    return text[10:11] in _SEPARATORS and is_date(text[:10]) and is_time(text[11:])


# --- what a datetime field accepts ------------------------------------------------

_LAST_SECOND = 8_640_000_000_000
"""The last second, from the epoch, that JavaScript has a date for."""

_LONGEST_NUMBER = 25
"""JavaScript prints no number in more characters than this."""

_NUMBER = re.compile(r"-?\d++(?:\.\d++)?(?:e[+-]\d++)?", re.ASCII)

_BLANK = f"[{BLANKS}]"

_LOCAL_DATE = re.compile(
    rf"\d{{4}}[-/]?\d{{0,2}}[-/]?\d{{0,2}}[Tt]?{_BLANK}*+"
    r"(?:\d{1,2}(?::?\d{1,2}(?::?\d{1,2})?)?)?:?[.:]?\d*+",
    re.ASCII,
)
"""A date from its year on, as precise as it likes, in local time."""

_ZONED_DATE = re.compile(
    r"(?:\d{4}|\+\d{6}|-(?!0{6})\d{6})"
    r"(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?"
    r"(?:[ T](?:(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d++)?)?"
    r"|24:00(?::00(?:\.0++)?)?))?"
    r"(?:Z|[+-](?:[01]\d|2[0-3]):?[0-5]\d)",
    re.ASCII | re.IGNORECASE,
)
"""ISO 8601 with an offset."""

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"

_WRITTEN_DATE = re.compile(
    r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6},?\s++)?"
    rf"(?:{_MONTH}\s++(?:0?[1-9]|[12]\d|3[01]),?\s++\d{{4}}"
    rf"|(?:0?[1-9]|[12]\d|3[01])[\s-]{_MONTH},?[\s-]\d{{4}}"
    r"|(?:0?[1-9]|1[0-2])([/-])(?:0?[1-9]|[12]\d|3[01])\1\d{4}"
    r"|\d{4}/(?:0?[1-9]|1[0-2])/(?:0?[1-9]|[12]\d|3[01]))"
    r"(?:,?\s++(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?(?:\s*+[ap]m)?"
    r"(?:\s*+(?:z|utc|gmt)?(?:[+-]\d\d:?\d\d)?)(?:\s++\([a-z ]++\))?)?",
    re.ASCII | re.IGNORECASE,
)
"""A date as people and mail headers write it, the year in four digits."""


def is_date_like(text: str) -> bool:
    """Return whether a ``datetime`` field accepts *text*.

    Accepted are seconds since the epoch, ISO 8601 at any precision with or without an
    offset, and dates as people write them (``Apr 21, 2023``). The original also takes
    most texts in which JavaScript finds some number (``hat 9``); those are not dates
    and are refused here.

    >>> is_date_like("2023-04-21"), is_date_like("1682106900"), is_date_like("soon")
    (True, True, False)
    """
    if _ZONED_DATE.fullmatch(text):
        return True
    if _is_printed_number(text):
        return abs(float(text)) <= _LAST_SECOND
    if text.isascii() and text.isdigit():
        return True
    is_local = _LOCAL_DATE.fullmatch(text) is not None
    return is_local or _WRITTEN_DATE.fullmatch(text) is not None


def _is_printed_number(text: str) -> bool:
    """Return whether *text* is a number in the one form JavaScript prints it in."""
    if len(text) > _LONGEST_NUMBER or not _NUMBER.fullmatch(text):
        return False
    return number_text(float(text)) == text
