"""``fql check``: what is wrong with programs and conditions, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from fql.cli.errors import bad_plan
from fql.cli.inputs import PATH, STDIN, TEXT_NAME, read_text
from fql.cli.output import Format, conclude, format_option, show
from fql.grammar.diagnostics import Diagnostic, FqlError, has_errors
from fql.grammar.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fql.compiler.schema import Schema


@click.command("check", short_help="Say what is wrong with programs or a condition.")
@click.argument("files", nargs=-1, type=PATH, metavar="FILE...")
@click.option("-e", "--expression", "text", metavar="TEXT", help="Check a condition.")
@click.option(
    "--schema",
    "plan",
    type=PATH,
    metavar="FILE",
    help="A tracking plan: a JSON object of JSON Schemas by event name.",
)
@click.option(
    "--strict", is_flag=True, help="What only a schema rules out is an error."
)
@format_option()
def command(
    files: tuple[str, ...],
    *,
    text: str | None,
    plan: str | None,
    strict: bool,
    form: Format,
) -> int:
    """Check each FILE, a program (.fql) or its JSON (.json), or the condition TEXT.

    All findings of all files are shown, warnings too. The exit code is 1 where there
    is an error. A FILE of - is standard input.
    """
    if bool(files) == (text is not None):
        raise click.UsageError("name files, or give a condition with -e")
    if [*files, plan].count(STDIN) > 1:
        raise click.UsageError("standard input can be read only once")
    found = list(_findings(files, text, plan, is_strict=strict))
    show(found, form)
    if form == "human":
        conclude(found)
    return int(has_errors(found))


def _findings(
    files: tuple[str, ...], text: str | None, plan: str | None, *, is_strict: bool
) -> Iterator[Diagnostic]:
    """Yield what is wrong with the files or the text, file by file."""
    from fql.api import check as check_condition

    try:
        schema = None if plan is None else _read_plan(plan)
    except FqlError as error:
        yield from error.diagnostics
        return
    if text is not None:
        source = Source(text, TEXT_NAME)
        yield from check_condition(source, schema=schema, strict=is_strict)
    for path in files:
        yield from _program_findings(path, schema, is_strict=is_strict)


def _program_findings(
    path: str, schema: Schema | None, *, is_strict: bool
) -> Iterator[Diagnostic]:
    from fql.runtime.assemble import Terms
    from fql.runtime.load import check_program

    terms = Terms(schema=schema, is_strict=is_strict)
    try:
        yield from check_program(read_text(path), terms=terms)
    except FqlError as error:
        yield from error.diagnostics


def _read_plan(path: str) -> Schema:
    """Return what a tracking plan says.

    Raises:
        FqlError: It cannot be read, or is no tracking plan.
    """
    from fql.compiler.schema import Schema
    from fql.grammar.json_places import read_json

    document = read_json(read_text(path))
    if has_errors(document.diagnostics):
        raise FqlError(document.diagnostics)
    if not isinstance(document.value, dict):
        raise FqlError([bad_plan(document.source, "a tracking plan is a JSON object")])
    try:
        return Schema.from_tracking_plan(document.value)
    except ValueError as error:
        raise FqlError([bad_plan(document.source, str(error))]) from error
