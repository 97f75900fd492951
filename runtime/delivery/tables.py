"""The tables of an outbox, for SQLAlchemy, and how older ones become like them.

Times are seconds since 1970, as floats. What a job is made of stays JSON text: the
database never looks into it. A job is open, that is pending or claimed, as long as it
has no ``settled_at``; the indexes that workers use hold open jobs only, so that they
cost the same however many were delivered.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

VERSION = 2
"""The number of this layout; a database says which one it has."""

METADATA = MetaData()

LAYOUT = Table("fql_layout", METADATA, Column("version", Integer, primary_key=True))

_NUMBER = BigInteger().with_variant(Integer, "sqlite")
"""SQLite counts up by itself only in a column that is called INTEGER."""

JOBS = Table(
    "fql_jobs",
    METADATA,
    Column("id", _NUMBER, primary_key=True, autoincrement=True),
    Column("key", String(64), nullable=False, unique=True),
    Column("destination", Text, nullable=False),
    Column("mapping", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Column("message_id", Text),
    Column("user", Text),
    Column("event_type", Text),
    Column("event_name", Text),
    Column("accepted_at", Float, nullable=False),
    Column("state", String(9), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_at", Float, nullable=False),
    Column("settled_at", Float),
    Column("reason", Text),
    Column("detail", Text),
    Column("status", Integer),
    Column("owner", String(32)),
    Column("lost", Integer, nullable=False),
    sqlite_autoincrement=True,
)
"""The jobs.

``due_at`` of a pending one is when it may be claimed, of a claimed one when its lease
ends. ``owner`` is who has claimed it. ``lost`` counts the workers in a row whose leases
ended without an answer. ``reason``, ``detail`` and ``status`` are of the last attempt.
"""

_IS_OPEN = JOBS.c.settled_at.is_(None)
_IS_SETTLED = JOBS.c.settled_at.is_not(None)

Index(
    "fql_jobs_due",
    JOBS.c.destination,
    JOBS.c.due_at,
    JOBS.c.id,
    sqlite_where=_IS_OPEN,
    postgresql_where=_IS_OPEN,
)
Index(
    "fql_jobs_in_order",
    JOBS.c.destination,
    JOBS.c.user,
    JOBS.c.id,
    sqlite_where=_IS_OPEN,
    postgresql_where=_IS_OPEN,
)
Index(
    "fql_jobs_done",
    JOBS.c.state,
    JOBS.c.settled_at,
    sqlite_where=_IS_SETTLED,
    postgresql_where=_IS_SETTLED,
)

ATTEMPTS = Table(
    "fql_attempts",
    METADATA,
    Column("id", _NUMBER, primary_key=True, autoincrement=True),
    Column("job", _NUMBER, nullable=False, index=True),
    Column("number", Integer, nullable=False),
    Column("made_at", Float, nullable=False),
    Column("reason", Text),
    Column("detail", Text),
    Column("status", Integer),
    Column("exchanges", Text),
)
"""The attempts that failed, the first ones of each job. ``exchanges`` is JSON."""

TOKENS = Table(
    "fql_tokens",
    METADATA,
    Column("destination", Text, primary_key=True),
    Column("access", Text, nullable=False),
    Column("refresh", Text),
    Column("ends_at", Float),
)
"""Access tokens, sealed: see `fql.runtime.delivery.sealed_tokens`."""

STEPS: Mapping[int, Sequence[str]] = MappingProxyType(
    {
        1: (
            "DROP INDEX fql_jobs_open",
            "DROP INDEX fql_jobs_of_user",
            "DROP INDEX fql_jobs_settled",
            "ALTER TABLE fql_jobs ADD COLUMN owner VARCHAR(32)",
            "ALTER TABLE fql_jobs ADD COLUMN lost INTEGER NOT NULL DEFAULT 0",
            "ALTER TABLE fql_jobs DROP COLUMN claims",
            "ALTER TABLE fql_jobs DROP COLUMN exchanges",
            "CREATE INDEX fql_jobs_due ON fql_jobs (destination, due_at, id) "
            "WHERE settled_at IS NULL",
            'CREATE INDEX fql_jobs_in_order ON fql_jobs (destination, "user", id) '
            "WHERE settled_at IS NULL",
            "CREATE INDEX fql_jobs_done ON fql_jobs (state, settled_at) "
            "WHERE settled_at IS NOT NULL",
        ),
    }
)
"""What makes the next layout of one; tables that are missing are made anyway."""
