"""The actions of filters do to events what the original's do."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest

from fql.runtime.filters import FilterChain, Order
from fql.runtime.load import compile_filter
from tests.conformance.cases import SAMPLE, SHARED, lines

if TYPE_CHECKING:
    from pathlib import Path


def action_of(transformer: dict[str, Any]) -> dict[str, Any]:
    """Return what a filter's JSON says for one of the original's transformers."""
    config = transformer.get("config") or {}
    match transformer["type"]:
        case "sample_event":
            sample = config["sample"]
            given = {key: sample[key] for key in ("percent", "path") if key in sample}
            return {"type": "SAMPLE", **given}
        case "drop_properties":
            return {"type": "DROP_PROPERTIES", "fields": config["drop"]}
        case "allow_properties":
            return {"type": "ALLOW_PROPERTIES", "fields": config["allow"]}
        case kind:
            return {"type": kind}


def cases(file: Path) -> list[tuple[dict[str, Any], Any, Any]]:
    """Return filters, events and what is left of them."""
    found = lines(file)
    # The sample holds its events, the full cases name them by their line.
    events = [] if file.parent == SAMPLE else lines(SHARED / "events.jsonl")
    return [
        (
            {"if": "all", "actions": list(map(action_of, case["transformers"]))},
            events[case["event"]] if events else case["event"],
            case["output"],
        )
        for case in found
    ]


FILES = pytest.mark.parametrize(
    "file",
    [SAMPLE / "transforms.jsonl", SHARED / "transforms.jsonl"],
    ids=["sample", "all"],
)


@FILES
@pytest.mark.parametrize("order", list(Order))
def test_filters_leave_of_events_what_the_original_leaves(
    file: Path, order: Order
) -> None:
    for definition, event, expected in cases(file):
        before = deepcopy(event)
        chain = FilterChain([compile_filter(definition)], order=order)
        assert chain(event).event == expected, definition
        assert event == before
