"""The overview: what became of events and payloads, counted by the hour.

Counts gather in memory and are written with the block that they belong to, in the
transaction that keeps or settles it. So they are right after a crash as well, but for
what is counted apart: events that came to no payload are written with the next block.
An event that is accepted twice is counted as received twice.
"""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, final

from sqlalchemy import delete, text
from sqlalchemy.dialects import postgresql, sqlite

from fql.runtime.delivery.job_making import kind_and_name
from fql.runtime.delivery.jobs import State
from fql.runtime.delivery.outbox_rows import storable
from fql.runtime.delivery.overview_tables import COUNTS, OVERVIEW, SAMPLES
from fql.runtime.outcomes import Decision, Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Mapping, Sequence

    from sqlalchemy import Table
    from sqlalchemy.engine import Connection

    from fql.compiler.values import Json
    from fql.runtime.delivery.jobs import Claim, Result
    from fql.runtime.outcomes import Outcome

HOUR = 3_600
"""Seconds."""

KEPT_HOURS = 24 * 30
"""Hours that are kept; what is older goes when an overview is opened."""

MAX_SAMPLES = 10
"""Samples of one reason at the most."""

MAX_SAMPLE = 2_000
"""Characters of one sample at the most."""

MAX_NAMES = 1_000
"""Names of events that one process counts apart; there may be any number of them."""

MAX_PART = 120
"""Characters of a name or a reason: an index of PostgreSQL takes 2,700 bytes a row."""

OTHER_NAMES = "(other names)"
"""What the names beyond those are counted as."""

MAX_KINDS = 20
"""Types of events that one process counts apart; more than six are no events."""

OTHER_KINDS = "(other types)"
"""What the types beyond those are counted as."""


_LOCK_NUMBER = 0x66716C6F  # "fqlo": any number will do that all of us use


class Step(StrEnum):
    """The steps that events and payloads are counted at, in order.

    Up to ``FILTERED_AT_SOURCE`` events are counted; then, for each destination, ways to
    it; from ``ACCEPTED`` on payloads. A retry is an attempt that failed and is made
    again.
    """

    RECEIVED = "received"
    FAILED_ON_INGEST = "failed on ingest"
    FILTERED_AT_SOURCE = "filtered at source"
    FILTERED_AT_DESTINATION = "filtered at destination"
    NO_MATCHING_MAPPING = "no matching mapping"
    NOT_BUILT = "not built"
    ACCEPTED = "accepted"
    ROW_MISSING = "row missing"
    RETRY = "retry"
    FAILED = "failed"
    DELIVERED = "delivered"


class Counted(NamedTuple):
    """What is counted as one."""

    hour: int
    step: Step
    destination: str = ""
    mapping: str = ""
    reason: str = ""
    event_type: str = ""
    event_name: str = ""


class Sampled(NamedTuple):
    """What samples are kept for."""

    step: Step
    destination: str
    mapping: str
    reason: str


class Sample(NamedTuple):
    """An event that went no further.

    Attributes:
        seen_at: When that was, in seconds since 1970.
        message_id: Its message id, or an empty text.
        told: What is known of it, as JSON, masked.
    """

    seen_at: float
    message_id: str
    told: str


_BY_STAGE: Mapping[tuple[Stage, Decision], Step] = {
    (Stage.ACCEPT, Decision.REJECTED): Step.FAILED_ON_INGEST,
    (Stage.ACCEPT, Decision.DISCARDED): Step.FILTERED_AT_SOURCE,
    (Stage.ROUTE, Decision.DISCARDED): Step.FILTERED_AT_SOURCE,
    (Stage.ROUTE, Decision.FILTERED): Step.FILTERED_AT_DESTINATION,
    (Stage.FILTER, Decision.FILTERED): Step.FILTERED_AT_DESTINATION,
    (Stage.MATCH, Decision.DISCARDED): Step.NO_MATCHING_MAPPING,
    (Stage.BUILD, Decision.BUILT): Step.ACCEPTED,
}


def step_of(outcome: Outcome) -> Step:
    """Return the step that an outcome of processing is counted at."""
    if outcome.stage is Stage.MATCH and outcome.mapping is not None:
        return Step.NOT_BUILT
    return _BY_STAGE.get((outcome.stage, outcome.decision), Step.NOT_BUILT)


class _Batch:
    """What was counted and is not yet written."""

    def __init__(self) -> None:
        self.counts: Counter[Counted] = Counter()
        self.samples: dict[Sampled, list[Sample]] = {}

    def add(self, other: _Batch) -> None:
        """Take what *other* has, which came first."""
        self.counts.update(other.counts)
        for key, samples in other.samples.items():
            self.samples[key] = [*samples, *self.samples.get(key, ())][-MAX_SAMPLES:]


@final
class Overview:
    """Counts what becomes of events and payloads. Threads may share it.

    Args:
        mask: Masks secrets in what is kept of samples.
        clock: Returns seconds since 1970.
        tell: Is told of the counts of each block, once that is written.
    """

    def __init__(
        self,
        mask: Callable[[str], str] = str,
        clock: Callable[[], float] = time.time,
        *,
        tell: Callable[[Mapping[Counted, int]], None] = lambda counts: None,
    ) -> None:
        self._mask = mask
        self._tell = tell
        self._clock = clock
        self._lock = threading.Lock()
        self._batch = _Batch()
        self._kinds: set[str] = set()
        self._names: set[str] = set()
        self._slots: Counter[Sampled] = Counter()

    # --- counting ---

    def processed(self, event: Mapping[str, Json], outcomes: Sequence[Outcome]) -> None:
        """Count an event and what became of it, see `Workspace.process`."""
        now = self._clock()
        hour = int(now // HOUR)
        kind, name = kind_and_name(event)
        with self._lock:
            about = self._about(kind, name)
            counts = self._batch.counts
            counts[Counted(hour, Step.RECEIVED, "", "", "", *about)] += 1
            for each in outcomes:
                key = Sampled(
                    step_of(each),
                    _part(each.destination),
                    _part(each.mapping),
                    _part(each.reason),
                )
                counts[Counted(hour, *key, *about)] += 1
                for table in each.missing_rows:
                    row = key._replace(step=Step.ROW_MISSING, reason=_part(table))
                    counts[Counted(hour, *row, *about)] += 1
                if not each.is_built:
                    self._sample(key, now, each.message_id, _told_of(each))

    def settled(self, claim: Claim, result: Result) -> None:
        """Count what became of a payload; attempts that were none do not count."""
        if not result.is_attempt and result.state is State.PENDING:
            return
        now, job = self._clock(), claim.job
        key = Sampled(
            _STEPS.get(result.state, Step.RETRY),
            _part(job.destination),
            _part(job.mapping),
            _part(result.reason),
        )
        with self._lock:
            about = self._about(job.event_type, job.event_name)
            self._batch.counts[Counted(int(now // HOUR), *key, *about)] += 1
            if result.state is not State.DELIVERED:
                told = _told_of_result(claim, result)
                self._sample(key, now, job.message_id, told)

    def _about(self, kind: str | None, name: str | None) -> tuple[str, str]:
        """Return what an event of *kind* and *name* is counted as."""
        return (
            _known(kind, self._kinds, MAX_KINDS, OTHER_KINDS),
            _known(name, self._names, MAX_NAMES, OTHER_NAMES),
        )

    def _sample(
        self, key: Sampled, now: float, message_id: str | None, told: Json
    ) -> None:
        kept = self._batch.samples.setdefault(key, [])
        masked = self._mask(json.dumps(told, ensure_ascii=False))[:MAX_SAMPLE]
        kept.append(Sample(now, _part(self._mask(message_id or "")), masked))
        del kept[:-MAX_SAMPLES]

    # --- writing ---

    @contextmanager
    def block(self) -> Generator[Callable[[Connection], None]]:
        """Yield what writes the counts so far, for use within a transaction.

        The block goes around the transaction: where that fails, or nothing is written,
        the counts are kept for the next one.
        """
        with self._lock:
            taken, self._batch = self._batch, _Batch()
        is_written = False

        def write(connection: Connection) -> None:
            nonlocal is_written
            self._write(connection, taken)
            is_written = True

        try:
            yield write
        except BaseException:
            is_written = False
            raise
        finally:
            if is_written:
                self._tell(taken.counts)
            else:
                with self._lock:
                    self._batch.add(taken)

    def _write(self, connection: Connection, batch: _Batch) -> None:
        # Sorted, so that two who write do not wait for each other.
        counts = [
            {**_columns(key), "count": count}
            for key, count in sorted(batch.counts.items())
        ]
        samples = [
            {**_columns(key), "slot": self._slot(key), **_columns(sample)}
            for key, kept in sorted(batch.samples.items())
            for sample in kept
        ]
        _upsert(connection, COUNTS, counts, adds=("count",))
        _upsert(connection, SAMPLES, samples, sets=("seen_at", "message_id", "told"))

    def _slot(self, key: Sampled) -> int:
        """Return the place of the next sample: the oldest one's."""
        self._slots[key] += 1
        return self._slots[key] % MAX_SAMPLES


_STEPS: Mapping[State, Step] = {
    State.DELIVERED: Step.DELIVERED,
    State.DEAD: Step.FAILED,
}


def _told_of(outcome: Outcome) -> Json:
    told = outcome.to_dict()
    return {key: told[key] for key in ("filter", "detail", "problems") if key in told}


def _told_of_result(claim: Claim, result: Result) -> Json:
    told: dict[str, Json] = {"attempt": claim.attempt}
    if result.detail:
        told["detail"] = result.detail
    if result.exchanges:
        last = result.exchanges[-1]
        told |= {"method": last.method, "url": last.url, "status": last.status}
        told["response"] = last.response_body
    return told


def _known(text: str | None, known: set[str], most: int, others: str) -> str:
    """Return what *text* is counted as, and add it to those that are *known*."""
    part = _part(text)
    if part and part not in known:
        if len(known) >= most:
            return others
        known.add(part)
    return part


def _part(text: str | None) -> str:
    """Return a part of a key as databases take it, and as jobs have it."""
    known = str(storable(text) or "")
    return known if len(known) <= MAX_PART else f"{known[: MAX_PART - 3]}..."


def _columns(key: NamedTuple) -> dict[str, object]:
    """Return the members of *key* as a database takes them."""
    return {
        name: storable(str(value)) if isinstance(value, str) else value
        for name, value in key._asdict().items()
    }


def _upsert(
    connection: Connection,
    table: Table,
    rows: Sequence[Mapping[str, object]],
    *,
    adds: Iterable[str] = (),
    sets: Iterable[str] = (),
) -> None:
    """Insert *rows*, or add to and set the columns of those that are there."""
    if not rows:
        return
    is_sqlite = connection.dialect.name == "sqlite"
    insert = (sqlite.insert if is_sqlite else postgresql.insert)(table)
    new = insert.excluded
    changed = {name: table.c[name] + new[name] for name in adds}
    changed |= {name: new[name] for name in sets}
    keys = list(table.primary_key.columns)
    connection.execute(
        insert.on_conflict_do_update(index_elements=keys, set_=changed), list(rows)
    )


def prepare(connection: Connection, now: float) -> None:
    """Make the tables of the overview where they are missing, and drop what is old.

    Args:
        connection: Within a transaction.
        now: Seconds since 1970.
    """
    if connection.dialect.name != "sqlite":
        # Two who make the same tables at once would trip over each other.
        lock = text("SELECT pg_advisory_xact_lock(:number)")
        connection.execute(lock, {"number": _LOCK_NUMBER})
    OVERVIEW.create_all(connection)
    oldest = int(now // HOUR) - KEPT_HOURS
    connection.execute(delete(COUNTS).where(COUNTS.c.hour < oldest))
    connection.execute(delete(SAMPLES).where(SAMPLES.c.seen_at < oldest * HOUR))
