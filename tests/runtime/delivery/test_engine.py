"""The engine and its lanes, in virtual time and without a network."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from fql.runtime.delivery import lane as lanes
from fql.runtime.delivery.engine import Engine
from fql.runtime.delivery.jobs import Job, Result, State
from fql.runtime.delivery.memory_store import MemoryStore
from fql.runtime.delivery.options import DeliveryOptions
from fql.runtime.delivery.store import StoreError
from fql.runtime.destinations.definitions import BatchRules
from fql.runtime.http_messages import HttpRequest, HttpResponse, TransportError
from tests.runtime.delivery.virtual import (
    START,
    Crm,
    Delivered,
    FakeTransport,
    Partner,
    deliver,
    engine_of,
    job,
    lanes_of,
    now,
    one_by_one,
    run,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from fql.runtime.delivery.jobs import Claim

    Lanes = Mapping[str, lanes.Lane]

OK = (State.DELIVERED, "")
BATCH = BatchRules(size=3, seconds=5.0)


def failing(times: int, status: int = 500, **headers: str) -> FakeTransport:
    """Return what answers so often with *status*, and then with 200."""
    left = [times]
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    def decide(request: HttpRequest) -> HttpResponse:
        left[0] -= 1
        return HttpResponse(status if left[0] >= 0 else 200, named)

    return FakeTransport(decide)


def jobs(count: int, **about: Any) -> list[Job]:
    return [job(f"j{number}", **about) for number in range(count)]


# --- retries ----------------------------------------------------------------------


def test_pauses_grow_and_end() -> None:
    transport = failing(99)
    done = deliver([job("a")], Partner(transport, DeliveryOptions(attempts=5)))
    assert transport.times == pytest.approx([0, 2, 8, 26, 80], abs=0.1)
    assert done.of("a") == [
        *[(State.PENDING, "INTERNAL_SERVER_ERROR")] * 4,
        (State.DEAD, "INTERNAL_SERVER_ERROR"),
    ]
    assert len(set(transport.keys)) == 1


def test_hours_end_retries_too() -> None:
    transport = failing(99)
    deliver([job("a")], Partner(transport, DeliveryOptions(hours=0.01)))
    assert transport.times == pytest.approx([0, 2, 8, 26], abs=0.1)


def test_hours_count_from_when_somebody_delivers() -> None:
    old = replace(job("a"), accepted_at=START - 1_000_000)
    done = deliver([old], Partner(failing(2)))
    assert done.ends == {"a": OK}


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        ("100", 100),
        ("Mon, 12 Jan 1970 13:48:20 GMT", 100),
        ("Mon, 12 Jan 1970 13:48:20 -0000", 100),
        ("soon", 2),
        ("-5", 2),
        ("", 2),
        ("999999", 3_600),
    ],
)
def test_what_a_destination_asks_for_is_waited(asked: str, seconds: float) -> None:
    transport = failing(1, 429, retry_after=asked)
    assert deliver([job("a")], Partner(transport)).ends == {"a": OK}
    assert transport.times == pytest.approx([0, seconds], abs=0.1)


def test_a_pause_is_for_all_and_ends_with_one_request() -> None:
    transport = failing(1, 429, retry_after="60")
    transport.seconds = 1.0
    options = DeliveryOptions(concurrency=4)
    done = deliver(jobs(12), Partner(transport, options), draw=0.0)
    assert set(done.ends.values()) == {OK}
    first = [at for at in transport.times if at < 1]
    assert len(first) == 4
    after = [at for at in transport.times if at > 1]
    assert after[0] >= 60
    assert after[1] >= after[0] + 1


def test_a_storm_leaves_nothing_behind() -> None:
    transport = failing(40)
    done = deliver(jobs(25), Partner(transport))
    assert set(done.ends.values()) == {OK}
    assert done.store.waiting() == {}


@pytest.mark.parametrize(
    ("error", "end"),
    [
        (TransportError("refused", code="EREFUSED"), (State.DEAD, "EREFUSED")),
        (TransportError("no URL", code="BAD_REQUEST"), (State.DEAD, "BAD_REQUEST")),
        (TransportError("late", code="ETIMEDOUT"), (State.DEAD, "ETIMEDOUT")),
    ],
)
def test_failures_of_the_network(error: TransportError, end: tuple[State, str]) -> None:
    transport = FakeTransport(lambda request: error)
    done = deliver([job("a")], Partner(transport, DeliveryOptions(attempts=2)))
    assert done.ends == {"a": end}
    assert len(transport.sent) == (2 if error.code == "ETIMEDOUT" else 1)


def test_a_slow_answer_is_given_up() -> None:
    transport = FakeTransport(seconds=60)
    options = DeliveryOptions(attempts=1, timeout=3)
    done = deliver([job("a")], Partner(transport, options))
    assert done.ends == {"a": (State.DEAD, "ETIMEDOUT")}


# --- batches ----------------------------------------------------------------------


def sizes(transport: FakeTransport) -> list[int]:
    return [len(each) if isinstance(each, list) else 1 for each in transport.bodies]


def test_batches_are_as_large_as_they_may_be() -> None:
    transport = FakeTransport()
    done = deliver(jobs(8), Partner(transport, definition=Crm(BATCH)))
    assert set(done.ends.values()) == {OK}
    assert sizes(transport) == [3, 3, 2]


def test_batches_of_different_keys_are_apart() -> None:
    transport = FakeTransport()
    rules = replace(BATCH, keys=("kind",))
    some = [job(f"j{n}", kind=n % 2) for n in range(6)]
    deliver(some, Partner(transport, definition=Crm(rules)))
    kinds = [{each["kind"] for each in body} for body in transport.bodies]
    assert kinds == [{0}, {1}]


def test_a_batch_waits_for_more_while_more_may_come() -> None:
    transport = FakeTransport()

    async def whole() -> None:
        store = MemoryStore(now)
        engine = engine_of(store, {"crm": Partner(transport, definition=Crm(BATCH))})
        store.add([job("a")])
        running = asyncio.create_task(engine.run(until_empty=False))
        await asyncio.sleep(3)
        store.add([job("b")])
        await asyncio.sleep(10)
        engine.stop()
        await running

    run(whole)
    assert sizes(transport) == [2]
    assert transport.times == pytest.approx([5], abs=0.1)


def test_a_statuses_of_each_payload_are_read() -> None:
    answers = iter([HttpResponse(207, body=b"[200, 400, 503]"), HttpResponse(200)])
    transport = FakeTransport(lambda request: next(answers))
    done = deliver(jobs(3), Partner(transport, definition=Crm(BATCH)))
    assert done.of("j0") == [OK]
    assert done.of("j1") == [(State.DEAD, "BAD_REQUEST")]
    assert done.of("j2") == [(State.PENDING, "SERVICE_UNAVAILABLE"), OK]
    assert sizes(transport) == [3, 1]


def test_a_payload_that_an_answer_passes_over_is_tried_again() -> None:
    answers = iter([HttpResponse(207, body=b"[200, 200]"), HttpResponse(200)])
    transport = FakeTransport(lambda request: next(answers))
    done = deliver(jobs(3), Partner(transport, definition=Crm(BATCH)))
    assert done.of("j2") == [(State.PENDING, "UNKNOWN_ERROR"), OK]


@settings(max_examples=50, deadline=None)
@given(bad=st.sets(st.integers(0, 19)), size=st.integers(1, 20))
def test_bad_payloads_spoil_no_batch(bad: set[int], size: int) -> None:
    """Law: whatever the batches are, exactly the bad payloads are dead."""
    transport = FakeTransport(one_by_one(**{f"j{each}": 400 for each in bad}))
    definition = Crm(BatchRules(size=size))
    done = deliver(jobs(20), Partner(transport, definition=definition))
    dead = {name for name, (state, _) in done.ends.items() if state is State.DEAD}
    assert dead == {f"j{each}" for each in bad}
    assert all(len(done.of(name)) == 1 for name in done.ends)


def test_a_refusal_of_the_caller_is_not_tried_in_halves() -> None:
    transport = FakeTransport(lambda request: HttpResponse(403))
    done = deliver(jobs(3), Partner(transport, definition=Crm(BATCH)))
    assert set(done.ends.values()) == {(State.DEAD, "FORBIDDEN")}
    assert len(transport.sent) == 1


# --- definitions that are wrong -----------------------------------------------------


def test_a_definition_that_raises_costs_its_payload_only() -> None:
    some = [*jobs(5), job("bad", **{"raise": "a-planted-secret"})]
    partner = Partner(definition=Crm(BatchRules(size=6)))
    partner.settings = {"key": SecretStr("a-planted-secret")}
    done = deliver(some, partner)
    assert done.of("bad") == [(State.DEAD, "INTERNAL")]
    assert {done.ends[f"j{n}"] for n in range(5)} == {OK}
    (told,) = [result.detail for name, result in done.told if name == "bad"]
    assert told == "KeyError: '********'"


def test_an_action_that_is_gone_ends_its_jobs() -> None:
    done = deliver([replace(job("a"), action="gone")])
    assert done.of("a") == [(State.DEAD, "NO_ACTION")]


class Broken:
    """A sender with a mistake of ours."""

    async def send(self, claims: object) -> Any:
        raise RuntimeError("ours")


def test_a_mistake_of_ours_ends_its_jobs_and_no_others() -> None:
    told: dict[int, Result] = {}

    async def whole() -> None:
        options = DeliveryOptions(breaker_failures=1)
        lane = lanes.Lane(
            "crm",
            Broken(),
            {},
            options,
            pace=lanes_pace(),
            settle=lambda claim, result: told.update({claim.id: result}),
            clock=now,
        )
        lane.add(claims_of(2))
        await lane.finish()
        assert not lane.is_full

    run(whole)
    assert {each.state for each in told.values()} == {State.DEAD}
    assert {each.reason for each in told.values()} == {"INTERNAL"}


def lanes_pace() -> Any:
    from fql.runtime.delivery.pace import Pace

    return Pace(None, now)


def claims_of(count: int, lease: float = 120.0) -> list[Claim]:
    store = MemoryStore(now)
    store.add(jobs(count))
    return store.claim(count, lease, among=["crm"])


# --- order ------------------------------------------------------------------------


@settings(max_examples=50, deadline=None)
@given(
    users=st.lists(st.sampled_from(["u1", "u2", None]), min_size=1, max_size=12),
    bad=st.dictionaries(st.integers(0, 30), st.sampled_from([500, 429, 400])),
    batch=st.sampled_from([None, BATCH]),
    concurrency=st.integers(1, 4),
)
def test_events_of_a_user_arrive_in_order(
    users: list[str | None],
    bad: Mapping[int, int],
    batch: BatchRules | None,
    concurrency: int,
) -> None:
    """Law: whatever fails, no event arrives before an older one of its user's."""
    count = iter(range(10_000))
    arrived: list[str] = []

    def decide(request: HttpRequest) -> HttpResponse:
        status = bad.get(next(count), 200)
        body = json.loads(request.body or b"")
        if status == 200:
            arrived.extend(x["n"] for x in (body if isinstance(body, list) else [body]))
        return HttpResponse(status)

    some = [job(f"{n:02}", user=user) for n, user in enumerate(users)]
    options = DeliveryOptions(ordered=True, concurrency=concurrency)
    partner = Partner(FakeTransport(decide), options, Crm(batch))
    done = deliver(some, partner, draw=0.5)
    assert len(done.ends) == len(some)
    for user in {"u1", "u2"} & set(users):
        theirs = [name for name in arrived if users[int(name)] == user]
        assert theirs == sorted(theirs)


# --- one destination and the others ---------------------------------------------------


def test_a_dead_destination_costs_the_others_nothing() -> None:
    dead = Partner(FakeTransport(seconds=1_000), DeliveryOptions(timeout=10, hours=0.2))
    quick = Partner(FakeTransport(seconds=0.1), DeliveryOptions(concurrency=2))
    alone = FakeTransport(seconds=0.1)
    mine = [job(f"q{n}", to="quick") for n in range(40)]
    both = [each for n in range(40) for each in (job(f"d{n}"), mine[n])]
    done = deliver(both, dead, quick=quick)
    deliver(mine, quick=Partner(alone, DeliveryOptions(concurrency=2)))
    assert quick.transport.times == alone.times
    ends = done.ends
    assert all(ends[f"q{n}"] == OK for n in range(40))
    assert all(ends[f"d{n}"][0] is State.DEAD for n in range(40))


def test_a_dead_destination_is_left_alone() -> None:
    transport = FakeTransport(lambda request: HttpResponse(500))
    options = DeliveryOptions(
        concurrency=1, breaker_failures=3, breaker_seconds=100, hours=0.1
    )
    done = deliver(jobs(50), Partner(transport, options), draw=0.0)
    assert transport.times == pytest.approx([0, 0, 0, 100, 200, 300, 400], abs=3)
    assert {state for state, _ in done.ends.values()} == {State.DEAD}
    assert {reason for _, reason in done.ends.values()} >= {"RETRY"}


def test_a_destination_that_is_back_gets_everything() -> None:
    transport = failing(3)
    transport.seconds = 0.5
    options = DeliveryOptions(concurrency=8, breaker_failures=2, breaker_seconds=60)
    done = deliver(jobs(30), Partner(transport, options), draw=0.0)
    assert set(done.ends.values()) == {OK}
    tried = [at for at in transport.times if at >= 60]
    assert tried[1] >= tried[0] + 0.5


def test_a_failing_last_attempt_is_no_sign_of_life() -> None:
    transport = FakeTransport(lambda request: HttpResponse(500))
    options = DeliveryOptions(
        attempts=1, concurrency=1, breaker_failures=4, breaker_seconds=1_000
    )
    deliver(jobs(6), Partner(transport, options))
    assert transport.times == pytest.approx([0, 0, 0, 0, 1_000, 2_000], abs=1)


def test_no_more_requests_than_allowed() -> None:
    transport = FakeTransport(seconds=1.0)
    deliver(jobs(20), Partner(transport, DeliveryOptions(concurrency=3)))
    assert transport.most_at_once == 3


@pytest.mark.parametrize("rate", [0.5, 3, 10])
def test_no_faster_than_allowed(rate: float) -> None:
    transport = FakeTransport()
    deliver(jobs(30), Partner(transport, DeliveryOptions(rate=rate)))
    for count, at in enumerate(transport.times):
        assert count <= max(1, rate) + at * rate
    assert transport.times[-1] == pytest.approx(30 / rate, rel=0.4)


def test_several_requests_of_a_payload_count_each() -> None:
    transport = FakeTransport()
    partner = Partner(transport, DeliveryOptions(rate=1), Crm(requests=3))
    deliver(jobs(3), partner)
    assert transport.times == pytest.approx([0, 0, 0, 3, 3, 3, 6, 6, 6], abs=0.1)
    assert transport.keys[:3] == ["crm-j0", "crm-j0-2", "crm-j0-3"]


# --- leases -----------------------------------------------------------------------


def test_what_waits_longer_than_its_lease_is_sent_once() -> None:
    transport = FakeTransport(seconds=9.0)
    options = DeliveryOptions(concurrency=1, timeout=10)
    done = deliver(jobs(40), Partner(transport, options))
    assert sorted(each["n"] for each in transport.bodies) == sorted(done.ends)
    assert set(done.ends.values()) == {OK}


def test_a_claim_in_hand_is_not_taken_twice() -> None:
    transport = FakeTransport(seconds=1.0)

    async def whole() -> Delivered:
        store = Forgetful(now)
        done = Delivered(store)
        store.add(jobs(3))

        def watch(claim: Claim, result: Result) -> None:
            done.told.append((claim.job.key, result))

        engine = engine_of(store, {"crm": Partner(transport)}, watch)
        running = asyncio.create_task(engine.run(until_empty=False))
        await asyncio.sleep(10)
        engine.stop()
        await running
        return done

    done = run(whole)
    assert len(done.told) == 3
    assert len(transport.sent) == 3


class Forgetful(MemoryStore):  # type: ignore[misc]
    """A store whose leases last no time at all."""

    def claim(self, limit: int, lease: float, **about: Any) -> list[Claim]:
        claims = super().claim(limit, 0.001, **about)
        return [replace(each, until=now() + 100) for each in claims]


class Late(MemoryStore):  # type: ignore[misc]
    """A store that hands a job out again while its answer comes."""

    def claim(self, limit: int, lease: float, **about: Any) -> list[Claim]:
        claims = super().claim(limit, lease, **about)
        if not claims and self.first:
            claims, self.first = self.first, []
            for claim in claims:
                self.settle_first(claim, Result(State.DELIVERED))
        elif claims:
            self.first = claims
        return claims

    first: list[Claim] = []  # noqa: RUF012 - replaced, never changed
    settle_first: Any = None


def test_a_claim_whose_answer_is_not_written_yet_is_not_sent_again() -> None:
    transport = FakeTransport(seconds=1.0)

    async def whole() -> MemoryStore:
        store = Late(now)
        store.add(jobs(2))

        def lanes_that_settle(settle: Callable[[Claim, Result], None]) -> Lanes:
            store.settle_first = settle
            return lanes_of({"crm": Partner(transport)}, settle)

        await Engine(store, lanes_that_settle, clock=now).run(until_empty=True)
        return store

    assert run(whole).waiting() == {}
    assert len(transport.sent) == 2


def test_a_lease_that_is_over_leaves_its_job_to_others() -> None:
    transport = FakeTransport(seconds=30.0)
    options = DeliveryOptions(concurrency=1, timeout=60)
    told: list[Claim] = []

    async def whole() -> int:
        lane = lanes.Lane(
            "crm",
            sender_of(Partner(transport, options)),
            {},
            options,
            pace=lanes_pace(),
            settle=lambda claim, result: told.append(claim),
            clock=now,
        )
        lane.add(claims_of(3, lease=50.0))
        await asyncio.sleep(200)
        return lane.in_hand

    assert run(whole) == 0
    assert len(transport.sent) == len(told) == 1


def sender_of(partner: Partner) -> Any:
    from fql.runtime.delivery.sender import Sender

    return Sender(
        partner.definition,
        {},
        partner.options,
        partner.transport,
        tokens=None,
        clock=now,
        draw=lambda: 1.0,
    )


def test_a_lane_with_very_many_claims_takes_no_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lanes, "MOST_IN_HAND", 5)

    async def whole() -> tuple[bool, bool]:
        partner = Partner(definition=Crm(BatchRules(size=100)))
        lane = lanes.Lane(
            "crm",
            sender_of(partner),
            {each.name: each for each in partner.definition.actions},
            partner.options,
            pace=lanes_pace(),
            settle=lambda claim, result: None,
            clock=now,
        )
        lane.add(claims_of(5))
        was_full = lane.is_full
        lane.flush(is_last=True)
        await lane.finish()
        return was_full, lane.is_full

    assert run(whole) == (True, False)


# --- stopping ---------------------------------------------------------------------


def test_stopping_finishes_what_is_under_way_and_gives_back_the_rest() -> None:
    transport = FakeTransport(seconds=5.0)
    partner = Partner(transport, DeliveryOptions(concurrency=2))

    async def whole() -> MemoryStore:
        store = MemoryStore(now)
        store.add(jobs(10))
        engine = engine_of(store, {"crm": partner})
        running = asyncio.create_task(engine.run(until_empty=False))
        await asyncio.sleep(1)
        engine.stop()
        await running
        assert now() == pytest.approx(START + 5, abs=0.1)
        assert len(store.claim(99, 1.0, among=["crm"])) == 8
        return store

    assert run(whole).waiting() == {"crm": 8}
    assert len(transport.sent) == 2


def test_batches_that_are_not_full_are_given_back_too() -> None:
    async def whole() -> None:
        store = MemoryStore(now)
        store.add(jobs(2))
        engine = engine_of(store, {"crm": Partner(definition=Crm(BATCH))})
        running = asyncio.create_task(engine.run(until_empty=False))
        await asyncio.sleep(1)
        engine.stop()
        await running
        assert len(store.claim(99, 1.0, among=["crm"])) == 2

    run(whole)


def test_what_is_cancelled_is_given_back() -> None:
    told: list[Result] = []
    transport = FakeTransport(seconds=5.0)

    async def whole() -> None:
        lane = lanes.Lane(
            "crm",
            sender_of(Partner(transport)),
            {},
            DeliveryOptions(),
            pace=lanes_pace(),
            settle=lambda claim, result: told.append(result),
            clock=now,
        )
        lane.add(claims_of(1))
        await asyncio.sleep(1)
        finishing = asyncio.create_task(lane.finish())
        await asyncio.sleep(1)
        finishing.cancel()
        await asyncio.sleep(1)

    run(whole)
    assert [(each.state, each.is_attempt) for each in told] == [(State.PENDING, False)]


# --- stores and watches -------------------------------------------------------------


class Locked(MemoryStore):  # type: ignore[misc]
    """A store whose results cannot be written for a while."""

    locked = 0

    def settle(self, results: Mapping[int, Result]) -> None:
        if self.locked:
            self.locked -= 1
            raise StoreError("the database is locked")
        super().settle(results)


def test_results_that_cannot_be_written_are_written_at_the_end() -> None:
    async def whole() -> MemoryStore:
        store = Locked(now)
        store.locked = 1
        store.add(jobs(3))
        with pytest.raises(StoreError):
            await engine_of(store, {"crm": Partner()}).run(until_empty=True)
        return store

    assert run(whole).waiting() == {}


def test_a_watch_that_raises_stops_the_engine_and_loses_nothing() -> None:
    def watch(claim: Claim, result: Result) -> None:
        raise ZeroDivisionError

    async def whole() -> MemoryStore:
        store = MemoryStore(now)
        store.add(jobs(3))
        with pytest.raises(ZeroDivisionError):
            await engine_of(store, {"crm": Partner()}, watch).run(until_empty=True)
        return store

    assert run(whole).waiting() == {}


def test_jobs_of_unknown_destinations_stay() -> None:
    done = deliver([job("a"), job("b", to="gone")])
    assert done.ends == {"a": OK}
    assert done.store.waiting() == {"gone": 1}


@settings(max_examples=50, deadline=None)
@given(
    statuses=st.lists(st.sampled_from([200, 200, 400, 429, 500, 0]), max_size=60),
    batch=st.sampled_from([None, BATCH]),
    concurrency=st.integers(1, 5),
    breaker=st.integers(1, 5),
)
def test_every_job_ends_once(
    statuses: list[int], batch: BatchRules | None, concurrency: int, breaker: int
) -> None:
    """Law: whatever is answered, each job is delivered or dead, and only once."""
    answers = iter(statuses)

    def decide(request: HttpRequest) -> HttpResponse | TransportError:
        status = next(answers, 200)
        return HttpResponse(status) if status else TransportError("reset")

    options = DeliveryOptions(
        concurrency=concurrency, breaker_failures=breaker, attempts=4
    )
    done = deliver(jobs(15), Partner(FakeTransport(decide), options, Crm(batch)))
    ends = [name for name, each in done.told if each.state is not State.PENDING]
    assert sorted(ends) == sorted(f"j{n}" for n in range(15))
    assert done.store.waiting() == {}


def test_an_awaited_answer_is_an_answer() -> None:
    async def later() -> HttpResponse:
        await asyncio.sleep(1)
        return HttpResponse(200)

    def decide(request: HttpRequest) -> Awaitable[HttpResponse]:
        return later()

    assert deliver([job("a")], Partner(FakeTransport(decide))).ends == {"a": OK}
