"""``fql migrate audit``: what is printed, in every form, and the exit code."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.cli.running import fql
from tests.conformance.cases import SHARED

PAGE = Path(__file__).resolve().parents[2] / "docs" / "migrate-audit.md"
MISREAD = '{"name": "Pages", "trigger": "type = \\"page\\" OR type = \\"screen\\""}'
FINE = '"type = \\"track\\""'


def test_what_is_fine_is_counted(tmp_path: Path) -> None:
    file = tmp_path / "triggers.ndjson"
    file.write_text(f"{FINE}\n{FINE}\n")
    ended = fql("migrate", "audit", file)
    assert (ended.code, ended.out, ended.err) == (0, "2 texts: 2 fine\n", "")
    ended = fql("migrate", "audit", "--all", file)
    assert "triggers.ndjson:2: trigger does what it says" in ended.out


def test_what_is_misread_is_shown_and_fails(tmp_path: Path) -> None:
    file = tmp_path / "one.json"
    file.write_text(f"[{MISREAD}, {FINE}]")
    ended = fql("migrate", "audit", file)
    assert ended.code == 1
    assert 'one.json:1: trigger "Pages" does not do what it says' in ended.out
    assert '  event: {"type": "page"}\n' in ended.out
    assert ended.out.endswith("2 texts: 1 misread, 1 fine\n")


def test_standard_input_and_several_files(tmp_path: Path) -> None:
    file = tmp_path / "one.json"
    file.write_text(FINE)
    ended = fql("migrate", "audit", "-", file, stdin=MISREAD.encode())
    assert ended.code == 1
    assert ended.out.startswith("<stdin>:1: ")
    assert ended.out.endswith("2 texts: 1 misread, 1 fine\n")


def test_json_and_sarif(tmp_path: Path) -> None:
    file = tmp_path / "one.json"
    file.write_text(MISREAD)
    ended = fql("migrate", "audit", "--format", "json", file)
    assert (ended.code, json.loads(ended.out)["summary"]["misread"]) == (1, 1)
    ended = fql("migrate", "audit", "--format", "sarif", file)
    (run,) = json.loads(ended.out)["runs"]
    assert [each["ruleId"] for each in run["results"]] == ["FQL707"]
    assert ended.code == 1


def test_a_file_that_is_not_there_does_not_stop_the_others(tmp_path: Path) -> None:
    file = tmp_path / "one.json"
    file.write_text(FINE)
    ended = fql("migrate", "audit", tmp_path / "none.json", file)
    assert ended.code == 1
    assert "FQL501" in ended.out
    assert ended.out.endswith("1 text: 1 fine\n")


@pytest.mark.parametrize("arguments", [(), ("-", "-"), ("--format", "xml", "x")])
def test_wrong_use(arguments: tuple[str, ...]) -> None:
    assert fql("migrate", "audit", *arguments).code == 2


def test_the_group_has_help() -> None:
    ended = fql("migrate", "--help")
    assert (ended.code, "audit" in ended.out) == (0, True)


def test_the_page_shows_what_is_printed() -> None:
    file = SHARED / "preset_triggers.jsonl"
    if not file.exists():
        pytest.skip(f"no conformance cases at {file}")
    text = PAGE.read_text(encoding="utf-8")
    found = re.search(
        r"\$ fql migrate audit preset_triggers.jsonl\n(.*?)```", text, re.S
    )
    assert found is not None
    ended = fql("migrate", "audit", file)
    assert ended.out.replace(str(file), file.name) == found[1]


# --- fql check ----------------------------------------------------------------------

PROGRAM = """\
source site {}

destination crm: stdout from site {
  mapping "a" when !(type = "track") send send { id: userId }
  mapping "b" when type = "track" send send { id: userId }
}
"""


def codes(*arguments: object) -> list[str]:
    ended = fql("check", "--format", "json", *arguments)
    return [each["code"] for each in json.loads(ended.out)]


def test_checking_a_condition_for_portability() -> None:
    text = "type = 'track'"
    assert codes("-e", text) == []
    assert codes("--portable", "-e", text) == ["FQL706"]
    assert codes("--dialect", "trigger", "-e", text) == ["FQL706"]
    assert codes("--dialect", "trigger", "--portable", "-e", text) == ["FQL706"]
    assert fql("check", "--portable", "-e", text).code == 0
    assert fql("check", "--dialect", "trigger", "-e", "messageId = 1").code == 1


def test_checking_the_limits_of_the_original() -> None:
    text = 'type = "track" and event = "~" and userId != null'
    assert codes("--limits", "-e", text) == ["FQL723", "FQL722"]


def test_checking_a_program_for_portability(tmp_path: Path) -> None:
    file = tmp_path / "site.fql"
    file.write_text(PROGRAM)
    assert codes(file) == []
    ended = fql("check", "--portable", "--format", "json", file)
    (finding,) = json.loads(ended.out)
    assert (finding["code"], finding["start"]) == ("FQL703", {"line": 4, "column": 20})
    (edit,) = finding["edits"]
    span = edit["span"]
    assert PROGRAM[span["start"] : span["end"]] == '!(type = "track")'


def test_checking_the_json_of_a_program(tmp_path: Path) -> None:
    file = tmp_path / "site.json"
    subscription = {"name": "a", "actionSlug": "send", "trigger": "type = 'track'"}
    file.write_text(
        json.dumps(
            {"destinations": [{"kind": "stdout", "subscriptions": [subscription]}]}
        )
    )
    ended = fql("check", "--portable", "--format", "json", file)
    found = [each for each in json.loads(ended.out) if each["code"] == "FQL706"]
    assert [each["pointer"] for each in found] == [
        "/destinations/0/subscriptions/0/trigger"
    ]


def test_programs_have_no_dialect(tmp_path: Path) -> None:
    assert fql("check", "--dialect", "trigger", tmp_path / "x.fql").code == 2
