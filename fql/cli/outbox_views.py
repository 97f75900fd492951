"""What is in an outbox, as lines of text and as JSON."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from fql.cli.output import heading
from fql.grammar.cells import cell_count, visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fql.compiler.values import Json
    from fql.runtime.delivery.outbox_admin import Attempt, Count, Dead

_AGES = ((86_400, "d"), (3_600, "h"), (60, "min"))


def count_lines(counts: Sequence[Count], now: float) -> Iterator[str]:
    """Yield a table of *counts*; *now*: seconds since 1970."""
    if not counts:
        yield "the outbox is empty"
        return
    rows = [("destination", "state", "reason", "payloads", "oldest")]
    rows += [
        (
            visible(each.destination),
            each.state.value,
            visible(each.reason or ""),
            f"{each.jobs:,}",
            _age(now - each.oldest),
        )
        for each in counts
    ]
    widths = [max(map(cell_count, column)) for column in zip(*rows, strict=True)]
    for number, row in enumerate(rows):
        line = "  ".join(map(_filled, row, widths)).rstrip()
        yield heading(line) if number == 0 else line


def _filled(text: str, cells: int) -> str:
    return text + " " * (cells - cell_count(text))


def _age(seconds: float) -> str:
    for size, unit in _AGES:
        if seconds >= size:
            return f"{seconds / size:.0f} {unit}"
    return f"{max(seconds, 0):.0f} s"


def dead_lines(dead: Dead) -> Iterator[str]:
    """Yield what is told of a payload that was given up."""
    job = dead.job
    where = "" if job is None else f"{job.destination}/{job.mapping}"
    message = "" if job is None or job.message_id is None else job.message_id
    attempts = "1 attempt" if dead.attempts == 1 else f"{dead.attempts} attempts"
    told = [dead.key, where, dead.reason, attempts, message]
    yield visible("  ".join(each for each in told if each))
    if dead.detail:
        yield f"    {visible(dead.detail)}"


def counts_json(counts: Sequence[Count]) -> list[dict[str, Json]]:
    """Return *counts* as JSON."""
    return [
        {
            "destination": each.destination,
            "state": each.state.value,
            "reason": each.reason,
            "payloads": each.jobs,
            "oldest": _moment(each.oldest),
        }
        for each in counts
    ]


def dead_json(dead: Dead) -> dict[str, Json]:
    """Return a payload that was given up as JSON."""
    told: dict[str, Json] = {
        "key": dead.key,
        "attempts": dead.attempts,
        "diedAt": _moment(dead.died_at),
        "reason": dead.reason,
        "detail": dead.detail,
        "status": dead.status,
        "history": [_attempt_json(each) for each in dead.history],
    }
    job = dead.job
    if job is not None:
        told |= {
            "destination": job.destination,
            "mapping": job.mapping,
            "action": job.action,
            "messageId": job.message_id,
            "acceptedAt": _moment(job.accepted_at),
            "payload": dict(job.payload),
        }
    return told


def _attempt_json(attempt: Attempt) -> dict[str, Json]:
    return {
        "attempt": attempt.number,
        "at": _moment(attempt.made_at),
        "reason": attempt.reason,
        "detail": attempt.detail,
        "status": attempt.status,
        "exchanges": [asdict(each) for each in attempt.exchanges],
    }


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
