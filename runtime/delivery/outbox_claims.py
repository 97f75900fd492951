"""Which jobs of an outbox are next, and whose they are then.

Every destination is asked by itself, through an index that holds its open jobs in the
order of their times: what waits for one destination costs the others nothing.

A job whose worker ended without an answer comes back when its lease ends. One that has
done so again and again may be what ends the workers; it is claimed in smaller and
smaller company, so that what is innocent gets through, and is given up in the end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import and_, case, exists, or_, select, update

from fql.runtime.codec import DecodeError
from fql.runtime.delivery.jobs import Claim, State
from fql.runtime.delivery.outbox_rows import job_of
from fql.runtime.delivery.tables import JOBS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from sqlalchemy.engine import Connection
    from sqlalchemy.sql.elements import ColumnElement

SUSPECT = 3
"""Lost workers in a row after which a job is claimed with less and less company."""

COMPANY = 512
"""Jobs that are claimed together where one has lost `SUSPECT` workers.

With each one more it is half as many, and in the end only that one.
"""

MAX_LOST = 20
"""Lost workers in a row after which a job is given up: some time after it is alone."""

LOST_REASON = "WORKER_LOST"
"""The reason of a job that was given up because its workers ended."""

_LOST_DETAIL = "its workers ended without an answer, again and again"

CLAIMED_AT_ONCE = 500
"""Rows of one statement: databases bound its values."""


class _Next(NamedTuple):
    """A job that may be claimed: the columns that this is decided by."""

    due_at: float
    id: int
    lost: int


def claim_jobs(
    connection: Connection,
    limit: int,
    *,
    now: float,
    until: float,
    owner: str,
    among: Collection[str],
    ordered: Collection[str],
) -> list[Claim]:
    """Claim jobs within a transaction; see `fql.runtime.delivery.store.Store`."""
    due = [
        _Next(*row)
        for name in among
        for row in _due(
            connection, name, limit, now=now, owner=owner, is_ordered=name in ordered
        )
    ]
    hopeless = [each.id for each in due if each.lost >= MAX_LOST]
    _bury(connection, hopeless, now=now, reason=LOST_REASON, detail=_LOST_DETAIL)
    chosen = _chosen(sorted(each for each in due if each.lost < MAX_LOST), limit)
    claims: list[Claim] = []
    for at in range(0, len(chosen), CLAIMED_AT_ONCE):
        ids = [each.id for each in chosen[at : at + CLAIMED_AT_ONCE]]
        claims += _take(connection, ids, now=now, until=until, owner=owner)
    return sorted(claims, key=lambda each: each.id)


def _due(
    connection: Connection,
    name: str,
    limit: int,
    *,
    now: float,
    owner: str,
    is_ordered: bool,
) -> Iterator[tuple[float, int, int]]:
    """Yield the jobs of a destination that are next, less those others are taking."""
    query = select(JOBS.c.due_at, JOBS.c.id, _lost(owner)).where(
        JOBS.c.settled_at.is_(None),
        JOBS.c.destination == name,
        JOBS.c.due_at <= now,
    )
    if is_ordered:
        query = query.where(or_(JOBS.c.user.is_(None), ~_is_behind()))
    query = query.order_by(JOBS.c.due_at, JOBS.c.id).limit(limit)
    for row in connection.execute(query.with_for_update(skip_locked=True, of=JOBS)):
        yield row[0], row[1], row[2]


def _is_behind() -> ColumnElement[bool]:
    """Return the condition that an older job of the same user is open."""
    older = JOBS.alias("older")
    return exists().where(
        older.c.settled_at.is_(None),
        older.c.destination == JOBS.c.destination,
        older.c.user == JOBS.c.user,
        older.c.id < JOBS.c.id,
    )


def _chosen(due: Sequence[_Next], limit: int) -> Sequence[_Next]:
    """Return the jobs to claim, of those that are due: suspects in small company."""
    allowed = limit
    for count, each in enumerate(due):
        if each.lost >= SUSPECT:
            allowed = min(allowed, max(1, COMPANY >> (each.lost - SUSPECT)))
        if count >= allowed:
            return due[:count]
    return due


def _take(
    connection: Connection,
    ids: Sequence[int],
    *,
    now: float,
    until: float,
    owner: str,
) -> Iterator[Claim]:
    """Make jobs the owner's, and yield them."""
    taken = (
        update(JOBS)
        .where(JOBS.c.id.in_(ids))
        .values(state=State.CLAIMED.value, due_at=until, owner=owner, lost=_lost(owner))
        .returning(JOBS)
    )
    for row in connection.execute(taken).all():
        try:
            job = job_of(row)
        except DecodeError as error:
            _bury(
                connection,
                [row.id],
                now=now,
                reason="INVALID_PAYLOAD",
                detail=error.message,
            )
        else:
            yield Claim(row.id, job, row.attempts + 1, until)


def _lost(owner: str) -> ColumnElement[int]:
    """Return the workers that a job has lost once it is the owner's.

    One that is taken from a lease that has ended has lost another, unless its worker
    was the same, and slow.
    """
    is_lost = and_(JOBS.c.state == State.CLAIMED.value, JOBS.c.owner != owner)
    return JOBS.c.lost + case((is_lost, 1), else_=0)


def _bury(
    connection: Connection,
    ids: Sequence[int],
    *,
    now: float,
    reason: str,
    detail: str,
) -> None:
    """Give jobs up."""
    if ids:
        given_up = {"reason": reason, "detail": detail, "owner": None}
        end = {"state": State.DEAD.value, "settled_at": now}
        connection.execute(
            update(JOBS).where(JOBS.c.id.in_(ids)).values(**end, **given_up)
        )
