"""What the pages of schemas and analysis show is what the commands print."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.cli.running import FQL

DOCS = Path(__file__).resolve().parents[2] / "docs"
EXAMPLES = DOCS.parent / "examples"
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def sessions(name: str) -> list[tuple[str, str]]:
    """Return each command that a page shows, and what it is shown to print.

    Lines of a command that goes on start with ``> ``, as in a shell.
    """
    text = (DOCS / name).read_text(encoding="utf-8")
    found = []
    for block in BLOCK.findall(text):
        for session in block.removeprefix("$ ").split("\n$ "):
            first, *lines = session.rstrip("\n").split("\n")
            more = [line for line in lines if line[:2] in {"> ", ">"}]
            command = "\n".join([first, *(line[2:] for line in more)])
            printed = lines[len(more) :]
            found.append((command, "".join(f"{line}\n" for line in printed)))
    return found


@pytest.mark.skipif(os.name == "nt", reason="the examples are for a POSIX shell")
@pytest.mark.parametrize("name", ["schemas.md", "analysis.md"])
def test_a_page_shows_what_is_printed(name: str, tmp_path: Path) -> None:
    (tmp_path / "examples").symlink_to(EXAMPLES)
    path = f"{FQL.parent}{os.pathsep}{os.environ['PATH']}"
    for command, expected in sessions(name):
        done = subprocess.run(
            ["/bin/sh", "-c", command],
            cwd=tmp_path,
            env={**os.environ, "PATH": path},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            timeout=60,
        )
        assert done.stdout.decode() == expected, command
