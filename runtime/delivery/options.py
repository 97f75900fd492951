"""How a destination is delivered to: as much as it bears, as long as it takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

MAX_ATTEMPTS = 10
"""Attempts for one payload, the first one included."""

MAX_HOURS = 4.0
"""Hours in which a payload is tried again."""


@final
@dataclass(frozen=True, slots=True)
class DeliveryOptions:
    """How one destination is delivered to.

    Attributes:
        concurrency: Requests under way at a time.
        rate: Requests a second at the most, in the mean; None for any number.
        timeout: Seconds for one request, from the first byte out to the last one in.
        ordered: Whether the events of one user arrive in the order of acceptance. The
            next one then waits until the one before is delivered or given up.
        batch_size: Payloads of one batch at the most; None for what the action says.
        batch_bytes: Bytes of one batch at the most; None for what the action says.
        batch_seconds: Seconds that a batch waits for more; None likewise.
        attempts: Attempts for one payload, the first one included.
        hours: Hours in which it is tried again, from acceptance on, or from when on
            there is somebody to deliver it.
        breaker_failures: Failures in a row after which a destination is left alone.
        breaker_seconds: For how long, before one request tries it again.
        allow: Networks, addresses and names that requests may go to although they are
            not public.
    """

    concurrency: int = 8
    rate: float | None = None
    timeout: float = 10.0
    ordered: bool = False
    batch_size: int | None = None
    batch_bytes: int | None = None
    batch_seconds: float | None = None
    attempts: int = MAX_ATTEMPTS
    hours: float = MAX_HOURS
    breaker_failures: int = 10
    breaker_seconds: float = 30.0
    allow: tuple[str, ...] = ()


USUAL_OPTIONS = DeliveryOptions()
"""What holds for destinations that say nothing of it."""
