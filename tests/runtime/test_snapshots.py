"""Snapshots: made, compared, renewed, and never left behind in silence."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from fql.grammar.diagnostics import Code
from fql.runtime.snapshots import read_snapshots, snapshots_path
from tests.runtime.suite_running import failure, finding, run

if TYPE_CHECKING:
    from pathlib import Path

MAPPING = "mapping: '{ id: userId }'\ntests:\n"
ONE = "- { name: one, event: { userId: u1 }, expect: { snapshot: true } }\n"
TWO = "- { name: two, event: { userId: u2 }, expect: { snapshot: true } }\n"


def kept(folder: Path) -> object:
    return json.loads(snapshots_path(folder / "a.yaml").read_text(encoding="utf-8"))


def test_a_missing_snapshot_fails(tmp_path: Path) -> None:
    said = failure(run(tmp_path, MAPPING + ONE))
    assert said == "there is no snapshot yet; --update makes it"
    assert not snapshots_path(tmp_path / "a.yaml").exists()


def test_updating_writes_what_is_compared_later(tmp_path: Path) -> None:
    report = run(tmp_path, MAPPING + TWO + ONE, update=True)
    assert report.is_passed
    assert report.updated == (str(tmp_path / "a.snapshots.json"),)
    assert kept(tmp_path) == {"one": {"id": "u1"}, "two": {"id": "u2"}}
    written = snapshots_path(tmp_path / "a.yaml").read_text(encoding="utf-8")
    assert written.index("one") < written.index("two")
    assert written.endswith("}\n")
    again = run(tmp_path, MAPPING + TWO + ONE, update=True)
    assert again.updated == ()
    assert run(tmp_path, MAPPING + ONE + TWO).is_passed


def test_a_stale_snapshot_fails(tmp_path: Path) -> None:
    run(tmp_path, MAPPING + ONE, update=True)
    said = failure(run(tmp_path, MAPPING + ONE.replace("u1", "u9")))
    assert said.startswith("the payload differs from its snapshot\nid: expected")


def test_unused_snapshots_are_named_and_go_with_the_next_update(
    tmp_path: Path,
) -> None:
    run(tmp_path, MAPPING + ONE + TWO, update=True)
    report = run(tmp_path, MAPPING + ONE)
    assert report.is_passed
    assert [each.name for each in report.unused] == ["two"]
    run(tmp_path, MAPPING + ONE, update=True)
    assert kept(tmp_path) == {"one": {"id": "u1"}}
    none = MAPPING + "- { event: {}, expect: { payload: {} } }"
    assert run(tmp_path, none, update=True).updated != ()
    assert not snapshots_path(tmp_path / "a.yaml").exists()


def test_a_choice_of_tests_leaves_the_other_snapshots(tmp_path: Path) -> None:
    run(tmp_path, MAPPING + ONE + TWO, update=True)
    report = run(tmp_path, MAPPING + ONE + TWO, select="::ONE")
    assert (len(report.results), report.unused) == (1, ())
    changed = MAPPING + ONE.replace("u1", "u9") + TWO
    run(tmp_path, changed, select="one", update=True)
    assert kept(tmp_path) == {"one": {"id": "u9"}, "two": {"id": "u2"}}


def test_outcomes_have_snapshots_of_their_own(tmp_path: Path) -> None:
    text = """\
program: shop.fql
tests:
- name: order
  event: { type: track, event: Order Completed, userId: u1, properties: { id: o-1 } }
  expect: { outcomes: [{ destination: crm, mapping: Order, snapshot: true }] }
"""
    run(tmp_path, text, update=True)
    assert kept(tmp_path) == {"order / crm/Order": {"id": "o-1"}}
    assert run(tmp_path, text).is_passed


@pytest.mark.parametrize("event", ['{ userId: "\\ud800" }', '{ userId: "é\\u0000" }'])
def test_any_payload_can_be_kept(event: str, tmp_path: Path) -> None:
    text = f"{MAPPING}- {{ event: {event}, expect: {{ snapshot: true }} }}"
    run(tmp_path, text, update=True)
    assert run(tmp_path, text).is_passed


def test_a_deep_payload_can_be_kept(tmp_path: Path) -> None:
    deep = '{"userId": ' + "[" * 1_000 + "]" * 1_000 + "}"
    (tmp_path / "deep.json").write_text(deep, encoding="utf-8")
    text = MAPPING + "- { event: deep.json, expect: { snapshot: true } }"
    run(tmp_path, text, update=True)
    assert run(tmp_path, text).is_passed


@pytest.mark.parametrize("content", ["[]", "{", "\udcff"])
def test_a_file_that_holds_no_snapshots_is_a_finding(
    content: str, tmp_path: Path
) -> None:
    place = snapshots_path(tmp_path / "a.yaml")
    place.write_bytes(content.encode("utf-8", "surrogateescape"))
    assert f"{Code.FILE_UNREADABLE} cannot read" in finding(
        run(tmp_path, MAPPING + ONE)
    )


def test_a_place_that_cannot_be_read_or_written_is_a_finding(tmp_path: Path) -> None:
    snapshots_path(tmp_path / "a.yaml").mkdir()
    assert "is a directory" in finding(run(tmp_path, MAPPING + ONE))


def test_what_cannot_be_written_is_a_finding(tmp_path: Path) -> None:
    snapshots = read_snapshots(tmp_path / "gone" / "a.yaml")
    snapshots.seen["one"] = 1
    with pytest.raises(Exception, match="no such file"):
        snapshots.updated(keeps_unused=False)


def test_a_failed_update_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.unlink", refuse)
    run(tmp_path, MAPPING + ONE, update=True)
    none = MAPPING + "- { event: {}, expect: { payload: {} } }"
    report = run(tmp_path, none, update=True)
    assert [each.code for each in report.diagnostics] == [Code.FILE_UNREADABLE]
    assert not report.is_passed
