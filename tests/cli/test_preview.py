"""``fql preview``: the result and the reasons, for people and for programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.cli.running import PROGRAM, STAFF, fql

if TYPE_CHECKING:
    from pathlib import Path

FILTER = {"if": "userId = 'staff'", "actions": [{"type": "DROP"}], "title": "staff"}


@pytest.fixture
def event(tmp_path: Path) -> Path:
    file = tmp_path / "event.json"
    file.write_text(json.dumps(STAFF), encoding="utf-8")
    return file


@pytest.fixture
def program(tmp_path: Path) -> Path:
    file = tmp_path / "p.fql"
    other = "destination other: stdout from site {\n  filter"
    text = PROGRAM + PROGRAM.split("\n\n", 1)[1].replace(
        "destination crm: stdout from site {\n  filter", other
    )
    file.write_text(text, encoding="utf-8")
    return file


def test_people_see_input_result_and_reason(event: Path) -> None:
    ended = fql("preview", "-", event, stdin=json.dumps(FILTER).encode())
    assert ended.code == 0
    assert ended.out == (
        'input\n{\n  "type": "page",\n  "userId": "staff"\n}\n\nresult\ndropped\n\n'
        'dropped by "staff" (DROP), which matches because\n'
        "  true   userId = 'staff'   (userId is the string \"staff\")\n"
    )


def test_programs_get_the_shape_of_the_public_api(event: Path) -> None:
    stdin = json.dumps(FILTER).encode()
    ended = fql("preview", "--format", "json", "-", event, stdin=stdin)
    assert json.loads(ended.out) == {"inputPayload": STAFF, "result": None}


def test_a_request_brings_its_event() -> None:
    stdin = json.dumps({"filter": FILTER, "payload": STAFF}).encode()
    assert "dropped by" in fql("preview", "-", stdin=stdin).out
    missing = fql("preview", "-", stdin=json.dumps(FILTER).encode())
    assert missing.code == 2


def test_every_destination_of_a_program_has_a_result(
    program: Path, event: Path
) -> None:
    ended = fql("preview", program, event)
    assert "result of crm" in ended.out
    assert "result of other" in ended.out
    assert fql("preview", "--format", "json", program, event).code == 2
    one = fql("preview", "--destination", "other", program, event)
    assert "result of crm" not in one.out
    assert fql("preview", "--destination", "none", program, event).code == 2


def test_what_is_wrong_is_shown(event: Path) -> None:
    ended = fql("preview", "-", event, stdin=b'{"if": "a =", "actions": []}')
    assert ended.code == 1
    assert "error[FQL108]" in ended.err
    ended = fql("preview", event, event)
    assert ended.code == 1
    assert "there is no filter in this" in ended.err
    assert fql("preview", "-", "-").code == 2
