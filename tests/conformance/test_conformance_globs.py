"""Patterns match the texts that the original matches with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.compiler.compiling import compiled
from tests.compiler.reference_functions import match
from tests.compiler.strategies import literal_text
from tests.conformance.cases import SAMPLE, SHARED, lines

if TYPE_CHECKING:
    from pathlib import Path

FILES = pytest.mark.parametrize(
    "cases", [SAMPLE / "globs.jsonl", SHARED / "globs.jsonl"], ids=["sample", "all"]
)


@FILES
def test_literal_patterns_match_as_in_the_original(cases: Path) -> None:
    for case in lines(cases):
        condition = compiled(f"match(event, {literal_text(case['pattern'])})")
        assert condition({"event": case["string"]}) is case["match"], case


@FILES
def test_patterns_of_events_match_as_in_the_original(cases: Path) -> None:
    condition = compiled("match(event, properties.pattern)")
    for case in lines(cases):
        properties = {"pattern": case["pattern"]}
        event = {"event": case["string"], "properties": properties}
        assert condition(event) is case["match"], case


@FILES
def test_the_oracle_matches_as_the_original_does(cases: Path) -> None:
    for case in lines(cases):
        assert match(case["string"], case["pattern"]) is case["match"], case
