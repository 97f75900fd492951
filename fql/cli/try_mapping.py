"""``fql test-mapping``: one mapping of a program on one event."""

from __future__ import annotations

import click

from fql.cli.inputs import PATH
from fql.cli.outboxes import tokens_option
from fql.cli.output import Format, format_option
from fql.cli.try_event import tested


@click.command("test-mapping", short_help="Try one mapping of a program on an event.")
@click.argument("program", type=PATH)
@click.argument("mapping")
@click.argument("event_file", type=PATH, metavar="EVENT")
@click.option("--destination", metavar="NAME", help="The destination that it is of.")
@click.option("--send", is_flag=True, help="Send the requests, each once.")
@tokens_option
@format_option("human", "json")
def command(
    program: str,
    mapping: str,
    event_file: str,
    *,
    destination: str | None,
    send: bool,
    place: str | None,
    form: Format,
) -> int:
    """Show what MAPPING of PROGRAM makes of EVENT: its payload and its requests.

    MAPPING is a name, or DESTINATION/NAME. It is tried whether or not it is enabled, or
    its trigger takes the event, which is said; filters are passed over. The exit code
    is 1 where the payload cannot be sent, or a request was not taken.
    """
    from fql.runtime.tester import Choice

    choice = Choice(None, destination, mapping, ignore_filters=True)
    return tested(program, event_file, choice, is_sent=send, place=place, form=form)
