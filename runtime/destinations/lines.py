"""Lines on their way into a file: appended whole, or not at all.

Several threads and several processes may append to one file. On systems without
``flock`` only threads may.
"""

from __future__ import annotations

import os
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, final

try:
    import fcntl
except ImportError:  # pragma: no cover - not on this system
    fcntl = None  # type: ignore[assignment]

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

_OPENING = os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_CLOEXEC", 0)
_RIGHTS = 0o600


class Period(StrEnum):
    """How often a file is put aside."""

    NEVER = "never"
    HOUR = "hour"
    DAY = "day"


_STAMPS = {Period.HOUR: "%Y%m%dT%H", Period.DAY: "%Y%m%d"}


@dataclass(frozen=True, slots=True)
class Rotation:
    """When a file is put aside and a new one begun.

    Attributes:
        period: At the end of which period, in UTC.
        size: Before which size in bytes; None for any size.
    """

    period: Period = Period.NEVER
    size: int | None = None


@final
class LineFile:
    """A file that lines are appended to. It is open only while they are.

    Args:
        path: Where it is. Its folder has to exist.
        rotation: When it is put aside.
        is_synced: Whether lines are on the disk, and not only on their way, before
            they count as written.
        clock: Returns seconds since 1970.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        rotation: Rotation = Rotation(),
        *,
        is_synced: bool = True,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._path = Path(path)
        self._rotation = rotation
        self._is_synced = is_synced
        self._clock = clock
        self._turn = Lock()

    def append(self, lines: bytes) -> None:
        """Append whole lines: all of them, or none.

        Raises:
            OSError: They could not be written. What was is taken back, unless the
                process dies meanwhile; a line that was torn then stays a line of its
                own.
        """
        with self._turn, self._opened(len(lines)) as file:
            size = os.fstat(file).st_size
            try:
                _write(file, _after(file, size) + lines)
                if self._is_synced:
                    os.fsync(file)
            except OSError:
                with suppress(OSError):  # a pipe keeps what it was given
                    os.ftruncate(file, size)
                raise

    @contextmanager
    def _opened(self, more: int) -> Generator[int]:
        """Open the file for *more* bytes, for this process alone."""
        while True:
            file = os.open(self._path, _OPENING, _RIGHTS)
            try:
                _lock(file)
                if not self._is_current(file):
                    continue
                if self._is_full(os.fstat(file), more):
                    self._put_aside(os.fstat(file).st_mtime)
                    continue
                yield file
                return
            finally:
                os.close(file)

    def _is_current(self, file: int) -> bool:
        """Return whether *file* is still the one at the path."""
        try:
            return os.path.samestat(os.fstat(file), self._path.stat())
        except FileNotFoundError:
            return False

    def _is_full(self, status: os.stat_result, more: int) -> bool:
        if not status.st_size:
            return False
        limit = self._rotation.size
        if limit is not None and status.st_size + more > limit:
            return True
        stamp = _STAMPS.get(self._rotation.period)
        return stamp is not None and (
            _utc(status.st_mtime, stamp) != _utc(self._clock(), stamp)
        )

    def _put_aside(self, last: float) -> None:
        """Give the file a name of its own, after its last line."""
        stamp = _utc(last, "%Y%m%dT%H%M%SZ")
        number = 0
        while True:
            end = f".{number}" if number else ""
            aside = self._path.with_name(f"{self._path.name}.{stamp}{end}")
            if not aside.exists():
                break
            number += 1
        self._path.rename(aside)


def _write(file: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(file, view) :]


def _after(file: int, size: int) -> bytes:
    """Return what has to come first: a line end, where the last line has none."""
    if not size:
        return b""
    os.lseek(file, size - 1, os.SEEK_SET)
    return b"" if os.read(file, 1) == b"\n" else b"\n"


def _lock(file: int) -> None:
    """Wait until no other process has the file; closing it lets others have it."""
    if fcntl is not None:
        fcntl.flock(file, fcntl.LOCK_EX)


def _utc(seconds: float, form: str) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime(form)
