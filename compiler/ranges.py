"""Sets of keys of one order, as ranges: numbers, instants, versions.

A set is a tuple of ranges, sorted, that neither meet nor overlap. Functions here know
nothing of what the keys stand for; keys of one set have to be comparable.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fql.compiler.ir import OrderOp


class Key(Protocol):
    """What can be ordered."""

    def __lt__(self, other: Any, /) -> bool:
        """Return whether this comes before *other*."""
        ...


@dataclass(frozen=True, slots=True)
class Range:
    """The keys from *low* to *high*.

    Attributes:
        low: Where it starts; None where it has no start.
        high: Where it ends; None where it has no end.
        has_low: Whether *low* itself is in it.
        has_high: Whether *high* itself is in it.
    """

    low: Key | None
    high: Key | None
    has_low: bool = True
    has_high: bool = True


Ranges: TypeAlias = tuple[Range, ...]

ALL: Ranges = (Range(None, None),)
"""Every key."""

NONE: Ranges = ()
"""No key."""


def point(key: Key) -> Range:
    """Return the range that holds *key* alone."""
    return Range(key, key)


def points(keys: Iterable[Key]) -> Ranges:
    """Return the set of *keys*."""
    ordered = sorted(keys)
    return tuple(
        point(key)
        for index, key in enumerate(ordered)
        if index == 0 or ordered[index - 1] < key
    )


def ordered(op: OrderOp, limit: Key) -> Ranges:
    """Return the keys that stand in this order to *limit*."""
    is_inclusive = op in {"<=", ">="}
    if op in {"<", "<="}:
        return (Range(None, limit, has_high=is_inclusive),)
    return (Range(limit, None, has_low=is_inclusive),)


def compared(op: str, limit: Key) -> Ranges:
    """Return the keys for which a comparison, ``=`` and ``!=`` included, is true."""
    match op:
        case "=":
            return (point(limit),)
        case "!=":
            return complement((point(limit),))
        case "<" | "<=" | ">" | ">=":
            return ordered(op, limit)
        case _:
            return NONE


def holds(ranges: Ranges, key: Key) -> bool:
    """Return whether *key* is in the set."""
    return any(_is_above(key, each) and _is_below(key, each) for each in ranges)


def _is_above(key: Key, within: Range) -> bool:
    if within.low is None or within.low < key:
        return True
    return within.has_low and not key < within.low


def _is_below(key: Key, within: Range) -> bool:
    if within.high is None or key < within.high:
        return True
    return within.has_high and not within.high < key


def meet(left: Ranges, right: Ranges) -> Ranges:
    """Return what is in both sets, in linear time."""
    found: list[Range] = []
    at = other = 0
    while at < len(left) and other < len(right):
        one, two = left[at], right[other]
        both = _both(one, two)
        if both is not None:
            found.append(both)
        if _ends_first(one, two):
            at += 1
        else:
            other += 1
    return tuple(found)


def _both(one: Range, two: Range) -> Range | None:
    low, has_low = _later_start(one, two)
    high, has_high = _earlier_end(one, two)
    if low is not None and high is not None:
        if high < low:
            return None
        if not low < high and not (has_low and has_high):
            return None
    return Range(low, high, has_low, has_high)


def _later_start(one: Range, two: Range) -> tuple[Key | None, bool]:
    if one.low is None:
        return two.low, two.has_low
    if two.low is None or two.low < one.low:
        return one.low, one.has_low
    if one.low < two.low:
        return two.low, two.has_low
    return one.low, one.has_low and two.has_low


def _earlier_end(one: Range, two: Range) -> tuple[Key | None, bool]:
    if one.high is None:
        return two.high, two.has_high
    if two.high is None or one.high < two.high:
        return one.high, one.has_high
    if two.high < one.high:
        return two.high, two.has_high
    return one.high, one.has_high and two.has_high


def _ends_first(one: Range, two: Range) -> bool:
    if one.high is None:
        return False
    if two.high is None or one.high < two.high:
        return True
    return not two.high < one.high and (two.has_high or not one.has_high)


def complement(ranges: Ranges) -> Ranges:
    """Return what is not in the set."""
    found: list[Range] = []
    low: Key | None = None
    has_low = True
    for each in ranges:
        if each.low is not None:
            found.append(Range(low, each.low, has_low, not each.has_low))
        if each.high is None:
            return tuple(found)
        low, has_low = each.high, not each.has_high
    found.append(Range(low, None, has_low))
    return tuple(found)


def cells(ranges: Iterable[Ranges]) -> Iterator[Range]:
    """Yield ranges that cover all keys, each inside or outside of every set whole."""
    bounds = points(
        bound
        for each in ranges
        for within in each
        for bound in (within.low, within.high)
        if bound is not None
    )
    low: Key | None = None
    for each in bounds:
        yield Range(low, each.high, has_low=low is None, has_high=False)
        yield each
        low = each.high
    yield Range(low, None, has_low=low is None)
