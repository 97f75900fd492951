"""``fql example``: events that a condition matches, or nearly matches."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from fql.cli.dialects import dialect_option
from fql.cli.findings import Findings
from fql.cli.inputs import TEXT_NAME
from fql.cli.output import Format, format_option, say, show
from fql.cli.plans import read_schema, schema_option
from fql.grammar.cells import visible
from fql.grammar.diagnostics import FqlError
from fql.grammar.source import Source

if TYPE_CHECKING:
    from fql.api import Dialect
    from fql.compiler.examples import ExampleEvents
    from fql.compiler.schema import Schema
    from fql.compiler.trigger import Trigger

_MAX_COUNT = 1000


@click.command("example", short_help="Make events that a condition matches, or not.")
@click.option(
    "-e", "--expression", "text", required=True, metavar="TEXT", help="The condition."
)
@click.option("--not", "is_not", is_flag=True, help="Make events that do not match.")
@click.option(
    "--near", is_flag=True, help="Only such that fail one part of the condition each."
)
@click.option(
    "-n",
    "--count",
    type=click.IntRange(1, _MAX_COUNT),
    default=1,
    show_default=True,
    help="How many events.",
)
@click.option(
    "--seed", type=int, default=0, show_default=True, help="Picks other events."
)
@schema_option
@click.option("--pretty", is_flag=True, help="Write each event on several lines.")
@dialect_option()
@format_option()
def command(
    text: str,
    *,
    is_not: bool,
    near: bool,
    count: int,
    seed: int,
    plan: str | None,
    pretty: bool,
    dialect: Dialect,
    form: Format,
) -> int:
    """Print events that the condition TEXT matches, one as JSON a line.

    They look like those of a shop, and each is tried before it is printed. With --not
    they do not match: first those that fail one part of TEXT and fulfil the others,
    then others. With --schema, they conform to a tracking plan. The same options give
    the same events.

    The exit code is 1 where there is no such event, or none was found.
    """
    from fql.compiler.examples import examples

    findings = Findings(form)
    try:
        schema = read_schema(plan)
        trigger = _compile(text, dialect, schema, findings)
    except FqlError as error:
        findings.extend(error.diagnostics)
        return _close(findings, form, is_failed=True)
    is_wanted = not (is_not or near)
    found = examples(
        trigger, count=count, wanted=is_wanted, near=near, seed=seed, schema=schema
    )
    for event in found.events:
        say(json.dumps(event, indent=2 if pretty else None))
    shortage = _shortage(trigger, found, count, schema, is_wanted=is_wanted)
    if shortage:
        say(visible(shortage), err=True)
    return _close(findings, form, is_failed=not found.events)


def _compile(
    text: str, dialect: Dialect, schema: Schema | None, findings: Findings
) -> Trigger:
    from fql.api import compile as compile_trigger

    source = Source(text, TEXT_NAME)
    trigger = compile_trigger(source, dialect=dialect, schema=schema)
    findings.extend(trigger.diagnostics)
    return trigger


def _close(findings: Findings, form: Format, *, is_failed: bool) -> int:
    """Show what was found of the text, and return the exit code."""
    if form == "human":
        findings.close()
    elif findings.kept:
        show(findings.kept, form, err=True)
    return int(is_failed)


# --- where there are none -----------------------------------------------------------


def _shortage(
    trigger: Trigger,
    found: ExampleEvents,
    count: int,
    schema: Schema | None,
    *,
    is_wanted: bool,
) -> str:
    """Return why there are fewer events than wanted; nothing where there are enough."""
    matches = "matches" if is_wanted else "fails to match"
    events = "event" if schema is None else "event that conforms to the plan"
    if found.is_impossible:
        return f"no {events} {matches}{_reason(trigger, schema, is_wanted=is_wanted)}"
    if not found.events:
        return f"found no {events} that {matches}; there may be some all the same"
    missing = count - len(found.events)
    return f"found only {len(found.events)} of {count} events" if missing else ""


def _reason(trigger: Trigger, schema: Schema | None, *, is_wanted: bool) -> str:
    from fql.compiler.examples import contradictory_parts

    if not is_wanted:
        return ": the condition always holds"
    parts = contradictory_parts(trigger, schema)
    if len(parts) > 1:
        said = ", ".join(f"`{part}`" for part in parts[:-1])
        return f": {said} and `{parts[-1]}` contradict each other"
    return f": `{parts[0]}` never holds" if parts else ": the condition never holds"
