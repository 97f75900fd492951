"""``fql overlaps``: which mappings of a program take the same event."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from fql.cli.feed import Feed
from fql.cli.findings import Findings
from fql.cli.inputs import PATH, STDIN, read_text
from fql.cli.output import Format, conclude, format_option, heading, say, show
from fql.cli.plans import read_schema, schema_option
from fql.grammar.cells import visible
from fql.grammar.diagnostics import FqlError

if TYPE_CHECKING:
    from fql.compiler.schema import Schema
    from fql.runtime.overlaps import Overlap
    from fql.runtime.program_overlaps import Report
    from fql.runtime.workspace import Workspace


@click.command("overlaps", short_help="Say which mappings take the same event.")
@click.argument("program", type=PATH)
@schema_option
@click.option(
    "--events",
    multiple=True,
    type=PATH,
    metavar="FILE",
    help="Sample events, one JSON object a line. May be given several times.",
)
@format_option("human", "json")
def command(
    program: str, *, plan: str | None, events: tuple[str, ...], form: Format
) -> int:
    """List the pairs of mappings of each destination that take the same event.

    Each pair is shown with an event that gets into PROGRAM, passes the filters and
    fulfils both triggers. With a tracking plan or with sample events, the names of
    tracks that no mapping takes are listed too. The exit code is 1 where two mappings
    send the same action for the same event, so that it is sent twice.
    """
    if [program, plan, *events].count(STDIN) > 1:
        raise click.UsageError("standard input can be read only once")
    try:
        workspace, schema = _read(program, plan)
    except FqlError as error:
        show(error.diagnostics, form, err=True)
        if form == "human":
            conclude(error.diagnostics, err=True)
        return 1
    findings = Findings(form)
    feed = Feed(events, findings) if events else None
    report = _report(workspace, schema, feed)
    if form == "json":
        say(json.dumps(report.to_dict(), indent=2))
    else:
        _show(report)
    findings.finish()
    is_failed = feed is not None and feed.has_failed
    return int(is_failed or report.doubles > 0)


def _read(program: str, plan: str | None) -> tuple[Workspace, Schema | None]:
    from fql.api import load

    schema = read_schema(plan)
    return load(read_text(program), schema=schema), schema


def _report(workspace: Workspace, schema: Schema | None, feed: Feed | None) -> Report:
    from fql.runtime.program_overlaps import report_overlaps

    events = None if feed is None else (event.value for event in feed)
    return report_overlaps(workspace, schema=schema, events=events)


def _show(report: Report) -> None:
    counts = report.counts or (None,) * len(report.overlaps)
    for overlap, count in zip(report.overlaps, counts, strict=True):
        _show_overlap(overlap, count)
    if report.unhandled:
        say(heading("events that no mapping takes"))
        for name in report.unhandled:
            say(f"  {visible(name)}")
        say("")
    say(_summary(report))


def _show_overlap(overlap: Overlap, count: int | None) -> None:
    first, second = overlap.first, overlap.second
    names = f"{visible(first.name)} and {visible(second.name)}"
    say(heading(f"{visible(overlap.destination.name)}: {names}"))
    say(f"  {visible(_sent(overlap))}")
    say(f"  as for {json.dumps(overlap.event)}")
    if count is not None:
        say(f"  sample events that both take: {count:,}")
    say("")


def _sent(overlap: Overlap) -> str:
    first, second = overlap.first.action, overlap.second.action
    if overlap.is_double:
        which = "the same payload" if overlap.is_same else "different payloads"
        return f"both send {first}, with {which}"
    return f"send {first} and {second}"


def _summary(report: Report) -> str:
    count = len(report.overlaps)
    if not count:
        return (
            "no event is taken by two mappings of one destination, as far as is known"
        )
    some = "1 pair of mappings overlaps"
    many = f"{count:,} pairs of mappings overlap"
    rest = f"{report.doubles:,} with the same action"
    return f"{some if count == 1 else many}, {rest}"
