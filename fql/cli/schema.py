"""``fql schema``: tracking plans from sample events."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from fql.cli.feed import Feed, events_argument, size_of
from fql.cli.findings import Findings
from fql.cli.output import Format, format_option, say
from fql.cli.progress import Progress

if TYPE_CHECKING:
    from fql.compiler.infer import Inference


@click.group("schema", short_help="Make a tracking plan of sample events.")
def command() -> None:
    """Make tracking plans."""


@command.command("infer", short_help="Print the tracking plan of sample events.")
@events_argument
@format_option()
def infer(events: tuple[str, ...], *, form: Format) -> int:
    """Print a tracking plan that describes EVENTS, as JSON.

    EVENTS are files with one JSON object a line, plain, gzip (.gz) or zstd (.zst);
    without any, or for -, standard input. The plan has the public API's shape: a rule
    for the tracks of each name, for each other type, and for what all events have, with
    types, bounds, formats, choices and how often each field is there. It is what
    --schema of other commands takes. Lines that are no events are reported and passed
    over.
    """
    from fql.compiler.infer import Inference

    findings = Findings(form)
    inference = Inference()
    with Progress(size_of(events)) as progress:
        feed = Feed(events, findings, progress)
        _gather(feed, inference)
    if not feed.has_failed:
        say(json.dumps(inference.plan(), indent=2))
    findings.finish()
    return int(feed.has_failed)


def _gather(feed: Feed, inference: Inference) -> None:
    for event in feed:
        inference.add(event.value)
