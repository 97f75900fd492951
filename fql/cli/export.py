"""``fql export``: filters in the forms of other engines."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from fql.cli.inputs import PATH, read_text
from fql.cli.output import Format, conclude, format_option, say, show
from fql.grammar.diagnostics import FqlError, has_errors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fql.grammar.diagnostics import Diagnostic
    from fql.runtime.filter_files import Chain, FilterFile


@click.group("export", short_help="Write filters in the form of other engines.")
def command() -> None:
    """Write filters in the form of other engines."""


@command.command("device", short_help="Write filters as rules for device mode.")
@click.argument("file", type=PATH)
@click.option(
    "--source", metavar="NAME", help="Only the filters for events of this source."
)
@format_option()
def device(file: str, *, source: str | None, form: Format) -> int:
    """Write the filters of FILE as the rules that device-mode SDKs download.

    FILE is a program (.fql), its JSON, or filters in the public API's JSON. A filter
    that an SDK would run otherwise is refused: then nothing is written, each construct
    that causes it is shown on standard error, and the exit code is 1. What
    differs only for events of a known kind, such as those with text beyond ASCII, is a
    warning on standard error, and the rules are written.
    """
    from fql.runtime.device_rules import device_rules
    from fql.runtime.filter_files import read_filter_file

    try:
        filters = read_filter_file(read_text(file))
    except FqlError as error:
        return _refused(error.diagnostics, form)
    _require_source(filters, source)
    exported = device_rules(filters.chains, source=source)
    if has_errors(exported.diagnostics):
        return _refused(exported.diagnostics, form)
    if exported.diagnostics:
        _tell(exported.diagnostics, form)
    say(json.dumps(exported.rules, indent=2, ensure_ascii=False))
    return 0


def _refused(diagnostics: Sequence[Diagnostic], form: Format) -> int:
    _tell(diagnostics, form)
    return 1


def _tell(diagnostics: Sequence[Diagnostic], form: Format) -> None:
    show(diagnostics, form, err=True)
    if form == "human":
        conclude(diagnostics, err=True)


def _require_source(filters: FilterFile, name: str | None) -> None:
    """Require that *name* is a source, and is there where filters differ by source."""
    named = sorted({each for chain in filters.chains for each in _sources(chain)})
    if name is not None and named and name not in named:
        message = f"no filter is for the source {name!r}; there are: {', '.join(named)}"
        raise click.BadParameter(message, param_hint="--source")
    if name is None and len(named) > 1:
        message = f"filters are for different sources, choose one: {', '.join(named)}"
        raise click.UsageError(message)


def _sources(chain: Chain) -> list[str]:
    """Return the sources that enabled filters of *chain* are for."""
    names = [each.filter.source for each in chain.in_use()]
    return [name for name in names if name is not None]
