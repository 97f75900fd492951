"""Tests of ``fql overlaps``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.cli.running import ORDER, OTHER, fql, ndjson

if TYPE_CHECKING:
    from pathlib import Path

MAPPING = 'mapping "{}" when {} send {} {{ url: "{}" }}'
APART = [("a", 'event = "A"', "send", "u"), ("b", 'event = "B"', "send", "u")]
SAME = [("a", 'event = "A"', "send", "u"), ("b", 'type = "track"', "send", "u")]
OTHERS = [("a", 'event = "A"', "send", "u"), ("b", 'type = "track"', "look", "u")]
TWO = [("a", 'event = "A"', "send", "u"), ("b", 'type = "track"', "send", "v")]


ACTION = {"fields": {"url": {"type": "string"}}, "request": {"url": "payload.url"}}
KIND = {"name": "many", "actions": dict.fromkeys(("send", "look", *"abc"), ACTION)}


def write(folder: Path, mappings: list[tuple[str, str, str, str]]) -> Path:
    path = folder / "a.fql"
    (folder / "many.json").write_text(json.dumps(KIND))
    inside = "\n".join(MAPPING.format(*each) for each in mappings)
    head = 'workspace { definitions: "many.json" }'
    path.write_text(f"{head}\ndestination d: many {{\n{inside}\n}}")
    return path


@pytest.mark.parametrize(
    ("mappings", "code", "said"),
    [
        (APART, 0, "no event is taken by two mappings"),
        (OTHERS, 0, "send send and look"),
        (TWO, 1, "both send send, with different payloads"),
        (SAME, 1, "both send send, with the same payload"),
    ],
)
def test_pairs_are_listed(
    mappings: list[tuple[str, str, str, str]], code: int, said: str, tmp_path: Path
) -> None:
    ended = fql("overlaps", write(tmp_path, mappings))
    assert (ended.code, ended.err) == (code, "")
    assert said in ended.out


def test_all_is_shown_for_people(tmp_path: Path) -> None:
    plan, events = tmp_path / "plan.json", tmp_path / "events.ndjson"
    plan.write_text('{"A": {}}')
    events.write_bytes(ndjson({**ORDER, "event": "A"}, {**ORDER, "event": "C"}))
    one = [(*TWO[0][:2], "send", "u"), ("b", 'event = "A"', "send", "v")]
    ended = fql("overlaps", write(tmp_path, one), "--schema", plan, "--events", events)
    assert ended.code == 1
    assert ended.out == (
        "d: a and b\n"
        "  both send send, with different payloads\n"
        '  as for {"type": "track", "event": "A", "userId": "v"}\n'
        "  sample events that both take: 1\n"
        "\n"
        "events that no mapping takes\n"
        "  C\n"
        "\n"
        "1 pair of mappings overlaps, 1 with the same action\n"
    )


def test_json_is_a_report(tmp_path: Path) -> None:
    ended = fql("overlaps", "--format", "json", write(tmp_path, SAME))
    (pair,) = json.loads(ended.out)["overlaps"]
    assert (ended.code, pair["mappings"], pair["samePayload"]) == (1, ["a", "b"], True)
    assert json.loads(ended.err) == []


def test_many_pairs_are_counted(tmp_path: Path) -> None:
    three = [(name, "all", name, "u") for name in "abc"]
    out = fql("overlaps", write(tmp_path, three)).out
    assert out.endswith("3 pairs of mappings overlap, 0 with the same action\n")


@pytest.mark.parametrize("form", ["human", "json"])
def test_a_program_with_errors_is_a_finding(form: str, tmp_path: Path) -> None:
    path = write(tmp_path, [("a", "event == 1", "send", "u")])
    ended = fql("overlaps", path, "--format", form)
    assert (ended.code, ended.out) == (1, "")
    assert "FQL102" in ended.err


@pytest.mark.parametrize(
    ("option", "content", "code"),
    [("--schema", "[]", "FQL316"), ("--schema", "{", "FQL123")],
)
def test_a_bad_plan_is_a_finding(
    option: str, content: str, code: str, tmp_path: Path
) -> None:
    bad = tmp_path / "bad"
    bad.write_text(content)
    ended = fql("overlaps", write(tmp_path, APART), option, bad)
    assert (ended.code, ended.out) == (1, "")
    assert code in ended.err


def test_events_that_cannot_be_read_are_a_finding(tmp_path: Path) -> None:
    path = write(tmp_path, APART)
    ended = fql("overlaps", path, "--events", tmp_path / "none")
    assert ended.code == 1
    assert "FQL501" in ended.err
    ended = fql("overlaps", path, "--events", "-", stdin=b"[]\n" + ndjson(OTHER))
    assert ended.code == 0
    assert "FQL503" in ended.err


def test_wrong_use_is_2(tmp_path: Path) -> None:
    assert fql("overlaps").code == 2
    assert fql("overlaps", "-", "--events", "-").code == 2
    assert fql("overlaps", write(tmp_path, APART), "--format", "sarif").code == 2
