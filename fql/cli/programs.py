"""Programs that commands run events past."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from fql.cli.inputs import STDIN, read_text
from fql.cli.output import conclude, show
from fql.grammar.diagnostics import FqlError

if TYPE_CHECKING:
    from fql.cli.output import Format
    from fql.runtime.workspace import Workspace


def load_program(program: str, form: Format) -> Workspace | None:
    """Return the program, or None where it has errors, which are then shown."""
    from fql.api import load

    try:
        return load(read_text(program))
    except FqlError as error:
        show(error.diagnostics, form, err=True)
        if form == "human":
            conclude(error.diagnostics, err=True)
    return None


def require_one_stdin(program: str, *, is_read: bool) -> None:
    """Refuse a program from standard input where events are read from it, too."""
    if program == STDIN and is_read:
        raise click.UsageError("standard input cannot hold both program and events")


def require_source(workspace: Workspace, name: str | None) -> None:
    """Refuse a source that the program does not have."""
    names = [source.name for source in workspace.sources]
    if name is not None and name not in names:
        known = ", ".join(names) or "none"
        message = f"the program has no source {name!r}; it has: {known}"
        raise click.BadParameter(message, param_hint="--source")
