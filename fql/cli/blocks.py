"""Inputs in blocks of whole lines, which are read and searched all at once.

Memory holds a block and what is left of the line at its end; of a line that is too
long, only the start. Lines end with a line feed; the last one may have no end.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fql.grammar.diagnostics import FqlError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fql.cli.inputs import Input

MAX_LINE = 16 * 1024 * 1024
"""Bytes of one line, its end aside."""

BLOCK = 1024 * 1024
"""Bytes of a block, or a little more."""

_PIECE = 256 * 1024
"""Bytes that are asked for at once."""

_SAMPLE = 16 * 1024
"""Bytes by which it is told whether lines are long."""

_LONG_LINE = 400
"""Bytes of a line that is rather leapt over than searched."""

SHOWN_OF_LONG_LINE = 1_000
"""Bytes of a line that is too long which are kept to be shown."""


@dataclass(slots=True)
class Block:
    """Lines that follow each other.

    Attributes:
        data: The lines with their ends; only the last of an input may have none.
        number: The 1-based number of the first.
        is_start: Whether the input starts with it.
        is_cut: Whether it is but the start of one line, which is too long.
    """

    data: bytes
    number: int
    is_start: bool = False
    is_cut: bool = False
    _lines: int | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def lines(self) -> int:
        """How many line ends were read: one of a cut line too. Counted only once."""
        if self._lines is None:
            self._lines = 1 if self.is_cut else line_ends(self.data)
        return self._lines


def read_blocks(
    source: Input, number: int | None = 1, *, is_start: bool = True
) -> Iterator[Block]:
    """Yield the lines of *source* in order; what is live, as soon as it is there.

    Args:
        source: Where they are read.
        number: The 1-based number of its first line, or None where nobody counts: then
            each block starts with line 1.
        is_start: Whether that line is the first of a whole input.

    Raises:
        FqlError: It cannot be read on. The lines up to there came before.
    """
    rest = _Rest()
    for chunk in _chunks(source):
        for data, is_cut in rest.lines_with(chunk):
            block = Block(data, number or 1, is_start, is_cut)
            yield block
            if number is not None:
                number += block.lines
            is_start = False
    if rest.size:
        yield Block(rest.taken(), number or 1, is_start)


def line_ends(data: bytes | bytearray, size: int | None = None) -> int:
    """Return how many lines end in the first *size* bytes of *data*, or in all.

    To leap from one end to the next is faster than to count, where lines are long.
    """
    size = len(data) if size is None else size
    if data.count(b"\n", 0, min(size, _SAMPLE)) * _LONG_LINE > _SAMPLE:
        return data.count(b"\n", 0, size)
    find = data.find
    count, found = 0, find(b"\n", 0, size)
    while found >= 0:
        count += 1
        found = find(b"\n", found + 1, size)
    return count


def _chunks(source: Input) -> Iterator[bytes]:
    """Yield what there is to read in chunks that are worth a search."""
    pieces: list[bytes] = []
    size, wanted = 0, 0 if source.is_live else BLOCK
    failure: FqlError | None = None
    while True:
        try:
            piece = source.read(_PIECE)
        except FqlError as error:
            failure, piece = error, b""
        pieces.append(piece)
        size += len(piece)
        if size >= wanted or not piece:
            yield b"".join(pieces)
            pieces, size = [], 0
        if failure is not None:
            raise failure
        if not piece:
            return


class _Rest:
    """The start of a line whose end has not been read."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._is_passed_over = False
        self.size = 0

    def lines_with(self, chunk: bytes) -> Iterator[tuple[bytes, bool]]:
        """Yield the lines that *chunk* completes, and whether they are a cut one.

        A line that is too long is yielded once, without its end, as soon as it is.
        """
        if self._is_passed_over:
            chunk = self._without_passed_over(chunk)
        if self.size + len(chunk) > MAX_LINE:
            first = chunk.find(b"\n")
            if self.size + (len(chunk) if first < 0 else first) > MAX_LINE:
                self._keep(chunk)
                yield self.taken()[:SHOWN_OF_LONG_LINE], True
                self._is_passed_over = True
                chunk = self._without_passed_over(chunk)
        end = chunk.rfind(b"\n") + 1
        if end:
            self._keep(chunk[:end])
            yield self.taken(), False
        self._keep(chunk[end:])

    def taken(self) -> bytes:
        """Return what was kept, and keep it no longer."""
        taken = b"".join(self._pieces)
        self._pieces, self.size = [], 0
        return taken

    def _keep(self, piece: bytes) -> None:
        if piece:
            self._pieces.append(piece)
            self.size += len(piece)

    def _without_passed_over(self, chunk: bytes) -> bytes:
        """Return what follows the line that is passed over; nothing if that goes on."""
        end = chunk.find(b"\n") + 1
        self._is_passed_over = not end
        return chunk[end:] if end else b""
