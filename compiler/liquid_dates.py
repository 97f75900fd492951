"""The date filters of Liquid templates.

Dates are shown in UTC unless a filter is given a time zone, by name or as minutes west
of UTC. Texts are dates if they are RFC 3339 or all digits (seconds); the original reads
more than that, by the rules of the machine it runs on.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from fql.compiler.liquid_values import (
    Budget,
    Liquid,
    RenderError,
    is_nothing,
    number,
    plain,
    text,
)
from fql.compiler.missing import MISSING
from fql.compiler.timestamps import instant

if TYPE_CHECKING:
    from collections.abc import Callable

DEFAULT_FORMAT: Final = "%A, %B %-e, %Y at %-l:%M %P %z"
"""The format of ``date`` without one."""

_DIRECTIVE: Final = re.compile(r"%([-_0^#:]+)?([0-9]+)?[EO]?(.)", re.DOTALL)
_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_DAYS: Final = (
    *("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday"),
    "Saturday",
)
_WIDTHS: Final = {
    **dict.fromkeys("CdeHIklmMSUWy", 2),
    **dict.fromkeys("jL", 3),
    "Y": 4,
}
_SPACED: Final = frozenset("aAbBceklpP")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Moment:
    """A date as it is shown.

    Attributes:
        shown: The date in its zone.
        zone: What ``%Z`` prints, or an empty text for the offset.
    """

    shown: datetime
    zone: str

    @property
    def hour(self) -> int:
        """The hour of a clock of twelve."""
        return self.shown.hour % 12 or 12

    @property
    def weekday(self) -> int:
        """The day of the week; Sunday is 0."""
        return self.shown.isoweekday() % 7

    @property
    def day_of_year(self) -> int:
        """The day of the year, from 1."""
        return self.shown.timetuple().tm_yday

    def week(self, start: int) -> int:
        """Return the week of the year; weeks begin on the weekday *start*."""
        return (self.day_of_year + 6 - (self.weekday - start) % 7) // 7

    def offset(self, colon: str = "") -> str:
        """Return the offset from UTC, such as ``+0200``."""
        minutes = int((self.shown.utcoffset() or timedelta()).total_seconds()) // 60
        sign = "-" if minutes < 0 else "+"
        return f"{sign}{abs(minutes) // 60:02}{colon}{abs(minutes) % 60:02}"

    def ordinal(self) -> str:
        """Return what stands behind the day: ``st``, ``nd``, ``rd``, ``th``."""
        day = self.shown.day
        if 11 <= day <= 13:
            return "th"
        return {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")

    def clock(self) -> str:
        """Return the time of day in American form."""
        half = "AM" if self.shown.hour < 12 else "PM"
        return f"{self.hour}:{self.shown.minute:02}:{self.shown.second:02} {half}"

    def date(self) -> str:
        """Return the date in American form."""
        return f"{self.shown.month}/{self.shown.day}/{self.shown.year}"


_CODES: Final[dict[str, Callable[[_Moment], object]]] = {
    "a": lambda moment: _DAYS[moment.weekday][:3],
    "A": lambda moment: _DAYS[moment.weekday],
    "b": lambda moment: _MONTHS[moment.shown.month - 1][:3],
    "B": lambda moment: _MONTHS[moment.shown.month - 1],
    "c": lambda moment: f"{moment.date()}, {moment.clock()}",
    "C": lambda moment: moment.shown.year // 100,
    "d": lambda moment: moment.shown.day,
    "e": lambda moment: moment.shown.day,
    "h": lambda moment: _MONTHS[moment.shown.month - 1][:3],
    "H": lambda moment: moment.shown.hour,
    "I": lambda moment: moment.hour,
    "j": lambda moment: moment.day_of_year,
    "k": lambda moment: moment.shown.hour,
    "l": lambda moment: moment.hour,
    "L": lambda moment: moment.shown.microsecond // 1000,
    "m": lambda moment: moment.shown.month,
    "M": lambda moment: moment.shown.minute,
    "n": lambda _: "\n",
    "p": lambda moment: "AM" if moment.shown.hour < 12 else "PM",
    "P": lambda moment: "am" if moment.shown.hour < 12 else "pm",
    "q": lambda moment: moment.ordinal(),
    "s": lambda moment: (moment.shown - _EPOCH) // timedelta(seconds=1),
    "S": lambda moment: moment.shown.second,
    "t": lambda _: "\t",
    "u": lambda moment: moment.weekday or 7,
    "U": lambda moment: moment.week(0),
    "w": lambda moment: moment.weekday,
    "W": lambda moment: moment.week(1),
    "x": lambda moment: moment.date(),
    "X": lambda moment: moment.clock(),
    "y": lambda moment: moment.shown.year % 100,
    "Y": lambda moment: moment.shown.year,
    "Z": lambda moment: moment.zone or moment.offset(),
    "%": lambda _: "%",
}


def _formatted(budget: Budget, moment: _Moment, pattern: str) -> str:
    budget.use(len(pattern))

    def print_one(found: re.Match[str]) -> str:
        return _printed(budget, moment, found)

    return _DIRECTIVE.sub(print_one, pattern)


def _printed(budget: Budget, moment: _Moment, found: re.Match[str]) -> str:
    flags, width, code = found[1] or "", int(found[2] or 0), found[3]
    budget.use(width)
    if code == "N":
        digits = f"{moment.shown.microsecond // 1000:03}"[: width or 9]
        return digits.ljust(width or 9, "0")
    if code == "z":
        written = moment.offset(":" if ":" in flags else "")
    elif code in _CODES:
        written = str(_CODES[code](moment))
    else:
        return found[0]
    return _padded(_cased(written, flags), flags, width or _WIDTHS.get(code, 0), code)


def _cased(written: str, flags: str) -> str:
    if "^" in flags:
        return written.upper()
    if "#" not in flags:
        return written
    has_lower = any("a" <= sign <= "z" for sign in written)
    return written.upper() if has_lower else written.lower()


def _padded(written: str, flags: str, width: int, code: str) -> str:
    if "-" in flags:
        return written
    sign = " " if code in _SPACED else "0"
    if "_" in flags:
        sign = " "
    elif "0" in flags:
        sign = "0"
    if sign == "0" and written.startswith("-"):
        return "-" + written[1:].rjust(width - 1, "0")
    return written.rjust(width, sign)


# --- reading ----------------------------------------------------------------------


def _moment(budget: Budget, value: Liquid, zone: Liquid) -> _Moment | None:
    """Return the date that *value* is, or None."""
    is_now = isinstance(value, str) and value in {"now", "today"}
    milliseconds = budget.clock() * 1000 if is_now else _milliseconds(plain(value))
    if milliseconds is None:
        return None
    place, name = _zone(zone)
    try:
        moment = _EPOCH + timedelta(milliseconds=math.trunc(milliseconds))
        return _Moment(moment.astimezone(place), name)
    except (OverflowError, ValueError):
        return None


def _milliseconds(value: Liquid) -> float | None:
    """Return the milliseconds since 1970 that *value* stands for."""
    if isinstance(value, str):
        if value.isascii() and value.isdigit():
            return float(value) * 1000
        nanoseconds = instant(value)
        return None if nanoseconds is None else nanoseconds // 1_000_000
    if isinstance(value, bool):
        return float(value)
    if isinstance(value, int | float):
        return value * 1000 if math.isfinite(value) else None
    return None


def _zone(zone: Liquid) -> tuple[tzinfo, str]:
    """Return a zone, and what ``%Z`` prints for it."""
    if is_nothing(zone):
        return UTC, "UTC"
    if isinstance(zone, str):
        try:
            return ZoneInfo(zone), zone
        except (ValueError, OSError, KeyError) as error:
            raise RenderError("`date` does not know this time zone") from error
    minutes = number(zone)
    if not abs(minutes) < 24 * 60:
        raise RenderError("`date` is given no offset from UTC")
    return timezone(timedelta(minutes=-minutes)), ""


# --- filters ----------------------------------------------------------------------


def date(
    budget: Budget, value: Liquid, pattern: Liquid = MISSING, zone: Liquid = MISSING
) -> Liquid:
    """``date: "%Y-%m-%d"``; what is no date stays as it is."""
    moment = _moment(budget, value, zone)
    if moment is None:
        return value
    chosen = DEFAULT_FORMAT if is_nothing(pattern) else text(pattern)
    return _formatted(budget, moment, chosen)


def date_to_xmlschema(budget: Budget, value: Liquid) -> Liquid:
    """``date_to_xmlschema``."""
    return date(budget, value, "%Y-%m-%dT%H:%M:%S%:z")


def date_to_rfc822(budget: Budget, value: Liquid) -> Liquid:
    """``date_to_rfc822``."""
    return date(budget, value, "%a, %d %b %Y %H:%M:%S %z")


def date_to_string(
    budget: Budget, value: Liquid, kind: Liquid = MISSING, style: Liquid = MISSING
) -> Liquid:
    """``date_to_string: "ordinal", "US"``."""
    return _long_date(budget, value, "%b", (kind, style))


def date_to_long_string(
    budget: Budget, value: Liquid, kind: Liquid = MISSING, style: Liquid = MISSING
) -> Liquid:
    """``date_to_long_string: "ordinal", "US"``."""
    return _long_date(budget, value, "%B", (kind, style))


def _long_date(
    budget: Budget, value: Liquid, month: str, form: tuple[Liquid, Liquid]
) -> Liquid:
    match form:
        case ("ordinal", "US"):
            return date(budget, value, f"{month} %-d%q, %Y")
        case ("ordinal", _):
            return date(budget, value, f"%-d%q {month} %Y")
        case _:
            return date(budget, value, f"%d {month} %Y")


FILTERS: Final = {
    function.__name__: function
    for function in (
        *(date, date_to_xmlschema, date_to_rfc822),
        *(date_to_string, date_to_long_string),
    )
}
"""The filters here by name."""
