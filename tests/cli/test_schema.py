"""Tests of ``fql schema``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import fql as library
from tests.cli.running import ORDER, OTHER, fql, ndjson

if TYPE_CHECKING:
    from pathlib import Path


def test_the_plan_of_events_is_printed(tmp_path: Path) -> None:
    first, second = tmp_path / "a.ndjson", tmp_path / "b.ndjson"
    first.write_bytes(ndjson(ORDER))
    second.write_bytes(ndjson(OTHER))
    ended = fql("schema", "infer", first, second)
    assert (ended.code, ended.err) == (0, "")
    assert json.loads(ended.out) == library.infer_schema([ORDER, OTHER])


def test_the_plan_is_what_check_takes(tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    plan.write_text(fql("schema", "infer", stdin=ndjson(ORDER)).out)
    text = 'event = "Order Completed" and properties.idd = "1"'
    ended = fql("check", "--schema", plan, "-e", text)
    assert ended.code == 0
    assert "did you mean `id`?" in ended.out
    assert f"described in {plan} at /rules/1/jsonSchema" in ended.out


def test_what_is_no_event_is_reported_and_passed_over() -> None:
    ended = fql("schema", "infer", stdin=b"[1]\n{}\nnone\n")
    assert ended.code == 0
    assert json.loads(ended.out)["x-count"] == 1
    assert "FQL503" in ended.err
    assert "FQL502" in ended.err


def test_no_plan_is_printed_of_what_cannot_be_read(tmp_path: Path) -> None:
    ended = fql("schema", "infer", "--format", "json", tmp_path / "none")
    assert (ended.code, ended.out) == (1, "")
    assert [each["code"] for each in json.loads(ended.err)] == ["FQL501"]


def test_wrong_use_is_2() -> None:
    assert fql("schema", "infer", "--wrong").code == 2
    assert fql("schema").code == 2
