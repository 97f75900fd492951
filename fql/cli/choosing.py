"""Choosing among the mappings of a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fql.cli.mapping_files import NamedMapping

name_option = click.option(
    "--name",
    metavar="NAME",
    help="The mapping of that name in a program, or of DESTINATION/NAME.",
)


def chosen(mappings: Sequence[NamedMapping], name: str | None) -> list[NamedMapping]:
    """Return the mappings that *name* names, all without one.

    Raises:
        BadParameter: There is none.
    """
    if name is None:
        return list(mappings)
    found = [
        each
        for each in mappings
        if name in {each.name, f"{each.destination}/{each.name}"}
    ]
    if not found:
        names = ", ".join(repr(each.name) for each in mappings if each.name) or "none"
        message = f"there is no mapping {name!r}; there are: {names}"
        raise click.BadParameter(message, param_hint="--name")
    return found
