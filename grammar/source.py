"""Source text and places in it.

A position is a 0-based offset in code points. A line or a column is for people and
is 1-based. This module does not read files and does not know any syntax.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple


class Span(NamedTuple):
    """A half-open range ``[start, end)`` of code points in one source."""

    start: int
    end: int

    def to(self, other: Span) -> Span:
        """Return the smallest span that covers this one and *other*."""
        return Span(min(self.start, other.start), max(self.end, other.end))

    def contains(self, other: Span) -> bool:
        """Return whether *other* lies inside this span."""
        return self.start <= other.start and other.end <= self.end


@dataclass(frozen=True)
class Source:
    r"""A text with the name that diagnostics show for it.

    Only LF ends a line; a CR before it belongs to the line's end, not to its text.

    >>> Source("a = 1\nb = 2").position(6)
    Position(line=2, column=1)
    """

    text: str = field(repr=False)
    name: str = "<fql>"

    @cached_property
    def _line_starts(self) -> list[int]:
        starts = [0]
        find = self.text.find
        at = find("\n")
        while at >= 0:
            starts.append(at + 1)
            at = find("\n", at + 1)
        return starts

    def position(self, offset: int) -> Position:
        """Return the line and column of *offset*, which may be the text's length."""
        line = bisect_right(self._line_starts, offset)
        return Position(line, offset - self._line_starts[line - 1] + 1)

    def line_text(self, line: int) -> str:
        """Return line number *line* (1-based) without its line end."""
        start = self._line_starts[line - 1]
        end = self.text.find("\n", start)
        return self.text[start : end if end >= 0 else None].removesuffix("\r")

    def line_span(self, line: int) -> Span:
        """Return the span of line number *line* (1-based) without its line end."""
        start = self._line_starts[line - 1]
        return Span(start, start + len(self.line_text(line)))

    @property
    def line_count(self) -> int:
        """The number of lines; an empty text has one."""
        return len(self._line_starts)

    def slice(self, span: Span) -> str:
        """Return the text under *span*."""
        return self.text[span.start : span.end]


@dataclass(frozen=True, slots=True)
class Position:
    """A place for people: line and column, both 1-based, in code points."""

    line: int
    column: int
