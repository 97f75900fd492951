"""Which mappings take an event: one question for all destinations of a source.

Most events leave the filters of a destination as they came. So all enabled mappings
that a source's events may reach are one rule set, which is asked once an event; the
destinations whose filters changed the event ask a set of their own.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, TypeAlias, final

from fql.compiler.ruleset import RuleSet

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fql.compiler.trigger import Trigger
    from fql.runtime.filter_actions import Event
    from fql.runtime.workspace_parts import DestinationMapping

    Mappings: TypeAlias = Sequence[DestinationMapping]


class Match(NamedTuple):
    """A mapping that takes an event, or whose trigger failed on it."""

    mapping: DestinationMapping
    fault: Exception | None = None


@final
class MappingSet:
    """The enabled mappings of a destination, matched against an event at once."""

    def __init__(self, mappings: Iterable[DestinationMapping]) -> None:
        self.mappings = tuple([each for each in mappings if each.is_enabled])

    @cached_property
    def _rules(self) -> RuleSet[int]:
        triggers = [mapping.trigger for mapping in self.mappings]
        return RuleSet(dict(enumerate(triggers)))

    def match(self, event: Event) -> list[Match]:
        """Return the mappings that take *event*, in the order of the file."""
        try:
            places = self._rules.match(event)
        except Exception:
            return self._match_each(event)
        return [Match(self.mappings[place]) for place in places] if places else []

    def _match_each(self, event: Event) -> list[Match]:
        """Return the mappings that take *event*, and those whose trigger fails.

        Only needed where some trigger fails: a function that an embedder adds may, and
        then spoils no mapping but its own.
        """
        tried = [_try(mapping.trigger, mapping, event) for mapping in self.mappings]
        return [match for match in tried if match is not None]


def _try(trigger: Trigger, mapping: DestinationMapping, event: Event) -> Match | None:
    try:
        return Match(mapping) if trigger(event) else None
    except Exception as fault:
        return Match(mapping, fault)


@final
class MappingSets:
    """The mappings of all destinations that a source feeds.

    Args:
        sets: Those of each destination.
    """

    def __init__(self, sets: Iterable[MappingSet]) -> None:
        self.sets = tuple(sets)

    def ask(self, event: Event) -> Asked:
        """Return what answers for *event*, as it comes from the source."""
        return Asked(self, event)

    @cached_property
    def _places(self) -> list[tuple[MappingSet, DestinationMapping]]:
        return [(each, mapping) for each in self.sets for mapping in each.mappings]

    @cached_property
    def _rules(self) -> RuleSet[int]:
        triggers = [mapping.trigger for _, mapping in self._places]
        return RuleSet(dict(enumerate(triggers)))

    def match(self, event: Event) -> dict[MappingSet, list[Match]] | None:
        """Return the mappings that take *event*, by the set that they are of.

        None where some trigger fails: then each destination asks on its own.
        """
        try:
            numbers = self._rules.match(event)
        except Exception:
            return None
        found: dict[MappingSet, list[Match]] = {}
        for number in numbers:
            own, mapping = self._places[number]
            found.setdefault(own, []).append(Match(mapping))
        return found


@final
class Asked:
    """Which mappings take one event; it is found out when somebody asks."""

    __slots__ = ("_event", "_found", "_is_asked", "_sets")

    def __init__(self, sets: MappingSets, event: Event) -> None:
        self._sets = sets
        self._event = event
        self._found: dict[MappingSet, list[Match]] | None = None
        self._is_asked = False

    def matches(self, own: MappingSet, event: Event) -> list[Match]:
        """Return the mappings of one destination that take what its filters left.

        Args:
            own: The destination's.
            event: What they left: the event itself where they left it as it was.
        """
        if event is not self._event:
            return own.match(event)
        if not self._is_asked:
            self._found, self._is_asked = self._sets.match(event), True
        return own.match(event) if self._found is None else self._found.get(own, [])
