"""A worker over an outbox, in this process."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from fql.grammar.source import Source
from fql.runtime.delivery.accepting import accept
from fql.runtime.delivery.outbox import Outbox, open_outbox
from fql.runtime.delivery.outbox_admin import count_jobs
from fql.runtime.delivery.store import StoreError
from fql.runtime.delivery.worker import Stopping, work
from fql.runtime.http_messages import HttpResponse
from fql.runtime.load import load
from tests.runtime.delivery.partner import Partner, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fql.compiler.values import Json
    from fql.runtime.delivery.jobs import Claim, Result
    from fql.runtime.http_messages import HttpRequest
    from fql.runtime.workspace import Workspace

DESTINATION = """
destination {name}: webhook {{
  delivery {{ allow: ["127.0.0.0/8"], batch_size: 1, concurrency: 2 }}
  mapping "All" when all send send {{ url: "{url}", method: "POST", data: $ }}
}}
"""


class SlowTransport:
    """Takes its time for each request."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.sent = 0

    async def send(self, request: HttpRequest, *, timeout: float) -> HttpResponse:
        await asyncio.sleep(self.seconds)
        self.sent += 1
        return HttpResponse(200, {}, b"{}")


def program(*names: str, url: str = "https://x.example/") -> Workspace:
    texts = [DESTINATION.format(name=name, url=url) for name in names]
    return load(Source("".join(texts)))


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    with open_outbox(str(tmp_path / "outbox.db")) as opened:
        yield opened


def fill(outbox: Outbox, workspace: Workspace, count: int) -> None:
    events: list[dict[str, Json]] = [
        {"type": "page", "userId": "u", "messageId": f"m{number}"}
        for number in range(count)
    ]
    list(accept(workspace, events, outbox))


def states(outbox: Outbox) -> dict[str, int]:
    return {each.state.value: each.jobs for each in count_jobs(outbox)}


@pytest.fixture
def partner() -> Iterator[Partner]:
    with serving() as running:
        yield running


def test_all_destinations_are_delivered_to(outbox: Outbox, partner: Partner) -> None:
    workspace = program("crm", "other", url=partner.url)
    fill(outbox, workspace, 3)
    told: list[tuple[str, str]] = []

    def watch(claim: Claim, result: Result) -> None:
        told.append((claim.job.destination, result.state.value))

    asyncio.run(work(workspace, outbox, watch=watch))
    assert sorted(told) == [("crm", "delivered")] * 3 + [("other", "delivered")] * 3
    assert len(partner.received) == 6
    assert states(outbox) == {"delivered": 3}


def test_what_is_slow_is_held_beyond_its_lease(outbox: Outbox) -> None:
    workspace = program("crm")
    fill(outbox, workspace, 4)
    transport, other = SlowTransport(0.5), SlowTransport(0.0)

    async def run() -> None:
        slow = asyncio.create_task(
            work(workspace, outbox, lease=0.15, transport=transport)
        )
        await asyncio.sleep(0.1)
        with open_outbox(str(outbox.engine.url.database)) as beside:
            await work(workspace, beside, transport=other)
        await slow

    asyncio.run(run())
    assert (transport.sent, other.sent) == (4, 0)
    assert states(outbox) == {"delivered": 4}


def test_a_worker_is_stopped_in_order(outbox: Outbox) -> None:
    workspace = program("crm")
    fill(outbox, workspace, 100)
    transport, stopping = SlowTransport(0.02), Stopping()

    async def run() -> None:
        asyncio.get_running_loop().call_later(0.2, stopping)
        await work(
            workspace,
            outbox,
            until_empty=False,
            stopping=stopping,
            transport=transport,
        )

    asyncio.run(run())
    left = 100 - transport.sent
    assert 0 < left < 100
    assert states(outbox) == {"delivered": transport.sent, "pending": left}


def test_who_was_stopped_before_does_nothing(outbox: Outbox) -> None:
    workspace = program("crm")
    fill(outbox, workspace, 2)
    stopping = Stopping()
    stopping()
    asyncio.run(work(workspace, outbox, stopping=stopping))
    assert states(outbox) == {"pending": 2}


def test_an_outbox_that_fails_ends_the_worker(
    outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = program("crm")
    fill(outbox, workspace, 2)

    def fail(self: Outbox, *args: object, **options: object) -> None:
        raise StoreError("the disk fails")

    monkeypatch.setattr(Outbox, "renew", fail)
    monkeypatch.setattr(Outbox, "settle", fail)
    slow = SlowTransport(0.1)

    async def run() -> None:
        async with asyncio.timeout(30):
            await work(workspace, outbox, lease=0.5, transport=slow)

    with pytest.raises(StoreError, match="the disk fails"):
        asyncio.run(run())
    monkeypatch.undo()
    asyncio.run(run())
    assert states(outbox) == {"delivered": 2}
