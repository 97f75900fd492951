"""What a worker needs of the place where jobs are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from fql.runtime.delivery.jobs import Claim, Job, Result


class Store(Protocol):
    """Keeps jobs until they are delivered or dead.

    Several processes may share one. Its methods block for as long as the disk takes;
    whoever serves other things meanwhile calls them in a thread.
    """

    def add(self, jobs: Sequence[Job]) -> int:
        """Keep *jobs*, all or none; when this returns they survive a crash.

        A job whose key is there already is passed over.

        Returns:
            How many were new.

        Raises:
            StoreError: They could not be kept; none of them is.
        """
        ...

    def claim(
        self,
        limit: int,
        lease: float,
        *,
        among: Collection[str],
        ordered: Collection[str] = (),
    ) -> list[Claim]:
        """Take up to *limit* jobs that are due, oldest first.

        Args:
            limit: Jobs at the most.
            lease: Seconds after which others may take a job that is not settled.
            among: Destinations that take more; the jobs of others stay where they are.
            ordered: Destinations that get the events of one user in order: a job is
                left where it is while an older one of the same user waits there.

        Raises:
            StoreError: The store cannot be used.
        """
        ...

    def settle(self, results: Mapping[int, Result]) -> None:
        """Write down what became of claimed jobs, by their numbers.

        Raises:
            StoreError: The store cannot be used; the jobs stay claimed, and will be
                tried again when their leases end.
        """
        ...

    def next_due(self, among: Collection[str]) -> float | None:
        """Return when the next job of these destinations is due, or its lease ends.

        Returns:
            Seconds since 1970; None where all are delivered or dead.
        """
        ...


class StoreError(Exception):
    """The store cannot be used: locked, full, unreadable or gone.

    Attributes:
        message: What is wrong, in the user's words.
        help: What to do about it.
    """

    def __init__(self, message: str, help: str = "") -> None:
        self.message = message
        self.help = help
        super().__init__(message)
