"""Databases that an outbox can live in, opened so that what is written stays."""

from __future__ import annotations

import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import create_engine, event, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    NoSuchModuleError,
    SQLAlchemyError,
)

from fql.runtime.delivery.store import StoreError
from fql.runtime.delivery.tables import LAYOUT, METADATA, VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from sqlalchemy.engine import URL, Connection, Engine

LOCK_SECONDS = 30.0
"""Seconds to wait for a database that somebody else is writing to."""

_DRIVERS = {"postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}


def open_engine(place: str) -> Engine:
    """Return the database at a path, or at a URL, with the tables of an outbox.

    Args:
        place: The path of an SQLite file, which is made where there is none, or
            ``sqlite:///...`` or ``postgresql://...``.

    Raises:
        StoreError: It cannot be opened, or is not an outbox that this version reads.
    """
    url = _url(place)
    with telling(url):
        engine = _engine(url)
        _prepare(engine, url)
    return engine


def _url(place: str) -> URL:
    if "://" not in place:
        return make_url(f"sqlite:///{Path(place)}")
    scheme, _, rest = place.partition("://")
    try:
        return make_url(f"{_DRIVERS.get(scheme, scheme)}://{rest}")
    except ArgumentError as error:
        raise StoreError("the outbox is at no URL that can be read") from error


def _engine(url: URL) -> Engine:
    if url.get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True)
    engine = create_engine(url, connect_args={"timeout": LOCK_SECONDS})

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, record: object) -> None:
        # The driver's own transactions begin too late; see `begin`.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute(f"PRAGMA busy_timeout={int(LOCK_SECONDS * 1_000)}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # Taken at once: a lock that is asked for half way through may be refused.
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _prepare(engine: Engine, url: URL) -> None:
    with engine.begin() as connection:
        METADATA.create_all(connection)
        found = connection.execute(select(LAYOUT.c.version)).scalar()
        if found is None:
            connection.execute(LAYOUT.insert().values(version=VERSION))
        elif found != VERSION:
            raise StoreError(
                f"the outbox {shown(url)} has layout {found}, and this version reads "
                f"layout {VERSION}",
                help="use the version of fql that made it, or another outbox",
            )


def shown(url: URL) -> str:
    """Return where a database is, without its password."""
    if url.get_backend_name() == "sqlite":
        return url.database or "in memory"
    return url.render_as_string(hide_password=True)


@contextmanager
def telling(url: URL) -> Iterator[None]:
    """Turn what a database says in the block into a `StoreError`."""
    try:
        yield
    except NoSuchModuleError as error:
        kind = url.get_backend_name()
        raise StoreError(
            f"{kind} is no database that an outbox can be in",
            help="use the path of a file, sqlite:///PATH or postgresql://...",
        ) from error
    except ModuleNotFoundError as error:
        raise StoreError(
            "PostgreSQL needs the package psycopg",
            help="install the extra: pip install 'fql[postgres]'",
        ) from error
    except DBAPIError as error:
        message, help_ = _words(str(error.orig))
        raise StoreError(f"the outbox {shown(url)} {message}", help_) from error
    except SQLAlchemyError as error:
        raise StoreError(f"the outbox {shown(url)} cannot be used") from error


_WORDS = (
    ("locked", "is locked by another program", "close what is writing to it"),
    ("full", "is on a full disk", "make room; what was accepted is kept"),
    ("readonly", "cannot be written to", "check who owns the file and its folder"),
    ("read-only", "cannot be written to", "check who owns the file and its folder"),
    ("unable to open", "cannot be opened", "check that its folder is there"),
    ("not a database", "is no database", "name another file"),
    ("malformed", "is damaged", "restore it from a copy"),
    ("disk I/O", "cannot be read or written: the disk fails", ""),
    ("no space", "is on a full disk", "make room; what was accepted is kept"),
)


def _words(said: str) -> tuple[str, str]:
    """Return what a database says in words of ours, and what to do about it."""
    for sign, message, help_ in _WORDS:
        if sign in said:
            return message, help_
    first = said.strip().splitlines()[0] if said.strip() else "failed"
    return f"cannot be used: {first}", ""


def now() -> float:
    """Return the seconds since 1970."""
    return time.time()
