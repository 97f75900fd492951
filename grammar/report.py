"""Findings for people and for programs: text with the place marked, and JSON.

The text form of one finding::

    error[FQL204]: unknown function `contians`
     --> shop.fql:3:12
      |
    3 | type = "a" and contians(event, "x")
      |                ^^^^^^^^
      |
      help: did you mean `contains`?
       try: type = "a" and contains(event, "x")

`sarif.py` makes the SARIF form, `edits.py` applies fixes. This module decides nothing
about findings: their order, their number and their wording are settled before.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, TypedDict

from fql.grammar.cells import CUT, excerpt, visible
from fql.grammar.diagnostics import Code, Diagnostic, Severity
from fql.grammar.edits import apply_edits, fixed_lines
from fql.grammar.snippets import MAX_LABELS, Screen, Style, marks_of, snippet

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fql.grammar.source import Position, Source, Span

__all__ = ["DiagnosticJson", "apply_edits", "render", "summary", "to_json"]

WIDTH = 100
"""Cells of a source line that are shown before it is cut, where none are asked for."""

MIN_WIDTH = 20
"""The least width that is honoured."""

MAX_FIXED_LINES = 5
"""Lines shown of a fix that touches several."""


# --- for people -------------------------------------------------------------------


def render(
    diagnostics: Iterable[Diagnostic], *, color: bool = False, width: int = WIDTH
) -> str:
    """Return the findings as text, one block each, a blank line between two.

    Args:
        diagnostics: What to show, in the order given.
        color: Whether to add ANSI colours.
        width: Cells of a source line, at least 20, before it is cut around the place.
    """
    screen = Screen(color, max(width, MIN_WIDTH))
    return "\n\n".join("\n".join(_block(each, screen)) for each in diagnostics)


def summary(diagnostics: Iterable[Diagnostic]) -> str:
    """Return the number of findings of each kind: ``2 errors, 1 warning``."""
    counts = Counter(
        each.severity
        for each in diagnostics
        if each.code is not Code.TOO_MANY_DIAGNOSTICS
    )
    named = [_counted(counts[kind], kind) for kind in Severity if counts[kind]]
    return ", ".join(named) or "no problems"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _block(diagnostic: Diagnostic, screen: Screen) -> Iterator[str]:
    """Yield the lines of one finding."""
    yield _headline(diagnostic, screen)
    if not _has_place(diagnostic):
        yield from _advice(diagnostic, screen)
        return
    marks = marks_of(diagnostic)
    digits = len(str(max(mark.line for mark in marks)))
    screen = replace(screen, margin=digits)
    arrow = screen.paint(Style.GUTTER, "-->")
    yield f"{' ' * digits}{arrow} {_where(diagnostic)}"
    if diagnostic.source.text:
        yield screen.gutter()
        yield from snippet(diagnostic.source, marks, screen)
    advice = list(_advice(diagnostic, screen))
    if diagnostic.source.text and advice:
        yield screen.gutter()
    yield from advice


def _has_place(diagnostic: Diagnostic) -> bool:
    """Return whether the finding is about a place, not about the other findings."""
    return diagnostic.code is not Code.TOO_MANY_DIAGNOSTICS


def _headline(diagnostic: Diagnostic, screen: Screen) -> str:
    kind = f"{diagnostic.severity}[{diagnostic.code}]"
    message = f": {visible(diagnostic.message)}".rstrip()
    style = Style[diagnostic.severity.name]
    return screen.paint(style, kind) + screen.paint(Style.MESSAGE, message)


def _where(diagnostic: Diagnostic) -> str:
    place = f"{diagnostic.source.name}:{diagnostic.line}:{diagnostic.column}"
    at = f" (at {diagnostic.pointer})" if diagnostic.pointer else ""
    return visible(place + at)


def _advice(diagnostic: Diagnostic, screen: Screen) -> Iterator[str]:
    """Yield what is left out, the help, and the lines as the fix leaves them."""
    more = len(diagnostic.labels) - MAX_LABELS
    if more > 0:
        yield from _advised("and", [_counted(more, "more place")], screen)
    yield from _advised("help", map(visible, diagnostic.help.splitlines()), screen)
    yield from _advised("try", _fixed(diagnostic, screen.width), screen)


def _advised(title: str, lines: Iterable[str], screen: Screen) -> Iterator[str]:
    """Yield *lines* with the title before the first, the others below it."""
    margin = " " * screen.margin
    head = screen.paint(Style.ADVICE, f"{title:>4}:")
    for line in lines:
        yield f"{margin} {head} {line}".rstrip()
        head = " " * len("help:")


def _fixed(diagnostic: Diagnostic, limit: int) -> Iterator[str]:
    """Yield the lines that the fix touches as it leaves them, without their indent."""
    lines = fixed_lines(diagnostic)
    indents = [len(line) - len(line.lstrip()) for line in lines if line.strip()]
    if lines and not indents:
        yield "remove it"
        return
    indent = min(indents, default=0)
    start, end = _first_change(diagnostic)
    for line in lines[:MAX_FIXED_LINES]:
        yield excerpt(line[indent:], max(start - indent, 0), end, limit).text
        start = end = 0
    if len(lines) > MAX_FIXED_LINES:
        yield CUT


def _first_change(diagnostic: Diagnostic) -> tuple[int, int]:
    """Return the offsets, in the first fixed line, of what is new there."""
    if not diagnostic.edits:
        return 0, 0
    edit = min(diagnostic.edits, key=lambda each: each.span)
    start = diagnostic.source.position(edit.span.start).column - 1
    return start, start + len(edit.text)


# --- for programs -----------------------------------------------------------------


class SpanJson(TypedDict):
    """Offsets in code points, 0-based; the end is not part of the place."""

    start: int
    end: int


class PositionJson(TypedDict):
    """Line and column, 1-based, columns in code points."""

    line: int
    column: int


class PlaceJson(TypedDict):
    """A range with a text: what is said of it, or what replaces it."""

    text: str
    span: SpanJson
    start: PositionJson
    end: PositionJson


class DiagnosticJson(TypedDict):
    """A finding as JSON; `docs` is relative to the root of the project."""

    code: str
    severity: str
    message: str
    file: str
    span: SpanJson
    start: PositionJson
    end: PositionJson
    help: str
    labels: list[PlaceJson]
    edits: list[PlaceJson]
    pointer: str | None
    docs: str


def to_json(diagnostic: Diagnostic) -> DiagnosticJson:
    """Return *diagnostic* as a JSON object."""
    source, span = diagnostic.source, diagnostic.span
    return {
        "code": diagnostic.code.value,
        "severity": diagnostic.severity.value,
        "message": diagnostic.message,
        "file": source.name,
        "span": {"start": span.start, "end": span.end},
        "start": _position_json(source.position(span.start)),
        "end": _position_json(source.position(span.end)),
        "help": diagnostic.help,
        "labels": [
            _place_json(source, each.span, each.text) for each in diagnostic.labels
        ],
        "edits": [
            _place_json(source, each.span, each.text) for each in diagnostic.edits
        ],
        "pointer": diagnostic.pointer,
        "docs": f"docs/codes/{diagnostic.code}.md",
    }


def _place_json(source: Source, span: Span, text: str) -> PlaceJson:
    return {
        "text": text,
        "span": {"start": span.start, "end": span.end},
        "start": _position_json(source.position(span.start)),
        "end": _position_json(source.position(span.end)),
    }


def _position_json(position: Position) -> PositionJson:
    return {"line": position.line, "column": position.column}
