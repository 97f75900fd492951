"""The prefix form: what it answers, and which conditions have it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from fql.compiler.trigger import compile_trigger
from fql.device import encode
from fql.grammar.diagnostics import Code, FqlError
from tests.compiler.device_evaluator import holds, in_units
from tests.conformance.cases import SAMPLE, SHARED, lines

if TYPE_CHECKING:
    from pathlib import Path

FILES = pytest.mark.parametrize(
    ("cases", "events"),
    [
        (SAMPLE / "filters.jsonl", SAMPLE / "trigger_events.jsonl"),
        (SHARED / "filters.jsonl", SHARED / "events.jsonl"),
    ],
    ids=["sample", "all"],
)

MAY_REFUSE = {
    Code.DEVICE_LENGTH,  # UTF-16 units are no bytes
    Code.DEVICE_CHARACTER,  # `?` and `[^...]` count emoji twice
    Code.DEVICE_PATH,  # `received_at` falls back on `receivedAt` here
    Code.DEVICE_ORDER,  # timestamps do not order with numbers here
}


def accepted(cases: Path) -> list[tuple[dict[str, Any], Any]]:
    """Return the cases that can be exported, with what `encode` makes of them."""
    found: list[tuple[dict[str, Any], Any]] = []
    refused: Counter[Code] = Counter()
    for case in lines(cases):
        try:
            found.append((case, encode(case["fql"])))
        except FqlError as error:
            refused.update(each.code for each in error.diagnostics)
    assert refused.keys() <= MAY_REFUSE
    return found


@FILES
def test_the_given_form_answers_as_the_condition_does(
    cases: Path, events: Path
) -> None:
    given = lines(events)
    there = in_units(given)
    for case in lines(cases):
        trigger, prefix = compile_trigger(case["fql"]), in_units(case["ir"])
        here = [at for at, event in enumerate(given) if trigger(event)]
        matched = [at for at, event in enumerate(there) if holds(prefix, event)]
        assert (here, matched) == (case["matches"], case["matches"]), case["fql"]


@FILES
def test_what_is_exported_is_the_given_form(cases: Path, events: Path) -> None:
    found = accepted(cases)
    assert len(found) >= 0.7 * len(lines(cases))
    for case, prefix in found:
        assert prefix == case["ir"]
