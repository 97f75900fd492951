"""Delivery: jobs out of a store, each to its destination, and the answers back in.

The engine claims what is due, hands it to the lane of its destination, and writes down
what became of it, many at a time. It holds nothing that is not in the store: whatever
it is doing when the process dies is claimed again when the lease ends.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fql.runtime.delivery.jobs import Claim, Result
    from fql.runtime.delivery.lane import Lane
    from fql.runtime.delivery.store import Store

CLAIMED_AT_ONCE = 1_000
"""Jobs that are taken from the store at a time."""

LEASE = 120.0
"""Seconds after which others may take a job that is not settled."""

SETTLED_AT_ONCE = 500
"""Results that are written down at a time."""

LONGEST_WAIT = 1.0
"""Seconds between two looks at the store at the most."""

_TICK = 0.02
"""Seconds between two looks at the lanes while they have work."""


@final
class Engine:
    """Delivers what is in a store.

    Args:
        store: Where the jobs are.
        lanes: By the names of the destinations.
        watch: Is told of each result, before it is written down.
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
                claimed = await self._claim()
                await self._write()
                if claimed:
                    continue
                seconds = await self._until_next()
                if seconds is None and until_empty:
                    return
                await self._wait(LONGEST_WAIT if seconds is None else seconds)
        finally:
            await self._close()

    async def _claim(self) -> int:
        """Take what is due and hand it to its lanes; return how much it was."""
        open_ = [lane.name for lane in self._lanes.values() if not lane.is_full]
        if not open_:
            return 0
        ordered = [lane.name for lane in self._lanes.values() if lane.is_ordered]
        claims = await asyncio.to_thread(
            self._store.claim,
            CLAIMED_AT_ONCE,
            LEASE,
            among=open_,
            ordered=ordered,
        )
        by_lane: dict[str, list[Claim]] = {}
        for claim in claims:
            by_lane.setdefault(claim.job.destination, []).append(claim)
        for name, theirs in by_lane.items():
            self._lanes[name].add(theirs)
        for lane in self._lanes.values():
            lane.flush(is_last=not claims)
        return len(claims)

    def _settle(self, claim: Claim, result: Result) -> None:
        self._results[claim.id] = result
        self._watch(claim, result)

    async def _write(self) -> None:
        if self._results:
            results, self._results = self._results, {}
            await asyncio.to_thread(self._store.settle, results)

    def _is_idle(self) -> bool:
        return not self._results and not any(
            lane.in_hand for lane in self._lanes.values()
        )

    async def _until_next(self) -> float | None:
        """Return the seconds to the next look; None where nothing is left to do."""
        if not self._is_idle():
            return _TICK
        due = await asyncio.to_thread(self._store.next_due, list(self._lanes))
        if due is None:
            return None
        return min(max(due - self._clock(), _TICK), LONGEST_WAIT)

    async def _wait(self, seconds: float) -> None:
        """Wait, or until the engine is stopped."""
        try:
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
        except TimeoutError:
            pass

    async def _close(self) -> None:
        for lane in self._lanes.values():
            await lane.close()
        await self._write()
