"""What a workspace consists of, ready to run: sources, destinations, mappings.

Plain data around compiled functions. How one event goes through it is in `pipeline.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias, final

from fql.runtime.delivery.options import USUAL_OPTIONS, DeliveryOptions
from fql.runtime.enrichments import joined

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import SecretStr

    from fql.compiler.payload import Mapping as Builder
    from fql.compiler.trigger import Trigger
    from fql.compiler.values import Json
    from fql.runtime.destinations.definitions import Definition
    from fql.runtime.enrichments import Enrichment
    from fql.runtime.filters import Filter

Setting: TypeAlias = (
    "SecretStr | bool | int | float | str | list[Setting] | dict[str, Setting] | None"
)
"""The value of a setting: JSON, in which secrets are masked when shown."""


@final
@dataclass(frozen=True, slots=True)
class Source:
    """Where events come from.

    Attributes:
        name: What the program calls it.
        settings: Its settings by name.
        is_enabled: Whether its events are accepted.
    """

    name: str
    settings: Mapping[str, Setting] = field(default_factory=dict)
    is_enabled: bool = True


@final
@dataclass(frozen=True, slots=True)
class DestinationMapping:
    """What one event becomes at a destination: when, which action, with what.

    Attributes:
        name: What reports call it.
        trigger: Which events it takes.
        action: The action that it sends.
        build: From an event to the action's payload.
        is_enabled: Whether it takes part.
        enrichments: The tables that the payload is made with.
    """

    name: str
    trigger: Trigger
    action: str
    build: Builder
    is_enabled: bool = True
    enrichments: tuple[Enrichment, ...] = ()

    def payload(self, event: dict[str, Json]) -> Json:
        """Return the payload of *event*, made with its rows.

        Raises:
            MappingError: Directives fail on the event, as the original does.
            PayloadError: The payload does not fit the declared fields.
        """
        if self.enrichments:
            event, _ = joined(event, self.enrichments)
        return self.build(event)


@final
@dataclass(frozen=True, slots=True)
class Destination:
    """Where events go to, what keeps them from it, and what they become.

    Attributes:
        name: What the program calls it.
        kind: The name of its definition.
        sources: The names of the sources whose events it gets; empty for all.
        settings: Its settings by name.
        filters: In the order of the file.
        mappings: In the order of the file, which is the order of delivery.
        is_enabled: Whether it gets events.
        aliases: What an event's ``integrations`` may call it, besides name and kind.
        delivery: How it is delivered to.
        definition: Its kind, where that was looked up.
    """

    name: str
    kind: str
    sources: tuple[str, ...] = ()
    settings: Mapping[str, Setting] = field(default_factory=dict)
    filters: tuple[Filter, ...] = ()
    mappings: tuple[DestinationMapping, ...] = ()
    is_enabled: bool = True
    aliases: tuple[str, ...] = ()
    delivery: DeliveryOptions = USUAL_OPTIONS
    definition: Definition | None = field(default=None, compare=False, repr=False)

    def takes_from(self, source: str | None) -> bool:
        """Return whether it gets the events of *source*; None is any source."""
        return source is None or not self.sources or source in self.sources
