"""So many requests a second, and no more: a bucket of tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

if TYPE_CHECKING:
    from collections.abc import Callable


@final
class Pace:
    """Says when the next request may go out.

    A bucket holds the requests of one second; what is not used is not saved up longer.
    An attempt takes the place of one request; what it sent beyond that is taken when it
    is over, and the next one waits until that is made up for.

    Args:
        rate: Requests a second; None for any number.
        clock: Returns seconds; only differences count.
    """

    def __init__(self, rate: float | None, clock: Callable[[], float]) -> None:
        self._rate = rate
        self._clock = clock
        self._size = max(1.0, rate or 1.0)
        self._left = self._size
        self._filled_at = clock()

    def wait(self) -> float:
        """Return the seconds until a request may go out; 0 for now."""
        if self._rate is None:
            return 0.0
        self._fill(self._rate)
        return max(0.0, (1.0 - self._left) / self._rate)

    def take(self, count: int = 1) -> None:
        """Take the places of requests, or give one back with -1."""
        if self._rate is not None:
            self._fill(self._rate)
            self._left = min(self._size, self._left - count)

    def _fill(self, rate: float) -> None:
        now = self._clock()
        gained = max(0.0, now - self._filled_at) * rate
        self._left = min(self._size, self._left + gained)
        self._filled_at = now
