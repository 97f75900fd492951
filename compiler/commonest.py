"""The commonest of many texts, in bounded memory."""

from __future__ import annotations

from collections import Counter

_CAPACITY = 1_000
"""Different texts that are counted at a time."""


class Commonest:
    """Counts texts; where there are too many different ones, rare ones are forgotten.

    >>> counted = Commonest()
    >>> for each in ("a", "b", "a"):
    ...     counted.add(each)
    >>> counted.top(1), counted.others(1)
    ([('a', 2)], 1)
    """

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self.total = 0
        """How many texts there were."""
        self.is_exact = True
        """Whether none was forgotten; else counts may be too low."""

    def add(self, text: str) -> None:
        """Count one more."""
        self.total += 1
        self._counts[text] += 1
        if len(self._counts) > _CAPACITY:
            self._counts = Counter(dict(self._counts.most_common(_CAPACITY // 2)))
            self.is_exact = False

    def top(self, number: int) -> list[tuple[str, int]]:
        """Return the commonest with their counts, the first that came first."""
        return self._counts.most_common(number)

    def others(self, number: int) -> int:
        """Return how many texts are not among the *number* commonest."""
        return self.total - sum(count for _, count in self.top(number))
