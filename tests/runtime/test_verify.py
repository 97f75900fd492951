"""Replays: each event that goes nowhere, or to both, is told."""

from __future__ import annotations

from typing import Any

import pytest

from fql.runtime.filters import FilterChain
from fql.runtime.load import compile_filter
from fql.runtime.verify import Fate, Finding, Verification


def chain(condition: str) -> FilterChain:
    return FilterChain(
        [compile_filter({"if": condition, "actions": [{"type": "DROP"}]})]
    )


@pytest.mark.parametrize(
    ("event", "fate"),
    [
        ({"a": 1, "b": 2}, Fate.LOST),
        ({"a": 1}, Fate.ACTIONS),
        ({"b": 2}, Fate.CLASSIC),
        ({}, Fate.DOUBLED),
    ],
)
def test_events_have_four_fates(event: dict[str, Any], fate: Fate) -> None:
    verification = Verification(chain("a = 1"), chain("b = 2"))
    assert verification.fate_of(event) is fate
    found = verification.add(event | {"messageId": "m1"}, 7)
    assert verification.counts[fate] == 1
    assert verification.is_right is fate.is_right
    assert found == (None if fate.is_right else Finding(fate, "m1", 7))


def test_findings_name_the_event_as_far_as_it_has_a_name() -> None:
    verification = Verification(chain("a = 1"), chain("b = 2"))
    found = verification.add({"messageId": 5}, 3)
    assert found is not None
    assert found.to_dict() == {"line": 3, "messageId": None, "fate": "doubled"}


def test_exact_opposites_are_right_for_every_event() -> None:
    verification = Verification(chain("a = 1"), chain("!(a = 1)"))
    given: list[dict[str, Any]] = [{}, {"a": 1}, {"a": "1"}, {"a": None}]
    for event in given:
        assert verification.add(event, 1) is None
    assert verification.is_right
    assert sum(verification.counts.values()) == 4
