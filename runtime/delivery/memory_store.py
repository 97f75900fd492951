"""Jobs in memory: for one process, for as long as it lives."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, final

from fql.runtime.delivery.jobs import Claim, Result, State

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from fql.runtime.delivery.jobs import Job


@dataclass(slots=True)
class _Entry:
    job: Job
    state: State = State.PENDING
    attempts: int = 0
    due_at: float = 0.0
    until: float = 0.0
    result: Result | None = None

    def claimable_at(self) -> float | None:
        """Return when it can be claimed, or None for never."""
        if self.state is State.PENDING:
            return self.due_at
        return self.until if self.state is State.CLAIMED else None


@final
class MemoryStore:
    """A store that ends with its process. Threads may share it.

    Args:
        clock: Returns seconds since 1970.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._entries: dict[int, _Entry] = {}
        self._numbers: dict[str, int] = {}
        self._turn = threading.Lock()

    def add(self, jobs: Sequence[Job]) -> int:
        """Keep *jobs*; one whose key is there already is passed over."""
        with self._turn:
            before = len(self._entries)
            for job in jobs:
                if job.key not in self._numbers:
                    number = len(self._entries) + 1
                    self._numbers[job.key] = number
                    self._entries[number] = _Entry(job)
            return len(self._entries) - before

    def claim(
        self,
        limit: int,
        lease: float,
        *,
        among: Collection[str],
        ordered: Collection[str] = (),
    ) -> list[Claim]:
        """Take up to *limit* jobs that are due, oldest first."""
        now = self._clock()
        claims: list[Claim] = []
        busy: set[tuple[str, str]] = set()
        with self._turn:
            for number, entry in self._entries.items():
                at = entry.claimable_at()
                if at is None or len(claims) >= limit:
                    continue
                lane = (entry.job.destination, entry.job.user or "")
                is_behind = lane in busy
                if entry.job.user is not None and entry.job.destination in ordered:
                    busy.add(lane)
                if at > now or is_behind or entry.job.destination not in among:
                    continue
                entry.state, entry.until = State.CLAIMED, now + lease
                claims.append(Claim(number, entry.job, entry.attempts + 1, entry.until))
        return claims

    def settle(self, results: Mapping[int, Result]) -> None:
        """Write down what became of claimed jobs, by their numbers."""
        with self._turn:
            for number, result in results.items():
                entry = self._entries[number]
                if entry.state in {State.DELIVERED, State.DEAD}:
                    continue
                entry.state, entry.due_at = result.state, result.due_at
                entry.attempts += result.is_attempt
                entry.result = result

    def next_due(self, among: Collection[str]) -> float | None:
        """Return when the next job of these destinations is due, or its lease ends."""
        with self._turn:
            times = [
                at
                for entry in self._entries.values()
                if entry.job.destination in among
                and (at := entry.claimable_at()) is not None
            ]
        return min(times, default=None)

    def result_of(self, key: str) -> Result | None:
        """Return what the last attempt for a job did; None where there was none."""
        with self._turn:
            number = self._numbers.get(key)
            return None if number is None else self._entries[number].result
