"""Work in several processes, with the results in the order of the input.

A process reads stretches of plain files itself (`stretches.py`). What is not a plain
file, such as one that is compressed, is read here and handed out in blocks.

Processes are forked where that is safe and spawned elsewhere; spawned ones are sent the
work, which is then compiled anew from its text. They are told to stop by closing their
connection, so that none outlives this process, however that ends.
"""

from __future__ import annotations

import gc
import multiprocessing
import signal
import sys
import threading
from contextlib import nullcontext, suppress
from typing import TYPE_CHECKING, Any, Generic, TypeAlias

import click

from fql.cli.blocks import Block, read_blocks
from fql.cli.channel import ROOM, FarEnd, Mistake, NearEnd, Shelf
from fql.cli.errands import Errands
from fql.cli.inputs import opened_between
from fql.cli.work import WrittenT
from fql.grammar.diagnostics import FqlError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from contextlib import AbstractContextManager
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkContext, SpawnContext
    from multiprocessing.process import BaseProcess
    from types import TracebackType

    from fql.cli.channel import Ending, Task
    from fql.cli.work import Work

    _Context: TypeAlias = ForkContext | SpawnContext

MOST = 64
"""Processes that may be asked for."""

jobs_option = click.option(
    "-j",
    "--jobs",
    type=click.IntRange(1, MOST),
    default=1,
    show_default=True,
    metavar="N",
    help="How many processes share the work.",
)
"""How many processes a command uses."""

LARGEST = 8 * 1024 * 1024
"""Bytes of a piece of memory that a process takes and gives back as it starts.

From then on glibc keeps such pieces when they are free; it would give each to the
system and take it back, cleared page by page, for every block.
"""


class Workers(Generic[WrittenT]):
    """Processes that do the same work; use it as a context.

    Args:
        work: What they do.
        count: How many there are.
        is_counted: Whether the work has to know the numbers of lines.
    """

    def __init__(
        self, work: Work[WrittenT], count: int, *, is_counted: bool = True
    ) -> None:
        self.is_counted = is_counted
        context = _context()
        self._processes: list[BaseProcess] = []
        self._ends: list[NearEnd] = []
        is_forked = context.get_start_method() == "fork"
        for _ in range(count):
            shelf = Shelf(ROOM) if is_forked else None
            ours, theirs = context.Pipe()
            self._ends.append(NearEnd(ours, shelf))
            # A fork has all of our ends too; while it does, nobody sees us close them.
            not_theirs = [each.connection for each in self._ends] if is_forked else []
            process = context.Process(
                target=serve, args=(work, theirs, shelf, not_theirs), daemon=True
            )
            process.start()
            theirs.close()
            self._processes.append(process)

    def __enter__(self) -> Workers[WrittenT]:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for end in self._ends:
            end.close()
        for process in self._processes:
            if error is not None:
                process.terminate()
            process.join()

    def results(self, tasks: Iterable[Task], ahead: int = 1) -> Iterator[WrittenT]:
        """Yield the results of all tasks, in their order.

        Args:
            tasks: What there is to do.
            ahead: How many tasks a process may know of. Only where they are small: it
                takes the next one in when it has handed over the results of the last.

        Raises:
            FqlError: An input cannot be read on.
            ClickException: A process was ended from outside.
        """
        errands: Errands[WrittenT] = Errands(self._ends, ahead)
        remaining = _Remaining(tasks)
        while True:
            while errands.has_room and (task := remaining.next()) is not None:
                errands.give(task)
            if not errands:
                break
            match errands.next():
                case FqlError() as failure:
                    errands.drop()
                    raise failure
                case Exception() as failure:
                    raise failure
                case None:
                    pass
                case result:
                    yield result
        if remaining.failure is not None:
            raise remaining.failure


class _Remaining:
    """Tasks that nobody has yet, until they end or cannot be read on."""

    def __init__(self, tasks: Iterable[Task]) -> None:
        self._tasks = iter(tasks)
        self.failure: FqlError | None = None

    def next(self) -> Task | None:
        """Return the next one; None where there is none any more."""
        try:
            return next(self._tasks, None)
        except FqlError as error:
            self.failure = error
        return None


def optional_workers(
    work: Work[WrittenT], count: int, *, is_counted: bool = True
) -> AbstractContextManager[Workers[WrittenT] | None]:
    """Return *count* processes for *work*, as a context; None where one is enough."""
    if count == 1:
        return nullcontext()
    return Workers(work, count, is_counted=is_counted)


def serve(
    work: Work[Any],
    connection: Connection,
    shelf: Shelf | None = None,
    not_ours: Iterable[Connection] = (),
) -> None:
    """Do *work* for each task that comes, until there is nobody at the other end.

    Args:
        work: What is done.
        connection: Where tasks come from, and results go to.
        shelf: Where outputs are laid.
        not_ours: What this process has open although others use it.
    """
    for each in not_ours:
        each.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who started this process decides
    gc.freeze()  # what is there already stays: to look through it would copy it
    bytes(LARGEST)
    end = FarEnd(connection, shelf)
    with suppress(EOFError, OSError):
        while True:
            for told in _told_of(work, end.next()):
                end.tell(told)


def _told_of(work: Work[WrittenT], task: Task) -> Iterator[WrittenT | Ending]:
    """Yield the results of *task*, and how it ended: None where it ended well."""
    try:
        for block in _blocks(task):
            yield from work(block)
    except FqlError as error:
        yield error
    except Exception as error:
        yield Mistake(f"{type(error).__name__}: {error}")
    else:
        yield None


def _blocks(task: Task) -> Iterator[Block]:
    """Yield the blocks of *task*; where nobody counts, each starts with line 1."""
    if isinstance(task, Block):
        yield task
        return
    path, start, end, number = task
    with opened_between(path, start, end) as source:
        yield from read_blocks(source, number, is_start=start == 0)


def _context() -> _Context:
    """Return how processes are started; a fork copies no other threads' locks."""
    if sys.platform == "linux" and threading.active_count() == 1:
        return multiprocessing.get_context("fork")
    return multiprocessing.get_context("spawn")
