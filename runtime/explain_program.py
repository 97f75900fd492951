"""What becomes of one event at every destination of a program, and why.

The pipeline runs as it always does; what it decided is then asked about: the filters
for the conditions that decided, the mappings that did not take the event for what kept
them from it. That a message came before is not looked at.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, final

from fql.compiler.shown import on_one_line, show
from fql.grammar.cells import visible
from fql.grammar.report import WIDTH
from fql.runtime.outcomes import Decision, Outcome, Stage
from fql.runtime.pipeline import Pipeline
from fql.runtime.previews import judge

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fql.compiler.explain import Explanation
    from fql.runtime.filter_actions import Event
    from fql.runtime.previews import Preview
    from fql.runtime.workspace import Workspace
    from fql.runtime.workspace_parts import Destination, DestinationMapping


@dataclass(frozen=True, slots=True)
class Untaken:
    """A mapping that did not take the event.

    Attributes:
        mapping: The mapping's name.
        action: The action that it sends.
        explanation: Why its trigger does not match; None where it failed.
    """

    mapping: str
    action: str
    explanation: Explanation | None

    @property
    def distance(self) -> tuple[bool, int, int]:
        """How far the event is from it, for comparing: how many parts are to change."""
        if self.explanation is None or not self.explanation.change:
            return True, 0, 0
        costs = sum(each.cost for each in self.explanation.remedies)
        return False, len(self.explanation.change), costs

    def to_dict(self) -> dict[str, object]:
        """Return this as JSON."""
        told = None if self.explanation is None else self.explanation.to_dict()
        return {"mapping": self.mapping, "action": self.action, "explanation": told}


@dataclass(frozen=True, slots=True)
class DestinationExplanation:
    """What became of the event at one destination.

    Attributes:
        destination: Its name.
        outcomes: What the pipeline made of the event; empty where it does not get it.
        passed_over: Why it does not get the event at all, or an empty string.
        preview: What its filters did; None where they were not asked.
        untaken: The enabled mappings that did not take the event, the nearest first.
    """

    destination: str
    outcomes: tuple[Outcome, ...] = ()
    passed_over: str = ""
    preview: Preview | None = None
    untaken: tuple[Untaken, ...] = ()

    def to_dict(self) -> dict[str, object]:
        """Return this as JSON; what does not apply is left out."""
        told: dict[str, object] = {"destination": self.destination}
        if self.passed_over:
            told["passedOver"] = self.passed_over
        if self.outcomes:
            told["outcomes"] = [each.to_dict() for each in self.outcomes]
        if self.preview is not None:
            told["filters"] = [
                {
                    "filter": each.filter.title,
                    "explanation": each.explanation and each.explanation.to_dict(),
                }
                for each in self.preview.judgements
            ]
        if self.untaken:
            told["untaken"] = [each.to_dict() for each in self.untaken]
        return told

    def lines(
        self, event: Event, *, color: bool = False, width: int = WIDTH
    ) -> Iterator[str]:
        """Yield the explanation as lines of text."""
        if self.passed_over:
            yield f"{self.destination}: {self.passed_over}"
        for outcome in self.outcomes:
            yield visible(f"{self.destination}: {_decided(outcome)}")
            yield from map(visible, _indented(_details(outcome, event)))
        if self.preview is not None and self.preview.result is None:
            yield from _indented(self.preview.reasons())
        yield from self._untaken_lines(color=color, width=width)

    def _untaken_lines(self, *, color: bool, width: int) -> Iterator[str]:
        others = self.untaken
        is_nearest = any(each.stage is Stage.MATCH for each in self.outcomes)
        explanation = others[0].explanation if others else None
        if is_nearest and explanation is not None:
            nearest, others = others[0], others[1:]
            yield visible(f'  the nearest is "{nearest.mapping}" ({nearest.action}):')
            yield from _indented(explanation.to_text(color=color, width=width), 4)
        for each in others:
            yield visible(f'  "{each.mapping}" does not take it: {_kept_by(each)}')


@final
@dataclass(frozen=True, slots=True)
class ProgramExplanation:
    """What becomes of one event, and why.

    Attributes:
        event: The event.
        refusal: The outcome of an event that does not get in, or goes nowhere.
        destinations: In the order of the program; empty where it did not get in.
    """

    event: Event
    refusal: Outcome | None
    destinations: tuple[DestinationExplanation, ...]

    def to_dict(self) -> dict[str, object]:
        """Return the explanation as JSON."""
        return {
            "refusal": None if self.refusal is None else self.refusal.to_dict(),
            "destinations": [each.to_dict() for each in self.destinations],
        }

    def __str__(self) -> str:
        return self.to_text()

    def to_text(self, *, color: bool = False, width: int = WIDTH) -> str:
        """Return the explanation for people.

        Args:
            color: Whether to add ANSI colours.
            width: Cells of a line of a condition before it is cut.
        """
        lines = (
            [] if self.refusal is None else [f"the event is {_decided(self.refusal)}"]
        )
        blocks = [
            "\n".join(each.lines(self.event, color=color, width=width))
            for each in self.destinations
        ]
        return "\n\n".join([*lines, *blocks])


class ProgramExplainer:
    """Explains what a program does with events.

    Args:
        workspace: The program.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._pipeline = Pipeline(
            workspace.sources,
            workspace.destinations,
            order=workspace.order,
            window=None,
        )

    def __call__(self, event: Event, source: str | None) -> ProgramExplanation:
        """Return what becomes of *event*, which comes from *source*.

        Raises:
            ValueError: There is no source of that name.
        """
        outcomes = self._pipeline(event, source)
        refused = next((each for each in outcomes if each.destination is None), None)
        if refused is not None and refused.stage is Stage.ACCEPT:
            return ProgramExplanation(event, refused, ())
        explained = tuple(
            self._destination(each, event, source, outcomes)
            for each in self._workspace.destinations
        )
        return ProgramExplanation(event, refused, explained)

    def _destination(
        self,
        destination: Destination,
        event: Event,
        source: str | None,
        outcomes: list[Outcome],
    ) -> DestinationExplanation:
        name = destination.name
        own = tuple(each for each in outcomes if each.destination == name)
        if not own:
            return DestinationExplanation(
                name, passed_over=_passed(destination, source)
            )
        if own[0].stage is Stage.ROUTE:
            return DestinationExplanation(name, own)
        preview = judge(name, self._pipeline.chains(source)[name], event)
        untaken = (
            ()
            if preview.result is None
            else _untaken(destination, preview.result, {each.mapping for each in own})
        )
        return DestinationExplanation(name, own, preview=preview, untaken=untaken)


def _passed(destination: Destination, source: str | None) -> str:
    if not destination.is_enabled:
        return "it is disabled"
    return f"it gets no events from {source}"


def _untaken(
    destination: Destination, event: Event, taken: set[str | None]
) -> tuple[Untaken, ...]:
    """Return the mappings that are not in *taken*, the nearest first."""
    mappings = [
        _explained(each, event)
        for each in destination.mappings
        if each.is_enabled and each.name not in taken
    ]
    return tuple(sorted(mappings, key=lambda each: each.distance))


def _explained(mapping: DestinationMapping, event: Event) -> Untaken:
    try:
        explanation = mapping.trigger.explain(event)
    except Exception:  # an embedder's function; the outcome holds the fault
        return Untaken(mapping.name, mapping.action, None)
    return Untaken(mapping.name, mapping.action, explanation)


# --- text ---------------------------------------------------------------------------


def _decided(outcome: Outcome) -> str:
    """Return what was decided, in a few words."""
    reason = f" ({outcome.reason})" if outcome.reason else ""
    match outcome.decision:
        case Decision.BUILT:
            return f'"{outcome.mapping}" sends {outcome.action}'
        case Decision.FILTERED if outcome.filter is not None:
            return f"filtered{reason}"
        case Decision.FILTERED:
            return f"the event switches it off{reason}"
        case Decision.DISCARDED if outcome.mapping is not None:
            return f'"{outcome.mapping}" takes the event, and no payload{reason}'
        case Decision.DISCARDED if outcome.destination is not None:
            return f"no mapping takes the event{reason}"
        case _:
            return f"{outcome.decision}{reason}"


def _details(outcome: Outcome, event: Event) -> str:
    """Return the payload, or what is wrong with it, or what the event says."""
    if outcome.is_built:
        return json.dumps(outcome.payload, indent=2, ensure_ascii=False)
    if outcome.stage is Stage.ROUTE:
        return f"integrations is {show(event.get('integrations'))}"
    if outcome.problems:
        return "\n".join(str(each["message"]) for each in outcome.problems)
    return outcome.detail if outcome.mapping is not None else ""


def _kept_by(untaken: Untaken) -> str:
    if untaken.explanation is None:
        return "its trigger cannot be evaluated"
    parts = untaken.explanation.blame
    told = [
        f"{on_one_line(each.text)} is {'true' if each.answer else 'false'}"
        f"{f' ({each.found})' if each.found else ''}"
        for each in parts[:1]
    ]
    more = [f"and {len(parts) - 1} more"] if parts[1:] else []
    return ", ".join([*told, *more])


def _indented(text: str, depth: int = 2) -> Iterator[str]:
    for each in text.splitlines():
        yield f"{' ' * depth}{each}".rstrip()
