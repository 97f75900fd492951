"""Several processes give what one gives, and end as one does."""

from __future__ import annotations

import gzip
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import click
import pytest

from fql.api import compile as compile_trigger
from fql.cli import blocks, jobs, stretches
from fql.cli.blocks import Block
from fql.cli.channel import Order
from fql.cli.jobs import Workers, optional_workers, serve
from fql.cli.selecting import Selected, Selection
from fql.cli.stretches import Stretch
from fql.cli.work import Refusals
from fql.grammar.diagnostics import FqlError
from tests.cli.running import (
    FQL,
    NOBODY,
    ORDER,
    OTHER,
    PROGRAM,
    STAFF,
    Ended,
    fql,
    ndjson,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fql.cli.work import Work

SIZE = 2_000
"""Bytes of a stretch, so that a small file has many."""


@pytest.fixture(autouse=True)
def small_stretches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let files be cut often."""
    monkeypatch.setattr(stretches, "STRETCH", SIZE)


@pytest.fixture
def events(tmp_path: Path) -> Path:
    """Return a file of many events, some of which come twice or are none."""
    path = tmp_path / "events.ndjson"
    lines: list[bytes] = []
    for number in range(300):
        order = ORDER | {"messageId": f"m{number % 250}"}
        lines.append(ndjson(order, STAFF if number % 3 else OTHER, NOBODY))
        if number % 70 == 0:
            lines.append(b"no event %d\n\n" % number)
    path.write_bytes(b"\xef\xbb\xbf" + b"".join(lines) + ndjson(OTHER)[:-1])
    return path


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """Return the path of a program."""
    path = tmp_path / "site.fql"
    path.write_text(PROGRAM)
    return path


def without_rate(ended: Ended) -> tuple[int, str, str]:
    """Return how a command ended, the time that it took aside."""
    return ended.code, ended.out, ended.err.rpartition("\n")[0].rpartition("\n")[0]


@pytest.mark.parametrize("count", [2, 3])
def test_running_gives_the_same(count: int, program: Path, events: Path) -> None:
    one = fql("run", program, events, "--strict", events)
    more = fql("run", program, events, "--jobs", count, "--strict", events)
    assert "DUPLICATE_MESSAGE" in one.out
    assert without_rate(more) == without_rate(one)


@pytest.mark.parametrize("options", [(), ("-v",), ("--count",), ("--check-lines",)])
def test_evaluating_gives_the_same(options: tuple[str, ...], events: Path) -> None:
    text = 'event = "Order Completed" and messageId in ["m1", "m200"]'
    one = fql("eval", "-e", text, *options, events, events)
    more = fql("eval", "-e", text, *options, events, "-j", 2, events)
    assert more == one


@pytest.mark.parametrize("command", ["run", "eval"])
def test_bad_lines_have_their_numbers(
    command: str, program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever a block or a stretch ends, and with lines that are too long."""
    monkeypatch.setattr(blocks, "MAX_LINE", 3 * SIZE)
    monkeypatch.setattr(blocks, "BLOCK", SIZE)
    monkeypatch.setattr(blocks, "_PIECE", SIZE // 4)
    path = tmp_path / "bad.ndjson"
    bad = [b"[%d]" % number for number in range(20)]
    long = [b"[%b]" % (b" " * size) for size in (SIZE, 3 * SIZE, 4 * SIZE)]
    good = [b"{}"] * (3 * SIZE)  # these cannot match
    path.write_bytes(b"\n".join([*bad, *good, *long, *bad, long[1], *bad]))
    what = [program] if command == "run" else ["--check-lines", "-e", "exists(a)"]
    one = fql(command, *what, path, "--format", "json")
    more = fql(command, *what, path, "--format", "json", "--jobs", 2)
    assert one.err.count('"line"') > len(bad)
    assert (more.code, more.out, more.err) == (one.code, one.out, one.err)


def test_what_is_compressed_is_handed_out(
    program: Path, events: Path, tmp_path: Path
) -> None:
    packed = tmp_path / "events.ndjson.gz"
    packed.write_bytes(gzip.compress(events.read_bytes()))
    one = fql("run", program, events, packed)
    more = fql("run", program, events, packed, "--jobs", 2)
    assert without_rate(more) == without_rate(one)


def test_what_may_still_be_written_is_read_here(program: Path, events: Path) -> None:
    content = events.read_bytes()
    one = fql("run", program, stdin=content)
    more = fql("run", program, "--jobs", 2, stdin=content)
    assert without_rate(more) == without_rate(one)


def test_an_input_that_breaks_off_ends_only_itself(
    program: Path, events: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.gz"
    broken.write_bytes(gzip.compress(events.read_bytes() * 10)[:-200])
    one = fql("run", program, broken, "gone", events)
    more = fql("run", program, broken, "gone", events, "--jobs", 2)
    assert without_rate(more) == without_rate(one)
    assert one.code == 1
    assert len(one.lines) > 500


@pytest.mark.parametrize("count", ["0", "-1", "x", "1000"])
def test_a_number_of_processes_is_a_small_number(count: str) -> None:
    assert fql("eval", "-e", "all", "--jobs", count, stdin=b"").code == 2


# --- processes ----------------------------------------------------------------------

TRACK = Selection(compile_trigger('type = "track"'))
LINE = b'{"type":"track"}\n'


class Faulty:
    """Work that fails."""

    def __call__(self, block: Block) -> Iterator[Selected]:
        if block.data == b"die":
            os.kill(os.getpid(), signal.SIGKILL)
        raise ValueError(block.data)


def do_nothing(number: int, handler: object) -> None:
    """Stand in for setting a handler, which only main threads can."""


def served(work: Work[Selected], *tasks: Block | Stretch) -> list[object]:
    """Return what a process says to tasks; it works in a thread of this one."""
    ours, theirs = multiprocessing.Pipe()
    for task in tasks:
        ours.send(Order(task, 0))
    said: list[object] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(signal, "signal", do_nothing)
        thread = threading.Thread(target=serve, args=(work, theirs))
        thread.start()
        while ours.poll(5) and len(said) < 2 * len(tasks):
            said.append(ours.recv())
            if not isinstance(said[-1], Selected):
                break
        ours.close()
        thread.join(5)
    assert not thread.is_alive()
    return said


def test_a_process_says_what_it_found_and_that_it_is_done() -> None:
    first, ending = served(TRACK, Block(LINE + b"{}\n", 1))
    assert first[0] == LINE  # type: ignore[index]  # a result
    assert ending is None


def test_a_process_reads_its_stretch(tmp_path: Path) -> None:
    path = tmp_path / "e"
    path.write_bytes(LINE * 3)
    first, ending = served(TRACK, Stretch(str(path), len(LINE), 2 * len(LINE)))
    assert (first[0], first[2]) == (LINE, 1)  # type: ignore[index]  # a result
    assert ending is None


def test_a_process_says_what_it_cannot_read() -> None:
    (failure,) = served(TRACK, Stretch("gone", 0, 10))
    assert isinstance(failure, FqlError)


def test_a_process_says_what_went_wrong() -> None:
    (mistake,) = served(Faulty(), Block(b"x", 1))
    assert mistake == ("ValueError: b'x'",)


def test_a_mistake_in_a_process_is_one_here() -> None:
    with (
        pytest.raises(RuntimeError, match="ValueError: b'x'"),
        Workers(Faulty(), 1) as workers,
    ):
        list(workers.results([Block(b"x", 1)]))


def test_a_process_that_is_killed_ends_the_command() -> None:
    with (
        pytest.raises(click.ClickException, match="ended from outside"),
        Workers(Faulty(), 2) as workers,
    ):
        list(workers.results([Block(b"die", 1), Block(b"die", 1)]))


class Echoing:
    """Work that hands each line over on its own."""

    def __call__(self, block: Block) -> Iterator[Selected]:
        for line in block.data.splitlines(keepends=True):
            yield Selected(line, 1, 1, Refusals())


@pytest.mark.parametrize("room", [1, 30, 64, 300])
def test_outputs_are_whole_however_little_room_there_is(
    room: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "ROOM", room)
    lines = [b"%d" % number * (number % 40) + b"\n" for number in range(400)]
    tasks = [
        Block(b"".join(lines[start : start + 25]), 1) for start in range(0, 400, 25)
    ]
    with Workers(Echoing(), 2) as workers:
        given = [each.output for each in workers.results(tasks)]
    assert given == lines


def test_a_failure_leaves_the_processes_usable(tmp_path: Path) -> None:
    path = tmp_path / "e"
    path.write_bytes(LINE * 3)
    good = Stretch(str(path), 0, 3 * len(LINE))
    with Workers(TRACK, 2) as workers:
        with pytest.raises(FqlError):
            list(workers.results([Stretch("gone", 0, 9), good, good], 2))
        (found,) = workers.results([good])
    assert found.output == LINE * 3


def test_spawned_processes_do_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "other")
    with Workers(TRACK, 1) as workers:
        (found,) = workers.results([Block(LINE + b"x\n", 1)])
    assert found.output == LINE


def test_one_process_needs_no_others() -> None:
    with optional_workers(TRACK, 1) as workers:
        assert workers is None


@pytest.mark.skipif(os.name == "nt", reason="signals are sent as on POSIX")
@pytest.mark.parametrize("command", ["run", "eval"])
def test_an_interrupt_ends_all_processes(
    command: str, program: Path, tmp_path: Path
) -> None:
    big = tmp_path / "big.ndjson"
    big.write_bytes(ndjson(ORDER) * 25_000)
    what = [program] if command == "run" else ["-v", "-e", "type = 1"]
    with subprocess.Popen(
        [FQL, command, *what, big, "-j", "2"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        process.stdout.read(1)  # somebody works, and more than the pipe takes is left
        os.killpg(process.pid, signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert err.endswith(b"fql: interrupted\n")
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)


def test_a_reader_that_leaves_ends_all_processes(program: Path, tmp_path: Path) -> None:
    big = tmp_path / "big.ndjson"
    big.write_bytes(ndjson(ORDER) * 12_000)
    with subprocess.Popen(
        [FQL, "run", program, big, "--jobs", "2"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.wait(30) == 141
