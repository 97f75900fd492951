"""Events out of lines: each line one JSON object, in UTF-8.

What is no event is reported with the number of its line and passed over. Lines of
blanks are no events either, and nothing to report. Memory holds one line at a time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from fql.cli.errors import bad_line, long_line, not_an_object
from fql.grammar.source import Position, Source, Span
from fql.runtime.codec import DecodeError, decode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fql.cli.inputs import Input
    from fql.compiler.values import Json
    from fql.grammar.diagnostics import Diagnostic

MAX_LINE = 16 * 1024 * 1024
"""Bytes of one line."""

_SHOWN_OF_LONG_LINE = 1_000
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class EventLine(Source):
    """One line of a longer text, which keeps its place there.

    Attributes:
        number: The 1-based number of the line.
    """

    number: int = 1

    def position(self, offset: int) -> Position:
        """Return the line and column of *offset* in the longer text."""
        return Position(self.number, offset + 1)

    def line_text(self, line: int) -> str:
        """Return the line; *line* is its number."""
        return self.text

    def line_span(self, line: int) -> Span:
        """Return the span of the line; *line* is its number."""
        return Span(0, len(self.text))

    @property
    def line_count(self) -> int:
        """The number of lines that are known of the longer text."""
        return self.number


class Event(NamedTuple):
    """An event and the line that it came from, as it was, with its end."""

    value: dict[str, Json]
    line: bytes
    number: int


def read_events(source: Input, report: Callable[[Diagnostic], None]) -> Iterator[Event]:
    """Yield the events of *source* in order; *report* is given what is none.

    Raises:
        FqlError: The source cannot be read on.
    """
    for number, line in _numbered(source):
        if line.isspace():
            continue
        if len(line) > MAX_LINE and not line.endswith(b"\n"):
            start = _event_line(source.name, line[:_SHOWN_OF_LONG_LINE], number)
            report(long_line(start, MAX_LINE))
            continue
        text = line.removeprefix(_BYTE_ORDER_MARK) if number == 1 else line
        try:
            value = decode(text)
        except DecodeError as error:
            whole = _event_line(source.name, text, number)
            report(bad_line(whole, error.message, error.column))
            continue
        if isinstance(value, dict):
            yield Event(value, line, number)
        else:
            report(not_an_object(_event_line(source.name, text, number), value))


def _numbered(source: Input) -> Iterator[tuple[int, bytes]]:
    """Yield the lines with their numbers; of those too long, one byte too many."""
    number = 0
    while line := source.read_line(MAX_LINE + 1):
        number += 1
        yield number, line
        while len(line) > MAX_LINE and not line.endswith(b"\n"):
            line = source.read_line(MAX_LINE + 1)


def _event_line(name: str, line: bytes, number: int) -> EventLine:
    text = line.decode("utf-8", "replace").rstrip("\r\n")
    return EventLine(text, name, number)
