"""What commands show: forms, colours, and texts that a terminal cannot take."""

from __future__ import annotations

import io
import json
import sys
from importlib import metadata
from typing import TYPE_CHECKING

import pytest

from fql.cli.output import binary_output, conclude, heading, is_colored, say, show
from fql.grammar.diagnostics import Code, Diagnostic
from fql.grammar.report import to_json
from fql.grammar.source import Source, Span

if TYPE_CHECKING:
    from fql.cli.output import Format

FINDING = Diagnostic(Code.SYNTAX, "no", Span(0, 1), Source("x", "a.fql"))


class Terminal(io.StringIO):
    """A stream that is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Return a terminal whose user has said nothing of colours."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    return Terminal()


def test_a_terminal_has_colours(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdout", terminal)
    show([FINDING])
    assert "\x1b[" in terminal.getvalue()
    assert heading("x") == "\x1b[1mx\x1b[0m"


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_whoever_wants_none_gets_none(
    name: str, value: str, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "stdout", terminal)
    show([FINDING])
    say(heading("x"))
    assert "\x1b[" not in terminal.getvalue()
    assert not is_colored(terminal)


def test_an_empty_no_color_says_nothing(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "")
    assert is_colored(terminal)


def test_other_streams_have_no_colours(capsys: pytest.CaptureFixture[str]) -> None:
    show([FINDING])
    conclude([FINDING])
    assert capsys.readouterr().out == (
        "error[FQL100]: no\n --> a.fql:1:1\n  |\n1 | x\n  | ^\n\n1 error\n"
    )


def test_people_are_shown_nothing_where_there_is_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    show([])
    assert capsys.readouterr().out == ""
    conclude([])
    assert capsys.readouterr().out == "no problems\n"


@pytest.mark.parametrize("findings", [[], [FINDING]])
def test_json_is_a_list(
    findings: list[Diagnostic], capsys: pytest.CaptureFixture[str]
) -> None:
    show(findings, "json", err=True)
    assert json.loads(capsys.readouterr().err) == [to_json(each) for each in findings]


def test_sarif_is_a_log(capsys: pytest.CaptureFixture[str]) -> None:
    show([FINDING], "sarif")
    (run,) = json.loads(capsys.readouterr().out)["runs"]
    assert run["tool"]["driver"]["version"] == metadata.version("fql")
    assert [each["ruleId"] for each in run["results"]] == ["FQL100"]


@pytest.mark.parametrize("form", ["human", "json", "sarif"])
def test_what_cannot_be_encoded_is_escaped(
    form: Format, monkeypatch: pytest.MonkeyPatch
) -> None:
    bytes_ = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(bytes_, "ascii"))
    message = "a \ud800 b é"
    show([Diagnostic(Code.SYNTAX, message, Span(0, 1), Source("é"))], form)
    sys.stdout.flush()
    assert b"xe9" in bytes_.getvalue() or b"u00e9" in bytes_.getvalue()


def test_without_streams_nothing_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    show([FINDING])
    say("x", err=True)
    assert heading("x") == "x"
    with binary_output() as nowhere:
        assert nowhere.write(b"x") == 1
