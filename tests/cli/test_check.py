"""``fql check``: everything that is wrong, in every form."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from fql.grammar.source import Source
from fql.runtime.load import check_program
from tests.cli.running import PROGRAM, fql, fql_process

if TYPE_CHECKING:
    from pathlib import Path

PLAN = {
    "Order Completed": {
        "type": "object",
        "properties": {"total": {"type": "number"}},
        "additionalProperties": False,
    }
}
AGAINST_PLAN = 'event = "Order Completed" and properties.total = "much"'


def codes_of(*arguments: object, stdin: bytes | None = None) -> list[tuple[str, str]]:
    """Return file and code of each finding."""
    ended = fql("check", "--format", "json", *arguments, stdin=stdin)
    assert ended.err == ""
    return [(each["file"], each["code"]) for each in json.loads(ended.out)]


def test_a_good_program_has_no_problems(tmp_path: Path) -> None:
    program = tmp_path / "site.fql"
    program.write_text(PROGRAM)
    ended = fql("check", program)
    assert (ended.code, ended.out, ended.err) == (0, "no problems\n", "")


def test_findings_of_all_files_are_shown(tmp_path: Path) -> None:
    one, two = tmp_path / "one.fql", tmp_path / "two.json"
    one.write_text(PROGRAM.replace(" from site", " from sit"))
    two.write_text('{"destinations": [{"name": "d", "kind": "stdout", "x": 1}]}')
    gone = tmp_path / "gone.fql"
    found = codes_of(one, gone, two)
    assert found[:2] == [(str(one), "FQL209"), (str(gone), "FQL501")]
    assert (str(two), "FQL213") in found[2:]
    ended = fql("check", one, gone, two)
    assert ended.code == 1
    assert ended.out.splitlines()[-1].startswith("3 errors")


def test_warnings_alone_are_no_failure() -> None:
    ended = fql("check", "-e", "type = track")
    assert ended.code == 0
    assert ended.out.startswith("warning[FQL203]")
    assert ended.out.endswith("\n1 warning\n")


@pytest.mark.parametrize(("text", "code"), [("a = 1", 0), ("a == 1", 1), ("", 1)])
def test_a_text_is_checked(text: str, code: int) -> None:
    assert fql("check", "-e", text).code == code


def test_standard_input_is_a_program() -> None:
    assert codes_of("-", stdin=b"destination d: stdout { }") == [("<stdin>", "FQL314")]
    destination = {"name": "d", "kind": "file", "settings": {"path": "a"}}
    program = json.dumps({"destinations": [destination]}).encode()
    found = codes_of("-", stdin=program)
    assert found == [("<stdin>", "FQL314")]


def test_sarif_is_a_log_of_everything() -> None:
    ended = fql("check", "--format", "sarif", "-e", "a == 1")
    (run,) = json.loads(ended.out)["runs"]
    assert ended.code == 1
    assert [each["ruleId"] for each in run["results"]] == ["FQL102"]


@pytest.mark.parametrize(("strict", "severity"), [(False, "warning"), (True, "error")])
def test_a_tracking_plan_is_known(strict: bool, severity: str, tmp_path: Path) -> None:
    plan, program = tmp_path / "plan.json", tmp_path / "site.fql"
    plan.write_text(json.dumps(PLAN))
    program.write_text(PROGRAM.replace('userId = "staff"', AGAINST_PLAN))
    options = ["--schema", plan, *(["--strict"] if strict else [])]
    for checked in (["-e", AGAINST_PLAN], [program]):
        ended = fql("check", *options, *checked)
        assert ended.code == int(strict)
        assert ended.out.startswith(f"{severity}[FQL301]")


def test_a_bad_tracking_plan_is_shown_at_its_place(tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    plan.write_text('{"a/b": {\n  "properties": {"x": {"type": 7}}}}')
    ended = fql("check", "--schema", plan, "-e", "all", "--format", "json")
    (found,) = json.loads(ended.out)
    assert found["start"] == {"line": 2, "column": 23}


@pytest.mark.parametrize(
    ("content", "code", "said"),
    [
        ("[]", "FQL316", "a tracking plan is a JSON object"),
        ('{"A": {"type": 7}}', "FQL316", "at /A"),
        ('{"A": ', "FQL123", ""),
        ('{"A": {}, "A": {}}', "FQL207", ""),
    ],
)
def test_a_bad_tracking_plan_is_a_finding(
    content: str, code: str, said: str, tmp_path: Path
) -> None:
    plan = tmp_path / "plan.json"
    plan.write_text(content)
    assert codes_of("--schema", plan, "-e", "all") == [(str(plan), code)]
    assert said in fql("check", "--schema", plan, "-e", "all").out


@pytest.mark.parametrize(
    "arguments",
    [(), ("a.fql", "-e", "all"), ("-", "-"), ("-", "--schema", "-")],
)
def test_wrong_use(arguments: tuple[str, ...]) -> None:
    assert fql("check", *arguments, stdin=b"").code == 2


def test_the_installed_command_checks() -> None:
    ended = fql_process("check", "-e", "a == 1")
    assert (ended.code, ended.err) == (1, "")
    assert ended.out.endswith("try: a = 1\n\n1 error\n")


# --- mappings ---------------------------------------------------------------------


def test_the_text_of_a_mapping_is_checked(tmp_path: Path) -> None:
    path = tmp_path / "order.map"
    path.write_text("# orders\n{ id: userId, total: numbr(properties.total) }")
    ended = fql("check", path)
    assert ended.code == 1
    assert f"error[FQL204]: unknown function `numbr`\n --> {path}:2:22" in ended.out
    path.write_text("{ id: userId }")
    assert (fql("check", path).out, fql("check", path).code) == ("no problems\n", 0)


@pytest.mark.parametrize("text", ["destinatoin x {}", '{ "id": userId }'])
def test_a_banner_does_not_hide_what_a_file_holds(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.fql"
    path.write_text(f"{'#' * 2_000}\n# {{ id: userId }}\n{text}\n")
    ended = fql("check", path)
    assert ended.code == 1
    assert f"--> {path}:3:1" in ended.out


def test_accidents_of_directives_are_told(tmp_path: Path) -> None:
    path = tmp_path / "order.json"
    path.write_text('{"a": {"b": {"@path": "$"}}, "c": 1}')
    ended = fql("check", path)
    assert ended.code == 0
    assert f"{path}:1:23 (at /a/b/@path)" in ended.out
    path.write_text('{"a": {"@pth": "x"}}')
    assert fql("check", path).code == 1
    assert "did you mean `@path`?" in fql("check", path).out


@pytest.mark.parametrize("text", ["{}", '{"sorces": []}', '{"sources": [', "{", "5"])
def test_what_may_be_meant_as_a_program_is_checked_as_one(
    text: str, tmp_path: Path
) -> None:
    path = tmp_path / "p.fql"
    path.write_text(text)
    found = check_program(Source(text))
    assert [code for _, code in codes_of(path)] == [each.code for each in found]
