"""What ``docs/cli.md`` shows is what the commands print."""

from __future__ import annotations

import re

import pytest

from tests.cli.shown import Session, check_shown, posix_only, printed_by, sessions

SHOWN = sessions("docs/cli.md")


def test_every_command_is_shown() -> None:
    words = " ".join(session.command for session in SHOWN)
    shown = set(re.findall(r"\bfql ([a-z-]+)", words))
    assert shown >= {"run", "check", "fmt", "eval", "explain-code"}


@posix_only
@pytest.mark.parametrize("session", SHOWN, ids=lambda session: session.command)
def test_a_command_prints_what_is_shown(session: Session) -> None:
    check_shown(session, printed_by(session.command))
