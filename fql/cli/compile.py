"""``fql compile``: the Python that a condition or a mapping becomes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from fql.cli.choosing import chosen, name_option
from fql.cli.dialects import dialect_option
from fql.cli.inputs import PATH, TEXT_NAME, read_text
from fql.cli.output import Format, binary_output, conclude, format_option, show
from fql.grammar.diagnostics import FqlError
from fql.grammar.source import Source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fql.api import Dialect
    from fql.cli.mapping_files import NamedMapping
    from fql.compiler.payload import Mapping
    from fql.compiler.trigger import Trigger
    from fql.grammar.diagnostics import Diagnostic


@click.command("compile", short_help="Print the Python that a condition becomes.")
@click.option("-e", "--expression", "text", metavar="TEXT", help="A condition.")
@click.option(
    "--mapping",
    "mapping_file",
    type=PATH,
    metavar="FILE",
    help="A mapping, directive JSON, or a program with one.",
)
@name_option
@dialect_option(default=None)
@click.option(
    "--emit",
    type=click.Choice(("python",)),
    default="python",
    show_default=True,
    help="What to print.",
)
@format_option()
def command(
    text: str | None,
    *,
    mapping_file: str | None,
    name: str | None,
    dialect: Dialect | None,
    emit: str,
    form: Format,
) -> int:
    """Print the Python function that fql makes of a condition or a mapping.

    It is a whole module: a condition's has the function matches(event), a mapping's
    build(event). Findings go to standard error.
    """
    del emit  # one form so far; its name leaves room for others
    try:
        compiled = _compiled(text, mapping_file, name, dialect)
    except FqlError as error:
        _report(error.diagnostics, form)
        return 1
    _report(compiled.diagnostics, form)
    output = binary_output()
    output.write(compiled.python_source.encode("utf-8", "backslashreplace"))
    output.flush()
    return 0


def _compiled(
    text: str | None,
    mapping_file: str | None,
    name: str | None,
    dialect: Dialect | None,
) -> Trigger | Mapping:
    """Return what the command line names.

    Raises:
        FqlError: It has errors, or cannot be read.
        UsageError: It names nothing, or too much.
    """
    if text is not None and mapping_file is None:
        if name is not None:
            raise click.UsageError("--name goes with --mapping: a condition has none")
        return _trigger(text, dialect or "fql")
    if mapping_file is not None and text is None:
        if dialect is not None:
            raise click.UsageError("--dialect goes with -e: a mapping has none")
        return _mapping(mapping_file, name)
    raise click.UsageError("give a condition with -e, or a file with --mapping")


def _trigger(text: str, dialect: Dialect) -> Trigger:
    from fql.api import compile as compile_trigger

    return compile_trigger(Source(text, TEXT_NAME), dialect=dialect)


def _mapping(path: str, name: str | None) -> Mapping:
    from fql.cli.mapping_files import read_mappings

    found = chosen(read_mappings(read_text(path)), name)
    if len(found) != 1:
        raise click.UsageError(_several(found))
    return found[0].build


def _several(mappings: Sequence[NamedMapping]) -> str:
    if not mappings:
        return "the program has no mapping"
    names = ", ".join(f"{each.destination}/{each.name}" for each in mappings)
    return f"choose one mapping with --name: {names}"


def _report(diagnostics: Sequence[Diagnostic], form: Format) -> None:
    """Show findings, if there are any; documents also say that there are none."""
    show(diagnostics, form, err=True)
    if form == "human" and diagnostics:
        conclude(diagnostics, err=True)
