"""``fql check``: what is wrong with programs and conditions, and where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from fql.cli.dialects import dialect_option
from fql.cli.inputs import PATH, STDIN, TEXT_NAME, read_text
from fql.cli.output import Format, conclude, format_option, show
from fql.cli.plans import read_schema, schema_option
from fql.grammar.diagnostics import Diagnostic, FqlError, has_errors
from fql.grammar.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fql.api import Dialect
    from fql.compiler.schema import Schema


@click.command("check", short_help="Say what is wrong with programs or a condition.")
@click.argument("files", nargs=-1, type=PATH, metavar="FILE...")
@click.option("-e", "--expression", "text", metavar="TEXT", help="Check a condition.")
@schema_option
@click.option(
    "--strict", is_flag=True, help="What only a schema rules out is an error."
)
@dialect_option()
@click.option(
    "--portable", is_flag=True, help="Say what that engine reads otherwise, too."
)
@click.option(
    "--limits", is_flag=True, help="Say what the original's plans and forms refuse."
)
@format_option()
def command(
    files: tuple[str, ...],
    *,
    text: str | None,
    plan: str | None,
    strict: bool,
    dialect: Dialect,
    portable: bool,
    limits: bool,
    form: Format,
) -> int:
    """Check each FILE, a program (.fql) or its JSON (.json), or the condition TEXT.

    A FILE may also be a mapping: its text in braces, or directive JSON. All findings
    of all files are shown, warnings too. The exit code is 1 where there is an error.
    A FILE of - is standard input.
    """
    if bool(files) == (text is not None):
        raise click.UsageError("name files, or give a condition with -e")
    if [*files, plan].count(STDIN) > 1:
        raise click.UsageError("standard input can be read only once")
    if dialect != "fql" and text is None:
        raise click.UsageError("programs have one language: give a condition with -e")
    checks = _Checks(strict, dialect, portable, limits)
    found = list(_findings(files, text, plan, checks))
    show(found, form)
    if form == "human":
        conclude(found)
    return int(has_errors(found))


@dataclass(frozen=True, slots=True)
class _Checks:
    """What to check besides the program itself."""

    is_strict: bool
    dialect: Dialect
    is_portable: bool
    has_limits: bool


def _findings(
    files: tuple[str, ...], text: str | None, plan: str | None, checks: _Checks
) -> Iterator[Diagnostic]:
    """Yield what is wrong with the files or the text, file by file."""
    try:
        schema = read_schema(plan)
    except FqlError as error:
        yield from error.diagnostics
        return
    if text is not None:
        yield from _condition_findings(Source(text, TEXT_NAME), schema, checks)
    for path in files:
        try:
            yield from _file_findings(read_text(path), schema, checks)
        except FqlError as error:
            yield from error.diagnostics


def _condition_findings(
    source: Source, schema: Schema | None, checks: _Checks
) -> Iterator[Diagnostic]:
    from fql.api import check as check_condition
    from fql.compiler.portability import check_limits, check_portability

    yield from check_condition(
        source, dialect=checks.dialect, schema=schema, strict=checks.is_strict
    )
    if checks.is_portable and checks.dialect == "fql":
        yield from check_portability(source)
    if checks.has_limits:
        yield from check_limits(source)


def _file_findings(
    source: Source, schema: Schema | None, checks: _Checks
) -> Iterator[Diagnostic]:
    from fql.cli.mapping_files import Kind, is_surely_mapping, kind_of

    if not is_surely_mapping(source):
        yield from _program_findings(source, schema, checks)
    elif kind_of(source) is Kind.MAPPING:
        from fql.compiler.payload import check_mapping_text

        strict = checks.is_strict
        checked = check_mapping_text(source, schema=schema, is_strict=strict)
        yield from checked.diagnostics
    else:
        from fql.compiler.check_directives import check_directives

        yield from check_directives(source).diagnostics


def _program_findings(
    source: Source, schema: Schema | None, checks: _Checks
) -> Iterator[Diagnostic]:
    from fql.runtime.assemble import Terms
    from fql.runtime.destinations.registry import installed_registry
    from fql.runtime.load import check_program
    from fql.runtime.portable_programs import check_program_portability

    registry = installed_registry()
    terms = Terms(schema=schema, is_strict=checks.is_strict, registry=registry)
    yield from check_program(source, terms=terms)
    if checks.is_portable or checks.has_limits:
        yield from check_program_portability(
            source, is_portable=checks.is_portable, has_limits=checks.has_limits
        )
