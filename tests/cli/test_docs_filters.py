"""What the guides to filters and migration show is what the commands print."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cli.running import FQL
from tests.runtime.api_server import TOKEN, ApiServer, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
FILTERS = ROOT / "examples" / "migration" / "filters.json"
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@pytest.fixture
def server() -> Iterator[ApiServer]:
    with serving() as running:
        answer = json.loads(FILTERS.read_text(encoding="utf-8"))
        running.put("dest_classic", *answer["data"]["filters"])
        yield running


def sessions(name: str) -> list[tuple[str, str]]:
    """Return each command that a guide shows, and what it is shown to print."""
    text = (ROOT / "docs" / name).read_text(encoding="utf-8")
    found: list[tuple[str, str]] = []
    for block in BLOCK.findall(text):
        for session in block.removeprefix("$ ").split("\n$ "):
            lines = session.splitlines(keepends=True)
            end = next(at for at, line in enumerate(lines) if not line.endswith("\\\n"))
            command = "".join(lines[: end + 1]).replace("\\\n> ", "")
            found.append((command, "".join(lines[end + 1 :])))
    return found


@pytest.mark.skipif(os.name == "nt", reason="the examples are for a POSIX shell")
@pytest.mark.parametrize("name", ["filters.md", "migration.md"])
def test_commands_print_what_is_shown(server: ApiServer, name: str) -> None:
    environment = {
        **os.environ,
        "PATH": f"{FQL.parent}{os.pathsep}{os.environ['PATH']}",
        "PUBLIC_API_TOKEN": TOKEN,
        "PUBLIC_API_URL": server.url,
    }
    for command, expected in sessions(name):
        done = subprocess.run(
            ["/bin/sh", "-c", command],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            timeout=60,
        )
        assert done.stdout.decode() == expected, command


def test_every_command_for_filters_is_shown() -> None:
    shown = " ".join(
        command
        for name in ("filters.md", "migration.md")
        for command, _ in sessions(name)
    )
    for command in ("preview", "export device", "migrate copy", "migrate cutover"):
        assert f"fql {command}" in shown
    assert "fql migrate verify" in shown
