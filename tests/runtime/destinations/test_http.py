"""The kind for any HTTP API."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import SecretStr

from fql.compiler.field_errors import PayloadError
from fql.runtime.destinations.definitions import Call
from fql.runtime.destinations.delivery_errors import PayloadValidationError
from fql.runtime.destinations.http import Http, joined
from fql.runtime.fields import compile_fields

if TYPE_CHECKING:
    from fql.compiler.values import Json
    from fql.runtime.http_messages import HttpRequest

SECRET = SecretStr("planted-secret")


def made(settings: dict[str, Any], **payload: Json) -> HttpRequest:
    definition, call = Http(), Call(payload, settings, token=settings.get("_token"))
    (request,) = definition.actions[0].perform(call)
    return definition.authenticate(request, call)


def test_a_mapping_says_what_is_sent() -> None:
    request = made({}, url="https://a.example.com/b", json={"a": 1})
    assert (request.method, request.url) == ("POST", "https://a.example.com/b")
    assert request.body == b'{"a":1}'
    request = made(
        {"base_url": "https://a.example.com/v1/"},
        method="PATCH",
        url="/b?c=d",
        query={"e": ["f", "g h"]},
        headers={"X-Trace": 7, "none": None},
        form={"h": "i j", "k": None},
    )
    assert request.method == "PATCH"
    assert request.url == "https://a.example.com/v1/b?c=d&e=f&e=g+h"
    assert request.headers["x-trace"] == "7"
    assert request.body == b"h=i+j"
    text = made({}, url="https://a.example.com", text="hello", method="PUT")
    assert (text.body, dict(text.headers)) == (b"hello", {})


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"url": "/only/a/path"},
        {"url": "https://a.example.com", "json": {}, "text": "a"},
        {"url": "https://a.example.com", "headers": {"a": "b\nc"}},
    ],
)
def test_what_cannot_be_sent_is_refused(payload: dict[str, Json]) -> None:
    with pytest.raises(PayloadValidationError):
        made({}, **payload)


@pytest.mark.parametrize(
    "url", ["@evil.example.com", "//evil.example.com", ":80@evil.example.com", "/../x"]
)
def test_a_path_never_leaves_its_host(url: str) -> None:
    assert joined("https://a.example.com", url).startswith("https://a.example.com/")


def test_each_scheme_has_its_header() -> None:
    to: dict[str, Json] = {"url": "https://a.example.com"}
    basic = {"authentication": "basic", "username": "me", "password": SECRET}
    pair = base64.b64encode(b"me:planted-secret").decode()
    assert made(basic, **to).headers["authorization"] == f"Basic {pair}"
    bearer = {"authentication": "bearer", "token": SECRET}
    assert made(bearer, **to).headers["authorization"] == "Bearer planted-secret"
    own = {"authentication": "header", "header_secret": SECRET}
    assert made(own, **to).headers["authorization"] == "planted-secret"
    own["header_name"] = "X-Key"
    assert made(own, **to).headers["x-key"] == "planted-secret"
    oauth = {"authentication": "oauth2", "_token": "t1"}
    assert made(oauth, **to).headers["authorization"] == "Bearer t1"
    for none in ({}, {"authentication": "oauth2"}, {"authentication": "odd"}):
        assert dict(made(none, **to).headers) == {}


def test_tokens_are_fetched_where_settings_say_so() -> None:
    settings: dict[str, Any] = {
        "authentication": "oauth2",
        "oauth_url": "https://a.example.com/token",
        "client_id": "me",
        "client_secret": SECRET,
        "refresh_token": SecretStr("r1"),
    }
    client = Http().oauth_client(settings)
    assert client is not None
    assert (client.url, client.secret, client.refresh) == (
        "https://a.example.com/token",
        "planted-secret",
        "r1",
    )
    assert Http().oauth_client({}) is None


def test_settings_can_be_tried() -> None:
    settings = {"base_url": "https://a.example.com", "test_url": "/me"}
    request = Http().test_authentication(settings)
    assert request is not None
    assert (request.method, request.url) == ("GET", "https://a.example.com/me")
    assert Http().test_authentication({}) is None


@pytest.mark.parametrize(
    ("scheme", "missing"),
    [
        ("basic", {"username"}),
        ("bearer", {"token"}),
        ("header", {"header_name", "header_secret"}),
        ("oauth2", {"oauth_url", "client_id", "client_secret"}),
    ],
)
def test_a_scheme_requires_its_settings(scheme: str, missing: set[str]) -> None:
    with pytest.raises(PayloadError) as caught:
        compile_fields(Http.settings)({"authentication": scheme})
    assert {each.field for each in caught.value.problems} == missing
