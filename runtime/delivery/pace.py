"""So many requests a second, and no more: a bucket of tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

if TYPE_CHECKING:
    from collections.abc import Callable


@final
class Pace:
    """Says when the next request may go out.

    A bucket holds the requests of one second; what is not used is not saved up longer.

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

    def take(self) -> float:
        """Take the place of one request; return the seconds until its time comes."""
        if self._rate is None:
            return 0.0
        now = self._clock()
        gained = (now - self._filled_at) * self._rate
        self._left = min(self._size, self._left + gained) - 1.0
        self._filled_at = now
        return max(0.0, -self._left / self._rate)
