"""Access tokens: fetched once for all, renewed in time, kept, and their ends told."""

from __future__ import annotations

import asyncio
import base64
import json
import pickle
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import pytest

from fql.runtime.address_guard import guard_for
from fql.runtime.async_transport import AsyncHttpTransport
from fql.runtime.delivery.jobs import State
from fql.runtime.delivery.oauth import Client, MemoryTokens, Tokens, TokenSource
from fql.runtime.delivery.options import DeliveryOptions
from fql.runtime.delivery.store import StoreError
from fql.runtime.destinations.definitions import BatchRules
from fql.runtime.destinations.delivery_errors import IntegrationError
from fql.runtime.http_messages import HttpRequest, HttpResponse, TransportError
from tests.runtime.delivery.partner import Received, Reply, serving
from tests.runtime.delivery.virtual import (
    START,
    Crm,
    Delivered,
    FakeTransport,
    Partner,
    engine_of,
    job,
    now,
    run,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fql.runtime.delivery.jobs import Claim, Job, Result

CLIENT = Client("https://login.test/token", "me", "my secret", refresh="r0")


@dataclass
class Server:
    """A token endpoint and an API that takes the newest token alone."""

    lasts: object = 3_600
    rotates: bool = True
    issued: int = 0
    asked: list[dict[str, str]] = field(default_factory=list)
    headers: list[Any] = field(default_factory=list)
    replies: list[HttpResponse | TransportError] = field(default_factory=list)
    valid: set[str] = field(default_factory=set)
    statuses: list[Any] = field(default_factory=list)

    def __call__(self, request: HttpRequest) -> HttpResponse | TransportError:
        if request.url != CLIENT.url:
            return self.api(request)
        form = parse_qs((request.body or b"").decode())
        self.asked.append({name: value for name, (value,) in form.items()})
        self.headers.append(request.headers)
        if self.replies:
            return self.replies.pop(0)
        self.issued += 1
        self.valid = {f"Bearer t{self.issued}"}
        told = {"access_token": f"t{self.issued}", "expires_in": self.lasts}
        if self.rotates:
            told["refresh_token"] = f"r{self.issued}"
        return HttpResponse(200, body=json.dumps(told).encode())

    def api(self, request: HttpRequest) -> HttpResponse:
        if request.headers["authorization"] not in self.valid:
            return HttpResponse(401)
        status = self.statuses.pop(0) if self.statuses else 200
        if isinstance(status, list):
            return HttpResponse(207, body=json.dumps(status).encode())
        return HttpResponse(status)


def source_of(
    transport: FakeTransport, store: Any = None, client: Client = CLIENT
) -> TokenSource:
    return TokenSource(
        "crm", client, transport=transport, store=store or MemoryTokens(), clock=now
    )


def deliver(
    jobs: Sequence[Job],
    server: Server,
    *,
    store: Any = None,
    batch: BatchRules | None = None,
    options: DeliveryOptions | None = None,
    client: Client = CLIENT,
) -> tuple[Delivered, FakeTransport]:
    transport = FakeTransport(server, seconds=0.1)

    async def whole() -> Delivered:
        from fql.runtime.delivery.memory_store import MemoryStore

        done = Delivered(MemoryStore(now))
        done.store.add(jobs)

        def watch(claim: Claim, result: Result) -> None:
            done.told.append((str(claim.job.payload["n"]), result))

        tokens = source_of(transport, store, client)
        partner = Partner(
            transport, options or DeliveryOptions(), Crm(batch), tokens=tokens
        )
        engine = engine_of(done.store, {"crm": partner}, watch)
        await engine.run(until_empty=True)
        return done

    return run(whole), transport


def some(count: int) -> list[Job]:
    return [job(f"j{n}") for n in range(count)]


OK = (State.DELIVERED, "")


# --- one request for all ------------------------------------------------------------


def test_all_who_need_a_token_wait_for_one_request() -> None:
    server = Server()
    done, _ = deliver(some(8), server)
    assert set(done.ends.values()) == {OK}
    assert server.asked == [
        {
            "client_id": "me",
            "client_secret": "my secret",
            "grant_type": "refresh_token",
            "refresh_token": "r0",
        }
    ]


def test_all_whose_token_is_refused_wait_for_one_request() -> None:
    server = Server(valid={"Bearer nobody"})
    store = MemoryTokens({"crm": Tokens("old", "r7", None)})
    done, transport = deliver(some(8), server, store=store)
    assert {name: done.of(name) for name in done.ends} == {
        f"j{n}": [OK] for n in range(8)
    }
    assert [each["refresh_token"] for each in server.asked] == ["r7"]
    assert len(transport.sent) == 8 + 1 + 8
    assert store.kept["crm"].refresh == "r1"


def test_a_failure_is_for_all_who_wait_and_for_a_while() -> None:
    refusal = HttpResponse(400, body=b'{"error": "invalid_grant"}')
    server = Server(replies=[refusal] * 99)
    done, _ = deliver(some(20), server)
    assert set(done.ends.values()) == {(State.DEAD, "REFRESH_TOKEN_EXPIRED")}
    assert len(server.asked) == 1


def test_a_failure_that_passes_is_tried_again() -> None:
    late = TransportError("late", code="ETIMEDOUT")
    server = Server(replies=[late, HttpResponse(503), HttpResponse(200, body=b"<p>")])
    done, _ = deliver([job("a")], server)
    assert done.of("a") == [*[(State.PENDING, "OAUTH_REFRESH_FAILED")] * 4, OK]


def test_credentials_that_are_refused_are_told_as_such() -> None:
    client = replace(CLIENT, refresh=None, scope="events")
    refusal = HttpResponse(401, body=b'{"error": "invalid_client"}')
    server = Server(replies=[refusal], rotates=False)
    done, _ = deliver([job("a")], server, client=client)
    assert done.of("a") == [(State.DEAD, "OAUTH_REFRESH_FAILED")]
    assert server.asked[0]["grant_type"] == "client_credentials"
    assert server.asked[0]["scope"] == "events"


def test_a_token_that_is_never_taken_is_renewed_once() -> None:
    server = Server()
    transport = FakeTransport(
        lambda request: (
            server(request) if request.url == CLIENT.url else HttpResponse(401)
        )
    )

    async def whole() -> Sequence[Result]:
        from fql.runtime.delivery.memory_store import MemoryStore
        from fql.runtime.delivery.sender import Sender

        store = MemoryStore(now)
        store.add([job("a")])
        sender = Sender(
            Crm(),
            {},
            DeliveryOptions(),
            transport,
            tokens=source_of(transport),
            clock=now,
            draw=lambda: 1.0,
        )
        return (await sender.send(store.claim(1, 60, among=["crm"]))).results

    (result,) = run(whole)
    assert (result.state, result.reason) == (State.DEAD, "UNAUTHORIZED")
    assert len(server.asked) == 2
    assert len(result.exchanges) == 2


def test_only_what_was_refused_in_a_batch_is_sent_again() -> None:
    server = Server(statuses=[[200, 401, 400]])
    done, transport = deliver(some(3), server, batch=BatchRules(size=3))
    assert done.ends == {"j0": OK, "j1": OK, "j2": (State.DEAD, "BAD_REQUEST")}
    sent = [each for _, each in transport.sent if each.url != CLIENT.url]
    first, second = (json.loads(each.body or b"") for each in sent)
    assert len(first) == 3
    assert second["n"] == "j1"


def test_a_batch_says_which_renewal_failed() -> None:
    refusal = HttpResponse(400, body=b'{"error": "invalid_grant"}')
    server = Server(statuses=[[200, 401]], replies=[refusal], valid={"Bearer kept"})
    store = MemoryTokens({"crm": Tokens("kept", "r0", None)})
    done, _ = deliver(some(2), server, store=store, batch=BatchRules(size=2))
    assert done.ends == {"j0": OK, "j1": (State.DEAD, "REFRESH_TOKEN_EXPIRED")}


# --- in time ------------------------------------------------------------------------


def accesses(server: Server, times: Sequence[float], store: Any = None) -> list[str]:
    """Return the tokens that are handed out at some times."""

    async def whole() -> list[str]:
        source = source_of(FakeTransport(server), store)
        found = []
        for at in times:
            await asyncio.sleep(START + at - now())
            found.append(await source.access())
        return found

    return run(whole)


@pytest.mark.parametrize(
    ("lasts", "expected"),
    [
        (3_600, ["t1", "t1", "t1", "t2"]),
        ("3600", ["t1", "t1", "t1", "t2"]),
        (20, ["t1", "t1", "t2", "t3"]),
        *((nothing, ["t1"] * 4) for nothing in (None, "soon", 0, -5, True, [1])),
    ],
)
def test_tokens_are_renewed_shortly_before_their_end(
    lasts: object, expected: list[str]
) -> None:
    assert accesses(Server(lasts), [0, 5, 3_500, 3_545]) == expected


def test_what_another_process_has_renewed_is_used() -> None:
    store = MemoryTokens({"crm": Tokens("old", "r0", START + 50)})
    server = Server()

    async def whole() -> list[str]:
        one, two = (source_of(FakeTransport(server), store) for _ in range(2))
        return [await one.access(), await two.access(), await two.renewed("t1")]

    assert run(whole) == ["t1", "t1", "t2"]
    assert [each["refresh_token"] for each in server.asked] == ["r0", "r1"]


def test_a_token_is_renewed_for_the_first_who_was_refused() -> None:
    server = Server()

    async def whole() -> list[str]:
        source = source_of(FakeTransport(server))
        first = await source.access()
        return [await source.renewed(first), await source.renewed(first)]

    assert run(whole) == ["t2", "t2"]


def test_a_refresh_token_that_is_not_renewed_is_kept() -> None:
    store = MemoryTokens()
    accesses(Server(rotates=False), [0], store)
    assert store.kept["crm"] == Tokens("t1", "r0", START + 3_600)


def test_id_and_secret_may_go_in_a_header() -> None:
    server = Server()
    client = replace(CLIENT, is_basic=True, refresh=None)

    async def whole() -> str:
        return await source_of(FakeTransport(server), client=client).access()

    assert run(whole) == "t1"
    kind, _, text = server.headers[0]["authorization"].partition(" ")
    assert (kind, base64.b64decode(text)) == ("Basic", b"me:my+secret")
    assert server.asked == [{"grant_type": "client_credentials"}]


# --- kept -------------------------------------------------------------------------


class Full:
    """A store that takes nothing for a while."""

    def __init__(self) -> None:
        self.left = 1
        self.kept: dict[str, Tokens] = {}

    def load(self, name: str) -> Tokens | None:
        return self.kept.get(name)

    def save(self, name: str, tokens: Tokens) -> None:
        if self.left:
            self.left -= 1
            raise StoreError("the disk is full")
        self.kept[name] = tokens


def test_what_is_in_memory_stays_there() -> None:
    store = MemoryTokens()
    store.save("crm", Tokens("planted access", "planted refresh", 5.0))
    pickled = pickle.dumps(store)
    assert b"planted" not in pickled
    assert pickle.loads(pickled).load("crm") is None  # noqa: S301 - just made


def test_tokens_that_cannot_be_kept_are_not_used_yet_and_not_lost() -> None:
    server, store = Server(), Full()
    done, _ = deliver([job("a")], server, store=store)
    assert done.of("a")[0] == (State.PENDING, "OAUTH_REFRESH_FAILED")
    assert done.of("a")[-1] == OK
    assert len(server.asked) == 1
    assert store.kept["crm"].refresh == "r1"


def test_secrets_are_known_and_not_for_ever() -> None:
    server = Server(lasts=20)

    async def whole() -> list[str]:
        source = source_of(FakeTransport(server))
        for _ in range(20):
            await source.access()
            await asyncio.sleep(20)
        return source.secrets

    known = run(whole)
    assert {"my secret", "r0", "t20", "r20", "t19"} <= set(known)
    assert len(known) == 10


def test_who_waits_may_go_away() -> None:
    server = Server(replies=[TransportError("late")])

    async def whole() -> str:
        source = source_of(FakeTransport(server, seconds=5))
        waiting = asyncio.create_task(source.access())
        await asyncio.sleep(1)
        waiting.cancel()
        await asyncio.sleep(6)
        return await source.access()

    with pytest.raises(IntegrationError) as caught:
        run(whole)
    assert caught.value.retryable


# --- over the network ---------------------------------------------------------------


def test_tokens_are_fetched_from_a_server() -> None:
    def decide(request: Received) -> Reply:
        return Reply(200, json.dumps({"access_token": "t", "expires_in": 60}).encode())

    async def whole(url: str, allow: list[str]) -> str:
        async with AsyncHttpTransport(guard_for(allow)) as transport:
            client = replace(CLIENT, url=f"{url}/token")
            source = TokenSource(
                "crm",
                client,
                transport=transport,
                store=MemoryTokens(),
                clock=lambda: 0.0,
            )
            return await source.access()

    with serving() as partner:
        partner.decide = decide
        assert asyncio.run(whole(partner.url, ["127.0.0.0/8"])) == "t"
        with pytest.raises(IntegrationError, match="no public address"):
            asyncio.run(whole(partner.url, []))
        assert len(partner.received) == 1
