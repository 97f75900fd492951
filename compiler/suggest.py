"""Did you mean: the known name that an unknown one most likely stands for.

Names are near when few slips of the hand (a letter wrong, missing, too many, or two
swapped) part them. Letter case, ``_``, ``-`` and blanks do not count: ``user_id`` is
as good as ``userId``. A suggestion is a guess; this module changes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_MAX_NAME = 64
"""Longer names are no slips of the hand, and would be slow to compare."""

_SHORTEST = 3
"""Below this length, one slip makes any name of any other."""

_SEPARATORS = str.maketrans("", "", "_- ")


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the one of *known* that *name* most likely means, or None.

    One slip is allowed for four letters, three at most. Among equally near names, one
    with the same first letter wins, then the first in alphabetical order.

    >>> nearest("contians", ["contains", "match"]), nearest("user_id", ["userId"])
    ('contains', 'userId')
    >>> nearest("plan", ["name", "type"])
    """
    plain = plain_name(name)
    if not plain or len(name) > _MAX_NAME:
        return None
    limit = allowed_slips(len(plain))
    found: list[tuple[int, bool, str]] = []
    for candidate in known:
        slips = _slips(plain, plain_name(candidate), limit)
        if slips <= limit:
            found.append((slips, candidate[:1] != name[:1], candidate))
    return min(found)[2] if found else None


def plain_name(name: str) -> str:
    """Return *name* without what does not count in a comparison.

    >>> plain_name("Original_Timestamp")
    'originaltimestamp'
    """
    return name.casefold().translate(_SEPARATORS)


def allowed_slips(length: int) -> int:
    """Return how many slips still make a name of *length* letters a near one."""
    if length < _SHORTEST:
        return 0
    return min(max(length // 4, 1), 3)


def _slips(left: str, right: str, limit: int) -> int:
    """Return the slips between two names, or ``limit + 1`` where there are more."""
    if left == right:
        return 0
    if limit == 0 or abs(len(left) - len(right)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(right) + 1))
    for index in range(len(left)):
        before, row = row, _next_row(left, right, index, (before, row))
        if min(row) > limit:
            return limit + 1
    return row[-1]


def _next_row(
    left: str, right: str, index: int, rows: tuple[list[int], list[int]]
) -> list[int]:
    """Return the distances from ``left[:index + 1]`` to each beginning of *right*.

    *rows* are the two rows before, the older one first.
    """
    older, last = rows
    row = [index + 1]
    for column, letter in enumerate(right):
        slips = min(
            last[column + 1] + 1,
            row[column] + 1,
            last[column] + (left[index] != letter),
        )
        is_swapped = (
            index > 0
            and column > 0
            and left[index] == right[column - 1]
            and left[index - 1] == letter
        )
        row.append(min(slips, older[column - 1] + 1) if is_swapped else slips)
    return row
