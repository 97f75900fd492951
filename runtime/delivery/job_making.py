"""From payloads to jobs."""

from __future__ import annotations

import hashlib
import uuid
from collections import Counter
from typing import TYPE_CHECKING

from fql.compiler.values import compact_json
from fql.runtime.delivery.jobs import Job

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fql.compiler.values import Json
    from fql.runtime.outcomes import Outcome

_NAMED = frozenset({"page", "screen"})
"""Types of events that have their name in ``name``, not in ``event``."""


def jobs_of(
    event: Mapping[str, Json], outcomes: Iterable[Outcome], now: float
) -> list[tuple[Outcome, Job]]:
    """Return a job for each outcome of *event* that has a payload.

    Args:
        event: As it came.
        outcomes: What became of it.
        now: When it was accepted, in seconds since 1970.
    """
    kind, name = kind_and_name(event)
    user = _text(event.get("userId")) or _text(event.get("anonymousId"))
    same = Counter[tuple[str | None, str | None]]()
    made = []
    for outcome in outcomes:
        if not outcome.is_built:
            continue
        target = outcome.destination, outcome.mapping
        same[target] += 1
        payload = outcome.payload if isinstance(outcome.payload, dict) else {}
        job = Job(
            idempotency_key(outcome, same[target]),
            outcome.destination or "",
            outcome.mapping or "",
            outcome.action or "",
            payload,
            outcome.message_id,
            user,
            kind,
            name,
            now,
        )
        made.append((outcome, job))
    return made


def kind_and_name(event: Mapping[str, Json]) -> tuple[str | None, str | None]:
    """Return the type of *event*, and what events of its type are told apart by."""
    kind = _text(event.get("type"))
    return kind, _text(event.get("name" if kind in _NAMED else "event"))


def idempotency_key(outcome: Outcome, number: int = 1) -> str:
    """Return the key of a payload: 32 hexadecimal digits.

    It is made of message id, destination and mapping, and so the same whenever the same
    event is accepted again. Events without a message id cannot be told apart, so that
    each has a key of its own.

    Args:
        outcome: Which payload.
        number: Which one of the same mapping's name, from 1: two may be named alike.
    """
    if not outcome.message_id:
        return uuid.uuid4().hex
    parts: list[Json] = [outcome.message_id, outcome.destination, outcome.mapping]
    if number > 1:
        parts.append(number)
    return hashlib.sha256(compact_json(parts).encode()).hexdigest()[:32]


def _text(value: Json) -> str | None:
    return value if isinstance(value, str) and value else None
