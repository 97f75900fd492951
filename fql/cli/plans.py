"""Tracking plans as commands read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from fql.cli.errors import bad_plan
from fql.cli.inputs import PATH, read_text
from fql.grammar.diagnostics import FqlError, has_errors

if TYPE_CHECKING:
    from fql.compiler.schema import Schema

schema_option = click.option(
    "--schema",
    "plan",
    type=PATH,
    metavar="FILE",
    help="A tracking plan: JSON Schemas by event name, or the public API's rules.",
)
"""The option that names a tracking plan."""


def read_schema(path: str | None) -> Schema | None:
    """Return what a tracking plan says; None where none is named.

    Raises:
        FqlError: It cannot be read, or is no tracking plan.
    """
    if path is None:
        return None
    from fql.compiler.plans import PlanError
    from fql.compiler.schema import Schema
    from fql.grammar.json_places import read_json

    document = read_json(read_text(path))
    source = document.source
    if has_errors(document.diagnostics):
        raise FqlError(document.diagnostics)
    whole = document.span("")
    if not isinstance(document.value, dict):
        raise FqlError([bad_plan(source, "a tracking plan is a JSON object", whole)])
    try:
        return Schema.from_tracking_plan(document.value, name=source.name)
    except PlanError as error:
        place = document.span(error.pointer)
        raise FqlError([bad_plan(source, str(error), place)]) from error
