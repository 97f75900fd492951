"""The marked part of a source: its lines with signs under the places that matter.

Lines between two marked places are left out. Marks and what is said of them share a
row where they fit. Where a place spans several lines, its first and its last are shown.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from fql.grammar.cells import cell_count, excerpt, visible
from fql.grammar.diagnostics import Label

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from fql.grammar.cells import Excerpt
    from fql.grammar.diagnostics import Diagnostic
    from fql.grammar.source import Source

MAX_LABELS = 20
"""Secondary places shown for one finding."""


class Style(StrEnum):
    """The ANSI parameters of each part; the first three go with the severities."""

    ERROR = "1;31"
    WARNING = "1;33"
    NOTE = "1;34"
    MESSAGE = "1"
    GUTTER = "2"
    LABEL = "36"
    ADVICE = "32"


@dataclass(frozen=True, slots=True)
class Screen:
    """What the text is shown on.

    Attributes:
        color: Whether it obeys ANSI colours.
        width: Cells of a source line before it is cut.
        margin: Cells for the line numbers.
        is_packed: Whether marks share a row where they fit.
    """

    color: bool
    width: int
    margin: int = 1
    is_packed: bool = True

    def paint(self, style: Style, text: str) -> str:
        """Return *text* in *style*."""
        return f"\x1b[{style}m{text}\x1b[0m" if self.color and text else text

    def gutter(self, line: int | None = None) -> str:
        """Return what stands left of a source line or of the signs under it."""
        number = "" if line is None else line
        return self.paint(Style.GUTTER, f"{number:>{self.margin}} |")


@dataclass(frozen=True, slots=True)
class Mark:
    """Marked characters ``[start, end)`` of one line, and what is said of them."""

    line: int
    start: int
    end: int
    text: str
    style: Style
    sign: str


def marks_of(diagnostic: Diagnostic) -> list[Mark]:
    """Return what to mark, the finding's own place first."""
    source, span = diagnostic.source, diagnostic.span
    labels = diagnostic.labels[:MAX_LABELS]
    same = next((each for each in labels if each.span == span), None)
    style = Style[diagnostic.severity.name]
    marks = list(marks_at(source, same or Label(span, ""), style, "^"))
    for label in labels:
        if label is not same:
            marks += marks_at(source, label, Style.LABEL, "-")
    return marks


def marks_at(source: Source, place: Label, style: Style, sign: str) -> Iterator[Mark]:
    """Yield the marks of one place: its line, or its first and its last line."""
    start, end = place.span.start, place.span.end
    first, last = source.position(start), source.position(end)
    if last.column == 1 and last.line > first.line:
        last = source.position(end - 1)
    text = visible(place.text).rstrip()
    line = source.line_text(first.line)
    start = min(first.column - 1, len(line))
    if first.line == last.line:
        end = min(last.column - 1, len(line))
        yield Mark(first.line, start, end, text, style, sign)
        return
    yield Mark(first.line, start, len(line), "", style, sign)
    line = source.line_text(last.line)
    end = min(last.column - 1, len(line))
    start = min(len(line) - len(line.lstrip()), end)
    yield Mark(last.line, start, end, text, style, sign)


def snippet(source: Source, marks: Iterable[Mark], screen: Screen) -> Iterator[str]:
    """Yield the lines of *source* that hold *marks*, each with its marks under it."""
    by_line: defaultdict[int, list[Mark]] = defaultdict(list)
    for mark in marks:
        by_line[mark.line].append(mark)
    previous = 0
    for line in sorted(by_line):
        if previous and line - previous == 2:
            yield from _source_rows(source, line - 1, (), screen)
        elif previous and line - previous > 2:
            yield screen.paint(Style.GUTTER, "...")
        yield from _source_rows(source, line, by_line[line], screen)
        previous = line


def _source_rows(
    source: Source, line: int, marks: Sequence[Mark], screen: Screen
) -> Iterator[str]:
    """Yield one source line and the rows of marks under it."""
    start, end = _focus(marks, screen.width)
    shown = excerpt(source.line_text(line), start, end, screen.width)
    yield f"{screen.gutter(line)} {shown.text}" if shown.text else screen.gutter(line)
    placed = [_place(mark, shown) for mark in marks]
    for row in _packed(placed) if screen.is_packed else ([each] for each in placed):
        yield f"{screen.gutter()} {_drawn(row, screen)}"


def _focus(marks: Sequence[Mark], limit: int) -> tuple[int, int]:
    """Return what must stay in sight of a long line: all marks, or the first."""
    start = min((mark.start for mark in marks), default=0)
    end = max((mark.end for mark in marks), default=0)
    if end - start > limit:
        return marks[0].start, marks[0].end
    return start, end


@dataclass(frozen=True, slots=True)
class _Placed:
    """A mark under the cells ``[left, right)``; its text ends before ``stop``."""

    mark: Mark
    left: int
    right: int
    stop: int


def _place(mark: Mark, shown: Excerpt) -> _Placed:
    left, right = shown.cells(mark.start, mark.end)
    said = 1 + cell_count(mark.text) if mark.text else 0
    return _Placed(mark, left, right, right + said)


def _packed(marks: Iterable[_Placed]) -> list[list[_Placed]]:
    """Return *marks* in as few rows as keep marks and their texts apart."""
    rows: list[list[_Placed]] = []
    for placed in marks:
        for row in rows:
            if not any(_touch(placed, other) for other in row):
                row.append(placed)
                break
        else:
            rows.append([placed])
    return rows


def _touch(one: _Placed, other: _Placed) -> bool:
    return one.left <= other.stop and other.left <= one.stop


def _drawn(row: Iterable[_Placed], screen: Screen) -> str:
    """Return one row of marks with their texts."""
    drawn: list[str] = []
    at = 0
    for placed in sorted(row, key=lambda each: each.left):
        signs = placed.mark.sign * (placed.right - placed.left)
        said = f"{signs} {placed.mark.text}" if placed.mark.text else signs
        drawn += (" " * (placed.left - at), screen.paint(placed.mark.style, said))
        at = placed.stop
    return "".join(drawn)
