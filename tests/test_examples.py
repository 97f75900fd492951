"""The example program and its events show what they are meant to show."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from fql.grammar import nodes
from fql.grammar.format import format_program
from fql.grammar.parse import parse_program
from fql.grammar.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = ROOT / "examples" / "shop.fql"
EVENTS = ROOT / "examples" / "events.ndjson"

MAPPING_FUNCTIONS = {
    "contains",
    "drop_null",
    "exists",
    "filled",
    "flatten",
    "from_json",
    "literal",
    "lower",
    "merge",
    "merge_left",
    "number",
    "replace",
    "to_json",
    "transform",
    "upper",
}
"""What mappings can call; ``liquid`` needs an extra and has its own examples."""


@pytest.fixture(scope="module")
def program() -> nodes.Program:
    source = Source(PROGRAM.read_text(encoding="utf-8"), PROGRAM.name)
    parsed = parse_program(source)
    assert [str(each) for each in parsed.diagnostics] == []
    return parsed.root


@pytest.fixture(scope="module")
def events() -> list[dict[str, Any]]:
    lines = EVENTS.read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_the_program_is_in_the_canonical_form() -> None:
    text = PROGRAM.read_text(encoding="utf-8")
    assert format_program(parse_program(Source(text))) == text


def within(value: object) -> Iterator[nodes.Node]:
    """Yield every node in *value*, which is a node or a tuple of some."""
    if isinstance(value, tuple):
        for each in value:
            yield from within(each)
    elif isinstance(value, nodes.Node):
        yield value
        for field in fields(value):
            yield from within(getattr(value, field.name))


def destinations(program: nodes.Program) -> list[nodes.DestinationDeclaration]:
    """Return the destinations that *program* declares."""
    return [
        each
        for each in program.declarations
        if isinstance(each, nodes.DestinationDeclaration)
    ]


def mappings(program: nodes.Program) -> list[nodes.MappingDeclaration]:
    """Return the enabled mappings that *program* declares."""
    return [
        mapping
        for destination in destinations(program)
        for mapping in destination.mappings
        if mapping.is_enabled
    ]


def test_one_source_feeds_two_destinations(program: nodes.Program) -> None:
    kinds = [destination.kind.text for destination in destinations(program)]
    assert kinds == ["webhook", "amplitude"]
    assert len(program.declarations) == 3


def test_filters_of_every_kind_of_action_occur(program: nodes.Program) -> None:
    used = {
        type(action)
        for destination in destinations(program)
        for declared in destination.filters
        for action in declared.actions
    }
    assert used == {
        nodes.AllowProperties,
        nodes.Drop,
        nodes.DropProperties,
        nodes.Sample,
    }


def test_a_filter_decides_by_the_time_of_receipt(program: nodes.Program) -> None:
    conditions = [
        each.condition
        for destination in destinations(program)
        for each in destination.filters
    ]
    received = nodes.Path(("received_at",), span=conditions[0].span)
    assert any(received in within(condition) for condition in conditions)


def test_six_mappings_use_every_construct(program: nodes.Program) -> None:
    found = list(within(tuple(each.body for each in mappings(program))))
    calls = {each.name for each in found if isinstance(each, nodes.Call)}
    assert len(mappings(program)) == 6
    assert calls == MAPPING_FUNCTIONS
    assert set(nodes.MAPPING_ONLY) <= {type(each) for each in found}


def test_both_quotes_and_options_occur(program: nodes.Program) -> None:
    found = list(within(tuple(each.body for each in mappings(program))))
    quotes = {each.quote for each in found if isinstance(each, nodes.String)}
    options = {each.name for each in found if isinstance(each, nodes.Option)}
    assert quotes == {'"', "'"}
    assert options == {"first_only", "ignorecase", "omit_arrays", "separator"}


def test_the_events_are_those_that_the_script_makes() -> None:
    script = ROOT / "benchmarks" / "make_events.py"
    made = subprocess.run(
        [sys.executable, script, "--count=200", "--seed=36", "--short"],
        capture_output=True,
        check=True,
    )
    assert EVENTS.read_bytes() == made.stdout


def test_events_of_every_type_occur(events: list[dict[str, Any]]) -> None:
    assert {event["type"] for event in events} == {
        "alias",
        "group",
        "identify",
        "page",
        "screen",
        "track",
    }


def test_everybody_is_invented(events: list[dict[str, Any]]) -> None:
    people = [event["context"].get("traits", {}) for event in events]
    domains = {each["email"].partition("@")[2] for each in people if each}
    assert domains == {"mail.example.com", "shop.example.com"}
