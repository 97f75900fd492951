"""Text as a terminal shows it: what each character looks like and how wide it is.

A *cell* is the width of one Latin letter. East Asian wide characters take two cells,
combining marks none, a tab four, and what a terminal would obey or hide (control
characters, direction overrides, odd blanks) is spelled out as ``<U+202E>``.

This module knows nothing of diagnostics and writes to no terminal.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from dataclasses import dataclass
from itertools import accumulate

TAB = "    "
"""What stands for a tab, wherever in the line it is."""

CUT = "…"
"""What stands for the part of a long line that is not shown."""

_SPELLED_OUT = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_PLAIN_BLANKS = frozenset(" \N{IDEOGRAPHIC SPACE}")
_MARK_CARRIER = "\N{DOTTED CIRCLE}"


def visible(text: str) -> str:
    r"""Return *text* with everything spelled out that cannot be seen as it is.

    >>> visible("a\x1b[31mb")
    'a<U+001B>[31mb'
    """
    if text.isprintable():
        return text
    return "".join(map(_shown, text))


def cell_count(text: str) -> int:
    """Return how many cells *text* takes; it holds only `visible` characters.

    >>> cell_count("価格 = 1")
    8
    """
    if text.isascii():
        return len(text)
    return sum(map(_cells, text))


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The part of one line that is shown, and where its characters stand.

    Attributes:
        text: What is printed, without trailing blanks.
        first: The offset in the line of the first character shown.
        edges: The cell where each character shown begins, then where the last ends.
    """

    text: str
    first: int
    edges: tuple[int, ...]

    def cells(self, start: int, end: int) -> tuple[int, int]:
        """Return the half-open range of cells under ``line[start:end]``.

        It has at least one cell. What is not shown counts as standing at the cut.
        """
        left = self._edge(start)
        if start < end and 0 <= start - self.first < len(self.edges) - 1:
            left = self._base(left, self._edge(start + 1))
        is_beyond = end - self.first >= len(self.edges)
        return left, max(self._edge(end) + is_beyond, left + 1)

    def _edge(self, offset: int) -> int:
        if offset < self.first:
            return 0
        return self.edges[min(offset - self.first, len(self.edges) - 1)]

    def _base(self, left: int, right: int) -> int:
        """Return *left*, or where the character begins whose mark this one is."""
        if left < right or left == self.edges[0]:
            return left
        return self.edges[bisect_left(self.edges, left) - 1]


def excerpt(line: str, start: int, end: int, limit: int) -> Excerpt:
    """Return *line*, or as much of it around ``line[start:end]`` as *limit* allows.

    *limit* is in cells and does not count the signs of the cut. A part that is longer
    than the limit loses its end. The time taken depends on *limit*, not on the line,
    but for reading the line's length.
    """
    first, last = _window(line, start, end, limit)
    shown = [_shown(character) for character in line[first:last]]
    if shown and not _cells(line[first]):
        shown[0] = _MARK_CARRIER + shown[0]
    before = CUT if first else ""
    after = CUT if last < len(line) else ""
    text = before + "".join(shown) + after
    edges = accumulate(map(cell_count, shown), initial=len(before))
    return Excerpt(text.rstrip(), first, tuple(edges))


def _window(line: str, start: int, end: int, limit: int) -> tuple[int, int]:
    """Return the range of *line* to show: all of it when it fits."""
    if len(line) <= limit and sum(map(_cells, line)) <= limit:
        return 0, len(line)
    start = min(start, len(line))
    wanted = sum(map(_cells, line[start : min(end, start + limit)]))
    before = max(limit - wanted, 0) // 2
    first = _walk(line, start, before, -1)
    last = _walk(line, first, limit, 1)
    if last == len(line):
        first = _walk(line, last, limit, -1)
    return first, last


def _walk(line: str, offset: int, room: int, step: int) -> int:
    """Return how far one gets from *offset* with *room* cells, by at most as many."""
    bound = min(offset + room, len(line)) if step > 0 else max(offset - room, 0)
    while offset != bound:
        room -= _cells(line[offset if step > 0 else offset - 1])
        if room < 0:
            break
        offset += step
    return offset


def _shown(character: str) -> str:
    """Return what is printed for one character."""
    if character == "\t":
        return TAB
    category = unicodedata.category(character)
    is_odd_blank = category == "Zs" and character not in _PLAIN_BLANKS
    if category in _SPELLED_OUT or is_odd_blank:
        return f"<U+{ord(character):04X}>"
    return character


def _cells(character: str) -> int:
    """Return the width of one character as it is shown."""
    if character.isascii() and character.isprintable():
        return 1
    shown = _shown(character)
    if len(shown) > 1:
        return len(shown)
    if (
        unicodedata.category(character) in {"Mn", "Me"}
        or "\u1160" <= character <= "\u11ff"
    ):
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1
