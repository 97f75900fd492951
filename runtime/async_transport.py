"""Requests for delivery: many at a time, to addresses that are allowed.

This is the network half of httpx, httpcore, used by itself: it takes a network of ours
(`guarded_network.py`) by its public interface, and does without what a client adds and
delivery must not have (redirects, cookies, proxies from the environment). One
connection serves one request at a time here and then waits for the next one to the same
server: a pool of many connections looks at all of them for every request, and slows
down with their number.
"""

from __future__ import annotations

import asyncio
import re
import ssl
import time
from dataclasses import replace
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Self, final
from urllib.parse import quote, urlsplit, urlunsplit

import httpcore

from fql.runtime.address_guard import RefusedAddressError
from fql.runtime.guarded_network import GuardedNetwork
from fql.runtime.http_messages import HttpRequest, HttpResponse, TransportError
from fql.runtime.idle_connections import IDLE_SECONDS, IdleConnections

if TYPE_CHECKING:
    from types import TracebackType

    from fql.runtime.address_guard import AddressGuard

MAX_BODY = 64 * 1024
"""Bytes that are kept of an answer's body; what comes after is never read."""

_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"})


@final
class AsyncHttpTransport:
    """Sends requests over the network, any number at a time.

    Use it in an ``async with`` statement, which closes its connections. It follows no
    redirect, and checks the certificates of those it talks to.

    Args:
        guard: Where requests may go.
        max_body: Bytes that are kept of an answer's body.
        context: What TLS trusts; the machine's certificates by default.
    """

    def __init__(
        self,
        guard: AddressGuard,
        *,
        max_body: int = MAX_BODY,
        context: ssl.SSLContext | None = None,
    ) -> None:
        self._network = GuardedNetwork(guard)
        self._max_body = max_body
        self._context = context or ssl.create_default_context()
        self._idle: IdleConnections[httpcore.AsyncConnectionPool]
        self._idle = IdleConnections(time.monotonic)
        self._is_closed = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections that wait for requests."""
        self._is_closed = True
        await self._idle.close()
        self._network.close()

    async def send(self, request: HttpRequest, *, timeout: float) -> HttpResponse:
        """Send *request* once and return the answer, whatever its status.

        Args:
            request: What to send.
            timeout: Seconds for all of it, from the first byte out to the last in.

        Raises:
            TransportError: There was no answer in time, or none at all.
        """
        origin = _origin(request)
        request = _sendable(request)
        pool = self._idle.take(origin) or self._new_pool()
        is_reusable = False
        try:
            async with asyncio.timeout(timeout):
                response = await self._exchange(pool, request, timeout)
            is_reusable = not response.is_cut
            return response
        except TimeoutError as error:
            raise TransportError(_LATE, code="ETIMEDOUT") from error
        except RefusedAddressError as error:
            raise TransportError(str(error), code="EREFUSED", is_unsent=True) from error
        except _FAILURES as error:
            raise _failure(error) from error
        finally:
            await self._put_back(origin, pool, is_reusable=is_reusable)

    def _new_pool(self) -> httpcore.AsyncConnectionPool:
        """Return a pool of a single connection, which is opened when it is needed."""
        return httpcore.AsyncConnectionPool(
            ssl_context=self._context,
            max_connections=1,
            keepalive_expiry=IDLE_SECONDS,
            network_backend=self._network,
        )

    async def _put_back(
        self, origin: _Origin, pool: httpcore.AsyncConnectionPool, *, is_reusable: bool
    ) -> None:
        if is_reusable and not self._is_closed:
            await self._idle.put(origin, pool)
        else:
            await asyncio.shield(pool.aclose())

    async def _exchange(
        self,
        pool: httpcore.AsyncConnectionPool,
        request: HttpRequest,
        timeout: float,
    ) -> HttpResponse:
        limits = dict.fromkeys(("connect", "read", "write", "pool"), timeout)
        async with pool.stream(
            request.method,
            request.url,
            headers=_headers(request),
            content=request.body,
            extensions={"timeout": limits},
        ) as response:
            body, is_cut = bytearray(), False
            async for chunk in response.aiter_stream():
                body += chunk
                if len(body) > self._max_body:
                    is_cut = True
                    break
            headers = {
                name.decode("latin-1").lower(): value.decode("latin-1")
                for name, value in response.headers
            }
            kept = bytes(body[: self._max_body])
            return HttpResponse(response.status, headers, kept, is_cut)


_Origin = tuple[str, str, int | None]

_LATE = "no whole answer in time"

_FAILURES = (
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.TimeoutException,
    httpcore.UnsupportedProtocol,
    OSError,
)


def _origin(request: HttpRequest) -> _Origin:
    """Return which server a request goes to.

    Raises:
        TransportError: Its address or its method is none.
    """
    try:
        parts = urlsplit(request.url)
        origin = (parts.scheme, parts.hostname or "", parts.port)
    except ValueError as error:
        raise _unusable(f"{request.url!r} is no URL") from error
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise _unusable(f"{request.url!r} is no address of a web server")
    if request.method not in _METHODS:
        raise _unusable(f"{request.method!r} is no method that is sent")
    return origin


def _sendable(request: HttpRequest) -> HttpRequest:
    """Return *request* as it can be written: its address in ASCII.

    How long its body is, is said by its length. A header that says otherwise would
    let two servers on the way read two different requests.

    Raises:
        TransportError: Its address or a header cannot be written.
    """
    for name, value in request.headers.items():
        is_framing = name.lower() == "transfer-encoding"
        if is_framing or not (_NAME.fullmatch(name) and _VALUE.fullmatch(value)):
            raise _unusable(f"the header {name!r} cannot be sent")
    if request.url.isascii() and request.url.isprintable() and " " not in request.url:
        return request
    parts = urlsplit(request.url)
    try:
        host = (parts.hostname or "").encode("idna").decode()
        path, query = quote(parts.path, safe=_KEPT), quote(parts.query, safe=_KEPT)
    except UnicodeError as error:
        raise _unusable(f"{request.url!r} is no address of a web server") from error
    host = f"[{host}]" if ":" in host else host
    netloc = host if parts.port is None else f"{host}:{parts.port}"
    return replace(request, url=urlunsplit((parts.scheme, netloc, path, query, "")))


_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
_KEPT = "/%:@!$&'()*+,;=?-._~"
"""What stays as it is in paths and queries that hold other characters, too."""


@cache
def _user_agent() -> str:
    return f"fql/{version('fql')}"


def _unusable(reason: str) -> TransportError:
    return TransportError(reason, code="BAD_REQUEST", is_unsent=True)


def _headers(request: HttpRequest) -> list[tuple[bytes, bytes]]:
    """Return the headers as they go out; no body is asked for in a packed form."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    headers.setdefault("host", urlsplit(request.url).netloc.rpartition("@")[2])
    headers.setdefault("accept", "*/*")
    headers.setdefault("user-agent", _user_agent())
    headers.setdefault("accept-encoding", "identity")
    if request.body is not None:
        headers["content-length"] = str(len(request.body))
    return [
        (name.encode("latin-1"), value.encode("latin-1"))
        for name, value in headers.items()
    ]


def _failure(error: Exception) -> TransportError:
    """Return an error of ours for one of the network."""
    if isinstance(error, httpcore.TimeoutException):
        is_unsent = isinstance(error, httpcore.ConnectTimeout)
        return TransportError(_LATE, code="ETIMEDOUT", is_unsent=is_unsent)
    reason = str(error) or type(error).__name__
    reason = reason[:1].lower() + reason[1:]
    if isinstance(error, httpcore.LocalProtocolError):
        return _unusable(reason)
    if isinstance(error, httpcore.ConnectError):
        code = "ENOTFOUND" if "looked up" in reason else "ECONNREFUSED"
        return TransportError(reason, code=code, is_unsent=True)
    return TransportError(reason)
