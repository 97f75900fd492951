"""``fql repl``: expressions tried on events, one after the other."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fql.cli.dialects import dialect_option
from fql.cli.inputs import PATH, STDIN
from fql.cli.output import has_color, say, width_of
from fql.cli.repl_terminal import is_interactive, piped_lines, run, typed_lines
from fql.grammar.report import MIN_WIDTH

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fql.api import Dialect
    from fql.cli.repl_session import Session


_MARGIN = 6
"""Cells left of an expression that is shown: its line's number, signs of a cut."""


@click.command("repl", short_help="Try expressions on events, one after the other.")
@click.argument("events", type=PATH, metavar="[EVENTS]", required=False)
@dialect_option("expressions")
@click.option("--no-history", is_flag=True, help="Keep nothing of what is typed.")
def command(events: str | None, *, dialect: Dialect, no_history: bool) -> int:
    """Read expressions, and show what they answer over EVENTS.

    EVENTS is a file with one event as JSON, or with one a line. Each expression is
    counted over all of them and explained for one; `:help` lists the commands. Lines
    may also come from a pipe: then the exit code is 1 where one of them had errors.
    """
    if events == STDIN:
        raise click.UsageError("standard input is for what is typed: name a file")
    if not is_interactive():
        session = _session(dialect)
        return int(_has_failed(session, events) | run(session, piped_lines()))
    session = _session(dialect)
    _has_failed(session, events)
    say("`:help` lists the commands, Ctrl-D ends\n")
    run(session, typed_lines(session, None if no_history else history_file(os.environ)))
    return 0


def _session(dialect: Dialect) -> Session:
    from fql.cli.repl_session import Session

    width = max(width_of(sys.stdout) - _MARGIN, MIN_WIDTH)
    return Session(dialect=dialect, color=has_color(), width=width)


def _has_failed(session: Session, events: str | None) -> bool:
    """Load *events*, if any are named. Returns whether that had errors."""
    if events is None:
        return False
    reply = session.load(events)
    say(reply.text, err=reply.has_failed)
    return reply.has_failed


def history_file(environment: Mapping[str, str]) -> Path | None:
    """Return the file for what is typed, in the folder for a user's state.

    That is ``$XDG_STATE_HOME/fql/history``, by default in ``~/.local/state``; None
    where the user has no home.
    """
    state = Path(environment.get("XDG_STATE_HOME", ""))
    try:
        home = state if state.is_absolute() else Path.home() / ".local/state"
    except RuntimeError:
        return None
    return home / "fql" / "history"
