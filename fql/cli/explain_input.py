"""One event or many: what a file of events to explain holds.

A file is one event where all of it is one JSON object, on however many lines; else it
has an event a line, as everywhere. Only as much is read ahead as that takes.
"""

from __future__ import annotations

import io
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from fql.cli.inputs import opened
from fql.cli.lines import read_events
from fql.grammar.diagnostics import FqlError
from fql.runtime.codec import DecodeError, decode
from fql.runtime.previews import event_in
from fql.runtime.read_source import decode as decode_text

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from fql.cli.inputs import Input, Stream
    from fql.grammar.diagnostics import Diagnostic
    from fql.runtime.filter_actions import Event

_MAX_DOCUMENT = 16 * 1024 * 1024
"""Bytes of an event on several lines."""

_CHUNK = 64 * 1024
"""Bytes that are read at once."""

_BLANKS = b" \t\r\n\xef\xbb\xbf"
"""What may stand before the first event: blanks, and a mark of the byte order."""


@dataclass(frozen=True, slots=True)
class Events:
    """What a file holds.

    Attributes:
        only: The event, where there is but one.
        source: The file, to be read from its start, where it may have several.
    """

    only: Event | None
    source: Input

    def each(self, report: Callable[[Diagnostic], None]) -> Iterator[Event]:
        """Yield the events of the lines; *report* is given what is none."""
        for event in read_events(self.source, report):
            yield event.value


@contextmanager
def one_or_many(path: str) -> Generator[Events]:
    """Open the file at *path* and tell whether it holds one event.

    Raises:
        FqlError: It cannot be read, or nothing in it is an event.
    """
    with opened(path) as source:
        head, is_whole = _look(source)
        whole = replace(source, stream=_rewound(head, source))
        is_document = is_whole and head.strip(_BLANKS) != b""
        yield Events(_only(head, source.name) if is_document else None, whole)


def _look(source: Input) -> tuple[bytes, bool]:
    """Return the start of *source*, and whether that is all of it.

    It ends early where the first line is an event and more follows.
    """
    head, is_event = b"", None
    while len(head) <= _MAX_DOCUMENT:
        chunk = source.read(_CHUNK)
        if not chunk:
            return head, True
        head += chunk
        first, end, rest = head.lstrip(_BLANKS).partition(b"\n")
        if end and is_event is None:
            is_event = _is_event(first)
        if is_event and rest.strip(_BLANKS):
            break
    return head, False


def _is_event(line: bytes) -> bool:
    try:
        return isinstance(decode(line), dict)
    except DecodeError:
        return False


def _only(text: bytes, name: str) -> Event | None:
    """Return the event that *text* is; None where its lines are events.

    Raises:
        FqlError: It is neither.
    """
    try:
        return event_in(decode_text(text, name))
    except FqlError:
        if any(map(_is_event, text.lstrip(_BLANKS).splitlines())):
            return None
        raise


def _rewound(head: bytes, source: Input) -> Stream:
    """Return the stream of *source* from its start, of which *head* was read."""
    return cast("Stream", io.BufferedReader(_Rewound(head, source)))


class _Rewound(io.RawIOBase):
    """What was read of an input, and then the rest of it."""

    def __init__(self, head: bytes, source: Input) -> None:
        self._head = head
        self._source = source

    def readable(self) -> bool:
        """Return true."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill *buffer*, or a part of it, and return how many bytes; 0 at the end."""
        size = len(buffer)
        part = self._head[:size] or self._source.read(size)
        self._head = self._head[size:]
        buffer[: len(part)] = part
        return len(part)
