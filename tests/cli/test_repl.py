"""``fql repl``: lines and their answers, from a pipe and at a terminal."""

from __future__ import annotations

import builtins
import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fql.cli import repl, repl_events, repl_terminal
from fql.cli.repl_events import FieldSeen, load_events
from fql.cli.repl_session import HELP, Session
from fql.cli.repl_terminal import rich_prompt, run, typed_lines
from fql.cli.repl_words import completions
from fql.compiler.functions import FUNCTIONS
from tests.cli.running import ORDER, OTHER, STAFF, fql, fql_process, ndjson

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fql.compiler.values import Json

PAID: dict[str, Json] = {
    "type": "track",
    "event": "Paid",
    "properties": {"total": "25", "a b": 1},
}
EVENTS = ndjson(ORDER, OTHER, PAID)


@pytest.fixture
def events(tmp_path: Path) -> Path:
    path = tmp_path / "events.ndjson"
    path.write_bytes(EVENTS)
    return path


@pytest.fixture
def session(events: Path) -> Session:
    session = Session()
    assert session.load(str(events)).text == "3 events"
    return session


# --- expressions ----------------------------------------------------------------------


def test_an_expression_is_counted_and_explained(session: Session) -> None:
    reply = session.enter('  type = "track" and properties.total >= 10\n')
    assert not reply.has_failed
    assert reply.text == (
        "0 of 3 events match\n"
        "\n"
        "event 1 does not match\n"
        '1 | type = "track" and properties.total >= 10\n'
        '  | -------------- true: type is the string "track"\n'
        "  |                    ^^^^^^^^^^^^^^^^^^^^^^ "
        "false: properties.total is missing"
    )


def test_the_first_matches_are_shown(session: Session) -> None:
    assert session.enter('type = "track"').text.startswith(
        "2 of 3 events match\n"
        "     1  track  Order Completed  u1  m1\n"
        "     3  track  Paid\n"
        "\n"
        "event 1 matches\n"
    )


def test_many_matches_are_cut(session: Session, events: Path) -> None:
    events.write_bytes(ndjson(*[STAFF] * 8))
    session.load(str(events))
    assert "  and 3 more\n" in session.enter("all").text


def test_a_value_is_shown_for_the_current_event_and_the_commonest_ones(
    session: Session, events: Path
) -> None:
    assert session.enter("number(properties.total)").text == (
        "event 1: null\n     2  null\n     1  25"
    )
    events.write_bytes(ndjson(*({"n": str(index)} for index in range(9))))
    session.load(str(events))
    assert session.enter("number(n)").text.splitlines()[-1] == "     4  other values"


def test_a_value_may_have_warnings(session: Session) -> None:
    reply = session.enter("typeof(prperties.total)")
    assert reply.text.startswith("warning[FQL201]")
    assert reply.text.endswith('     3  the string "null"')
    assert not reply.has_failed


def test_without_events_an_expression_still_has_findings() -> None:
    session = Session()
    assert session.enter("a").text == "no events are loaded; `:load FILE` does that"
    assert session.enter("length('abc')").text == "3"
    reply = session.enter("type ==")
    assert reply.has_failed
    assert reply.text.startswith("error[FQL102]")


def test_an_operand_that_is_no_condition_is_an_error(session: Session) -> None:
    reply = session.enter("number(a) and b")
    assert reply.has_failed
    assert reply.text.startswith("error[FQL302]")


def test_a_warning_comes_before_the_answer(session: Session) -> None:
    text = session.enter("prperties.total = 1").text
    assert text.startswith("warning[FQL201]")
    assert "0 of 3 events match" in text


def test_an_empty_line_is_nothing(session: Session) -> None:
    assert session.enter(" \n") == ("", False, False)


def test_answers_may_be_coloured(events: Path) -> None:
    session = Session(color=True)
    session.load(str(events))
    assert "\x1b[" in session.enter("a").text


# --- commands -------------------------------------------------------------------------


def test_the_last_expression_is_explained_in_full(session: Session) -> None:
    session.enter('event = "Paid"')
    text = session.enter(":explain").text
    assert text.endswith('it would match if:\n  event were the string "Paid"')
    assert session.enter(":explain 3").text.startswith("the event matches")
    assert session.enter(":explain").text.startswith("the event matches")
    assert session.enter(":explain 9").has_failed


def test_the_stops_of_the_last_expression_are_counted(session: Session) -> None:
    session.enter('event = "Paid"')
    assert session.enter(":stops").text.startswith("3 events: 1 match, 2 do not")


def test_an_event_is_chosen_by_its_number(session: Session) -> None:
    assert session.enter(":event").text.startswith('event 1\n{\n  "type": "track"')
    assert session.enter(":event 3").text.startswith("event 3\n")
    assert session.enter('event = "Paid"').text.splitlines()[3] == "event 3 matches"


def test_the_fields_are_listed(session: Session) -> None:
    assert session.enter(":fields properties").text == (
        "2  properties  (an object)\n"
        "1  properties.a\\ b  (a number)\n"
        "1  properties.id  (a string)\n"
        "1  properties.total  (a string)"
    )
    assert session.enter(":fields x").text == "there are none"


def test_the_dialect_may_change(session: Session) -> None:
    text = 'type = "track" and event = "A" or event = "Order Completed"'
    assert session.enter(":dialect").text == "expressions are read as fql"
    assert "event 1 matches" in session.enter(text).text
    assert not session.enter(":dialect trigger").has_failed
    assert "2 of 3 events match" in session.enter(text).text
    assert session.enter("(((").has_failed
    assert session.diagnose("(((").startswith("FQL701 at 1:1: ")


def test_other_events_may_be_loaded(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "one.json"
    path.write_text('{\n "type": "page"}')
    session.enter(":event 3")
    assert session.enter(f":load {path}").text == "1 event"
    assert session.enter(":event").text.startswith("event 1\n")


def test_lines_that_are_no_events_are_told(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "odd.ndjson"
    path.write_bytes(EVENTS + b"[1]\n")
    reply = session.load(str(path))
    assert reply.has_failed
    assert reply.text.startswith("error[FQL503]")
    assert reply.text.endswith("3 events")


def test_only_so_many_events_and_fields_are_kept(
    session: Session, events: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repl_events, "MAX_EVENTS", 2)
    monkeypatch.setattr(repl_events, "MAX_FIELDS", 3)
    assert session.load(str(events)).text == "2 events, the first of more"
    assert len(load_events(str(events), print).fields) == 3


def test_fields_without_a_name_or_too_deep_are_not_known(tmp_path: Path) -> None:
    path = tmp_path / "deep.json"
    path.write_text('{"":1,' + '"a":{' * 20 + '"b":1' + "}" * 21)
    fields = [each.path for each in load_events(str(path), print).fields]
    assert fields == [".".join("a" * depth) for depth in range(1, 9)]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (":evnt 1", "there is no command :evnt; did you mean `:event`?"),
        (":x", "there is no command :x; `:help` lists the commands"),
        (":event 0", "there are events 1 to 3"),
        (":event 4", "there are events 1 to 3"),
        (":event x", "there are events 1 to 3"),
        (f":event {'9' * 5_000}", "there are events 1 to 3"),
        (":\x1b[2J", "there is no command :<U+001B>[2J; `:help` lists the commands"),
        (":load", "name a file: `:load events.ndjson`"),
        (":dialect sql", "the dialects are fql and trigger"),
        (":explain", "write an expression first, with events loaded"),
        (":stops", "write an expression first, with events loaded"),
    ],
)
def test_a_wrong_command_is_told(session: Session, line: str, said: str) -> None:
    reply = session.enter(line)
    assert (reply.text, reply.has_failed) == (said, True)


def test_commands_without_events_say_so() -> None:
    assert "no events are loaded" in Session().enter(":event 1").text


def test_a_file_that_cannot_be_read_leaves_what_there_was(session: Session) -> None:
    reply = session.enter(":load /no/such/file")
    assert reply.has_failed
    assert "error[FQL501]" in reply.text
    assert len(session.loaded.events) == 3


def test_help_names_every_command(session: Session) -> None:
    assert session.enter(":help").text == HELP
    for word in session.complete(":"):
        assert word.text in HELP
    assert session.enter(":quit").is_last


# --- completion and live findings -----------------------------------------------------

FIELDS = (
    FieldSeen("properties.total", 3, ("a number",)),
    FieldSeen("properties.a\\ b", 1, ("a string",)),
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("prop", [("properties.total", -4), ("properties.a\\ b", -4)]),
        ("a = 1 and Properties.T", [("properties.total", -12)]),
        ("properties.a\\ ", [("properties.a\\ b", -14)]),
        ("cont", [("contains(", -4)]),
        ("an", [("any(", -2), ("and", -2)]),
        ("and", []),
        ("a = 'prop", []),
        ('a = "x\\" prop', []),
        ("a # prop", []),
        ("a = ", []),
        ("", []),
    ],
)
def test_words_are_completed(text: str, expected: list[tuple[str, int]]) -> None:
    found = completions(text, FIELDS, FUNCTIONS)
    assert [(word.text, word.start) for word in found] == expected


def test_commands_and_their_arguments_are_completed(session: Session) -> None:
    assert [word.text for word in session.complete(":e")] == [":event", ":explain"]
    assert [word.text for word in session.complete(":fields properties.i")] == [
        "properties.id"
    ]
    about = {word.text: word.about for word in session.complete("t")}
    assert about["type"] == "a string"
    assert about["true"] == "keyword"


def test_the_first_finding_is_shown_while_typing(session: Session) -> None:
    assert session.diagnose("contians(a, 'b')") == (
        "FQL204 at 1:1: unknown function `contians`; did you mean `contains`?"
    )
    for text in ("", " ", ":evnt", "a = 'b'", "number(a)"):
        assert session.diagnose(text) == ""


# --- lines from a pipe ----------------------------------------------------------------


def test_lines_may_come_from_a_pipe(events: Path) -> None:
    ended = fql("repl", events, stdin=b'type = "page"\n:quit\ntype ==\n')
    assert ended.code == 0
    assert ended.out.startswith("3 events\n1 of 3 events match\n     2  page  u2\n")
    assert ended.err == ""


def test_a_line_with_errors_fails_a_pipe(events: Path) -> None:
    ended = fql("repl", events, "--dialect", "fql", stdin=b"type ==\nall\n")
    assert ended.code == 1
    assert "3 of 3 events match" in ended.out


def test_bytes_that_are_no_text_are_errors_of_their_line() -> None:
    ended = fql("repl", stdin=b"\xff\nlength('ab')\n")
    assert ended.code == 1
    assert "error[FQL115]" in ended.out
    assert ended.out.endswith("\n2\n\n")


def test_nothing_in_an_event_reaches_the_terminal_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "odd.json"
    path.write_text(json.dumps({"type": "page", "\x1b[2J": "\x9b2J"}))
    typed = b':event\n:fields\ntype = "track"\n:explain\n'
    ended = fql("repl", path, stdin=typed)
    assert not re.search(r"[^\n\x20-\x7e]", ended.out), ended.out


def test_events_that_cannot_be_read_fail_a_pipe(tmp_path: Path) -> None:
    ended = fql("repl", tmp_path / "none", stdin=b"")
    assert (ended.code, ended.out) == (1, "")
    assert "error[FQL501]" in ended.err


def test_standard_input_is_not_for_events() -> None:
    ended = fql("repl", "-", stdin=EVENTS)
    assert ended.code == 2
    assert "standard input is for what is typed" in ended.err


def test_no_events_are_needed() -> None:
    ended = fql_process("repl", stdin=b"length('ab')\n")
    assert (ended.code, ended.out, ended.err) == (0, "2\n\n", "")


# --- at a terminal --------------------------------------------------------------------


@pytest.fixture
def typed() -> Iterator[Callable[[str], None]]:
    from prompt_toolkit.application import create_app_session
    from prompt_toolkit.input import create_pipe_input
    from prompt_toolkit.output import DummyOutput

    with (
        create_pipe_input() as pipe,
        create_app_session(input=pipe, output=DummyOutput()),
    ):
        yield pipe.send_text


def test_lines_are_read_from_a_terminal(
    session: Session, typed: Callable[[str], None], tmp_path: Path
) -> None:
    history = tmp_path / "state" / "fql" / "history"
    typed("type ==\x03all\r\x04")
    assert list(typed_lines(session, history)) == ["all"]
    assert "+all" in history.read_text()
    assert history.stat().st_mode & 0o077 == 0


def test_the_prompt_completes_and_warns(
    session: Session, typed: Callable[[str], None]
) -> None:
    from prompt_toolkit.completion import CompleteEvent
    from prompt_toolkit.document import Document

    prompt = rich_prompt(session, None)
    assert prompt.completer is not None
    found = prompt.completer.get_completions(Document("exi"), CompleteEvent())
    assert [each.text for each in found] == ["exists("]
    typed("contians(a)\r")
    assert prompt.prompt() == "contians(a)"


@pytest.fixture
def without_prompt_toolkit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "prompt_toolkit", None)


@pytest.mark.usefixtures("without_prompt_toolkit")
@pytest.mark.parametrize("has_history", [True, False])
def test_without_the_package_the_plain_editor_reads(
    session: Session,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    has_history: bool,
) -> None:
    lines = iter(["all", ""])
    monkeypatch.setattr(builtins, "input", answering(lines))
    history = tmp_path / "history" if has_history else None
    assert list(typed_lines(session, history)) == ["all", ""]
    assert (tmp_path / "history.readline").exists() is has_history


@pytest.mark.usefixtures("without_prompt_toolkit")
def test_without_any_editor_lines_are_read(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "readline", None)
    lines = iter(["all"])
    monkeypatch.setattr(builtins, "input", answering(lines))
    assert list(typed_lines(session, None)) == ["all"]


def answering(lines: Iterator[str]) -> Callable[[str], str]:
    """Return what stands for ``input``: it gives *lines*, then the end."""

    def answer(prompt: str) -> str:
        assert prompt == repl_terminal.PROMPT
        try:
            return next(lines)
        except StopIteration:
            raise EOFError from None

    return answer


@pytest.mark.usefixtures("without_prompt_toolkit")
def test_a_history_that_cannot_be_kept_is_told(
    session: Session,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(builtins, "input", answering(iter(())))
    assert list(typed_lines(session, tmp_path / "file" / "history")) == []
    assert "no history is kept: " in capsys.readouterr().err


def test_a_person_gets_a_prompt_and_no_failure(
    events: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[Path | None] = []

    def lines(session: Session, history: Path | None) -> Iterator[str]:
        asked.append(history)
        yield "type =="

    monkeypatch.setattr(repl, "is_interactive", lambda: True)
    monkeypatch.setattr(repl, "typed_lines", lines)
    state = {"XDG_STATE_HOME": str(tmp_path)}
    ended = fql("repl", events, environment=state)
    assert (ended.code, "`:help` lists the commands" in ended.out) == (0, True)
    assert fql("repl", "--no-history", environment=state).code == 0
    assert asked == [tmp_path / "fql" / "history", None]


def test_a_pipe_is_no_person() -> None:
    assert not repl_terminal.is_interactive()


@pytest.mark.parametrize("state", [{}, {"XDG_STATE_HOME": "relative"}])
def test_the_history_has_its_usual_place(state: dict[str, str]) -> None:
    path = repl.history_file(state)
    assert path is not None
    assert path.parts[-4:] == (".local", "state", "fql", "history")


def test_a_user_without_a_home_has_no_history(monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless() -> Path:
        raise RuntimeError("could not determine home directory")

    monkeypatch.setattr(Path, "home", homeless)
    assert repl.history_file({}) is None
    assert repl.history_file({"XDG_STATE_HOME": str(Path.cwd())}) is not None


def test_a_session_ends_with_the_command_that_says_so(
    session: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not run(session, [":quit", "type =="])
    assert capsys.readouterr().out == ""
