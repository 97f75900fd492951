"""What the guide to tests shows is what the commands print, and what is read."""

from __future__ import annotations

import re

import pytest

from fql.grammar.source import Source
from fql.runtime.suite_models import SuiteFile
from fql.runtime.suite_yaml import read_yaml
from tests.cli.shown import (
    ROOT,
    Session,
    blocks,
    check_shown,
    posix_only,
    printed_by,
    together,
)

PAGE = "docs/testing.md"
SHOWN = [together(block) for block in blocks(PAGE)]
TEXT = (ROOT / PAGE).read_text(encoding="utf-8")
FENCED = re.findall(r"^```yaml\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)


def test_the_guide_shows_commands_and_files() -> None:
    assert len(SHOWN) == 4
    assert len(FENCED) == 2


@posix_only
@pytest.mark.parametrize("session", SHOWN, ids=lambda session: session.command)
def test_a_command_prints_what_the_guide_shows(session: Session) -> None:
    check_shown(session, printed_by(session.command))


def test_the_file_in_the_guide_has_the_form_of_one() -> None:
    document = read_yaml(Source(FENCED[0]))
    assert document.diagnostics == ()
    assert len(SuiteFile.model_validate(document.value).tests) == 2


def test_the_table_in_the_guide_has_the_form_of_one() -> None:
    document = read_yaml(Source(f"program: shop.fql\ntests:\n{FENCED[1]}"))
    (table,) = SuiteFile.model_validate(document.value).tests
    assert len(table.rows or ()) == 2
