"""Requests over real sockets: answers, and everything that keeps one from coming."""

from __future__ import annotations

import re
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fql.runtime.http_messages import HttpRequest, TransportError
from fql.runtime.transport import HttpTransport
from tests.runtime.api_server import TOKEN, ApiServer, Trouble, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
HEADERS = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def server() -> Iterator[ApiServer]:
    with serving() as running:
        yield running


def get(server: ApiServer) -> HttpRequest:
    url = f"{server.url}/destination/d/filters?pagination.count=1"
    return HttpRequest("GET", url, HEADERS)


def test_an_answer_has_status_headers_and_body(server: ApiServer) -> None:
    with HttpTransport() as transport:
        response = transport.send(get(server))
    assert response.status == 200
    assert response.headers["content-length"] == str(len(response.body))
    assert response.body.startswith(b'{"data"')


def test_any_status_is_an_answer(server: ApiServer) -> None:
    server.troubles = [
        Trouble("status", 500),
        Trouble("status", 302, {"Location": "/x"}),
    ]
    with HttpTransport() as transport:
        assert transport.send(get(server)).status == 500
        assert transport.send(get(server)).status == 302
    assert len(server.requests) == 2


@pytest.mark.parametrize("kind", ["drop", "drop after", "cut"])
def test_a_connection_that_breaks_is_an_error(server: ApiServer, kind: str) -> None:
    server.troubles = [Trouble(kind)]
    with HttpTransport() as transport, pytest.raises(TransportError) as caught:
        transport.send(get(server))
    assert not caught.value.is_unsent
    assert caught.value.reason


def test_an_answer_that_comes_too_late_is_an_error(server: ApiServer) -> None:
    server.troubles = [Trouble("slow", seconds=0.5)]
    with (
        HttpTransport(timeout=0.05) as transport,
        pytest.raises(TransportError) as error,
    ):
        transport.send(get(server))
    assert error.value.reason == "no whole answer in time"
    assert not error.value.is_unsent


def test_time_is_bounded_for_the_answer_as_a_whole(server: ApiServer) -> None:
    seconds = iter([0.0, 11.0])
    with (
        HttpTransport(clock=lambda: next(seconds)) as transport,
        pytest.raises(TransportError, match="no whole answer in time"),
    ):
        transport.send(get(server))


def test_large_answers_are_refused(server: ApiServer) -> None:
    with (
        HttpTransport(max_body=10) as transport,
        pytest.raises(TransportError, match="larger than 10 bytes"),
    ):
        transport.send(get(server))


def test_nobody_listening_is_known_to_be_unsent() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    with HttpTransport() as transport, pytest.raises(TransportError) as caught:
        transport.send(HttpRequest("GET", f"http://127.0.0.1:{port}/"))
    assert caught.value.is_unsent


@pytest.mark.parametrize("url", ["ftp://x.test/", "nothing", "http://[bad/", "http://"])
def test_what_is_no_address_is_an_error(url: str) -> None:
    with HttpTransport() as transport, pytest.raises(TransportError) as caught:
        transport.send(HttpRequest("GET", url))
    assert caught.value.is_unsent


def test_requests_do_not_show_their_secrets() -> None:
    request = HttpRequest("GET", "http://x.test/", HEADERS, b"secret")
    assert "secret" not in repr(request)


def test_one_module_knows_httpx() -> None:
    folders = [ROOT / name for name in ("fql", "compiler", "runtime", "grammar")]
    modules = {
        file.resolve().relative_to(ROOT).as_posix()
        for folder in folders
        for file in folder.rglob("*.py")
        if re.search(r"^\s*(import|from) httpx", file.read_text(encoding="utf-8"), re.M)
    }
    assert modules == {"runtime/transport.py"}
