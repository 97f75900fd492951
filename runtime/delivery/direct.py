"""Events processed and delivered in one call."""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from fql.runtime.delivery.engine import Engine
from fql.runtime.delivery.job_making import jobs_of
from fql.runtime.delivery.jobs import State
from fql.runtime.delivery.lanes import lanes_for
from fql.runtime.delivery.memory_store import MemoryStore
from fql.runtime.delivery.oauth import TokenStore
from fql.runtime.delivery.transports import Transports
from fql.runtime.destinations.registry import registry_for
from fql.runtime.outcomes import Decision, Outcome, Stage

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fql.compiler.values import Json
    from fql.runtime.delivery.jobs import Claim, Job, Result
    from fql.runtime.delivery.store import Store
    from fql.runtime.destinations.registry import Registry
    from fql.runtime.http_messages import AsyncTransport
    from fql.runtime.workspace import Workspace


class Watcher(Protocol):
    """Whoever is told of a delivery while it goes on."""

    def processed(self, event: dict[str, Json], outcomes: list[Outcome]) -> None:
        """Be told of an event and what becomes of it, before that is kept."""
        ...

    def settled(self, claim: Claim, result: Result) -> None:
        """Be told of what became of a payload, before that is written down."""
        ...


async def deliver(
    workspace: Workspace,
    events: Iterable[dict[str, Json]],
    *,
    source: str | None = None,
    store: Store | None = None,
    transport: AsyncTransport | None = None,
    registry: Registry | None = None,
    tokens: TokenStore | None = None,
    watch: Watcher | None = None,
) -> list[Outcome]:
    """Process *events*, deliver what they become, and return what became of each.

    Payloads that can be tried again are, for as long as their destination says; this
    returns when all are delivered or given up.

    Args:
        workspace: The program.
        events: Objects as a JSON reader makes them. They are never changed.
        source: The name of their source. Without one, every destination gets them.
        store: Where jobs are kept; in memory by default, so that they are lost when
            the process dies. What else waits there is delivered as well.
        transport: Sends the requests; over the network by default.
        registry: Which kinds of destinations there are; those installed by default.
        tokens: Keeps access tokens: by default the store, if it is an outbox, else
            the workspace, as long as it is there.
        watch: Is told of each event and what becomes of it, and of each result: an
            `fql.runtime.delivery.overview.Overview`, for example.

    Raises:
        ValueError: There is no such source, or a destination's kind is not there.
        StoreError: The store cannot be used.
    """
    kept = MemoryStore() if store is None else store
    outcomes, jobs = _accept(workspace, events, source, watch)
    await asyncio.to_thread(kept.add, [job for _, job in jobs.values()])
    mine = {job.key for _, job in jobs.values()}
    last: dict[str, tuple[Claim, Result]] = {}

    def settled(claim: Claim, result: Result) -> None:
        if watch is not None:
            watch.settled(claim, result)
        if result.is_attempt and claim.job.key in mine:
            last[claim.job.key] = (claim, result)

    async with AsyncExitStack() as stack:
        lanes = lanes_for(
            workspace,
            registry=registry or registry_for(workspace.destinations),
            transports=Transports(stack, transport),
            token_store=tokens or _tokens_of(kept, workspace),
        )
        await Engine(kept, lanes, watch=settled).run(until_empty=True)
    for at, (outcome, job) in jobs.items():
        outcomes[at] = _delivered(outcome, last.get(job.key))
    return outcomes


def _tokens_of(store: Store, workspace: Workspace) -> TokenStore:
    """Return what keeps the access tokens: refresh tokens often hold only once."""
    return store if isinstance(store, TokenStore) else workspace.tokens


def _accept(
    workspace: Workspace,
    events: Iterable[dict[str, Json]],
    source: str | None,
    watch: Watcher | None,
) -> tuple[list[Outcome], dict[int, tuple[Outcome, Job]]]:
    """Return all outcomes, and the jobs among them by their places."""
    outcomes: list[Outcome] = []
    jobs: dict[int, tuple[Outcome, Job]] = {}
    for event in events:
        became = workspace.process(event, source=source)
        if watch is not None:
            watch.processed(event, became)
        made = iter(jobs_of(event, became, time.time()))
        for outcome in became:
            if outcome.is_built:
                jobs[len(outcomes)] = next(made)
            outcomes.append(outcome)
    return outcomes, jobs


def _delivered(outcome: Outcome, last: tuple[Claim, Result] | None) -> Outcome:
    """Return the outcome of a payload after its last attempt.

    Where there was none, its key was in the store before: it is somebody else's.
    """
    if last is None:
        return outcome
    claim, result = last
    is_delivered = result.state is State.DELIVERED
    return replace(
        outcome,
        stage=Stage.DELIVER,
        decision=Decision.DELIVERED if is_delivered else Decision.FAILED,
        reason=result.reason or None,
        detail=result.detail,
        attempt=claim.attempt,
        exchanges=result.exchanges,
    )
