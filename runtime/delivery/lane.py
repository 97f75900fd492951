"""The way to one destination: as many requests at a time as it bears.

Lanes share nothing, so that a slow destination costs the others nothing: it has a
bounded number of jobs in hand, and what is over that stays in the store.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Protocol, final

from fql.runtime.delivery.breaker import Breaker
from fql.runtime.delivery.jobs import Result, State
from fql.runtime.delivery.parcels import Parcels

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from fql.runtime.delivery.jobs import Claim
    from fql.runtime.delivery.options import DeliveryOptions
    from fql.runtime.delivery.pace import Pace
    from fql.runtime.delivery.sender import Sent
    from fql.runtime.destinations.definitions import Action

    Settle = Callable[[Claim, Result], None]

ROUNDS_IN_HAND = 4
"""Parcels for each request at a time that a lane holds, those under way included."""

MOST_IN_HAND = 10_000
"""Claims that make a lane full, however few parcels they are."""


class Sending(Protocol):
    """What makes the attempts of a lane: a `fql.runtime.delivery.sender.Sender`."""

    async def send(self, claims: Sequence[Claim]) -> Sent:
        """Try to deliver *claims*, all of one mapping."""
        ...


@final
class Lane:
    """Delivers the claims of one destination.

    Args:
        name: The destination's.
        sender: Makes the attempts.
        actions: The destination's, by name.
        options: How it is delivered to.
        pace: Says when the next request may go out.
        settle: Is told what became of each claim.
        clock: Returns seconds since 1970.
    """

    def __init__(
        self,
        name: str,
        sender: Sending,
        actions: Mapping[str, Action],
        options: DeliveryOptions,
        *,
        pace: Pace,
        settle: Settle,
        clock: Callable[[], float],
    ) -> None:
        self.name = name
        self.is_ordered = options.ordered
        self._sender = sender
        self._options = options
        self._settle = settle
        self._clock = clock
        self._started_at = clock()
        self._parcels = Parcels(actions, options, clock)
        self._pace = pace
        self._breaker = Breaker(
            options.breaker_failures, options.breaker_seconds, clock
        )
        self._waiting: deque[Sequence[Claim]] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self._latest: dict[int, float] = {}
        """When each claim in hand must be under way, by its number."""
        self._is_closed = False

    @property
    def in_hand(self) -> int:
        """How many claims were taken and not settled yet."""
        return len(self._latest)

    @property
    def longest(self) -> float:
        """Seconds that a claim may take without anything being wrong."""
        return self._options.timeout + self._parcels.longest

    @property
    def is_full(self) -> bool:
        """Whether it takes no more claims for now."""
        parcels = len(self._waiting) + len(self._tasks)
        is_busy = parcels >= self._options.concurrency * ROUNDS_IN_HAND
        is_alone = self._breaker.wait() > 0 or self._breaker.is_trying
        return is_busy or is_alone or self.in_hand >= MOST_IN_HAND

    def add(self, claims: Iterable[Claim]) -> None:
        """Take claims; they are under way when there is room.

        A claim that is in hand already only has a longer lease: its first one ended
        before its turn came, and it is not sent twice for that.
        """
        now = self._clock()
        for claim in claims:
            is_new = claim.id not in self._latest
            spare = min(self._options.timeout, (claim.until - now) / 2)
            self._latest[claim.id] = claim.until - spare
            if is_new:
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

    def close(self) -> None:
        """Start nothing more, and give back what is not under way."""
        self._is_closed = True
        self._give_back_waiting(self._clock())
        for parcel in self._parcels.rest():
            self._give_back(parcel, self._clock())

    async def finish(self) -> None:
        """Wait for what is under way."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    # --- starting ---

    def _start(self) -> None:
        while self._waiting and self._may_start():
            parcel = self._held(self._waiting.popleft())
            if parcel:
                self._breaker.start()
                self._pace.take()
                task = asyncio.create_task(self._deliver(parcel))
                self._tasks.add(task)
                task.add_done_callback(self._finish)

    def _may_start(self) -> bool:
        """Return whether a request may go out now; all are given back if not soon."""
        if self._is_closed or len(self._tasks) >= self._options.concurrency:
            return False
        pause = self._breaker.wait()
        if pause:
            self._give_back_waiting(self._clock() + pause)
        return not (pause or self._breaker.is_trying or self._pace.wait())

    def _finish(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._start()

    def _held(self, parcel: Sequence[Claim]) -> list[Claim]:
        """Return the claims whose leases outlast an attempt; let the others go.

        They stay claimed until their leases end, and then whoever is there takes them.
        """
        now = self._clock()
        for claim in parcel:
            if self._latest[claim.id] <= now:
                del self._latest[claim.id]
        return [each for each in parcel if each.id in self._latest]

    # --- under way ---

    async def _deliver(self, parcel: Sequence[Claim]) -> None:
        try:
            sent = await self._sender.send(parcel)
        except Exception as error:
            self._breaker.abandon()
            lost = Result(State.DEAD, "INTERNAL", type(error).__name__)
            for claim in parcel:
                self._put(claim, lost)
        except BaseException:
            self._breaker.abandon()
            self._give_back(parcel, self._clock())
            raise
        else:
            self._note(sent)
            for claim, result in zip(parcel, sent.results, strict=True):
                self._put(claim, result)

    def _note(self, sent: Sent) -> None:
        """Tell pace and breaker; an answer about a payload is an answer."""
        self._pace.take(sent.requests - 1)
        if sent.is_served:
            self._breaker.succeed()
        else:
            self._breaker.fail()
        if sent.pause:
            self._breaker.pause(sent.pause)

    # --- back ---

    def _give_back_waiting(self, due: float) -> None:
        while self._waiting:
            self._give_back(self._waiting.popleft(), due)

    def _give_back(self, parcel: Sequence[Claim], due: float) -> None:
        """Put claims back without an attempt, unless their time is over by then."""
        for claim in parcel:
            since = max(claim.job.accepted_at, self._started_at)
            if due > since + self._options.hours * 3_600 and not self._is_closed:
                result = Result(State.DEAD, "RETRY", _LEFT_ALONE)
            else:
                result = Result(State.PENDING, due_at=due, is_attempt=False)
            self._put(claim, result)

    def _put(self, claim: Claim, result: Result) -> None:
        del self._latest[claim.id]
        self._settle(claim, result)


_LEFT_ALONE = "the destination could not serve requests until the time for it was over"
