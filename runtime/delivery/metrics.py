"""Metrics for Prometheus: the counts of the overview, and how long requests take.

Counts come by the block, from `Overview`; nothing is counted for a single condition.
Names of events are no labels: there may be any number of them.
"""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING, final

from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client import Counter as Metric
from prometheus_client.exposition import start_http_server

from fql.runtime.delivery.overview import Step

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from fql.runtime.delivery.jobs import Claim, Exchange, Result
    from fql.runtime.delivery.overview import Counted

BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Seconds, the upper ends of the buckets of requests."""


@final
class Metrics:
    """The metrics of one process, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._events = Metric(
            "fql_events", "Events that came in.", registry=self.registry
        )
        self._steps = Metric(
            "fql_steps",
            "What became of events and payloads.",
            ("step", "destination", "mapping", "reason"),
            registry=self.registry,
        )
        self._seconds = Histogram(
            "fql_request_seconds",
            "How long requests took.",
            ("destination",),
            buckets=BUCKETS,
            registry=self.registry,
        )
        self._last: tuple[Exchange, ...] = ()

    def counted(self, counts: Mapping[Counted, int]) -> None:
        """Add the counts of a block, see `Overview`."""
        sums: Counter[tuple[str, str, str, str]] = Counter()
        for key, count in counts.items():
            if key.step is Step.RECEIVED:
                self._events.inc(count)
            else:
                sums[key.step.value, key.destination, key.mapping, key.reason] += count
        for labels, count in sums.items():
            self._steps.labels(*labels).inc(count)

    def settled(self, claim: Claim, result: Result) -> None:
        """Observe the requests of a result; those of a batch are told only once."""
        if result.exchanges is self._last:
            return
        self._last = result.exchanges
        seconds = self._seconds.labels(claim.job.destination)
        for each in result.exchanges:
            seconds.observe(each.milliseconds / 1_000)

    def text(self) -> str:
        """Return all metrics in the text format of Prometheus."""
        return generate_latest(self.registry).decode()


@contextmanager
def served(metrics: Metrics, host: str, port: int) -> Generator[int]:
    """Serve *metrics* at ``http://HOST:PORT/metrics`` as long as the block lasts.

    Yields the port, which is another one where *port* is 0.

    Raises:
        OSError: The address is in use, or none of this machine's.
    """
    server, thread = start_http_server(port, host, metrics.registry)
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
