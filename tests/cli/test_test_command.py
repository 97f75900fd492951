"""``fql test``: what it prints, and how it ends."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from fql.cli.test import percent
from tests.cli.running import PROGRAM, fql, fql_process

if TYPE_CHECKING:
    from pathlib import Path

TESTS = """\
program: shop.fql
tests:
- name: an order
  event: { type: track, event: Order Completed, userId: u1, properties: { id: o-1 } }
  rows:
  - { name: as it is, expect: [crm/Order] }
  - { name: of staff, set: { userId: staff }, expect: [] }
"""
FAILING = TESTS.replace("expect: []", "expect: [crm/Order]")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "shop.fql").write_text(PROGRAM, encoding="utf-8")
    (tmp_path / "a.yaml").write_text(TESTS, encoding="utf-8")
    return tmp_path


def test_passing_tests_end_with_0(folder: Path) -> None:
    ended = fql("test", folder)
    assert (ended.code, ended.out, ended.err) == (0, "2 passed\n", "")
    ended = fql("test", "-v", folder / "a.yaml", folder)
    assert ended.out.splitlines() == [
        f"ok    {folder}/a.yaml:6  an order > as it is",
        f"ok    {folder}/a.yaml:7  an order > of staff",
        "2 passed",
    ]


def test_a_failing_test_ends_with_1_and_is_explained(folder: Path) -> None:
    (folder / "a.yaml").write_text(FAILING, encoding="utf-8")
    ended = fql("test", folder)
    assert ended.code == 1
    assert ended.out.splitlines() == [
        f"FAIL  {folder}/a.yaml:7  an order > of staff",
        "  crm/Order: expected a payload, and there is none",
        "    crm was filtered by 'staff': FILTERED_BY_RULES (dropped)",
        "",
        "1 passed, 1 failed",
    ]


def test_names_do_not_reach_the_terminal_as_they_are(folder: Path) -> None:
    text = FAILING.replace("of staff", '"\\e[2Jstaff"')
    (folder / "a.yaml").write_text(text, encoding="utf-8")
    lines = fql("test", folder, "-v").out.splitlines()
    assert lines[1] == f"FAIL  {folder}/a.yaml:7  an order > <U+001B>[2Jstaff"


def test_the_first_failure_may_end_the_run(folder: Path) -> None:
    text = FAILING.replace("[crm/Order] }", "[] }", 1)
    (folder / "a.yaml").write_text(text, encoding="utf-8")
    assert fql("test", folder).out.endswith("2 failed\n")
    assert fql("test", "-x", folder).out.endswith("1 failed\n")


def test_tests_are_chosen_by_name(folder: Path) -> None:
    assert fql("test", folder, "-k", "OF STAFF").out == "1 passed\n"
    ended = fql("test", folder, "-k", "nothing")
    assert ended.code == 1
    assert "FQL805" in ended.out
    assert "no name has 'nothing' in it" in ended.out


def test_no_test_is_a_failure(tmp_path: Path) -> None:
    ended = fql("test", tmp_path)
    assert ended.code == 1
    assert "there is no file of tests" in ended.out
    assert ended.out.endswith("no test ran\n")


def test_findings_are_shown_and_the_other_files_run(folder: Path) -> None:
    (folder / "b.yaml").write_text("program: 1\n", encoding="utf-8")
    ended = fql("test", folder, folder / "gone")
    assert ended.code == 1
    assert "error[FQL316]" in ended.out
    assert "error[FQL501]" in ended.out
    assert ended.out.endswith("2 passed\n")


def test_a_folder_without_the_tests_it_names_is_said(folder: Path) -> None:
    (folder / "a.yaml").write_text("program: shop.fql\ntests: []", encoding="utf-8")
    assert "FQL805" in fql("test", folder).out


def test_coverage_is_told_and_may_be_asked_for(folder: Path) -> None:
    ended = fql("test", folder, "-k", "as it is", "--coverage")
    assert ended.code == 0
    assert ended.out.splitlines() == [
        f'{folder}/shop.fql:4:23: never true in crm/staff: userId = "staff"',
        f'{folder}/shop.fql:6:24: never false in crm/Order: event = "Order Completed"',
        "coverage: 50% (2 of 4 answers of conditions seen)",
        "1 passed",
    ]
    ended = fql("test", folder, "--min-coverage", "76")
    assert ended.code == 1
    assert ended.out.endswith("coverage is 75%, below 76%\n")
    assert fql("test", folder, "--min-coverage", "75").code == 0


def test_the_mutation_score_is_told_and_may_be_asked_for(folder: Path) -> None:
    ended = fql("test", folder, "--mutate")
    assert (ended.code, ended.out.splitlines()[-2:]) == (
        0,
        ["mutation score: 100% (4 of 4 changes noticed)", "2 passed"],
    )
    (folder / "a.yaml").write_text(
        "trigger: a in [1, 2]\ntests: [{ event: { a: 1 }, expect: true }]",
        encoding="utf-8",
    )
    ended = fql("test", folder, "--min-score", "90.5")
    assert ended.code == 1
    place = f"{folder}/a.yaml (trigger)"
    assert ended.out.splitlines() == [
        f"{place}:1:10: element dropped in trigger: no test notices",
        "    2",
        f"{place}:1:10: constant changed in trigger: no test notices",
        "    2  ->  3",
        "mutation score: 60% (3 of 5 changes noticed)",
        "1 passed",
        "the mutation score is 60%, below 90.5%",
    ]


def test_snapshots_are_written_and_unused_ones_named(folder: Path) -> None:
    head = "mapping: '{ id: userId }'\ntests:\n"
    one = "- { name: one, event: {}, expect: { snapshot: true } }\n"
    (folder / "a.yaml").write_text(head + one, encoding="utf-8")
    assert fql("test", folder).code == 1
    ended = fql("test", folder, "--update")
    assert ended.out == f"wrote {folder}/a.snapshots.json\n1 passed\n"
    renamed = head + one.replace("one", "two").replace("snapshot: true", "payload: {}")
    (folder / "a.yaml").write_text(renamed, encoding="utf-8")
    ended = fql("test", folder)
    assert ended.out == (
        f"unused snapshot in {folder}/a.snapshots.json: one\n1 passed\n"
    )


def test_the_report_is_json_where_asked(folder: Path) -> None:
    ended = fql("test", folder, "--format", "json", "--coverage", "--mutate")
    report = json.loads(ended.out)
    assert ended.code == 0
    assert report["passed"] is True
    assert report["counts"] == {"passed": 2, "failed": 0}
    assert [each["line"] for each in report["tests"]] == [6, 7]
    assert report["coverage"]["gaps"][0]["missing"] == [False]
    assert report["mutation"]["survivors"] == []
    (folder / "a.yaml").write_text(FAILING, encoding="utf-8")
    ended = fql("test", folder, "--format", "json", "--min-coverage", "100")
    report = json.loads(ended.out)
    assert ended.code == 1
    assert report["tests"][1]["failures"][0]["message"].startswith("crm/Order: ")
    assert ended.err == "coverage is 75%, below 100%\n"
    text = "trigger: a = 1 or b\ntests: [{ event: { a: 1 }, expect: true }]"
    (folder / "a.yaml").write_text(text, encoding="utf-8")
    report = json.loads(fql("test", folder, "--format", "json", "--mutate").out)
    assert report["mutation"]["survivors"][0]["kind"] == "part dropped"


def test_junit_xml_is_written_beside(folder: Path) -> None:
    ended = fql("test", folder, "--junit", folder / "out.xml")
    assert (ended.code, ended.out) == (0, "2 passed\n")
    assert "<testsuites" in (folder / "out.xml").read_text(encoding="utf-8")
    ended = fql("test", folder, "--junit", folder / "gone" / "out.xml")
    assert ended.code == 1
    assert "cannot write" in ended.err


@pytest.mark.parametrize(
    "arguments",
    [[], ["-"], ["x", "--min-coverage", "101"], ["x", "--format", "sarif"]],
)
def test_wrong_use_ends_with_2(arguments: list[str]) -> None:
    assert fql("test", *arguments).code == 2


def test_any_bytes_end_with_1_and_no_traceback(folder: Path) -> None:
    (folder / "a.yaml").write_bytes(b"\xff\xfe\x00trigger")
    ended = fql_process("test", folder)
    assert ended.code == 1
    assert "Traceback" not in ended.out + ended.err
    assert "FQL119" in ended.out


@pytest.mark.parametrize(
    ("share", "shown"),
    [(100.0, "100%"), (99.99, "99.9%"), (99.95, "99.9%"), (60, "60%")],
)
def test_only_a_whole_share_is_shown_as_100(share: float, shown: str) -> None:
    assert percent(share) == shown
