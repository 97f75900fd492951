"""``fql export device``: rules on standard output, or findings."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.cli.running import PROGRAM, fql

if TYPE_CHECKING:
    from pathlib import Path


def test_rules_are_written(tmp_path: Path) -> None:
    file = tmp_path / "p.fql"
    file.write_text(PROGRAM, encoding="utf-8")
    ended = fql("export", "device", file)
    (rule,) = json.loads(ended.out)
    assert (ended.code, ended.err) == (0, "")
    assert rule["destinationName"] == "crm"
    assert rule["matchers"][0]["ir"] == '["=","userId",{"value":"staff"}]'


def test_what_cannot_be_exported_is_shown_and_nothing_is_written(
    tmp_path: Path,
) -> None:
    file = tmp_path / "p.fql"
    file.write_text(PROGRAM.replace('= "staff"', "= null"), encoding="utf-8")
    ended = fql("export", "device", file)
    assert (ended.code, ended.out) == (1, "")
    assert "error[FQL780]" in ended.err
    assert "1 error" in ended.err
    told = json.loads(fql("export", "device", "--format", "json", file).err)
    assert [each["code"] for each in told] == ["FQL780"]


def test_warnings_are_shown_and_the_rules_are_written(tmp_path: Path) -> None:
    file = tmp_path / "p.fql"
    file.write_text(PROGRAM.replace('userId = "staff"', "length(userId) > 8"), "utf-8")
    ended = fql("export", "device", file)
    (rule,) = json.loads(ended.out)
    assert rule["matchers"][0]["ir"] == '[">",["length","userId"],{"value":8}]'
    assert ended.code == 0
    assert "warning[FQL786]" in ended.err
    assert "1 warning" in ended.err
    as_json = fql("export", "device", "--format", "json", file)
    assert as_json.out == ended.out
    told = [(each["code"], each["severity"]) for each in json.loads(as_json.err)]
    assert told == [("FQL786", "warning")]


def test_an_error_among_warnings_refuses(tmp_path: Path) -> None:
    file = tmp_path / "p.fql"
    condition = "length(userId) > 8 and userId != null"
    file.write_text(PROGRAM.replace('userId = "staff"', condition), "utf-8")
    ended = fql("export", "device", file)
    assert (ended.code, ended.out) == (1, "")
    assert "1 error, 1 warning" in ended.err


def test_filters_with_errors_are_shown() -> None:
    ended = fql("export", "device", "-", stdin=b'{"if": "a =", "actions": []}')
    assert ended.code == 1
    assert "error[FQL108]" in ended.err


def test_filters_for_several_sources_need_a_choice() -> None:
    filters = [
        {"title": name, "if": "all", "actions": [{"type": "DROP"}], "sourceId": name}
        for name in ("ios", "web")
    ]
    text = json.dumps(filters).encode()
    ended = fql("export", "device", "-", stdin=text)
    assert (ended.code, ended.out) == (2, "")
    assert "choose one: ios, web" in ended.err
    chosen = fql("export", "device", "--source", "ios", "-", stdin=text)
    assert len(json.loads(chosen.out)) == 1
    wrong = fql("export", "device", "--source", "tv", "-", stdin=text)
    assert wrong.code == 2
