"""``fql fmt --simplify``: shorter conditions, each law named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.cli.running import PROGRAM, fql

if TYPE_CHECKING:
    from pathlib import Path

LOOSE = PROGRAM.replace('userId = "staff"', '!(userId != "staff")')


def test_a_condition_is_printed_shorter_and_the_laws_are_named() -> None:
    ended = fql("fmt", "--simplify", "-e", "a or (a and b)")
    assert (ended.code, ended.out) == (0, "a\n")
    assert ended.err == "<text>: absorbed part: a or (a and b)  ->  a\n"


def test_a_program_is_written_shorter(tmp_path: Path) -> None:
    file = tmp_path / "a.fql"
    file.write_text(LOOSE, encoding="utf-8")
    ended = fql("fmt", "--simplify", file)
    assert (ended.code, ended.out) == (0, "")
    assert ended.err.startswith(f"{file}: negated comparison: ")
    assert file.read_text(encoding="utf-8") == PROGRAM
    assert fql("fmt", "--simplify", "--check", file).code == 0


def test_without_the_option_conditions_stay(tmp_path: Path) -> None:
    file = tmp_path / "a.fql"
    file.write_text(LOOSE, encoding="utf-8")
    assert fql("fmt", "--check", file).code == 0


def test_the_difference_is_shown_and_nothing_written(tmp_path: Path) -> None:
    file = tmp_path / "a.fql"
    file.write_text(LOOSE, encoding="utf-8")
    ended = fql("fmt", "--simplify", "--diff", file)
    assert ended.code == 1
    assert '+  filter "staff" when userId = "staff" { drop }' in ended.out
    assert file.read_text(encoding="utf-8") == LOOSE


def test_a_condition_with_errors_is_a_finding() -> None:
    ended = fql("fmt", "--simplify", "-e", "nope(a)")
    assert ended.code == 1
    assert "FQL204" in ended.err
