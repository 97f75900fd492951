"""Which kinds of destinations there are: a value, made when it is asked for.

Those that are shipped are loaded when they are looked up. Others come with packages
that name them under the entry point `GROUP`, or are put in by whoever embeds this.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, final

from fql.runtime.destinations.definitions import Definition

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from fql.runtime.destinations.declared import DeclaredDefinition
    from fql.runtime.workspace_parts import Destination

    Maker: TypeAlias = Callable[[], Definition]

GROUP = "fql.destinations"
"""The entry points of other packages.

Each is a name, and what makes a definition: a class without arguments, a definition,
or the path of a file that declares one.
"""

ORIGINAL_PREFIX = "actions-"
"""What the public API has before the names of kinds: ``actions-amplitude``."""

_SHIPPED = {
    "amplitude": "Amplitude",
    "file": "File",
    "http": "Http",
    "slack": "Slack",
    "stdout": "Stdout",
    "webhook": "Webhook",
}


class DefinitionError(Exception):
    """A kind of destination that another package offers, and that does not load.

    Attributes:
        name: What it is called.
        reason: What happened, in words.
    """

    def __init__(self, name: str, reason: str) -> None:
        self.name = name
        self.reason = reason
        super().__init__(f"the destination {name} does not load: {reason}")


@final
@dataclass(frozen=True, slots=True)
class Registry:
    """Kinds of destinations by name. It never changes.

    Attributes:
        makers: What makes each definition.
    """

    makers: Mapping[str, Maker] = field(repr=False)

    def get(self, name: str) -> Definition | None:
        """Return the definition of that name, or None.

        Raises:
            DefinitionError: There is one, and it does not load.
        """
        maker = self.makers.get(name)
        if maker is None:
            maker = self.makers.get(name.removeprefix(ORIGINAL_PREFIX))
        if maker is None:
            return None
        try:
            return maker()
        except Exception as error:
            raise DefinitionError(name, f"{type(error).__name__}: {error}") from error

    def with_(self, *definitions: Definition) -> Registry:
        """Return a registry that has *definitions* too, instead of those named so."""
        added = {each.name: _constant(each) for each in definitions}
        return Registry({**self.makers, **added})

    def with_files(self, *paths: str | os.PathLike[str]) -> Registry:
        """Return a registry that has kinds declared in files too.

        Args:
            paths: Files, or folders whose ``.json`` files all declare a kind.

        Raises:
            FqlError: One of them has errors, or cannot be read.
        """
        return self.with_(*declared_in(paths))

    def __iter__(self) -> Iterator[str]:
        return iter(self.makers)

    def __contains__(self, name: object) -> bool:
        return name in self.makers


def shipped_registry() -> Registry:
    """Return the kinds that are part of this package."""
    return Registry({name: _shipped(name) for name in _SHIPPED})


def installed_registry() -> Registry:
    """Return the shipped kinds and those of other installed packages.

    A shipped kind is not replaced by one of the same name.
    """
    others: dict[str, Maker] = {
        each.name: _loading(each.load) for each in entry_points(group=GROUP)
    }
    return Registry({**others, **shipped_registry().makers})


def registry_for(destinations: Iterable[Destination]) -> Registry:
    """Return the installed kinds, and those that *destinations* were loaded with."""
    loaded = {
        each.kind: _constant(each.definition)
        for each in destinations
        if each.definition is not None
    }
    return Registry({**installed_registry().makers, **loaded})


def _shipped(name: str) -> Maker:
    def make() -> Definition:
        module = import_module(f"fql.runtime.destinations.{name}")
        definition: Definition = getattr(module, _SHIPPED[name])()
        return definition

    return make


def declared_in(
    paths: Iterable[str | os.PathLike[str]],
) -> list[DeclaredDefinition]:
    """Return the kinds that files declare; of a folder, its ``.json`` files.

    Raises:
        FqlError: One of them has errors, or cannot be read.
    """
    from fql.runtime.destinations.read_declared import read_declared

    files = [
        file
        for path in map(Path, paths)
        for file in (sorted(path.glob("*.json")) if path.is_dir() else [path])
    ]
    return [read_declared(each) for each in files]


def _loading(load: Callable[[], object]) -> Maker:
    """Return what makes the definition that an entry point names."""
    return lambda: _definition(load())


def _definition(named: object) -> Definition:
    if isinstance(named, str | os.PathLike):
        (declared,) = declared_in([named])
        return declared
    made: object = named() if callable(named) else named
    if not isinstance(made, Definition):
        raise TypeError(f"{type(made).__name__} is no definition of a destination")
    return made


def _constant(definition: Definition) -> Maker:
    return lambda: definition
