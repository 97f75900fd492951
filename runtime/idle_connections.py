"""Connections that wait for the next request to the same server.

Where addresses come from events there may be any number of servers, so that all of
these together are bounded: what has waited longest is closed first.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar, final

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

MAX_IDLE = 128
"""Connections that are kept open while nothing is sent."""

IDLE_SECONDS = 30.0
"""How long a connection is kept open while nothing is sent."""


class Closing(Protocol):
    """What can be closed."""

    async def aclose(self) -> None:
        """Close it."""
        ...


ConnectionT = TypeVar("ConnectionT", bound=Closing)


@final
class IdleConnections(Generic[ConnectionT]):
    """Open connections by server, the longest idle ones first.

    Args:
        clock: Returns seconds; only differences count.
        limit: How many there are at the most.
        seconds: How long one is kept.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        *,
        limit: int = MAX_IDLE,
        seconds: float = IDLE_SECONDS,
    ) -> None:
        self._clock = clock
        self._limit = limit
        self._seconds = seconds
        self._last = 0
        self._idle: OrderedDict[int, tuple[Hashable, float, ConnectionT]]
        self._idle = OrderedDict()
        self._of_server: dict[Hashable, list[int]] = {}

    def __len__(self) -> int:
        return len(self._idle)

    def take(self, server: Hashable) -> ConnectionT | None:
        """Return the connection to *server* that was used last, or None."""
        numbers = self._of_server.get(server)
        if not numbers:
            return None
        _, _, connection = self._remove(numbers[-1])
        return connection

    async def put(self, server: Hashable, connection: ConnectionT) -> None:
        """Keep a connection, and close those that are over the limit or too old."""
        self._last += 1
        self._idle[self._last] = (server, self._clock(), connection)
        self._of_server.setdefault(server, []).append(self._last)
        while (number := self._surplus()) is not None:
            await self._remove(number)[2].aclose()

    async def close(self) -> None:
        """Close all."""
        while self._idle:
            await self._remove(next(iter(self._idle)))[2].aclose()

    def _surplus(self) -> int | None:
        """Return the number of a connection that is not to be kept, or None."""
        for number, (_, since, _) in self._idle.items():
            is_old = self._clock() - since >= self._seconds
            return number if is_old or len(self._idle) > self._limit else None
        return None

    def _remove(self, number: int) -> tuple[Hashable, float, ConnectionT]:
        found = self._idle.pop(number)
        numbers = self._of_server[found[0]]
        numbers.remove(number)
        if not numbers:
            del self._of_server[found[0]]
        return found
