"""How an interactive session meets its user: a terminal, or lines from anywhere.

On a terminal, the package prompt_toolkit completes words and shows what is wrong while
a line is written; without it, Python's own line editor does what it can. Where standard
input is no terminal, lines are read and answered without a prompt.
"""

from __future__ import annotations

import contextlib
import sys
from io import TextIOWrapper
from typing import TYPE_CHECKING

from fql.cli.output import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path
    from types import ModuleType

    from prompt_toolkit import PromptSession
    from prompt_toolkit.completion import CompleteEvent, Completion
    from prompt_toolkit.document import Document

    from fql.cli.repl_session import Session

PROMPT = "fql> "

PLAIN_HISTORY = "history.readline"
"""The file of the plain editor, whose form is another one."""

MAX_HISTORY = 10_000
"""Lines of history that the plain editor keeps."""


def is_interactive() -> bool:
    """Return whether a person is at both ends."""
    streams = (sys.stdin, sys.stdout)
    return all(each is not None and each.isatty() for each in streams)


def run(session: Session, lines: Iterable[str]) -> bool:
    """Answer *lines* until one ends the session. Returns whether one had errors."""
    has_failed = False
    for line in lines:
        reply = session.enter(line)
        if reply.text:
            say(reply.text + "\n")
        has_failed = has_failed or reply.has_failed
        if reply.is_last:
            break
    return has_failed


def piped_lines() -> Iterator[str]:
    """Yield the lines of standard input; what is no UTF-8 is taken as in arguments."""
    if isinstance(sys.stdin, TextIOWrapper):
        sys.stdin.reconfigure(errors="surrogateescape")
    yield from sys.stdin or ()


# --- at a terminal --------------------------------------------------------------------


def typed_lines(session: Session, history: Path | None) -> Iterator[str]:
    """Yield what is typed, line by line, until its end.

    Args:
        session: Knows what may be written, and what is wrong with it.
        history: The file of what was typed before; None for none.
    """
    try:
        read = _rich_reader(session, history)
    except ImportError:
        read = _plain_reader(history and history.with_name(PLAIN_HISTORY))
    while True:
        try:
            yield read()
        except KeyboardInterrupt:  # drops the line, as shells do
            say("")
        except EOFError:
            say("")
            return


def _prepared(history: Path) -> Path | None:
    """Return *history* as a file that only its owner reads, or None where it cannot be.

    What is typed may name people.
    """
    try:
        history.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        history.touch(mode=0o600)
    except OSError as error:
        say(f"no history is kept: {error}", err=True)
        return None
    return history


def _rich_reader(session: Session, history: Path | None) -> Callable[[], str]:
    """Return what reads a line with completion and live findings.

    Raises:
        ImportError: prompt_toolkit is not installed.
    """
    prompt = rich_prompt(session, history)
    return lambda: prompt.prompt(PROMPT)


def rich_prompt(session: Session, history: Path | None) -> PromptSession[str]:
    """Return the prompt of prompt_toolkit for *session*.

    Raises:
        ImportError: prompt_toolkit is not installed.
    """
    from prompt_toolkit import PromptSession
    from prompt_toolkit.application import get_app
    from prompt_toolkit.completion import Completer, Completion
    from prompt_toolkit.history import FileHistory, InMemoryHistory

    kept = None if history is None else _prepared(history)

    class Words(Completer):
        def get_completions(
            self, document: Document, complete_event: CompleteEvent
        ) -> Iterable[Completion]:
            for word in session.complete(document.text_before_cursor):
                yield Completion(word.text, word.start, display_meta=word.about)

    def toolbar() -> str:
        return session.diagnose(get_app().current_buffer.text)

    return PromptSession(
        history=InMemoryHistory() if kept is None else FileHistory(str(kept)),
        completer=Words(),
        complete_while_typing=True,
        bottom_toolbar=toolbar,
    )


def _plain_reader(history: Path | None) -> Callable[[], str]:
    """Return what reads a line with Python's own editor, where there is one."""
    try:
        import readline
    except ImportError:
        return lambda: input(PROMPT)
    kept = None if history is None else _prepared(history)
    return _remembering(readline, kept)


def _remembering(readline: ModuleType, history: Path | None) -> Callable[[], str]:
    if history is not None:
        with contextlib.suppress(OSError):
            readline.read_history_file(history)
        readline.set_history_length(MAX_HISTORY)

    def read() -> str:
        line = input(PROMPT)
        if history is not None and line:
            with contextlib.suppress(OSError):
                readline.write_history_file(history)
        return line

    return read
