"""``fql run``: events past a program, an outcome a line."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import click

from fql.cli.feed import Feed, events_argument, size_of
from fql.cli.findings import Findings
from fql.cli.inputs import PATH, STDIN
from fql.cli.jobs import jobs_option, optional_workers
from fql.cli.output import Format, binary_output, format_option, say
from fql.cli.programs import load_program, require_one_stdin, require_source
from fql.cli.progress import Progress
from fql.grammar.diagnostics import Code
from fql.grammar.report import to_json

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fql.cli.running import Outcomes
    from fql.cli.summary import Tally
    from fql.grammar.diagnostics import Diagnostic
    from fql.runtime.workspace import Workspace


@click.command("run", short_help="Run events past a program.")
@click.argument("program", type=PATH)
@events_argument
@click.option("--source", metavar="NAME", help="The source that the events come from.")
@click.option("--strict", is_flag=True, help="Exit with 1 where a line was rejected.")
@jobs_option
@format_option("human", "json")
def command(
    program: str,
    events: tuple[str, ...],
    *,
    source: str | None,
    strict: bool,
    jobs: int,
    form: Format,
) -> int:
    """Run EVENTS past PROGRAM and print what becomes of each, a JSON object a line.

    EVENTS are files with one JSON object a line, plain, gzip (.gz) or zstd (.zst);
    without any, or for -, standard input. Every event gives at least one outcome: a
    payload, or the reason why there is none. Lines that are no events are reported and
    passed over. A summary ends the run, on standard error.

    Nothing is sent anywhere.
    """
    require_one_stdin(program, is_read=not events or STDIN in events)
    workspace = load_program(program, form)
    if workspace is None:
        return 1
    require_source(workspace, source)
    return _run(
        workspace, events, source=source, is_strict=strict, jobs=jobs, form=form
    )


def _concerning(warnings: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Return the warnings that matter where nothing is sent: settings are not used."""
    return [each for each in warnings if each.code is not Code.MISSING_ENVIRONMENT]


def _run(
    workspace: Workspace,
    events: tuple[str, ...],
    *,
    source: str | None,
    is_strict: bool,
    jobs: int,
    form: Format,
) -> int:
    from fql.cli.running import Repeats, Running
    from fql.cli.summary import Tally

    findings = Findings(form)
    findings.extend(_concerning(workspace.diagnostics))
    tally, started = Tally(workspace), time.perf_counter()
    work = Running(workspace, source, is_apart=jobs > 1)
    with (
        optional_workers(work, jobs) as workers,
        Progress(size_of(events)) as progress,
    ):
        feed = Feed(events, findings, progress)
        outcomes = feed.results(work, workers)
        if jobs > 1:
            repeats = Repeats(workspace.window)
            outcomes = map(repeats.taken_out_of, outcomes)
        is_whole = _write(outcomes, feed, tally)
    tally.rejected_lines = feed.rejected
    _close(findings, tally, time.perf_counter() - started, form)
    if not is_whole:
        raise KeyboardInterrupt
    return int(feed.has_failed or (is_strict and feed.rejected > 0))


def _write(outcomes: Iterable[Outcomes], feed: Feed, tally: Tally) -> bool:
    """Write the outcomes of all events, in the order of the events.

    Returns whether it came to the end, and was not interrupted.
    """
    output = binary_output()
    try:
        for each in outcomes:
            output.write(each.output)
            tally.add_counted(each.counts)
            tally.missing_rows.update(each.missing)
            tally.events += each.events
            if feed.is_live:
                output.flush()
        output.flush()
    except KeyboardInterrupt:
        return False
    return True


def _close(findings: Findings, tally: Tally, seconds: float, form: Format) -> None:
    """Show what is left to be shown, the summary last."""
    from fql.cli.summary import table

    if form == "json":
        told = {
            "findings": [to_json(each) for each in findings.kept],
            "summary": tally.to_dict(),
        }
        say(json.dumps(told, indent=2), err=True)
        return
    findings.close()
    rate = tally.events / max(seconds, 1e-9)
    say(f"{table(tally)}\n{seconds:.1f} s, {rate:,.0f} events a second", err=True)
