"""From a program to deliveries: lanes, transports and stores."""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from fql.grammar.source import Source
from fql.runtime.delivery import backoff
from fql.runtime.delivery.direct import deliver
from fql.runtime.delivery.jobs import Job
from fql.runtime.delivery.memory_store import MemoryStore
from fql.runtime.delivery.oauth import Client
from fql.runtime.delivery.sealed_tokens import SealedTokens
from fql.runtime.destinations.registry import shipped_registry
from fql.runtime.http_messages import HttpRequest, HttpResponse
from fql.runtime.load import load
from tests.runtime.delivery.virtual import Crm, FakeTransport, Post, run

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fql.compiler.values import Json
    from fql.runtime.delivery.oauth import Tokens, TokenStore
    from fql.runtime.outcomes import Outcome
    from fql.runtime.workspace import Workspace
    from fql.runtime.workspace_parts import Setting

PROGRAM = """
destination crm: webhook {
  delivery { batch_size: 1, attempts: 2, OPTIONS }
  mapping "All" when all send send {
    url: "https://crm.test", method: "POST", data: { n: messageId }
  }
}
"""


class Signed(Crm):
    """A definition with access tokens."""

    name = "signed"

    def oauth_client(self, settings: Mapping[str, Setting]) -> Client | None:
        return Client("https://login.test", "me", str(settings["login"]))


class Elsewhere:
    """Keeps tokens where others may look."""

    def __init__(self) -> None:
        self.saved: list[Tokens] = []

    def load(self, name: str) -> Tokens | None:
        return self.saved[-1] if self.saved else None

    def save(self, name: str, tokens: Tokens) -> None:
        self.saved.append(tokens)


def workspace(options: str = "") -> Workspace:
    text = PROGRAM.replace("OPTIONS", options)
    return replace(load(Source(text), environment={}), window=None)


def event(number: int) -> dict[str, Json]:
    about = {"type": "track", "event": "e", "userId": "u"}
    return {**about, "messageId": f"m{number}"}


def told(outcomes: list[Outcome]) -> list[tuple[str, str | None, int]]:
    return [(each.decision.value, each.reason, each.attempt) for each in outcomes]


def test_options_of_the_program_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backoff, "FIRST_PAUSE", 0.0)
    transport = FakeTransport(lambda request: HttpResponse(503))
    outcomes = run(lambda: deliver(workspace(), [event(1)], transport=transport))
    assert told(outcomes) == [("failed", "SERVICE_UNAVAILABLE", 2)]
    ordered = FakeTransport()
    events = [*map(event, range(6))]
    run(lambda: deliver(workspace("ordered: true"), events, transport=ordered))
    assert [each["n"] for each in ordered.bodies] == [f"m{n}" for n in range(6)]


def test_what_waits_in_a_store_is_delivered_too() -> None:
    async def whole() -> list[Outcome]:
        store = MemoryStore()
        payload: dict[str, Json] = {"url": "https://crm.test", "method": "POST"}
        payload["data"] = {"n": "old"}
        store.add([Job("k", "crm", "All", "send", payload)])
        return await deliver(workspace(), [event(1)], store=store, transport=transport)

    transport = FakeTransport()
    assert told(run(whole)) == [("delivered", None, 1)]
    assert [each["n"] for each in transport.bodies] == ["old", "m1"]


def test_an_event_that_was_there_is_not_sent_again() -> None:
    async def whole() -> list[list[Outcome]]:
        store = MemoryStore()
        return [
            await deliver(workspace(), [event(1)], store=store, transport=transport)
            for _ in range(2)
        ]

    transport = FakeTransport()
    first, second = run(whole)
    assert told(first) == [("delivered", None, 1)]
    assert told(second) == [("built", None, 0)]
    assert len(transport.sent) == 1


def test_what_is_not_built_is_told_with_the_rest() -> None:
    transport = FakeTransport()
    events: list[dict[str, Json]] = [{"type": "nonsense"}, event(1)]
    outcomes = run(lambda: deliver(workspace(), events, transport=transport))
    assert [each.decision.value for each in outcomes] == ["rejected", "delivered"]


def test_addresses_are_guarded_without_a_transport() -> None:
    local = workspace()
    (crm,) = local.destinations
    twice = replace(local, destinations=(crm, replace(crm, name="other")))

    def look_up(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("fql.runtime.guarded_network._look_up", look_up)
        outcomes = asyncio.run(deliver(twice, [event(1)]))
    assert told(outcomes) == [("failed", "EREFUSED", 1)] * 2


def signed_delivery(tokens: TokenStore | None = None) -> tuple[list[Outcome], int]:
    """Return what becomes of an event that needs a token, and how many requests."""

    def decide(request: HttpRequest) -> HttpResponse:
        if request.url == "https://login.test":
            given = {"access_token": "t", "refresh_token": "r"}
            return HttpResponse(200, body=json.dumps(given).encode())
        is_known = request.headers["authorization"] == "Bearer t"
        return HttpResponse(200 if is_known else 401)

    definition = Signed()
    definition.actions = (Post(),)
    registry = shipped_registry().with_(definition)
    (crm,) = workspace().destinations
    (mapping,) = crm.mappings
    signed = replace(
        crm,
        kind="signed",
        settings={"login": "secret"},
        mappings=(replace(mapping, action="post"),),
    )
    local = replace(workspace(), destinations=(signed,))
    transport = FakeTransport(decide)
    outcomes = run(
        lambda: deliver(
            local, [event(1)], transport=transport, registry=registry, tokens=tokens
        )
    )
    return outcomes, len(transport.sent)


def test_a_definition_with_tokens_gets_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that stay in memory need no package that seals them."""
    monkeypatch.setitem(sys.modules, "cryptography", None)
    monkeypatch.delitem(
        sys.modules, "fql.runtime.delivery.sealed_tokens", raising=False
    )
    outcomes, requests = signed_delivery()
    assert told(outcomes) == [("delivered", None, 1)]
    assert requests == 2


def test_who_keeps_tokens_elsewhere_is_told_of_the_extra(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "fql.runtime.delivery.sealed_tokens", None)
    with pytest.raises(ModuleNotFoundError) as raised:
        signed_delivery(Elsewhere())
    assert "fql[delivery]" in "".join(raised.value.__notes__)


def test_tokens_that_are_kept_elsewhere_are_sealed() -> None:
    elsewhere = Elsewhere()
    outcomes, requests = signed_delivery(elsewhere)
    assert told(outcomes) == [("delivered", None, 1)]
    assert requests == 2
    (kept,) = elsewhere.saved
    assert "t" not in (kept.access, kept.refresh)
    assert kept.refresh not in {"r", None}
    client = Signed().oauth_client({"login": "secret"})
    assert client is not None
    opened = SealedTokens(elsewhere, client).load("crm")
    assert opened is not None
    assert (opened.access, opened.refresh) == ("t", "r")
    other = Signed().oauth_client({"login": "a guess"})
    assert other is not None
    assert SealedTokens(elsewhere, other).load("crm") is None
    assert signed_delivery(elsewhere)[1] == 1


def test_a_kind_that_is_not_there_is_told() -> None:
    (crm,) = workspace().destinations
    local = replace(workspace(), destinations=(replace(crm, kind="gone"),))
    with pytest.raises(
        ValueError, match=r"crm is of the kind 'gone'; there are: .*web"
    ):
        run(lambda: deliver(local, [event(1)], registry=shipped_registry()))


def test_events_of_pages_are_named_by_their_names() -> None:
    page: dict[str, Json] = {"type": "page", "name": "Home", "anonymousId": "a"}
    store = MemoryStore()
    seen: list[tuple[str | None, str | None, str | None]] = []
    add = store.add

    def watch(self: MemoryStore, jobs: list[Job]) -> int:
        seen.extend((each.event_type, each.event_name, each.user) for each in jobs)
        return add(jobs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(MemoryStore, "add", watch)
        run(
            lambda: deliver(workspace(), [page], store=store, transport=FakeTransport())
        )
    assert seen == [("page", "Home", "a")]
