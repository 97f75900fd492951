"""Commands that documents show, and whether they print what is shown."""

from __future__ import annotations

import os
import re
import subprocess
from doctest import ELLIPSIS, OutputChecker
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.cli.running import FQL

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.DOTALL | re.MULTILINE)

posix_only = pytest.mark.skipif(
    os.name == "nt", reason="the examples are for a POSIX shell"
)


class Session(NamedTuple):
    """A command and what it is shown to print.

    A ``...`` in what is printed stands for anything.
    """

    command: str
    printed: str


def blocks(page: str) -> list[list[Session]]:
    """Return the sessions of each block that the document *page* shows.

    Lines with which a command goes on start with ``>``, as in a shell.
    """
    text = (ROOT / page).read_text(encoding="utf-8")
    return [
        [_session(part) for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]]
        for block in BLOCK.findall(text)
    ]


def sessions(page: str) -> list[Session]:
    """Return the sessions of all blocks."""
    return [session for block in blocks(page) for session in block]


def together(block: list[Session]) -> Session:
    """Return the sessions of one block as one, for those that share a shell."""
    commands, printed = zip(*block, strict=True)
    return Session("\n".join(commands), "".join(printed))


def _session(text: str) -> Session:
    first, *lines = text.splitlines()
    more = list(takewhile(lambda line: re.match(r">( |$)", line), lines))
    command = "\n".join([first, *(line[2:] for line in more)])
    return Session(command, "".join(f"{line}\n" for line in lines[len(more) :]))


def printed_by(
    command: str, *, folder: Path = ROOT, environment: Mapping[str, str] | None = None
) -> str:
    """Return what a shell command prints, on standard output and standard error."""
    path = f"{FQL.parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["/bin/sh", "-c", command],
        cwd=folder,
        env={**os.environ, "PATH": path, **(environment or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        timeout=60,
    )
    return done.stdout.decode()


def check_shown(session: Session, printed: str) -> None:
    """Fail where *printed* is not what *session* shows, but for blanks at its end."""
    expected, found = (f"{text.rstrip()}\n" for text in (session.printed, printed))
    is_shown = OutputChecker().check_output(expected, found, ELLIPSIS)
    assert is_shown, f"{session.command}\n{printed}"
