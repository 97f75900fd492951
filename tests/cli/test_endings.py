"""Every ending has a line and an exit code, never a traceback."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

from fql.cli.endings import ended_well
from tests.cli.running import FQL, OTHER, PROGRAM, ndjson

if TYPE_CHECKING:
    from collections.abc import Callable

FULL = Path("/dev/full")


def ending(
    stop: Callable[[], None], capsys: pytest.CaptureFixture[str]
) -> tuple[int, str]:
    """Return the exit code of what *stop* raises, and what is said."""
    with pytest.raises(click.exceptions.Exit) as caught, ended_well():
        stop()
    return caught.value.exit_code, capsys.readouterr().err


def raising(error: BaseException) -> Callable[[], None]:
    """Return a function that raises *error*."""

    def stop() -> None:
        raise error

    return stop


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (KeyboardInterrupt(), 130, "fql: interrupted\n"),
        (
            OSError(28, "No space left on device"),
            1,
            "fql: cannot write: no space left on device\n",
        ),
        (PermissionError(13, "Not allowed", "x.fql"), 1, "fql: x.fql: not allowed\n"),
    ],
)
def test_an_ending_has_a_line_and_a_code(
    error: BaseException, code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ending(raising(error), capsys) == (code, said)


def test_a_mistake_of_ours_is_owned(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FQL_DEBUG", raising=False)
    code, said = ending(raising(AssertionError("a hole")), capsys)
    assert code == 70
    assert said.startswith("fql: internal error: AssertionError: a hole\n")


def test_its_traceback_is_there_for_those_who_ask(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FQL_DEBUG", "1")
    with pytest.raises(AssertionError), ended_well():
        raise AssertionError


@pytest.mark.parametrize(
    "error", [click.UsageError("no"), click.exceptions.Exit(3), click.Abort()]
)
def test_what_click_ends_by_itself_passes(error: Exception) -> None:
    with pytest.raises(type(error)), ended_well():
        raise error


@pytest.mark.skipif(os.name == "nt", reason="signals are those of POSIX")
def test_ctrl_c_ends_with_130_and_what_was_done(tmp_path: Path) -> None:
    program = tmp_path / "site.fql"
    program.write_text(PROGRAM)
    with subprocess.Popen(
        [FQL, "run", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdin.write(ndjson(OTHER))
        process.stdin.flush()
        assert b"NO_MATCHING_MAPPING" in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        said = process.stderr.read().decode()
        process.stdin.close()
    assert process.returncode == 130
    assert said.startswith("events ")
    assert said.endswith("fql: interrupted\n")
    assert "Traceback" not in said


@pytest.mark.skipif(os.name == "nt", reason="pipes are those of POSIX")
def test_a_reader_that_leaves_ends_it_quietly(tmp_path: Path) -> None:
    events = tmp_path / "events.ndjson"
    events.write_bytes(ndjson(OTHER) * 20_000)
    with subprocess.Popen(
        [FQL, "eval", "-e", "all", events],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        said = process.stderr.read()
    assert (process.returncode, said) == (141, b"")


@pytest.mark.skipif(not FULL.exists(), reason="there is no full device here")
def test_a_full_disk_is_said() -> None:
    with FULL.open("wb") as full:
        done = subprocess.run(
            [FQL, "explain-code"], stdout=full, stderr=subprocess.PIPE, check=False
        )
    said = b"fql: cannot write: no space left on device\n"
    assert (done.returncode, done.stderr) == (1, said)
