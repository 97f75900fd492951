"""Coverage: each test of each condition, seen true and seen false."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.runtime.suite_running import run

if TYPE_CHECKING:
    from pathlib import Path

    from fql.runtime.suite_report import Coverage


def coverage(folder: Path, text: str) -> Coverage:
    report = run(folder, text, coverage=True)
    assert report.diagnostics == ()
    assert report.coverage is not None
    return report.coverage


def told(found: Coverage) -> list[str]:
    return [f"{each.spot.text}: {each.told}" for each in found.gaps]


def test_what_was_not_seen_is_named(tmp_path: Path) -> None:
    text = """\
trigger: |
  a = 1 and
    !(b = 2 or (c = 3))
tests: [{ event: { a: 1, b: 2 }, expect: false }]
"""
    found = coverage(tmp_path, text)
    assert told(found) == [
        "a = 1: never false",
        "b = 2: never false",
        "c = 3: never reached",
    ]
    assert (found.sides, found.percent) == (6, 100 * 2 / 6)
    gap = found.gaps[2]
    assert (gap.spot.line, gap.spot.column, gap.spot.unit) == (2, 15, "trigger")
    assert gap.spot.file == f"{tmp_path / 'a.yaml'} (trigger)"


def test_what_both_answers_were_seen_of_is_covered(tmp_path: Path) -> None:
    text = """\
trigger: a = 1 or b = 2
tests:
- { event: { a: 1 }, expect: true }
- { event: { b: 2 }, expect: true }
- { event: {}, expect: false }
"""
    found = coverage(tmp_path, text)
    assert (found.gaps, found.percent) == ((), 100.0)


def test_what_has_one_answer_does_not_count(tmp_path: Path) -> None:
    text = """\
trigger: a = 1 and 'x' = 'x'
tests: [{ event: { a: 1 }, expect: true }, { event: {}, expect: false }]
"""
    assert coverage(tmp_path, text).sides == 2
    whole = "filter: { if: all, actions: [{ type: DROP }] }\n"
    found = coverage(tmp_path, f"{whole}tests: [{{ event: {{}}, expect: true }}]")
    assert (found.sides, found.percent) == (0, 100.0)


def test_of_a_program_all_that_is_enabled_counts(tmp_path: Path) -> None:
    text = """\
program: rich.fql
tests: [{ event: { type: page, userId: staff }, expect: [stats/Any] }]
"""
    found = coverage(tmp_path, text)
    assert told(found) == [
        'userId = "staff": never false',
        "exists(traits.email): never true",
        'event = "Order Completed": never reached',
        "properties.total >= 10: never reached",
        'type = "identify": never reached',
        'type = "group": never reached',
    ]
    assert {each.spot.file for each in found.gaps} == {str(tmp_path / "rich.fql")}


def test_a_part_alone_counts_for_its_program(tmp_path: Path) -> None:
    text = """\
program: shop.fql
tests:
- of: crm/staff
  event: { userId: staff }
  rows: [{ expect: true }, { unset: [userId], expect: false }]
- { of: crm/Order, event: { event: Order Completed }, expect: true }
- { event: { type: page, userId: u1 }, expect: [] }
"""
    assert coverage(tmp_path, text).gaps == ()


def test_events_that_reach_no_condition_cover_none(tmp_path: Path) -> None:
    text = """\
program: shop.fql
tests:
- { event: { type: page }, expect: { refused: no_user_anon_id } }
- event: { type: page, userId: u1, integrations: { crm: false } }
  expect: { outcomes: [{ destination: crm, stage: route }] }
"""
    assert [each.told for each in coverage(tmp_path, text).gaps] == [
        "never reached"
    ] * 2


def test_filters_in_the_order_of_the_list_see_what_is_left(tmp_path: Path) -> None:
    program = """\
workspace { filter_order: listed }
destination crm: stdout {
  filter "plan" when exists(plan) { drop_properties "" [plan] }
  filter "free" when plan = "free" { drop }
  filter "page" when type = "page" { drop }
  filter "last" when type = "page" { drop }
  mapping "Any" when all send send { id: userId }
}
"""
    (tmp_path / "listed.fql").write_text(program, encoding="utf-8")
    text = """\
program: listed.fql
tests: [{ event: { type: page, userId: u1, plan: free }, expect: [] }]
"""
    assert told(coverage(tmp_path, text)) == [
        "exists(plan): never false",
        'plan = "free": never true',
        'type = "page": never false',
        'type = "page": never reached',
    ]
