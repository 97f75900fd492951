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
        is_unsent: Whether it is certain that the other side never saw the request.
    """

    def __init__(self, reason: str, *, is_unsent: bool = False) -> None:
        self.reason = reason
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
        body: Its content, decompressed.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


class Transport(Protocol):
    """Whatever sends requests."""

    def send(self, request: HttpRequest) -> HttpResponse:
        """Send *request* once and return the answer, whatever its status.

        Raises:
            TransportError: There was no whole answer.
        """
        ...
