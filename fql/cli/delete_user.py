"""``fql delete-user``: a user deleted at the destinations of a program."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from fql.cli.inputs import PATH
from fql.cli.outboxes import tokens_option
from fql.cli.output import Format, format_option
from fql.cli.try_authentication import asked

if TYPE_CHECKING:
    from fql.runtime.delivery.asking import Asked
    from fql.runtime.delivery.outbox import Outbox
    from fql.runtime.workspace import Workspace


@click.command("delete-user", short_help="Have a user deleted at destinations.")
@click.argument("program", type=PATH)
@click.argument("user", metavar="USER")
@click.option("--destination", metavar="NAME", help="Only this one of the program.")
@tokens_option
@format_option("human", "json")
def command(
    program: str,
    user: str,
    *,
    destination: str | None,
    place: str | None,
    form: Format,
) -> int:
    """Have the destinations of PROGRAM delete all that they hold of USER, a user id.

    Not every kind can. The exit code is 1 where a request was not taken, and where none
    was sent. What waits in an outbox is delivered all the same.
    """
    if not user.strip():
        raise click.BadParameter("a user id is not empty", param_hint="USER")

    async def ask(workspace: Workspace, tokens: Outbox | None) -> list[Asked]:
        from fql.runtime.delivery.asking import delete_user

        return await delete_user(workspace, user, destination, tokens=tokens)

    return asked(program, ask, place=place, form=form)
