"""``fql preview-mapping``: the payload that a mapping makes of an event."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import click

from fql.cli.choosing import chosen, name_option
from fql.cli.inputs import PATH, STDIN, read_text
from fql.cli.output import (
    Format,
    conclude,
    format_option,
    heading,
    payload_json,
    say,
    show,
)
from fql.grammar.diagnostics import FqlError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fql.cli.mapping_files import NamedMapping
    from fql.compiler.fields import Fields
    from fql.compiler.values import Json


@click.command("preview-mapping", short_help="Show the payload of a mapping, or why.")
@click.argument("mapping_file", type=PATH, metavar="MAPPING")
@click.argument("event_file", type=PATH, metavar="EVENT")
@name_option
@click.option(
    "--fields",
    "fields_file",
    type=PATH,
    metavar="FILE",
    help="The fields of the action, as JSON: validate the payload by them.",
)
@format_option("human", "json")
def command(
    mapping_file: str,
    event_file: str,
    *,
    name: str | None,
    fields_file: str | None,
    form: Format,
) -> int:
    """Show the payload that MAPPING makes of EVENT, or what keeps it from one.

    MAPPING is a mapping's text, directive JSON, or a program of either kind, of which
    all mappings are shown, or the one of --name. EVENT is a file with one event as
    JSON. The exit code is 1 where a mapping has no payload for the event. With the
    fields of its action, a mapping is proved against them as well.
    """
    if [mapping_file, event_file, fields_file].count(STDIN) > 1:
        raise click.UsageError("standard input can be read only once")
    try:
        mappings, event = _read(mapping_file, event_file, fields_file)
    except FqlError as error:
        show(error.diagnostics, form, err=True)
        if form == "human":
            conclude(error.diagnostics, err=True)
        return 1
    if form == "human":
        _warn(mappings)
    previews = [_preview(each, event) for each in chosen(mappings, name)]
    _show(previews, form)
    return int(any(each.problems for each in previews))


@dataclass(frozen=True, slots=True)
class _Preview:
    """What one mapping made of the event.

    Attributes:
        mapping: The mapping.
        takes: Whether its trigger takes the event.
        payload: The payload; None where there is none.
        problems: Why there is none.
    """

    mapping: NamedMapping
    takes: bool
    payload: Json = None
    problems: Sequence[dict[str, Json]] = field(default_factory=list)

    def to_dict(self) -> dict[str, Json]:
        """Return this as JSON."""
        whole: dict[str, Json] = {}
        if self.mapping.name:
            whole["name"] = self.mapping.name
            whole["destination"] = self.mapping.destination
            whole["action"] = self.mapping.action
        whole["matches"] = self.takes
        whole["payload"] = self.payload
        return {**whole, "problems": list(self.problems)}


def _read(
    mapping_file: str, event_file: str, fields_file: str | None
) -> tuple[list[NamedMapping], dict[str, Json]]:
    from fql.cli.mapping_files import read_mappings
    from fql.runtime.previews import event_in

    fields = None if fields_file is None else _fields(fields_file)
    mappings = read_mappings(read_text(mapping_file), fields)
    return mappings, event_in(read_text(event_file))


def _fields(path: str) -> Fields:
    from fql.cli.errors import bad_fields
    from fql.grammar.diagnostics import has_errors
    from fql.grammar.json_places import read_json
    from fql.runtime.fields import compile_fields

    document = read_json(read_text(path))
    if has_errors(document.diagnostics):
        raise FqlError(document.diagnostics)
    if not isinstance(document.value, dict):
        raise FqlError([bad_fields(document.source, document.span(""))])
    return compile_fields(document)


def _warn(mappings: Sequence[NamedMapping]) -> None:
    """Show what compiling warned of; programs are checked by ``fql check``."""
    for mapping in mappings:
        if not mapping.name and mapping.build.diagnostics:
            show(mapping.build.diagnostics, err=True)
            say("", err=True)


def _preview(mapping: NamedMapping, event: dict[str, Json]) -> _Preview:
    from fql.compiler.field_errors import PayloadError
    from fql.compiler.payload_errors import MappingError

    takes = mapping.trigger is None or mapping.trigger(event)
    try:
        return _Preview(mapping, takes, mapping.payload(event))
    except MappingError as error:
        where: dict[str, Json] = {"field": error.member, "path": error.path}
        problem: dict[str, Json] = {"rule": "mapping", "message": str(error), **where}
        return _Preview(mapping, takes, problems=[problem])
    except PayloadError as error:
        problems: list[dict[str, Json]] = [
            {
                "rule": each.rule,
                "message": each.message,
                "field": each.field,
                "value": each.value,
            }
            for each in error.problems
        ]
        return _Preview(mapping, takes, problems=problems)


# --- showing ------------------------------------------------------------------------


def _show(previews: Sequence[_Preview], form: Format) -> None:
    if form == "json":
        say(payload_json([each.to_dict() for each in previews], escapes=True))
        return
    for index, each in enumerate(previews):
        if index:
            say("")
        _show_one(each)


def _show_one(preview: _Preview) -> None:
    mapping = preview.mapping
    if mapping.name:
        way = f"{mapping.name} ({mapping.destination}: {mapping.action})"
        rest = "" if preview.takes else ", whose trigger does not take the event"
        say(heading(f"{way}{rest}"))
    for problem in preview.problems:
        say(f"no payload: {problem['message']}", err=True)
    if not preview.problems:
        say(payload_json(preview.payload))
