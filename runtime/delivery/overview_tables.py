"""The tables of the overview, for SQLAlchemy; they stand beside those of an outbox.

Nothing is null in the keys: what does not apply is an empty text, so that both kinds of
databases find the row to count on.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Float, Integer, MetaData, String, Table, Text

OVERVIEW = MetaData()

COUNTS = Table(
    "fql_overview",
    OVERVIEW,
    Column("hour", BigInteger, primary_key=True, autoincrement=False),
    Column("step", String(32), primary_key=True),
    Column("destination", Text, primary_key=True),
    Column("mapping", Text, primary_key=True),
    Column("reason", Text, primary_key=True),
    Column("event_type", Text, primary_key=True),
    Column("event_name", Text, primary_key=True),
    Column("count", BigInteger, nullable=False),
)
"""How often something happened in an hour; ``hour`` counts hours since 1970."""

SAMPLES = Table(
    "fql_overview_samples",
    OVERVIEW,
    Column("step", String(32), primary_key=True),
    Column("destination", Text, primary_key=True),
    Column("mapping", Text, primary_key=True),
    Column("reason", Text, primary_key=True),
    Column("slot", Integer, primary_key=True, autoincrement=False),
    Column("seen_at", Float, nullable=False),
    Column("message_id", Text, nullable=False),
    Column("told", Text, nullable=False),
)
"""Some of the events that went no further, the latest; secrets are masked."""
