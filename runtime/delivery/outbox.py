"""The outbox: jobs in a database, until they are delivered or dead.

What is in here survives the process. A job that a worker has claimed goes back by
itself when its lease ends, so that whatever dies, every payload is sent at least once.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Self, final

from sqlalchemy import Insert, and_, bindparam, case, exists, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from fql.compiler.values import compact_json
from fql.runtime.delivery.jobs import Claim, Job, State
from fql.runtime.delivery.oauth import Tokens
from fql.runtime.delivery.outbox_engines import now as seconds_now
from fql.runtime.delivery.outbox_engines import open_engine, telling
from fql.runtime.delivery.tables import JOBS, TOKENS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from sqlalchemy.engine import Connection, Engine, Row
    from sqlalchemy.sql.elements import ColumnElement
    from sqlalchemy.sql.selectable import Select

    from fql.runtime.delivery.jobs import Result

MAX_CLAIMS = 100
"""How often a job may be claimed: one that ends its workers is given up in the end."""

INSERTED_AT_ONCE = 500
"""Rows of one statement: databases bound its parameters."""

_OPEN = (State.PENDING, State.CLAIMED)


@final
class Outbox:
    """A store in a database. Threads and processes may share it.

    Use it in a ``with`` statement, which closes it.

    Args:
        engine: The database, see `open_outbox`.
        clock: Returns seconds since 1970; of all who share it the same.
    """

    def __init__(
        self, engine: Engine, clock: Callable[[], float] = seconds_now
    ) -> None:
        self.engine = engine
        self._clock = clock

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *about: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections to the database."""
        self.engine.dispose()

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Yield a connection; what is done with it happens wholly or not at all.

        Raises:
            StoreError: The database cannot be used.
        """
        with telling(self.engine.url), self.engine.begin() as connection:
            yield connection

    # --- jobs ---

    def add(self, jobs: Sequence[Job]) -> int:
        """Keep *jobs*, all or none; see `fql.runtime.delivery.store.Store`."""
        if not jobs:
            return 0
        with self.transaction() as connection:
            return add_jobs(connection, jobs)

    def claim(
        self,
        limit: int,
        lease: float,
        *,
        among: Collection[str],
        ordered: Collection[str] = (),
    ) -> list[Claim]:
        """Take up to *limit* jobs that are due, oldest first; see `Store`."""
        now = self._clock()
        until = now + lease
        with self.transaction() as connection:
            _bury(connection, now)
            rows = connection.execute(_due(now, limit, among, ordered)).all()
            if rows:
                taken = update(JOBS).where(JOBS.c.id.in_([row.id for row in rows]))
                connection.execute(
                    taken.values(
                        state=State.CLAIMED, due_at=until, claims=JOBS.c.claims + 1
                    )
                )
        claims = [Claim(row.id, _job(row), row.attempts + 1, until) for row in rows]
        return sorted(claims, key=lambda each: each.id)

    def settle(self, results: Mapping[int, Result]) -> None:
        """Write down what became of claimed jobs; see `Store`."""
        if not results:
            return
        now = self._clock()
        with self.transaction() as connection:
            connection.execute(
                _SETTLE, [_row(number, each, now) for number, each in results.items()]
            )

    def next_due(self, among: Collection[str]) -> float | None:
        """Return when the next job of these destinations is due; see `Store`."""
        earliest = select(func.min(JOBS.c.due_at)).where(
            JOBS.c.state.in_(_OPEN), JOBS.c.destination.in_(among)
        )
        with self.transaction() as connection:
            due: float | None = connection.execute(earliest).scalar()
            return due

    # --- tokens ---

    def load(self, name: str) -> Tokens | None:
        """Return the access tokens kept for a destination, or None."""
        with self.transaction() as connection:
            row = connection.execute(
                select(TOKENS).where(TOKENS.c.destination == name)
            ).one_or_none()
        return None if row is None else Tokens(row.access, row.refresh, row.ends_at)

    def save(self, name: str, tokens: Tokens) -> None:
        """Keep the access tokens of a destination."""
        with self.transaction() as connection:
            connection.execute(TOKENS.delete().where(TOKENS.c.destination == name))
            connection.execute(
                TOKENS.insert().values(
                    destination=name,
                    access=tokens.access,
                    refresh=tokens.refresh,
                    ends_at=tokens.ends_at,
                )
            )


def open_outbox(place: str) -> Outbox:
    """Return the outbox at a path or URL, which is made where there is none.

    Raises:
        StoreError: It cannot be used.
    """
    return Outbox(open_engine(place))


def add_jobs(connection: Connection, jobs: Sequence[Job]) -> int:
    """Insert *jobs* within a transaction; return how many were new."""
    added = 0
    for at in range(0, len(jobs), INSERTED_AT_ONCE):
        chunk = {job.key: job for job in jobs[at : at + INSERTED_AT_ONCE]}
        known = connection.execute(select(JOBS.c.key).where(JOBS.c.key.in_(chunk)))
        for (key,) in known:
            del chunk[key]
        if chunk:
            connection.execute(_insert(connection), [*map(_values, chunk.values())])
        added += len(chunk)
    return added


def _insert(connection: Connection) -> Insert:
    """Return an insert that passes over what another process has just put in."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(JOBS).on_conflict_do_nothing(index_elements=["key"])
    return sqlite.insert(JOBS).on_conflict_do_nothing(index_elements=["key"])


def _values(job: Job) -> dict[str, object]:
    return {
        "key": job.key,
        "destination": job.destination,
        "mapping": job.mapping,
        "action": job.action,
        "payload": compact_json(dict(job.payload)),
        "message_id": job.message_id,
        "user": job.user,
        "event_type": job.event_type,
        "event_name": job.event_name,
        "accepted_at": job.accepted_at,
        "state": State.PENDING,
        "attempts": 0,
        "claims": 0,
        "due_at": 0.0,
    }


def _job(row: Row[tuple[object, ...]]) -> Job:
    return Job(
        row.key,
        row.destination,
        row.mapping,
        row.action,
        json.loads(row.payload),
        row.message_id,
        row.user,
        row.event_type,
        row.event_name,
        row.accepted_at,
    )


def _due(
    now: float, limit: int, among: Collection[str], ordered: Collection[str]
) -> Select[tuple[object, ...]]:
    """Return the query for jobs to claim. Rows that others are taking are passed by."""
    conditions: list[ColumnElement[bool]] = [
        JOBS.c.state.in_(_OPEN),
        JOBS.c.due_at <= now,
        JOBS.c.destination.in_(among),
    ]
    if ordered:
        older = JOBS.alias("older")
        is_behind = exists().where(
            older.c.destination == JOBS.c.destination,
            older.c.user == JOBS.c.user,
            older.c.id < JOBS.c.id,
            older.c.state.in_(_OPEN),
        )
        is_free = or_(JOBS.c.destination.not_in(ordered), JOBS.c.user.is_(None))
        conditions.append(or_(is_free, ~is_behind))
    query = select(JOBS).where(*conditions).order_by(JOBS.c.id).limit(limit)
    return query.with_for_update(skip_locked=True)


def _bury(connection: Connection, now: float) -> None:
    """Give up jobs that were claimed again and again, and never settled."""
    lost = and_(
        JOBS.c.state == State.CLAIMED,
        JOBS.c.due_at <= now,
        JOBS.c.claims - JOBS.c.attempts >= MAX_CLAIMS,
    )
    connection.execute(
        update(JOBS)
        .where(lost)
        .values(
            state=State.DEAD,
            settled_at=now,
            reason="INTERNAL",
            detail="its workers ended without an answer, again and again",
        )
    )


_SETTLE = (
    update(JOBS)
    .where(
        JOBS.c.id == bindparam("number"),
        or_(*[JOBS.c.state == state for state in _OPEN]),
    )
    .values(
        state=bindparam("new_state"),
        attempts=JOBS.c.attempts + bindparam("made"),
        due_at=bindparam("due"),
        settled_at=bindparam("at"),
        reason=case((bindparam("made") == 1, bindparam("why")), else_=JOBS.c.reason),
        detail=case((bindparam("made") == 1, bindparam("told")), else_=JOBS.c.detail),
        status=case(
            (bindparam("made") == 1, bindparam("answered")), else_=JOBS.c.status
        ),
        exchanges=case(
            (bindparam("made") == 1, bindparam("wire")), else_=JOBS.c.exchanges
        ),
    )
)
"""Results are written whatever the lease: an answer that came is an answer."""


def _row(number: int, result: Result, now: float) -> dict[str, object]:
    is_end = result.state in {State.DELIVERED, State.DEAD}
    wire = [asdict(each) for each in result.exchanges]
    return {
        "number": number,
        "new_state": result.state,
        "made": int(result.is_attempt),
        "due": result.due_at,
        "at": now if is_end else None,
        "why": result.reason or None,
        "told": result.detail or None,
        "answered": result.status,
        "wire": json.dumps(wire, ensure_ascii=True) if wire else None,
    }
