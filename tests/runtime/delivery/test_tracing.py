"""Spans for OpenTelemetry."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from fql.runtime.delivery.jobs import Claim, Exchange, Job, Result, State
from fql.runtime.delivery.tracing import Tracing, tracing

if TYPE_CHECKING:
    from collections.abc import Mapping

CLAIM = Claim(1, Job("k", "crm", "All", "send", {}), 3, 0.0)
WIRE = (
    Exchange("POST", "https://x.test/1", 200, milliseconds=200.0),
    Exchange("PUT", "https://x.test/2", 503, milliseconds=50.0),
)


@dataclass
class Spans:
    """A tracer that remembers its spans; each is itself."""

    begun: list[tuple[str, dict[str, str | int], int | None]] = field(
        default_factory=list
    )
    statuses: list[str | None] = field(default_factory=list)
    ends: list[int | None] = field(default_factory=list)

    def start_span(
        self,
        name: str,
        *,
        kind: Any,
        attributes: Mapping[str, str | int],
        start_time: int | None,
    ) -> Spans:
        assert kind.name == "CLIENT"
        self.begun.append((name, dict(attributes), start_time))
        return self

    def set_status(self, status: Any, description: str | None = None) -> None:
        assert status.name == "ERROR"
        self.statuses.append(description)

    def end(self, end_time: int | None = None) -> None:
        self.ends.append(end_time)


@pytest.fixture
def spans() -> Spans:
    pytest.importorskip("opentelemetry.trace")
    return Spans()


def test_an_attempt_is_a_span_with_its_times(spans: Spans) -> None:
    failed = Result(State.DEAD, "503", "no", 503, exchanges=WIRE)
    Tracing(spans, lambda: 10.0).settled(CLAIM, failed)
    assert spans.begun == [
        (
            "deliver crm",
            {
                "fql.destination": "crm",
                "fql.mapping": "All",
                "fql.action": "send",
                "fql.key": "k",
                "fql.attempt": 3,
                "fql.state": "dead",
                "error.type": "503",
                "http.response.status_code": 503,
                "http.request.method": "PUT",
                "url.full": "https://x.test/2",
            },
            9_750_000_000,
        )
    ]
    assert (spans.statuses, spans.ends) == (["503"], [10_000_000_000])


def test_a_delivered_payload_is_no_error(spans: Spans) -> None:
    Tracing(spans).settled(CLAIM, Result(State.DELIVERED))
    assert (spans.statuses, len(spans.ends)) == ([], 1)
    assert "http.request.method" not in spans.begun[0][1]


def test_what_was_no_attempt_is_no_span(spans: Spans) -> None:
    Tracing(spans).settled(CLAIM, Result(State.PENDING, is_attempt=False))
    assert spans.begun == []


def test_where_nothing_is_set_up_spans_go_nowhere() -> None:
    pytest.importorskip("opentelemetry.trace")
    made = tracing()
    assert made is not None
    made.settled(CLAIM, Result(State.DEAD, "500", exchanges=WIRE))


def test_without_the_package_there_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.trace", None)
    assert tracing() is None
