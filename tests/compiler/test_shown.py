"""Values and texts in words: what reaches a terminal can be seen."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fql.compiler.shown import on_one_line, said, show
from fql.compiler.stops import Stops
from fql.compiler.trigger import compile_trigger
from fql.grammar.cells import visible

if TYPE_CHECKING:
    from fql.compiler.values import Json

HIDDEN = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]")


@given(st.text())
def test_what_is_shown_can_be_seen(text: str) -> None:
    for shown in (show(text), show({text: [text]}), said(text), on_one_line(text)):
        assert visible(shown) == shown


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a = 1  # why\n  and b = 2", "a = 1 and b = 2"),
        ('a = "#1"\n  or b = 2', 'a = "#1" or b = 2'),
        ("a = 1  # why", "a = 1  # why"),
        ('a = "\x1b[2J"', 'a = "<U+001B>[2J"'),
    ],
)
def test_a_text_of_several_lines_is_shown_on_one(text: str, line: str) -> None:
    assert on_one_line(text) == line


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"a\x1b": "\x9b2J"},
        {"a\x1b": "x\x1b[2J"},
        {"A\x1b": "x\x1b[2J"},
        {"a\x1b": 5},
    ],
)
def test_explanations_can_be_seen(event: dict[str, Json]) -> None:
    trigger = compile_trigger(
        'a\\\x1b = "x\x1b[2J" and !match(a\\\x1b, "\u202e*") and contains(b, "\x1b")'
    )
    stops = Stops(trigger)
    stops.add(event)
    for text in (str(trigger.explain(event)), str(stops)):
        assert not HIDDEN.search(text)
