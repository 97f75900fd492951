"""A destination that fails again and again is left alone for a while."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

if TYPE_CHECKING:
    from collections.abc import Callable


@final
class Breaker:
    """Opens after failures in a row; then lets one request try, and others wait.

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
        self._closed_again_at: float | None = None
        self._is_trying = False

    def wait(self) -> float:
        """Return the seconds until a request may go out; 0 for now.

        Where this is 0 after the breaker was open, that request is the one that
        tries: until `succeed` or `fail` is told of it, others wait.
        """
        if self._closed_again_at is None:
            return 0.0
        left = self._closed_again_at - self._clock()
        if left > 0:
            return left
        if self._is_trying:
            return self._seconds
        self._is_trying = True
        return 0.0

    @property
    def is_open(self) -> bool:
        """Whether the destination is left alone at the moment."""
        at = self._closed_again_at
        return at is not None and (at > self._clock() or self._is_trying)

    def succeed(self) -> None:
        """Take note that the destination answered."""
        self._in_a_row = 0
        self._closed_again_at = None
        self._is_trying = False

    def fail(self) -> None:
        """Take note that it did not, or that it could not serve a request."""
        self._in_a_row += 1
        if self._is_trying or self._in_a_row >= self._failures:
            self._closed_again_at = self._clock() + self._seconds
            self._is_trying = False
