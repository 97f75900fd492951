"""What the guide to tests shows is what the commands print, and what is read."""

from __future__ import annotations

import os
import re
import subprocess
from doctest import ELLIPSIS, OutputChecker
from pathlib import Path

import pytest

from fql.grammar.source import Source
from fql.runtime.suite_models import SuiteFile
from fql.runtime.suite_yaml import read_yaml
from tests.cli.running import FQL

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "testing.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```console\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)
SHOWN = [
    re.split(r"^(?![$>] )", block, maxsplit=1, flags=re.MULTILINE) for block in BLOCKS
]
"""The commands of each block, and what the last of them prints."""
FENCED = re.findall(r"^```yaml\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)


def test_the_guide_shows_commands_and_files() -> None:
    assert len(SHOWN) == 4
    assert len(FENCED) == 2


@pytest.mark.skipif(os.name == "nt", reason="the examples are for a POSIX shell")
@pytest.mark.parametrize(("command", "expected"), SHOWN)
def test_a_command_prints_what_the_guide_shows(command: str, expected: str) -> None:
    script = re.sub(r"^[$>] ", "", command, flags=re.MULTILINE)
    path = f"{FQL.parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["/bin/sh", "-c", script],
        cwd=ROOT,
        env={**os.environ, "PATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        timeout=60,
    )
    printed = done.stdout.decode()
    assert OutputChecker().check_output(expected, printed, ELLIPSIS), printed


def test_the_file_in_the_guide_has_the_form_of_one() -> None:
    document = read_yaml(Source(FENCED[0]))
    assert document.diagnostics == ()
    assert len(SuiteFile.model_validate(document.value).tests) == 2


def test_the_table_in_the_guide_has_the_form_of_one() -> None:
    document = read_yaml(Source(f"program: shop.fql\ntests:\n{FENCED[1]}"))
    (table,) = SuiteFile.model_validate(document.value).tests
    assert len(table.rows or ()) == 2
