"""The option for how conditions on the command line are read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    from fql.api import Dialect
    from fql.cli.output import Decorated


def dialect_option(
    of: str = "TEXT", *, default: Dialect | None = "fql"
) -> Callable[[Decorated], Decorated]:
    """Return the option ``--dialect``.

    Args:
        of: What is read so, for the help.
        default: None where the command has to know whether it was given.
    """
    which = "this language" if default else "this language (the default)"
    return click.option(
        "--dialect",
        type=click.Choice(("fql", "trigger")),
        default=default,
        show_default=default is not None,
        help=f"How to read {of}: as {which}, or as the trigger engine does.",
    )
