"""Whatever a command is given: a clear finding or a right answer, never a traceback.

Where depth matters, the installed command runs as a process of its own.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.cli.running import ORDER, PROGRAM, Ended, fql, fql_process, ndjson

if TYPE_CHECKING:
    from pathlib import Path

TWELVE = """\
source site { write_key: "abc" }
destination crm: stdout from sit {
  filter "one" when type == "track" { drop }
  filter "two" when contians(event, "x") { drop }
  filter "three" when length(event, 2) = 1 { drop }
  filter "four" when "a" < 5 { drop }
  filter "five" when event = “x” { drop }
  filter "six" when a = 1 && b = 2 { drop }
  filter "seven" when not a { drop }
  filter "eight" when a <> 1 { sample 50% }
  mapping "nine" when a = send send { id: 1.2.3 }
  mapping "ten" when (a = 1 send send { id: 1, id: 2 }
}
destination crm: stdout {
  mapping "eleven" when all send send { a: nope(1) }
}
"""
"""A program with at least twelve independent errors."""


def written(folder: Path, name: str, content: str | bytes) -> Path:
    """Return the path of a new file with *content*."""
    file = folder / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return file


def program_with(condition: str) -> str:
    """Return a program with *condition* as a trigger."""
    return PROGRAM.replace('event = "Order Completed"', condition)


def codes(ended: Ended) -> list[str]:
    """Return the codes of findings that were shown as JSON."""
    return [each["code"] for each in json.loads(ended.out)]


def checked(file: Path) -> list[str]:
    """Return the codes of what is wrong with the program in *file*."""
    ended = fql("check", "--format", "json", file)
    assert ended.err == ""
    return codes(ended)


def test_a_program_that_is_not_utf_8(tmp_path: Path) -> None:
    file = written(tmp_path, "a.fql", b'source s {}\nfilter "\xe9"')
    assert checked(file) == ["FQL119"]
    ended = fql("check", file)
    assert (ended.code, ended.err) == (1, "")
    assert f" --> {file}:2:9\n" in ended.out


@pytest.mark.parametrize("command", ["check", "fmt", "run"])
def test_a_file_that_is_not_there(command: str, tmp_path: Path) -> None:
    ended = fql_process(command, tmp_path / "gone.fql")
    assert ended.code == 1
    assert "error[FQL501]" in ended.out + ended.err


@pytest.mark.parametrize("name", ["a.fql", "a.json"])
@pytest.mark.parametrize("content", ["", " \n\t\r\n", "\ufeff"])
def test_an_empty_program(name: str, content: str, tmp_path: Path) -> None:
    assert checked(written(tmp_path, name, content)) == ["FQL117"]


def test_a_program_of_comments_alone(tmp_path: Path) -> None:
    assert checked(written(tmp_path, "a.fql", "# nothing yet\n")) == ["FQL117"]


def test_two_hundred_nested_parentheses() -> None:
    nested = "(" * 200 + "type = 'track'" + ")" * 200
    ended = fql_process("eval", "-e", nested, stdin=ndjson(ORDER))
    assert (ended.code, ended.lines) == (0, [ORDER])
    ended = fql_process("check", "--format", "json", "-e", f"({nested})")
    assert codes(ended) == ["FQL403"]
    unclosed = fql_process("check", "--format", "json", "-e", "(" * 5_000)
    assert codes(unclosed) == ["FQL403"]


def test_ten_thousand_terms(tmp_path: Path) -> None:
    terms = " and ".join(["a = 1"] * 10_000)
    assert checked(written(tmp_path, "a.fql", program_with(terms))) == ["FQL404"]


def test_three_thousand_terms_are_a_condition(tmp_path: Path) -> None:
    terms = " and ".join(["type = 'track'"] * 3_000)
    program = written(tmp_path, "a.fql", program_with(terms))
    ended = fql("run", program, stdin=ndjson(ORDER))
    assert (ended.code, [each["decision"] for each in ended.lines]) == (0, ["built"])


def test_a_text_of_a_megabyte(tmp_path: Path) -> None:
    long = "x" * 1_000_000
    condition = f'properties.name = "{long}"'
    program = written(tmp_path, "a.fql", program_with(condition))
    event = ORDER | {"properties": {"id": "o-1", "name": long}}
    ended = fql("run", program, stdin=ndjson(event))
    assert (ended.code, [each["decision"] for each in ended.lines]) == (0, ["built"])
    assert "warning[FQL402]" in ended.err
    assert max(map(len, ended.err.splitlines())) < 200


def test_a_program_that_is_too_long(tmp_path: Path) -> None:
    long = "# " + "x" * (4 * 1024 * 1024)
    assert checked(written(tmp_path, "a.fql", long)) == ["FQL401"]


@pytest.mark.parametrize("is_whole", [True, False])
def test_an_event_of_a_thousand_levels(is_whole: bool, tmp_path: Path) -> None:
    body = "{ data: $, text: to_json($) }" if is_whole else "{ id: $.properties.a.a }"
    text = PROGRAM.replace("{ id: properties.id }", body)
    program = written(tmp_path, "a.fql", text)
    deep = b'{"a":' * 1_000 + b"1" + b"}" * 1_000
    event = ndjson(ORDER | {"properties": 0}).replace(b"0", deep)
    ended = fql_process("run", program, stdin=event)
    assert ended.code == 0
    assert '"decision":"built"' in ended.out
    assert ended.out.count(deep.decode()) == int(is_whole)


def test_events_beyond_any_depth_are_rejected_lines(tmp_path: Path) -> None:
    program = written(tmp_path, "a.fql", PROGRAM)
    content = b"[" * 1_000_000 + b"\n" + b'{"a":' * 1_000_000 + b"\n" + ndjson(ORDER)
    ended = fql("run", program, stdin=content)
    assert (ended.code, [each["line"] for each in ended.lines]) == (0, [3])
    assert ended.err.count("error[FQL502]: lists and objects nest deeper") == 2


def test_nan_in_an_event_is_a_rejected_line() -> None:
    content = b'{"a": 1}\n{"a": NaN}\n{"a": -Infinity}\n{"a": 1e999}\n'
    ended = fql("eval", "-e", "all", stdin=content)
    assert (ended.code, ended.lines) == (0, [{"a": 1}])
    assert ended.err.count("error[FQL502]") == 3
    assert "error[FQL502]: NaN is not JSON\n --> <stdin>:2:7\n" in ended.err


def test_of_keys_that_occur_twice_in_an_event_the_last_counts() -> None:
    content = b'{"a": 1, "a": 2}\n'
    assert fql("eval", "-e", "a = 2", stdin=content).out.encode() == content
    assert fql("eval", "-e", "a = 1", stdin=content).out == ""


def test_keys_that_occur_twice_and_nan_in_a_program(tmp_path: Path) -> None:
    destination = '{"name": "a", "name": "b", "kind": "stdout", "settings": {"x": NaN}}'
    text = f'{{"destinations": [{destination}]}}'
    found = checked(written(tmp_path, "a.json", text))
    assert {"FQL207", "FQL123"} <= set(found)


def test_json_that_nests_too_deeply(tmp_path: Path) -> None:
    text = '{"destinations": ' + "[" * 100_000
    assert checked(written(tmp_path, "a.json", text)) == ["FQL403"]


def test_twelve_errors_are_all_reported(tmp_path: Path) -> None:
    ended = fql_process("check", written(tmp_path, "a.fql", TWELVE))
    assert ended.code == 1
    assert ended.out.count("error[") >= 12
    found = set(checked(tmp_path / "a.fql"))
    assert found >= {
        *("FQL102", "FQL103", "FQL105", "FQL106", "FQL107", "FQL113", "FQL111"),
        *("FQL204", "FQL205", "FQL207", "FQL208", "FQL209", "FQL301", "FQL311"),
    }


@pytest.mark.parametrize(
    "content",
    [b"\0" * 1_000, bytes(range(256)), b"\xff\xfe" + "source".encode("utf-16-le")],
)
def test_bytes_that_are_no_text(content: bytes, tmp_path: Path) -> None:
    program = written(tmp_path, "a.fql", content)
    ended = fql("check", program)
    assert (ended.code, ended.err) == (1, "")
    ended = fql("eval", "-e", "all", program)
    assert (ended.code, ended.out) == (0, "")
    assert "error[FQL502]" in ended.err


def test_findings_beyond_a_hundred_are_counted(tmp_path: Path) -> None:
    text = " and ".join(["a == 1"] * 300)
    ended = fql("check", "-e", text)
    assert ended.code == 1
    assert ended.out.count("error[FQL102]") == 100
    assert "and 200 more" in ended.out
