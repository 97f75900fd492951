"""Delivery in virtual time: hours pass at once, and always in the same order."""

from __future__ import annotations

import asyncio
import json
import selectors
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from fql.runtime.delivery.engine import Engine
from fql.runtime.delivery.jobs import Job, Result, State
from fql.runtime.delivery.lane import Lane
from fql.runtime.delivery.memory_store import MemoryStore
from fql.runtime.delivery.options import USUAL_OPTIONS
from fql.runtime.delivery.pace import Pace
from fql.runtime.delivery.sender import Sender
from fql.runtime.destinations.definitions import (
    Action,
    Answer,
    BatchRules,
    Call,
    Definition,
    answer_of,
)
from fql.runtime.http_messages import HttpRequest, HttpResponse, TransportError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from fql.compiler.values import Json
    from fql.runtime.delivery.jobs import Claim
    from fql.runtime.delivery.oauth import TokenSource
    from fql.runtime.delivery.options import DeliveryOptions

_ResultT = TypeVar("_ResultT")

START = 1_000_000.0
"""When every test begins, in seconds since 1970."""


class _Selector(selectors.SelectSelector):
    """Lets time pass instead of waiting."""

    now = START

    def select(self, timeout: float | None = None) -> Any:
        ready = super().select(0)
        if not ready:
            assert timeout is not None, "everything waits, and nothing will come"
            self.now += max(0.0, timeout)
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """A loop whose clock is virtual. What is meant for a thread is done at once."""

    def __init__(self) -> None:
        self.virtual = _Selector()
        super().__init__(self.virtual)
        self._clock_resolution = 1e-6

    def time(self) -> float:
        return self.virtual.now

    def run_in_executor(  # type: ignore[override]
        self, executor: Any, func: Any, *args: Any
    ) -> Any:
        future = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as error:
            future.set_exception(error)
        return future


def now() -> float:
    """Return the virtual time."""
    return asyncio.get_running_loop().time()


def run(make: Callable[[], Awaitable[_ResultT]]) -> _ResultT:
    """Return what *make* gives in virtual time."""

    async def whole() -> _ResultT:
        return await make()

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(whole())


Deciding: TypeAlias = (
    "Callable[[HttpRequest], HttpResponse | TransportError | Awaitable[HttpResponse]]"
)


@dataclass
class FakeTransport:
    """Answers without a network.

    Attributes:
        decide: Returns the answer to a request, or what is awaited for it.
        seconds: What every answer takes.
        sent: All requests, with the times at which they went out.
    """

    decide: Deciding = lambda request: HttpResponse(200)
    seconds: float = 0.0
    sent: list[tuple[float, HttpRequest]] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0

    async def send(self, request: HttpRequest, *, timeout: float) -> HttpResponse:
        self.sent.append((now(), request))
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            async with asyncio.timeout(timeout):
                await asyncio.sleep(self.seconds)
                answer = self.decide(request)
                if isinstance(answer, TransportError):
                    raise answer
                if isinstance(answer, HttpResponse):
                    return answer
                return await answer
        except TimeoutError as error:
            raise TransportError("late", code="ETIMEDOUT") from error
        finally:
            self.at_once -= 1

    @property
    def times(self) -> list[float]:
        """When requests went out, in seconds from the start."""
        return [at - START for at, _ in self.sent]

    @property
    def bodies(self) -> list[Any]:
        return [json.loads(request.body or b"null") for _, request in self.sent]

    @property
    def keys(self) -> list[str | None]:
        return [each.headers.get("idempotency-key") for _, each in self.sent]


def one_by_one(**answers: int) -> Deciding:
    """Return what answers 200, but the given statuses to payloads named so."""

    def decide(request: HttpRequest) -> HttpResponse:
        body = json.loads(request.body or b"null")
        names = [each["n"] for each in body] if isinstance(body, list) else [body["n"]]
        found = [answers[name] for name in names if name in answers]
        return HttpResponse(found[0] if found else 200)

    return decide


class Post(Action):
    """Sends a payload; a batch as a list, with a status for each in the answer."""

    name = "post"
    title = "Post"

    def __init__(self, batch: BatchRules | None = None, requests: int = 1) -> None:
        self.batch = batch
        self.requests = requests

    def perform(self, call: Call) -> Sequence[HttpRequest]:
        if "raise" in call.payload:
            raise KeyError(call.payload["raise"])
        return [_post(dict(call.payload), call) for _ in range(self.requests)]

    def perform_batch(self, calls: Sequence[Call]) -> Sequence[HttpRequest]:
        for call in calls:
            self.perform(call)
        return [_post([dict(each.payload) for each in calls], calls[0])]

    def read_batch(
        self, calls: Sequence[Call], response: HttpResponse
    ) -> Sequence[Answer]:
        if response.status != 207:
            return super().read_batch(calls, response)
        return [answer_of(each) for each in json.loads(response.body)]


def _post(body: Json, call: Call) -> HttpRequest:
    headers = {"authorization": f"Bearer {call.token}"} if call.token else {}
    return HttpRequest("POST", "https://crm.test", headers, json.dumps(body).encode())


class Crm(Definition):
    """A definition with one action."""

    name = "crm"
    title = "CRM"

    def __init__(self, batch: BatchRules | None = None, requests: int = 1) -> None:
        self.actions = (Post(batch, requests),)


def job(name: str, to: str = "crm", user: str | None = None, **payload: Json) -> Job:
    """Return a job whose payload has a name."""
    made = {"n": name, **payload}
    return Job(f"{to}-{name}", to, "m", "post", made, user=user, accepted_at=START)


@dataclass
class Partner:
    """A destination of a test."""

    transport: FakeTransport = field(default_factory=FakeTransport)
    options: DeliveryOptions = USUAL_OPTIONS
    definition: Definition = field(default_factory=Crm)
    settings: Mapping[str, Any] = field(default_factory=dict)
    tokens: TokenSource | None = None


@dataclass
class Delivered:
    """A run: what was told of each job, in order."""

    store: MemoryStore
    told: list[tuple[str, Result]] = field(default_factory=list)

    def of(self, name: str) -> list[tuple[State, str]]:
        """Return what was told of a payload: states and reasons."""
        return [(each.state, each.reason) for at, each in self.told if at == name]

    @property
    def ends(self) -> dict[str, tuple[State, str]]:
        return {name: (each.state, each.reason) for name, each in self.told}


def engine_of(
    store: MemoryStore,
    partners: Mapping[str, Partner],
    watch: Callable[[Claim, Result], None] = lambda claim, result: None,
    draw: float = 1.0,
) -> Engine:
    """Return an engine with a lane for each partner."""

    def lanes(settle: Callable[[Claim, Result], None]) -> dict[str, Lane]:
        return lanes_of(partners, settle, draw)

    return Engine(store, lanes, watch=watch, clock=now)


def lanes_of(
    partners: Mapping[str, Partner],
    settle: Callable[[Claim, Result], None],
    draw: float = 1.0,
) -> dict[str, Lane]:
    """Return a lane for each partner, by their names."""

    def lane(name: str, partner: Partner) -> Lane:
        sender = Sender(
            partner.definition,
            partner.settings,
            partner.options,
            partner.transport,
            tokens=partner.tokens,
            clock=now,
            draw=lambda: draw,
        )
        actions = {each.name: each for each in partner.definition.actions}
        return Lane(
            name,
            sender,
            actions,
            partner.options,
            pace=Pace(partner.options.rate, now),
            settle=settle,
            clock=now,
        )

    return {name: lane(name, each) for name, each in partners.items()}


def deliver(
    jobs: Sequence[Job],
    partner: Partner | None = None,
    *,
    draw: float = 1.0,
    **others: Partner,
) -> Delivered:
    """Deliver *jobs* until all are delivered or dead, and return what was told."""

    async def whole() -> Delivered:
        delivered = Delivered(MemoryStore(now))
        delivered.store.add(jobs)
        partners = {"crm": partner or Partner(), **others}

        def watch(claim: Claim, result: Result) -> None:
            delivered.told.append((str(claim.job.payload["n"]), result))

        engine = engine_of(delivered.store, partners, watch, draw)
        await engine.run(until_empty=True)
        return delivered

    return run(whole)
