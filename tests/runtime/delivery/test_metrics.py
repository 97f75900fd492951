"""Metrics for Prometheus."""

from __future__ import annotations

import urllib.request

import pytest

from fql.runtime.delivery.jobs import Claim, Exchange, Job, Result, State

pytest.importorskip("prometheus_client")

from fql.runtime.delivery.metrics import Metrics, served
from fql.runtime.delivery.overview import Counted, Step

CLAIM = Claim(1, Job("k", "crm", "All", "send", {}), 1, 0.0)


def counted(*names: str) -> Metrics:
    """Return metrics to which one event of each of *names* was accepted."""
    metrics = Metrics()
    counts = {Counted(1, Step.RECEIVED, event_name=each): 1 for each in names}
    counts |= {
        Counted(1, Step.ACCEPTED, "crm", "All", event_name=each): 1 for each in names
    }
    metrics.counted(counts)
    return metrics


def test_counts_have_no_names_of_events() -> None:
    lines = counted("A", "B").text().splitlines()
    labels = 'destination="crm",mapping="All",reason="",step="accepted"'
    assert "fql_events_total 2.0" in lines
    assert f"fql_steps_total{{{labels}}} 2.0" in lines


def test_the_requests_of_a_batch_are_observed_once() -> None:
    metrics = Metrics()
    wire = (Exchange("POST", "https://x.test", 200, milliseconds=30.0),)
    result = Result(State.DELIVERED, exchanges=wire)
    metrics.settled(CLAIM, result)
    metrics.settled(CLAIM, result)
    metrics.settled(CLAIM, Result(State.DELIVERED, exchanges=(*wire, *wire)))
    lines = metrics.text().splitlines()
    assert 'fql_request_seconds_count{destination="crm"} 3.0' in lines
    assert 'fql_request_seconds_bucket{destination="crm",le="0.025"} 0.0' in lines
    assert 'fql_request_seconds_bucket{destination="crm",le="0.05"} 3.0' in lines


def test_metrics_are_served_as_long_as_the_block_lasts() -> None:
    with served(counted("A"), "127.0.0.1", 0) as port:
        url = f"http://127.0.0.1:{port}/metrics"
        with urllib.request.urlopen(url) as answer:
            assert b"fql_events_total 1.0" in answer.read()
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(url)


def test_an_address_in_use_is_refused() -> None:
    with (
        served(Metrics(), "127.0.0.1", 0) as port,
        pytest.raises(OSError, match="in use"),
        served(Metrics(), "127.0.0.1", port),
    ):
        pass  # pragma: no cover - never entered
