"""What shipped kinds do beyond what the original is compared with."""

from __future__ import annotations

import hashlib
import hmac
import json
import sys
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import SecretStr

import fql
from fql.runtime.destinations.amplitude import Amplitude
from fql.runtime.destinations.amplitude_events import milliseconds
from fql.runtime.destinations.definitions import (
    Action,
    Call,
    Definition,
    WritingAction,
    answer_of,
)
from fql.runtime.destinations.delivery_errors import (
    InvalidAuthenticationError,
    PayloadValidationError,
    RetryableError,
    status_code_name,
)
from fql.runtime.destinations.making_requests import checked_url
from fql.runtime.destinations.user_agents import device_of
from fql.runtime.destinations.webhook import Webhook

if TYPE_CHECKING:
    from fql.compiler.values import Json

KEYS: dict[str, Any] = {
    "apiKey": SecretStr("k-1"),
    "secretKey": SecretStr("s-1"),
    "endpoint": "europe",
}
EVENT: dict[str, Json] = {"type": "track", "event": "Order Completed", "userId": "u1"}


# --- webhook ----------------------------------------------------------------------


def test_a_batch_is_signed_as_it_is_sent() -> None:
    settings = {"sharedSecret": SecretStr("abc")}
    url = "https://a.example.com"
    calls = [Call({"url": url, "data": {"n": n}}, settings) for n in range(2)]
    (request,) = Webhook().actions[0].perform_batch(calls)
    assert (request.method, request.body) == ("POST", b'[{"n":0},{"n":1}]')
    first = hmac.new(b"abc", b'{"n":0}', hashlib.sha1).hexdigest()
    whole = hmac.new(b"abc", request.body or b"", hashlib.sha256).hexdigest()
    assert request.headers["x-signature"] == first
    assert request.headers["x-signature-256"] == whole


# --- amplitude --------------------------------------------------------------------


def requests(action: str, mapping: dict[str, Json]) -> list[Any]:
    settings: dict[str, Any] = {"apiKey": "k-1", "secretKey": "s-1"}
    return fql.preview_requests(
        "amplitude", action, EVENT, settings=settings, mapping=mapping
    )


def test_settings_can_be_tried_and_users_deleted() -> None:
    tried = Amplitude().test_authentication(KEYS)
    assert tried.url.startswith("https://analytics.eu.amplitude.com/api/2/usersearch")
    assert tried.headers["authorization"] == "Basic ay0xOnMtMQ=="
    (gone,) = Amplitude().on_delete({**KEYS, "secretKey": None}, "u1")
    assert json.loads(gone.body or b"")["user_ids"] == ["u1"]


def test_what_a_mapping_adds_to_an_event_is_sent() -> None:
    mapping: dict[str, Json] = {
        "library2": {"behavior": "auto"},
        "platform": "ios",
        "includeRawUserAgent": True,
        "userAgent": "agent",
        "min_id_length": 3,
        "setOnce": {"a": 1},
    }
    (request,) = requests("logEventV2", mapping)
    body = json.loads(request.body)
    (event,) = body["events"]
    assert body["options"] == {"min_id_length": 3}
    assert (event["library"], event["platform"]) == ("segment", "iOS")
    assert event["user_agent"] == "agent"
    assert event["user_properties"]["$setOnce"] == {"a": 1}


def test_products_of_an_order_are_events_with_ids_of_their_own() -> None:
    mapping: dict[str, Json] = {
        "insert_id": "i",
        "products": [{"productId": "p", "price": 2, "quantity": 3}, {}],
        "trackRevenuePerProduct": True,
        "platform": None,
        "library2": {"behavior": "use_mapping", "mapping": "analytics.js"},
    }
    (request,) = requests("logPurchase", mapping)
    events = json.loads(request.body)["events"]
    assert [each.get("insert_id") for each in events] == ["i", "i-2", "i-3"]
    assert events[0]["platform"] == "Web"


def test_users_and_groups_are_forms() -> None:
    (user,) = requests("identifyUser", {"platform": "ANDROID", "min_id_length": 5})
    assert b"%22platform%22%3A%22Android%22" in user.body
    (web,) = requests("identifyUser", {"platform": None, "library": "analytics.js"})
    assert b"%22platform%22%3A%22Web%22" in web.body
    (ids,) = requests("mapUser", {"min_id_length": 5, "user_id": "abcdef"})
    assert b"options=%7B%22min_id_length%22%3A5%7D" in ids.body
    mapping: dict[str, Json] = {"group_type": "plan", "group_value": "pro"}
    assert len(requests("groupIdentifyUser", mapping)) == 2


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (True, None),
        (1_700_000_000_000.7, 1_700_000_000_000),
        ("1700000000", 1_700_000_000_000),
        ("1700000000000", 1_700_000_000_000),
        ("2026-03-01T12:00:00Z", 1_772_366_400_000),
        ("soon", None),
        ({}, None),
    ],
)
def test_times_are_milliseconds(value: Json, expected: int | None) -> None:
    assert milliseconds(value) == expected


def test_user_agents_are_read_where_the_package_is_installed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    agent = "Mozilla/5.0 (iPhone; CPU iPhone OS 16_1 like Mac OS X) CriOS/16.0"
    assert device_of(agent, {"model": "iPhone15,2"}) == {
        "os_name": "iOS",
        "os_version": "16",
        "device_manufacturer": "Apple",
        "device_model": "iPhone15,2",
    }
    assert device_of("Mozilla/5.0", None) == {}
    monkeypatch.setitem(sys.modules, "ua_parser", None)
    assert device_of(agent, None) == {}


# --- previews ---------------------------------------------------------------------


def test_what_is_not_there_cannot_be_previewed() -> None:
    with pytest.raises(ValueError, match="did you mean 'webhook'"):
        fql.preview_requests("webhok", "send", EVENT, settings={})
    with pytest.raises(ValueError, match="there are: send"):
        fql.preview_requests("webhook", "zzz", EVENT, settings={})


def test_previews_take_secrets_and_plain_texts() -> None:
    mapping: dict[str, Json] = {"url": "https://a.example.com"}
    secrets: list[Any] = ["abc", SecretStr("abc")]
    first, second = (
        fql.preview_requests(
            "webhook", "send", EVENT, settings={"sharedSecret": each}, mapping=mapping
        )
        for each in secrets
    )
    assert first == second
    assert "x-signature" in first[0].headers


# --- definitions ------------------------------------------------------------------


def test_a_bare_definition_can_do_nothing() -> None:
    bare, call = Action(), Call({}, {})
    for attempt in (
        lambda: bare.perform(call),
        lambda: bare.perform_batch([call]),
        lambda: WritingAction().write([call]),
    ):
        with pytest.raises(NotImplementedError):
            attempt()
    assert Definition().oauth_client({}) is None
    assert "secret" not in repr(Call({}, {"a": "secret"}, token="secret"))  # noqa: S106


def test_failures_say_whether_trying_again_may_help() -> None:
    assert not InvalidAuthenticationError("no").retryable
    assert RetryableError("no", status=400).retryable
    assert status_code_name(299) == "UNKNOWN_ERROR"
    assert answer_of(529).is_retryable
    assert not answer_of(404).is_retryable


@pytest.mark.parametrize(
    "url",
    [
        *("", "a", "//a", "https://", "ftp://a", "https://a b", "https://a:b"),
        *("https://a\n", "https://[", "javascript:alert(1)"),
    ],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(PayloadValidationError):
        checked_url(url)
