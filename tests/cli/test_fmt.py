"""``fql fmt``: files in their canonical form, all or nothing."""

from __future__ import annotations

import json
import os
import shutil
import stat
from typing import TYPE_CHECKING

import pytest

from tests.cli.running import PROGRAM, fql, fql_process

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LOOSE = "source   site{ }  # ours\n"


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], Path]:
    """Return what writes a text to a file of its own."""

    def written(text: str) -> Path:
        file = tmp_path / f"{len(list(tmp_path.iterdir()))}.fql"
        file.write_bytes(text.encode())
        return file

    return written


def test_a_file_is_written_in_its_canonical_form(
    write: Callable[[str], Path], tmp_path: Path
) -> None:
    file = write(LOOSE)
    ended = fql("fmt", file)
    assert (ended.code, ended.out, ended.err) == (0, "", f"formatted {file}\n")
    assert file.read_text() == fql("fmt", "-", stdin=LOOSE.encode()).out
    assert list(tmp_path.iterdir()) == [file]


def test_doing_it_again_changes_nothing(write: Callable[[str], Path]) -> None:
    file = write(LOOSE)
    fql("fmt", file)
    before = file.stat()
    ended = fql("fmt", file)
    assert (ended.code, ended.out, ended.err) == (0, "", "")
    assert (file.stat().st_mtime_ns, file.stat().st_ino) == (
        before.st_mtime_ns,
        before.st_ino,
    )


def test_checking_names_what_would_change(write: Callable[[str], Path]) -> None:
    good, bad = write(PROGRAM), write(LOOSE)
    ended = fql("fmt", "--check", good, bad)
    assert (ended.code, ended.out) == (1, f"{bad}\n")
    assert bad.read_text() == LOOSE
    assert fql("fmt", "--check", good).code == 0


def test_a_diff_shows_what_would_change(write: Callable[[str], Path]) -> None:
    file = write(LOOSE.removesuffix("\n"))
    ended = fql("fmt", "--diff", file)
    changed = [line for line in ended.out.splitlines() if line[0] in "-+\\"]
    assert ended.code == 1
    assert changed[:2] == [f"--- {file}", f"+++ {file} (formatted)"]
    assert changed[2:4] == [
        f"-{LOOSE.removesuffix(chr(10))}",
        "\\ No newline at end of file",
    ]
    assert all(line.startswith("+") for line in changed[4:])
    assert file.read_text() == LOOSE.removesuffix("\n")


def test_files_with_errors_stay_and_the_others_are_written(
    write: Callable[[str], Path], tmp_path: Path
) -> None:
    bad, good = write("source {"), write(LOOSE)
    ended = fql("fmt", bad, tmp_path / "gone.fql", good)
    assert ended.code == 1
    assert bad.read_text() == "source {"
    assert good.read_text() != LOOSE
    assert "error[FQL501]" in ended.err
    assert str(bad) in ended.err


@pytest.mark.skipif(os.name == "nt", reason="rights are those of POSIX")
def test_rights_and_links_stay(write: Callable[[str], Path], tmp_path: Path) -> None:
    file = write(LOOSE)
    file.chmod(0o640)
    link = tmp_path / "link.fql"
    link.symlink_to(file.name)
    assert fql("fmt", link).code == 0
    assert link.is_symlink()
    assert file.read_text() != LOOSE
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


def test_a_file_that_cannot_be_written_stays_whole(
    write: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(source: Path, target: str) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copymode", fail)
    file = write(LOOSE)
    ended = fql("fmt", file)
    said = f"fql: cannot write {file}: no space left on device\n"
    assert (ended.code, ended.err) == (1, said)
    assert file.read_text() == LOOSE
    assert list(tmp_path.iterdir()) == [file]


def test_a_file_that_must_not_be_written_is_not(
    write: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def deny(path: Path, mode: int) -> bool:
        return False

    monkeypatch.setattr(os, "access", deny)
    file = write(LOOSE)
    assert fql("fmt", file).code == 1
    assert file.read_text() == LOOSE


def test_line_ends_become_those_of_the_canonical_form(
    write: Callable[[str], Path],
) -> None:
    file = write(PROGRAM.replace("\n", "\r\n"))
    assert fql("fmt", "--check", file).code == 1
    fql("fmt", file)
    assert file.read_bytes() == PROGRAM.encode()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a='x'AND b", 'a = "x" and b\n'),
        ("a = 1 # é", "a = 1  # é\n"),
        ("all", "all\n"),
    ],
)
def test_a_condition_is_printed(text: str, expected: str) -> None:
    ended = fql_process("fmt", "-e", text)
    assert (ended.code, ended.out) == (0, expected)


def test_a_condition_can_be_checked() -> None:
    assert fql("fmt", "--check", "-e", "a = 1").code == 0
    ended = fql("fmt", "--check", "-e", "a  = 1")
    assert (ended.code, ended.out) == (1, "<text>\n")


@pytest.mark.parametrize("form", ["human", "json", "sarif"])
def test_errors_have_their_form(form: str) -> None:
    ended = fql("fmt", "-e", "a ==", "--format", form)
    assert (ended.code, ended.out) == (1, "")
    if form != "human":
        assert json.loads(ended.err)
    else:
        assert "error[" in ended.err


def test_standard_input_with_errors_gives_nothing() -> None:
    ended = fql("fmt", "-", stdin=b"source {")
    assert (ended.code, ended.out) == (1, "")


@pytest.mark.parametrize("arguments", [(), ("a.fql", "-e", "all"), ("a.json",)])
def test_wrong_use(arguments: tuple[str, ...]) -> None:
    assert fql("fmt", *arguments).code == 2
