"""Findings one by one: shown at once to people, kept for the other forms."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from fql.cli.findings import Findings
from fql.grammar.diagnostics import Code, Diagnostic
from fql.grammar.limits import MAX_DIAGNOSTICS
from fql.grammar.source import Source, Span

if TYPE_CHECKING:
    import pytest

FINDING = Diagnostic(Code.SYNTAX, "no", Span(0, 1), Source("x", "a.fql"))


def test_people_see_each_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    findings = Findings()
    findings(FINDING)
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("error[FQL100]: no\n --> a.fql:1:1\n")
    assert shown.err.endswith("\n\n")


def test_beyond_a_hundred_only_their_number_is_shown(
    capsys: pytest.CaptureFixture[str],
) -> None:
    findings = Findings()
    findings.extend([FINDING] * (MAX_DIAGNOSTICS + 1_234))
    findings.close()
    shown = capsys.readouterr().err
    assert shown.count("error[") == len(findings.kept) == MAX_DIAGNOSTICS
    assert shown.endswith("\n\nand 1,234 more\n\n")
    assert findings.count == MAX_DIAGNOSTICS + 1_234


def test_other_forms_are_left_to_their_writer(
    capsys: pytest.CaptureFixture[str],
) -> None:
    findings = Findings("json")
    findings.extend([FINDING] * 2)
    findings.close()
    assert capsys.readouterr().err == ""
    assert findings.kept == [FINDING] * 2


def test_a_document_is_written_at_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    findings = Findings("json")
    findings(FINDING)
    assert capsys.readouterr().err == ""
    findings.finish()
    (told,) = json.loads(capsys.readouterr().err)
    assert told["code"] == "FQL100"
