"""Quick set-up: a program for one destination, with the mappings that it usually has.

What has to be filled in is said in comments. Secrets are taken from the environment.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from fql.compiler.field_specs import FieldType, Format
from fql.compiler.payload import compile_directives
from fql.compiler.values import compact_json
from fql.grammar.format import format_program
from fql.grammar.parse import parse_program
from fql.grammar.source import Source
from fql.runtime.destinations.definitions import Preset
from fql.runtime.settings import is_secret, variable_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fql.compiler.values import Json
    from fql.runtime.destinations.definitions import Action, Definition
    from fql.runtime.fields import FieldDeclaration

FILL_IN = "fill this in"
"""What stands beside values that are made up."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_PLACEHOLDERS: Mapping[FieldType, str] = {
    FieldType.BOOLEAN: "false",
    FieldType.DATETIME: "timestamp",
    FieldType.INTEGER: "0",
    FieldType.NUMBER: "0",
    FieldType.OBJECT: "properties",
}
_FORMATS: Mapping[Format, str] = {
    Format.EMAIL: '"somebody@example.com"',
    Format.URI: '"https://example.com/"',
    Format.URI_REFERENCE: '"https://example.com/"',
}


def quick_setup(
    definition: Definition,
    *,
    name: str | None = None,
    is_blank: bool = False,
    declared_in: str | None = None,
) -> str:
    """Return the text of a program with one destination.

    Args:
        definition: Its kind.
        name: What the program calls it; by default what its kind is called.
        is_blank: Whether to leave out the mappings, for those who write their own.
        declared_in: The path of the file that declares the kind, where one does.

    Raises:
        ValueError: The name is none that programs can have.
        FqlError: A preset is in directives that no text says.
    """
    called = definition.name if name is None else name
    if not _NAME.fullmatch(called):
        raise ValueError(f"{called!r} is no name: letters, digits, `_` and `-`")
    lines = [
        f"# {definition.title}: {definition.description}".rstrip(": "),
        "#",
        f"# `fql destinations {declared_in or definition.name}` lists what it takes.",
        "",
    ]
    if declared_in is not None:
        lines += [f"workspace {{ definitions: {_quoted(declared_in)} }}", ""]
    lines.append(f"destination {called}: {definition.name} {{")
    lines += _settings(definition, called)
    lines += _mappings(definition, is_blank=is_blank)
    lines.append("}")
    return format_program(parse_program(Source("\n".join(lines) + "\n")))


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


# --- settings ---------------------------------------------------------------------


def _settings(definition: Definition, called: str) -> Iterator[str]:
    if not definition.settings:
        return
    yield "settings {"
    for name, declared in definition.settings.items():
        about = f"  # {declared.description}".rstrip(" .#")
        value = _setting(f"{called}_{name}", name, declared)
        if declared.required is True or declared.has_default:
            yield f"{_key(name)}: {value}{about}"
        else:
            yield f"# {_key(name)}: {value}{about}"
    yield "}"


def _setting(variable: str, name: str, declared: FieldDeclaration) -> str:
    """Return the value of a setting: its default, or a variable."""
    is_hidden = declared.type is FieldType.PASSWORD or is_secret(name)
    if declared.has_default and not is_hidden:
        return compact_json(declared.default)
    return f'env("{variable_name(variable)}")'


# --- mappings ---------------------------------------------------------------------


def _mappings(definition: Definition, *, is_blank: bool) -> Iterator[str]:
    if is_blank:
        actions = ", ".join(each.name for each in definition.actions)
        yield ""
        yield '# mapping "NAME" when CONDITION send ACTION { FIELD: VALUE }'
        yield f"# The actions are {actions}."
        return
    presets = definition.presets or [_usual(each) for each in definition.actions]
    for preset in presets:
        action = definition.action(preset.action)
        yield ""
        yield f"mapping {_quoted(preset.name)} when {preset.trigger}"
        yield f"send {preset.action}"
        yield from _body(preset, action)


def _usual(action: Action) -> Preset:
    """Return what a new mapping of an action is filled in with."""
    trigger = action.default_trigger or "all"
    return Preset(action.title, action.name, trigger, action.default_mapping())


def _body(preset: Preset, action: Action | None) -> Iterator[str]:
    text = _text(preset.mapping)
    yield text.rstrip().removesuffix("}")
    for name, declared in () if action is None else action.fields.items():
        if declared.required is True and not _is_mapped(name, preset.mapping):
            yield f"{_key(name)}: {_placeholder(declared)}  # {FILL_IN}"
    yield "}"


def _is_mapped(name: str, mapping: Mapping[str, Json] | str) -> bool:
    return isinstance(mapping, str) or name in mapping


def _text(mapping: Mapping[str, Json] | str) -> str:
    """Return a preset's mapping as a text that is easy to read.

    Raises:
        FqlError: It is in directives that no text says.
    """
    if isinstance(mapping, str):
        return mapping
    return compile_directives(dict(mapping)).to_text(exact=False)


def _placeholder(declared: FieldDeclaration) -> str:
    """Return a value that a required field takes."""
    choices = declared.spec().choices
    if choices:
        value = compact_json(choices[0])
    elif declared.format is not None and declared.format in _FORMATS:
        value = _FORMATS[declared.format]
    else:
        value = _PLACEHOLDERS.get(declared.type, '"{{event}}"')
    return f"[{value}]" if declared.multiple else value


def _key(name: str) -> str:
    return name if _NAME.fullmatch(name) else _quoted(name)
