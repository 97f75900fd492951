"""``fql migrate verify``: events past the filters of both sides of a cut-over."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from fql.cli.feed import Feed, events_argument, size_of
from fql.cli.findings import Findings
from fql.cli.inputs import PATH, STDIN, read_text
from fql.cli.output import Format, conclude, format_option, say, show
from fql.cli.progress import Progress
from fql.grammar.diagnostics import FqlError
from fql.grammar.report import to_json

if TYPE_CHECKING:
    from fql.runtime.filter_files import Chain
    from fql.runtime.verify import Finding, Verification


@click.command("verify", short_help="Replay events: is any lost, or sent twice?")
@click.option("--classic", required=True, type=PATH, metavar="FILE", help="Filters.")
@click.option("--actions", required=True, type=PATH, metavar="FILE", help="Filters.")
@click.option("--source", metavar="ID", help="The source that the events come from.")
@events_argument
@format_option("human", "json")
def verify(
    events: tuple[str, ...],
    *,
    classic: str,
    actions: str,
    source: str | None,
    form: Format,
) -> int:
    """Replay EVENTS past the filters of two destinations that share them.

    The FILEs hold the filters of the old and the new destination in the public API's
    JSON, or a program with one destination. Each event that both drop (lost) or that
    both let pass (doubled) is printed with its id, as a line of JSON with --format
    json; the counts follow on standard error. The exit code is 1 if there is any.
    """
    from fql.runtime.verify import Verification

    if [classic, actions, *(events or (STDIN,))].count(STDIN) > 1:
        raise click.UsageError("standard input can be read only once")
    try:
        sides = [_chain(path) for path in (classic, actions)]
    except FqlError as error:
        show(error.diagnostics, form, err=True)
        if form == "human":
            conclude(error.diagnostics, err=True)
        return 1
    verification = Verification(*(side.compiled(source) for side in sides))
    findings = Findings(form)
    has_failed = _replay(verification, events, findings, form)
    _show_counts(verification, findings, form)
    if form == "human" and not verification.is_right:
        _offer(*sides)
    return int(has_failed or not verification.is_right)


def _chain(path: str) -> Chain:
    from fql.runtime.filter_files import read_filter_file

    chains = read_filter_file(read_text(path)).chains
    if len(chains) != 1:
        raise click.UsageError(f"{path} has {len(chains)} destinations; name one alone")
    return chains[0]


def _replay(
    verification: Verification,
    events: tuple[str, ...],
    findings: Findings,
    form: Format,
) -> bool:
    """Show what is wrong with each event; return whether some could not be read."""
    with Progress(size_of(events)) as progress:
        feed = Feed(events, findings, progress)
        for event in feed:
            found = verification.add(event.value, event.number)
            if found is not None:
                say(_line(found, form))
    return feed.has_failed or feed.rejected > 0


def _line(found: Finding, form: Format) -> str:
    if form == "json":
        return json.dumps(found.to_dict(), ensure_ascii=False)
    name = found.message_id or "(no messageId)"
    return f"{found.fate.value:8} {name}   line {found.line}"


def _show_counts(verification: Verification, findings: Findings, form: Format) -> None:
    counts = {fate.value: count for fate, count in verification.counts.items()}
    if form == "json":
        summary = {"events": sum(counts.values()), **counts}
        found = [to_json(each) for each in findings.kept]
        told = {"findings": found, "summary": summary}
        say(json.dumps(told, indent=2), err=True)
        return
    findings.close()
    listed = ", ".join(f"{count:,} {name}" for name, count in counts.items())
    say(f"{sum(counts.values()):,} events: {listed}", err=True)


def _offer(classic: Chain, actions: Chain) -> None:
    """Say which condition would make two single filters exact opposites."""
    from fql.runtime.cutover import exact_opposite

    if len(classic.filters) == len(actions.filters) == 1:
        condition = classic.filters[0].filter.condition.text
        opposite = json.dumps(exact_opposite(condition), ensure_ascii=False)
        say(f'exact opposites: give --actions "if": {opposite}', err=True)
