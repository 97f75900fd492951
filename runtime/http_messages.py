"""HTTP in our own few words: a request, an answer, and whatever sends one.

No client is loaded here: what only makes requests, or looks at them, needs none.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping


class TransportError(Exception):
    """A request that got no whole answer.

    Attributes:
        reason: What happened, in words.
        code: A name for it, as the delivery overview has them: ``ETIMEDOUT``.
        is_unsent: Whether it is certain that the other side never saw the request.
    """

    def __init__(
        self, reason: str, *, code: str = "ECONNRESET", is_unsent: bool = False
    ) -> None:
        self.reason = reason
        self.code = code
        self.is_unsent = is_unsent
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A request. Headers may hold secrets, and are not shown."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """An answer.

    Attributes:
        status: Its number.
        headers: By their names in lower case; of several with one name the last.
        body: Its content, or the beginning of it.
        is_cut: Whether the content was longer than what is kept of it.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    is_cut: bool = False


class Transport(Protocol):
    """Whatever sends requests."""

    def send(self, request: HttpRequest) -> HttpResponse:
        """Send *request* once and return the answer, whatever its status.

        Raises:
            TransportError: There was no whole answer.
        """
        ...


class AsyncTransport(Protocol):
    """Whatever sends requests and lets others go on meanwhile."""

    async def send(self, request: HttpRequest, *, timeout: float) -> HttpResponse:
        """Send *request* once and return the answer, whatever its status.

        Args:
            request: What to send.
            timeout: Seconds for all of it, from the first byte out to the last in.

        Raises:
            TransportError: There was no whole answer.
        """
        ...
