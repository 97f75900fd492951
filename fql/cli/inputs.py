"""What commands read: texts and streams, from files or standard input.

``-`` is standard input. Files whose names end in ``.gz``, ``.zst`` or ``.zstd`` are
decompressed on the way. Whatever keeps an input from being read is a finding.
"""

from __future__ import annotations

import gzip
import io
import stat
import sys
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from os import fstat
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Protocol, cast

import click

from fql.cli.errors import missing_extra
from fql.grammar.diagnostics import FqlError
from fql.runtime.errors import unreadable
from fql.runtime.read_source import decode, read_source

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from typing import BinaryIO

    from fql.grammar.source import Source

STDIN = "-"
STDIN_NAME = "<stdin>"
"""What findings call standard input."""

TEXT_NAME = "<text>"
"""What findings call a text that stands on the command line."""

PATH = click.Path(allow_dash=True, readable=False)
"""The type of arguments that `opened` and `read_text` take: they say what is wrong."""

_BUFFER = 256 * 1024
"""Bytes that are read at once."""

_COMPRESSED = frozenset({".gz", ".zst", ".zstd"})

_SLICE = 1024
"""Bytes of zstd that are decompressed at once: at most some 32 MiB come of them."""


def read_text(path: str) -> Source:
    """Return the text of a file, or of standard input.

    Raises:
        FqlError: It cannot be read, or is not UTF-8.
    """
    if path == STDIN:
        return decode(_stdin().read(), STDIN_NAME)
    return read_source(path)


class Stream(Protocol):
    """What bytes are read from."""

    def read1(self, limit: int, /) -> bytes:
        """Return what is there, no more than *limit* bytes; nothing at the end."""
        ...


@dataclass(frozen=True, slots=True)
class Input:
    """A stream of bytes, open for reading.

    Attributes:
        name: What findings call it.
        stream: Its bytes, decompressed.
        size: The bytes of the file, as it is stored; None where nobody knows.
        is_live: Whether somebody may still be writing it: its lines are not to wait.
        position: Returns how many of the `size` bytes have been read.
    """

    name: str
    stream: Stream
    size: int | None
    is_live: bool
    position: Callable[[], int]

    def read(self, limit: int) -> bytes:
        """Return the next bytes, as many as are there but no more than *limit*.

        It waits where there are none; at the end there are none for good.

        Raises:
            FqlError: It cannot be read.
        """
        try:
            return self.stream.read1(limit)
        except (OSError, EOFError, zlib.error) as error:
            raise FqlError([unreadable(self.name, _reason(error))]) from error


@contextmanager
def opened(path: str) -> Generator[Input]:
    """Open a file, or standard input, which stays open afterwards.

    Raises:
        FqlError: It cannot be opened.
    """
    if path == STDIN:
        yield _input(STDIN_NAME, _stdin(), cast("Stream", _stdin()))
        return
    with open_file(path) as file:
        yield _input(path, file, _decompressed(path, file))


@contextmanager
def opened_between(path: str, start: int, end: int) -> Generator[Input]:
    """Open the bytes of a plain file from *start* up to *end*.

    Raises:
        FqlError: It cannot be opened.
    """
    with open_file(path) as file:
        file.seek(start)
        part = _Part(file, end - start)
        yield Input(path, part, None, is_live=False, position=file.tell)


def is_plain_file(path: str) -> bool:
    """Return whether *path* is a file whose bytes may be read from any place on."""
    try:
        is_regular = path != STDIN and Path(path).is_file()
    except (OSError, ValueError):
        return False
    return is_regular and Path(path).suffix.lower() not in _COMPRESSED


def open_file(path: str) -> io.FileIO:
    """Open a file for reading its bytes as they are stored.

    Raises:
        FqlError: It cannot be opened.
    """
    try:
        return Path(path).open("rb", buffering=0)
    except (OSError, ValueError) as error:
        raise FqlError([unreadable(path, _reason(error))]) from error


def _input(name: str, file: IO[bytes], stream: Stream) -> Input:
    try:
        status = fstat(file.fileno())
    except (OSError, ValueError):
        return Input(name, stream, None, is_live=True, position=lambda: 0)
    if not stat.S_ISREG(status.st_mode):
        return Input(name, stream, None, is_live=True, position=lambda: 0)
    return Input(name, stream, status.st_size, is_live=False, position=file.tell)


def _stdin() -> BinaryIO:
    if sys.stdin is None:
        return io.BytesIO()
    return sys.stdin.buffer


def _reason(error: Exception) -> str:
    """Return why something cannot be read, in lower case."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    if isinstance(error, EOFError):
        return "the compressed file breaks off"
    said = str(error)
    return said[:1].lower() + said[1:]


# --- compressed files -----------------------------------------------------------------


def _decompressed(path: str, file: io.FileIO) -> Stream:
    """Return the bytes of *file*, decompressed as its name says.

    These are the suffixes in `_COMPRESSED`.
    """
    match Path(path).suffix.lower():
        case ".gz":
            unpacked = cast("io.RawIOBase", gzip.GzipFile(fileobj=file))
            return io.BufferedReader(unpacked, _BUFFER)
        case ".zst" | ".zstd":
            return io.BufferedReader(_ZstdFile(file, path), _BUFFER)
        case _:
            return io.BufferedReader(file, _BUFFER)


class _Part:
    """The next *size* bytes of a file."""

    def __init__(self, file: io.FileIO, size: int) -> None:
        self._file = file
        self._left = size

    def read1(self, limit: int, /) -> bytes:
        """Return the next bytes, no more than *limit*; none at the end of the part."""
        piece = self._file.read(min(limit, self._left)) or b""
        self._left -= len(piece)
        return piece


class _ZstdFile(io.RawIOBase):
    """The content of a zstd file of any number of frames.

    The package's own reader takes a file that breaks off for one that ends.
    """

    def __init__(self, file: io.FileIO, name: str) -> None:
        self._file = file
        self._zstd = _zstandard(name)
        self._frame: Any = None
        self._packed = b""
        self._ready = memoryview(b"")

    def readable(self) -> bool:
        """Return true."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill *buffer*, or a part of it, and return how many bytes; 0 at the end."""
        while not self._ready:
            if not self._packed:
                self._packed = self._file.read(_SLICE) or b""
            if not self._packed:
                self._end()
                return 0
            self._ready = memoryview(self._unpack())
        count = min(len(buffer), len(self._ready))
        buffer[:count] = self._ready[:count]
        self._ready = self._ready[count:]
        return count

    def _unpack(self) -> bytes:
        """Return what the packed bytes at hand hold; none of the next frame's."""
        if self._frame is None:
            self._frame = self._zstd.ZstdDecompressor().decompressobj()
        try:
            unpacked: bytes = self._frame.decompress(self._packed)
        except self._zstd.ZstdError as error:
            raise OSError(str(error)) from error
        self._packed = b""
        if self._frame.eof:
            self._packed = self._frame.unused_data
            self._frame = None
        return unpacked

    def _end(self) -> None:
        if self._frame is not None:
            raise EOFError


def _zstandard(name: str) -> Any:
    try:
        import zstandard
    except ImportError as error:
        raise FqlError([missing_extra(name, "zstd", "cli")]) from error
    return zstandard
