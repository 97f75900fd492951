"""What two values are to each other: the plain half of the oracle.

Equality, order, and RFC 3339 texts, written from the language's description and shared
with nothing but the rest of the oracle (`reference.py`).
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def kind(value: object) -> str:
    """Return the name of the type of *value*."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "string"
    return "list" if isinstance(value, list) else "object"


def same(left: object, right: object) -> bool:
    """Return whether two values are of one type and equal, all the way down."""
    pending = [(left, right)]
    while pending:
        one, other = pending.pop()
        if kind(one) != kind(other):
            return False
        if isinstance(one, list) and isinstance(other, list):
            if len(one) != len(other):
                return False
            pending += zip(one, other, strict=True)
        elif isinstance(one, dict) and isinstance(other, dict):
            if set(one) != set(other):
                return False
            pending += [(one[key], other[key]) for key in one]
        elif one != other:
            return False
    return True


def in_order(op: str, left: object, right: object) -> bool:
    """Return whether two numbers, or two strings, stand in the order *op*."""
    if kind(left) != kind(right) or kind(left) not in {"number", "string"}:
        return False
    if isinstance(left, str) and isinstance(right, str):
        return ordered(op, list(map(ord, left)), list(map(ord, right)))
    return ordered(op, left, right)


def ordered(op: str, left: object, right: object) -> bool:
    """Return what Python's own operators say of two values it can order."""
    answers: dict[str, Callable[[], object]] = {
        "<": lambda: left < right,  # type: ignore[operator]
        "<=": lambda: left <= right,  # type: ignore[operator]
        ">": lambda: left > right,  # type: ignore[operator]
        ">=": lambda: left >= right,  # type: ignore[operator]
    }
    return answers[op]() is True


# --- timestamps -------------------------------------------------------------------

RFC_3339 = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)"
    r"(?:[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d\d):(\d\d))?)?",
    re.ASCII,
)


def instant(value: object) -> int | None:
    """Return the nanoseconds since year 0 of RFC 3339 text, None for anything else."""
    match = RFC_3339.fullmatch(value) if isinstance(value, str) else None
    if not match:
        return None
    hour, minute, second = (int(match[part] or 0) for part in (4, 5, 6))
    ahead = (int(match[9] or 0) * 60 + int(match[10] or 0)) * 60
    if match[8] == "-":
        ahead = -ahead
    try:
        day = days(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None
    whole = day * 86_400 + hour * 3600 + minute * 60 + second - ahead
    is_leap_second = second == 60 and whole % 86_400 == 0
    if hour > 23 or minute > 59 or (second > 59 and not is_leap_second):
        return None
    if int(match[9] or 0) > 23 or int(match[10] or 0) > 59:
        return None
    return whole * 1_000_000_000 + int((match[7] or "0").ljust(9, "0"))


def days(year: int, month: int, day: int) -> int:
    """Return the day's number; 400 years, a whole cycle, are added for year 0."""
    return date(year + 400 if year < 400 else year, month, day).toordinal() - (
        146_097 if year < 400 else 0
    )
