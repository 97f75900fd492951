"""Events out of lines: each line one JSON object, in UTF-8.

What is no event is reported with the number of its line and passed over. Lines of
blanks are no events either, and nothing to report.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from fql.cli.blocks import MAX_LINE, read_blocks
from fql.cli.errors import bad_line, long_line, not_an_object
from fql.grammar.source import Position, Source, Span
from fql.runtime.codec import DecodeError, decode
from fql.runtime.partial import lines_decoder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from fql.cli.blocks import Block
    from fql.cli.inputs import Input
    from fql.compiler.values import Json
    from fql.grammar.diagnostics import Diagnostic
    from fql.runtime.partial import LinesDecoder

T = TypeVar("T")

GROUP = 32
"""Lines that are decoded together."""

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
    """An event and the number of the line that it came from."""

    value: dict[str, Json]
    number: int


class Refusal(NamedTuple):
    """A line that is no event.

    Attributes:
        text: The line, or the start of one that is too long, without marks of order.
        number: The 1-based number of the line.
        is_long: Whether it is too long.
    """

    text: bytes
    number: int
    is_long: bool = False


def read_events(source: Input, report: Callable[[Diagnostic], None]) -> Iterator[Event]:
    """Yield the events of *source* in order; *report* is given what is none.

    Raises:
        FqlError: The source cannot be read on.
    """

    def refuse(refusal: Refusal) -> None:
        report(refused(source.name, refusal))

    for block in read_blocks(source):
        for value, number in events_in(block, refuse):
            yield Event(value, number)


def events_in(
    block: Block,
    refuse: Callable[[Refusal], None],
    decode_lines: LinesDecoder | None = None,
) -> Iterator[tuple[dict[str, Json], int]]:
    """Yield the events of *block* with the numbers of their lines.

    Args:
        block: The lines.
        refuse: Is given each line that is none.
        decode_lines: What decodes lines (`fql.runtime.partial`), or None to decode all
            that is in them.
    """
    number = block.number
    if block.is_cut:
        refuse(Refusal(block.data, number, is_long=True))
        return
    decode_lines = decode_lines or lines_decoder()
    for lines in groups(block.data.removesuffix(b"\n").split(b"\n")):
        for index, value in enumerate(decode_lines(lines)):
            if isinstance(value, dict):
                yield value, number
            else:
                is_start = block.is_start and number == block.number
                event = salvaged(lines[index], number, refuse, is_start=is_start)
                if event is not None:
                    yield event, number
            number += 1


def groups(lines: Sequence[T]) -> Iterator[Sequence[T]]:
    """Yield *lines*, or what stands for them, in groups to be decoded together."""
    for start in range(0, len(lines), GROUP):
        yield lines[start : start + GROUP]


def salvaged(
    line: bytes, number: int, refuse: Callable[[Refusal], None], *, is_start: bool
) -> dict[str, Json] | None:
    """Return the event of a line that does not look like one, or None.

    What is none is given to *refuse*, unless it is blank. *is_start* says whether the
    line starts its input, where a mark of the byte order may stand.
    """
    if not line or line.isspace():
        return None
    if is_start and line.startswith(_BYTE_ORDER_MARK):
        line = line.removeprefix(_BYTE_ORDER_MARK)
        try:
            value = decode(line)
        except DecodeError:
            value = None
        if isinstance(value, dict):
            return value
    refuse(Refusal(line, number))
    return None


def refused(name: str, refusal: Refusal) -> Diagnostic:
    """Return what is wrong with a line of the input *name* that is no event."""
    text = refusal.text.decode("utf-8", "replace").rstrip("\r\n")
    line = EventLine(text, name, refusal.number)
    if refusal.is_long:
        return long_line(line, MAX_LINE)
    try:
        value = decode(refusal.text)
    except DecodeError as error:
        return bad_line(line, error.message, error.column)
    return not_an_object(line, value)
