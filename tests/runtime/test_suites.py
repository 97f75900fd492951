"""Files of tests: what they may say, and what is reported where they say otherwise."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

import fql
from fql.grammar.diagnostics import Code, FqlError
from fql.runtime.suite_subjects import Library
from fql.runtime.suites import read_suite, suite_files
from tests.runtime.suite_running import finding, run

if TYPE_CHECKING:
    from pathlib import Path

EVENT = "{ type: page, userId: u1 }"

WRONG = [
    # the form
    ("tests: 1", "1:8 FQL316 `tests` must be a list but is 1"),
    ("trigger: a = 1", "FQL316 `tests` is missing"),
    ("trigger: [", "1:11 FQL801 this is not read as YAML"),
    ("[]", "FQL316 this must be an object"),
    ("trigger: a = 1\ntest: []", "did you mean `tests`?"),
    ("trigger: a = 1\ndialekt: fql\ntests: []", "did you mean `dialect`?"),
    (
        f"trigger: a = 1\ntests:\n- event: {EVENT}\n  expekt: true",
        "4:3 FQL213 unknown key `expekt` (did you mean `expect`?)",
    ),
    (
        f"program: shop.fql\ntests:\n- event: {EVENT}\n"
        "  expect: {outcomes: [{destination: crm, descision: built}]}",
        "4:42 FQL213 unknown key `descision` (did you mean `decision`?)",
    ),
    (
        f"program: shop.fql\ntests:\n- event: {EVENT}\n"
        "  expect: {outcomes: [{destination: crm, decision: builtt}]}",
        "(did you mean `built`?)",
    ),
    ("trigger: a = 1\ntests: [{event: {}, rows: []}]", "2:27 FQL316 `rows`"),
    ("trigger: a = 1\ntests: [{event: {}, expect: 3}]", "2:29 FQL316 `expect`"),
    # what is tested
    ("tests: []", "1:1 FQL316 the file does not say what it tests"),
    (
        "trigger: a\nmapping: b\ntests: []",
        "2:1 FQL316 the file tests `mapping`, `trigger` at once",
    ),
    ("trigger: nope(a)\ntests: []", "FQL204"),
    ("trigger: (a = 1\ndialect: trigger\ntests: []", "FQL701"),
    ("filter: {if: a}\ntests: []", "FQL316"),
    ("mapping: '{ a: '\ntests: []", "FQL"),
    ("mapping: {a: {'@nope': 1}}\ntests: []", "FQL"),
    ("program: gone.fql\ntests: []", "FQL501 cannot read"),
    # tests
    (f"trigger: a\ntests: [{{event: {EVENT}}}]", "2:9 FQL316 the test expects nothing"),
    (f"trigger: a\ntests: [{{event: {EVENT}, expect: {{}}}}]", "expects nothing"),
    (
        f"trigger: a\ntests:\n- {{name: x, event: {EVENT}, expect: true}}\n"
        f"- {{name: x, event: {EVENT}, expect: true}}",
        "4:3 FQL208 there are two tests `x`",
    ),
    # events
    ("trigger: a\ntests: [{expect: true}]", "2:9 FQL802 there is no event `what"),
    ("trigger: a\ntests: [{event: [], expect: true}]", "2:17 FQL802"),
    (
        "trigger: a\nevents: {order: {}}\ntests: [{event: ordr, expect: true}]",
        "3:17 FQL802 there is no event `ordr` (did you mean `order`?)",
    ),
    ("trigger: a\ntests: [{event: x, expect: true}]", "the file's `events` are: none"),
    ("trigger: a\ntests: [{event: x.json, expect: true}]", "no such file"),
    ("trigger: a\ntests: [{event: 'x\\0.json', expect: true}]", "FQL802"),
    ('trigger: a\ntests: [{event: "x\\0.json", expect: true}]', "null"),
    ("trigger: a\ntests: [{event: e.ndjson:9, expect: true}]", "nothing in line 9"),
    ("trigger: a\ntests: [{event: e.ndjson:2, expect: true}]", "it is no JSON object"),
    ("trigger: a\ntests: [{event: e.ndjson:3, expect: true}]", "this is not JSON"),
    ("trigger: a\ntests: [{event: big.json, expect: true}]", "it has over 64 MiB"),
    (
        "trigger: a\ntests: [{event: {}, set: {a..b: 1}, expect: true}]",
        "2:27 FQL114 `a..b` is no path",
    ),
    (
        "trigger: a\ntests: [{event: {}, unset: [x], expect: true}]",
        "2:29 FQL114 `x` is not in the event",
    ),
    # what the program has
    (
        f"trigger: a\ntests: [{{of: crm/x, event: {EVENT}, expect: true}}]",
        "2:14 FQL804",
    ),
    (
        f"program: shop.fql\ntests: [{{of: crm/Ordr, event: {EVENT}, expect: true}}]",
        "2:14 FQL803 the program has no enabled mapping or filter `crm/Ordr` "
        "(did you mean `crm/Order`?)",
    ),
    (
        f"program: shop.fql\ntests: [{{event: {EVENT}, expect: [crm/Odrer]}}]",
        "2:53 FQL803 the program has no mapping `crm/Odrer` (did you",
    ),
    (
        f"program: shop.fql\ntests: [{{event: {EVENT}, expect: {{mappings: [zzz]}}}}]",
        "FQL803 the program has no mapping `zzz` (it has: ",
    ),
    (
        f"program: shop.fql\ntests: [{{event: {EVENT}, source: sit, expect: []}}]",
        "2:53 FQL803 the program has no source `sit` (did you mean `site`?)",
    ),
    (
        f"program: shop.fql\nsource: shop\ntests: [{{event: {EVENT}, expect: []}}]",
        "2:9 FQL803 the program has no source `shop`",
    ),
    *(
        (
            f"program: shop.fql\ntests: [{{event: {EVENT}, "
            f"expect: {{outcomes: [{{destination: {outcome}}}]}}}}]",
            f"FQL803 the program has no {what}",
        )
        for outcome, what in [
            ("cmr", "destination `cmr`"),
            ("crm, mapping: Odrer", "mapping `Odrer` (did you mean `Order`?)"),
            ("crm, filter: staf", "filter `staf` (did you mean `staff`?)"),
        ]
    ),
    # what can be expected
    (
        f"program: shop.fql\ntests: [{{event: {EVENT}, expect: true}}]",
        "FQL804 `matches` cannot be expected of a program",
    ),
    (
        f"trigger: a\ntests: [{{event: {EVENT}, expect: []}}]",
        "FQL804 `mappings` cannot be expected of a trigger",
    ),
    (
        f"mapping: '{{ a: b }}'\ntests: [{{event: {EVENT}, expect: true}}]",
        "FQL804 `matches` cannot be expected of a mapping that has no trigger",
    ),
    (
        f"mapping: '{{ a: b }}'\ntests: [{{event: {EVENT}, expect: {{left: {{}}}}}}]",
        "FQL804 `left` cannot be expected of a mapping",
    ),
]


@pytest.fixture(autouse=True)
def events(tmp_path: Path) -> None:
    lines = '{"type": "page"}\n[]\n{\n'
    (tmp_path / "e.ndjson").write_text(lines, encoding="utf-8")
    with (tmp_path / "big.json").open("wb") as big:
        big.truncate(64 * 1024 * 1024 + 1)


@pytest.mark.parametrize(("text", "told"), WRONG, ids=lambda each: each[:70])
def test_what_is_wrong_is_found_at_its_place(
    text: str, told: str, tmp_path: Path
) -> None:
    assert told in finding(run(tmp_path, text))


def test_all_that_is_wrong_is_found_in_one_run(tmp_path: Path) -> None:
    text = """\
program: shop.fql
tests:
- { of: crm/nope, event: {}, expect: true }
- event: gone
  rows: [{ expect: [crm/nope] }, { event: {}, expect: [crm/nope] }, {}]
- { name: fine, event: { type: page, userId: u1 }, expect: [] }
"""
    report = run(tmp_path, text)
    assert [(each.line, each.code) for each in report.diagnostics] == [
        (3, Code.NO_SUCH_PART),
        (4, Code.NO_SUCH_EVENT),
        (5, Code.NO_SUCH_PART),
    ]
    assert report.results == ()
    assert not report.is_passed


def test_an_event_is_given_in_each_way(tmp_path: Path) -> None:
    (tmp_path / "one.json").write_text('\ufeff{"a": 1}', encoding="utf-8")
    (tmp_path / "lines.ndjson").write_text('\n{"a": 1}\n', encoding="utf-8")
    text = """\
trigger: a = 1
events:
  named: { a: 1 }
  of a file: one.json
tests:
- { event: { a: 1 }, expect: true }
- { event: named, expect: true }
- { event: of a file, expect: true }
- { event: one.json, expect: true }
- { event: lines.ndjson:2, expect: true }
- { event: named, set: { b: 1 }, unset: [a], expect: false }
"""
    report = run(tmp_path, text)
    assert report.diagnostics == ()
    assert report.counts() == {"passed": 6, "failed": 0}
    assert [each.name for each in report.results][:2] == ["test 1", "test 2"]


def test_rows_begin_from_their_test(tmp_path: Path) -> None:
    text = """\
trigger: a = 1 and b = 1
tests:
- name: table
  event: { a: 1, b: 2 }
  set: { b: 1 }
  expect: true
  rows:
    - {}
    - { name: other, set: { a: 2 }, expect: false }
    - { event: { b: 3 }, expect: false }
    - { unset: [b], expect: false }
"""
    report = run(tmp_path, text)
    assert report.diagnostics == ()
    assert [(each.name, each.line) for each in report.results] == [
        ("table > row 1", 8),
        ("table > other", 9),
        ("table > row 3", 10),
        ("table > row 4", 11),
    ]
    assert report.is_passed


def test_a_folder_gives_its_files_by_name_but_hidden_ones(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / ".git").mkdir()
    names = ("b.yml", "in/a.yaml", "c.txt", ".d.yaml", ".git/e.yaml")
    for name in names:
        (tmp_path / name).write_text("", encoding="utf-8")
    assert suite_files(tmp_path) == [tmp_path / "b.yml", tmp_path / "in" / "a.yaml"]
    assert suite_files(tmp_path / "c.txt") == [tmp_path / "c.txt"]
    with pytest.raises(FqlError, match="FQL501"):
        suite_files(tmp_path / "gone")


def test_a_program_is_loaded_once(tmp_path: Path) -> None:
    run(tmp_path, "program: shop.fql\ntests: []")
    (tmp_path / "in").mkdir()
    other = tmp_path / "in" / "b.yaml"
    other.write_text("program: ../shop.fql\ntests: []", encoding="utf-8")
    library = Library()
    first = read_suite(tmp_path / "a.yaml", library)
    assert read_suite(other, library).subject is first.subject


def test_json_is_yaml_too(tmp_path: Path) -> None:
    file = {"trigger": "a = 1", "tests": [{"event": {"a": 1}, "expect": True}]}
    assert run(tmp_path, json.dumps(file)).is_passed


def test_functions_of_an_embedder_may_be_called(tmp_path: Path) -> None:
    length = fql.FUNCTIONS["length"]
    table = fql.FunctionTable(
        fql.Function(
            name="size",
            parameters=length.parameters,
            result=length.result,
            summary=length.summary,
            otherwise=length.otherwise,
            implementation=length.implementation,
            examples=(fql.Example('size("a")', 1),),
        )
    )
    text = "trigger: size(a) = 2\ntests: [{event: {a: xy}, expect: true}]"
    report = run(tmp_path, text, functions=table, coverage=True, mutate=True)
    assert report.is_passed
    assert report.mutation is not None
