"""What the page about explanations shows is what the commands print."""

from __future__ import annotations

import shlex
import subprocess
from itertools import groupby

import pytest

from tests.cli.running import fql
from tests.cli.shown import ROOT, Session, check_shown, posix_only, sessions

SHOWN = sessions("docs/why.md")


def steps(command: str) -> list[list[str]]:
    """Return the commands that *command* joins by pipes, as words."""
    words = shlex.shlex(command, posix=True, punctuation_chars="|")
    words.whitespace_split = True
    return [list(step) for is_pipe, step in groupby(words, "|".__eq__) if not is_pipe]


def printed(step: list[str], given: bytes) -> str:
    """Return what one command prints; ours runs in this process."""
    if step[0] == "fql":
        ended = fql(*step[1:], stdin=given)
        return ended.err + ended.out
    done = subprocess.run(step, input=given, capture_output=True, check=True)
    return done.stdout.decode()


def test_each_step_is_shown() -> None:
    shown = {step[1] for each in SHOWN for step in steps(each.command) if step[1:]}
    assert shown >= {"check", "eval", "example", "explain", "overlaps", "test"}


@posix_only
@pytest.mark.parametrize("session", SHOWN, ids=lambda session: session.command)
def test_a_command_prints_what_is_shown(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    text = ""
    for step in steps(session.command):
        text = printed(step, text.encode())
    check_shown(session, text)
