"""``fql outbox``: looking into an outbox, and putting right what is in it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import click

from fql.cli.outbox_views import count_lines, counts_json, dead_json, dead_lines
from fql.cli.outboxes import opened_outbox, outbox_option
from fql.cli.output import say, show
from fql.grammar.diagnostics import FqlError

if TYPE_CHECKING:
    from collections.abc import Callable

    from fql.runtime.delivery.outbox import Outbox
    from fql.runtime.delivery.outbox_admin import Chosen

LIMIT = 100
"""Dead payloads that are listed unless another number is asked for."""

_UNITS = {"s": 1.0, "m": 60.0, "h": 3_600.0, "d": 86_400.0}
_AGE = re.compile(r"(\d{1,6}(?:\.\d+)?)([smhd])", re.ASCII)


def _seconds(context: click.Context, option: click.Parameter, value: str) -> float:
    """Return the seconds of an age: a number and a unit."""
    found = _AGE.fullmatch(value)
    if found is None:
        message = f"{value!r} is no age: write a number and s, m, h or d, like 7d"
        raise click.BadParameter(message, context, option)
    return float(found[1]) * _UNITS[found[2]]


def _choosing(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say which payloads are meant."""
    options = (
        click.option("--destination", metavar="NAME", help="Only of this destination."),
        click.option("--mapping", metavar="NAME", help="Only of this mapping."),
        click.option("--reason", metavar="CODE", help="Only those that failed so."),
        click.option("--key", metavar="KEY", help="Only the one with this key."),
    )
    for option in reversed(options):
        command = option(command)
    return command


json_option = click.option("--json", "is_json", is_flag=True, help="Print JSON.")


@click.group("outbox", short_help="Look into an outbox, and put it right.")
def command() -> None:
    """Look into an outbox, and put right what is in it.

    All of it may be done while workers deliver from it.
    """


@command.command("status", short_help="Count what is in it.")
@outbox_option
@json_option
def status(place: str, *, is_json: bool) -> int:
    """Count the payloads by destination, state and reason."""

    def look(outbox: Outbox) -> None:
        from fql.runtime.delivery.outbox_admin import count_jobs

        counts = count_jobs(outbox)
        if is_json:
            say(json.dumps(counts_json(counts), indent=2))
        else:
            say("\n".join(count_lines(counts, outbox.now())))

    return _with_outbox(place, look)


@command.command("dead", short_help="List the payloads that were given up.")
@outbox_option
@_choosing
@click.option(
    "--limit",
    metavar="N",
    type=click.IntRange(min=1),
    default=LIMIT,
    show_default=True,
    help="List so many at the most.",
)
@json_option
def dead(place: str, *, limit: int, is_json: bool, **chosen: str | None) -> int:
    """List the payloads that were given up, the latest first, and why.

    With --json, one a line: with its payload, and the requests and answers of its first
    attempts, secrets masked.
    """

    def look(outbox: Outbox) -> None:
        from fql.runtime.delivery.outbox_admin import dead_jobs

        for each in dead_jobs(outbox, _chosen(chosen), limit=limit):
            if is_json:
                say(json.dumps(dead_json(each)))
            else:
                say("\n".join(dead_lines(each)))

    return _with_outbox(place, look)


@command.command("replay", short_help="Deliver what was given up after all.")
@outbox_option
@_choosing
@json_option
def replay(place: str, *, is_json: bool, **chosen: str | None) -> int:
    """Put payloads that were given up back, as if they had just been accepted.

    They keep their idempotency keys.
    """

    def change(outbox: Outbox) -> None:
        from fql.runtime.delivery.outbox_admin import replay

        _say_count("replayed", replay(outbox, _chosen(chosen)), is_json=is_json)

    return _with_outbox(place, change)


@command.command("retry", short_help="Try at once what waits for another attempt.")
@outbox_option
@_choosing
@json_option
def retry(place: str, *, is_json: bool, **chosen: str | None) -> int:
    """Let payloads that wait for their next attempt be tried at once."""

    def change(outbox: Outbox) -> None:
        from fql.runtime.delivery.outbox_admin import retry

        _say_count("due now", retry(outbox, _chosen(chosen)), is_json=is_json)

    return _with_outbox(place, change)


@command.command("purge", short_help="Remove what was delivered.")
@outbox_option
@_choosing
@click.option(
    "--older-than",
    metavar="AGE",
    callback=_seconds,
    default="7d",
    show_default=True,
    help="How long ago it must have been delivered: a number and s, m, h or d.",
)
@click.option("--dead", "takes_dead", is_flag=True, help="What was given up, too.")
@json_option
def purge(
    place: str,
    *,
    older_than: float,
    takes_dead: bool,
    is_json: bool,
    **chosen: str | None,
) -> int:
    """Remove payloads that were delivered some time ago, and their keys.

    Events that are accepted again after that are delivered again.
    """

    def change(outbox: Outbox) -> None:
        from fql.runtime.delivery.jobs import State
        from fql.runtime.delivery.outbox_admin import purge

        states = [State.DELIVERED, State.DEAD] if takes_dead else [State.DELIVERED]
        before = outbox.now() - older_than
        count = purge(outbox, before, _chosen(chosen), states=states)
        _say_count("removed", count, is_json=is_json)

    return _with_outbox(place, change)


def _with_outbox(place: str, do: Callable[[Outbox], None]) -> int:
    """Do something with an outbox; return the exit code."""
    try:
        with opened_outbox(place) as outbox:
            do(outbox)
    except FqlError as error:
        show(error.diagnostics, err=True)
        return 1
    return 0


def _chosen(options: dict[str, str | None]) -> Chosen:
    from fql.runtime.delivery.outbox_admin import Chosen

    return Chosen(**options)


def _say_count(what: str, count: int, *, is_json: bool) -> None:
    if is_json:
        say(json.dumps({"payloads": count}))
    else:
        payloads = "payload" if count == 1 else "payloads"
        say(f"{count:,} {payloads} {what}")
