"""A text with remarks under its parts, as a terminal shows it.

The remarks are words for places; what they say is not decided here. Lines too long for
the screen are shown in pieces, each with the places that are in it.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from fql.grammar.diagnostics import Label
from fql.grammar.report import WIDTH
from fql.grammar.snippets import Mark, Screen, Style, marks_at, snippet
from fql.grammar.source import Source, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

__all__ = ["WIDTH", "Remark", "annotated"]


class Remark(NamedTuple):
    """What is said of ``text[start:end]``.

    Attributes:
        start: Where it begins.
        end: Where it ends, exclusive.
        text: What is said of it.
        is_strong: Whether it is one of those that matter most.
    """

    start: int
    end: int
    text: str
    is_strong: bool = False


def annotated(
    text: str,
    remarks: Iterable[Remark],
    *,
    color: bool = False,
    width: int = WIDTH,
) -> str:
    """Return *text* with *remarks* under the places that they are about.

    Strong remarks have carets under their places, the others lines. Lines without any
    are left out.

    Args:
        text: The text.
        remarks: Their places do not overlap.
        color: Whether to add ANSI colours.
        width: Cells of a line of the text before it is cut.
    """
    source = Source(text)
    digits = len(str(source.line_count))
    screen = Screen(color, width, margin=digits, is_packed=False)
    marks = [mark for remark in remarks for mark in _marks(source, remark)]
    return "\n".join(_rows(source, marks, screen))


def _marks(source: Source, remark: Remark) -> Iterator[Mark]:
    place = Label(Span(remark.start, remark.end), remark.text)
    style, sign = (Style.ERROR, "^") if remark.is_strong else (Style.LABEL, "-")
    return marks_at(source, place, style, sign)


def _rows(source: Source, marks: Sequence[Mark], screen: Screen) -> Iterator[str]:
    by_line: defaultdict[int, list[Mark]] = defaultdict(list)
    for mark in marks:
        by_line[mark.line].append(mark)
    if all(len(_pieces(each, screen.width)) == 1 for each in by_line.values()):
        yield from snippet(source, marks, screen)
        return
    for line in sorted(by_line):
        for piece in _pieces(by_line[line], screen.width):
            yield from snippet(source, piece, screen)


def _pieces(marks: Iterable[Mark], width: int) -> list[list[Mark]]:
    """Return the marks of one line in groups, each no wider than the screen."""
    pieces: list[list[Mark]] = []
    for mark in sorted(marks, key=lambda each: each.start):
        if pieces and mark.end - pieces[-1][0].start <= width:
            pieces[-1].append(mark)
        else:
            pieces.append([mark])
    return pieces
