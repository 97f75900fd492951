"""Which kinds of destinations commands know: installed ones, and those of files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from fql.compiler.suggest import nearest
from fql.grammar.diagnostics import FqlError
from fql.runtime.destinations.registry import DefinitionError, installed_registry

if TYPE_CHECKING:
    from fql.runtime.destinations.definitions import Definition
    from fql.runtime.destinations.registry import Registry

DECLARED = ".json"
"""How the names of files end that declare a kind."""


def chosen_kind(name: str, registry: Registry | None = None) -> Definition:
    """Return a kind by its name, or by the path of the file that declares it.

    Raises:
        BadParameter: There is none, or it does not load.
        FqlError: The file has errors, or cannot be read.
    """
    known = installed_registry() if registry is None else registry
    if name.endswith(DECLARED) or Path(name).is_file():
        from fql.runtime.destinations.read_declared import read_declared

        return read_declared(name)
    try:
        found = known.get(name)
    except DefinitionError as error:
        raise click.BadParameter(str(error)) from error
    if found is None:
        near = nearest(name, sorted(known))
        names = ", ".join(sorted(known))
        hint = f"did you mean {near}?" if near else f"there are: {names}"
        raise click.BadParameter(f"there is no destination {name!r}; {hint}")
    return found


def all_kinds() -> tuple[list[Definition], list[str]]:
    """Return all installed kinds by name, and what keeps others from loading."""
    registry = installed_registry()
    found: list[Definition] = []
    faults: list[str] = []
    for name in sorted(registry):
        try:
            definition = registry.get(name)
        except (DefinitionError, FqlError) as error:
            faults.append(str(error))
        else:
            found += filter(None, [definition])
    return found, faults
