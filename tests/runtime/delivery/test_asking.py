"""Destinations asked whether they know us, and to delete a user."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from fql.runtime.delivery.asking import Asked, delete_user, try_authentication
from fql.runtime.delivery.oauth import MemoryTokens
from fql.runtime.destinations.definitions import Definition
from fql.runtime.destinations.registry import shipped_registry
from fql.runtime.http_messages import HttpRequest, HttpResponse, TransportError
from fql.runtime.load import load
from tests.runtime.delivery.virtual import FakeTransport

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fql.runtime.workspace import Workspace
    from fql.runtime.workspace_parts import Setting

KEYS = {"apiKey": {"$env": "KEY"}, "secretKey": {"$env": "SECRET"}}
OAUTH = {
    "base_url": "https://api.test",
    "test_url": "/me",
    "authentication": "oauth2",
    "oauth_url": "https://login.test/token",
    "client_id": "us",
    "client_secret": {"$env": "SECRET"},
}
ENVIRONMENT = {"KEY": "planted-key", "SECRET": "planted-secret"}


def workspace(**kinds: tuple[str, Any]) -> Workspace:
    destinations = [
        {"name": name, "kind": kind, "settings": settings, "enabled": False}
        for name, (kind, settings) in kinds.items()
    ]
    return load({"destinations": destinations}, environment=ENVIRONMENT)


PROGRAM = {
    "product": ("amplitude", KEYS),
    "copy": ("stdout", {}),
    "api": ("http", OAUTH),
}


def decide(request: HttpRequest) -> HttpResponse | TransportError:
    if request.url == OAUTH["oauth_url"]:
        return HttpResponse(200, body=b'{"access_token": "planted-token"}')
    if request.headers.get("authorization") == "Bearer planted-token":
        return HttpResponse(403, body=b"planted-token may not")
    return HttpResponse(200)


def told(answers: list[Asked]) -> dict[str, tuple[bool, bool, str]]:
    return {
        each.destination: (each.is_done, each.is_supported, each.reason)
        for each in answers
    }


def test_settings_are_tried_where_there_is_a_way() -> None:
    transport, tokens = FakeTransport(decide), MemoryTokens()
    loaded = workspace(**PROGRAM)
    asking = try_authentication(loaded, transport=transport, tokens=tokens)
    answers = asyncio.run(asking)
    assert told(answers) == {
        "product": (True, True, ""),
        "copy": (False, False, "NOT_SUPPORTED"),
        "api": (False, True, "FORBIDDEN"),
    }
    assert "planted" not in str([each.to_dict() for each in answers])
    assert list(tokens.kept) == ["api"]
    assert [request.method for _, request in transport.sent] == ["GET", "POST", "GET"]


def test_a_user_is_deleted_with_the_same_key_each_time() -> None:
    transport = FakeTransport(decide)
    loaded = workspace(**PROGRAM)
    for user in ("u1", "u1", "u2"):
        answers = asyncio.run(delete_user(loaded, user, transport=transport))
        assert told(answers) == {
            "product": (True, True, ""),
            "copy": (False, False, "NOT_SUPPORTED"),
            "api": (False, False, "NOT_SUPPORTED"),
        }
    assert b'"u1"' in (transport.sent[0][1].body or b"")
    first, again, other = transport.keys
    assert first == again != other


class Broken(Definition):
    """A kind whose requests cannot be made."""

    name = title = "amplitude"

    def test_authentication(self, settings: Mapping[str, Setting]) -> HttpRequest:
        raise KeyError("planted-key")


def test_a_kind_that_raises_says_so() -> None:
    loaded = workspace(product=("amplitude", KEYS))
    registry = shipped_registry().with_(Broken())
    (answer,) = asyncio.run(try_authentication(loaded, registry=registry))
    assert (answer.is_supported, answer.reason) == (True, "INTERNAL")
    assert answer.detail == "KeyError: '********'"


def test_each_is_asked_once() -> None:
    transport = FakeTransport(lambda request: TransportError("gone", code="ENOTFOUND"))
    asking = delete_user(workspace(**PROGRAM), "u1", "product", transport=transport)
    (answer,) = asyncio.run(asking)
    assert (answer.is_done, answer.reason, answer.detail) == (
        False,
        "ENOTFOUND",
        "gone",
    )
    assert len(transport.sent) == 1


def test_requests_go_where_they_may() -> None:
    settings = {"base_url": "http://127.0.0.1:1", "test_url": "/"}
    (answer,) = asyncio.run(try_authentication(workspace(api=("http", settings))))
    assert answer.reason == "EREFUSED"


def test_a_destination_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="no destination 'gone'"):
        asyncio.run(delete_user(workspace(**PROGRAM), "u1", "gone"))
