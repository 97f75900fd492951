"""Tasks that are under way in other processes, and what these have said of them.

Each process says what it finds as soon as it does, and goes on with its next task. What
is said before its turn is kept, some of it: a process whose results nobody takes waits.
"""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, Any, Generic, final

import click

from fql.cli.channel import Mistake
from fql.cli.work import WrittenT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fql.cli.channel import NearEnd, Task

KEPT = 4
"""Results a process that are kept before their turn."""


@final
class _Errand:
    """A task that a process has been given.

    Attributes:
        process: Leads to the process.
        told: What it has said of the task, and nobody has taken.
    """

    __slots__ = ("process", "told")

    def __init__(self, process: NearEnd) -> None:
        self.process = process
        self.told: deque[Any] = deque()


@final
class Errands(Generic[WrittenT]):
    """Tasks in their order, from when they are given until all is said and taken.

    Args:
        processes: Lead to the processes.
        ahead: How many tasks a process may have that it is not done with.
    """

    def __init__(self, processes: Sequence[NearEnd], ahead: int) -> None:
        self._ahead = ahead
        self._most = 2 * ahead * len(processes)
        self._kept = KEPT * len(processes)
        self._waiting: deque[_Errand] = deque()
        self._open: dict[NearEnd, deque[_Errand]] = {
            each: deque() for each in processes
        }

    def __len__(self) -> int:
        """Return how many tasks there are."""
        return len(self._waiting)

    @property
    def has_room(self) -> bool:
        """Whether a process can be given one more task."""
        return len(self) < self._most and len(self._open[self._idlest]) < self._ahead

    @property
    def _idlest(self) -> NearEnd:
        """The process that has least to do."""
        return min(self._open, key=lambda each: len(self._open[each]))

    def give(self, task: Task) -> None:
        """Give *task* to the process that has least to do."""
        errand = _Errand(self._idlest)
        with suppress(OSError):  # who is gone says so when it is listened to
            errand.process.give(task)
        self._open[errand.process].append(errand)
        self._waiting.append(errand)

    def next(self) -> WrittenT | Exception | None:
        """Return what comes next, in the order of the tasks; None where one ends.

        An error is returned as one: `FqlError` where an input cannot be read on.
        """
        first = self._waiting[0]
        while not first.told:
            self._listen()
        told: WrittenT | Exception | None = first.told.popleft()
        if told is None or isinstance(told, Exception):
            self._waiting.popleft()
        return told

    def drop(self) -> None:
        """Let all tasks end, and forget what comes of them."""
        while self._waiting:
            self.next()

    def _listen(self) -> None:
        """Take in what processes say: of the first task only, where much is kept."""
        is_much = sum([len(each.told) for each in self._waiting]) >= self._kept
        asked = [each for each, errands in self._open.items() if errands]
        if is_much:
            asked = [self._waiting[0].process]
        ready = wait([each.connection for each in asked])
        for process in [each for each in asked if each.connection in ready]:
            told = _heard(process)
            errands = self._open[process]
            errands[0].told.append(told)
            if told is None or isinstance(told, Exception):
                errands.popleft()


def _heard(process: NearEnd) -> Any:
    """Return what a process says: a result, an error, or None at the end of a task."""
    try:
        told = process.hear()
    except (EOFError, OSError):
        return click.ClickException(
            "one of the processes of --jobs was ended from outside"
        )
    return RuntimeError(told.description) if isinstance(told, Mistake) else told
