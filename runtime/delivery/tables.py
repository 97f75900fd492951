"""The tables of an outbox, for SQLAlchemy.

Times are seconds since 1970, as floats. What a job is made of stays JSON text: the
database never looks into it.
"""

from __future__ import annotations

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

VERSION = 1
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
    Column("attempts", Integer, nullable=False, default=0),
    Column("claims", Integer, nullable=False, default=0),
    Column("due_at", Float, nullable=False, default=0.0),
    Column("settled_at", Float),
    Column("reason", Text),
    Column("detail", Text),
    Column("status", Integer),
    Column("exchanges", Text),
    sqlite_autoincrement=True,
)
"""The jobs. ``due_at`` of a claimed one is the end of its lease."""

Index("fql_jobs_open", JOBS.c.state, JOBS.c.due_at, JOBS.c.id)
Index("fql_jobs_of_user", JOBS.c.destination, JOBS.c.user, JOBS.c.id)
Index("fql_jobs_settled", JOBS.c.settled_at)

TOKENS = Table(
    "fql_tokens",
    METADATA,
    Column("destination", Text, primary_key=True),
    Column("access", Text, nullable=False),
    Column("refresh", Text),
    Column("ends_at", Float),
)
"""Access tokens. They are secrets: whoever reads the database can use them."""
