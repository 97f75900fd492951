"""Spans for OpenTelemetry: one for each attempt to deliver a payload.

They are made when an attempt has ended, with the times that it had, so that nothing of
this is on the way of a request. Without the package there are none.
"""

from __future__ import annotations

import time
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol, final

from fql.runtime.delivery.jobs import State

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fql.runtime.delivery.jobs import Claim, Result

_NANOSECONDS = 1_000_000_000


class Span(Protocol):
    """What is used of a span."""

    def set_status(self, status: Any, description: str | None = None) -> None:
        """Say how it ended."""
        ...

    def end(self, end_time: int | None = None) -> None:
        """End it, at a time in nanoseconds since 1970."""
        ...


class Tracer(Protocol):
    """What is used of a tracer."""

    def start_span(
        self,
        name: str,
        *,
        kind: Any,
        attributes: Mapping[str, str | int],
        start_time: int | None,
    ) -> Span:
        """Return a span that begins at a time in nanoseconds since 1970."""
        ...


@final
class Tracing:
    """Makes spans of results.

    Args:
        tracer: Makes them; by default the one that is set up for the process.
        clock: Returns seconds since 1970.

    Raises:
        ImportError: The package opentelemetry is not installed.
    """

    def __init__(
        self, tracer: Tracer | None = None, clock: Callable[[], float] = time.time
    ) -> None:
        self._trace: Any = import_module("opentelemetry.trace")
        made: Tracer = tracer or self._trace.get_tracer("fql")
        self._tracer = made
        self._clock = clock

    def settled(self, claim: Claim, result: Result) -> None:
        """Make the span of an attempt; what was none has no span."""
        if not result.is_attempt:
            return
        seconds = sum(each.milliseconds for each in result.exchanges) / 1_000
        end = self._clock()
        span = self._tracer.start_span(
            f"deliver {claim.job.destination}",
            kind=self._trace.SpanKind.CLIENT,
            attributes=_attributes(claim, result),
            start_time=int((end - seconds) * _NANOSECONDS),
        )
        if result.state is not State.DELIVERED:
            span.set_status(self._trace.StatusCode.ERROR, result.reason)
        span.end(int(end * _NANOSECONDS))


def tracing() -> Tracing | None:
    """Return what makes spans, or None where the package is not installed."""
    try:
        return Tracing()
    except ImportError:
        return None


def _attributes(claim: Claim, result: Result) -> dict[str, str | int]:
    """Return what a span tells of an attempt; nothing of it is secret."""
    job = claim.job
    told: dict[str, str | int | None] = {
        "fql.destination": job.destination,
        "fql.mapping": job.mapping,
        "fql.action": job.action,
        "fql.key": job.key,
        "fql.attempt": claim.attempt,
        "fql.state": result.state.value,
        "error.type": result.reason or None,
        "http.response.status_code": result.status,
    }
    if result.exchanges:
        last = result.exchanges[-1]
        told |= {"http.request.method": last.method, "url.full": last.url}
    return {key: value for key, value in told.items() if value is not None}
