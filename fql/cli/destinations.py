"""``fql destinations``: which kinds there are, and what they take."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from fql.cli.kinds import all_kinds, chosen_kind
from fql.cli.output import Format, conclude, format_option, heading, say, show
from fql.compiler.values import compact_json
from fql.grammar.diagnostics import FqlError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from fql.compiler.values import Json
    from fql.runtime.destinations.definitions import Action, Definition, Preset
    from fql.runtime.fields import FieldDeclaration

_SHOWN = 60
"""Characters of a default that are shown."""


@click.command("destinations", short_help="List kinds of destinations, or show one.")
@click.argument("name", required=False, metavar="[NAME]")
@format_option("human", "json")
@click.option("--json", "is_json", is_flag=True, help="The same as --format json.")
def command(*, name: str | None, form: Format, is_json: bool) -> int:
    """List the kinds of destinations that programs can have.

    With NAME, a kind or the path of a file that declares one: its settings, its
    actions with their fields, when they are usual, and the mappings that
    `fql init NAME` writes. The exit code is 1 where a kind does not load.
    """
    form = "json" if is_json else form
    if name is None:
        return _list(form)
    try:
        definition = chosen_kind(name)
    except FqlError as error:
        show(error.diagnostics, form, err=True)
        if form == "human":
            conclude(error.diagnostics, err=True)
        return 1
    if form == "json":
        say(json.dumps(to_dict(definition), indent=2))
    else:
        for line in described(definition):
            say(line)
    return 0


def _list(form: Format) -> int:
    kinds, faults = all_kinds()
    if form == "json":
        say(json.dumps([to_dict(each) for each in kinds], indent=2))
    else:
        rows = [
            [each.name, ", ".join(action.name for action in each.actions)]
            for each in kinds
        ]
        width = max(len(row[0]) for row in rows)
        for each, (name, actions) in zip(kinds, rows, strict=True):
            say(f"{heading(name)}{' ' * (width - len(name))}  {each.description}")
            say(f"{' ' * width}  actions: {actions}")
    for fault in faults:
        say(fault, err=True)
    return int(bool(faults))


# --- as JSON ------------------------------------------------------------------------


def to_dict(definition: Definition) -> dict[str, object]:
    """Return a kind as JSON."""
    return {
        "name": definition.name,
        "title": definition.title,
        "description": definition.description,
        "scheme": str(definition.scheme),
        "settings": _fields_to_dict(definition.settings),
        "actions": [_action_to_dict(each) for each in definition.actions],
        "presets": [_preset_to_dict(each) for each in definition.presets],
    }


def _action_to_dict(action: Action) -> dict[str, object]:
    batch = action.batch
    return {
        "name": action.name,
        "title": action.title,
        "description": action.description,
        "trigger": action.default_trigger,
        "fields": None if action.is_open else _fields_to_dict(action.fields),
        "batchSize": None if batch is None else batch.size,
    }


def _fields_to_dict(fields: Mapping[str, FieldDeclaration]) -> dict[str, object]:
    return {
        name: each.model_dump(mode="json", by_alias=True, exclude_unset=True)
        for name, each in fields.items()
    }


def _preset_to_dict(preset: Preset) -> dict[str, object]:
    mapping = preset.mapping
    return {
        "name": preset.name,
        "action": preset.action,
        "trigger": preset.trigger,
        "mapping": mapping if isinstance(mapping, str) else dict(mapping),
    }


# --- for people ---------------------------------------------------------------------


def described(definition: Definition) -> Iterator[str]:
    """Yield the lines that describe a kind."""
    yield heading(f"{definition.name}: {definition.title}")
    yield from filter(None, [definition.description])
    yield ""
    yield heading("settings")
    yield from _field_lines(definition.settings) if definition.settings else ["  none"]
    for action in definition.actions:
        yield ""
        yield from _action_lines(action)
    if definition.presets:
        yield ""
        yield heading(f"fql init {definition.name} writes")
        for preset in definition.presets:
            yield f'  "{preset.name}" when {preset.trigger} send {preset.action}'


def _action_lines(action: Action) -> Iterator[str]:
    yield heading(f"action {action.name}: {action.title}")
    yield from filter(None, [action.description])
    if action.default_trigger:
        yield f"usually when {action.default_trigger}"
    if action.batch is not None:
        yield f"travels in batches of up to {action.batch.size:,}"
    if action.is_open:
        yield "  any members"
    else:
        yield from _field_lines(action.fields)


def _field_lines(fields: Mapping[str, FieldDeclaration]) -> Iterator[str]:
    rows = [
        (name, _type(each), "; ".join(_told(each))) for name, each in fields.items()
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(2)]
    for name, kind, told in rows:
        line = f"  {name:<{widths[0]}}  {kind:<{widths[1]}}  {told}"
        yield line.rstrip()


def _type(field: FieldDeclaration) -> str:
    kind = f"list of {field.type}" if field.multiple else str(field.type)
    return f"{kind} ({field.format})" if field.format else kind


def _told(field: FieldDeclaration) -> Iterator[str]:
    """Yield what there is to say of a field."""
    if field.required is True:
        yield "required"
    elif field.required:
        yield "required in some cases"
    choices = field.spec().choices
    if choices:
        yield f"one of {_listed(choices)}"
    if field.has_default:
        yield f"default {_cut(compact_json(field.default))}"
    if field.description:
        yield field.description.rstrip(".")


def _listed(values: Sequence[Json]) -> str:
    return ", ".join(
        each if isinstance(each, str) else compact_json(each) for each in values
    )


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
