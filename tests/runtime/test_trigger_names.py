"""Tests of which types and names of events conditions are plainly about."""

from __future__ import annotations

import pytest

from fql.compiler.trigger import compile_trigger
from fql.runtime.trigger_names import are_apart


def apart(one: str, other: str) -> bool:
    return are_apart(compile_trigger(one).node, compile_trigger(other).node)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('event = "A"', 'event = "B"'),
        ('event = "A"', '"B" = event and x = 1 and type = "track"'),
        ('event in ["A", "B"]', 'event = "C" or event in ["D"]'),
        ('type = "track" and event = "A"', 'type in ["page", "screen"]'),
        ('(event = "A" and x = 1) or event = "B"', 'event = "C" and y = 2'),
        ('event = "A" and event = "B"', 'event = "A"'),
    ],
)
def test_conditions_that_name_different_events_are_apart(one: str, other: str) -> None:
    assert apart(one, other)
    assert apart(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("all", "all"),
        ('event = "A"', "all"),
        ('event = "A"', 'event = "A" and x = 1'),
        ('event = "A"', 'event = "B" or x = 1'),
        ('event = "A"', 'event in ["B", 3]'),
        ('event = "A"', '!(event = "A")'),
        ('type = "track"', 'event = "A"'),
        ('name = "A"', 'name = "B"'),
        ('properties.event = "A"', 'properties.event = "B"'),
    ],
)
def test_others_may_share_events(one: str, other: str) -> None:
    assert not apart(one, other)
    assert not apart(other, one)
