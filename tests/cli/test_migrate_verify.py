"""``fql migrate verify``: ids that are lost or doubled, and counts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.cli.running import PROGRAM, Ended, fql, ndjson

if TYPE_CHECKING:
    from pathlib import Path

P = "(received_at >= '2023-04-21T19:55:00.933Z')"
EVENTS = ndjson(
    {"messageId": "m1", "received_at": "2023-04-21T19:55:00Z"},
    {"messageId": "m2", "received_at": "2023-04-21T19:55:00.933Z"},
    {"messageId": "m3"},
    {"received_at": "soon"},
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, condition in {
        "classic": P,
        "mirror": P.replace(">=", "<"),
        "opposite": f"!{P}",
        "greedy": "all",
    }.items():
        text = json.dumps({"if": condition, "actions": [{"type": "DROP"}]})
        (tmp_path / f"{name}.json").write_text(text, encoding="utf-8")
    (tmp_path / "events.ndjson").write_bytes(EVENTS)
    return tmp_path


def verify(folder: Path, actions: str, *arguments: str) -> Ended:
    sides = ["--classic", folder / "classic.json", "--actions", folder / actions]
    return fql("migrate", "verify", *sides, *arguments, folder / "events.ndjson")


def test_the_exact_pair_is_right(folder: Path) -> None:
    ended = verify(folder, "opposite.json")
    assert (ended.code, ended.out) == (0, "")
    assert ended.err == "4 events: 3 classic, 1 actions, 0 lost, 0 doubled\n"


def test_the_mirrored_pair_sends_events_without_a_time_twice(folder: Path) -> None:
    ended = verify(folder, "mirror.json")
    assert ended.code == 1
    assert ended.out.splitlines() == [
        "doubled  m3   line 3",
        "doubled  (no messageId)   line 4",
    ]
    assert f'exact opposites: give --actions "if": "!{P}"' in ended.err


def test_lost_events_are_told_as_json(folder: Path) -> None:
    ended = verify(folder, "greedy.json", "--format", "json")
    assert ended.code == 1
    assert ended.lines == [{"line": 2, "messageId": "m2", "fate": "lost"}]
    assert json.loads(ended.err)["summary"] == {
        "events": 4,
        "classic": 3,
        "actions": 0,
        "lost": 1,
        "doubled": 0,
    }


def test_lines_that_are_no_events_prove_nothing(folder: Path) -> None:
    (folder / "events.ndjson").write_bytes(EVENTS + b"{\n")
    ended = verify(folder, "opposite.json")
    assert ended.code == 1
    assert "FQL502" in ended.err


def test_filters_with_errors_are_shown(folder: Path) -> None:
    (folder / "bad.json").write_text('{"if": "a =", "actions": []}', encoding="utf-8")
    assert "FQL108" in verify(folder, "bad.json").err
    assert verify(folder, "bad.json").code == 1


def test_a_program_has_one_destination(folder: Path) -> None:
    (folder / "one.fql").write_text(PROGRAM, encoding="utf-8")
    assert verify(folder, "one.fql").code == 1
    two = PROGRAM + "destination other: stdout {}\n"
    (folder / "two.fql").write_text(two, encoding="utf-8")
    ended = verify(folder, "two.fql")
    assert ended.code == 2
    assert "has 2 destinations" in ended.err


def test_standard_input_is_read_once(folder: Path) -> None:
    sides = ["--classic", "-", "--actions", folder / "classic.json"]
    assert fql("migrate", "verify", *sides).code == 2
