"""Looking into an outbox, and putting it right."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from fql.runtime.delivery import outbox_admin
from fql.runtime.delivery.jobs import Exchange, Result, State
from fql.runtime.delivery.outbox import Outbox, open_outbox
from fql.runtime.delivery.outbox_admin import (
    Chosen,
    count_jobs,
    dead_jobs,
    purge,
    replay,
    retry,
)
from tests.runtime.delivery.test_outbox import Clock, claimed, job, jobs, pending

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fql.compiler.values import Json

WIRE = (Exchange("POST", "https://x.example/", 400, "sent", "no", 1.5),)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def outbox(place: str, clock: Clock) -> Iterator[Outbox]:
    with open_outbox(place, clock=clock) as opened:
        yield opened


def settle(outbox: Outbox, **results: Result) -> None:
    """Claim all that is due, and settle it by key; the rest is delivered."""
    claims = outbox.claim(1_000, 60.0, among=["crm", "other"])
    outbox.settle(
        {
            each.id: results.get(
                each.job.key.replace("-", ""), Result(State.DELIVERED, status=200)
            )
            for each in claims
        }
    )


def dead(reason: str) -> Result:
    return Result(State.DEAD, reason, f"it was {reason}", 400, exchanges=WIRE)


def test_jobs_are_counted_by_what_they_have_in_common(
    outbox: Outbox, clock: Clock
) -> None:
    assert count_jobs(outbox) == []
    outbox.add([job(1, at=7.0), job(2), job(3), job(4, to="other"), job(5)])
    settle(outbox, key3=dead("GONE"), key5=pending(2_000.0, "429"))
    outbox.add([job(6)])
    told = {
        (each.destination, each.state.value, each.reason): (each.jobs, each.oldest)
        for each in count_jobs(outbox)
    }
    assert told == {
        ("crm", "delivered", None): (2, 7.0),
        ("crm", "dead", "GONE"): (1, 1_000.0),
        ("crm", "pending", "429"): (1, 1_000.0),
        ("crm", "pending", None): (1, 1_000.0),
        ("other", "delivered", None): (1, 1_000.0),
    }


def test_dead_jobs_are_told_with_their_attempts(outbox: Outbox, clock: Clock) -> None:
    outbox.add(jobs(3))
    settle(outbox, key0=pending(1_001.0), key1=dead("GONE"))
    clock.time = 1_001.0
    settle(outbox, key0=dead("BAD"))
    first, second = dead_jobs(outbox)
    assert (first.key, first.reason, first.detail) == ("key-0", "BAD", "it was BAD")
    assert (first.attempts, first.died_at, first.status) == (2, 1_001.0, 400)
    assert first.job is not None
    assert first.job.payload == {"number": 0}
    assert [(each.number, each.reason) for each in first.history] == [
        (1, "500"),
        (2, "BAD"),
    ]
    assert first.history[1].exchanges == WIRE
    assert second.key == "key-1"
    assert [each.key for each in dead_jobs(outbox, limit=1)] == ["key-0"]


@pytest.mark.parametrize(
    ("chosen", "keys"),
    [
        (Chosen(), {"key-1", "key-2", "key-3"}),
        (Chosen(destination="other"), {"key-3"}),
        (Chosen(mapping="All"), {"key-1", "key-2", "key-3"}),
        (Chosen(mapping="None"), set[str]()),
        (Chosen(reason="GONE"), {"key-1", "key-3"}),
        (Chosen("crm", reason="GONE"), {"key-1"}),
        (Chosen(key="key-2"), {"key-2"}),
    ],
)
def test_jobs_are_chosen(outbox: Outbox, chosen: Chosen, keys: set[str]) -> None:
    outbox.add([job(1), job(2), job(3, to="other"), job(4)])
    settle(outbox, key1=dead("GONE"), key2=dead("BAD"), key3=dead("GONE"))
    assert {each.key for each in dead_jobs(outbox, chosen)} == keys
    assert replay(outbox, chosen) == len(keys)
    assert set(claimed(outbox)) == keys


def test_a_replayed_job_starts_anew(outbox: Outbox, clock: Clock) -> None:
    outbox.add(jobs(1))
    settle(outbox, key0=dead("GONE"))
    clock.time = 99_000.0
    assert replay(outbox) == 1
    assert replay(outbox) == 0
    (claim,) = outbox.claim(5, 60.0, among=["crm"])
    assert claim.attempt == 1
    assert claim.job == replace(job(0), accepted_at=99_000.0)


def test_jobs_that_wait_are_tried_at_once(outbox: Outbox, clock: Clock) -> None:
    outbox.add(jobs(2))
    settle(outbox, key0=pending(5_000.0), key1=pending(6_000.0, "429"))
    assert retry(outbox, Chosen(reason="429")) == 1
    assert claimed(outbox) == ["key-1"]
    assert retry(outbox) == 1
    assert claimed(outbox) == ["key-0"]
    assert retry(outbox) == 0


def test_what_was_delivered_is_removed(outbox: Outbox, clock: Clock) -> None:
    outbox.add(jobs(2))
    settle(outbox, key1=dead("GONE"))
    outbox.add([job(2), job(3, at=2_000.0)])
    clock.time = 1_500.0
    settle(outbox)
    assert purge(outbox, 1_000.0) == 0
    assert purge(outbox, 1_400.0) == 1
    assert purge(outbox, 9_000.0, Chosen(destination="other")) == 0
    assert purge(outbox, 9_000.0) == 1
    assert [each.state.value for each in count_jobs(outbox)] == ["dead", "pending"]
    assert outbox.add([job(0), job(1)]) == 1


def test_what_was_given_up_is_removed_with_its_attempts(outbox: Outbox) -> None:
    outbox.add(jobs(3))
    settle(outbox, key1=dead("GONE"), key2=dead("BAD"))
    assert purge(outbox, 9_000.0, Chosen(reason="GONE"), states=[State.DEAD]) == 1
    (left,) = dead_jobs(outbox)
    assert (left.key, len(left.history)) == ("key-2", 1)
    outbox.add(jobs(3))
    settle(outbox, key1=dead("NEW"))
    (again, _) = dead_jobs(outbox)
    assert [each.reason for each in again.history] == ["NEW"]


def test_many_jobs_are_changed_in_parts(
    outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox_admin, "CLAIMED_AT_ONCE", 2)
    outbox.add(jobs(5))
    settle(outbox, **{f"key{number}": dead("GONE") for number in range(5)})
    assert len(dead_jobs(outbox)) == 5
    assert replay(outbox) == 5
    settle(outbox)
    assert purge(outbox, 9_000.0) == 5


def test_a_job_that_cannot_be_read_is_told_by_its_key(outbox: Outbox) -> None:
    deep: Json = 1
    for _ in range(1_100):
        deep = [deep]
    outbox.add([replace(job(1), payload={"deep": deep})])
    assert claimed(outbox) == []
    (found,) = dead_jobs(outbox)
    assert (found.job, found.key, found.history) == (None, "key-1", ())
