"""The bar of a long reading: only where somebody sees it, and never in the way."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

import pytest

from fql.cli.progress import PATIENCE, Progress

if TYPE_CHECKING:
    from collections.abc import Callable


class Terminal(io.StringIO):
    """A stream that is a terminal."""

    def isatty(self) -> bool:
        return True


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    """Return a clock that stands still."""
    return Clock()


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Callable[[], Terminal]:
    """Return what makes standard error a terminal, alone, and returns that.

    pytest exchanges the streams between a fixture and its test.
    """

    def start() -> Terminal:
        terminal = Terminal()
        monkeypatch.setattr(sys, "stderr", terminal)
        monkeypatch.setattr(sys, "stdout", io.StringIO())
        monkeypatch.setenv("TERM", "xterm")
        return terminal

    return start


def advance(clock: Clock) -> None:
    """Read half of an input of 200 bytes, at length."""
    with Progress(200, clock=clock) as progress:
        progress(0)
        clock.now += PATIENCE
        progress(100)


def test_a_long_reading_has_a_bar(watch: Callable[[], Terminal], clock: Clock) -> None:
    pytest.importorskip("rich")
    terminal = watch()
    advance(clock)
    assert "50%" in terminal.getvalue()


def test_what_is_written_meanwhile_stays_whole(
    watch: Callable[[], Terminal], clock: Clock
) -> None:
    pytest.importorskip("rich")
    terminal = watch()
    with Progress(None, clock=clock) as progress:
        clock.now += PATIENCE
        progress(100)
        print("error: no\n  [here]", file=sys.stderr)  # noqa: T201 - is what is tested
    assert "error: no\n" in terminal.getvalue()
    assert "  [here]\n" in terminal.getvalue()


def test_a_short_one_has_none(watch: Callable[[], Terminal], clock: Clock) -> None:
    terminal = watch()
    with Progress(200, clock=clock) as progress:
        clock.now += PATIENCE / 2
        progress(100)
    assert terminal.getvalue() == ""


def test_without_the_package_there_is_none(
    watch: Callable[[], Terminal], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = watch()
    monkeypatch.setitem(sys.modules, "rich", None)
    advance(clock)
    assert terminal.getvalue() == ""


def test_output_on_the_terminal_comes_first(
    watch: Callable[[], Terminal], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = watch()
    monkeypatch.setattr(sys, "stdout", Terminal())
    advance(clock)
    assert terminal.getvalue() == ""


@pytest.mark.parametrize("stream", [None, io.StringIO()])
def test_where_nobody_looks_there_is_none(
    stream: io.StringIO | None, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", stream)
    advance(clock)
    assert stream is None or stream.getvalue() == ""
