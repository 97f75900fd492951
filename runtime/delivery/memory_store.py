"""Jobs in memory: for one process, for as long as it lives.

What a claim costs depends on what is due, not on what is stored: jobs wait in heaps by
their time, those that are due in heaps by their number. An entry that was moved stays
in its heap and is passed over there.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, defaultdict, deque
from dataclasses import dataclass, replace
from heapq import heapify, heappop, heappush
from itertools import islice
from typing import TYPE_CHECKING, final

from fql.runtime.delivery.jobs import Claim, Result, State

if TYPE_CHECKING:
    from collections.abc import (
        Callable,
        Collection,
        Iterable,
        Iterator,
        Mapping,
        Sequence,
    )

    from fql.runtime.delivery.jobs import Job

REMEMBERED = 100_000
"""Jobs that are remembered by their keys after their ends."""

_SLACK = 64
"""Entries of a heap that may be out of date, besides as many as are not."""


@dataclass(slots=True)
class _Entry:
    """A job that is neither delivered nor dead."""

    job: Job
    at: float = 0.0
    """When it can be claimed: its time, or the end of its lease."""
    attempts: int = 0
    result: Result | None = None


@final
class _Agenda:
    """Numbers of jobs by time. What is out of date is passed over."""

    def __init__(self, entries: Mapping[int, _Entry]) -> None:
        self._entries = entries
        self._heap: list[tuple[float, int]] = []

    def put(self, number: int, at: float) -> None:
        """Let a job be due at a time, which is also its entry's."""
        heappush(self._heap, (at, number))
        if len(self._heap) > 2 * len(self._entries) + _SLACK:
            self._heap = [each for each in self._heap if self._holds(each)]
            heapify(self._heap)

    def first(self) -> float | None:
        """Return the earliest time, or None."""
        while self._heap and not self._holds(self._heap[0]):
            heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def take(self, now: float) -> Iterator[int]:
        """Yield, and forget, the numbers whose time has come."""
        while (at := self.first()) is not None and at <= now:
            yield heappop(self._heap)[1]

    def _holds(self, item: tuple[float, int]) -> bool:
        entry = self._entries.get(item[1])
        return entry is not None and entry.at == item[0]


@final
class _Queue:
    """The open jobs of one destination, by their numbers.

    A job is in the agenda until its time comes, then among those that are due, or
    behind an older one of the same user.
    """

    def __init__(self) -> None:
        self.entries: dict[int, _Entry] = {}
        self._times = _Agenda(self.entries)
        self._agenda = _Agenda(self.entries)
        self._due: list[int] = []
        self._behind: defaultdict[str, list[int]] = defaultdict(list)
        self._of_user: dict[str, deque[int]] = {}
        """The oldest first; some may be of jobs that have ended."""

    def add(self, number: int, job: Job) -> None:
        """Take a job."""
        self.entries[number] = entry = _Entry(job)
        self.put_back(number, entry.at)
        if job.user is not None:
            self._of_user.setdefault(job.user, deque()).append(number)

    def put_back(self, number: int, at: float) -> None:
        """Let a job wait until *at*."""
        self.entries[number].at = at
        self._times.put(number, at)
        self._agenda.put(number, at)

    def take(self, now: float, *, is_ordered: bool) -> Iterator[int]:
        """Yield the numbers of jobs that are due, the oldest first.

        Each has to be put back, with a time to come.
        """
        for number in self._agenda.take(now):
            heappush(self._due, number)
        if not is_ordered:
            self._let_past(list(self._behind))
        while self._due:
            number = heappop(self._due)
            entry = self.entries.get(number)
            if entry is None or entry.at > now:
                continue
            user = entry.job.user
            if is_ordered and user is not None and self._oldest(user) != number:
                self._behind[user].append(number)
            else:
                yield number

    def end(self, number: int) -> None:
        """Let a job go; what was behind it may be due now."""
        user = self.entries.pop(number).job.user
        if user is not None:
            if self._oldest(user) is None:
                del self._of_user[user]
            self._let_past([user])

    def next_due(self) -> float | None:
        """Return when the next of all jobs is due, or its lease ends."""
        return self._times.first()

    def _oldest(self, user: str) -> int | None:
        numbers = self._of_user[user]
        while numbers and numbers[0] not in self.entries:
            numbers.popleft()
        return numbers[0] if numbers else None

    def _let_past(self, users: Sequence[str]) -> None:
        for user in users:
            for number in self._behind.pop(user, ()):
                heappush(self._due, number)


@final
class MemoryStore:
    """A store that ends with its process. Threads may share it.

    A job that has ended leaves no more than its key and its last result, without what
    went over the wire; the oldest of these are forgotten beyond `REMEMBERED`.

    Args:
        clock: Returns seconds since 1970.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._queues: defaultdict[str, _Queue] = defaultdict(_Queue)
        self._destinations: dict[int, str] = {}
        self._numbers: dict[str, int] = {}
        self._ended: OrderedDict[str, Result] = OrderedDict()
        self._last = 0
        self._turn = threading.Lock()

    def add(self, jobs: Sequence[Job]) -> int:
        """Keep *jobs*; one whose key is there already is passed over."""
        with self._turn:
            before = self._last
            for job in jobs:
                if job.key not in self._numbers and job.key not in self._ended:
                    self._last += 1
                    self._numbers[job.key] = self._last
                    self._destinations[self._last] = job.destination
                    self._queues[job.destination].add(self._last, job)
            return self._last - before

    def claim(
        self,
        limit: int,
        lease: float,
        *,
        among: Collection[str],
        ordered: Collection[str] = (),
    ) -> list[Claim]:
        """Take up to *limit* jobs that are due, oldest first of each destination.

        Every destination gets its share, so that none waits for the jobs of another.
        """
        now = self._clock()
        claims: list[Claim] = []
        with self._turn:
            names = [each for each in among if each in self._queues]
            for left, name in zip(range(len(names), 0, -1), names, strict=True):
                share = -(-(limit - len(claims)) // left)
                due = self._queues[name].take(now, is_ordered=name in ordered)
                claims += self._claim(name, islice(due, share), now + lease)
        return sorted(claims, key=lambda each: each.id)

    def _claim(self, name: str, due: Iterable[int], until: float) -> list[Claim]:
        queue, claims = self._queues[name], []
        for number in due:
            entry = queue.entries[number]
            queue.put_back(number, until)
            claims.append(Claim(number, entry.job, entry.attempts + 1, until))
        return claims

    def settle(self, results: Mapping[int, Result]) -> None:
        """Write down what became of claimed jobs, by their numbers."""
        with self._turn:
            for number, result in results.items():
                name = self._destinations.get(number)
                if name is not None:
                    self._settle(self._queues[name], number, result)

    def _settle(self, queue: _Queue, number: int, result: Result) -> None:
        entry = queue.entries[number]
        entry.attempts += result.is_attempt
        entry.result = result
        if result.state not in {State.DELIVERED, State.DEAD}:
            queue.put_back(number, result.due_at)
            return
        queue.end(number)
        del self._destinations[number], self._numbers[entry.job.key]
        self._ended[entry.job.key] = replace(result, exchanges=())
        if len(self._ended) > REMEMBERED:
            self._ended.popitem(last=False)

    def next_due(self, among: Collection[str]) -> float | None:
        """Return when the next job of these destinations is due, or its lease ends."""
        with self._turn:
            queues = [self._queues[each] for each in among if each in self._queues]
            times = [at for each in queues if (at := each.next_due()) is not None]
        return min(times, default=None)

    def result_of(self, key: str) -> Result | None:
        """Return what the last attempt for a job did; None where there was none."""
        with self._turn:
            number = self._numbers.get(key)
            if number is None:
                return self._ended.get(key)
            return self._queues[self._destinations[number]].entries[number].result

    def waiting(self) -> dict[str, int]:
        """Return how many jobs are neither delivered nor dead, by destination."""
        with self._turn:
            counts = {name: len(each.entries) for name, each in self._queues.items()}
        return {name: count for name, count in counts.items() if count}
