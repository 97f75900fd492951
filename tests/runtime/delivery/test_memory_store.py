"""Jobs in memory, against a simple model of what a store does."""

from __future__ import annotations

import tracemalloc
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from fql.runtime.delivery import memory_store
from fql.runtime.delivery.jobs import Exchange, Result, State
from fql.runtime.delivery.memory_store import MemoryStore
from tests.runtime.delivery.virtual import job

if TYPE_CHECKING:
    import pytest

    from fql.runtime.delivery.jobs import Job


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Kept:
    job: Job
    at: float = 0.0
    attempts: int = 0
    is_open: bool = True


class Model:
    """The same in the plainest way: all jobs in a list."""

    def __init__(self) -> None:
        self.kept: list[Kept] = []

    def due(self, now: float, among: set[str], ordered: set[str]) -> list[int]:
        found, users = [], set()
        for number, each in enumerate(self.kept, 1):
            if each.is_open:
                user = each.job.destination, each.job.user
                is_behind = user in users and each.job.destination in ordered
                if each.job.user is not None:
                    users.add(user)
                if each.at <= now and not is_behind and each.job.destination in among:
                    found.append(number)
        return found

    def of(self, destination: str, numbers: list[int]) -> list[int]:
        """Return those of *numbers* that are a destination's."""
        return [
            each
            for each in numbers
            if self.kept[each - 1].job.destination == destination
        ]


STEPS = st.one_of(
    st.tuples(st.just("add"), st.integers(0, 30), st.sampled_from("abc")),
    st.tuples(st.just("claim"), st.integers(1, 6), st.sampled_from(["", "a", "ab"])),
    st.tuples(st.just("settle"), st.integers(1, 12), st.sampled_from(list(State))),
    st.tuples(st.just("wait"), st.integers(1, 20), st.just("")),
)


@settings(max_examples=150, deadline=None)
@given(steps=st.lists(STEPS, max_size=60))
def test_the_store_does_what_the_model_does(
    steps: list[tuple[str, int, str]],
) -> None:
    """Law: after any steps, the same is due, oldest first, as the same attempts."""
    clock, model = Clock(), Model()
    store = MemoryStore(clock)
    for name, number, what in steps:
        if name == "add":
            user = f"u{number % 2}" if number % 3 else None
            new = job(str(number), to=what, user=user)
            is_new = all(each.job.key != new.key for each in model.kept)
            assert store.add([new]) == is_new
            if is_new:
                model.kept.append(Kept(new))
        elif name == "claim":
            among, ordered = {"a", "b"}, set(what)
            due = model.due(clock.now, among, ordered)
            claims = store.claim(number, 10.0, among=sorted(among), ordered=ordered)
            ids = [each.id for each in claims]
            assert ids == sorted(ids)
            assert len(ids) <= number
            for each in claims:
                kept = model.kept[each.id - 1]
                mine = [
                    n
                    for n in due
                    if model.kept[n - 1].job.destination == kept.job.destination
                ]
                taken = [
                    n
                    for n in ids
                    if model.kept[n - 1].job.destination == kept.job.destination
                ]
                assert taken == mine[: len(taken)]
                assert (each.job, each.attempt) == (kept.job, kept.attempts + 1)
                kept.at = each.until
            if number >= 2 * len(due):
                assert ids == due
        elif name == "settle":
            state = State(what)
            if number <= len(model.kept) and state is not State.CLAIMED:
                result = Result(state, due_at=clock.now + 3, is_attempt=number % 2 == 0)
                store.settle({number: result})
                kept = model.kept[number - 1]
                if kept.is_open:
                    kept.is_open = state is State.PENDING
                    kept.at, kept.attempts = (
                        clock.now + 3,
                        kept.attempts + (number % 2 == 0),
                    )
                    assert store.result_of(kept.job.key) == result
        else:
            clock.now += number
        opened = [each for each in model.kept if each.is_open]
        times = [each.at for each in opened if each.job.destination == "a"]
        assert store.next_due(["a"]) == min(times, default=None)
        assert sum(store.waiting().values()) == len(opened)


def test_every_destination_gets_its_share() -> None:
    store = MemoryStore(Clock())
    store.add([*(job(f"a{n}", to="a") for n in range(50)), job("b", to="b")])
    claims = store.claim(10, 1.0, among=["a", "b", "c"])
    assert [each.job.destination for each in claims] == ["a"] * 5 + ["b"]
    claims = store.claim(10, 1.0, among=["b", "a"])
    assert len(claims) == 10


def test_what_ended_while_it_was_due_is_passed_over() -> None:
    store = MemoryStore(Clock())
    store.add([job(str(n)) for n in range(3)])
    (first,) = store.claim(1, 1.0, among=["crm"])
    store.settle({first.id + 1: Result(State.DEAD)})
    (last,) = store.claim(9, 1.0, among=["crm"])
    assert last.job.payload["n"] == "2"


def test_what_has_ended_leaves_little_and_not_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(memory_store, "REMEMBERED", 2)
    store = MemoryStore(Clock())
    store.add([job(str(n)) for n in range(3)])
    wire = Exchange("POST", "https://crm.test", 200)
    for claim in store.claim(3, 1.0, among=["crm"]):
        store.settle({claim.id: Result(State.DELIVERED, exchanges=(wire,))})
        store.settle({claim.id: Result(State.DEAD)})
    assert store.result_of("crm-0") is None
    assert store.result_of("crm-2") == Result(State.DELIVERED)
    assert store.add([job("0"), job("1"), job("2")]) == 1


def test_times_that_are_over_do_not_pile_up() -> None:
    clock = Clock()
    store = MemoryStore(clock)
    store.add([job("a")])

    def claim_and_put_back(times: int) -> int:
        for _ in range(times):
            (claim,) = store.claim(1, 1_000_000.0, among=["crm"])
            store.settle({claim.id: Result(State.PENDING, due_at=clock.now)})
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        before = claim_and_put_back(500)
        assert claim_and_put_back(2_000) - before < 50_000
    finally:
        tracemalloc.stop()
