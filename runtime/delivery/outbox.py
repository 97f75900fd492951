"""The outbox: jobs in a database, until they are delivered or dead.

What is in here survives the process. A job that a worker has claimed goes back by
itself when its lease ends, so that whatever dies, every payload is sent at least once.
"""

from __future__ import annotations

import time
import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self, final

from sqlalchemy import func, select, update

from fql.runtime.delivery.jobs import State
from fql.runtime.delivery.oauth import Tokens
from fql.runtime.delivery.outbox_claims import claim_jobs
from fql.runtime.delivery.outbox_engines import LOCK_SECONDS, open_engine, reading
from fql.runtime.delivery.outbox_errors import telling
from fql.runtime.delivery.outbox_rows import add_jobs
from fql.runtime.delivery.outbox_settling import settle_jobs
from fql.runtime.delivery.tables import JOBS, TOKENS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Generator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from sqlalchemy.engine import Connection, Engine

    from fql.runtime.delivery.jobs import Claim, Job, Result

    Beside = Callable[[], AbstractContextManager[Callable[[Connection], None]]]


@final
class Outbox:
    """A store in a database. Threads and processes may share it.

    Use it in a ``with`` statement, which closes it. Each of those who share a database
    has one of its own, and holds what it claims through it.

    Args:
        engine: The database, see `open_outbox`.
        clock: Returns seconds since 1970; of all who share it the same.
    """

    def __init__(self, engine: Engine, clock: Callable[[], float] = time.time) -> None:
        self.engine = engine
        self.owner = uuid.uuid4().hex
        self._clock = clock
        self._beside: Beside | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *about: object) -> None:
        self.close()

    def for_worker(self) -> Outbox:
        """Return this outbox for one worker, who holds what that one claims.

        What another worker of the same process has left behind is not renewed with it.
        """
        own = Outbox(self.engine, self._clock)
        own._beside = self._beside
        return own

    def close(self) -> None:
        """Close the connections to the database."""
        self.engine.dispose()

    @contextmanager
    def transaction(self) -> Generator[Connection]:
        """Yield a connection; what is done with it happens wholly or not at all.

        Raises:
            StoreError: The database cannot be used.
        """
        with telling(self.engine.url), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Generator[Connection]:
        """Yield a connection that only reads, and keeps nobody from writing.

        Raises:
            StoreError: The database cannot be used.
        """
        with telling(self.engine.url), reading(self.engine) as connection:
            yield connection

    def write_beside(self, beside: Beside) -> None:
        """Let *beside* write in each transaction that keeps or settles jobs.

        Args:
            beside: Is entered around a transaction, and gives what is called in it.
        """
        self._beside = beside

    @contextmanager
    def _block(self) -> Generator[Connection]:
        """Yield a connection for jobs; what is written beside them is written, too."""
        if self._beside is None:
            with self.transaction() as connection:
                yield connection
            return
        with self._beside() as write, self.transaction() as connection:
            yield connection
            write(connection)

    def now(self) -> float:
        """Return the seconds since 1970."""
        return self._clock()

    # --- jobs ---

    def add(self, jobs: Sequence[Job]) -> int:
        """Keep *jobs*, all or none; see `fql.runtime.delivery.store.Store`."""
        if not jobs:
            return 0
        with self._block() as connection:
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
        with self.transaction() as connection:
            return claim_jobs(
                connection,
                limit,
                now=now,
                until=now + lease,
                owner=self.owner,
                among=among,
                ordered=ordered,
            )

    def renew(self, lease: float) -> None:
        """Hold what was claimed through this outbox for *lease* seconds from now.

        What somebody else has taken by now stays theirs.

        Raises:
            StoreError: The database cannot be used.
        """
        held = update(JOBS).where(
            JOBS.c.settled_at.is_(None),
            JOBS.c.state == State.CLAIMED.value,
            JOBS.c.owner == self.owner,
        )
        with self.transaction() as connection:
            connection.execute(held.values(due_at=self._clock() + lease))

    def settle(self, results: Mapping[int, Result]) -> None:
        """Write down what became of claimed jobs; see `Store`."""
        if not results:
            return
        with self._block() as connection:
            settle_jobs(connection, results, now=self._clock(), owner=self.owner)

    def next_due(self, among: Collection[str]) -> float | None:
        """Return when the next job of these destinations is due; see `Store`."""
        earliest = select(func.min(JOBS.c.due_at)).where(JOBS.c.settled_at.is_(None))
        with self.reading() as connection:
            times = [
                connection.execute(earliest.where(JOBS.c.destination == name)).scalar()
                for name in among
            ]
        return min((each for each in times if each is not None), default=None)

    # --- tokens ---

    def load(self, name: str) -> Tokens | None:
        """Return the access tokens kept for a destination, or None."""
        with self.reading() as connection:
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


def open_outbox(
    place: str,
    *,
    is_new: bool = True,
    lock_seconds: float = LOCK_SECONDS,
    clock: Callable[[], float] = time.time,
) -> Outbox:
    """Return the outbox at a path or URL.

    Args:
        place: The path of an SQLite file, ``sqlite:///...`` or ``postgresql://...``.
        is_new: Whether it is made where there is none.
        lock_seconds: How long to wait for others who are writing.
        clock: Returns seconds since 1970; of all who share it the same.

    Raises:
        StoreError: It cannot be used.
    """
    engine = open_engine(place, is_new=is_new, lock_seconds=lock_seconds)
    return Outbox(engine, clock)
