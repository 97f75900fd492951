"""``fql eval``: matching lines, byte for byte."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.cli.running import ORDER, OTHER, STAFF, Ended, fql, ndjson

if TYPE_CHECKING:
    from pathlib import Path

ODD = b'\xef\xbb\xbf {"type" :"page", "n": 1.50e1, "t": "\\u00e9\xc3\xa9"} \r\n'


def evaluated(text: str, *options: object, stdin: bytes = b"") -> Ended:
    return fql("eval", "-e", text, *options, stdin=stdin)


def test_matching_lines_come_out_unchanged() -> None:
    other = b'{"type":"track"}'
    ended = evaluated("all", stdin=ODD + b"\n" + other)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.encode() == ODD + other


def test_only_matching_events_do() -> None:
    events = ndjson(ORDER, STAFF, OTHER)
    assert evaluated('type = "page"', stdin=events).lines == [STAFF, OTHER]
    assert evaluated('type = "page"', "--invert", stdin=events).lines == [ORDER]
    assert evaluated('type = "page"', "-v", stdin=events).lines == [ORDER]


@pytest.mark.parametrize(("options", "number"), [(("-c",), 2), (("--count", "-v"), 1)])
def test_they_can_be_counted(options: tuple[str, ...], number: int) -> None:
    ended = evaluated('type = "page"', *options, stdin=ndjson(ORDER, STAFF, OTHER))
    assert (ended.code, ended.out) == (0, f"{number}\n")


def test_no_match_is_no_failure() -> None:
    ended = evaluated("a = 1", stdin=ndjson(ORDER))
    assert (ended.code, ended.out, ended.err) == (0, "", "")


def test_a_line_end_is_put_in_only_between_lines(tmp_path: Path) -> None:
    files = [tmp_path / "a", tmp_path / "b"]
    for file in files:
        file.write_bytes(b'{"a": 1}\n{"a": 2}')
    ended = evaluated("all", *files)
    assert ended.out == '{"a": 1}\n{"a": 2}\n{"a": 1}\n{"a": 2}'


def test_bad_lines_are_reported_whatever_is_asked() -> None:
    ended = evaluated("all", "--invert", stdin=b"x\n" + ndjson(ORDER))
    assert (ended.code, ended.out) == (0, "")
    assert "error[FQL502]" in ended.err
    assert "<stdin>:1:1" in ended.err


def test_a_text_with_errors_reads_nothing() -> None:
    ended = evaluated("type == 1 and contians(a, b)", stdin=b"x\n")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.count("error[") == 2
    assert "<text>:1:6" in ended.err


def test_warnings_are_shown_and_the_text_runs() -> None:
    ended = evaluated("type = track", "--count", stdin=ndjson(ORDER))
    assert (ended.code, ended.out) == (0, "0\n")
    assert "warning[FQL203]" in ended.err


def test_the_original_engine_reads_the_text_its_own_way() -> None:
    text = '!(type = "page")'
    events = ndjson(ORDER, OTHER)
    assert evaluated(text, stdin=events).lines == [ORDER]
    assert evaluated(text, "--dialect", "trigger", stdin=events).lines == [OTHER]


def test_an_input_that_cannot_be_read_is_a_failure(tmp_path: Path) -> None:
    ended = evaluated("all", tmp_path / "gone.ndjson")
    assert (ended.code, ended.out) == (1, "")
    assert "error[FQL501]" in ended.err


@pytest.mark.parametrize("form", ["json", "sarif"])
def test_findings_have_their_form(form: str) -> None:
    ended = evaluated("all", "--format", form, stdin=b"x\n" + ndjson(ORDER))
    assert ended.lines == [ORDER]
    told = json.loads(ended.err)
    found = told if form == "json" else told["runs"][0]["results"]
    assert len(found) == 1


def test_the_text_is_required() -> None:
    assert fql("eval", stdin=b"").code == 2
