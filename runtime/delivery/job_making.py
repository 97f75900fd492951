"""From payloads to jobs."""

from __future__ import annotations

import hashlib
import uuid
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
    kind = _text(event.get("type"))
    name = _text(event.get("name" if kind in _NAMED else "event"))
    user = _text(event.get("userId")) or _text(event.get("anonymousId"))
    return [
        (
            outcome,
            Job(
                idempotency_key(outcome),
                outcome.destination or "",
                outcome.mapping or "",
                outcome.action or "",
                outcome.payload if isinstance(outcome.payload, dict) else {},
                outcome.message_id,
                user,
                kind,
                name,
                now,
            ),
        )
        for outcome in outcomes
        if outcome.is_built
    ]


def idempotency_key(outcome: Outcome) -> str:
    """Return the key of a payload: 32 hexadecimal digits.

    It is made of message id, destination and mapping, and so the same whenever the same
    event is accepted again. Events without a message id cannot be told apart, so that
    each has a key of its own.
    """
    if not outcome.message_id:
        return uuid.uuid4().hex
    parts: Json = [outcome.message_id, outcome.destination, outcome.mapping]
    return hashlib.sha256(compact_json(parts).encode()).hexdigest()[:32]


def _text(value: Json) -> str | None:
    return value if isinstance(value, str) and value else None
