"""What leads to a process: tasks go there, and what it says of them comes back.

Outputs are most of what is said, and take a way of their own where there is one: memory
that both processes see. Through a pipe they would be copied into the system and out of
it again, some kilobytes at a time, and both processes woken for each.
"""

from __future__ import annotations

from mmap import mmap
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, final

from fql.cli.work import ENOUGH
from fql.grammar.diagnostics import FqlError

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from fql.cli.blocks import Block
    from fql.cli.stretches import Stretch
    from fql.cli.work import Written

    Task: TypeAlias = Block | Stretch

ROOM = 4 * ENOUGH
"""Bytes of output that a process may lay down before the first is taken."""


class Mistake(NamedTuple):
    """What went wrong in a process, by a mistake of ours."""

    description: str


Ending: TypeAlias = FqlError | Mistake | None
"""What a process says after the results of a task."""


class Order(NamedTuple):
    """A task, and up to where what the process laid down was taken."""

    task: Task
    taken: int


class Laid(NamedTuple):
    """A result without its output, which lies on the shelf."""

    result: Written
    start: int
    size: int


@final
class Shelf:
    """Memory where one process lays outputs and another one takes them, in turn.

    Places are counted on and on, although the memory is used again: a place is free
    when the process that lays has been told that what lay there was taken. Nothing else
    is shared, so each process has its own idea of what is taken, and the one that lays
    may only lag behind.

    It has to be made before the process is forked.

    Args:
        room: Its bytes.
    """

    def __init__(self, room: int) -> None:
        self._memory = mmap(-1, room)
        self._room = room
        self._end = 0
        self.taken = 0
        """Up to where all was taken."""

    def lay(self, output: bytes) -> int | None:
        """Lay *output* down and return its place, or None where there is no room."""
        size, start, taken = len(output), self._end, self.taken
        if self._room - start % self._room < size:  # each lies in one piece
            start += self._room - start % self._room
            if taken == self._end:
                taken = start  # nothing lies where it is passed over
        if start + size > taken + self._room:
            return None
        at = start % self._room
        self._memory[at : at + size] = output
        self._end, self.taken = start + size, taken
        return start

    def take(self, start: int, size: int) -> bytes:
        """Return the output that lies at *start*, and leave its place free."""
        at = start % self._room
        self.taken = start + size
        return self._memory[at : at + size]

    def close(self) -> None:
        """Give the memory back, as far as this process is concerned."""
        self._memory.close()


@final
class NearEnd:
    """The end of a channel where tasks are given and results are heard.

    Args:
        connection: Leads to the process.
        shelf: Where it may lay outputs, if that is possible.
    """

    def __init__(self, connection: Connection, shelf: Shelf | None = None) -> None:
        self.connection = connection
        self._shelf = shelf

    def give(self, task: Task) -> None:
        """Give the process one more task.

        Raises:
            OSError: It is gone.
        """
        taken = 0 if self._shelf is None else self._shelf.taken
        self.connection.send(Order(task, taken))

    def hear(self) -> Any:
        """Return what the process says next: a result, or how a task ended.

        Raises:
            EOFError: It is gone.
            OSError: The same.
        """
        told = self.connection.recv()
        if self._shelf is None or not isinstance(told, Laid):
            return told
        return told.result.with_output(self._shelf.take(told.start, told.size))

    def close(self) -> None:
        """Let the process know that there is nothing more to do."""
        self.connection.close()
        if self._shelf is not None:
            self._shelf.close()


@final
class FarEnd:
    """The end of a channel where tasks are taken and results are told.

    Args:
        connection: Leads to who gives the tasks.
        shelf: Where outputs may be laid, if that is possible.
    """

    def __init__(self, connection: Connection, shelf: Shelf | None = None) -> None:
        self._connection = connection
        self._shelf = shelf

    def next(self) -> Task:
        """Return the next task.

        Raises:
            EOFError: There is nobody any more who gives one.
            OSError: The same.
        """
        order: Order = self._connection.recv()
        if self._shelf is not None:
            self._shelf.taken = order.taken
        return order.task

    def tell(self, told: Written | Ending) -> None:
        """Hand over a result, or say how the task ended.

        Raises:
            OSError: Nobody hears it.
        """
        if told is None or isinstance(told, FqlError | Mistake):
            self._connection.send(told)
            return
        output = told.output
        start = self._shelf.lay(output) if self._shelf is not None and output else None
        if start is None:
            self._connection.send(told)
        else:
            self._connection.send(Laid(told.with_output(b""), start, len(output)))
