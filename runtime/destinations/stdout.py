"""Standard output: each payload a line of JSON, for pipes and for looking at."""

from __future__ import annotations

import sys
from threading import Lock
from typing import TYPE_CHECKING

from fql.runtime.destinations.declarations import shipped
from fql.runtime.destinations.definitions import Answer, Definition, WritingAction
from fql.runtime.destinations.delivery_errors import IntegrationError
from fql.runtime.destinations.file import lines_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fql.runtime.destinations.definitions import Call

_DECLARED = shipped("stdout")
_SEND = _DECLARED.actions["send"]


class Send(WritingAction):
    """Writes payloads as lines. What they hold, the mapping alone says."""

    name = "send"
    title = _SEND.title
    description = _SEND.description
    is_open = True

    def __init__(self) -> None:
        self._turn = Lock()

    def __reduce__(self) -> tuple[object, ...]:
        return Send, ()

    def write(self, calls: Sequence[Call]) -> Sequence[Answer]:
        """Write the payloads of all *calls*.

        Raises:
            IntegrationError: Nobody reads them any more.
        """
        with self._turn:
            try:
                sys.stdout.write(lines_of(calls).decode("utf-8", "replace"))
                sys.stdout.flush()
            except (OSError, ValueError, AttributeError) as error:
                # Closed by its reader; closed by us; there is none.
                message = "standard output cannot be written"
                raise IntegrationError(message, "EPIPE", 400) from error
        return [Answer(200)] * len(calls)


class Stdout(Definition):
    """Standard output of the process that delivers."""

    name = "stdout"
    title = _DECLARED.title
    description = _DECLARED.description
    presets = _DECLARED.all_presets()

    def __init__(self) -> None:
        self.actions = (Send(),)
