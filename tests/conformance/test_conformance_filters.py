"""Conditions match the events that the original matches with them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, TypeAlias

import pytest

from fql.compiler.trigger import compile_trigger
from fql.grammar.parse import parse_expression
from fql.grammar.source import Source
from tests.compiler.reference import holds
from tests.conformance.cases import SAMPLE, SHARED, lines

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fql.compiler.values import Json

    Condition: TypeAlias = Callable[[dict[str, Json]], bool]

FILES = pytest.mark.parametrize(
    ("cases", "events"),
    [
        (SAMPLE / "filters.jsonl", SAMPLE / "trigger_events.jsonl"),
        (SHARED / "filters.jsonl", SHARED / "events.jsonl"),
    ],
    ids=["sample", "all"],
)


def cases_of(cases: Path) -> list[tuple[str, list[int]]]:
    """Return the texts and matches of the cases."""
    return [(case["fql"], case["matches"]) for case in lines(cases)]


def matched(condition: Condition, events: list[dict[str, Json]]) -> list[int]:
    return [at for at, event in enumerate(events) if condition(event)]


@FILES
def test_triggers_match_what_the_original_matches(cases: Path, events: Path) -> None:
    given = lines(events)
    for text, expected in cases_of(cases):
        assert matched(compile_trigger(text), given) == expected, text


@FILES
def test_the_oracle_matches_what_the_original_matches(
    cases: Path, events: Path
) -> None:
    given = lines(events)
    for text, expected in cases_of(cases):
        root = parse_expression(Source(text)).root
        assert matched(partial(holds, root), given) == expected, text


@FILES
def test_fields_that_a_trigger_does_not_name_do_not_decide(
    cases: Path, events: Path
) -> None:
    given = lines(events)
    for text, expected in cases_of(cases):
        trigger = compile_trigger(text)
        roots = {field.split(".")[0] for field in trigger.fields}
        kept = [{key: each[key] for key in each if key in roots} for each in given]
        assert matched(trigger, kept) == expected, text
