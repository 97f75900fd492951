"""The prefix form: what it answers, and that every condition has the given one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from fql.compiler.trigger import compile_trigger
from fql.device import encode
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


@pytest.mark.parametrize(
    "cases",
    [SAMPLE / "filters.jsonl", SHARED / "filters.jsonl"],
    ids=["sample", "all"],
)
def test_what_is_exported_is_the_given_form(cases: Path) -> None:
    for case in lines(cases):
        assert json.dumps(encode(case["fql"])) == json.dumps(case["ir"]), case["fql"]
