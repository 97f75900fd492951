"""Files of lines: each payload a JSON object, appended to a file on this machine.

Nothing is sent and nobody has to be asked: it is where an embedding program that has no
destination yet sends its events.
"""

from __future__ import annotations

import errno
from functools import lru_cache
from typing import TYPE_CHECKING

from fql.compiler.values import compact_json
from fql.runtime.destinations.declarations import shipped
from fql.runtime.destinations.definitions import (
    Answer,
    BatchRules,
    Definition,
    WritingAction,
)
from fql.runtime.destinations.delivery_errors import IntegrationError, RetryableError
from fql.runtime.destinations.lines import LineFile, Period, Rotation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fql.runtime.destinations.definitions import Call
    from fql.runtime.workspace_parts import Setting

_DECLARED = shipped("file")
_SEND = _DECLARED.actions["send"]

BATCH_SECONDS = 0.05
"""How long a line waits for others: they share one wait for the disk."""

_PASSING = frozenset(
    {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EAGAIN, errno.EMFILE}
)
"""What may be better later: a full disk is emptied, a path that is none stays none."""


class Send(WritingAction):
    """Appends payloads as lines. What they hold, the mapping alone says."""

    name = "send"
    title = _SEND.title
    description = _SEND.description
    is_open = True
    batch = BatchRules(seconds=BATCH_SECONDS)

    def __init__(self) -> None:
        self._file = lru_cache(maxsize=16)(_file)

    def __reduce__(self) -> tuple[object, ...]:
        return Send, ()

    def write(self, calls: Sequence[Call]) -> Sequence[Answer]:
        """Append the payloads of all *calls*, or of none.

        Raises:
            IntegrationError: The file cannot be written.
        """
        lines = lines_of(calls)
        try:
            self._file(*_choices(calls[0].settings)).append(lines)
        except ValueError as error:
            raise IntegrationError(f"{error}", "EINVAL", 400) from error
        except OSError as error:
            raise _failure(error) from error
        return [Answer(200)] * len(calls)


def lines_of(calls: Sequence[Call]) -> bytes:
    """Return the payloads of *calls* as lines of JSON."""
    lines = [compact_json(dict(each.payload)) for each in calls]
    return "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogatepass")


def _choices(settings: Mapping[str, Setting]) -> tuple[str, str, int | None, bool]:
    size = settings.get("rotate_bytes")
    return (
        str(settings.get("path") or "events.ndjson"),
        str(settings.get("rotate") or Period.NEVER),
        int(size) if isinstance(size, int | float) and size >= 1 else None,
        settings.get("sync") is not False,
    )


def _file(path: str, period: str, size: int | None, is_synced: bool) -> LineFile:
    return LineFile(path, Rotation(Period(period), size), is_synced=is_synced)


def _failure(error: OSError) -> IntegrationError:
    name = errno.errorcode.get(error.errno or 0, "EIO")
    reason = (error.strerror or str(error)).lower()
    message = f"the file cannot be written: {reason}"
    if error.errno in _PASSING:
        return RetryableError(message, name, 507)
    return IntegrationError(message, name, 400)


class File(Definition):
    """A file on this machine."""

    name = "file"
    title = _DECLARED.title
    description = _DECLARED.description
    settings = _DECLARED.settings
    presets = _DECLARED.all_presets()

    def __init__(self) -> None:
        self.actions = (Send(),)
