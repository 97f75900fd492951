"""Delivery: jobs out of a store, each to its destination, and the answers back in.

The engine claims what is due, hands it to the lane of its destination, and writes down
what became of it, many at a time. It holds nothing that is not in the store: whatever
it is doing when the process dies is claimed again when the lease ends.
"""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar, final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fql.runtime.delivery.jobs import Claim, Result
    from fql.runtime.delivery.lane import Lane
    from fql.runtime.delivery.store import Store

CLAIMED_AT_ONCE = 1_000
"""Jobs that are taken from the store at a time."""

LEASE = 120.0
"""Seconds after which others may take a job that is not settled, or longer where a
destination takes its time."""

LONGEST_WAIT = 1.0
"""Seconds between two looks at the store at the most."""

_TICK = 0.02
"""Seconds between two looks at the lanes while they have work."""

_BEHIND = 0.1
"""Seconds to the next look while all that is due waits for something older."""

_ResultT = TypeVar("_ResultT")


@final
class Engine:
    """Delivers what is in a store. It runs once.

    Jobs of destinations that have no lane stay where they are.

    Args:
        store: Where the jobs are.
        lanes: By the names of the destinations.
        watch: Is told of each result, before it is written down. If it raises, the
            engine stops, and raises that when the results are written.
        clock: Returns seconds since 1970.
    """

    def __init__(
        self,
        store: Store,
        lanes: Callable[[Callable[[Claim, Result], None]], Mapping[str, Lane]],
        *,
        watch: Callable[[Claim, Result], None] = lambda claim, result: None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._lanes = lanes(self._settle)
        self._watch = watch
        self._clock = clock
        self._results: dict[int, Result] = {}
        self._stopping = asyncio.Event()
        self._broken: Exception | None = None
        # A thread of its own: those of the loop may all wait for files, or for names.
        self._thread = ThreadPoolExecutor(1, "fql-store")
        longest = max((each.longest for each in self._lanes.values()), default=0.0)
        self._lease = LEASE + 2 * longest

    def stop(self) -> None:
        """Take no more jobs, and let `run` return when what is under way is done."""
        self._stopping.set()

    async def run(self, *, until_empty: bool) -> None:
        """Deliver until stopped, or until nothing is left that is due now.

        Args:
            until_empty: Whether to return when all jobs are delivered or dead; those
                that are tried again later are waited for.

        Raises:
            StoreError: The store cannot be used. What was claimed is claimed again
                when its lease ends.
        """
        try:
            while not self._stopping.is_set():
                await self._write()
                if await self._claim(is_last=until_empty):
                    continue
                seconds = await self._until_next()
                if seconds is None and until_empty:
                    return
                await self._wait(LONGEST_WAIT if seconds is None else seconds)
        finally:
            await self._close()
        if self._broken is not None:
            raise self._broken

    async def _claim(self, *, is_last: bool) -> bool:
        """Take what is due and hand it to its lanes; return whether there was any.

        Args:
            is_last: Whether nothing more is to come when nothing is due.
        """
        lanes = self._lanes.values()
        names = [each.name for each in lanes if not each.is_full]
        ordered = [each.name for each in lanes if each.is_ordered]
        by_lane: dict[str, list[Claim]] = {name: [] for name in names}
        if names:
            claims = await self._in_thread(
                lambda: self._store.claim(
                    CLAIMED_AT_ONCE, self._lease, among=names, ordered=ordered
                )
            )
            for claim in claims:
                # What is not written yet was sent when its lease had ended.
                if claim.id not in self._results:
                    by_lane[claim.job.destination].append(claim)
        for lane in lanes:
            theirs = by_lane.get(lane.name, [])
            if theirs:
                lane.add(theirs)
            # Behind the events in hand no others of their users come.
            is_all = not theirs and (is_last or lane.is_ordered)
            lane.flush(is_last=is_all)
        return any(by_lane.values())

    def _settle(self, claim: Claim, result: Result) -> None:
        self._results[claim.id] = result
        try:
            self._watch(claim, result)
        except Exception as error:
            self._broken = self._broken or error
            self.stop()

    async def _write(self) -> None:
        """Write the results down; those that cannot be written are kept."""
        results = dict(self._results)
        if results:
            await self._in_thread(lambda: self._store.settle(results))
            for number in results:
                del self._results[number]

    def _is_idle(self) -> bool:
        return not self._results and not any(
            lane.in_hand for lane in self._lanes.values()
        )

    async def _until_next(self) -> float | None:
        """Return the seconds to the next look; None where nothing is left to do."""
        if not self._is_idle():
            return _TICK
        names = list(self._lanes)
        due = await self._in_thread(lambda: self._store.next_due(names))
        if due is None:
            return None
        left = due - self._clock()
        return min(left, LONGEST_WAIT) if left > 0 else _BEHIND

    async def _wait(self, seconds: float) -> None:
        """Wait, or until the engine is stopped."""
        try:
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
        except TimeoutError:
            pass

    async def _close(self) -> None:
        """Finish what is under way, give back the rest, and write it down."""
        try:
            for lane in self._lanes.values():
                lane.close()
            await asyncio.gather(*(each.finish() for each in self._lanes.values()))
            await self._write()
        finally:
            self._thread.shutdown(wait=False)

    async def _in_thread(self, do: Callable[[], _ResultT]) -> _ResultT:
        return await asyncio.get_running_loop().run_in_executor(self._thread, do)
