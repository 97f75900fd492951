"""``fql overview``: what became of events and payloads, step by step."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from fql.cli.outbox import json_option
from fql.cli.outboxes import opened_outbox, outbox_option
from fql.cli.output import heading, say, show
from fql.grammar.cells import cell_count, visible
from fql.grammar.diagnostics import FqlError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fql.compiler.values import Json
    from fql.runtime.delivery.overview_reading import Example, Total

HOURS = 24
"""Hours that are shown unless another number is asked for."""

_HOUR = 3_600


@click.command("overview", short_help="Show what became of events and payloads.")
@outbox_option
@click.option(
    "--hours",
    type=click.IntRange(min=1),
    default=HOURS,
    show_default=True,
    help="How far back; the hour that is under way is the first.",
)
@click.option(
    "--by",
    type=click.Choice(["mapping", "type", "event", "hour"]),
    help="What the counts are broken down by as well.",
)
@click.option("--destination", metavar="NAME", help="Only of this destination.")
@click.option("--samples", is_flag=True, help="Show events that went no further.")
@json_option
def command(
    place: str,
    *,
    hours: int,
    by: str | None,
    destination: str | None,
    samples: bool,
    is_json: bool,
) -> int:
    """Show what became of events and payloads, as `fql deliver` counted it.

    How many events came in, where they ended and why, and what became of their
    payloads. A retry is an attempt that failed and is made again.
    """
    try:
        with opened_outbox(place) as outbox:
            from fql.runtime.delivery.overview_reading import (
                By,
                read_examples,
                read_totals,
            )

            now = outbox.now()
            since = now - now % _HOUR - (hours - 1) * _HOUR
            with outbox.reading() as connection:
                totals = read_totals(
                    connection,
                    since=since,
                    by=None if by is None else By(by),
                    destination=destination,
                )
                examples = (
                    read_examples(connection, since=since, destination=destination)
                    if samples
                    else None
                )
    except FqlError as error:
        show(error.diagnostics, "human", err=True)
        return 1
    if is_json:
        say(json.dumps(_json(totals, examples, by), indent=2))
    else:
        say("\n".join([*_table(totals, by), *_samples(examples or ())]))
    return 0


def _json(
    totals: Sequence[Total], examples: Sequence[Example] | None, by: str | None
) -> dict[str, Json]:
    told: dict[str, Json] = {"counts": [_total_json(each, by) for each in totals]}
    if examples is not None:
        told["samples"] = [_example_json(each) for each in examples]
    return told


def _total_json(total: Total, by: str | None) -> Json:
    told: dict[str, Json] = {
        "step": total.step.value,
        "destination": total.destination or None,
        "reason": total.reason or None,
    }
    if by is not None:
        is_time = isinstance(total.part, int)
        told[by] = _part(total) if is_time else total.part or None
    return {**told, "count": total.count}


def _example_json(example: Example) -> Json:
    return {
        "step": example.step.value,
        "destination": example.destination or None,
        "mapping": example.mapping or None,
        "reason": example.reason or None,
        "at": _moment(example.seen_at),
        "messageId": example.message_id or None,
        "told": example.told,
    }


def _table(totals: Sequence[Total], by: str | None) -> Iterator[str]:
    if not totals:
        yield "nothing was counted in this time"
        return
    rows: list[tuple[str, ...]] = [
        ("step", "destination", "reason", *([by] if by else []), "count")
    ]
    for each in totals:
        part = [_part(each)] if by else []
        named = (each.step.value, each.destination, each.reason, *part)
        rows.append((*map(visible, named), f"{each.count:,}"))
    widths = [max(map(cell_count, column)) for column in zip(*rows, strict=True)]
    for number, row in enumerate(rows):
        cells = [
            text + " " * (width - cell_count(text))
            for text, width in zip(row[:-1], widths[:-1], strict=True)
        ]
        line = "  ".join([*cells, row[-1].rjust(widths[-1])])
        yield heading(line) if number == 0 else line


def _part(total: Total) -> str:
    if isinstance(total.part, int):
        return _moment(total.part)
    return total.part or ""


def _samples(examples: Sequence[Example]) -> Iterator[str]:
    for each in examples:
        where = "/".join(name for name in (each.destination, each.mapping) if name)
        told = [_moment(each.seen_at), each.step.value, where, each.reason]
        yield visible("  ".join(name for name in (*told, each.message_id) if name))
        if each.told:
            text = json.dumps(each.told, ensure_ascii=False)
            yield f"    {visible(text)}"


def _moment(seconds: float) -> str:
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
