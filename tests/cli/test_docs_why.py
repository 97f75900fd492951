"""What the page about explanations shows is what the commands print."""

from __future__ import annotations

import os
import re
import subprocess
from doctest import ELLIPSIS, OutputChecker
from pathlib import Path

import pytest

from tests.cli.running import FQL

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "why.md").read_text(encoding="utf-8")
BLOCKS = re.findall(
    r"^```console\n\$ (.*?)\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE
)


def test_each_step_is_shown() -> None:
    shown = {
        name
        for command, _ in BLOCKS
        for name in re.findall(r"\bfql ([a-z-]+)", command)
    }
    assert shown >= {"check", "eval", "explain", "test"}


@pytest.mark.skipif(os.name == "nt", reason="the examples are for a POSIX shell")
@pytest.mark.parametrize(("command", "expected"), BLOCKS)
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
