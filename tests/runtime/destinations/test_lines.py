"""Lines in files: whole or not at all, and put aside in time."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fql.runtime.destinations import lines as lines_module
from fql.runtime.destinations.lines import LineFile, Period, Rotation

if TYPE_CHECKING:
    from pathlib import Path

NOON = 1_772_366_400.0
"""2026-03-01T12:00:00Z."""


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def test_lines_are_appended(tmp_path: Path) -> None:
    path = tmp_path / "a.ndjson"
    LineFile(path).append(b"1\n")
    LineFile(path, is_synced=False).append(b"2\n3\n")
    assert path.read_bytes() == b"1\n2\n3\n"


def test_only_its_user_may_read_a_new_file(tmp_path: Path) -> None:
    LineFile(tmp_path / "a").append(b"1\n")
    assert (tmp_path / "a").stat().st_mode & 0o077 == 0


def test_a_torn_line_stays_a_line_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b'{"a": 1}\n{"b"')
    LineFile(path).append(b"2\n")
    assert path.read_bytes() == b'{"a": 1}\n{"b"\n2\n'


def test_what_could_not_be_written_whole_is_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, write = tmp_path / "a", os.write
    LineFile(path).append(b"1\n")
    room = [3]

    def full(file: int, data: bytes) -> int:
        if not room[0]:
            raise OSError(errno.ENOSPC, "No space left on device")
        written = write(file, bytes(data)[: room[0]])
        room[0] -= written
        return written

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(OSError, match="No space left"):
        LineFile(path).append(b"22222\n")
    monkeypatch.undo()
    assert path.read_bytes() == b"1\n"


def test_a_file_is_put_aside_before_it_is_too_large(tmp_path: Path) -> None:
    path = tmp_path / "a"
    file = LineFile(path, Rotation(size=6), clock=lambda: NOON)
    for number in range(5):
        file.append(b"%d%d\n" % (number, number))
    assert path.read_bytes() == b"44\n"
    aside = [each for each in tmp_path.iterdir() if each != path]
    assert sorted(each.read_bytes() for each in aside) == [b"00\n11\n", b"22\n33\n"]
    file.append(b"too large for any file\n")
    assert path.read_bytes() == b"too large for any file\n"


@pytest.mark.parametrize(
    ("period", "later", "is_aside"),
    [
        (Period.HOUR, 3_599, False),
        (Period.HOUR, 3_600, True),
        (Period.DAY, 12 * 3_600 - 1, False),
        (Period.DAY, 12 * 3_600, True),
        (Period.NEVER, 10 * 86_400, False),
    ],
)
def test_a_file_is_put_aside_after_a_period(
    tmp_path: Path, period: Period, later: int, *, is_aside: bool
) -> None:
    path = tmp_path / "a"
    LineFile(path).append(b"1\n")
    os.utime(path, (NOON, NOON))
    LineFile(path, Rotation(period), clock=lambda: NOON + later).append(b"2\n")
    expected = ["a", "a.20260301T120000Z"] if is_aside else ["a"]
    assert names(tmp_path) == expected
    assert path.read_bytes() == (b"2\n" if is_aside else b"1\n2\n")


def test_what_is_put_aside_replaces_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a"
    (tmp_path / "a.20260301T120000Z").write_bytes(b"older\n")
    LineFile(path).append(b"1\n")
    os.utime(path, (NOON, NOON))
    LineFile(path, Rotation(size=2)).append(b"2\n")
    assert names(tmp_path) == ["a", "a.20260301T120000Z", "a.20260301T120000Z.1"]


def test_threads_share_a_file(tmp_path: Path) -> None:
    path = tmp_path / "a"
    file = LineFile(path, Rotation(size=4_000), is_synced=False)

    def append(number: int) -> None:
        file.append(b"%06d\n" % number * 3)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(append, range(400)))
    found = b"".join(each.read_bytes() for each in tmp_path.iterdir()).split()
    assert sorted(found) == sorted(b"%06d" % n for n in range(400) for _ in range(3))


def test_processes_share_a_file(tmp_path: Path) -> None:
    path = tmp_path / "a"
    program = (
        "import sys\n"
        "from fql.runtime.destinations.lines import LineFile, Rotation\n"
        "file = LineFile(sys.argv[1], Rotation(size=3_000), is_synced=False)\n"
        "for n in range(300): file.append(sys.argv[2].encode() * 20 + b'\\n')\n"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", program, path, letter])
        for letter in "xy"
    ]
    assert [each.wait(30) for each in running] == [0, 0]
    found = b"".join(each.read_bytes() for each in tmp_path.iterdir()).split()
    assert sorted(found) == [b"x" * 20] * 300 + [b"y" * 20] * 300


def test_a_file_that_was_put_aside_meanwhile_is_opened_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, aside = tmp_path / "a", tmp_path / "b"
    path.write_bytes(b"1\n")

    def put_aside_first(file: int, how: int) -> None:
        if not aside.exists():
            path.rename(aside)

    locks = SimpleNamespace(flock=put_aside_first, LOCK_EX=2)
    monkeypatch.setattr(lines_module, "fcntl", locks)
    LineFile(path).append(b"2\n")
    assert (path.read_bytes(), aside.read_bytes()) == (b"2\n", b"1\n")


def test_a_system_without_locks_is_served(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines_module, "fcntl", None)
    LineFile(tmp_path / "a").append(b"1\n")
    assert (tmp_path / "a").read_bytes() == b"1\n"


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(1, 30), max_size=12), st.integers(1, 40))
def test_nothing_is_lost_and_no_file_is_too_large(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[int], limit: int
) -> None:
    """Law: all files together hold all lines; only a line alone exceeds the size."""
    folder = tmp_path_factory.mktemp("files")
    file = LineFile(folder / "a", Rotation(size=limit), is_synced=False)
    for size in sizes:
        file.append(b"x" * size + b"\n")
    contents = [each.read_bytes() for each in folder.iterdir()]
    found = sorted(len(line) for each in contents for line in each.splitlines())
    assert found == sorted(sizes)
    assert all(len(each) <= limit or each.count(b"\n") == 1 for each in contents)
