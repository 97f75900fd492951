"""Texts for what texts are read as: timestamps, numbers and versions.

Each of the views has an order of its own and many spellings for a key. `spellings`
gives some for keys of a range, so that what else is asked of the text has a choice.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, assert_never

from fql.compiler.globs import read_glob
from fql.compiler.numbers_within import numbers_within
from fql.compiler.text_sets import Matching, View
from fql.compiler.values import number_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fql.compiler.ranges import Range
    from fql.compiler.text_sets import Texts

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NANOSECONDS = 1_000_000_000
_USUAL_INSTANT = 1_767_600_000 * _NANOSECONDS
"""A moment that looks like today's, where nothing says which."""

_STEPS = (0, 1, -1, 1_000_000, -1_000_000, _NANOSECONDS, -_NANOSECONDS)
_LONG_STEPS = tuple(days * 86_400 * _NANOSECONDS for days in (1, -1, 30, -30))

_SHAPES = {
    View.INSTANT: Matching(
        read_glob("[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]*"),
    ),
    View.NUMBER: Matching(read_glob("*[0-9]*")),
    View.VERSION: Matching(read_glob("*[0-9]*")),
}


def shape_of(view: View) -> Texts:
    """Return a set that all texts which can be read so are in."""
    return _SHAPES[view]


def is_inhabited(view: View, keys: Range) -> bool:
    """Return whether a text may have a key in the range; false is certain."""
    if view is View.INSTANT and keys.low is not None and keys.high is not None:
        low: Any = keys.low
        high: Any = keys.high
        return bool(low + (not keys.has_low) <= high - (not keys.has_high))
    return True


def spellings(view: View, keys: Range) -> Iterator[str]:
    """Yield texts that are read as keys in the range, or close to it."""
    match view:
        case View.INSTANT:
            for moment in _instants(keys):
                yield from _timestamps(moment)
        case View.NUMBER:
            for number in numbers_within(keys):
                text = number_text(number)
                yield from (text, f" {text}", f"{text} ", f"\n{text}")
        case View.VERSION:
            for version in _versions(keys):
                yield from _version_texts(version)
        case _:
            assert_never(view)


# --- timestamps -------------------------------------------------------------------


def _instants(keys: Range) -> Iterator[int]:
    low: Any = keys.low
    high: Any = keys.high
    if low is None and high is None:
        yield _USUAL_INSTANT
        return
    for bound in (low, high):
        if bound is not None:
            yield from (bound + step for step in (*_STEPS, *_LONG_STEPS))
    if low is not None and high is not None:
        yield (low + high) // 2


def _timestamps(moment: int) -> Iterator[str]:
    """Yield how *moment* may be written; nothing outside of the years 1 to 9999."""
    seconds, rest = divmod(moment, _NANOSECONDS)
    fraction = f".{rest:09}".rstrip("0").rstrip(".")
    usual = f".{rest:09}"[:4] if rest % 1_000_000 == 0 else fraction
    for offset, ending in ((0, "Z"), (2, "+02:00"), (-5, "-05:00")):
        try:
            local = _EPOCH + timedelta(seconds=seconds, hours=offset)
        except OverflowError:
            continue
        text = f"{local:%Y}".zfill(4) + f"{local:-%m-%dT%H:%M:%S}"
        yield from (f"{text}{usual}{ending}", f"{text}{fraction}{ending}")
        if offset == 0:
            yield from _odd_timestamps(text, fraction)


def _odd_timestamps(text: str, fraction: str) -> Iterator[str]:
    date, _, clock = text.partition("T")
    if clock == "00:00:00" and not fraction:
        yield date
    yield from (f"{date} {clock}{fraction}Z", f"{date}t{clock}{fraction}z")
    yield f"{text}{fraction or '.0'}{'0' * max(0, 3 - len(fraction))}Z"
    yield f"{text}{fraction}"


# --- versions ---------------------------------------------------------------------


def _versions(keys: Range) -> Iterator[tuple[float, float, float]]:
    """Yield versions at the bounds of a range and next to them."""
    low: Any = keys.low
    high: Any = keys.high
    if low is None and high is None:
        yield (1, 0, 0)
    if low is not None:
        major, minor, patch = low
        yield from (low, (major, minor, patch + 1), (major, minor + 1, 0))
        yield (major + 1, 0, 0)
    if high is not None:
        major, minor, patch = high
        yield from (high, (major, minor, patch - 1), (major, minor - 1, 0))
        yield (major - 1, 0, 0)


def _version_texts(version: tuple[float, float, float]) -> Iterator[str]:
    if not all(map(math.isfinite, version)):
        return
    parts = [str(int(part)) for part in version]
    yield ".".join(parts)
    while len(parts) > 1 and parts[-1] == "0":
        parts.pop()
        yield ".".join(parts)
    yield f"{'.'.join(map(str, map(int, version)))}-beta"
    yield " " + ".".join(map(str, map(int, version)))
