"""Single attempts: keys, what is kept of requests, and what definitions may do."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from fql.runtime.delivery.job_making import idempotency_key, jobs_of
from fql.runtime.delivery.jobs import Claim, State
from fql.runtime.delivery.options import USUAL_OPTIONS
from fql.runtime.delivery.sender import Sender, key_of
from fql.runtime.destinations.definitions import (
    Answer,
    BatchRules,
    Call,
    Definition,
    WritingAction,
)
from fql.runtime.destinations.delivery_errors import PayloadValidationError
from fql.runtime.http_messages import HttpRequest, HttpResponse
from fql.runtime.outcomes import Decision, Outcome, Stage
from tests.runtime.delivery.virtual import Crm, FakeTransport, Post, job, now, run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fql.runtime.delivery.sender import Sent


def send(
    *names: str,
    definition: Definition | None = None,
    transport: FakeTransport | None = None,
    settings: Any = None,
    action: str = "post",
) -> Sent:
    claims = [
        Claim(number, replace(job(name), action=action), 1, 1e12)
        for number, name in enumerate(names)
    ]

    async def whole() -> Sent:
        sender = Sender(
            definition or Crm(BatchRules()),
            settings or {},
            USUAL_OPTIONS,
            transport or FakeTransport(),
            tokens=None,
            clock=now,
            draw=lambda: 1.0,
        )
        return await sender.send(claims)

    return run(whole)


def test_every_request_carries_the_key_of_its_payload() -> None:
    transport = FakeTransport()
    send("a", definition=Crm(requests=3), transport=transport)
    assert transport.keys == ["crm-a", "crm-a-2", "crm-a-3"]


def test_a_batch_has_a_key_of_its_own() -> None:
    transport = FakeTransport()
    send("a", "b", transport=transport)
    send("a", "b", transport=transport)
    send("a", "c", transport=transport)
    first, again, other = transport.keys
    assert first == again != other
    assert first == key_of(["crm-a", "crm-b"], 0)


def test_a_definition_names_the_header_or_leaves_it_out() -> None:
    transport = FakeTransport()
    named, without = Crm(), Crm()
    named.idempotency_header, without.idempotency_header = "X-Request-Id", None
    send("a", definition=named, transport=transport)
    send("a", definition=without, transport=transport)
    first, second = (request.headers for _, request in transport.sent)
    assert dict(first) == {"X-Request-Id": "crm-a"}
    assert dict(second) == {}


class Keyed(Post):
    """An action that has keys of its own."""

    def perform(self, call: Call) -> Sequence[HttpRequest]:
        (made,) = super().perform(call)
        return [replace(made, headers={"Idempotency-Key": "mine"})]


def test_a_key_that_is_there_stays() -> None:
    transport, definition = FakeTransport(), Crm()
    definition.actions = (Keyed(),)
    send("a", definition=definition, transport=transport)
    assert dict(transport.sent[0][1].headers) == {"Idempotency-Key": "mine"}


def test_later_requests_go_only_if_the_one_before_was_taken() -> None:
    statuses = iter([200, 503])
    transport = FakeTransport(lambda request: HttpResponse(next(statuses)))
    sent = send("a", definition=Crm(requests=3), transport=transport)
    assert [each.state for each in sent.results] == [State.PENDING]
    assert (sent.is_served, sent.requests) == (False, 2)


def test_a_status_that_is_none_is_no_answer() -> None:
    """No database keeps numbers of any size: they would end every worker."""
    body = f"[200, -1, {10**30}]".encode()
    transport = FakeTransport(lambda request: HttpResponse(207, body=body))
    told = [
        (each.state, each.status) for each in send(*"abc", transport=transport).results
    ]
    assert told == [(State.DELIVERED, 200), *[(State.PENDING, 500)] * 2]


def test_what_is_kept_shows_no_secret_and_no_more_than_the_beginning() -> None:
    body = b"x" * 3_000 + b"planted"
    transport = FakeTransport(lambda request: HttpResponse(400, body=b"planted" + body))
    sent = send("planted", transport=transport, settings={"a": SecretStr("planted")})
    (result,) = sent.results
    (exchange,) = result.exchanges
    assert json.loads(exchange.request_body) == {"n": "********"}
    assert exchange.response_body.startswith("********xxx")
    assert len(exchange.response_body) == 2_000
    assert (exchange.method, exchange.status) == ("POST", 400)


class Refusing(Post):
    """An action that refuses payloads before anything is sent."""

    def perform(self, call: Call) -> Sequence[HttpRequest]:
        if call.payload["n"] == "bad":
            raise PayloadValidationError("this is bad")
        return super().perform(call)


def test_what_an_action_refuses_spoils_no_batch() -> None:
    transport, definition = FakeTransport(), Crm()
    definition.actions = (Refusing(BatchRules()),)
    sent = send("a", "bad", "c", "d", definition=definition, transport=transport)
    assert [(each.state.value, each.reason) for each in sent.results] == [
        ("delivered", ""),
        ("dead", "PAYLOAD_VALIDATION_FAILED"),
        ("delivered", ""),
        ("delivered", ""),
    ]
    assert sent.requests == 2


class Writing(WritingAction):
    """An action that writes into a list."""

    name = "post"
    title = "Write"

    def __init__(self) -> None:
        self.written: list[object] = []

    def write(self, calls: Sequence[Call]) -> Sequence[Answer]:
        self.written += [each.payload["n"] for each in calls]
        return [Answer(200)] * len(calls)


def test_an_action_that_writes_sends_nothing() -> None:
    transport, definition, action = FakeTransport(), Crm(), Writing()
    definition.actions = (action,)
    sent = send("a", "b", definition=definition, transport=transport)
    assert action.written == ["a", "b"]
    assert [each.state for each in sent.results] == [State.DELIVERED] * 2
    assert (sent.requests, transport.sent) == (0, [])


# --- jobs -------------------------------------------------------------------------


def built(mapping: str, message_id: str | None = "m1") -> Outcome:
    return Outcome(
        message_id,
        Stage.BUILD,
        Decision.BUILT,
        "crm",
        mapping=mapping,
        action="post",
        payload={"n": 1},
    )


def keys_of(*outcomes: Outcome) -> list[str]:
    return [made.key for _, made in jobs_of({"type": "track"}, outcomes, 0.0)]


def test_keys_are_the_same_whenever_an_event_comes_again() -> None:
    outcomes = [built("a"), built("b"), built("a")]
    first, again = keys_of(*outcomes), keys_of(*outcomes)
    assert first == again
    assert len(set(first)) == 3
    assert first[0] == idempotency_key(built("a"))


def test_events_without_message_ids_are_never_repeats() -> None:
    outcome = built("a", message_id=None)
    assert keys_of(outcome) != keys_of(outcome)
