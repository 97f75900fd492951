"""``fql test-authentication``: whether destinations take who is calling them."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import click

from fql.cli.inputs import PATH
from fql.cli.outboxes import kept_tokens, tokens_option
from fql.cli.output import Format, format_option, say, show
from fql.cli.programs import load_program
from fql.grammar.cells import visible
from fql.grammar.diagnostics import FqlError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from fql.runtime.delivery.asking import Asked
    from fql.runtime.delivery.outbox import Outbox
    from fql.runtime.workspace import Workspace

    Asking = Callable[[Workspace, Outbox | None], Awaitable[list[Asked]]]


@click.command("test-authentication", short_help="Try the settings of destinations.")
@click.argument("program", type=PATH)
@click.option("--destination", metavar="NAME", help="Only this one of the program.")
@tokens_option
@format_option("human", "json")
def command(
    program: str, *, destination: str | None, place: str | None, form: Format
) -> int:
    """Send each destination of PROGRAM the request that tries its settings.

    Not every kind has one. The exit code is 1 where a request was not taken, and where
    none was sent.
    """

    async def ask(workspace: Workspace, tokens: Outbox | None) -> list[Asked]:
        from fql.runtime.delivery.asking import try_authentication

        return await try_authentication(workspace, destination, tokens=tokens)

    return asked(program, ask, place=place, form=form)


def asked(program: str, ask: Asking, *, place: str | None, form: Format) -> int:
    """Ask the destinations of a program, show the answers, return the exit code.

    Args:
        program: The program's file.
        ask: Asks them.
        place: The outbox that keeps access tokens, or None.
        form: How it is shown.
    """
    workspace = load_program(program, form)
    if workspace is None:
        return 1
    show(workspace.diagnostics, form, err=True)
    try:
        answers = _run(workspace, ask, place)
    except FqlError as error:
        show(error.diagnostics, form, err=True)
        return 1
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    if form == "json":
        say(json.dumps([each.to_dict() for each in answers], indent=2))
    else:
        for each in answers:
            say("\n".join(_lines(each)))
    is_failed = any(each.is_supported and not each.is_done for each in answers)
    return int(is_failed or not any(each.is_done for each in answers))


def _run(workspace: Workspace, ask: Asking, place: str | None) -> list[Asked]:
    async def run(tokens: Outbox | None) -> list[Asked]:
        return await ask(workspace, tokens)

    with kept_tokens(place, workspace) as tokens:
        return asyncio.run(run(tokens))


def _lines(answer: Asked) -> Iterator[str]:
    """Yield what a destination said, and below it what went over the wire."""
    if answer.is_done:
        yield f"{answer.destination}: done"
    elif not answer.is_supported:
        yield f"{answer.destination}: not asked, {visible(answer.detail)}"
    else:
        why = f"{answer.reason} {answer.detail}".strip()
        yield f"{answer.destination}: failed, {visible(why)}"
    for each in answer.exchanges:
        status = "no answer" if each.status is None else str(each.status)
        yield visible(f"  {each.method} {each.url}: {status}")
