"""Declared kinds at work: requests, credentials, answers."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from fql.runtime.destinations.delivery_errors import (
    IntegrationError,
    PayloadValidationError,
)
from fql.runtime.destinations.registry import shipped_registry
from fql.runtime.http_messages import HttpResponse
from tests.runtime.destinations.declaring import SETTINGS, call, changed, declared

CREATE = "/actions/create"


def action(given: dict[str, Any] | None = None) -> Any:
    return (declared(given) if given else declared()).actions[0]


def test_a_request_is_made_of_its_parts() -> None:
    (made,) = action().perform(call(id="t1", title="Help", labels=["a b", "c"]))
    assert made.method == "PUT"
    assert made.url == "https://api.example.com/tickets/t1?label=a+b&label=c"
    assert made.headers == {
        "content-type": "application/json",
        "x-key": "k1",
        "x-none": "Help",
    }
    assert made.body == b'{"title":"Help"}'


def test_what_is_missing_is_left_out() -> None:
    (made,) = action().perform(call(id="t1"))
    assert made.url == "https://api.example.com/tickets/t1"
    assert "x-none" not in made.headers
    assert made.body == b'{"title":"untitled"}'


@pytest.mark.parametrize(
    "given", ["../admin", "a/b", "?x=1", "#", "@evil.example.com", "a b\r\nx: y", "é"]
)
def test_no_payload_chooses_another_address(given: str) -> None:
    (made,) = action().perform(call(id=given))
    start, _, last = made.url.rpartition("/")
    assert start == "https://api.example.com/tickets"
    assert not set(last) & set("?#@ \r\n/")


def test_a_field_that_is_a_url_stays_as_it_is() -> None:
    given = changed(f"{CREATE}/request/url", "payload.link ?? 'https://a.example.com'")
    (made,) = action(given).perform(call(id="a", link="https://b.example.com/c?d=e"))
    assert made.url == "https://b.example.com/c?d=e"


def test_whole_requests_may_be_one_text() -> None:
    text = """{
      method: 'PATCH'
      url: "https://{{settings.host}}/{{payload.id}}?a=b#c"
      headers: { X-Id: payload.id, none: payload.title }
      query: { more: payload.more, labels: payload.labels }
      form: { id: payload.id, more: payload.more }
    }"""
    given = changed(f"{CREATE}/request", text)
    (made,) = action(given).perform(call(id="a b", more={"n": [1.0, "x"]}))
    more = "%7B%22n%22%3A%5B1%2C%22x%22%5D%7D"
    assert (made.method, made.url) == (
        "PATCH",
        f"https://api.example.com/a%20b?a=b&more={more}#c",
    )
    assert made.headers["x-id"] == "a b"
    assert made.headers["content-type"].startswith("application/x-www-form-urlencoded")
    assert made.body == f"id=a+b&more={more}".encode()


def test_a_body_may_be_text_or_nothing() -> None:
    given = changed(f"{CREATE}/request/json", None)
    (empty,) = action(given).perform(call(id="a"))
    assert (empty.body, "content-type" in empty.headers) == (None, False)
    given["actions"]["create"]["request"]["body"] = "payload.title"
    (text,) = action(given).perform(call(id="a", title="é"))
    assert text.body == "é".encode()


@pytest.mark.parametrize(
    "text",
    [
        "{ url: 1 }",
        "{ url: 'ftp://a.example.com' }",
        "{ url: 'https://a.example.com', method: 'FETCH' }",
        "{ url: 'https://a.example.com', headers: 'x' }",
        "{ url: 'https://a.example.com', query: [1] }",
        "{ url: 'https://a.example.com', form: payload.id }",
        "{ url: 'https://a.example.com', json: 1, body: 'a' }",
        "{ url: 'https://a.example.com', headers: { 'x y': 'a' } }",
        "payload.id",
    ],
)
def test_what_cannot_be_sent_is_the_payloads_fault(text: str) -> None:
    with pytest.raises(PayloadValidationError):
        action(changed(f"{CREATE}/request", text)).perform(call(id="a"))


def test_a_header_cannot_be_torn() -> None:
    with pytest.raises(PayloadValidationError):
        action().perform(call(id="a", title="b\r\nx-admin: yes"))


def test_a_batch_is_one_request() -> None:
    (made,) = action().perform_batch([call(id="a"), call(id="b/c")])
    assert (made.method, made.url) == ("POST", "https://api.example.com/tickets")
    assert made.body == b'[{"id":"a"},{"id":"b/c"}]'


def test_an_action_without_batches_has_none() -> None:
    single = action(changed(f"{CREATE}/batch", None))
    assert single.batch is None
    with pytest.raises(NotImplementedError):
        single.perform_batch([call(id="a")])


# --- answers ----------------------------------------------------------------------


def told(body: bytes, status: int = 200) -> list[tuple[int, str, str, bool]]:
    calls = [call(id="a"), call(id="b"), call(id="c")]
    answers = action().read_batch(calls, HttpResponse(status, body=body))
    return [
        (each.status, each.code, each.message, each.is_retryable) for each in answers
    ]


def test_each_payload_of_a_batch_has_its_answer() -> None:
    body = b'{"items": [{"code": 201}, {"code": 400, "error": "no"}, {"code": 503}]}'
    assert told(body) == [
        (201, "", "", False),
        (400, "BAD_REQUEST", "no", False),
        (503, "SERVICE_UNAVAILABLE", "the destination answered 503", True),
    ]


def test_what_is_said_of_no_payload_is_no_answer() -> None:
    assert told(b'{"items": [{"code": 200}]}') == [(200, "", "", False)]
    assert told(b"{}") == told(b"no JSON") == told(b"[" * 50_000) == []


def test_a_refusal_of_the_whole_is_one_of_each() -> None:
    assert [each[:2] for each in told(b"{}", 429)] == [(429, "TOO_MANY_REQUESTS")] * 3


def test_without_results_all_have_the_status() -> None:
    given = changed(f"{CREATE}/batch/results", None)
    answers = action(given).read_batch([call(id="a")] * 2, HttpResponse(207))
    assert [each.status for each in answers] == [207, 207]


@pytest.mark.parametrize(
    ("body", "status", "code", "message"),
    [
        (b'{"ok": true}', 200, "", ""),
        (b'{"ok": false}', 400, "BAD_REQUEST", "the destination answered 400"),
        (b'{"ok": 401.0}', 401, "UNAUTHORIZED", "the destination answered 401"),
        (b'{"ok": {"status": 422, "code": 7, "message": "no"}}', 422, "7", "no"),
        (b"{}", 201, "", ""),
        (b'{"ok": "maybe"}', 201, "", ""),
        (b'{"ok": "404"}', 404, "NOT_FOUND", "the destination answered 404"),
        (b'{"ok": "40404"}', -1, "UNKNOWN_ERROR", "the destination answered -1"),
        (b'{"ok": 1e999}', -1, "UNKNOWN_ERROR", "the destination answered -1"),
    ],
)
def test_an_answer_may_say_more_than_its_status(
    body: bytes, status: int, code: str, message: str
) -> None:
    one = action(changed(f"{CREATE}/result", "response.ok"))
    answer = one.read(HttpResponse(201, body=body))
    assert (answer.status, answer.code, answer.message) == (status, code, message)
    assert one.read(HttpResponse(500, body=b'{"ok": true}')).status == 500


# --- credentials ------------------------------------------------------------------


def headers(authentication: dict[str, str], token: str | None = None) -> Any:
    tickets = declared(changed("/authentication", authentication))
    one = call(id="a")
    one = type(one)(one.payload, one.settings, one.key, token)
    (made,) = tickets.actions[0].perform(one)
    return tickets.authenticate(made, one).headers


def test_each_scheme_has_its_header() -> None:
    pair = base64.b64encode(b"api.example.com:planted-secret").decode()
    basic = {
        "scheme": "basic",
        "username": "settings.host",
        "password": "settings.token",
    }
    assert headers(basic)["authorization"] == f"Basic {pair}"
    bearer = {"scheme": "bearer", "token": "settings.token"}
    assert headers(bearer)["authorization"] == "Bearer planted-secret"
    own = {"scheme": "header", "name": "X-Api-Key", "value": "settings.token"}
    assert headers(own)["x-api-key"] == "planted-secret"
    assert "authorization" not in headers({"scheme": "none"})


OAUTH = {
    "scheme": "oauth2",
    "url": '"https://{{settings.host}}/token"',
    "client_id": "'me'",
    "client_secret": "settings.token",
    "scope": "'write'",
}


def test_tokens_are_fetched_with_credentials() -> None:
    assert headers(OAUTH, "t1")["authorization"] == "Bearer t1"
    assert "authorization" not in headers(OAUTH)
    client = declared(changed("/authentication", OAUTH)).oauth_client(SETTINGS)
    assert client is not None
    assert (client.url, client.id) == ("https://api.example.com/token", "me")
    assert (client.secret, client.scope) == ("planted-secret", "write")
    assert client.refresh is None
    assert declared().oauth_client(SETTINGS) is None


def test_a_missing_secret_is_an_empty_one() -> None:
    tickets = declared()
    one = type(call())({"id": "a"}, {"host": "api.example.com", "token": None})
    (made,) = tickets.actions[0].perform(one)
    assert tickets.authenticate(made, one).headers["authorization"] == "Bearer "


def test_settings_can_be_tried_and_users_deleted() -> None:
    tickets = declared()
    tried = tickets.test_authentication(SETTINGS)
    assert tried is not None
    assert (tried.method, tried.url) == ("GET", "https://api.example.com/me")
    (gone,) = tickets.on_delete(SETTINGS, "a/b")
    assert gone.method == "DELETE"
    assert gone.url == "https://api.example.com/people/a%2Fb"


@pytest.mark.parametrize("name", [".", ".."])
def test_no_user_leads_to_another_path(name: str) -> None:
    with pytest.raises(PayloadValidationError, match="another path"):
        declared().on_delete(SETTINGS, name)
    (gone,) = declared().on_delete(SETTINGS, f"{name}a?b=/../c")
    assert gone.url.endswith(f"/people/{name}a%3Fb%3D%2F..%2Fc")


def test_what_is_not_declared_cannot_be_done() -> None:
    bare = changed("/test", None)
    del bare["delete"]
    tickets = declared(bare)
    assert tickets.test_authentication(SETTINGS) is None
    with pytest.raises(IntegrationError, match="cannot delete users"):
        tickets.on_delete(SETTINGS, "u1")
    webhook = shipped_registry().get("webhook")
    assert webhook is not None
    assert webhook.test_authentication({}) is None
