"""Plain files, cut where lines start, so that several processes can read them."""

from __future__ import annotations

from os import SEEK_END
from typing import TYPE_CHECKING, NamedTuple

from fql.cli.blocks import BLOCK, line_ends
from fql.cli.inputs import open_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import FileIO

STRETCH = BLOCK
"""Bytes of a stretch, or a little more."""

AHEAD = 2
"""Stretches that a process may know of: the next one, while it works on one."""

_PIECE = 256 * 1024


class Stretch(NamedTuple):
    """Lines of a plain file that follow each other.

    Attributes:
        path: The file.
        start: Where the first starts, in bytes.
        end: Where the next one after them starts.
        number: The 1-based number of the first, or None where nobody counts.
    """

    path: str
    start: int
    end: int
    number: int | None = None


def stretches(path: str, *, is_counted: bool) -> Iterator[Stretch]:
    """Yield stretches that make up the file at *path*, as long as it is now.

    *is_counted* says whether to count lines, for which all of it is read.

    Raises:
        FqlError: It cannot be opened.
    """
    with open_file(path) as file:
        size = file.seek(0, SEEK_END)
        start, number, room = 0, 1, bytearray(_PIECE)
        while start < size:
            end = _line_start(file, min(start + STRETCH, size), size)
            yield Stretch(path, start, end, number if is_counted else None)
            if is_counted:
                number += _line_ends(file, start, end, room)
            start = end


def _line_start(file: FileIO, place: int, size: int) -> int:
    """Return where the first line starts that does so at *place* or after it."""
    place = file.seek(place - 1)
    while piece := file.read(_PIECE):
        found = piece.find(b"\n")
        if found >= 0:
            return min(place + found + 1, size)
        place += len(piece)
    return size


def _line_ends(file: FileIO, start: int, end: int, room: bytearray) -> int:
    """Return how many lines end between two places; *room* is where they are read."""
    left = end - file.seek(start)
    count = 0
    with memoryview(room) as view:
        while left and (size := file.readinto(view[:left])):
            count += line_ends(room, size)
            left -= size
    return count
