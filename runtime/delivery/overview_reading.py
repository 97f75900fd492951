"""What an overview has counted, read from its database."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import func, inspect, select

from fql.runtime.delivery.overview import HOUR, Step
from fql.runtime.delivery.overview_tables import COUNTS, SAMPLES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.engine import Connection

    from fql.compiler.values import Json


class By(StrEnum):
    """What counts may be broken down by, besides their steps and reasons."""

    MAPPING = "mapping"
    TYPE = "type"
    EVENT = "event"
    HOUR = "hour"


_COLUMNS = {
    By.MAPPING: COUNTS.c.mapping,
    By.TYPE: COUNTS.c.event_type,
    By.EVENT: COUNTS.c.event_name,
    By.HOUR: COUNTS.c.hour,
}


@dataclass(frozen=True, slots=True)
class Total:
    """How often something happened.

    Attributes:
        step: What.
        destination: Where; empty before events have a destination.
        reason: Why; empty where there is no reason.
        part: What it is broken down by: a mapping, a type, a name, or the start of an
            hour in seconds since 1970; None without.
        count: How often.
    """

    step: Step
    destination: str
    reason: str
    part: str | int | None
    count: int


@dataclass(frozen=True, slots=True)
class Example:
    """An event that went no further.

    Attributes:
        step: Where it ended.
        destination: Of which destination; empty for none.
        mapping: By which mapping; empty for none.
        reason: Why.
        seen_at: When, in seconds since 1970.
        message_id: Its message id; empty for none.
        told: What is known of it.
    """

    step: Step
    destination: str
    mapping: str
    reason: str
    seen_at: float
    message_id: str
    told: Json


def read_totals(
    connection: Connection,
    *,
    since: float,
    by: By | None = None,
    destination: str | None = None,
) -> list[Total]:
    """Return what was counted, by step and destination, the most frequent first.

    Args:
        connection: To the database.
        since: From the hour of this moment on, in seconds since 1970.
        by: What the counts are broken down by as well.
        destination: Only of this one.
    """
    if not inspect(connection).has_table(COUNTS.name):
        return []
    plain = [COUNTS.c.step, COUNTS.c.destination, COUNTS.c.reason]
    parts = [] if by is None else [_COLUMNS[by]]
    query = (
        select(*plain, *parts, func.sum(COUNTS.c.count))
        .where(COUNTS.c.hour >= int(since // HOUR))
        .group_by(*plain, *parts)
    )
    if destination is not None:
        query = query.where(COUNTS.c.destination == destination)
    rows = [tuple(row) for row in connection.execute(query)]
    totals = [
        Total(Step(row[0]), row[1], row[2], _part(by, row[3:-1]), int(row[-1]))
        for row in rows
    ]
    ranks = {step: rank for rank, step in enumerate(Step)}
    return sorted(totals, key=lambda each: _order(each, ranks, by))


def _part(by: By | None, rest: Sequence[str | int]) -> str | int | None:
    if not rest:
        return None
    return int(rest[0]) * HOUR if by is By.HOUR else rest[0]


def _order(
    total: Total, ranks: dict[Step, int], by: By | None
) -> tuple[int, str, int, str, str]:
    hour = total.part if by is By.HOUR and isinstance(total.part, int) else 0
    first = hour or -total.count
    rest = total.reason, str(total.part)
    return ranks[total.step], total.destination, first, *rest


def read_examples(
    connection: Connection, *, since: float, destination: str | None = None
) -> list[Example]:
    """Return the samples that were kept, the latest first.

    Args:
        connection: To the database.
        since: From this moment on, in seconds since 1970.
        destination: Only of this one.
    """
    if not inspect(connection).has_table(SAMPLES.name):
        return []
    columns = SAMPLES.c
    query = (
        select(
            *(columns.step, columns.destination, columns.mapping, columns.reason),
            *(columns.seen_at, columns.message_id, columns.told),
        )
        .where(columns.seen_at >= since)
        .order_by(columns.seen_at.desc(), columns.slot)
    )
    if destination is not None:
        query = query.where(columns.destination == destination)
    return [
        Example(Step(row.step), *row[1:6], _read(row.told))
        for row in connection.execute(query)
    ]


def _read(told: str) -> Json:
    """Return what is told; one that was cut short stays a text."""
    try:
        value: Json = json.loads(told)
    except ValueError:
        return told
    return value
