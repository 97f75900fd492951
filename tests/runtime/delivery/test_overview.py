"""The overview: counts by the hour, written with the payloads they are of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from fql.runtime.delivery.accepting import accept
from fql.runtime.delivery.job_making import jobs_of
from fql.runtime.delivery.jobs import Claim, Exchange, Job, Result, State
from fql.runtime.delivery.outbox import Outbox, open_outbox
from fql.runtime.delivery.overview import (
    HOUR,
    KEPT_HOURS,
    MAX_KINDS,
    MAX_NAMES,
    MAX_PART,
    MAX_SAMPLE,
    MAX_SAMPLES,
    OTHER_KINDS,
    OTHER_NAMES,
    Overview,
    Step,
    prepare,
    step_of,
)
from fql.runtime.delivery.overview_reading import (
    By,
    Example,
    Total,
    read_examples,
    read_totals,
)
from fql.runtime.delivery.overview_tables import COUNTS
from fql.runtime.load import load
from fql.runtime.outcomes import Decision, Outcome, Reason, Stage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fql.compiler.values import Json
    from fql.runtime.delivery.overview import Counted

NOON = 500_000.0 * HOUR


@dataclass
class Clock:
    """A clock that is set by hand."""

    time: float = NOON

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def outbox(place: str, clock: Clock) -> Iterator[Outbox]:
    with open_outbox(place, clock=clock) as opened:
        with opened.transaction() as connection:
            prepare(connection, clock())
        yield opened


def event(kind: str = "track", name: str = "Bought") -> dict[str, Json]:
    return {"type": kind, "event": name, "userId": "u1", "messageId": "m1"}


def claim(number: int = 1, *, to: str = "crm", name: str = "Bought") -> Claim:
    job = Job(f"k{number}", to, "All", "send", {}, "m1", "u1", "track", name)
    return Claim(number, job, 2, 0.0)


BUILT = Outcome("m1", Stage.BUILD, Decision.BUILT, "crm", mapping="All")
DROPPED = Outcome(
    "m1",
    Stage.FILTER,
    Decision.FILTERED,
    "crm",
    reason=Reason.FILTERED_BY_RULES,
    filter="staff",
    detail="dropped",
)
WIRE = (Exchange("POST", "https://x.test/a", 500, response_body="oops"),)
FAILED = Result(State.DEAD, "500", "it fails", 500, exchanges=WIRE)


def written(outbox: Outbox, overview: Overview) -> None:
    """Write what *overview* has counted."""
    with overview.block() as write, outbox.transaction() as connection:
        write(connection)


def totals(outbox: Outbox, by: By | None = None, **more: str) -> list[Total]:
    """Return what was counted in the last day."""
    with outbox.reading() as connection:
        since = outbox.now() - 24 * HOUR
        return read_totals(connection, since=since, by=by, **more)


def examples(outbox: Outbox, **more: str) -> list[Example]:
    """Return the samples of the last day."""
    with outbox.reading() as connection:
        return read_examples(connection, since=outbox.now() - 24 * HOUR, **more)


def test_counts_add_up_over_blocks_and_processes(outbox: Outbox, clock: Clock) -> None:
    first, second = Overview(clock=clock), Overview(clock=clock)
    first.processed(event(), [BUILT, DROPPED])
    written(outbox, first)
    first.processed(event(), [BUILT])
    second.processed(event(), [BUILT])
    written(outbox, second)
    written(outbox, first)
    assert totals(outbox) == [
        Total(Step.RECEIVED, "", "", None, 3),
        Total(Step.FILTERED_AT_DESTINATION, "crm", "FILTERED_BY_RULES", None, 1),
        Total(Step.ACCEPTED, "crm", "", None, 3),
    ]


def test_results_are_counted_by_what_they_are(outbox: Outbox, clock: Clock) -> None:
    overview = Overview(clock=clock)
    again = Result(State.PENDING, "503", status=503)
    overview.settled(claim(), again)
    overview.settled(claim(), FAILED)
    overview.settled(claim(to="log"), Result(State.DELIVERED, status=200))
    overview.settled(claim(), replace(again, is_attempt=False))
    written(outbox, overview)
    assert totals(outbox) == [
        Total(Step.RETRY, "crm", "503", None, 1),
        Total(Step.FAILED, "crm", "500", None, 1),
        Total(Step.DELIVERED, "log", "", None, 1),
    ]
    assert totals(outbox, destination="log") == [
        Total(Step.DELIVERED, "log", "", None, 1)
    ]


@pytest.mark.parametrize(
    ("by", "parts"),
    [
        (By.TYPE, [("track", 2), ("page", 1)]),
        (By.EVENT, [("Bought", 2), ("", 1)]),
        (By.MAPPING, [("", 3)]),
        (By.HOUR, [(int(NOON), 2), (int(NOON) + HOUR, 1)]),
    ],
)
def test_counts_are_broken_down(
    outbox: Outbox, clock: Clock, by: By, parts: list[tuple[str | int, int]]
) -> None:
    overview = Overview(clock=clock)
    overview.processed(event(), [])
    overview.processed(event(), [])
    clock.time += HOUR
    overview.processed({"type": "page"}, [])
    written(outbox, overview)
    assert [(each.part, each.count) for each in totals(outbox, by)] == parts


def test_hours_before_are_left_out(outbox: Outbox, clock: Clock) -> None:
    overview = Overview(clock=clock)
    overview.processed(event(), [DROPPED])
    written(outbox, overview)
    clock.time += 25 * HOUR
    assert (totals(outbox), examples(outbox)) == ([], [])


def test_old_hours_go_when_an_overview_is_opened(outbox: Outbox, clock: Clock) -> None:
    overview = Overview(clock=clock)
    overview.processed(event(), [DROPPED])
    written(outbox, overview)
    clock.time += (KEPT_HOURS + 1) * HOUR
    with outbox.transaction() as connection:
        prepare(connection, clock())
        assert connection.execute(select(COUNTS)).all() == []


def test_counts_are_written_with_the_payloads(outbox: Outbox, clock: Clock) -> None:
    program = load(
        {
            "destinations": [
                {
                    "name": "log",
                    "kind": "stdout",
                    "subscriptions": [
                        {
                            "name": "All",
                            "trigger": "type = 'track'",
                            "actionSlug": "send",
                        }
                    ],
                }
            ]
        }
    )
    overview = Overview(clock=clock)
    outbox.write_beside(overview.block)
    events = [event(), {**event("page"), "messageId": "m2"}]
    (accepted,) = accept(program, events, outbox, clock=clock, watch=overview.processed)
    assert accepted.new == 1
    assert [(each.step, each.count) for each in totals(outbox)] == [
        (Step.RECEIVED, 2),
        (Step.NO_MATCHING_MAPPING, 1),
        (Step.ACCEPTED, 1),
    ]
    (held,) = outbox.claim(9, 60.0, among=["log"])
    result = Result(State.DELIVERED, status=200)
    overview.settled(held, result)
    outbox.settle({held.id: result})
    assert totals(outbox)[-1] == Total(Step.DELIVERED, "log", "", None, 1)


def test_what_cannot_be_written_is_kept_for_the_next_block(
    outbox: Outbox, clock: Clock
) -> None:
    overview = Overview(clock=clock)
    overview.processed(event(), [DROPPED])

    def fail() -> None:
        with overview.block() as write, outbox.transaction() as connection:
            write(connection)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with overview.block():
        pass  # a block in which nothing is written
    assert totals(outbox) == []
    overview.processed(event(), [])
    written(outbox, overview)
    assert totals(outbox)[0].count == 2
    assert len(examples(outbox)) == 1


def test_who_asks_is_told_of_what_was_written(outbox: Outbox, clock: Clock) -> None:
    told: list[dict[Counted, int]] = []
    overview = Overview(clock=clock, tell=lambda counts: told.append(dict(counts)))
    overview.processed(event(), [])
    with pytest.raises(RuntimeError), overview.block():
        raise RuntimeError
    assert told == []
    written(outbox, overview)
    ((key, count),) = told[0].items()
    assert (key.step, key.event_name, count) == (Step.RECEIVED, "Bought", 1)


def test_names_of_events_are_bounded(outbox: Outbox, clock: Clock) -> None:
    overview = Overview(clock=clock)
    for number in range(MAX_NAMES + 5):
        overview.processed(event(name=f"Event {number}"), [])
    written(outbox, overview)
    counts = {each.part: each.count for each in totals(outbox, By.EVENT)}
    assert (len(counts), counts[OTHER_NAMES]) == (MAX_NAMES + 1, 5)


def test_types_of_events_are_bounded(outbox: Outbox) -> None:
    overview = Overview(clock=outbox.now)
    for number in range(MAX_KINDS + 5):
        overview.processed(event(f"type {number}"), [])
    written(outbox, overview)
    counts = {each.part: each.count for each in totals(outbox, By.TYPE)}
    assert (len(counts), counts[OTHER_KINDS]) == (MAX_KINDS + 1, 5)


def test_rows_that_are_missing_are_counted(outbox: Outbox, clock: Clock) -> None:
    overview = Overview(clock=clock)
    overview.processed(event(), [replace(BUILT, missing_rows=("plan",))])
    written(outbox, overview)
    assert Total(Step.ROW_MISSING, "crm", "plan", None, 1) in totals(outbox)


@pytest.mark.parametrize(
    ("stage", "decision", "mapping", "step"),
    [
        (Stage.ACCEPT, Decision.REJECTED, None, Step.FAILED_ON_INGEST),
        (Stage.ACCEPT, Decision.DISCARDED, None, Step.FILTERED_AT_SOURCE),
        (Stage.ROUTE, Decision.DISCARDED, None, Step.FILTERED_AT_SOURCE),
        (Stage.ROUTE, Decision.FILTERED, None, Step.FILTERED_AT_DESTINATION),
        (Stage.MATCH, Decision.DISCARDED, None, Step.NO_MATCHING_MAPPING),
        (Stage.MATCH, Decision.DISCARDED, "All", Step.NOT_BUILT),
        (Stage.BUILD, Decision.DISCARDED, "All", Step.NOT_BUILT),
        (Stage.BUILD, Decision.BUILT, "All", Step.ACCEPTED),
    ],
)
def test_each_outcome_has_a_step(
    stage: Stage, decision: Decision, mapping: str | None, step: Step
) -> None:
    assert step_of(Outcome("m", stage, decision, mapping=mapping)) is step


# --- samples --------------------------------------------------------------------------


def test_samples_tell_what_happened(outbox: Outbox, clock: Clock) -> None:
    overview = Overview(clock=clock)
    overview.processed(event(), [DROPPED])
    clock.time += 1
    overview.settled(claim(), FAILED)
    written(outbox, overview)
    last: dict[str, Json] = {"method": "POST", "url": "https://x.test/a", "status": 500}
    told: Json = {"attempt": 2, "detail": "it fails", **last, "response": "oops"}
    failed = Example(Step.FAILED, "crm", "All", "500", NOON + 1, "m1", told)
    dropped: Json = {"filter": "staff", "detail": "dropped"}
    assert examples(outbox) == [
        failed,
        Example(
            *(Step.FILTERED_AT_DESTINATION, "crm", "", "FILTERED_BY_RULES"),
            *(NOON, "m1", dropped),
        ),
    ]
    assert examples(outbox, destination="crm")[0] == failed
    assert examples(outbox, destination="other") == []


def test_the_latest_samples_of_a_reason_are_kept(outbox: Outbox, clock: Clock) -> None:
    overview = Overview(clock=clock)
    for number in range(3 * MAX_SAMPLES):
        clock.time = NOON + number
        overview.processed(event(), [DROPPED])
        if number % 7 == 0:
            written(outbox, overview)
    written(outbox, overview)
    times = [each.seen_at - NOON for each in examples(outbox)]
    assert times == list(range(3 * MAX_SAMPLES - 1, 2 * MAX_SAMPLES - 1, -1))


def test_samples_are_masked_and_short(outbox: Outbox, clock: Clock) -> None:
    overview = Overview(lambda text: text.replace("hunter22", "***"), clock)
    overview.processed(event(), [replace(DROPPED, detail="hunter22\0\ud800 " * 900)])
    written(outbox, overview)
    (sample,) = examples(outbox)
    assert isinstance(sample.told, str), "what is cut is no JSON any more"
    assert len(sample.told) <= MAX_SAMPLE
    assert "hunter22" not in sample.told
    assert "***" in sample.told


def test_long_texts_are_counted_as_their_beginnings(outbox: Outbox) -> None:
    """No compression: what it would hide from an index, real names do not have."""
    long = "".join(sha256(bytes([number])).hexdigest() for number in range(200))
    overview = Overview(clock=outbox.now)
    refused = replace(DROPPED, message_id=long)
    overview.processed(event(long, long), [refused])
    overview.settled(claim(name=long), replace(FAILED, reason=long))
    written(outbox, overview)
    short = f"{long[: MAX_PART - 3]}..."
    parts = {(each.step, each.reason, each.part) for each in totals(outbox, By.EVENT)}
    assert parts == {
        (Step.RECEIVED, "", short),
        (Step.FILTERED_AT_DESTINATION, "FILTERED_BY_RULES", short),
        (Step.FAILED, short, short),
    }
    assert {each.message_id for each in examples(outbox)} == {"m1", short}


def test_an_event_has_one_name_wherever_it_is_counted(outbox: Outbox) -> None:
    overview = Overview(clock=outbox.now)
    named = event(name="a\0\ud800b")
    overview.processed(named, [BUILT])
    stored = jobs_of(named, [BUILT], 0.0)[0][1]
    outbox.add([stored])
    (came,) = outbox.claim(1, 60.0, among=["crm"])
    overview.settled(came, Result(State.DELIVERED))
    written(outbox, overview)
    assert {each.part for each in totals(outbox, By.EVENT)} == {"a\ufffd\ufffdb"}


def test_where_nothing_was_counted_there_is_nothing(place: str) -> None:
    with open_outbox(place) as outbox:
        assert (totals(outbox), examples(outbox)) == ([], [])
