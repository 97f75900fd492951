"""What the page about explanations shows is what the commands print."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from doctest import ELLIPSIS, OutputChecker
from itertools import groupby
from pathlib import Path

import pytest

from tests.cli.running import fql

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "why.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```console\n\$ (.*?)^```$", re.DOTALL | re.MULTILINE)
SHOWN = [
    (command, expected)
    for block in BLOCK.findall(TEXT)
    for command, _, expected in (part.partition("\n") for part in block.split("\n$ "))
]


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
    shown = {step[1] for command, _ in SHOWN for step in steps(command) if step[1:]}
    assert shown >= {"check", "eval", "example", "explain", "overlaps", "test"}


@pytest.mark.skipif(os.name == "nt", reason="the examples are for a POSIX shell")
@pytest.mark.parametrize(("command", "expected"), SHOWN)
def test_a_command_prints_what_is_shown(
    command: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    text = ""
    for step in steps(command):
        text = printed(step, text.encode())
    wanted = expected if expected.endswith("\n") else f"{expected}\n"
    assert OutputChecker().check_output(wanted, text, ELLIPSIS), text
