"""The option for how conditions are read, wherever commands have it."""

from __future__ import annotations

import pytest

from tests.cli.running import fql


@pytest.mark.parametrize("command", ["check", "compile", "eval", "example", "explain"])
def test_other_dialects_are_wrong_use(command: str) -> None:
    ended = fql(command, "-e", "all", "--dialect", "sql", stdin=b"{}")
    assert ended.code == 2
    assert "'sql' is not one of 'fql', 'trigger'" in ended.err


@pytest.mark.parametrize("command", ["check", "compile", "eval", "example", "explain"])
def test_the_help_names_the_default(command: str) -> None:
    told = " ".join(fql(command, "--help").out.split())
    assert "[default: fql]" in told or "as this language (the default)" in told
