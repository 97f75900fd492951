"""Changes of conditions, and whether tests notice them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings

import fql
from fql.compiler.equivalence import is_equal
from fql.compiler.functions import FUNCTIONS
from fql.grammar.diagnostics import FqlError
from fql.runtime.mutants import mutants
from tests.compiler.strategies import conditions
from tests.runtime.suite_running import run

if TYPE_CHECKING:
    from pathlib import Path

CHANGES = [
    ("a", ["negated: !a"]),
    ("!a", ["negation dropped: a"]),
    ("all", ["negated: false"]),
    (
        "a >= 10",
        ["negated: !(a >= 10)", "boundary moved: a > 10", "constant changed: 11"],
    ),
    ("a < 1", ["negated: !(a < 1)", "boundary moved: a <= 1", "constant changed: 2"]),
    ('a = "x"', ['negated: !(a = "x")', 'constant changed: "x~"']),
    ("a = true", ["negated: !(a = true)", "constant changed: false"]),
    (
        "(a < 1) = true",
        [
            "negated: !((a < 1) = true)",
            "boundary moved: a <= 1",
            "constant changed: 2",
            "constant changed: false",
        ],
    ),
    ("a = null", ["negated: !(a = null)"]),
    (
        "a and b",
        [
            "`and` for `or`: a or b",
            "part dropped: ",
            "part dropped: ",
            "negated: !a",
            "negated: !b",
        ],
    ),
    (
        "a in [1, 2]",
        [
            "negated: !(a in [1, 2])",
            "element dropped: ",
            "element dropped: ",
            "constant changed: 2",
            "constant changed: 3",
        ],
    ),
    (
        'contains(a, "x")',
        ['negated: !contains(a, "x")', 'constant changed: "x~"'],
    ),
    (
        "any(items, item = 1)",
        [
            "negated: !any(items, item = 1)",
            "negated: !(item = 1)",
            "constant changed: 2",
        ],
    ),
    (
        'received_at < "2026-03-02T05:20:00Z"',
        [
            'negated: !(received_at < "2026-03-02T05:20:00Z")',
            'boundary moved: received_at <= "2026-03-02T05:20:00Z"',
            'constant changed: "2027-03-02T05:20:00Z"',
        ],
    ),
    (
        'received_at < "2024-02-29T00:00:00Z"',
        [
            'negated: !(received_at < "2024-02-29T00:00:00Z")',
            'boundary moved: received_at <= "2024-02-29T00:00:00Z"',
            'constant changed: "2024-02-01T00:00:00Z"',
        ],
    ),
]


def changes(text: str) -> list[str]:
    trigger = fql.compile(text)
    return [f"{each.kind}: {each.text}" for each in mutants(trigger, FUNCTIONS)]


@pytest.mark.parametrize(("text", "expected"), CHANGES)
def test_each_part_is_changed_once(text: str, expected: list[str]) -> None:
    assert changes(text) == expected


def test_parts_inside_others_are_changed_in_their_place() -> None:
    trigger = fql.compile("a and !(b or c)")
    found = {each.trigger.text for each in mutants(trigger, FUNCTIONS)}
    assert {
        "a and !(b and c)",
        "a and (b or c)",
        "a and !(b)",
        "a and !(!b or c)",
    } <= found


def test_a_change_that_changes_no_answer_is_left_out() -> None:
    texts = [
        each.trigger.text for each in mutants(fql.compile("a = 1 or a = 1"), FUNCTIONS)
    ]
    assert "a = 1 and a = 1" not in texts
    assert "a = 1" not in texts


def test_a_change_that_would_not_be_accepted_is_left_out() -> None:
    largest = "9" * 400
    assert changes(f"a = {largest}") == [f"negated: !(a = {largest})"]


def test_the_engine_s_dialect_is_not_changed() -> None:
    trigger = fql.compile('type = "track"', dialect="trigger")
    assert list(mutants(trigger, FUNCTIONS)) == []


@settings(max_examples=25, deadline=None)
@given(conditions())
def test_a_change_is_another_condition_that_compiles(text: str) -> None:
    try:
        trigger = fql.compile(text)
    except FqlError:
        return
    for mutant in mutants(trigger, FUNCTIONS):
        assert mutant.trigger.node != trigger.node
        assert fql.compile(mutant.trigger.text) == mutant.trigger
        assert is_equal(mutant.trigger.node, trigger.node) is not True


# --- in suites --------------------------------------------------------------------


def survivors(folder: Path, text: str) -> list[str]:
    report = run(folder, text, mutate=True)
    assert report.is_passed
    assert report.mutation is not None
    return [f"{e.kind}: {e.spot.text} -> {e.mutant}" for e in report.mutation.survivors]


def test_what_no_test_notices_survives(tmp_path: Path) -> None:
    text = """\
trigger: properties.total >= 10
tests: [{ event: { properties: { total: 50 } }, expect: true }]
"""
    assert survivors(tmp_path, text) == [
        "boundary moved: properties.total >= 10 -> properties.total > 10",
        "constant changed: 10 -> 11",
    ]
    exact = "- { event: { properties: { total: 10 } }, expect: true }\n"
    assert (
        survivors(tmp_path, f"trigger: properties.total >= 10\ntests:\n{exact}") == []
    )


def test_a_covered_condition_may_still_not_be_tested(tmp_path: Path) -> None:
    text = """\
program: shop.fql
tests:
- event: { type: track, event: Order Completed, userId: u1 }
  expect: { outcomes: [{ destination: crm }] }
- event: { type: track, event: Other, userId: staff }
  expect: { outcomes: [{ destination: crm }] }
"""
    report = run(tmp_path, text, mutate=True, coverage=True)
    assert report.mutation is not None
    assert (report.mutation.tried, report.mutation.score) == (4, 0.0)


def test_the_other_destinations_keep_their_outcomes(tmp_path: Path) -> None:
    text = """\
program: rich.fql
tests:
- event: { type: track, event: Order Completed, userId: u1, properties: { total: 10 } }
  rows:
  - { expect: [crm/Order, stats/Any] }
  - { set: { properties.total: 9 }, expect: [stats/Any] }
  - { set: { event: Other }, expect: [stats/Any] }
- { event: { type: identify, userId: u1 }, expect: [crm/User, stats/Any] }
- { event: { type: group, userId: u1, groupId: g1 }, expect: [crm/User, stats/Any] }
- event: { type: identify, userId: u1, traits: { email: a } }
  expect:
    outcomes: [{ destination: crm, left_part: { traits: {} }, snapshot: true }]
- { event: { type: identify, userId: staff }, expect: [stats/Any] }
- of: crm/no mail
  event: { traits: { email: a } }
  rows: [{ expect: { left: { traits: {} } } }]
"""
    run(tmp_path, text, update=True)
    assert survivors(tmp_path, text) == []


def test_nothing_is_changed_where_a_test_fails(tmp_path: Path) -> None:
    text = "trigger: a\ntests: [{ event: {}, expect: true }]"
    assert run(tmp_path, text, mutate=True).mutation is None


def test_a_mapping_without_a_trigger_has_nothing_to_change(tmp_path: Path) -> None:
    text = "mapping: '{}'\ntests: [{ event: {}, expect: { payload: {} } }]"
    report = run(tmp_path, text, mutate=True, coverage=True)
    assert report.mutation is not None
    assert (report.mutation.tried, report.mutation.score) == (0, 100.0)
