"""Lines that cannot match, told from their bytes, many at a time.

Which texts a matching line contains is known (`fql.compiler.needles`); looking for
them in a block of lines costs a fraction of decoding its lines. Lines in which all are
found may still not match, for the text may stand anywhere in them.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, TypeAlias, final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fql.compiler.needles import Needle, Needles

Place: TypeAlias = tuple[int, int]
"""Where a line starts in a block, and where it ends, its line feed aside."""

_ESCAPE = b"\\u"
_ASCII_ESCAPE = b"\\u00"
_SPELLS_ASCII = re.compile(rb"\\u00[0-7]")

_SAMPLE = 32_768
"""Bytes by which needles are compared."""

_DENSE = 2
"""A needle in more than one line of so many is looked for line by line."""

_FIRST = 40
"""Lines of a block by which it is told how many match."""

_MOST = 0.7
"""If more than this part of them may match, all are read."""

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


@final
class LineFinder:
    """Finds the lines of a block that may match; call it with the block.

    Args:
        needles: Texts that all lines contain which match.
    """

    def __init__(self, needles: Needles) -> None:
        self._searches = [_Search(needle) for needle in needles]

    def __call__(self, block: bytes) -> Iterator[Place]:
        """Yield the places of lines, in order; all that do without are left out.

        Lines that `may_match` would leave out come too where most lines match, for to
        read them costs less then than to look for them.
        """
        if not self._searches:
            return all_lines(block)
        counts = [each.count(block) for each in self._searches]
        rarest = self._searches[counts.index(min(counts))]
        if min(counts) <= block.count(b"\n", 0, _SAMPLE) // _DENSE:
            places = rarest.places(block, has_escapes=_has_escapes(block))
            others = [each for each in self._searches if each is not rarest]
            return _holding(others, block, places)
        if self._match_mostly(block):
            return all_lines(block)
        return _holding(self._searches, block, all_lines(block))

    def may_match(self, line: bytes) -> bool:
        """Return whether *line* contains, of each needle, a text or what may spell it.

        That depends on nothing but the line itself.
        """
        return all(each.is_in(line, 0, len(line)) for each in self._searches)

    def _match_mostly(self, block: bytes) -> bool:
        """Return whether nearly all of the first lines may match."""
        first = [*islice(all_lines(block), _FIRST)]
        found = [*_holding(self._searches, block, iter(first))]
        return len(found) > _MOST * len(first)


def _holding(
    searches: Sequence[_Search], block: bytes, places: Iterator[Place]
) -> Iterator[Place]:
    """Yield those of *places* where all needles are found."""
    if not searches:
        return places
    return (
        place for place in places if all(each.is_in(block, *place) for each in searches)
    )


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
