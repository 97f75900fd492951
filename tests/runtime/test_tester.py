"""Testers: one event, seen up to its requests or their answers."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

import fql
from fql.grammar.source import Source
from fql.runtime.http_messages import HttpRequest, HttpResponse, TransportError
from fql.runtime.load import load
from fql.runtime.tester import KEPT_OUT, NO_MATCH, Choice, send_event, try_event

if TYPE_CHECKING:
    from fql.compiler.values import Json
    from fql.runtime.tester import EventTest
    from fql.runtime.workspace import Workspace

SECRET = "planted-" + "secret"
PROGRAM = """
source site {}
source app {}
destination crm: webhook from site {
  settings { shared_secret: env("SECRET") }
  filter "staff" when userId = "staff" { drop }
  mapping "Orders" when event = "Order Completed" send send {
    url: "https://crm.example.com/orders"
    headers: { x-told: properties.told, x-user: userId }
    data: { id: properties.id }
  }
  disabled mapping "Pages" when type = "page" send send {
    url: "https://crm.example.com/pages"
    data: { path: properties.path ?? "/" }
  }
}
destination log: file { settings { path: "/nowhere/at/all" }
  mapping "Orders" when event = "Order Completed" send send { id: properties.id } }
"""
ORDER: dict[str, Json] = {
    "type": "track",
    "event": "Order Completed",
    "userId": "u1",
    "messageId": "m1",
    "properties": {"id": "o-1", "told": f"it is {SECRET}!"},
}
PAGE: dict[str, Json] = {"type": "page", "userId": "u1"}


@pytest.fixture(scope="module")
def workspace() -> Workspace:
    return fql.load(Source(PROGRAM), environment={"SECRET": SECRET})


class Network:
    """Keeps what is sent, and answers as it is told."""

    def __init__(self, *answers: HttpResponse | TransportError) -> None:
        self.sent: list[HttpRequest] = []
        self._answers = list(answers)

    async def send(self, request: HttpRequest, *, timeout: float) -> HttpResponse:
        self.sent.append(request)
        answer = self._answers[0]
        if isinstance(answer, TransportError):
            raise answer
        return answer


def sent(
    workspace: Workspace, event: dict[str, Json], choice: Choice, network: Network
) -> EventTest:
    return asyncio.run(send_event(workspace, event, choice, transport=network))


CRM = Choice(destination="crm")


def test_requests_are_shown_and_not_sent(workspace: Workspace) -> None:
    test = workspace.test_event(ORDER, source="site", destination="crm")
    assert (test.is_matched, test.is_sound, test.message) == (True, True, "")
    (mapping,) = test.mappings
    (request,) = mapping.requests
    assert (request.method, request.url) == ("POST", "https://crm.example.com/orders")
    assert request.headers["x-user"] == "u1"
    assert request.body == '{"id":"o-1"}'
    assert 'crm: "Orders" sends send' in str(test)
    assert "POST https://crm.example.com/orders" in str(test)


def test_secrets_are_masked_everywhere(workspace: Workspace) -> None:
    test = try_event(workspace, ORDER, CRM)
    assert test.mappings[0].requests[0].headers["x-told"] == "it is ********!"
    network = Network(HttpResponse(200, body=f"ok {SECRET}".encode()))
    answered = sent(workspace, ORDER, CRM, network)
    for each in (test, answered):
        shown = each.mappings[0]
        assert SECRET not in "\n".join(shown.lines())
        told: dict[str, Any] = shown.to_dict()
        del told["outcome"]["payload" if "payload" in told["outcome"] else "attempt"]
        assert SECRET not in json.dumps(told)


def test_writing_actions_make_no_requests(workspace: Workspace) -> None:
    test = workspace.test_event(ORDER, destination="log")
    assert test.is_sound
    assert test.mappings[0].requests == ()
    assert "requests" not in test.mappings[0].to_dict()


def test_nothing_is_remembered(workspace: Workspace) -> None:
    for _ in range(2):
        assert workspace.test_event(ORDER).is_matched
    assert workspace.process(ORDER)[0].is_built


def test_filters_act_unless_they_are_passed_over(workspace: Workspace) -> None:
    staff: dict[str, Json] = {**ORDER, "userId": "staff", "messageId": "m2"}
    kept = workspace.test_event(staff, destination="crm")
    assert (kept.is_matched, kept.message) == (False, KEPT_OUT)
    assert 'dropped by "staff"' in str(kept)
    told = workspace.test_event(staff, destination="crm", ignore_filters=True)
    assert told.is_matched


def test_no_match_is_followed_by_why(workspace: Workspace) -> None:
    test = workspace.test_event(PAGE, destination="crm")
    assert test.message == NO_MATCH
    assert test.to_dict()["message"] == NO_MATCH
    text = str(test)
    assert text.startswith(NO_MATCH)
    assert 'the nearest is "Orders"' in text
    assert 'event = "Order Completed"' in text


def test_an_event_that_is_rejected_is_told(workspace: Workspace) -> None:
    test = workspace.test_event({"type": "page"})
    assert not test.is_matched
    assert "no_user_anon_id" in str(test)


def test_a_mapping_is_tried_whatever_its_trigger_says(workspace: Workspace) -> None:
    test = workspace.test_event(ORDER, mapping="Pages")
    assert test.trigger is not None
    assert not test.trigger.matches
    assert test.mappings[0].requests[0].body == '{"path":"/"}'
    assert test.to_dict()["trigger"] == test.trigger.to_dict()
    assert "the event does not match" in str(test)
    staff: dict[str, Json] = {**ORDER, "userId": "staff"}
    assert workspace.test_event(staff, mapping="crm/Orders").is_matched


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        (Choice(source="nope"), "no source 'nope'"),
        (Choice(destination="nope"), "no destination 'nope'"),
        (Choice(mapping="Nope"), "no mapping 'Nope'"),
        (Choice(mapping="Orders"), "crm and log"),
        (Choice(destination="crm", mapping="log/Orders"), "no mapping 'log/Orders'"),
    ],
)
def test_what_is_not_there_cannot_be_tested(
    workspace: Workspace, choice: Choice, said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        try_event(workspace, ORDER, choice)


def test_a_payload_that_cannot_be_built_is_told(workspace: Workspace) -> None:
    broken: dict[str, Json] = {**ORDER, "properties": {"id": {}, "told": "a\nb"}}
    test = workspace.test_event(broken, destination="crm")
    assert (test.is_matched, test.is_sound) == (True, False)
    assert "cannot be sent" in test.mappings[0].problem
    assert "no request: the value of the header" in str(test)
    assert test.mappings[0].to_dict()["problem"] == test.mappings[0].problem


def test_a_payload_that_is_not_valid_is_told() -> None:
    text = PROGRAM.replace("https://crm.example.com/orders", "{{properties.url}}")
    workspace = fql.load(Source(text), environment={"SECRET": SECRET})
    test = workspace.test_event(ORDER, destination="crm")
    assert (test.is_matched, test.is_sound) == (True, False)
    assert "`url` is required" in str(test)


def test_a_kind_that_nobody_knows_is_told() -> None:
    text = "destination d: odd { mapping 'm' when all send it { a: 1 } }"
    test = load(Source(text)).test_event(ORDER)
    assert test.mappings[0].problem == "nobody knows what odd it is"
    known = load(Source(text.replace("odd", "slack"))).test_event(ORDER)
    assert known.mappings[0].problem == "nobody knows what slack it is"


# --- sending ----------------------------------------------------------------------


def test_requests_are_sent_once_and_answers_shown(workspace: Workspace) -> None:
    network = Network(HttpResponse(201, body=b'{"ok":true}'))
    test = sent(workspace, ORDER, CRM, network)
    assert test.is_sound
    assert [each.url for each in network.sent] == ["https://crm.example.com/orders"]
    text = str(test)
    assert "  201 after" in text
    assert '"ok": true' in text
    assert "  delivered" in text


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (HttpResponse(500, body=b"not JSON"), "INTERNAL_SERVER_ERROR"),
        (HttpResponse(400), "BAD_REQUEST"),
        (TransportError("nobody is there"), "no answer after"),
    ],
)
def test_a_failure_is_not_repeated(
    workspace: Workspace, answer: HttpResponse | TransportError, said: str
) -> None:
    network = Network(answer)
    test = sent(workspace, ORDER, CRM, network)
    assert len(network.sent) == 1
    assert not test.is_sound
    assert said in str(test)


def test_one_mapping_may_be_sent(workspace: Workspace) -> None:
    network = Network(HttpResponse(200))
    test = sent(workspace, PAGE, Choice(mapping="Pages"), network)
    assert test.trigger is not None
    assert test.trigger.matches
    assert [each.url for each in network.sent] == ["https://crm.example.com/pages"]


def test_a_token_is_shown_as_one() -> None:
    text = """destination api: http {
      settings {
        authentication: "oauth2", oauth_url: "https://a.example.com/token"
        client_id: "me", client_secret: env("SECRET")
      }
      mapping "All" when all send send { url: "https://a.example.com", json: $ }
    }"""
    workspace = fql.load(Source(text), environment={"SECRET": SECRET})
    (request,) = workspace.test_event(ORDER).mappings[0].requests
    assert request.headers["authorization"] == "Bearer ********"
    off = replace(workspace.destinations[0], is_enabled=False)
    test = replace(workspace, destinations=(off,)).test_event(ORDER)
    assert (test.is_matched, test.message) == (False, NO_MATCH)
