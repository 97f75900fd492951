"""Requests over the network, to a server on this machine."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path
from typing import TYPE_CHECKING

import httpcore
import pytest

from fql.runtime.address_guard import guard_for
from fql.runtime.async_transport import AsyncHttpTransport
from fql.runtime.http_messages import HttpRequest, HttpResponse, TransportError
from fql.runtime.idle_connections import IdleConnections
from tests.runtime.delivery.partner import Partner, Reply, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

CERTIFICATE = Path(__file__).parent / "delivery" / "self_signed.pem"


@pytest.fixture
def partner() -> Iterator[Partner]:
    with serving() as running:
        yield running


def send(
    *requests: HttpRequest,
    timeout: float = 5.0,
    context: ssl.SSLContext | None = None,
    max_body: int = 100,
) -> list[HttpResponse]:
    """Send requests one after the other through one transport."""

    async def whole() -> list[HttpResponse]:
        guard = guard_for(["127.0.0.0/8", "::1"])
        async with AsyncHttpTransport(
            guard, context=context, max_body=max_body
        ) as transport:
            return [await transport.send(each, timeout=timeout) for each in requests]

    return asyncio.run(whole())


def failure(request: HttpRequest, **about: float) -> tuple[str, bool]:
    with pytest.raises(TransportError) as caught:
        send(request, **about)  # type: ignore[arg-type]
    return caught.value.code, caught.value.is_unsent


def test_a_request_arrives_as_it_is(partner: Partner) -> None:
    partner.usual = Reply(201, b"done", {"X-Answer": "42"})
    headers = {"X-One": "caf\xe9", "Content-Type": "text/plain"}
    url = f"{partner.url}/a%20b?c=d"
    (response,) = send(HttpRequest("PUT", url, headers, b"body"))
    assert (response.status, response.body, response.is_cut) == (201, b"done", False)
    assert response.headers["x-answer"] == "42"
    (request,) = partner.received
    assert (request.method, request.path, request.body) == (
        "PUT",
        "/a%20b?c=d",
        b"body",
    )
    assert request.headers["x-one"] == "caf\xe9"
    assert request.headers["host"] == f"127.0.0.1:{partner.port}"
    assert request.headers["user-agent"].startswith("fql/")
    assert request.headers["accept-encoding"] == "identity"
    assert "idempotency-key" not in request.headers


def test_other_characters_are_written_as_addresses_write_them(partner: Partner) -> None:
    send(HttpRequest("GET", f"{partner.url}/café %41/ü?q=ö b&r=%C3%A4#there"))
    assert partner.received[0].path == "/caf%C3%A9%20%41/%C3%BC?q=%C3%B6%20b&r=%C3%A4"


def test_addresses_of_ipv6_keep_their_brackets() -> None:
    request = HttpRequest("GET", "http://[::1]:1/café")
    assert failure(request) == ("ECONNREFUSED", True)


def test_a_connection_serves_one_request_after_the_other(partner: Partner) -> None:
    get = HttpRequest("GET", partner.url)
    assert [each.status for each in send(get, get, get)] == [200] * 3
    assert partner.most_at_once == 1


def test_a_long_answer_is_cut(partner: Partner) -> None:
    partner.replies.append(Reply(200, b"x" * 101))
    cut, whole = send(*[HttpRequest("GET", partner.url)] * 2)
    assert (cut.is_cut, len(cut.body)) == (True, 100)
    assert not whole.is_cut


@pytest.mark.parametrize(
    ("url", "method"),
    [
        ("ftp://127.0.0.1/", "GET"),
        ("http:///x", "GET"),
        ("nonsense", "GET"),
        ("http://[::1/", "GET"),
        ("http://127.0.0.1:99999/", "GET"),
        ("http://127.0.0.1/", "FETCH"),
        ("http://" + "ü" * 80 + ".test/", "GET"),
        ("http://127.0.0.1/\ud800", "GET"),
    ],
)
def test_what_is_no_request_is_not_sent(url: str, method: str) -> None:
    assert failure(HttpRequest(method, url)) == ("BAD_REQUEST", True)


@pytest.mark.parametrize(
    "headers",
    [
        *({"a b": "c"}, {"a": "b\r\nc: d"}, {"a": "b\nc"}, {"a": "\u20ac"}, {"": "b"}),
        {"Transfer-Encoding": "chunked"},
    ],
)
def test_no_header_can_begin_another(partner: Partner, headers: dict[str, str]) -> None:
    request = HttpRequest("GET", partner.url, headers)
    assert failure(request) == ("BAD_REQUEST", True)
    assert partner.received == []


def test_what_the_protocol_forbids_is_not_tried_again(partner: Partner) -> None:
    request = HttpRequest("GET", partner.url, {"content-length": "nonsense"})
    assert failure(request) == ("BAD_REQUEST", True)


@pytest.mark.parametrize(
    ("manner", "code"),
    [
        ("hang", "ETIMEDOUT"),
        ("drip", "ETIMEDOUT"),
        ("reset", "ECONNRESET"),
        ("reset in the answer", "ECONNRESET"),
    ],
)
def test_answers_that_do_not_come(partner: Partner, manner: str, code: str) -> None:
    partner.usual = Reply(manner=manner)  # type: ignore[arg-type]
    assert failure(HttpRequest("GET", partner.url), timeout=0.3) == (code, False)


def test_nobody_listens() -> None:
    with serving() as gone:
        url = gone.url
    assert failure(HttpRequest("GET", url)) == ("ECONNREFUSED", True)


def test_nobody_answers_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    async def late(*about: object) -> None:
        raise httpcore.ConnectTimeout

    monkeypatch.setattr(httpcore.AnyIOBackend, "connect_tcp", late)
    request = HttpRequest("GET", "http://127.0.0.1/")
    assert failure(request) == ("ETIMEDOUT", True)


def test_no_such_name() -> None:
    request = HttpRequest("GET", "http://" + "a" * 70 + ".invalid/")
    assert failure(request)[0] in {"ENOTFOUND", "BAD_REQUEST"}


def test_a_server_nobody_vouches_for_is_refused() -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    trusting = ssl.create_default_context(cafile=str(CERTIFICATE))

    async def whole(trust: ssl.SSLContext | None, host: str) -> HttpResponse:
        partner = Partner()
        server = await asyncio.start_server(partner.serve, host, 0, ssl=context)
        port = server.sockets[0].getsockname()[1]
        request = HttpRequest("GET", f"https://{host}:{port}/")
        guard = guard_for(["127.0.0.0/8", "::1"])
        try:
            async with AsyncHttpTransport(guard, context=trust) as transport:
                return await transport.send(request, timeout=5.0)
        finally:
            server.close()

    with pytest.raises(TransportError, match=r"(?i)certificate"):
        asyncio.run(whole(None, "127.0.0.1"))
    with pytest.raises(TransportError, match=r"(?i)certificate"):
        asyncio.run(whole(trusting, "127.0.0.2"))
    assert asyncio.run(whole(trusting, "127.0.0.1")).status == 200


def test_a_transport_that_was_closed_keeps_no_connection(partner: Partner) -> None:
    async def whole() -> int:
        transport = AsyncHttpTransport(guard_for(["127.0.0.1"]))
        partner.usual = Reply(seconds=0.1)
        sending = asyncio.create_task(
            transport.send(HttpRequest("GET", partner.url), timeout=5.0)
        )
        await asyncio.sleep(0.05)
        await transport.close()
        return (await sending).status

    assert asyncio.run(whole()) == 200


# --- idle connections -----------------------------------------------------------------


class Connection:
    is_closed = False

    async def aclose(self) -> None:
        self.is_closed = True


def test_idle_connections_are_bounded_and_grow_old() -> None:
    times = [0.0]

    async def whole() -> None:
        idle = IdleConnections[Connection](lambda: times[0], limit=3, seconds=10)
        made = [Connection() for _ in range(6)]
        for number in range(4):
            await idle.put(number % 2, made[number])
        assert [each.is_closed for each in made[:4]] == [True, False, False, False]
        assert idle.take(1) is made[3]
        assert idle.take(0) is made[2]
        assert idle.take(0) is None
        times[0] = 10
        await idle.put(5, made[4])
        assert made[1].is_closed
        assert len(idle) == 1
        await idle.close()
        assert made[4].is_closed
        assert idle.take(5) is None
        none = IdleConnections[Connection](lambda: times[0], limit=0)
        await none.put(1, made[5])
        assert made[5].is_closed

    asyncio.run(whole())
