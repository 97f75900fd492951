"""``fql fields``: what a mapping reads of events, and what it fills of its action."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from fql.cli.choosing import chosen, name_option
from fql.cli.inputs import PATH, read_text
from fql.cli.output import Format, conclude, format_option, heading, say, show
from fql.grammar.diagnostics import FqlError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fql.cli.mapping_files import NamedMapping


@click.command("fields", short_help="Say which fields a mapping reads and fills.")
@click.argument("mapping_file", type=PATH, metavar="MAPPING")
@name_option
@format_option("human", "json")
def command(mapping_file: str, *, name: str | None, form: Format) -> int:
    """List the fields of events that MAPPING reads, and those of its action it fills.

    MAPPING is a mapping's text, directive JSON, or a program of either kind, of which
    all mappings are listed, or the one of --name. What is read of the elements of a
    list is listed as the list; objects that are taken whole are listed as one field,
    and the whole event as $.
    """
    from fql.cli.mapping_files import read_mappings

    try:
        mappings = chosen(read_mappings(read_text(mapping_file)), name)
    except FqlError as error:
        show(error.diagnostics, form, err=True)
        if form == "human":
            conclude(error.diagnostics, err=True)
        return 1
    if form == "json":
        say(json.dumps([_to_dict(each) for each in mappings], indent=2))
        return 0
    for index, each in enumerate(mappings):
        if index:
            say("")
        _show(each)
    return 0


def _to_dict(mapping: NamedMapping) -> dict[str, object]:
    whole: dict[str, object] = {}
    if mapping.name:
        whole["name"] = mapping.name
        whole["destination"] = mapping.destination
        whole["action"] = mapping.action
    return {
        **whole,
        "reads": list(mapping.build.fields),
        "fills": list(mapping.build.fills),
    }


def _show(mapping: NamedMapping) -> None:
    if mapping.name:
        say(heading(f"{mapping.name} ({mapping.destination}: {mapping.action})"))
    _show_list("reads", mapping.build.fields)
    _show_list("fills", mapping.build.fills)


def _show_list(title: str, names: Sequence[str]) -> None:
    say(f"{title}:")
    for name in names or ("nothing",):
        say(f"  {name}")
