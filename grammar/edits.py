"""Fixes applied to the text they were made for.

This module decides no fix and writes no file: it only carries edits out.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fql.grammar.diagnostics import Diagnostic, Edit
    from fql.grammar.source import Span


def apply_edits(text: str, diagnostics: Iterable[Diagnostic]) -> str:
    """Return *text* with the fixes of *diagnostics* applied.

    A fix is applied as a whole or not at all. Where two overlap, the first one wins;
    two insertions at one place count as overlapping. Check the result again to find
    what was left. Findings about another text are passed over.
    """
    accepted: list[Edit] = []
    for diagnostic in diagnostics:
        edits = sorted(diagnostic.edits, key=_place)
        if diagnostic.source.text == text and _fits(edits, accepted):
            for edit in edits:
                insort(accepted, edit, key=_place)
    return _spliced(text, accepted)


def fixed_lines(diagnostic: Diagnostic) -> list[str]:
    """Return the lines that the fix of *diagnostic* touches, as it leaves them.

    Empty when there is no fix.
    """
    edits = sorted(diagnostic.edits, key=_place)
    if not edits or not _fits(edits, ()):
        return []
    source = diagnostic.source
    start = source.line_span(source.position(edits[0].span.start).line).start
    end = source.line_span(source.position(edits[-1].span.end).line).end
    fixed = _spliced(source.text[:end], edits)[start:]
    return [line.removesuffix("\r") for line in fixed.split("\n")]


def _place(edit: Edit) -> Span:
    return edit.span


def _fits(edits: Sequence[Edit], accepted: Sequence[Edit]) -> bool:
    """Return whether *edits*, in order, overlap neither *accepted* nor each other."""
    if any(_overlap(one.span, other.span) for one, other in pairwise(edits)):
        return False
    return not any(_collides(edit.span, accepted) for edit in edits)


def _collides(span: Span, accepted: Sequence[Edit]) -> bool:
    """Return whether *span* overlaps an edit; these are in order and do not overlap."""
    at = bisect_left(accepted, span, key=_place)
    return any(_overlap(span, edit.span) for edit in accepted[max(at - 1, 0) : at + 1])


def _overlap(one: Span, other: Span) -> bool:
    return one == other or (one.start < other.end and other.start < one.end)


def _spliced(text: str, edits: Iterable[Edit]) -> str:
    """Return *text* with *edits* applied, which are in order and do not overlap."""
    pieces: list[str] = []
    at = 0
    for edit in edits:
        pieces += (text[at : edit.span.start], edit.text)
        at = edit.span.end
    pieces.append(text[at:])
    return "".join(pieces)
