"""What ``docs/cli.md`` shows is what the commands print."""

from __future__ import annotations

import os
import re
import subprocess
from doctest import ELLIPSIS, OutputChecker
from pathlib import Path

import pytest

from tests.cli.running import FQL

ROOT = Path(__file__).resolve().parent.parent.parent
TEXT = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```console\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)
SHOWN = [
    tuple(part.split("\n", 1))
    for block in BLOCKS
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)
    if part
]
"""Each command and what it is shown to print."""


def test_every_command_is_shown() -> None:
    words = " ".join(command for command, _ in SHOWN)
    shown = set(re.findall(r"\bfql ([a-z-]+)", words))
    assert shown >= {"run", "check", "fmt", "eval", "explain-code"}


@pytest.mark.skipif(os.name == "nt", reason="the examples are for a POSIX shell")
@pytest.mark.parametrize(("command", "expected"), SHOWN)
def test_a_command_prints_what_is_shown(command: str, expected: str) -> None:
    path = f"{FQL.parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["/bin/sh", "-c", command],
        cwd=ROOT,
        env={**os.environ, "PATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        timeout=60,
    )
    printed = done.stdout.decode()
    assert OutputChecker().check_output(expected, printed, ELLIPSIS), printed
