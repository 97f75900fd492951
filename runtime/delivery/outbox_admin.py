"""Looking into an outbox, and putting right what is in it: for people, not for workers.

What takes long is done in parts, so that workers and acceptors go on beside it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from sqlalchemy import delete, func, select, update

from fql.runtime.codec import DecodeError
from fql.runtime.delivery.jobs import Exchange, State
from fql.runtime.delivery.outbox_claims import CLAIMED_AT_ONCE
from fql.runtime.delivery.outbox_rows import job_of
from fql.runtime.delivery.tables import ATTEMPTS, JOBS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from sqlalchemy import Row
    from sqlalchemy.engine import Connection
    from sqlalchemy.sql.elements import ColumnElement

    from fql.runtime.delivery.jobs import Job
    from fql.runtime.delivery.outbox import Outbox

    Values: TypeAlias = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which jobs are meant: those that all of these fit; None fits any.

    Attributes:
        destination: The destination's name.
        mapping: The mapping's name.
        reason: Why the last attempt failed.
        key: The idempotency key.
    """

    destination: str | None = None
    mapping: str | None = None
    reason: str | None = None
    key: str | None = None

    def conditions(self) -> Iterator[ColumnElement[bool]]:
        """Yield what rows of jobs must fulfil."""
        wanted = {
            JOBS.c.destination: self.destination,
            JOBS.c.mapping: self.mapping,
            JOBS.c.reason: self.reason,
            JOBS.c.key: self.key,
        }
        for column, value in wanted.items():
            if value is not None:
                yield column == value


ALL = Chosen()
"""Every job."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many jobs have some things in common.

    Attributes:
        destination: The destination's name.
        state: Where they stand.
        reason: Why their last attempts failed; None where there were none.
        jobs: How many there are.
        oldest: When the oldest was accepted, in seconds since 1970.
    """

    destination: str
    state: State
    reason: str | None
    jobs: int
    oldest: float


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt that failed.

    Attributes:
        number: Which attempt of its job it was, from 1.
        made_at: When it was written down, in seconds since 1970.
        reason: A code for the failure.
        detail: The failure in a sentence; may be empty.
        status: The HTTP status of the answer, or None.
        exchanges: What went over the wire, masked; the beginnings of the bodies.
    """

    number: int
    made_at: float
    reason: str
    detail: str
    status: int | None
    exchanges: tuple[Exchange, ...]


@dataclass(frozen=True, slots=True)
class Dead:
    """A job that was given up.

    Attributes:
        job: The job; None where what was stored of it cannot be read.
        key: Its idempotency key.
        attempts: How many there were.
        died_at: When it was given up, in seconds since 1970.
        reason: Why.
        detail: The same in a sentence; may be empty.
        status: The HTTP status of the last answer, or None.
        history: The first attempts.
    """

    job: Job | None
    key: str
    attempts: int
    died_at: float
    reason: str
    detail: str
    status: int | None
    history: tuple[Attempt, ...] = ()


def count_jobs(outbox: Outbox) -> list[Count]:
    """Return how many jobs there are of each kind, by destination, state, reason.

    Raises:
        StoreError: The outbox cannot be used.
    """
    kinds = (JOBS.c.destination, JOBS.c.state, JOBS.c.reason)
    query = select(*kinds, func.count(), func.min(JOBS.c.accepted_at))
    with outbox.reading() as connection:
        rows = connection.execute(query.group_by(*kinds).order_by(*kinds)).all()
    return [
        Count(destination, State(state), reason, jobs, oldest)
        for destination, state, reason, jobs, oldest in rows
    ]


def dead_jobs(outbox: Outbox, chosen: Chosen = ALL, *, limit: int = 100) -> list[Dead]:
    """Return jobs that were given up, the latest first.

    Raises:
        StoreError: The outbox cannot be used.
    """
    query = select(JOBS).where(_is(State.DEAD), *chosen.conditions())
    latest = query.order_by(JOBS.c.settled_at.desc(), JOBS.c.id.desc()).limit(limit)
    with outbox.reading() as connection:
        rows = connection.execute(latest).all()
        histories = _histories(connection, [row.id for row in rows])
    return [_dead(row, tuple(histories.get(row.id, ()))) for row in rows]


def replay(outbox: Outbox, chosen: Chosen = ALL) -> int:
    """Put jobs that were given up back, as if accepted now; return how many.

    They keep their keys, so that a destination that did take one can tell.

    Raises:
        StoreError: The outbox cannot be used. Some may be back already.
    """
    now = outbox.now()
    back = {"state": State.PENDING.value, "settled_at": None, "attempts": 0, "lost": 0}
    return _change(
        outbox,
        [_is(State.DEAD), *chosen.conditions()],
        back | {"due_at": now, "accepted_at": now},
    )


def retry(outbox: Outbox, chosen: Chosen = ALL) -> int:
    """Let jobs that wait for their time be tried at once; return how many.

    Raises:
        StoreError: The outbox cannot be used. Some may be due already.
    """
    now = outbox.now()
    waiting = [
        JOBS.c.settled_at.is_(None),
        JOBS.c.state == State.PENDING.value,
        JOBS.c.due_at > now,
    ]
    return _change(outbox, [*waiting, *chosen.conditions()], {"due_at": now})


def purge(
    outbox: Outbox,
    before: float,
    chosen: Chosen = ALL,
    *,
    states: Collection[State] = (State.DELIVERED,),
) -> int:
    """Remove jobs that came to their end before a time; return how many.

    Their keys are forgotten: whoever accepts them again, sends them again.

    Args:
        outbox: Where they are.
        before: Seconds since 1970.
        chosen: Which of them.
        states: ``DELIVERED``, ``DEAD`` or both.

    Raises:
        StoreError: The outbox cannot be used. Some may be gone already.
    """
    ended = [
        JOBS.c.settled_at < before,
        JOBS.c.state.in_([each.value for each in states]),
    ]
    return _change(outbox, [*ended, *chosen.conditions()], None)


def _is(state: State) -> ColumnElement[bool]:
    return (JOBS.c.state == state.value) & JOBS.c.settled_at.is_not(None)


def _change(
    outbox: Outbox, conditions: Sequence[ColumnElement[bool]], values: Values | None
) -> int:
    """Change, or remove, all jobs that fulfil *conditions*; return how many."""
    total, last = 0, 0
    while True:
        query = select(JOBS.c.id).where(*conditions, JOBS.c.id > last)
        query = query.order_by(JOBS.c.id).limit(CLAIMED_AT_ONCE)
        with outbox.transaction() as connection:
            ids = connection.execute(query.with_for_update()).scalars().all()
            _apply(connection, ids, values)
        total += len(ids)
        if len(ids) < CLAIMED_AT_ONCE:
            return total
        last = ids[-1]


def _apply(connection: Connection, ids: Sequence[int], values: Values | None) -> None:
    if values is not None:
        connection.execute(update(JOBS).where(JOBS.c.id.in_(ids)).values(**values))
        return
    connection.execute(delete(ATTEMPTS).where(ATTEMPTS.c.job.in_(ids)))
    connection.execute(delete(JOBS).where(JOBS.c.id.in_(ids)))


def _histories(connection: Connection, ids: Sequence[int]) -> dict[int, list[Attempt]]:
    found: dict[int, list[Attempt]] = {}
    for at in range(0, len(ids), CLAIMED_AT_ONCE):
        some = ATTEMPTS.c.job.in_(ids[at : at + CLAIMED_AT_ONCE])
        query = select(ATTEMPTS).where(some).order_by(ATTEMPTS.c.id)
        for row in connection.execute(query):
            found.setdefault(row.job, []).append(_attempt(row))
    return found


def _attempt(row: Row[tuple[object, ...]]) -> Attempt:
    told = json.loads(row.exchanges or "[]")
    return Attempt(
        row.number,
        row.made_at,
        row.reason or "",
        row.detail or "",
        row.status,
        tuple(Exchange(**each) for each in told),
    )


def _dead(row: Row[tuple[object, ...]], history: tuple[Attempt, ...]) -> Dead:
    try:
        job = job_of(row)
    except DecodeError:
        job = None
    return Dead(
        job,
        row.key,
        row.attempts,
        row.settled_at,
        row.reason or "",
        row.detail or "",
        row.status,
        history,
    )
