"""A destination that fails again and again is left alone for a while.

So is one that asks for it (``Retry-After``): it asks for all requests, not for the one
that it was an answer to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, final

if TYPE_CHECKING:
    from collections.abc import Callable


@final
class Breaker:
    """Opens after failures in a row; then lets one request try, and others wait.

    Whoever sends asks `wait`, says `start`, and then one of `succeed`, `fail` and
    `abandon`.

    Args:
        failures: In a row, after which it opens.
        seconds: For which it stays open.
        clock: Returns seconds; only differences count.
    """

    def __init__(
        self, failures: int, seconds: float, clock: Callable[[], float]
    ) -> None:
        self._failures = failures
        self._seconds = seconds
        self._clock = clock
        self._in_a_row = 0
        self._opens_until: float | None = None
        self._is_trying = False

    @property
    def is_trying(self) -> bool:
        """Whether one request is trying whether the destination is back."""
        return self._is_trying

    def wait(self) -> float:
        """Return the seconds for which the destination is left alone; 0 for none."""
        if self._opens_until is None:
            return 0.0
        return max(0.0, self._opens_until - self._clock())

    def start(self) -> None:
        """Take note that a request goes out: after a pause, the one that tries."""
        self._is_trying = self._opens_until is not None

    def succeed(self) -> None:
        """Take note that the destination answered."""
        self._in_a_row = 0
        if not self.wait() or self._is_trying:
            self._opens_until = None
            self._is_trying = False

    def fail(self) -> None:
        """Take note that it did not, or that it could not serve a request."""
        self._in_a_row += 1
        if self._is_trying or self._in_a_row >= self._failures:
            self.pause(self._seconds)

    def abandon(self) -> None:
        """Take note that a request ended without telling anything."""
        self._is_trying = False

    def pause(self, seconds: float) -> None:
        """Leave the destination alone for *seconds*, or longer if it is already."""
        self._opens_until = self._clock() + max(seconds, self.wait())
        self._is_trying = False
