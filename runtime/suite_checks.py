"""Whether what became of an event is what a test expects, and what is otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fql.compiler.missing import MISSING
from fql.runtime.payload_diff import differences
from fql.runtime.pipeline import problems_of
from fql.runtime.suite_targets import units_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from fql.compiler.missing import Missing
    from fql.compiler.values import Json
    from fql.runtime.filter_actions import Event
    from fql.runtime.outcomes import Outcome
    from fql.runtime.suite_models import (
        Expected,
        ExpectedLeft,
        ExpectedOutcome,
        ExpectedPayload,
    )
    from fql.runtime.suite_targets import Key, Observed, Unit
    from fql.runtime.suites import Trial


@dataclass(frozen=True, slots=True)
class Failure:
    """One thing that is otherwise than expected.

    Attributes:
        message: What, in a line.
        details: More lines: where values differ, why a condition was not met.
    """

    message: str
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """What a check may ask besides what was observed.

    Attributes:
        asked: Returns what each condition was asked about, on demand.
        snapshot: Returns the payload kept for the given name, and notes the new one.
    """

    asked: Callable[[], Mapping[Key, Event]]
    snapshot: Callable[[str, Json], Json | Missing]


def check(trial: Trial, observed: Observed, facts: Facts) -> tuple[Failure, ...]:
    """Return what of *observed* is otherwise than *trial* expects."""
    return tuple(_Check(trial, observed, facts).failures())


class _Check:
    """One check of one test."""

    def __init__(self, trial: Trial, observed: Observed, facts: Facts) -> None:
        self._trial = trial
        self._observed = observed
        self._facts = facts
        self._units = units_of(trial.target)

    def failures(self) -> Iterator[Failure]:
        """Yield what is otherwise than expected."""
        expected, observed = self._trial.expected, self._observed
        if observed.outcomes is not None:
            yield from self._of_program(expected, observed.outcomes)
            return
        if expected.matches is not None and expected.matches is not observed.matches:
            yield self._match_failure(self._units[0], is_match=expected.matches)
        if expected.dropped is not None:
            yield from self._of_dropping(is_dropped=expected.dropped)
        yield from self._of_left(expected, "the filter", observed.left)
        fault = observed.problem
        problems = () if fault is None else problems_of(fault)
        yield from self._of_payload(
            expected, self._trial.name, observed.payload, problems
        )

    def _match_failure(self, unit: Unit, *, is_match: bool) -> Failure:
        event = self._event_at(unit)
        wanted = "match" if is_match else "no match"
        return Failure(f"{unit.title}: expected {wanted}", _explained(unit, event))

    def _event_at(self, unit: Unit) -> Event:
        """Return the event as *unit* was asked about it; as it came if it was not."""
        return self._facts.asked().get(unit.key, self._trial.event)

    # --- filters ------------------------------------------------------------------

    def _of_dropping(self, *, is_dropped: bool) -> Iterator[Failure]:
        if (self._observed.left is None) is is_dropped:
            return
        unit = self._units[0]
        wanted = "dropped" if is_dropped else "kept"
        details = _explained(unit, self._trial.event)
        yield Failure(f"the event is not {wanted} by the filter", details)

    def _of_left(
        self, expected: ExpectedLeft, what: str, left: Event | None
    ) -> Iterator[Failure]:
        wanted, part = expected.left, expected.left_part
        if left is None and (wanted is not None or part is not None):
            yield Failure(f"{what} left nothing of the event")
            return
        if wanted is not None and (lines := differences(wanted, left)):
            yield Failure(f"what {what} left of the event differs", lines)
        if part is not None and (lines := differences(part, left, is_part=True)):
            yield Failure(f"what {what} left of the event differs", lines)

    # --- payloads -----------------------------------------------------------------

    def _of_payload(
        self,
        expected: ExpectedPayload,
        name: str,
        payload: Json,
        problems: Sequence[Mapping[str, Json]],
    ) -> Iterator[Failure]:
        wants_one = expected.snapshot or expected.has("payload") or expected.has("part")
        if wants_one and problems:
            yield Failure("no payload was built", _told(problems))
            return
        if expected.has("payload") and (
            lines := differences(expected.payload, payload)
        ):
            yield Failure("the payload differs", lines)
        if expected.has("part") and (
            lines := differences(expected.part, payload, is_part=True)
        ):
            yield Failure("the payload differs", lines)
        if expected.snapshot:
            yield from self._of_snapshot(name, payload)
        if expected.problems is not None:
            yield from _of_problems(expected.problems, problems)

    def _of_snapshot(self, name: str, payload: Json) -> Iterator[Failure]:
        kept = self._facts.snapshot(name, payload)
        if kept is MISSING:
            yield Failure("there is no snapshot yet; --update makes it")
        elif lines := differences(kept, payload):
            yield Failure("the payload differs from its snapshot", lines)

    # --- programs -----------------------------------------------------------------

    def _of_program(
        self, expected: Expected, outcomes: Sequence[Outcome]
    ) -> Iterator[Failure]:
        if expected.refused is not None:
            yield from _of_refusal(expected.refused, outcomes)
        if expected.mappings is not None:
            yield from self._of_mappings(expected.mappings, outcomes)
        for each in expected.outcomes:
            yield from self._of_outcome(each, outcomes)

    def _of_mappings(
        self, names: Sequence[str], outcomes: Sequence[Outcome]
    ) -> Iterator[Failure]:
        built = [_name(each) for each in outcomes if each.is_built]
        for name in names:
            if name not in built:
                yield self._unbuilt(name, outcomes)
        for name in built:
            if name not in names:
                details = self._why_matching(name)
                yield Failure(f"{name}: not expected, and built a payload", details)

    def _unbuilt(self, name: str, outcomes: Sequence[Outcome]) -> Failure:
        """Return that *name* built nothing, and why."""
        destination = self._destination_of(name)
        concerned = [
            each
            for each in outcomes
            if each.destination in (None, destination) and not each.is_built
            if each.mapping is None or _name(each) == name
        ]
        details = [line for each in concerned for line in _outcome_lines(each)]
        unit = self._unit(name)
        was_asked = unit is not None and unit.key in self._facts.asked()
        if unit is not None and was_asked:
            event = self._event_at(unit)
            if not unit.trigger(event):
                details += _explained(unit, event)
        return Failure(f"{name}: expected a payload, and there is none", tuple(details))

    def _why_matching(self, name: str) -> tuple[str, ...]:
        unit = self._unit(name)
        return () if unit is None else _explained(unit, self._event_at(unit))

    def _unit(self, name: str) -> Unit | None:
        """Return the trigger of the mapping *name*, or None where it is disabled."""
        named = [
            each
            for each in self._units
            if each.title == name and each.key.kind == "trigger"
        ]
        return named[0] if named else None

    def _destination_of(self, name: str) -> str:
        unit = self._unit(name)
        return unit.key.destination if unit else name.partition("/")[0]

    def _of_outcome(
        self, expected: ExpectedOutcome, outcomes: Sequence[Outcome]
    ) -> Iterator[Failure]:
        """Yield how the nearest outcome differs from the one that is expected."""
        candidates = [
            each
            for each in outcomes
            if each.destination == expected.destination
            and expected.mapping in (None, each.mapping)
        ]
        named = expected.destination
        if expected.mapping is not None:
            named = f"{named}/{expected.mapping}"
        if not candidates:
            yield self._no_outcome(named, expected, outcomes)
            return
        found = [list(self._against(expected, each)) for each in candidates]
        for failure in min(found, key=len):
            yield Failure(f"{named}: {failure.message}", failure.details)

    def _no_outcome(
        self, named: str, expected: ExpectedOutcome, outcomes: Sequence[Outcome]
    ) -> Failure:
        if expected.mapping is not None:
            return self._unbuilt(named, outcomes)
        lines = tuple(line for each in outcomes for line in _outcome_lines(each))
        return Failure(f"{named}: there is no outcome", lines)

    def _against(
        self, expected: ExpectedOutcome, outcome: Outcome
    ) -> Iterator[Failure]:
        """Yield how *outcome* differs from what is expected."""
        for key in ("action", "stage", "decision", "reason", "filter"):
            wanted, found = getattr(expected, key), getattr(outcome, key)
            if wanted is not None and wanted != found:
                message = f"{key} is {found or 'none'}, expected {wanted}"
                yield Failure(message, tuple(_outcome_lines(outcome)))
        if expected.left is not None or expected.left_part is not None:
            what = f"the filters of {expected.destination}"
            left = self._left_at(expected.destination)
            yield from self._of_left(expected, what, left)
        problems = () if outcome.is_built else outcome.problems or _no_payload(outcome)
        name = f"{self._trial.name} / {_name(outcome)}"
        yield from self._of_payload(expected, name, outcome.payload, problems)

    def _left_at(self, destination: str) -> Event | None:
        """Return the event as the mappings of *destination* were asked about it."""
        for key, event in self._facts.asked().items():
            if key.destination == destination and key.kind == "trigger":
                return event
        return None


# --- in words ---------------------------------------------------------------------


def _name(outcome: Outcome) -> str:
    mapping = "" if outcome.mapping is None else f"/{outcome.mapping}"
    return f"{outcome.destination}{mapping}"


def _outcome_lines(outcome: Outcome) -> Iterator[str]:
    """Yield an outcome in words."""
    where = "the event" if outcome.destination is None else _name(outcome)
    by = f" by {outcome.filter!r}" if outcome.filter else ""
    reason = f": {outcome.reason}" if outcome.reason else ""
    detail = f" ({outcome.detail})" if outcome.detail else ""
    yield f"{where} was {outcome.decision}{by}{reason}{detail}"


def _explained(unit: Unit, event: Event) -> tuple[str, ...]:
    return tuple(str(unit.trigger.explain(event)).splitlines())


def _of_refusal(reason: str, outcomes: Sequence[Outcome]) -> Iterator[Failure]:
    (first, *others) = outcomes
    if first.destination is None and not others and first.reason == reason:
        return
    lines = tuple(line for each in outcomes for line in _outcome_lines(each))
    yield Failure(f"the event is not refused with {reason}", lines)


def _no_payload(outcome: Outcome) -> tuple[Mapping[str, Json], ...]:
    (told,) = _outcome_lines(outcome)
    return ({"message": told},)


def _told(problems: Sequence[Mapping[str, Json]]) -> tuple[str, ...]:
    """Return problems of a payload in words, a line each."""
    lines = []
    for each in problems:
        place = each.get("member") or each.get("field")
        lines.append(f"{place}: {each['message']}" if place else f"{each['message']}")
    return tuple(lines)


def _of_problems(
    wanted: Sequence[Mapping[str, Json]], found: Sequence[Mapping[str, Json]]
) -> Iterator[Failure]:
    """Yield whether the problems are not those expected; each may be given in part."""
    missing = [
        each for each in wanted if not any(_agrees(each, other) for other in found)
    ]
    if missing or len(wanted) != len(found):
        count = len(found)
        message = f"expected {len(wanted)} other problems, there are {count}"
        yield Failure(message, _told(found) or ("a payload was built",))


def _agrees(wanted: Mapping[str, Json], found: Mapping[str, Json]) -> bool:
    return all(found.get(key) == value for key, value in wanted.items())
