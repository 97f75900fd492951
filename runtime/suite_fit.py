"""Whether what a test expects can be asked of what it tests.

A test that speaks of a mapping which its program does not have would fail for ever, or
pass for ever; it is a mistake in the file, and reported as one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fql.grammar.json_places import inside
from fql.runtime import suite_errors
from fql.runtime.suite_targets import (
    FilterTarget,
    MappingTarget,
    ProgramTarget,
    TriggerTarget,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fql.grammar.diagnostics import Diagnostic
    from fql.grammar.json_places import JsonDocument
    from fql.runtime.suite_models import Expected, ExpectedOutcome
    from fql.runtime.suite_targets import Target
    from fql.runtime.workspace_parts import Destination

_OF_BUILDING = frozenset({"payload", "part", "snapshot", "problems"})
_OF_FILTERS = frozenset({"left", "left_part"})

_KEYS: Mapping[type, tuple[str, frozenset[str]]] = {
    ProgramTarget: ("a program", frozenset({"mappings", "refused", "outcomes"})),
    TriggerTarget: ("a trigger", frozenset({"matches"})),
    FilterTarget: ("a filter", _OF_FILTERS | {"matches", "dropped"}),
    MappingTarget: ("a mapping", _OF_BUILDING | {"matches"}),
}
"""What each target is called, and what can be expected of it."""


@dataclass(frozen=True, slots=True)
class Fit:
    """One expectation and what it is about.

    Attributes:
        document: The file.
        pointer: Where the expectation stands.
        target: What is tested.
    """

    document: JsonDocument
    pointer: str
    target: Target

    def findings(self, expected: Expected) -> Iterator[Diagnostic]:
        """Yield what cannot be asked of the target."""
        what, keys = _KEYS[type(self.target)]
        for key in sorted(expected.model_fields_set - keys):
            yield self._misplaced(key, f"cannot be expected of {what}", key)
        if isinstance(self.target, MappingTarget):
            yield from self._without_trigger(self.target, expected)
        if isinstance(self.target, ProgramTarget):
            yield from self._of_program(self.target, expected)

    def source_findings(self, source: str | None, place: str) -> Iterator[Diagnostic]:
        """Yield that the program lacks the source that is named at *place*, if so."""
        if source is None or not isinstance(self.target, ProgramTarget):
            return
        known = [each.name for each in self.target.workspace.sources]
        if source not in known:
            span = self.document.span(place)
            yield suite_errors.no_such_part(
                self.document.source, span, "source", source, known=known
            )

    def _misplaced(self, key: str, why: str, *place: str | int) -> Diagnostic:
        pointer = self.pointer
        for each in place:
            pointer = inside(pointer, each)
        span = self.document.key_span(pointer)
        return suite_errors.misplaced(self.document.source, span, key, why)

    def _without_trigger(
        self, target: MappingTarget, expected: Expected
    ) -> Iterator[Diagnostic]:
        if target.unit is None and expected.matches is not None:
            why = "cannot be expected of a mapping that has no trigger"
            yield self._misplaced("matches", why, "matches")

    # --- programs -----------------------------------------------------------------

    def _of_program(
        self, target: ProgramTarget, expected: Expected
    ) -> Iterator[Diagnostic]:
        destinations = {each.name: each for each in target.workspace.destinations}
        mappings = [
            f"{each.name}/{mapping.name}"
            for each in target.workspace.destinations
            for mapping in each.mappings
        ]
        for index, name in enumerate(expected.mappings or ()):
            if name not in mappings:
                yield self._unknown("mapping", name, mappings, "mappings", index)
        for index, outcome in enumerate(expected.outcomes):
            yield from self._of_outcome(outcome, destinations, index)

    def _of_outcome(
        self,
        outcome: ExpectedOutcome,
        destinations: Mapping[str, Destination],
        index: int,
    ) -> Iterator[Diagnostic]:
        place = ("outcomes", index)
        destination = destinations.get(outcome.destination)
        if destination is None:
            named = (*place, "destination")
            yield self._unknown(
                "destination", outcome.destination, list(destinations), *named
            )
            return
        mappings = [each.name for each in destination.mappings]
        if outcome.mapping is not None and outcome.mapping not in mappings:
            yield self._unknown("mapping", outcome.mapping, mappings, *place, "mapping")
        filters = [each.title for each in destination.filters]
        if outcome.filter is not None and outcome.filter not in filters:
            yield self._unknown("filter", outcome.filter, filters, *place, "filter")

    def _unknown(
        self, what: str, name: str, known: list[str], *place: str | int
    ) -> Diagnostic:
        pointer = self.pointer
        for each in place:
            pointer = inside(pointer, each)
        span = self.document.span(pointer)
        source = self.document.source
        return suite_errors.no_such_part(source, span, what, name, known=known)
