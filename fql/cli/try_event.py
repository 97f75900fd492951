"""``fql test-event``: one event through a program, to its requests or answers."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import click

from fql.cli.inputs import PATH, STDIN, read_text
from fql.cli.outboxes import kept_tokens, tokens_option
from fql.cli.output import Format, conclude, format_option, has_color, say, show
from fql.cli.programs import load_program
from fql.grammar.diagnostics import Code, FqlError

if TYPE_CHECKING:
    from fql.compiler.values import Json
    from fql.runtime.delivery.outbox import Outbox
    from fql.runtime.tester import Choice, EventTest
    from fql.runtime.workspace import Workspace


@click.command("test-event", short_help="Send one event through a program, to look on.")
@click.argument("program", type=PATH)
@click.argument("event_file", type=PATH, metavar="EVENT")
@click.option("--source", metavar="NAME", help="The source that the event comes from.")
@click.option("--destination", metavar="NAME", help="Only this one of the program.")
@click.option("--send", is_flag=True, help="Send the requests, each once.")
@click.option("--ignore-filters", is_flag=True, help="Pass over the filters.")
@tokens_option
@format_option("human", "json")
def command(
    program: str,
    event_file: str,
    *,
    source: str | None,
    destination: str | None,
    send: bool,
    ignore_filters: bool,
    place: str | None,
    form: Format,
) -> int:
    """Show what becomes of EVENT in PROGRAM: each stage, payloads, and requests.

    EVENT is a file with one event as JSON. Its filters act as they do always, unless
    --ignore-filters is given. The requests are shown, and with --send sent: their
    answers are shown then. Secrets are masked. The exit code is 1 where no mapping
    takes the event, a payload cannot be sent, or a request was not taken.
    """
    from fql.runtime.tester import Choice

    choice = Choice(source, destination, None, ignore_filters)
    return tested(program, event_file, choice, is_sent=send, place=place, form=form)


def tested(
    program: str,
    event_file: str,
    choice: Choice,
    *,
    is_sent: bool,
    place: str | None,
    form: Format,
) -> int:
    """Test an event, show what became of it, and return the exit code.

    Args:
        program: The program's file.
        event_file: The event's file.
        choice: What is tested.
        is_sent: Whether the requests are sent.
        place: The outbox that keeps access tokens, or None.
        form: How it is shown.
    """
    if program == STDIN and event_file == STDIN:
        raise click.UsageError("standard input cannot hold both program and event")
    workspace = load_program(program, form)
    if workspace is None:
        return 1
    event = _event(event_file, form)
    if event is None:
        return 1
    if form == "human":
        _warn(workspace, is_sent=is_sent)
    try:
        with kept_tokens(place if is_sent else None, workspace) as tokens:
            result = _run(workspace, event, choice, tokens, is_sent=is_sent)
    except FqlError as error:
        show(error.diagnostics, form, err=True)
        return 1
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    if form == "json":
        say(json.dumps(result.to_dict(), indent=2))
    else:
        say(result.to_text(color=has_color()))
    return int(not result.is_matched or not result.is_sound)


def _event(path: str, form: Format) -> dict[str, Json] | None:
    from fql.runtime.previews import event_in

    try:
        return event_in(read_text(path))
    except FqlError as error:
        show(error.diagnostics, form, err=True)
        if form == "human":
            conclude(error.diagnostics, err=True)
    return None


def _warn(workspace: Workspace, *, is_sent: bool) -> None:
    """Show the warnings that matter: variables only where something is sent."""
    show(
        [
            each
            for each in workspace.diagnostics
            if is_sent or each.code is not Code.MISSING_ENVIRONMENT
        ],
        err=True,
    )


def _run(
    workspace: Workspace,
    event: dict[str, Json],
    choice: Choice,
    tokens: Outbox | None,
    *,
    is_sent: bool,
) -> EventTest:
    from fql.runtime.tester import send_event, try_event

    if is_sent:
        return asyncio.run(send_event(workspace, event, choice, tokens=tokens))
    return try_event(workspace, event, choice)
