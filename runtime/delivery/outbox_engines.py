"""Databases that an outbox can live in, opened so that what is written stays.

SQLite writes ahead (WAL) and has every commit on the disk before it returns. Its
transactions take the lock at their start, because one that is asked for half way
through may be refused; those that only read take none.
"""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import create_engine, event, inspect, select, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from fql.runtime.delivery.outbox_errors import (
    older_program,
    telling,
    unknown_kind,
    unreadable_url,
    without_outbox,
)
from fql.runtime.delivery.tables import LAYOUT, METADATA, STEPS, VERSION

if TYPE_CHECKING:
    from collections.abc import Generator
    from sqlite3 import Connection as Handle

    from sqlalchemy.engine import Connection, Engine

LOCK_SECONDS = 30.0
"""Seconds to wait for a database that somebody else is writing to."""

CONNECT_SECONDS = 10
"""Seconds to wait for a PostgreSQL server to answer."""

_DRIVERS = {
    "sqlite": "sqlite+pysqlite",
    "postgresql": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",
}
_ONLY_READING = "fql_only_reading"
_LOCK_NUMBER = 0x66716C  # "fql": any number will do that all of us use


def open_engine(
    place: str, *, is_new: bool = True, lock_seconds: float = LOCK_SECONDS
) -> Engine:
    """Return the database at a path, or at a URL, with the tables of an outbox.

    Args:
        place: The path of an SQLite file, ``sqlite:///...`` or ``postgresql://...``.
        is_new: Whether the outbox is made where there is none.
        lock_seconds: How long to wait for others who are writing.

    Raises:
        StoreError: It cannot be opened, or is not an outbox that this version reads.
    """
    url = url_of(place)
    with telling(url):
        engine = _engine(url, lock_seconds)
        try:
            if not is_new:
                _require(engine, url)
            _prepare(engine, url)
        except BaseException:
            engine.dispose()
            raise
    return engine


def url_of(place: str) -> URL:
    """Return the URL of a database, with the driver that is used for it.

    Raises:
        StoreError: It is none, or of a kind that outboxes are not kept in.
    """
    if "://" not in place:
        return URL.create(_DRIVERS["sqlite"], database=str(Path(place)))
    scheme, _, rest = place.partition("://")
    driver = _DRIVERS.get(scheme)
    if driver is None:
        raise unknown_kind(scheme)
    try:
        url = make_url(f"{driver}://{rest}")
    except (ArgumentError, ValueError) as error:
        raise unreadable_url() from error
    if scheme == "sqlite" and not url.database:
        raise unreadable_url()
    return url


def is_sqlite(engine: Engine) -> bool:
    """Return whether the database is a file of ours, not a server."""
    return engine.dialect.name == "sqlite"


@contextmanager
def reading(engine: Engine) -> Generator[Connection]:
    """Yield a connection that only reads, and keeps nobody from writing."""
    options = {_ONLY_READING: True}
    with engine.connect().execution_options(**options) as connection:
        yield connection


def _engine(url: URL, lock_seconds: float) -> Engine:
    if url.get_backend_name() != "sqlite":
        waits = {"connect_timeout": CONNECT_SECONDS}
        return create_engine(url, pool_pre_ping=True, connect_args=waits)
    engine = create_engine(url, connect_args={"timeout": lock_seconds})

    @event.listens_for(engine, "connect")
    def prepare(handle: Handle, record: object) -> None:
        handle.isolation_level = None  # transactions are begun below
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            handle.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        is_reader = connection.get_execution_options().get(_ONLY_READING, False)
        connection.exec_driver_sql("BEGIN" if is_reader else "BEGIN IMMEDIATE")

    return engine


def _require(engine: Engine, url: URL) -> None:
    """Refuse a place where there is no outbox, without making anything there."""
    if is_sqlite(engine) and not Path(url.database or "").is_file():
        raise without_outbox(url)
    if not inspect(engine).has_table(LAYOUT.name):
        raise without_outbox(url)


def _prepare(engine: Engine, url: URL) -> None:
    """Make the tables, or bring them to this layout; others wait meanwhile."""
    with engine.begin() as connection:
        if not is_sqlite(engine):
            lock = text("SELECT pg_advisory_xact_lock(:number)")
            connection.execute(lock, {"number": _LOCK_NUMBER})
        LAYOUT.create(connection, checkfirst=True)
        found = connection.execute(select(LAYOUT.c.version)).scalar()
        if found is None:
            connection.execute(LAYOUT.insert().values(version=VERSION))
        elif found > VERSION:
            raise older_program(url, found, VERSION)
        else:
            _bring_up(connection, found)
        METADATA.create_all(connection)


def _bring_up(connection: Connection, found: int) -> None:
    for version in range(found, VERSION):
        for step in STEPS[version]:
            connection.execute(text(step))
    if found < VERSION:
        connection.execute(LAYOUT.update().values(version=VERSION))
