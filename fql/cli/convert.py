"""``fql convert``: mappings and programs from text to JSON, and from JSON to text."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Literal, TypeAlias

import click

from fql.cli.inputs import PATH, read_text
from fql.cli.output import Format, binary_output, conclude, format_option, show
from fql.grammar.diagnostics import FqlError

if TYPE_CHECKING:
    from fql.compiler.values import Json
    from fql.grammar.source import Source

Target: TypeAlias = Literal["text", "json"]


@click.command("convert", short_help="Turn text into JSON, and JSON into text.")
@click.argument("file", type=PATH, metavar="FILE")
@click.option(
    "--to",
    "target",
    type=click.Choice(["text", "json"]),
    help="What to write; by default, what FILE is not.",
)
@click.option(
    "--exact/--plain",
    "is_exact",
    default=None,
    help=(
        "The same payload for every event, or the plainest spelling. "
        "By default, texts are exact and JSON is plain."
    ),
)
@click.option("-o", "--output", type=PATH, metavar="FILE", help="Where to write it.")
@format_option()
def command(
    file: str,
    *,
    target: Target | None,
    is_exact: bool | None,
    output: str | None,
    form: Format,
) -> int:
    """Write FILE, a mapping or a program, in the other spelling.

    FILE is a mapping's text, directive JSON, a program, or a workspace in the public
    API's shapes. What cannot be said in the other spelling is reported at its place,
    and nothing is written. Plain texts and plain JSON may give another payload where an
    event has an empty value in place of an object, or a list in place of a text.
    """
    try:
        written = _converted(read_text(file), target, is_exact)
    except FqlError as error:
        show(error.diagnostics, form, err=True)
        if form == "human":
            conclude(error.diagnostics, err=True)
        return 1
    _write(written, output)
    return 0


def _converted(source: Source, target: Target | None, is_exact: bool | None) -> str:
    from fql.cli.mapping_files import kind_of

    kind = kind_of(source)
    target = target or ("text" if kind.is_json else "json")
    if target == "text":
        exact = is_exact is not False
        if kind.is_program:
            from fql.runtime.convert_program import program_as_text

            return program_as_text(source, is_exact=exact)
        return _mapping_text(source, is_json=kind.is_json, is_exact=exact)
    exact = is_exact is True
    if kind.is_program:
        from fql.runtime.convert_program import program_as_json

        return _as_text(program_as_json(source, is_exact=exact))
    return _as_text(_mapping_json(source, is_json=kind.is_json, is_exact=exact))


def _mapping_text(source: Source, *, is_json: bool, is_exact: bool) -> str:
    from fql.compiler.payload import compile_directives
    from fql.grammar.format import format_mapping
    from fql.grammar.parse import parse_mapping

    if not is_json:
        return format_mapping(parse_mapping(source))
    return compile_directives(source).to_text(exact=is_exact)


def _mapping_json(source: Source, *, is_json: bool, is_exact: bool) -> Json:
    from fql.compiler.payload import compile_directives, compile_mapping_text

    if is_json:
        return compile_directives(source).to_directives()
    return compile_mapping_text(source).to_directives(exact=is_exact)


def _as_text(value: Json) -> str:
    return f"{json.dumps(value, indent=2, ensure_ascii=False)}\n"


def _write(text: str, output: str | None) -> None:
    encoded = text.encode("utf-8", "backslashreplace")
    if output is None:
        stream = binary_output()
        stream.write(encoded)
        stream.flush()
        return
    from pathlib import Path

    Path(output).write_bytes(encoded)
