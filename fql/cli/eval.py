"""``fql eval``: the events that match a condition, as they were."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from fql.cli.feed import Feed, events_argument, size_of
from fql.cli.findings import Findings
from fql.cli.inputs import TEXT_NAME
from fql.cli.jobs import jobs_option, optional_workers
from fql.cli.output import Format, binary_output, format_option, say
from fql.cli.progress import Progress
from fql.cli.selecting import Selection
from fql.grammar.diagnostics import FqlError
from fql.grammar.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fql.api import Dialect
    from fql.cli.selecting import Selected
    from fql.compiler.trigger import Trigger


@click.command("eval", short_help="Print the events that match a condition.")
@click.option(
    "-e", "--expression", "text", required=True, metavar="TEXT", help="The condition."
)
@events_argument
@click.option("-c", "--count", is_flag=True, help="Print only how many there are.")
@click.option("-v", "--invert", is_flag=True, help="Take those that do not match.")
@click.option(
    "--check-lines", is_flag=True, help="Report all lines that are no events."
)
@jobs_option
@click.option(
    "--dialect",
    type=click.Choice(("fql", "trigger")),
    default="fql",
    show_default=True,
    help="How to read TEXT: as this language, or as the trigger engine does.",
)
@format_option()
def command(
    text: str,
    events: tuple[str, ...],
    *,
    count: bool,
    invert: bool,
    check_lines: bool,
    jobs: int,
    dialect: Dialect,
    form: Format,
) -> int:
    """Print the lines of EVENTS whose event matches the condition TEXT, unchanged.

    EVENTS are files with one JSON object a line, plain, gzip (.gz) or zstd (.zst);
    without any, or for -, standard input. Lines that are no events are reported and
    passed over. A line that cannot match, since a text is not in it that TEXT asks for,
    is passed over unread; --check-lines reads it.
    """
    findings = Findings(form)
    trigger = _compile(text, dialect, findings)
    if trigger is None:
        findings.finish()
        return 1
    work = Selection(
        trigger, is_inverted=invert, is_counting=count, is_thorough=check_lines
    )
    with (
        optional_workers(work, jobs, is_counted=False) as workers,
        Progress(size_of(events)) as progress,
    ):
        feed = Feed(events, findings, progress)
        selected = feed.results(work, workers)
        if count:
            say(str(sum(each.number for each in selected)))
        else:
            _print(selected, feed)
    findings.finish()
    return int(feed.has_failed)


def _compile(text: str, dialect: Dialect, findings: Findings) -> Trigger | None:
    """Return the trigger, or None where the text has errors. Warnings are findings."""
    from fql.api import compile as compile_trigger

    try:
        trigger = compile_trigger(Source(text, TEXT_NAME), dialect=dialect)
    except FqlError as error:
        findings.extend(error.diagnostics)
        return None
    findings.extend(trigger.diagnostics)
    return trigger


def _print(selected: Iterable[Selected], feed: Feed) -> None:
    """Write the lines of the events; only a line end that is missing is put in."""
    output = binary_output()
    separator = b""
    for each in selected:
        if each.output:
            output.write(separator + each.output)
            separator = b"" if each.output.endswith(b"\n") else b"\n"
        if feed.is_live:
            output.flush()
    output.flush()
