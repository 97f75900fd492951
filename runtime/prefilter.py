"""Lines that cannot match, told from their bytes, many at a time.

Which texts a matching line contains is known (`fql.compiler.needles`); looking for
them in a block of lines costs a fraction of decoding its lines. Lines in which all are
found may still not match, for the text may stand anywhere in them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from fql.compiler.needles import Needle, Needles

Place: TypeAlias = tuple[int, int]
"""Where a line starts in a block, and where it ends, its line feed aside."""

_ESCAPE = b"\\u"
_ASCII_ESCAPE = b"\\u00"
_SPELLS_ASCII = re.compile(rb"\\u00[0-7]")

_SAMPLE = 65_536
"""Bytes by which needles are compared."""

_DENSE = 2
"""A needle in more than one line of so many is looked for line by line."""

_MANY_BACKSLASHES = 1_000


def all_lines(block: bytes) -> Iterator[Place]:
    """Yield the places of all lines of *block*."""
    start, size = 0, len(block)
    while start < size:
        end = block.find(b"\n", start)
        if end < 0:
            end = size
        yield start, end
        start = end + 1


def line_finder(needles: Needles) -> Callable[[bytes], Iterator[Place]]:
    """Return a function that gives the places of the lines that may match, in order.

    Which lines these are depends on nothing but each line itself: it contains, of each
    needle, a text or an escape that may spell it.
    """
    if not needles:
        return all_lines
    return _Finder([_Search(needle) for needle in needles])


class _Finder:
    """Looks for the rarest needle in the block, and for the others in its lines."""

    def __init__(self, searches: Sequence[_Search]) -> None:
        self._searches = searches

    def __call__(self, block: bytes) -> Iterator[Place]:
        rarest = min(self._searches, key=lambda each: each.count(block))
        if rarest.count(block) > block.count(b"\n", 0, _SAMPLE) // _DENSE:
            places, others = all_lines(block), self._searches
        else:
            places = rarest.places(block, has_escapes=_has_escapes(block))
            others = [each for each in self._searches if each is not rarest]
        if not others:
            yield from places
            return
        for start, end in places:
            if all(each.is_in(block, start, end) for each in others):
                yield start, end


class _Search:
    """The search for one needle."""

    def __init__(self, needle: Needle) -> None:
        self._texts = needle.texts
        self._is_ascii = needle.is_ascii
        self._escape = _ASCII_ESCAPE if needle.is_ascii else _ESCAPE

    def count(self, block: bytes) -> int:
        """Return how often the texts occur in the first bytes of *block*."""
        return sum(block.count(text, 0, _SAMPLE) for text in self._texts)

    def places(self, block: bytes, *, has_escapes: bool) -> Iterator[Place]:
        """Yield the places of the lines that may contain the needle, in order."""
        if len(self._texts) == 1 and not has_escapes:
            return _places_of(self._texts[0], block)
        found = {place for text in self._texts for place in _places_of(text, block)}
        if has_escapes:
            escaped = _places_of(self._escape, block)
            found.update(place for place in escaped if self._is_spelled(block, *place))
        return iter(sorted(found))

    def is_in(self, block: bytes, start: int, end: int) -> bool:
        """Return whether the line at a place may contain the needle."""
        for text in self._texts:
            if block.find(text, start, end) >= 0:
                return True
        if block.find(self._escape, start, end) < 0:
            return False
        return self._is_spelled(block, start, end)

    def _is_spelled(self, block: bytes, start: int, end: int) -> bool:
        """Return whether a line with an escape may spell the needle with it."""
        return not self._is_ascii or bool(_SPELLS_ASCII.search(block, start, end))


def _has_escapes(block: bytes) -> bool:
    """Return whether something in *block* is spelled with its number.

    To look for one byte is so much faster that it is worth some false alarms.
    """
    found = -1
    for _ in range(_MANY_BACKSLASHES):
        found = block.find(b"\\", found + 1)
        if found < 0:
            return False
        if block.startswith(_ESCAPE, found):
            return True
    return block.find(_ESCAPE, found) >= 0


def _places_of(text: bytes, block: bytes) -> Iterator[Place]:
    """Yield the places of the lines that contain *text*, which has no line feed."""
    found = block.find(text)
    while found >= 0:
        start = block.rfind(b"\n", 0, found) + 1
        end = block.find(b"\n", found)
        if end < 0:
            end = len(block)
        yield start, end
        found = block.find(text, end)
