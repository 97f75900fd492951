"""What the guides to enrichments and to watching show is what the commands print."""

from __future__ import annotations

import pytest

from tests.cli.shown import (
    Session,
    blocks,
    check_shown,
    posix_only,
    printed_by,
    together,
)

PAGES = ("docs/enrichments.md", "docs/overview.md")
SHOWN = [together(block) for page in PAGES for block in blocks(page)]


@posix_only
@pytest.mark.parametrize("session", SHOWN, ids=lambda session: session.command[:40])
def test_a_command_prints_what_is_shown(session: Session) -> None:
    check_shown(session, printed_by(session.command))


def test_both_are_shown() -> None:
    words = " ".join(session.command for session in SHOWN)
    assert "fql run" in words
    assert "fql overview" in words
