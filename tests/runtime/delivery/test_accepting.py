"""Events into a store: told about once they are kept."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

import pytest

from fql.grammar.source import Source
from fql.runtime.delivery import accepting
from fql.runtime.delivery.accepting import Acceptor, accept
from fql.runtime.delivery.memory_store import MemoryStore
from fql.runtime.delivery.store import StoreError
from fql.runtime.load import load

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fql.compiler.values import Json
    from fql.runtime.delivery.jobs import Job
    from fql.runtime.delivery.store import Store
    from fql.runtime.outcomes import Outcome
    from fql.runtime.workspace import Workspace

PROGRAM = """
source site {}
destination crm: webhook {
  filter "staff" when userId = "staff" { drop }
  mapping "All" when all send send { url: "https://x.example/", data: $ }
  mapping "Again" when event = "Twice" send send { url: "https://x.example/", data: $ }
}
"""


class FailingStore(MemoryStore):  # type: ignore[misc]  # final: nobody else fails so
    """A store that cannot keep anything as long as it is told so."""

    is_full = True
    adds = 0

    def add(self, jobs: Sequence[Job]) -> int:
        self.adds += 1
        if self.is_full:
            raise StoreError("full")
        return super().add(jobs)


@pytest.fixture
def workspace() -> Workspace:
    return load(Source(PROGRAM))


def event(number: int, name: str = "Once", user: str = "u1") -> dict[str, Json]:
    return {"type": "track", "event": name, "userId": user, "messageId": f"m{number}"}


def keys(store: Store) -> list[str]:
    claims = store.claim(10_000, 60.0, among=["crm"])
    return [f"{each.job.message_id}/{each.job.mapping}" for each in claims]


def test_payloads_are_kept_and_outcomes_told(workspace: Workspace) -> None:
    store = MemoryStore()
    events = [event(1), event(2, "Twice"), event(3, user="staff"), {}]
    (done,) = accept(workspace, events, store, clock=lambda: 77.0)
    assert (done.events, done.payloads, done.new) == (4, 3, 3)
    assert [each.decision.value for each in done.outcomes] == [
        *["built"] * 3,
        "filtered",
        "rejected",
    ]
    claims = store.claim(10, 60.0, among=["crm"])
    assert [each.job.mapping for each in claims] == ["All", "All", "Again"]
    assert {each.job.accepted_at for each in claims} == {77.0}


def test_events_are_kept_in_blocks(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accepting, "EVENTS_AT_ONCE", 4)
    done = list(accept(workspace, map(event, range(10)), MemoryStore()))
    assert [each.events for each in done] == [4, 4, 2]


def test_events_that_come_again_add_nothing(workspace: Workspace) -> None:
    store = MemoryStore()
    list(accept(workspace, map(event, range(3)), store))
    (done,) = accept(workspace, map(event, range(5)), store)
    assert (done.payloads, done.new) == (5, 2)
    assert len(keys(store)) == 5


def test_events_that_were_not_kept_are_taken_when_they_come_again(
    workspace: Workspace,
) -> None:
    store = FailingStore()
    with pytest.raises(StoreError):
        list(accept(workspace, [event(1)], store))
    store.is_full = False
    (done,) = accept(workspace, [event(1)], store)
    assert done.new == 1


def test_a_source_that_is_not_there_is_refused(workspace: Workspace) -> None:
    with pytest.raises(ValueError, match="no source 'gone'"):
        list(accept(workspace, [event(1)], MemoryStore(), source="gone"))


def test_events_that_come_together_are_kept_together(workspace: Workspace) -> None:
    store = FailingStore()
    store.is_full = False

    async def run() -> list[str]:
        async with Acceptor(workspace, store) as acceptor:
            came = [acceptor.accept(event(each), source="site") for each in range(50)]
            done = await asyncio.gather(*came)
            await acceptor.accept({})
            return [outcome.decision.value for each in done for outcome in each]

    assert asyncio.run(run()) == ["built"] * 50
    assert store.adds == 1
    assert len(keys(store)) == 50


def test_who_watches_is_told_of_every_event(workspace: Workspace) -> None:
    seen: list[tuple[dict[str, Json], list[str]]] = []

    def watch(event: dict[str, Json], outcomes: list[Outcome]) -> None:
        seen.append((event, [each.decision.value for each in outcomes]))

    async def run() -> None:
        async with Acceptor(workspace, MemoryStore(), watch=watch) as acceptor:
            await acceptor.accept(event(1), source="site")
            await acceptor.accept({})

    asyncio.run(run())
    assert seen == [(event(1), ["built"]), ({}, ["rejected"])]


def test_nobody_is_told_before_the_event_is_kept(workspace: Workspace) -> None:
    store = FailingStore()
    store.is_full = False
    gate = threading.Event()
    add = store.add

    def slow(jobs: Sequence[Job]) -> int:
        gate.wait(10)
        return add(jobs)

    store.add = slow  # type: ignore[method-assign]

    async def run() -> tuple[bool, bool]:
        async with Acceptor(workspace, store) as acceptor:
            first = asyncio.create_task(acceptor.accept(event(1)))
            await asyncio.sleep(0.02)
            late = asyncio.create_task(acceptor.accept(event(2)))
            await asyncio.sleep(0.02)
            before = first.done() or late.done()
            gate.set()
            await asyncio.gather(first, late)
            return before, len(keys(store)) == 2

    assert asyncio.run(run()) == (False, True)


def test_all_who_waited_are_told_of_a_failure(workspace: Workspace) -> None:
    store = FailingStore()

    async def run() -> list[object]:
        async with Acceptor(workspace, store) as acceptor:
            came = [acceptor.accept(event(each)) for each in range(3)]
            failed = await asyncio.gather(*came, return_exceptions=True)
            store.is_full = False
            await acceptor.accept(event(1))
            return list(failed)

    assert [str(each) for each in asyncio.run(run())] == ["full"] * 3
    assert keys(store) == ["m1/All"]


def test_who_stops_waiting_stops_nobody_else(workspace: Workspace) -> None:
    store = MemoryStore()

    async def run() -> int:
        async with Acceptor(workspace, store) as acceptor:
            one = asyncio.create_task(acceptor.accept(event(1)))
            two = asyncio.create_task(acceptor.accept(event(2)))
            await asyncio.sleep(0)
            one.cancel()
            return len(await two)

    assert asyncio.run(run()) == 1
    assert keys(store) == ["m1/All", "m2/All"]


def test_leaving_waits_for_what_is_being_written(workspace: Workspace) -> None:
    store = MemoryStore()

    async def run() -> None:
        async with Acceptor(workspace, store) as acceptor:
            task = asyncio.create_task(acceptor.accept(event(1)))
            await asyncio.sleep(0)
            task.cancel()

    asyncio.run(run())
    assert keys(store) == ["m1/All"]
