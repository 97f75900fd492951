"""The wording of what reading files of events can find.

One function a finding: data in, `Diagnostic` out. Files that cannot be opened and texts
that are no UTF-8 are worded in `fql.runtime.errors`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fql.grammar.diagnostics import Code, Diagnostic
from fql.grammar.source import Source, Span

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fql.cli.lines import EventLine

_KINDS: Mapping[type, str] = {
    bool: "true or false",
    dict: "an object",
    float: "a number",
    int: "a number",
    list: "a list",
    str: "a text",
    type(None): "null",
}


def bad_line(line: EventLine, message: str, column: int | None) -> Diagnostic:
    """A line that is not read as JSON. *column*: 1-based, or None for the whole."""
    end = len(line.text)
    span = Span(0, end)
    if column is not None:
        start = min(column - 1, end)
        span = Span(start, min(start + 1, end))
    return Diagnostic(
        Code.BAD_EVENT_LINE,
        message,
        span,
        line,
        help="the line is passed over; each line holds one event, a JSON object",
    )


def long_line(line: EventLine, limit: int) -> Diagnostic:
    """A line of more bytes than *limit*. *line* has only its start."""
    return bad_line(line, f"the line is longer than {limit >> 20} MiB", None)


def not_an_object(line: EventLine, value: object) -> Diagnostic:
    """A line that is JSON of another kind."""
    is_list = isinstance(value, list)
    return Diagnostic(
        Code.EVENT_NOT_OBJECT,
        f"an event is an object, and this is {_KINDS[type(value)]}",
        Span(0, len(line.text)),
        line,
        help="the line is passed over; write "
        + ("one event of the list a line" if is_list else "each event as an object"),
    )


def missing_extra(name: str, what: str, extra: str) -> Diagnostic:
    """A file that only an optional package reads. *what*: its kind, in words."""
    return Diagnostic(
        Code.MISSING_EXTRA,
        f"reading {what} files needs an optional package",
        Span(0, 0),
        Source("", name),
        help=f'install it: pip install "fql[{extra}]"',
    )


def bad_plan(source: Source, reason: str, span: Span) -> Diagnostic:
    """A tracking plan that is not well-formed. *reason*: what is wrong, in words."""
    return Diagnostic(
        Code.BAD_MODEL,
        reason,
        span,
        source,
        help="a tracking plan is an object: a JSON Schema by the name of each event, "
        "or the public API's `rules`",
    )


def bad_fields(source: Source, span: Span) -> Diagnostic:
    """The fields of an action that are JSON of another kind."""
    return Diagnostic(
        Code.BAD_MODEL,
        "the fields of an action are a JSON object",
        span,
        source,
        help="write an object: what is declared of each field by its name",
    )
