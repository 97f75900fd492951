"""Which transport sends the requests of a destination."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from fql.runtime.address_guard import guard_for
from fql.runtime.async_transport import AsyncHttpTransport

if TYPE_CHECKING:
    from contextlib import AsyncExitStack

    from fql.runtime.http_messages import AsyncTransport
    from fql.runtime.workspace_parts import Destination


@final
class Transports:
    """What sends the requests of destinations: one for all with the same rules.

    Args:
        stack: Closes what is opened here.
        given: Is taken for every destination instead, unless it is None.
    """

    def __init__(self, stack: AsyncExitStack, given: AsyncTransport | None) -> None:
        self._stack = stack
        self._given = given
        self._opened: dict[tuple[str, ...], AsyncTransport] = {}

    def __call__(self, destination: Destination) -> AsyncTransport:
        """Return what sends the requests of *destination*."""
        if self._given is not None:
            return self._given
        allowed = destination.delivery.allow
        if allowed not in self._opened:
            made = AsyncHttpTransport(guard_for(allowed))
            self._stack.push_async_exit(made)
            self._opened[allowed] = made
        return self._opened[allowed]
