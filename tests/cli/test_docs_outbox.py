"""What the guide to the outbox shows is what the commands print."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.cli.shown import (
    ROOT,
    Session,
    blocks,
    check_shown,
    posix_only,
    printed_by,
    together,
)

if TYPE_CHECKING:
    from pathlib import Path

PAGE = "docs/outbox.md"
SHOWN = [together(block) for block in blocks(PAGE)]
TEXT = (ROOT / PAGE).read_text(encoding="utf-8")
PROGRAM = re.search(r"^```\n(destination .*?)^```$", TEXT, re.DOTALL | re.MULTILINE)


def test_the_guide_shows_commands() -> None:
    assert len(SHOWN) == 3


@posix_only
@pytest.mark.parametrize("session", SHOWN, ids=lambda session: session.command)
def test_a_command_prints_what_the_guide_shows(
    session: Session, tmp_path: Path
) -> None:
    assert PROGRAM is not None
    (tmp_path / "archive.fql").write_text(PROGRAM[1])
    shutil.copy(ROOT / "examples" / "events.ndjson", tmp_path)
    check_shown(session, printed_by(session.command, folder=tmp_path))
