"""A worker: delivers what is in an outbox, and holds what it has in hand.

Any number of workers may share an outbox. One that stops in order finishes what is
under way and gives back the rest; one that is killed leaves it to the ends of its
leases, from when on the others have it.
"""

from __future__ import annotations

import asyncio
import random
import time
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, final

from fql.runtime.delivery.engine import LEASE, Engine
from fql.runtime.delivery.lanes import lanes_for
from fql.runtime.delivery.store import StoreError
from fql.runtime.delivery.transports import Transports
from fql.runtime.destinations.registry import registry_for

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Collection, Mapping

    from fql.runtime.delivery.jobs import Claim, Result
    from fql.runtime.delivery.outbox import Outbox
    from fql.runtime.destinations.registry import Registry
    from fql.runtime.http_messages import AsyncTransport
    from fql.runtime.workspace import Workspace

RENEWALS = 3
"""How often a lease is renewed before it would end."""


@dataclass(slots=True)
class Stopping:
    """A way to stop a worker from a signal's handler."""

    _stop: Callable[[], None] | None = None
    is_asked: bool = False
    """Whether the worker was asked to stop."""

    def __call__(self) -> None:
        """Let the worker finish what is under way, and no more."""
        self.is_asked = True
        if self._stop is not None:
            self._stop()

    def meant_for(self, stop: Callable[[], None]) -> None:
        """Let *stop* be called, at once if it was asked for before."""
        self._stop = stop
        if self.is_asked:
            stop()


async def work(
    workspace: Workspace,
    outbox: Outbox,
    *,
    until_empty: bool = True,
    lease: float = LEASE,
    watch: Callable[[Claim, Result], None] = lambda claim, result: None,
    stopping: Stopping | None = None,
    transport: AsyncTransport | None = None,
    registry: Registry | None = None,
) -> None:
    """Deliver what is in *outbox* to the enabled destinations of *workspace*.

    Jobs of other destinations stay where they are.

    Args:
        workspace: The program.
        outbox: Where the jobs are.
        until_empty: Whether to return when all are delivered or dead; those that are
            tried again later are waited for. Else it goes on until stopped.
        lease: Seconds after which others may take what this worker holds, if it ends
            without a word. As long as it lives, it renews its leases.
        watch: Is told of each result, before it is written down.
        stopping: Is called to stop the worker in order.
        transport: Sends the requests; over the network by default.
        registry: Which kinds of destinations there are; those installed by default.

    Raises:
        ValueError: A destination's kind is not there.
        StoreError: The outbox cannot be used. What is in hand goes to others when its
            lease ends.
    """
    async with AsyncExitStack() as stack:
        lanes = lanes_for(
            workspace,
            registry=registry or registry_for(workspace.destinations),
            transports=Transports(stack, transport),
            token_store=outbox,
            clock=time.time,
            draw=random.random,
        )
        own = outbox.for_worker()
        engine = Engine(_Held(own, lease), lanes, watch=watch)
        if stopping is not None:
            stopping.meant_for(engine.stop)
        await stack.enter_async_context(_renewing(own, lease))
        await engine.run(until_empty=until_empty)


@final
class _Held:
    """An outbox whose leases do not end while its worker lives, see `_renewing`."""

    def __init__(self, outbox: Outbox, lease: float) -> None:
        self._outbox = outbox
        self._lease = lease
        self.add = outbox.add
        self.next_due = outbox.next_due

    def claim(
        self,
        limit: int,
        lease: float,
        *,
        among: Collection[str],
        ordered: Collection[str] = (),
    ) -> list[Claim]:
        claims = self._outbox.claim(limit, self._lease, among=among, ordered=ordered)
        return [replace(each, until=float("inf")) for each in claims]

    def settle(self, results: Mapping[int, Result]) -> None:
        self._outbox.settle(results)


@asynccontextmanager
async def _renewing(outbox: Outbox, lease: float) -> AsyncGenerator[None]:
    """Hold what *outbox* has claimed as long as the block lasts."""

    async def renew() -> None:
        while True:
            await asyncio.sleep(lease / RENEWALS)
            # If it fails, so does the next claim, which tells.
            with suppress(StoreError):
                await asyncio.to_thread(outbox.renew, lease)

    task = asyncio.create_task(renew())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
