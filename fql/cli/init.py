"""``fql init``: a program for one destination, to begin with."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fql.cli.inputs import STDIN
from fql.cli.kinds import chosen_kind
from fql.cli.output import conclude, say, show
from fql.grammar.diagnostics import FqlError

if TYPE_CHECKING:
    from fql.runtime.destinations.definitions import Definition

SUFFIX = ".fql"


@click.command("init", short_help="Write a program for a destination, to begin with.")
@click.argument("destination")
@click.option(
    "-o",
    "--output",
    type=click.Path(allow_dash=True),
    metavar="FILE",
    help="Where to write it; NAME.fql by default, - for standard output.",
)
@click.option("--name", metavar="NAME", help="What the program calls the destination.")
@click.option(
    "--custom", "--blank", "is_blank", is_flag=True, help="Leave out the mappings."
)
@click.option("--force", is_flag=True, help="Replace a file that is there.")
def command(
    destination: str,
    *,
    output: str | None,
    name: str | None,
    is_blank: bool,
    force: bool,
) -> int:
    """Write a program with one destination of the kind DESTINATION.

    It has the mappings that such a destination usually has, and its settings; secrets
    are taken from the environment. DESTINATION is a kind that `fql destinations` lists,
    or the path of a file that declares one. A file that is there stays as it is.
    """
    try:
        definition = chosen_kind(destination)
        path = output or f"{name or definition.name}{SUFFIX}"
        text = _program(definition, destination, path, name=name, is_blank=is_blank)
        if path == STDIN:
            say(text.rstrip("\n"))
            return 0
    except FqlError as error:
        show(error.diagnostics, err=True)
        conclude(error.diagnostics, err=True)
        return 1
    return _write(path, text, is_forced=force)


def _program(
    definition: Definition,
    destination: str,
    path: str,
    *,
    name: str | None,
    is_blank: bool,
) -> str:
    from fql.runtime.destinations.declared import DeclaredDefinition
    from fql.runtime.quick_setup import quick_setup

    declared_in = None
    if isinstance(definition, DeclaredDefinition) and Path(destination).is_file():
        folder = Path.cwd() if path == STDIN else Path(path).parent
        declared_in = os.path.relpath(destination, folder).replace(os.sep, "/")
    try:
        return quick_setup(
            definition, name=name, is_blank=is_blank, declared_in=declared_in
        )
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--name") from error


def _write(path: str, text: str, *, is_forced: bool) -> int:
    """Write a file that is not there, or may be replaced. Returns the exit code.

    Raises:
        UsageError: It is there.
    """
    try:
        with Path(path).open("w" if is_forced else "x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        message = f"{path} is there already; --force replaces it"
        raise click.UsageError(message) from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        say(f"fql: cannot write {path}: {reason}", err=True)
        return 1
    say(f"{path} is written; `fql check {path}` says what is wrong with it", err=True)
    return 0
