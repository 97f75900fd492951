"""Events processed and delivered to a real server."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

import pytest

from fql.grammar.source import Source
from fql.runtime.delivery import backoff
from fql.runtime.delivery.options import DeliveryOptions
from fql.runtime.delivery.outbox import open_outbox
from fql.runtime.delivery.overview import Overview, prepare
from fql.runtime.delivery.overview_reading import read_totals
from fql.runtime.load import load
from fql.runtime.tester import send_event
from tests.runtime.delivery.partner import Partner, Received, Reply, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fql.compiler.values import Json
    from fql.runtime.outcomes import Outcome
    from fql.runtime.workspace import Workspace

PROGRAM = """
destination crm: webhook {{
  settings {{ sharedSecret: env("SECRET") }}
  mapping "All" when all send send {{ url: "{url}/events", method: "POST", data: $ }}
}}
"""
LOCAL = DeliveryOptions(allow=("127.0.0.0/8",), timeout=2.0, batch_seconds=0.0)
SINGLE = replace(LOCAL, batch_size=1)


@pytest.fixture
def partner() -> Iterator[Partner]:
    with serving() as running:
        yield running


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backoff, "FIRST_PAUSE", 0.01)


def workspace(partner: Partner, options: DeliveryOptions = SINGLE) -> Workspace:
    text = PROGRAM.format(url=partner.url)
    loaded = load(Source(text), environment={"SECRET": "a-planted-secret"})
    (crm,) = loaded.destinations
    return replace(loaded, destinations=(replace(crm, delivery=options),), window=None)


def event(number: int, user: str = "u1") -> dict[str, Json]:
    return {
        "type": "track",
        "event": "Order Completed",
        "userId": user,
        "messageId": f"m{number}",
    }


def deliver(
    partner: Partner, *events: dict[str, Json], options: DeliveryOptions = SINGLE
) -> list[Outcome]:
    return asyncio.run(workspace(partner, options).deliver(events))


def told(outcome: Outcome) -> tuple[str, str | None, int]:
    return outcome.decision.value, outcome.reason, outcome.attempt


def test_an_event_arrives_as_it_was(partner: Partner) -> None:
    (outcome,) = deliver(partner, event(1))
    assert told(outcome) == ("delivered", None, 1)
    (request,) = partner.received
    assert (request.method, request.path) == ("POST", "/events")
    assert json.loads(request.body) == event(1)


def test_a_refusal_for_good_is_not_repeated(partner: Partner) -> None:
    partner.usual = Reply(400, b'{"error": "no"}')
    (outcome,) = deliver(partner, event(1))
    assert told(outcome) == ("failed", "BAD_REQUEST", 1)
    assert len(partner.received) == 1


@pytest.mark.parametrize("status", [408, 423, 429, 500, 502, 503])
def test_what_may_pass_is_tried_again(partner: Partner, status: int) -> None:
    partner.replies.extend([Reply(status), Reply(status)])
    (outcome,) = deliver(partner, event(1))
    assert told(outcome) == ("delivered", None, 3)
    assert len(set(partner.bodies())) == 1


def test_a_storm_of_failures_ends(partner: Partner) -> None:
    partner.usual = Reply(500)
    (outcome,) = deliver(partner, event(1), options=replace(SINGLE, attempts=4))
    assert told(outcome) == ("failed", "INTERNAL_SERVER_ERROR", 4)
    assert len(partner.received) == 4


def test_a_destination_that_asks_for_time_gets_it(partner: Partner) -> None:
    partner.replies.append(Reply(429, headers={"Retry-After": "1"}))
    started = asyncio.new_event_loop()
    try:
        before = started.time()
        (outcome,) = deliver(partner, event(1))
        assert started.time() - before >= 1
    finally:
        started.close()
    assert told(outcome) == ("delivered", None, 2)


@pytest.mark.parametrize("manner", ["reset", "reset in the answer", "hang", "drip"])
def test_a_connection_that_breaks_is_tried_again(partner: Partner, manner: str) -> None:
    partner.replies.append(Reply(manner=manner))  # type: ignore[arg-type]
    options = replace(SINGLE, timeout=0.3)
    (outcome,) = deliver(partner, event(1), options=options)
    assert told(outcome) == ("delivered", None, 2)


def test_an_answer_without_end_is_cut(partner: Partner) -> None:
    partner.replies.append(Reply(manner="endless"))
    (outcome,) = deliver(partner, event(1))
    assert told(outcome) == ("delivered", None, 1)
    assert len(outcome.exchanges[0].response_body) <= 2_000


def test_an_answer_of_another_kind_is_an_answer(partner: Partner) -> None:
    body = b"\xff\xfe<html>"
    partner.replies.append(Reply(200, body, {"Content-Type": "image/png"}))
    (outcome,) = deliver(partner, event(1))
    assert outcome.decision.value == "delivered"


def test_addresses_that_are_not_public_are_refused(partner: Partner) -> None:
    (outcome,) = deliver(partner, event(1), options=DeliveryOptions(batch_size=1))
    assert told(outcome) == ("failed", "EREFUSED", 1)
    assert partner.received == []


def test_redirects_are_not_followed(partner: Partner) -> None:
    partner.usual = Reply(302, headers={"Location": f"{partner.url}/elsewhere"})
    (outcome,) = deliver(partner, event(1))
    assert told(outcome) == ("failed", "FOUND", 1)
    assert [each.path for each in partner.received] == ["/events"]


def test_payloads_travel_together(partner: Partner) -> None:
    outcomes = deliver(partner, *map(event, range(25)), options=LOCAL)
    assert {told(each) for each in outcomes} == {("delivered", None, 1)}
    batches = [json.loads(body) for body in partner.bodies()]
    assert [each["messageId"] for batch in batches for each in batch] == [
        f"m{number}" for number in range(25)
    ]
    assert len(batches) == 1


def test_one_bad_event_does_not_spoil_a_batch(partner: Partner) -> None:
    partner.decide = lambda request: Reply(400) if b'"m7"' in request.body else None
    outcomes = deliver(partner, *map(event, range(20)), options=LOCAL)
    failed = [each.message_id for each in outcomes if each.decision.value == "failed"]
    assert failed == ["m7"]


def test_no_more_requests_than_allowed_are_under_way(partner: Partner) -> None:
    partner.usual = Reply(seconds=0.02)
    options = replace(SINGLE, concurrency=3)
    deliver(partner, *map(event, range(12)), options=options)
    assert partner.most_at_once == 3


def test_the_events_of_a_user_arrive_in_order(partner: Partner) -> None:
    partner.replies.extend([Reply(500), Reply(503, seconds=0.05), Reply(429)])
    users = [f"u{number % 3}" for number in range(15)]
    events = [event(number, user) for number, user in enumerate(users)]
    outcomes = deliver(partner, *events, options=replace(SINGLE, ordered=True))
    assert {each.decision.value for each in outcomes} == {"delivered"}
    arrived: dict[str, list[int]] = {}
    for body in partner.bodies():
        came = json.loads(body)
        arrived.setdefault(came["userId"], []).append(int(came["messageId"][1:]))
    for numbers in arrived.values():
        assert numbers == sorted(numbers)


def test_secrets_are_masked_in_what_is_kept(partner: Partner) -> None:
    partner.usual = Reply(400, b"your a-planted-secret is wrong")
    (outcome,) = deliver(partner, event(1))
    assert "a-planted-secret" not in json.dumps(outcome.to_dict())
    assert "********" in outcome.exchanges[0].response_body


# --- the overview ---


def test_an_overview_counts_what_is_delivered(partner: Partner, tmp_path: Path) -> None:
    partner.replies += [Reply(503), Reply(200), Reply(400)]
    with open_outbox(str(tmp_path / "outbox.db")) as outbox:
        with outbox.transaction() as connection:
            prepare(connection, outbox.now())
        overview = Overview()
        outbox.write_beside(overview.block)
        for number in range(2):
            delivering = workspace(partner).deliver(
                event(number), store=outbox, watch=overview
            )
            asyncio.run(delivering)
        with outbox.reading() as connection:
            totals = read_totals(connection, since=0.0)
    assert [(each.step.value, each.reason, each.count) for each in totals] == [
        ("received", "", 2),
        ("accepted", "", 2),
        ("retry", "SERVICE_UNAVAILABLE", 1),
        ("failed", "BAD_REQUEST", 1),
        ("delivered", "", 1),
    ]


# --- access tokens ------------------------------------------------------------------

OAUTH = """
destination api: http {{
  settings {{
    authentication: "oauth2", oauth_url: "{url}/token", client_id: "us"
    client_secret: env("SECRET"), refresh_token: env("REFRESH")
  }}
  delivery {{ allow: ["127.0.0.0/8"], attempts: 1 }}
  mapping "All" when all send send {{ url: "{url}/events", json: $ }}
}}
"""


@pytest.fixture
def rotating(partner: Partner) -> Partner:
    """Return a partner who takes each refresh token once, and short-lived tokens."""
    valid = ["r0"]

    def decide(request: Received) -> Reply:
        if request.path != "/token":
            return Reply(200)
        (given,) = parse_qs(request.body.decode())["refresh_token"]
        if given not in valid:
            return Reply(400, b'{"error": "invalid_grant"}')
        valid[:] = [f"{given}+"]
        told = {"access_token": "t", "refresh_token": valid[0], "expires_in": 0.001}
        return Reply(200, json.dumps(told).encode())

    partner.decide = decide
    return partner


def program(partner: Partner, refresh: str = "r0") -> Workspace:
    text = OAUTH.format(url=partner.url)
    return load(Source(text), environment={"SECRET": "planted", "REFRESH": refresh})


def test_a_workspace_keeps_refresh_tokens_that_hold_once(rotating: Partner) -> None:
    loaded = program(rotating)
    for number in range(2):
        (outcome,) = asyncio.run(loaded.deliver(event(number)))
        assert told(outcome) == ("delivered", None, 1)
    test = asyncio.run(send_event(loaded, event(2)))
    assert test.is_sound
    (outcome,) = asyncio.run(program(rotating).deliver(event(3)))
    assert told(outcome) == ("failed", "REFRESH_TOKEN_EXPIRED", 1)


def test_an_outbox_keeps_refresh_tokens_for_the_next_process(
    rotating: Partner, tmp_path: Path
) -> None:
    with open_outbox(str(tmp_path / "outbox.db")) as outbox:
        for number in range(2):
            loaded = program(rotating)
            (outcome,) = asyncio.run(loaded.deliver(event(number), store=outbox))
            assert told(outcome) == ("delivered", None, 1)
        # One that was set anew is used, whatever is kept.
        loaded = program(rotating, "r0++")
        (outcome,) = asyncio.run(loaded.deliver(event(2), store=outbox))
        assert told(outcome) == ("delivered", None, 1)
    forms = [parse_qs(each.decode()) for each in rotating.bodies()]
    sent = [form["refresh_token"] for form in forms if "refresh_token" in form]
    assert sent == [["r0"], ["r0+"], ["r0++"]]
