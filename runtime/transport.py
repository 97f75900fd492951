"""HTTP requests out: the one module that knows httpx.

An `HttpTransport` sends one request and gives the answer, or a `TransportError`. It
tries once, follows no redirect, and bounds both the time and the size of an answer.
Whether to try again is the caller's to say.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Self, final

import httpx

from fql.runtime.http_messages import HttpRequest, HttpResponse, TransportError

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

TIMEOUT = 10.0
"""Seconds for one request, from the first byte out to the last byte in."""

MAX_BODY = 8 * 1024 * 1024
"""Bytes of an answer's body, decompressed."""


@final
class HttpTransport:
    """Sends requests over the network, with connections that are kept open.

    Use it in a ``with`` statement, which closes them.

    Args:
        timeout: Seconds for one request as a whole.
        max_body: Bytes of an answer's body.
        clock: Returns seconds; only differences count.
    """

    def __init__(
        self,
        *,
        timeout: float = TIMEOUT,
        max_body: int = MAX_BODY,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = httpx.Client(timeout=timeout, follow_redirects=False)
        self._timeout = timeout
        self._max_body = max_body
        self._clock = clock

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.close()

    def send(self, request: HttpRequest) -> HttpResponse:
        """Send *request* once and return the answer, whatever its status.

        Raises:
            TransportError: There was no whole answer in time, or it is too large.
        """
        try:
            return self._send(request)
        except _UNSENT as error:
            raise TransportError(_words(error), is_unsent=True) from error
        except httpx.HTTPError as error:
            raise TransportError(_words(error)) from error

    def _send(self, request: HttpRequest) -> HttpResponse:
        deadline = self._clock() + self._timeout
        with self._client.stream(
            request.method,
            request.url,
            headers=dict(request.headers),
            content=request.body,
        ) as response:
            body = bytearray()
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > self._max_body:
                    raise TransportError(
                        f"the answer is larger than {self._max_body} bytes"
                    )
                if self._clock() > deadline:
                    raise TransportError(_LATE)
            return HttpResponse(
                response.status_code, dict(response.headers), bytes(body)
            )


_LATE = "no whole answer in time"

_UNSENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.InvalidURL,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
)
"""What stops a request before it leaves."""


def _words(error: Exception) -> str:
    """Return what happened in words of our own, as far as the error tells."""
    if isinstance(error, httpx.TimeoutException):
        return _LATE
    said = str(error) or type(error).__name__
    return said[:1].lower() + said[1:]
