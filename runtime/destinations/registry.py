"""Which kinds of destinations there are: a value, made when it is asked for.

Those that are shipped are loaded when they are looked up. Others come with packages
that name them under the entry point `GROUP`, or are put in by whoever embeds this.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import import_module
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, TypeAlias, final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from fql.runtime.destinations.definitions import Definition

    Maker: TypeAlias = Callable[[], Definition]

GROUP = "fql.destinations"
"""The entry points of other packages: a name, and a class without arguments."""

_SHIPPED = {
    "amplitude": "Amplitude",
    "slack": "Slack",
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
            return None
        try:
            return maker()
        except Exception as error:
            raise DefinitionError(name, f"{type(error).__name__}: {error}") from error

    def with_(self, *definitions: Definition) -> Registry:
        """Return a registry that has *definitions* too, instead of those named so."""
        added = {each.name: _constant(each) for each in definitions}
        return Registry({**self.makers, **added})

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


def _shipped(name: str) -> Maker:
    def make() -> Definition:
        module = import_module(f"fql.runtime.destinations.{name}")
        definition: Definition = getattr(module, _SHIPPED[name])()
        return definition

    return make


def _loading(load: Callable[[], Callable[[], Definition]]) -> Maker:
    return lambda: load()()


def _constant(definition: Definition) -> Maker:
    return lambda: definition
