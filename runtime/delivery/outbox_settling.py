"""Writing down what became of claimed jobs.

An answer that came is an answer: ``DELIVERED`` is taken from whoever brings it, however
late. What else is said of a job, only who holds it may say: its lease may have ended,
and another worker have it now.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, case, insert, select, update

from fql.runtime.delivery.jobs import State
from fql.runtime.delivery.outbox_claims import CLAIMED_AT_ONCE
from fql.runtime.delivery.outbox_rows import exchanges_text, storable
from fql.runtime.delivery.tables import ATTEMPTS, JOBS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.engine import Connection

    from fql.runtime.delivery.jobs import Exchange, Result

KEPT_ATTEMPTS = 10
"""Attempts of a job that are kept with what went over the wire: the first ones."""

_IS_HELD = (
    JOBS.c.id == bindparam("number"),
    JOBS.c.state == State.CLAIMED.value,
    JOBS.c.owner == bindparam("holder"),
)
_WAS_MADE = bindparam("made") == 1

_SETTLE = (
    update(JOBS)
    .where(*_IS_HELD)
    .values(
        state=bindparam("new_state"),
        attempts=JOBS.c.attempts + bindparam("made"),
        due_at=bindparam("due"),
        settled_at=bindparam("end"),
        owner=None,
        lost=0,
        reason=case((_WAS_MADE, bindparam("why")), else_=JOBS.c.reason),
        detail=case((_WAS_MADE, bindparam("told")), else_=JOBS.c.detail),
        status=case((_WAS_MADE, bindparam("answered")), else_=JOBS.c.status),
    )
)

_NOTE = insert(ATTEMPTS).from_select(
    ["job", "number", "made_at", "reason", "detail", "status", "exchanges"],
    select(
        JOBS.c.id,
        JOBS.c.attempts + 1,
        bindparam("at", type_=ATTEMPTS.c.made_at.type),
        bindparam("why", type_=ATTEMPTS.c.reason.type),
        bindparam("told", type_=ATTEMPTS.c.detail.type),
        bindparam("answered", type_=ATTEMPTS.c.status.type),
        bindparam("wire", type_=ATTEMPTS.c.exchanges.type),
    ).where(*_IS_HELD, JOBS.c.attempts < KEPT_ATTEMPTS),
)


def settle_jobs(
    connection: Connection, results: Mapping[int, Result], *, now: float, owner: str
) -> None:
    """Write results down within a transaction; see `Store`."""
    delivered: dict[int | None, list[int]] = {}
    others: dict[int, Result] = {}
    for number, result in results.items():
        if result.state is State.DELIVERED:
            delivered.setdefault(result.status, []).append(number)
        else:
            others[number] = result
    for status, numbers in delivered.items():
        _deliver(connection, numbers, status, now)
    if others:
        _settle(connection, others, now, owner)


def _deliver(
    connection: Connection, numbers: Sequence[int], status: int | None, now: float
) -> None:
    for at in range(0, len(numbers), CLAIMED_AT_ONCE):
        some = JOBS.c.id.in_(numbers[at : at + CLAIMED_AT_ONCE])
        delivered = update(JOBS).where(some, JOBS.c.state != State.DELIVERED.value)
        connection.execute(
            delivered.values(
                state=State.DELIVERED.value,
                attempts=JOBS.c.attempts + 1,
                settled_at=now,
                status=status,
                reason=None,
                detail=None,
                owner=None,
                lost=0,
            )
        )


def _settle(
    connection: Connection, results: Mapping[int, Result], now: float, owner: str
) -> None:
    texts: dict[tuple[Exchange, ...], str | None] = {}
    rows: list[dict[str, object]] = []
    for number, result in results.items():
        wire = result.exchanges
        if wire not in texts:
            texts[wire] = exchanges_text(wire)
        rows.append(_row(number, result, now, owner) | {"wire": texts[wire]})
    attempts = [row for row in rows if row["made"]]
    if attempts:
        connection.execute(_NOTE, [_only(row, _OF_ATTEMPT) for row in attempts])
    connection.execute(_SETTLE, [_only(row, _OF_JOB) for row in rows])


_OF_BOTH = frozenset({"number", "holder", "why", "told", "answered"})
_OF_ATTEMPT = _OF_BOTH | {"at", "wire"}
_OF_JOB = _OF_BOTH | {"new_state", "made", "due", "end"}


def _only(row: Mapping[str, object], names: frozenset[str]) -> dict[str, object]:
    return {name: row[name] for name in names}


def _row(number: int, result: Result, now: float, owner: str) -> dict[str, object]:
    return {
        "number": number,
        "holder": owner,
        "new_state": result.state.value,
        "made": int(result.is_attempt),
        "due": result.due_at,
        "at": now,
        "end": now if result.state is State.DEAD else None,
        "why": storable(result.reason or None),
        "told": storable(result.detail or None),
        "answered": result.status,
    }
