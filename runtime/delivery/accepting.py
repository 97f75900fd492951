"""Events into an outbox: what returns from here is safe.

Payloads are made and kept; nothing is sent. Whoever sent an event may be told that it
was taken once its payloads are in the store, and not before. Accepting the same events
again adds nothing: a payload's key is made of its message's id and its mapping. The
window of duplicates, which ends with the process and may remember messages that were
never kept, is therefore not asked.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, Self, final

from fql.runtime.delivery.job_making import jobs_of
from fql.runtime.delivery.store import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from fql.compiler.values import Json
    from fql.runtime.delivery.jobs import Job
    from fql.runtime.delivery.store import Store
    from fql.runtime.outcomes import Outcome
    from fql.runtime.workspace import Workspace

    Watch = Callable[[dict[str, Json], list[Outcome]], None]

EVENTS_AT_ONCE = 500
"""Events whose payloads are kept in one transaction."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """What became of some events, all of whose payloads are kept now.

    Attributes:
        outcomes: Of every event in order, as `Workspace.process` gives them.
        events: How many events there were.
        new: How many payloads were not there before.
    """

    outcomes: Sequence[Outcome]
    events: int
    new: int

    @property
    def payloads(self) -> int:
        """How many payloads there were, those included that were there before."""
        return sum(each.is_built for each in self.outcomes)


def accept(
    workspace: Workspace,
    events: Iterable[dict[str, Json]],
    store: Store,
    *,
    source: str | None = None,
    clock: Callable[[], float] = time.time,
    watch: Watch | None = None,
) -> Iterator[Accepted]:
    """Process *events* and keep their payloads; yield what became of each block.

    What is yielded is kept, whatever happens afterwards.

    Args:
        workspace: The program.
        events: Objects as a JSON reader makes them. They are never changed.
        store: Where the payloads are kept.
        source: The name of their source. Without one, every destination gets them.
        clock: Returns seconds since 1970.
        watch: Is told of each event and what becomes of it, before that is kept.

    Raises:
        ValueError: There is no such source.
        StoreError: The payloads of the block could not be kept; none of them is.
    """
    plain = without_window(workspace)
    remaining = iter(events)
    while block := list(islice(remaining, EVENTS_AT_ONCE)):
        outcomes, jobs = processed(plain, block, source, clock(), watch=watch)
        yield Accepted(outcomes, len(block), store.add(jobs))


def without_window(workspace: Workspace) -> Workspace:
    """Return the program without what it remembers of messages."""
    return replace(workspace, window=None)


def processed(
    workspace: Workspace,
    events: Iterable[dict[str, Json]],
    source: str | None,
    now: float,
    *,
    watch: Watch | None = None,
) -> tuple[list[Outcome], list[Job]]:
    """Return what becomes of *events*, and the jobs among it, accepted at *now*."""
    outcomes: list[Outcome] = []
    jobs: list[Job] = []
    for event in events:
        became = workspace.process(event, source=source)
        outcomes += became
        if watch is not None:
            watch(event, became)
        jobs += [job for _, job in jobs_of(event, became, now)]
    return outcomes, jobs


@final
class Acceptor:
    """Accepts events one by one, and keeps those that come together together.

    A disk takes so many transactions a second, however small they are: those who wait
    for one share the next. Use it in an ``async with`` statement.

    Args:
        workspace: The program.
        store: Where the payloads are kept.
        clock: Returns seconds since 1970.
        watch: Is told of each event and what becomes of it, before that is kept.
    """

    def __init__(
        self,
        workspace: Workspace,
        store: Store,
        *,
        clock: Callable[[], float] = time.time,
        watch: Watch | None = None,
    ) -> None:
        self._workspace = without_window(workspace)
        self._store = store
        self._clock = clock
        self._watch = watch
        self._waiting: list[tuple[list[Job], asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *about: object) -> None:
        if self._writing is not None:
            await self._writing

    async def accept(
        self, event: dict[str, Json], *, source: str | None = None
    ) -> list[Outcome]:
        """Return what becomes of *event*, once its payloads are kept.

        Raises:
            ValueError: There is no such source.
            StoreError: They could not be kept; nothing of the event is.
        """
        outcomes, jobs = processed(
            self._workspace, [event], source, self._clock(), watch=self._watch
        )
        if jobs:
            kept: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append((jobs, kept))
            if self._writing is None:
                self._writing = asyncio.create_task(self._write())
            await kept
        return outcomes

    async def _write(self) -> None:
        """Keep what waits, until nothing does."""
        while self._waiting:
            group = self._waiting[:EVENTS_AT_ONCE]
            del self._waiting[:EVENTS_AT_ONCE]
            jobs = [job for theirs, _ in group for job in theirs]
            try:
                await asyncio.to_thread(self._store.add, jobs)
            except StoreError as error:
                _tell(group, error)
            else:
                _tell(group, None)
        self._writing = None


def _tell(
    group: Sequence[tuple[list[Job], asyncio.Future[None]]], error: StoreError | None
) -> None:
    """Tell those who wait; some may have stopped waiting."""
    for _, kept in group:
        if kept.done():
            continue
        if error is None:
            kept.set_result(None)
        else:
            kept.set_exception(error)
