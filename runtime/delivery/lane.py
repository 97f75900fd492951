"""The way to one destination: as many requests at a time as it bears.

Lanes share nothing, so that a slow destination costs the others nothing: it has a
bounded number of jobs in hand, and what is over that stays in the store.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, final

from fql.runtime.delivery.breaker import Breaker
from fql.runtime.delivery.jobs import Result, State
from fql.runtime.delivery.pace import Pace
from fql.runtime.delivery.parcels import Parcels

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from fql.runtime.delivery.jobs import Claim
    from fql.runtime.delivery.options import DeliveryOptions
    from fql.runtime.delivery.sender import Sender
    from fql.runtime.destinations.definitions import Action

    Settle = Callable[[Claim, Result], None]

ROUNDS_IN_HAND = 4
"""Parcels for each request at a time that a lane holds, those under way included."""


@final
class Lane:
    """Delivers the claims of one destination.

    Args:
        name: The destination's.
        sender: Makes the attempts.
        actions: The destination's, by name.
        options: How it is delivered to.
        settle: Is told what became of each claim.
        clock: Returns seconds since 1970.
    """

    def __init__(
        self,
        name: str,
        sender: Sender,
        actions: Mapping[str, Action],
        options: DeliveryOptions,
        *,
        settle: Settle,
        clock: Callable[[], float],
    ) -> None:
        self.name = name
        self.is_ordered = options.ordered
        self._sender = sender
        self._options = options
        self._settle = settle
        self._clock = clock
        self._parcels = Parcels(actions, options, clock)
        self._pace = Pace(options.rate, clock)
        self._breaker = Breaker(
            options.breaker_failures, options.breaker_seconds, clock
        )
        self._waiting: deque[Sequence[Claim]] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self.in_hand = 0
        """Claims that were taken and not settled yet."""

    @property
    def is_full(self) -> bool:
        """Whether it takes no more claims for now."""
        parcels = len(self._waiting) + len(self._tasks)
        is_busy = parcels >= self._options.concurrency * ROUNDS_IN_HAND
        return is_busy or self._breaker.is_open

    def add(self, claims: Sequence[Claim]) -> None:
        """Take claims; they are under way when there is room."""
        self.in_hand += len(claims)
        for claim in claims:
            self._waiting.extend(self._parcels.add(claim))
        self._start()

    def flush(self, *, is_last: bool) -> None:
        """Send the batches that have waited long enough, or all of them.

        Args:
            is_last: Whether nothing more is to come for now.
        """
        due = self._parcels.rest() if is_last else self._parcels.due()
        self._waiting.extend(due)
        self._start()

    async def close(self) -> None:
        """Wait for what is under way; give back what is not."""
        for parcel in [*self._waiting, *self._parcels.rest()]:
            self._give_back(parcel, self._clock())
        self._waiting.clear()
        if self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def _start(self) -> None:
        while self._waiting and len(self._tasks) < self._options.concurrency:
            task = asyncio.create_task(self._deliver(self._waiting.popleft()))
            self._tasks.add(task)
            task.add_done_callback(self._finish)

    def _finish(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._start()

    async def _deliver(self, parcel: Sequence[Claim]) -> None:
        seconds = self._breaker.wait()
        if seconds:
            self._give_back(parcel, self._clock() + seconds)
            return
        await asyncio.sleep(self._pace.take())
        held = [each for each in parcel if each.until > self._clock()]
        self.in_hand -= len(parcel) - len(held)
        if not held:
            return
        results = await self._attempt(held)
        self._note(results)
        for claim, result in zip(held, results, strict=True):
            self._put(claim, result)

    async def _attempt(self, parcel: Sequence[Claim]) -> list[Result]:
        """Return what an attempt did; a mistake of a definition ends its jobs only."""
        try:
            return await self._sender.send(parcel)
        except Exception as error:
            detail = f"{type(error).__name__}: {error}"
            return [Result(State.DEAD, "INTERNAL", detail)] * len(parcel)

    def _note(self, results: Sequence[Result]) -> None:
        """Tell the breaker; an answer about a payload is an answer."""
        if all(each.state is State.PENDING for each in results):
            self._breaker.fail()
        else:
            self._breaker.succeed()

    def _give_back(self, parcel: Sequence[Claim], due: float) -> None:
        """Put claims back without an attempt."""
        for claim in parcel:
            result = Result(State.PENDING, due_at=due, is_attempt=False)
            self._put(claim, result)

    def _put(self, claim: Claim, result: Result) -> None:
        self.in_hand -= 1
        self._settle(claim, result)
