"""Jobs as rows of a table, and back."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from fql.runtime.codec import decode, encode
from fql.runtime.delivery.jobs import Job, State
from fql.runtime.delivery.tables import JOBS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Insert, Row
    from sqlalchemy.engine import Connection

    from fql.compiler.values import Json
    from fql.runtime.delivery.jobs import Exchange

INSERTED_AT_ONCE = 500
"""Rows that are looked for at a time: databases bound the values of a statement."""

KEPT_BODY = 500
"""Characters of a body that are kept of an exchange."""

MAX_USER = 200
"""Characters of a user that are kept: PostgreSQL bounds what an index holds."""


def add_jobs(connection: Connection, jobs: Sequence[Job]) -> int:
    """Insert *jobs* within a transaction; return how many were new.

    One whose key is there already is passed over.
    """
    added = 0
    for at in range(0, len(jobs), INSERTED_AT_ONCE):
        chunk = {job.key: job for job in jobs[at : at + INSERTED_AT_ONCE]}
        known = select(JOBS.c.key).where(JOBS.c.key.in_(list(chunk)))
        for (key,) in connection.execute(known):
            del chunk[key]
        if chunk:
            rows = [_values(job) for job in chunk.values()]
            done = connection.execute(
                _insert(connection), rows, execution_options={"preserve_rowcount": True}
            )
            added += done.rowcount
    return added


def _insert(connection: Connection) -> Insert:
    """Return an insert that passes over what another process has just put in."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(JOBS).on_conflict_do_nothing(index_elements=["key"])
    return sqlite.insert(JOBS).on_conflict_do_nothing(index_elements=["key"])


def _values(job: Job) -> dict[str, object]:
    return {
        "key": job.key,
        "destination": storable(job.destination),
        "mapping": storable(job.mapping),
        "action": storable(job.action),
        "payload": encode(dict(job.payload)).decode(),
        "message_id": storable(job.message_id),
        "user": storable(_told_apart(job.user)),
        "event_type": storable(job.event_type),
        "event_name": storable(job.event_name),
        "accepted_at": job.accepted_at,
        "state": State.PENDING.value,
        "attempts": 0,
        "due_at": job.accepted_at,
        "lost": 0,
    }


def _told_apart(user: str | None) -> str | None:
    """Return a text as long as an index takes, another one for every user."""
    if user is None or len(user) <= MAX_USER:
        return user
    digest = hashlib.sha256(user.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{user[: MAX_USER - len(digest)]}{digest}"


def storable(text: str | None) -> str | None:
    """Return *text* without what databases do not take: NUL, half surrogate pairs."""
    if text is None or (text.isascii() and "\0" not in text):
        return text
    clean = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return clean.replace("\0", "\ufffd")


def job_of(row: Row[tuple[object, ...]]) -> Job:
    """Return the job of a row.

    Raises:
        DecodeError: Its payload is not what was stored.
    """
    payload: Json = decode(row.payload.encode())
    return Job(
        row.key,
        row.destination,
        row.mapping,
        row.action,
        payload if isinstance(payload, dict) else {},
        row.message_id,
        row.user,
        row.event_type,
        row.event_name,
        row.accepted_at,
    )


def exchanges_text(exchanges: Sequence[Exchange]) -> str | None:
    """Return exchanges as JSON, the beginnings of their bodies; None for none."""
    if not exchanges:
        return None
    return json.dumps([asdict(_shortened(each)) for each in exchanges])


def _shortened(exchange: Exchange) -> Exchange:
    return replace(
        exchange,
        request_body=exchange.request_body[:KEPT_BODY],
        response_body=exchange.response_body[:KEPT_BODY],
    )
