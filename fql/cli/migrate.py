"""``fql migrate``: bringing triggers and filters over, and auditing them before."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from fql.cli.inputs import PATH, STDIN, read_text
from fql.cli.migrate_copy import copy
from fql.cli.migrate_cutover import cutover
from fql.cli.migrate_verify import verify
from fql.cli.output import Format, format_option, say, show
from fql.grammar.diagnostics import FqlError

if TYPE_CHECKING:
    from fql.grammar.diagnostics import Diagnostic
    from fql.grammar.source import Source


@click.group("migrate", short_help="Bring triggers and filters over, and audit them.")
def command() -> None:
    """Bring triggers and filters over from the original."""


@command.command("audit", short_help="Find triggers that never did what they say.")
@click.argument("files", nargs=-1, required=True, type=PATH, metavar="FILE...")
@click.option("--all", "shows_fine", is_flag=True, help="Show what is fine, too.")
@format_option()
def audit(files: tuple[str, ...], *, shows_fine: bool, form: Format) -> int:
    """Compare what triggers and filters say with what the original does.

    A FILE is JSON in the public API's shapes (subscriptions, filters, lists of them, a
    workspace), or one JSON value a line: a text, or an object with one under `fql`,
    `trigger`, `subscribe` or `if`. Each difference is shown with an event that both
    have answered. The exit code is 1 where something is misread. A FILE of - is
    standard input.
    """
    if files.count(STDIN) > 1:
        raise click.UsageError("standard input can be read only once")
    sources, unread = _sources(files)
    return _report(sources, unread, form, shows_fine=shows_fine)


def _sources(files: tuple[str, ...]) -> tuple[list[Source], list[Diagnostic]]:
    """Return the texts of files, and why some could not be read."""
    sources: list[Source] = []
    unread: list[Diagnostic] = []
    for path in files:
        try:
            sources.append(read_text(path))
        except FqlError as error:
            unread += error.diagnostics
    return sources, unread


def _report(
    sources: list[Source], unread: list[Diagnostic], form: Format, *, shows_fine: bool
) -> int:
    from dataclasses import replace

    from fql.runtime.audit import audit_sources
    from fql.runtime.audit_report import audit_diagnostics, audit_json, audit_text

    found = audit_sources(sources)
    found = replace(found, diagnostics=(*unread, *found.diagnostics))
    if form == "human":
        say(audit_text(found, shows_fine=shows_fine))
    elif form == "json":
        say(json.dumps(audit_json(found), indent=2))
    else:
        show(audit_diagnostics(found), form)
    return int(found.has_failed)


for _each in (cutover, copy, verify):
    command.add_command(_each)
