"""The outbox, in SQLite and in PostgreSQL."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from fql.runtime.delivery.jobs import Exchange, Job, Result, State
from fql.runtime.delivery.memory_store import MemoryStore
from fql.runtime.delivery.oauth import Tokens
from fql.runtime.delivery.outbox import Outbox, open_outbox
from fql.runtime.delivery.outbox_claims import LOST_REASON, MAX_LOST, SUSPECT
from fql.runtime.delivery.outbox_rows import KEPT_BODY
from fql.runtime.delivery.outbox_settling import KEPT_ATTEMPTS
from fql.runtime.delivery.tables import ATTEMPTS, JOBS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Row

    from fql.compiler.values import Json

DELIVERED = Result(State.DELIVERED, status=200)
LEASE = 60.0


@dataclass
class Clock:
    """A clock that is set by hand."""

    time: float = 1_000.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def outbox(place: str, clock: Clock) -> Iterator[Outbox]:
    with open_outbox(place, clock=clock) as opened:
        yield opened


@pytest.fixture
def other(place: str, clock: Clock, outbox: Outbox) -> Iterator[Outbox]:
    """Another worker of the same outbox."""
    with open_outbox(place, clock=clock) as opened:
        yield opened


def job(
    number: int, *, to: str = "crm", user: str | None = "u1", at: float = 1_000.0
) -> Job:
    return Job(
        f"key-{number}",
        to,
        "All",
        "send",
        {"number": number},
        f"m{number}",
        user,
        "track",
        "Order Completed",
        at,
    )


def jobs(count: int) -> list[Job]:
    return [job(number) for number in range(count)]


def claimed(outbox: Outbox, limit: int = 100, *, ordered: bool = False) -> list[str]:
    """Claim and return the keys."""
    among = ["crm", "other"]
    claims = outbox.claim(limit, LEASE, among=among, ordered=among if ordered else ())
    return [each.job.key for each in claims]


def rows(outbox: Outbox) -> list[Row[tuple[object, ...]]]:
    with outbox.reading() as connection:
        return list(connection.execute(select(JOBS).order_by(JOBS.c.id)))


def states(outbox: Outbox) -> list[object]:
    return [row.state for row in rows(outbox)]


def settle(outbox: Outbox, result: Result) -> None:
    claims = outbox.claim(100, LEASE, among=["crm", "other"])
    outbox.settle({each.id: result for each in claims})


def pending(due: float, reason: str = "500") -> Result:
    return Result(State.PENDING, reason, "no", 500, due)


# --- jobs in and out ------------------------------------------------------------------


def test_a_job_comes_out_as_it_went_in(outbox: Outbox) -> None:
    payload: dict[str, Json] = {
        "a": [1, 2.5, None, True, {"é": "\0 \ud800 😀"}],
        "big": 10**30,
        "one": 1.0,
    }
    given_ = replace(job(1), payload=payload)
    assert outbox.add([given_]) == 1
    (claim,) = outbox.claim(10, LEASE, among=["crm"])
    assert claim.job == given_
    assert (claim.attempt, claim.until) == (1, 1_060.0)


def test_texts_that_databases_refuse_are_kept_without_that(outbox: Outbox) -> None:
    outbox.add(
        [replace(job(1), user="a\0\ud800b", message_id="m", event_name="\udfff")]
    )
    (claim,) = outbox.claim(10, LEASE, among=["crm"])
    assert claim.job.user == "a\ufffd\ufffdb"
    assert claim.job.event_name == "\ufffd"


def test_users_with_long_names_are_told_apart(outbox: Outbox) -> None:
    """No compression: what it would hide from an index, real names do not have."""
    long = "".join(sha256(bytes([number])).hexdigest() for number in range(200))
    users = [f"{long}a", f"{long}b", f"{long}a", "\ud800" * 5_000]
    outbox.add([job(number, user=user) for number, user in enumerate(users)])
    assert claimed(outbox, ordered=True) == ["key-0", "key-1", "key-3"]


def test_nothing_to_add_or_settle_is_nothing(outbox: Outbox) -> None:
    assert outbox.add([]) == 0
    outbox.settle({})
    outbox.renew(LEASE)
    assert outbox.claim(10, LEASE, among=[]) == []
    assert outbox.next_due(["crm"]) is None


def test_a_key_comes_in_once(outbox: Outbox) -> None:
    assert outbox.add([job(1), job(2), job(1)]) == 2
    assert outbox.add([job(2), job(3)]) == 1
    settle(outbox, DELIVERED)
    assert outbox.add([job(1), job(2), job(3)]) == 0
    assert claimed(outbox) == []


def test_many_jobs_are_added_at_once(outbox: Outbox) -> None:
    assert outbox.add(jobs(1_203)) == 1_203
    assert len(claimed(outbox, 1_100)) == 1_100
    assert len(claimed(outbox, 1_100)) == 103


def test_added_jobs_are_there_wholly_or_not_at_all(outbox: Outbox) -> None:
    bad = replace(job(2), destination=None)  # type: ignore[arg-type]
    with pytest.raises(Exception, match="cannot be used"):
        outbox.add([*jobs(2), bad])
    assert rows(outbox) == []


def test_processes_that_add_the_same_add_it_once(outbox: Outbox, other: Outbox) -> None:
    added: list[int] = []

    def add(into: Outbox) -> None:
        added.extend(into.add(jobs(200)) for _ in range(3))

    threads = [threading.Thread(target=add, args=[each]) for each in (outbox, other)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sum(added) == 200
    assert len(rows(outbox)) == 200


# --- claims ---------------------------------------------------------------------------


def test_the_oldest_jobs_are_claimed_first(outbox: Outbox) -> None:
    outbox.add([job(3), job(1), job(2)])
    assert claimed(outbox, 2) == ["key-3", "key-1"]
    assert claimed(outbox, 2) == ["key-2"]


def test_only_the_jobs_of_some_destinations_are_claimed(outbox: Outbox) -> None:
    outbox.add([job(1, to="slow"), job(2, to="other"), job(3)])
    assert claimed(outbox) == ["key-2", "key-3"]
    assert outbox.next_due(["slow"]) == 1_000.0


def test_the_oldest_of_all_destinations_go_first(outbox: Outbox, clock: Clock) -> None:
    outbox.add([job(1, at=5), job(2, to="other", at=1), job(3, at=3)])
    assert claimed(outbox, 2) == ["key-2", "key-3"]


def test_a_claimed_job_is_nobody_elses(outbox: Outbox, other: Outbox) -> None:
    outbox.add(jobs(3))
    assert len(claimed(outbox, 2)) == 2
    assert claimed(other) == ["key-2"]
    assert claimed(outbox) == []


def test_workers_never_share_a_job(outbox: Outbox, other: Outbox) -> None:
    outbox.add(jobs(300))
    taken: list[str] = []

    def work(mine: Outbox) -> None:
        while keys := claimed(mine, 7):
            taken.extend(keys)

    threads = [threading.Thread(target=work, args=[each]) for each in (outbox, other)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(taken) == len(set(taken))
    taken.extend(claimed(outbox, 300))
    assert len(set(taken)) == 300


def test_a_job_comes_back_when_its_lease_ends(
    outbox: Outbox, other: Outbox, clock: Clock
) -> None:
    outbox.add(jobs(1))
    assert claimed(outbox) == ["key-0"]
    assert outbox.next_due(["crm"]) == 1_060.0
    clock.time = 1_059.9
    assert claimed(other) == []
    clock.time = 1_060.0
    (claim,) = other.claim(5, LEASE, among=["crm"])
    assert (claim.attempt, claim.until) == (1, 1_120.0)


def test_a_lease_is_renewed_by_its_holder_only(
    outbox: Outbox, other: Outbox, clock: Clock
) -> None:
    outbox.add(jobs(2))
    assert len(claimed(outbox)) == 2
    clock.time = 1_050.0
    outbox.renew(LEASE)
    other.renew(10 * LEASE)
    clock.time = 1_109.0
    assert claimed(other) == []
    clock.time = 1_110.0
    assert claimed(other) == ["key-0", "key-1"]
    outbox.renew(10 * LEASE)
    clock.time = 1_170.0
    assert claimed(outbox) == ["key-0", "key-1"]


def test_the_events_of_a_user_wait_for_each_other(outbox: Outbox, clock: Clock) -> None:
    outbox.add([job(1), job(2), job(3, user="u2"), job(4, user=None)])
    outbox.add([job(5, user=None), job(6, to="other")])
    first = ["key-1", "key-3", "key-4", "key-5", "key-6"]
    assert claimed(outbox, ordered=True) == first
    assert claimed(outbox, ordered=True) == []
    number = rows(outbox)[0].id
    outbox.settle({number: pending(1_010.0)})
    assert claimed(outbox, ordered=True) == []
    clock.time = 1_010.0
    assert claimed(outbox, ordered=True) == ["key-1"]
    outbox.settle({number: DELIVERED})
    assert claimed(outbox, ordered=True) == ["key-2"]


def test_a_user_goes_on_when_a_job_is_given_up(outbox: Outbox) -> None:
    outbox.add(jobs(2))
    (claim,) = outbox.claim(5, LEASE, among=["crm"], ordered=["crm"])
    outbox.settle({claim.id: Result(State.DEAD, "400")})
    assert claimed(outbox, ordered=True) == ["key-1"]


# --- workers that end -----------------------------------------------------------------


def lose(outbox: Outbox, clock: Clock, times: int) -> list[list[str]]:
    """Claim jobs by one worker after the other, each of which ends; return the keys."""
    taken: list[list[str]] = []
    for _ in range(times):
        mine = Outbox(outbox.engine, clock)
        taken.append(claimed(mine))
        clock.time += LEASE
    return taken


def test_what_ends_its_workers_is_given_up(outbox: Outbox, clock: Clock) -> None:
    outbox.add(jobs(1))
    taken = lose(outbox, clock, MAX_LOST + 1)
    assert taken == [["key-0"]] * MAX_LOST + [[]]
    (row,) = rows(outbox)
    assert (row.state, row.reason, row.attempts) == ("dead", LOST_REASON, 0)
    assert "its workers ended" in row.detail
    assert outbox.next_due(["crm"]) is None


def test_the_innocent_get_through_beside_what_ends_workers(
    outbox: Outbox, clock: Clock
) -> None:
    outbox.add(jobs(5))
    for _ in range(100):
        mine = Outbox(outbox.engine, clock)
        while claims := mine.claim(100, LEASE, among=["crm"]):
            if any(each.job.key == "key-2" for each in claims):
                break
            mine.settle({each.id: DELIVERED for each in claims})
        clock.time += LEASE
    assert states(outbox) == [
        "delivered",
        "delivered",
        "dead",
        "delivered",
        "delivered",
    ]


def test_suspects_are_claimed_in_less_and_less_company(
    outbox: Outbox, clock: Clock
) -> None:
    outbox.add(jobs(600))
    sizes: list[int] = []
    for lost in range(SUSPECT - 1, MAX_LOST - 1):
        with outbox.transaction() as connection:
            connection.execute(
                update(JOBS).values(lost=lost, state="pending", due_at=0)
            )
        sizes.append(len(outbox.claim(1_000, LEASE, among=["crm"])))
    assert sizes[:11] == [600, 512, 256, 128, 64, 32, 16, 8, 4, 2, 1]
    assert set(sizes[11:]) == {1}


def test_new_jobs_are_claimed_apart_from_suspects(outbox: Outbox, clock: Clock) -> None:
    outbox.add(jobs(1))
    lose(outbox, clock, MAX_LOST - 1)
    outbox.add([job(7, at=1.0)])
    assert claimed(Outbox(outbox.engine, clock)) == ["key-7"]


def test_who_is_slow_has_not_ended(outbox: Outbox, clock: Clock) -> None:
    outbox.add(jobs(1))
    for _ in range(MAX_LOST * 2):
        assert claimed(outbox) == ["key-0"]
        clock.time += LEASE
    assert states(outbox) == ["claimed"]


def test_any_answer_clears_a_suspect(outbox: Outbox, clock: Clock) -> None:
    outbox.add(jobs(1))
    for _ in range(3):
        lose(outbox, clock, MAX_LOST - 1)
        settle(outbox, Result(State.PENDING, due_at=clock.time, is_attempt=False))
    assert states(outbox) == ["pending"]


def test_a_payload_that_cannot_be_read_is_given_up(outbox: Outbox) -> None:
    deep: Json = 1
    for _ in range(1_100):
        deep = [deep]
    outbox.add([replace(job(1), payload={"deep": deep}), job(2)])
    assert claimed(outbox) == ["key-2"]
    first, _ = rows(outbox)
    assert (first.state, first.reason) == ("dead", "INVALID_PAYLOAD")
    assert "nest deeper" in first.detail


# --- results --------------------------------------------------------------------------


def test_a_delivered_job_is_done(outbox: Outbox, clock: Clock) -> None:
    outbox.add(jobs(1))
    settle(outbox, pending(1_000.0))
    clock.time = 1_005.0
    settle(outbox, Result(State.DELIVERED, status=202))
    (row,) = rows(outbox)
    assert (row.state, row.status, row.attempts) == ("delivered", 202, 2)
    assert (row.settled_at, row.reason, row.detail) == (1_005.0, None, None)


def test_a_failed_job_is_tried_again_at_its_time(outbox: Outbox, clock: Clock) -> None:
    outbox.add(jobs(1))
    settle(outbox, pending(1_030.0))
    assert outbox.next_due(["crm"]) == 1_030.0
    clock.time = 1_029.0
    assert claimed(outbox) == []
    clock.time = 1_030.0
    (claim,) = outbox.claim(5, LEASE, among=["crm"])
    assert claim.attempt == 2


def test_what_was_not_sent_is_no_attempt(outbox: Outbox) -> None:
    outbox.add(jobs(1))
    settle(outbox, pending(1_000.0))
    settle(outbox, Result(State.PENDING, due_at=1_000.0, is_attempt=False))
    (row,) = rows(outbox)
    assert (row.attempts, row.reason, row.detail, row.status) == (1, "500", "no", 500)


def test_an_answer_that_comes_late_is_an_answer(
    outbox: Outbox, other: Outbox, clock: Clock
) -> None:
    outbox.add(jobs(1))
    (late,) = outbox.claim(5, LEASE, among=["crm"])
    clock.time += LEASE
    (held,) = other.claim(5, LEASE, among=["crm"])
    outbox.settle({late.id: DELIVERED})
    other.settle({held.id: pending(clock.time)})
    assert states(outbox) == ["delivered"]
    assert rows(outbox)[0].attempts == 1


def test_a_late_failure_is_not_taken(
    outbox: Outbox, other: Outbox, clock: Clock
) -> None:
    outbox.add(jobs(1))
    (late,) = outbox.claim(5, LEASE, among=["crm"])
    clock.time += LEASE
    other.claim(5, LEASE, among=["crm"])
    outbox.settle({late.id: pending(clock.time)})
    assert states(outbox) == ["claimed"]
    outbox.settle({late.id: Result(State.DEAD, "400")})
    assert states(outbox) == ["claimed"]


def test_a_job_that_was_given_up_can_turn_out_delivered(
    outbox: Outbox, other: Outbox, clock: Clock
) -> None:
    outbox.add(jobs(1))
    (late,) = outbox.claim(5, LEASE, among=["crm"])
    clock.time += LEASE
    settle(other, Result(State.DEAD, "400", "bad"))
    outbox.settle({late.id: DELIVERED})
    (row,) = rows(outbox)
    assert (row.state, row.reason) == ("delivered", None)


def test_failed_attempts_are_kept_up_to_a_number(outbox: Outbox, clock: Clock) -> None:
    outbox.add(jobs(1))
    wire = (Exchange("POST", "https://x.example/", 500, "a" * 9_999, "no", 2.5),)
    for _ in range(KEPT_ATTEMPTS + 2):
        clock.time += 1
        settle(outbox, replace(pending(clock.time), exchanges=wire))
    with outbox.reading() as connection:
        kept = list(connection.execute(select(ATTEMPTS).order_by(ATTEMPTS.c.id)))
    assert [row.number for row in kept] == list(range(1, KEPT_ATTEMPTS + 1))
    assert [row.made_at for row in kept][:2] == [1_001.0, 1_002.0]
    assert (kept[0].reason, kept[0].detail, kept[0].status) == ("500", "no", 500)
    assert kept[0].exchanges.count("a" * KEPT_BODY) == 1
    assert len(kept[0].exchanges) < KEPT_BODY + 200


def test_many_results_are_written_at_once(outbox: Outbox) -> None:
    outbox.add(jobs(1_203))
    claims = outbox.claim(2_000, LEASE, among=["crm"])
    outbox.settle({each.id: DELIVERED for each in claims})
    assert set(states(outbox)) == {"delivered"}


# --- tokens ---------------------------------------------------------------------------


def test_tokens_are_kept(outbox: Outbox, other: Outbox) -> None:
    assert outbox.load("crm") is None
    outbox.save("crm", Tokens("a1", "r1", 5.0))
    outbox.save("other", Tokens("b", None, None))
    outbox.save("crm", Tokens("a2", "r2", 6.0))
    assert other.load("crm") == Tokens("a2", "r2", 6.0)
    assert other.load("other") == Tokens("b", None, None)


# --- laws -----------------------------------------------------------------------------

STEP = st.one_of(
    st.tuples(st.just("add"), st.integers(0, 6), st.sampled_from(["crm", "other"])),
    st.tuples(st.just("claim"), st.integers(1, 4), st.booleans()),
    st.tuples(st.just("settle"), st.sampled_from(list(State)), st.booleans()),
    st.tuples(st.just("wait"), st.integers(1, 40), st.none()),
)


@settings(max_examples=50, deadline=None)
@given(steps=st.lists(STEP, max_size=25))
def test_the_outbox_does_what_the_store_in_memory_does(
    steps: list[tuple[str, object, object]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Law: after any steps, both hand out the same jobs, as the same attempts."""
    clock = Clock()
    memory = MemoryStore(clock)
    path = tmp_path_factory.mktemp("model") / "outbox.db"
    with open_outbox(str(path), clock=clock) as outbox:
        in_hand: dict[str, tuple[int, int]] = {}
        for name, what, how in steps:
            match name:
                case "add":
                    assert isinstance(what, int)
                    new = [job(what, to=str(how), user=f"u{what % 3}", at=clock.time)]
                    assert outbox.add(new) == memory.add(new)
                case "claim":
                    assert isinstance(what, int)
                    ordered = ["crm"] if how else []
                    among = ["crm", "other"]
                    # More than there are: they differ in which are the oldest.
                    ours = outbox.claim(50, 30.0, among=among, ordered=ordered)
                    theirs = memory.claim(50, 30.0, among=among, ordered=ordered)
                    assert [(each.job, each.attempt) for each in ours] == [
                        (each.job, each.attempt) for each in theirs
                    ]
                    for our, their in zip(ours, theirs, strict=True):
                        in_hand[our.job.key] = (our.id, their.id)
                case "settle":
                    assert isinstance(what, State)
                    if in_hand and what is not State.CLAIMED:
                        _, (our_id, their_id) = in_hand.popitem()
                        result = Result(
                            what, due_at=clock.time + 5, is_attempt=bool(how)
                        )
                        outbox.settle({our_id: result})
                        memory.settle({their_id: result})
                case _:
                    assert isinstance(what, int)
                    clock.time += what
            assert outbox.next_due(["crm", "other"]) == memory_due(memory, outbox)


def memory_due(memory: MemoryStore, outbox: Outbox) -> float | None:
    """Return when the next job is due; new ones are at once in memory."""
    due = memory.next_due(["crm", "other"])
    if due != 0.0:
        return due
    with outbox.reading() as connection:
        earliest = select(func.min(JOBS.c.due_at)).where(JOBS.c.settled_at.is_(None))
        found: float = connection.execute(earliest).scalar_one()
        return found
