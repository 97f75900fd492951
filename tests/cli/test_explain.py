"""``fql explain``: one event, many events, programs, and wrong use."""

from __future__ import annotations

import gzip
import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from fql.compiler.stops import Stops
from tests.cli.running import FQL, NOBODY, ORDER, OTHER, PROGRAM, STAFF, fql, ndjson

if TYPE_CHECKING:
    from pathlib import Path

    from fql.compiler.values import Json

TEXT = 'type = "track" and properties.total >= 10'
MANY = ndjson(ORDER, OTHER, ORDER | {"properties": {"total": "25"}})


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "shop.fql"
    path.write_text(PROGRAM)
    return path


def one(*, indent: int | None = None) -> bytes:
    return json.dumps(ORDER, indent=indent).encode()


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("around", [b"", b"\n", b"\n\n  \n"])
def test_one_document_is_one_event(indent: int | None, around: bytes) -> None:
    ended = fql("explain", "-e", TEXT, stdin=around + one(indent=indent) + around)
    assert ended.code == 0
    assert ended.out.startswith("the event does not match\n\n1 | type")
    assert ended.out.endswith("properties.total were the number 10 or more\n")
    assert ended.err == ""


def test_a_byte_order_mark_is_no_part_of_the_event(tmp_path: Path) -> None:
    path = tmp_path / "event.json"
    path.write_bytes(b"\xef\xbb\xbf" + one() + b"\n")
    assert fql("explain", "-e", TEXT, path).out.startswith("the event does not match")


def test_a_match_is_explained_and_no_failure() -> None:
    ended = fql("explain", "-e", 'type = "track"', "-", stdin=one())
    assert (ended.code, ended.out.splitlines()[0]) == (0, "the event matches")


def test_many_lines_are_many_events(tmp_path: Path) -> None:
    path = tmp_path / "events.ndjson.gz"
    path.write_bytes(gzip.compress(MANY))
    for ended in (
        fql("explain", "-e", TEXT, stdin=MANY),
        fql("explain", "-e", TEXT, path),
    ):
        assert ended.code == 0
        assert ended.out.splitlines()[0] == "3 events: 0 match, 3 do not"
        assert "hint: 1 of 2 had properties.total as a string" in ended.out


def test_a_file_may_be_standard_input(tmp_path: Path) -> None:
    path = tmp_path / "events.ndjson"
    path.write_bytes(MANY)
    with path.open("rb") as file:
        done = subprocess.run(
            [FQL, "explain", "-e", TEXT], stdin=file, capture_output=True, check=False
        )
    assert done.stdout.startswith(b"3 events: ")


def test_many_events_are_more_than_is_read_ahead() -> None:
    line = json.dumps(OTHER | {"filler": "x" * 5_000}).encode() + b"\n"
    ended = fql("explain", "-e", TEXT, "--format", "json", stdin=line * 50)
    assert json.loads(ended.out)["events"] == 50


def test_a_document_too_long_to_hold_is_read_as_lines(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("fql.cli.explain_input._MAX_DOCUMENT", 10)
    ended = fql("explain", "-e", TEXT, stdin=b"\n" + one())
    assert ended.out.startswith("1 event: ")


def test_a_summary_may_be_of_one_event() -> None:
    ended = fql("explain", "-e", TEXT, "--summary", stdin=one())
    assert ended.out.startswith("1 event: 0 match, 1 do not\n")


def test_several_files_are_counted_together(tmp_path: Path) -> None:
    path = tmp_path / "event.json"
    path.write_bytes(one())
    assert fql("explain", "-e", TEXT, path, path).out.startswith("2 events: ")
    ended = fql("explain", "-e", TEXT, path, tmp_path / "none")
    assert (ended.code, ended.out[:8]) == (1, "1 event:")
    assert "error[FQL501]" in ended.err


def test_no_events_are_none() -> None:
    ended = fql("explain", "-e", TEXT, stdin=b" \n")
    assert (ended.code, ended.out[:9]) == (0, "0 events:")


def test_lines_that_are_no_events_are_passed_over() -> None:
    for stdin in (b"{oops\n" + MANY, MANY + b"[1]\n"):
        ended = fql("explain", "-e", TEXT, stdin=stdin)
        assert (ended.code, ended.out.splitlines()[0][:9]) == (0, "3 events:")
        assert ended.err.startswith("error[FQL50")


@pytest.mark.parametrize(
    ("stdin", "code"),
    [(b"[1]", "FQL503"), (b"{oops}\n{also", "FQL123"), (b'{"a": "\xff"}', "FQL")],
)
def test_what_is_no_event_is_an_error(stdin: bytes, code: str) -> None:
    ended = fql("explain", "-e", TEXT, stdin=stdin)
    assert ended.code == 1
    assert ended.out == ""
    assert f"error[{code}" in ended.err


def test_a_text_with_errors_is_one() -> None:
    ended = fql("explain", "-e", "type ==", stdin=one())
    assert (ended.code, ended.out) == (1, "")
    assert "error[FQL102]" in ended.err
    ended = fql("explain", "-e", "type ==", "--format", "json", stdin=one())
    assert json.loads(ended.err)[0]["code"] == "FQL102"


def test_warnings_are_shown_and_the_event_explained() -> None:
    ended = fql("explain", "-e", "prperties.total > 1", stdin=one())
    assert ended.code == 0
    assert ended.err.startswith("warning[FQL201]")
    assert ended.out.startswith("the event does not match")


def test_the_explanation_may_be_json() -> None:
    ended = fql("explain", "-e", TEXT, "--format", "json", stdin=one())
    told = json.loads(ended.out)
    assert (told["matches"], told["blame"]) == (False, ["properties.total >= 10"])


def test_the_engines_dialect_is_explained_as_it_reads() -> None:
    text = 'type = "track" and event = "A" or event = "B"'
    ours = fql("explain", "-e", text, "--dialect", "fql", stdin=one())
    theirs = fql("explain", "-e", text, "--dialect", "trigger", stdin=one())
    assert ours.out.startswith("the event does not match")
    assert theirs.out.startswith("the event matches")


# --- programs -------------------------------------------------------------------------


def test_a_program_is_explained_destination_by_destination(program: Path) -> None:
    ended = fql("explain", program, "-", stdin=one())
    assert ended.code == 0
    assert ended.out.startswith('crm: "Order" sends send\n  {\n    "id": "o-1"\n')
    ended = fql("explain", program, stdin=json.dumps(STAFF).encode())
    assert "dropped by" in ended.out


def test_a_program_counts_over_many_events(program: Path) -> None:
    stdin = ndjson(ORDER, STAFF, OTHER, NOBODY)
    ended = fql("explain", program, stdin=stdin)
    assert ended.code == 0
    assert ended.out.startswith("4 events\n  1  accept  no_user_anon_id\n\ncrm\n")
    assert '"Order" takes 1 of 2' in ended.out
    told = json.loads(fql("explain", program, "--format", "json", stdin=stdin).out)
    assert [each["destination"] for each in told["destinations"]] == ["crm"]


@pytest.mark.parametrize("stdin", [one(), MANY])
def test_one_destination_may_be_chosen(program: Path, stdin: bytes) -> None:
    program.write_text(PROGRAM + "\ndestination log: stdout { }\n")
    both = fql("explain", program, "--source", "site", stdin=stdin)
    assert "log" in both.out
    ended = fql("explain", program, "--destination", "crm", stdin=stdin)
    assert ended.code == 0
    assert "log" not in ended.out
    assert "crm" in ended.out


def test_a_program_with_errors_is_one(program: Path) -> None:
    program.write_text("destination {")
    ended = fql("explain", program, stdin=one())
    assert (ended.code, ended.out) == (1, "")
    assert "error[FQL" in ended.err


# --- wrong use ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "name a condition with -e TEXT, or a PROGRAM"),
        (["-"], "standard input cannot hold both program and events"),
        (["-", "-"], "standard input cannot hold both program and events"),
        (["-e", "a", "--source", "x"], "--source needs a PROGRAM and no -e"),
        (["-e", "a", "--destination", "x"], "--destination needs a PROGRAM and no -e"),
        (["x.fql", "--dialect", "trigger"], "--dialect needs -e TEXT"),
        (["-e", "a", "--dialect", "sql"], "Invalid value for '--dialect'"),
    ],
)
def test_wrong_use_is_told(arguments: list[str], message: str) -> None:
    ended = fql("explain", *arguments, stdin=one())
    assert (ended.code, ended.out) == (2, "")
    assert message in ended.err


@pytest.mark.parametrize("what", ["source", "destination"])
def test_a_name_that_the_program_lacks_is_wrong_use(program: Path, what: str) -> None:
    ended = fql("explain", program, f"--{what}", "tv", stdin=one())
    assert ended.code == 2
    assert f"the program has no {what} 'tv'; it has: " in ended.err


def test_a_program_may_come_from_standard_input(tmp_path: Path) -> None:
    path = tmp_path / "event.json"
    path.write_bytes(one())
    ended = fql("explain", "-", path, stdin=PROGRAM.encode())
    assert ended.out.startswith('crm: "Order" sends send\n')


@pytest.mark.parametrize("arguments", [[], ["--summary"]])
def test_an_interruption_shows_what_was_counted(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(stops: Stops, event: dict[str, Json]) -> bool:
        if stops.events == 1:
            raise KeyboardInterrupt
        stops.events += 1
        return True

    monkeypatch.setattr(Stops, "add", interrupted)
    ended = fql("explain", "-e", TEXT, *arguments, stdin=MANY)
    assert ended.out.startswith("1 event: ")
    assert ended.code == 130
