"""``fql migrate cutover``: the pair of filters that moves events at an instant."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import click

from fql.cli.api_access import api_options, public_api
from fql.cli.output import Format, format_option, heading, say

if TYPE_CHECKING:
    from fql.runtime.copy_filters import Definition
    from fql.runtime.cutover import Cutover
    from fql.runtime.public_api import PublicApi


@click.command("cutover", short_help="Write the filters of a cut-over, and the proof.")
@click.option(
    "--at",
    required=True,
    metavar="TIME",
    help="When, as RFC 3339 with an offset: 2026-08-01T00:00:00Z.",
)
@click.option("--source", required=True, metavar="ID", help="The source of the events.")
@click.option(
    "--classic", required=True, metavar="ID", help="The destination until then."
)
@click.option(
    "--actions", required=True, metavar="ID", help="The destination from then on."
)
@click.option("--create", is_flag=True, help="Create both filters, unless they exist.")
@api_options
@format_option("human", "json")
def cutover(
    at: str,
    *,
    source: str,
    classic: str,
    actions: str,
    create: bool,
    base_url: str,
    token_variable: str,
    timeout: float,
    form: Format,
) -> int:
    """Write two filters, of which exactly one drops any event.

    The classic destination drops what was received at TIME or later, the actions
    destination all the rest. The table shows what the filters do with events around
    TIME and with events that have no readable time. Choose a TIME some hours ahead:
    filters take minutes to come into force.
    """
    from fql.runtime.cutover import CutoverError, is_past
    from fql.runtime.cutover import cutover as cut_over

    if classic == actions:
        raise click.UsageError("--classic and --actions are the same destination")
    try:
        made = cut_over(at, source)
    except CutoverError as error:
        raise click.BadParameter(str(error), param_hint="--at") from error
    _show(made, classic, actions, form)
    if is_past(at, time.time()):
        say("note: that is in the past; choose a time some hours ahead", err=True)
    if create:
        with public_api(base_url, token_variable, timeout) as api:
            _create(api, classic, made.classic)
            _create(api, actions, made.actions)
    return 0


def _show(made: Cutover, classic: str, actions: str, form: Format) -> None:
    if form == "json":
        say(json.dumps(_to_json(made, classic, actions), indent=2, ensure_ascii=False))
        return
    for destination, definition in ((classic, made.classic), (actions, made.actions)):
        say(heading(f"POST /destination/{destination}/filters"))
        say(f"{json.dumps(definition, indent=2, ensure_ascii=False)}\n")
    say(heading("proof"))
    rows = [("event", "received", "classic", "actions", "goes to")]
    rows += [
        (
            each.case,
            _received(each.event),
            _verdict(drops=each.classic_drops),
            _verdict(drops=each.actions_drops),
            each.goes_to,
        )
        for each in made.proof
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (f"{cell:{width}}" for cell, width in zip(row, widths, strict=True))
        say("  ".join(cells).rstrip())
    say("\nexactly one of the two drops each event")


def _received(event: object) -> str:
    return json.dumps(event, ensure_ascii=False) if event else "{}"


def _verdict(*, drops: bool) -> str:
    return "drops" if drops else "passes"


def _to_json(made: Cutover, classic: str, actions: str) -> dict[str, object]:
    return {
        "at": made.at,
        "classic": {"destinationId": classic, "filter": made.classic},
        "actions": {"destinationId": actions, "filter": made.actions},
        "proof": [
            {
                "case": each.case,
                "event": each.event,
                "classicDrops": each.classic_drops,
                "actionsDrops": each.actions_drops,
                "goesTo": each.goes_to,
            }
            for each in made.proof
        ],
    }


def _create(api: PublicApi, destination: str, definition: Definition) -> None:
    """Create a filter at *destination*, or switch it on, or see that it is there."""
    from fql.runtime.copy_filters import carry_out, plan_for

    plan = plan_for([definition], list(api.filters(destination)))
    done = [each.what for each in carry_out(api, destination, plan)] or ["there"]
    say(f"{destination}: {done[0]}", err=True)
