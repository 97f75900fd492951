"""``fql migrate copy``: the filters of one destination, on another one as well."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from fql.cli.api_access import api_options, public_api
from fql.cli.output import Format, format_option, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fql.runtime.copy_filters import CopyPlan, Definition
    from fql.runtime.public_api import PublicApi


@click.command("copy", short_help="Copy the filters of a destination to another one.")
@click.option("--from", "origin", required=True, metavar="ID", help="Has the filters.")
@click.option("--to", "target", required=True, metavar="ID", help="Gets the filters.")
@click.option("--source", metavar="ID", help="Make them act on events of this source.")
@click.option(
    "--include-disabled", is_flag=True, help="Copy filters that are off too, as on."
)
@click.option("--dry-run", is_flag=True, help="Show the difference, change nothing.")
@api_options
@format_option("human", "json")
def copy(
    origin: str,
    target: str,
    *,
    source: str | None,
    include_disabled: bool,
    dry_run: bool,
    base_url: str,
    token_variable: str,
    timeout: float,
    form: Format,
) -> int:
    """Create the filters of one destination on another one, switched on.

    What does the same there already is left alone, or switched on if it is off. So the
    command can be stopped at any time, and started again: nothing is made twice.
    """
    from fql.runtime.copy_filters import plan_copy

    if origin == target:
        raise click.UsageError("--from and --to are the same destination")
    with public_api(base_url, token_variable, timeout) as api:
        plan = plan_copy(
            list(api.filters(origin)),
            list(api.filters(target)),
            source=source,
            includes_disabled=include_disabled,
        )
        _apply(api, target, plan, form, is_dry=dry_run)
    return 0


def _apply(
    api: PublicApi, target: str, plan: CopyPlan, form: Format, *, is_dry: bool
) -> None:
    """Show what *plan* does at *target*, and do it unless this is a dry run."""
    from fql.runtime.copy_filters import carry_out

    if form == "human":
        _show_plan(target, plan)
    done: list[dict[str, object]] = []
    for each in () if is_dry else carry_out(api, target, plan):
        done.append({"done": each.what, "filter": each.definition})
        if form == "human":
            say(f"{each.what:8} {_named(each.definition)}")
    if form == "json":
        say(json.dumps(_plan_json(target, plan, done), indent=2, ensure_ascii=False))
    else:
        say(_conclusion(plan, is_dry=is_dry))


def _show_plan(target: str, plan: CopyPlan) -> None:
    from fql.runtime.copy_filters import MAX_FILTERS

    say(f"difference at {target}:")
    for mark, text, filters in _parts(plan):
        for each in filters:
            say(f"  {mark} {text:8} {_named(each)}")
    if not any(filters for _, _, filters in _parts(plan)):
        say("  none: there are no filters to copy")
    if plan.total > MAX_FILTERS:
        say(f"  note: {plan.total} filters; the original takes {MAX_FILTERS}")
    say("")


def _parts(plan: CopyPlan) -> Iterable[tuple[str, str, Sequence[Definition]]]:
    return (
        ("+", "create", plan.create),
        ("~", "enable", plan.enable),
        ("=", "there", plan.present),
        ("-", "off", plan.left_out),
    )


def _named(definition: Definition) -> str:
    from fql.runtime.copy_filters import title_of

    condition = " ".join(str(definition.get("if")).split())
    return f'"{title_of(definition)}" when {condition}'


def _conclusion(plan: CopyPlan, *, is_dry: bool) -> str:
    if plan.is_done:
        return "nothing to do"
    counts = f"{len(plan.create)} to create, {len(plan.enable)} to enable"
    if is_dry:
        return f"{counts}; this was a dry run, nothing was changed"
    return f"done: {len(plan.create)} created, {len(plan.enable)} enabled"


def _plan_json(
    target: str, plan: CopyPlan, done: Sequence[dict[str, object]]
) -> dict[str, object]:
    parts = {text: list(filters) for _, text, filters in _parts(plan)}
    return {"destination": target, **parts, "done": list(done)}
