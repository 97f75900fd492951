"""``fql compile``: the Python that it prints is the function that runs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.running import NOBODY, ORDER, OTHER, PROGRAM, STAFF, fql

if TYPE_CHECKING:
    from pathlib import Path

TEXT = "{ id: userId ?? anonymousId, order: properties.id }"
TWO = f"""{PROGRAM}
destination mail: stdout from site {{
  mapping "Order" when event = "Order Completed" send send {{ kind: type }}
}}
"""
EVENTS = (ORDER, STAFF, NOBODY, OTHER)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in {
        "m.map": TEXT,
        "m.json": json.dumps({"kind": {"@path": "$.type"}}),
        "one.fql": PROGRAM,
        "two.fql": TWO,
        "none.fql": "source site {}\n",
        "bad.map": "{ id: userId",
    }.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def function(printed: str, name: str) -> Any:
    """Return the function of that name in a printed module."""
    scope: dict[str, Any] = {}
    exec(printed, scope)  # noqa: S102 - the point
    return scope[name]


def test_a_condition_becomes_a_function() -> None:
    ended = fql("compile", "-e", 'type = "track" and exists(userId)')
    matches = function(ended.out, "matches")
    assert (ended.code, ended.err) == (0, "")
    assert [*map(matches, EVENTS)] == [True, False, False, False]


def test_the_trigger_dialect_is_the_original_reading() -> None:
    text = 'type = "page" and !(userId = "u2")'
    plain = function(fql("compile", "-e", text).out, "matches")
    ended = fql("compile", "-e", text, "--dialect", "trigger")
    as_original = function(ended.out, "matches")
    assert (plain(OTHER), as_original(OTHER)) == (False, True)


@pytest.mark.parametrize(
    ("file", "wanted"),
    [
        ("m.map", {"id": "u1", "order": "o-1"}),
        ("m.json", {"kind": "track"}),
        ("one.fql", {"id": "o-1"}),
    ],
)
def test_a_mapping_becomes_a_function(
    folder: Path, file: str, wanted: dict[str, str]
) -> None:
    ended = fql("compile", "--mapping", folder / file)
    assert (ended.code, ended.err) == (0, "")
    assert function(ended.out, "build")(ORDER) == wanted


def test_a_mapping_may_come_from_standard_input() -> None:
    ended = fql("compile", "--mapping", "-", stdin=TEXT.encode())
    assert function(ended.out, "build")(NOBODY) == {}


def test_one_of_several_mappings_is_named(folder: Path) -> None:
    several = fql("compile", "--mapping", folder / "two.fql", "--name", "Order")
    assert (several.code, several.out) == (2, "")
    assert "choose one mapping with --name: crm/Order, mail/Order" in several.err
    one = fql("compile", "--mapping", folder / "two.fql", "--name", "mail/Order")
    assert function(one.out, "build")(ORDER) == {"kind": "track"}


def test_a_program_without_mappings_is_wrong_use(folder: Path) -> None:
    ended = fql("compile", "--mapping", folder / "none.fql")
    assert (ended.code, ended.out) == (2, "")
    assert "the program has no mapping" in ended.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "give a condition with -e, or a file with --mapping"),
        (("-e", "a", "--mapping", "b"), "give a condition with -e, or a file"),
        (("-e", "a", "--name", "b"), "--name goes with --mapping"),
        (("--mapping", "a", "--dialect", "fql"), "--dialect goes with -e"),
        (("-e", "a", "--emit", "c"), "'c' is not 'python'"),
    ],
)
def test_wrong_use_ends_with_2(arguments: tuple[str, ...], said: str) -> None:
    ended = fql("compile", *arguments)
    assert (ended.code, ended.out) == (2, "")
    assert said in ended.err


def test_errors_are_findings_and_nothing_is_printed(folder: Path) -> None:
    condition = fql("compile", "-e", 'type == "track"')
    mapping = fql("compile", "--mapping", folder / "bad.map")
    assert (condition.code, condition.out) == (1, "")
    assert "error[FQL102]" in condition.err
    assert condition.err.endswith("1 error\n")
    assert (mapping.code, mapping.out) == (1, "")
    assert "bad.map:1:" in mapping.err


def test_a_file_that_cannot_be_read_is_a_finding(tmp_path: Path) -> None:
    ended = fql("compile", "--mapping", tmp_path / "no.map")
    assert (ended.code, ended.out) == (1, "")
    assert "error[FQL501]" in ended.err


def test_warnings_leave_the_module_alone() -> None:
    text = "properties.a = 1 and properties.a = 2"
    human = fql("compile", "-e", text)
    data = fql("compile", "-e", text, "--format", "json")
    assert (human.code, data.code) == (0, 0)
    assert human.out == data.out
    assert "warning[FQL303]" in human.err
    assert [each["code"] for each in json.loads(data.err)] == ["FQL303"]


def test_text_that_is_no_character_is_escaped() -> None:
    ended = fql("compile", "-e", 'event = "\ud800 é"')
    assert function(ended.out, "matches")({"event": "\ud800 é"}) is True
