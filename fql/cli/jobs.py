"""Work in several processes, with the results in the order of the input.

A process reads stretches of plain files itself (`stretches.py`). What is not a plain
file, such as one that is compressed, is read here and handed out in blocks.

Processes are forked where that is safe and spawned elsewhere; spawned ones are sent the
work, which is then compiled anew from its text. They are told to stop by closing their
connection, so that none outlives this process, however that ends.
"""

from __future__ import annotations

import multiprocessing
import signal
import sys
import threading
from collections import deque
from contextlib import nullcontext, suppress
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeAlias

import click

from fql.cli.blocks import Block, read_blocks
from fql.cli.inputs import opened_between
from fql.cli.work import ResultT
from fql.grammar.diagnostics import FqlError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from contextlib import AbstractContextManager
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkContext, SpawnContext
    from multiprocessing.process import BaseProcess
    from types import TracebackType

    from fql.cli.stretches import Stretch
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

Task: TypeAlias = "Block | Stretch"


class _Mistake(NamedTuple):
    """What went wrong in a process, by a mistake of ours."""

    description: str


Ending: TypeAlias = FqlError | _Mistake | None
"""What a process says after the results of a task."""


class Workers(Generic[ResultT]):
    """Processes that do the same work; use it as a context.

    Args:
        work: What they do.
        count: How many there are.
        is_counted: Whether the work has to know the numbers of lines.
    """

    def __init__(
        self, work: Work[ResultT], count: int, *, is_counted: bool = True
    ) -> None:
        self.is_counted = is_counted
        context = _context()
        self._processes: list[BaseProcess] = []
        self._connections: list[Connection] = []
        for _ in range(count):
            ours, theirs = context.Pipe()
            self._connections.append(ours)
            # A fork has all of our ends too; while it does, nobody sees us close them.
            not_theirs = (
                self._connections if context.get_start_method() == "fork" else ()
            )
            process = context.Process(
                target=serve, args=(work, theirs, not_theirs), daemon=True
            )
            process.start()
            theirs.close()
            self._processes.append(process)

    def __enter__(self) -> Workers[ResultT]:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for connection in self._connections:
            connection.close()
        for process in self._processes:
            if error is not None:
                process.terminate()
            process.join()

    def results(self, tasks: Iterable[Task], ahead: int = 1) -> Iterator[ResultT]:
        """Yield the results of all tasks, in their order.

        Args:
            tasks: What there is to do.
            ahead: How many tasks a process may know of. Only where they are small: it
                takes the next one in when it has handed over the results of the last.

        Raises:
            FqlError: An input cannot be read on.
            ClickException: A process was ended from outside.
        """
        free = deque(self._connections * ahead)
        waiting: deque[Connection] = deque()
        remaining = _Remaining(tasks)
        while True:
            while free and (task := remaining.next()) is not None:
                free[0].send(task)
                waiting.append(free.popleft())
            if not waiting:
                break
            try:
                yield from _received(waiting[0])
            except FqlError:
                _pass_over(waiting)
                raise
            free.append(waiting.popleft())
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
    work: Work[ResultT], count: int, *, is_counted: bool = True
) -> AbstractContextManager[Workers[ResultT] | None]:
    """Return *count* processes for *work*, as a context; None where one is enough."""
    if count == 1:
        return nullcontext()
    return Workers(work, count, is_counted=is_counted)


def _received(connection: Connection) -> Iterator[Any]:
    """Yield the results of one task.

    Raises:
        FqlError: An input cannot be read on.
        ClickException: The process was ended from outside.
    """
    while True:
        try:
            told = connection.recv()
        except (EOFError, OSError) as error:
            message = "one of the processes of --jobs was ended from outside"
            raise click.ClickException(message) from error
        match told:
            case None:
                return
            case FqlError():
                raise told
            case _Mistake(description):
                raise RuntimeError(description)
            case _:
                yield told


def _pass_over(waiting: deque[Connection]) -> None:
    """Read what the tasks after the first one gave; the first has failed."""
    waiting.popleft()
    for connection in waiting:
        with suppress(FqlError):
            deque(_received(connection), maxlen=0)


def serve(
    work: Work[Any], connection: Connection, not_ours: Iterable[Connection] = ()
) -> None:
    """Do *work* for each task that comes, until there is nobody at the other end.

    Args:
        work: What is done.
        connection: Where tasks come from, and results go to.
        not_ours: What this process has open although others use it.
    """
    for each in not_ours:
        each.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who started this process decides
    with suppress(EOFError, OSError):
        while True:
            task: Task = connection.recv()
            for told in _told_of(work, task):
                connection.send(told)


def _told_of(work: Work[ResultT], task: Task) -> Iterator[ResultT | Ending]:
    """Yield the results of *task*, and how it ended: None where it ended well."""
    try:
        for block in _blocks(task):
            yield from work(block)
    except FqlError as error:
        yield error
    except Exception as error:
        yield _Mistake(f"{type(error).__name__}: {error}")
    else:
        yield None


def _blocks(task: Task) -> Iterator[Block]:
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
