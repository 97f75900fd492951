"""``fql preview``: what filters do with one event, and what decided."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from fql.cli.inputs import PATH, STDIN, read_text
from fql.cli.output import Format, conclude, format_option, heading, say, show
from fql.grammar.diagnostics import FqlError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fql.grammar.diagnostics import Diagnostic
    from fql.grammar.source import Source
    from fql.runtime.filter_actions import Event
    from fql.runtime.filter_files import Chain
    from fql.runtime.previews import Preview


@click.command("preview", short_help="Show what filters do with an event, and why.")
@click.argument("filter_file", type=PATH, metavar="FILTER")
@click.argument("event_file", type=PATH, metavar="[EVENT]", required=False)
@click.option("--destination", metavar="NAME", help="The destination whose filters.")
@click.option("--source", metavar="NAME", help="The source that the event comes from.")
@format_option("human", "json")
def command(
    filter_file: str,
    event_file: str | None,
    *,
    destination: str | None,
    source: str | None,
    form: Format,
) -> int:
    """Show what the filters in FILTER do with EVENT, and which condition decided.

    FILTER is a filter in the public API's JSON, a list of them, a request to preview
    one, or a program. EVENT is a file with one event as JSON; a request to preview
    brings its own. With --format json the answer has the public API's shape.
    """
    from fql.runtime.filter_files import read_filter_file

    if filter_file == STDIN and event_file == STDIN:
        raise click.UsageError("standard input cannot hold both filter and event")
    try:
        text = read_text(filter_file)
        chains = read_filter_file(text).chains
        event = _event(text, None if event_file is None else read_text(event_file))
    except FqlError as error:
        return _refused(error.diagnostics, form)
    chosen = _chosen(chains, destination)
    if form == "json" and len(chosen) != 1:
        raise click.UsageError(f"choose with --destination: {_names(chains)}")
    _show([_previewed(chain, event, source) for chain in chosen], form)
    return 0


def _refused(diagnostics: Sequence[Diagnostic], form: Format) -> int:
    show(diagnostics, form, err=True)
    if form == "human":
        conclude(diagnostics, err=True)
    return 1


def _event(filters: Source, given: Source | None) -> Event:
    from fql.runtime.previews import event_in, payload_in

    if given is not None:
        return event_in(given)
    payload = payload_in(filters)
    if payload is None:
        raise click.UsageError("name the file of the event; the filter brings none")
    return payload


def _names(chains: Sequence[Chain]) -> str:
    return ", ".join(each.destination for each in chains if each.destination) or "none"


def _chosen(chains: Sequence[Chain], name: str | None) -> list[Chain]:
    chosen = [each for each in chains if name is None or each.destination == name]
    if not chosen:
        message = f"there is no destination {name!r}; there are: {_names(chains)}"
        raise click.BadParameter(message, param_hint="--destination")
    return chosen


def _previewed(chain: Chain, event: Event, source: str | None) -> Preview:
    from fql.runtime.previews import preview

    return preview(chain, event, source=source)


def _show(previews: Sequence[Preview], form: Format) -> None:
    if form == "json":
        say(_json(previews[0].to_dict()))
        return
    say(heading("input"))
    say(_json(previews[0].input))
    for each in previews:
        of = "" if each.destination is None else f" of {each.destination}"
        say(f"\n{heading(f'result{of}')}")
        say("dropped" if each.result is None else _json(each.result))
        say(f"\n{each.reasons()}")


def _json(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
