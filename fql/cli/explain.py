"""``fql explain``: why events match, or do not; what a program makes of them."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import click

from fql.cli.dialects import dialect_option
from fql.cli.explain_input import one_or_many
from fql.cli.feed import Feed, size_of
from fql.cli.findings import Findings
from fql.cli.inputs import PATH, STDIN, TEXT_NAME, read_text
from fql.cli.output import Format, format_option, has_color, say, width_of
from fql.cli.progress import Progress
from fql.grammar.diagnostics import Code, FqlError
from fql.grammar.report import MIN_WIDTH
from fql.grammar.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fql.api import Dialect
    from fql.cli.explain_subjects import Subject, Told
    from fql.runtime.filter_actions import Event


_MARGIN = 6
"""Cells left of a condition: numbers of lines, signs of a cut."""


@click.command("explain", short_help="Say why events match, or do not.")
@click.option(
    "-e", "--expression", "text", metavar="TEXT", help="The condition to explain."
)
@click.argument("paths", nargs=-1, type=PATH, metavar="[PROGRAM] [EVENTS]...")
@click.option(
    "--summary", is_flag=True, help="Count over all events, even if there is but one."
)
@click.option("--source", metavar="NAME", help="The source that the events come from.")
@click.option("--destination", metavar="NAME", help="Only this one of the program.")
@dialect_option(default=None)
@format_option("human", "json")
def command(
    text: str | None,
    paths: tuple[str, ...],
    *,
    summary: bool,
    source: str | None,
    destination: str | None,
    dialect: Dialect | None,
    form: Format,
) -> int:
    """Say why an event matches the condition TEXT, or does not, and what would turn it.

    EVENTS are files with one event as JSON, or with one a line; without any, or for -,
    standard input. Of one event, each part of the condition is shown with what the
    event has for it. Of many, how many stop at which part, and what they have there.

    Without TEXT, the first file is a program: for each destination, which filter or
    which condition kept the events from it, or what was built.
    """
    findings = Findings(form)
    try:
        if text is not None:
            _refuse(source=source, destination=destination)
            subject = _condition(text, dialect or "fql", findings)
        else:
            _refuse(dialect=dialect)
            program, *paths_left = _with_program(paths)
            subject = _program(program, source, destination, findings)
            paths = tuple(paths_left)
        has_failed = _explain(subject, paths, findings, form, is_summary=summary)
    except FqlError as error:
        findings.extend(error.diagnostics)
        has_failed = True
    findings.finish()
    return int(has_failed)


def _refuse(**options: object) -> None:
    """Refuse options that go with the other way of calling the command."""
    for name, value in options.items():
        if value is not None:
            needed = "-e TEXT" if name == "dialect" else "a PROGRAM and no -e"
            raise click.UsageError(f"--{name} needs {needed}")


def _with_program(paths: tuple[str, ...]) -> tuple[str, ...]:
    if not paths:
        raise click.UsageError("name a condition with -e TEXT, or a PROGRAM")
    if paths[0] == STDIN and (len(paths) == 1 or STDIN in paths[1:]):
        raise click.UsageError("standard input cannot hold both program and events")
    return paths


# --- what is explained ----------------------------------------------------------------


def _condition(text: str, dialect: Dialect, findings: Findings) -> Subject:
    from fql.api import compile as compile_trigger
    from fql.cli.explain_subjects import condition_subject

    trigger = compile_trigger(Source(text, TEXT_NAME), dialect=dialect)
    findings.extend(trigger.diagnostics)
    return condition_subject(trigger)


def _program(
    path: str, source: str | None, destination: str | None, findings: Findings
) -> Subject:
    from fql.api import load
    from fql.cli.explain_subjects import program_subject

    workspace = load(read_text(path))
    _require("source", source, [each.name for each in workspace.sources])
    _require("destination", destination, [each.name for each in workspace.destinations])
    findings.extend(
        each
        for each in workspace.diagnostics
        if each.code is not Code.MISSING_ENVIRONMENT  # nothing is sent
    )
    return program_subject(workspace, source, destination)


def _require(what: str, name: str | None, known: list[str]) -> None:
    if name is not None and name not in known:
        names = ", ".join(known) or "none"
        message = f"the program has no {what} {name!r}; it has: {names}"
        raise click.BadParameter(message, param_hint=f"--{what}")


# --- explaining -----------------------------------------------------------------------


def _explain(
    subject: Subject,
    paths: tuple[str, ...],
    findings: Findings,
    form: Format,
    *,
    is_summary: bool,
) -> bool:
    """Show the explanation of the events. Returns whether a file could not be read."""
    if is_summary or len(paths) > 1:
        return _count(subject, paths, findings, form)
    path = paths[0] if paths else STDIN
    with one_or_many(path) as events:
        if events.only is not None:
            _show(subject.one(events.only), form)
            return False
        if path == STDIN or events.source.size is None:  # to be read but once
            return _count_each(subject, events.each(findings), form)
    return _count(subject, paths, findings, form)


def _count(
    subject: Subject, paths: tuple[str, ...], findings: Findings, form: Format
) -> bool:
    """Count over the events of files. Returns whether one could not be read."""
    with Progress(size_of(paths)) as progress:
        feed = Feed(paths, findings, progress)
        told, is_whole = subject.many(event.value for event in feed)
    _show(told, form)
    if not is_whole:
        raise KeyboardInterrupt
    return feed.has_failed


def _count_each(subject: Subject, events: Iterable[Event], form: Format) -> bool:
    """Count over *events*, whose input fails by raising."""
    told, is_whole = subject.many(events)
    _show(told, form)
    if not is_whole:
        raise KeyboardInterrupt
    return False


def _show(told: Told, form: Format) -> None:
    if form == "json":
        say(json.dumps(told.to_dict(), indent=2))
    else:
        width = max(width_of(sys.stdout) - _MARGIN, MIN_WIDTH)
        say(told.to_text(color=has_color(), width=width))
