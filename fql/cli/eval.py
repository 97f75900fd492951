"""``fql eval``: the events that match a condition, as they were."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from fql.cli.feed import Feed, events_argument, size_of
from fql.cli.findings import Findings
from fql.cli.inputs import TEXT_NAME
from fql.cli.output import Format, binary_output, format_option, say, show
from fql.cli.progress import Progress
from fql.grammar.diagnostics import FqlError
from fql.grammar.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fql.api import Dialect
    from fql.cli.lines import Event
    from fql.compiler.trigger import Trigger


@click.command("eval", short_help="Print the events that match a condition.")
@click.option(
    "-e", "--expression", "text", required=True, metavar="TEXT", help="The condition."
)
@events_argument
@click.option("-c", "--count", is_flag=True, help="Print only how many there are.")
@click.option("-v", "--invert", is_flag=True, help="Take those that do not match.")
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
    dialect: Dialect,
    form: Format,
) -> int:
    """Print the lines of EVENTS whose event matches the condition TEXT, unchanged.

    EVENTS are files with one JSON object a line, plain, gzip (.gz) or zstd (.zst);
    without any, or for -, standard input. Lines that are no events are reported and
    passed over, whatever is asked.
    """
    findings = Findings(form)
    trigger = _compile(text, dialect, findings)
    if trigger is None:
        return _close(findings, form, is_failed=True)
    with Progress(size_of(events)) as progress:
        feed = Feed(events, findings, progress)
        matching = (event for event in feed if trigger(event.value) != invert)
        if count:
            say(str(sum(1 for _ in matching)))
        else:
            _print(matching, feed)
    return _close(findings, form, is_failed=feed.has_failed)


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


def _print(matching: Iterable[Event], feed: Feed) -> None:
    """Write the lines of the events; only a line end that is missing is put in."""
    output = binary_output()
    separator = b""
    for event in matching:
        output.write(separator + event.line)
        separator = b"" if event.line.endswith(b"\n") else b"\n"
        if feed.is_live:
            output.flush()
    output.flush()


def _close(findings: Findings, form: Format, *, is_failed: bool) -> int:
    """Show what was found, and return the exit code."""
    if form == "human":
        findings.close()
    else:
        show(findings.kept, form, err=True)
    return int(is_failed)
