"""Whether tests notice when a condition is changed.

A change can only matter to a test in which the condition was asked about an event that
it answers otherwise; only such tests run again, and of a program only the destination
that holds the condition.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fql.runtime.mutants import mutants
from fql.runtime.suite_checks import Facts, check
from fql.runtime.suite_coverage import spot
from fql.runtime.suite_report import Mutation, Survivor
from fql.runtime.suite_targets import (
    Observed,
    ProgramTarget,
    asked_of,
    exchanged,
    observe,
    units_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from fql.compiler.missing import Missing
    from fql.compiler.signatures import FunctionTable
    from fql.compiler.trigger import Trigger
    from fql.compiler.values import Json
    from fql.runtime.filter_actions import Event
    from fql.runtime.mutants import Mutant
    from fql.runtime.outcomes import Outcome
    from fql.runtime.suite_targets import Exchange, Key, Target, Unit
    from fql.runtime.suites import Trial


@dataclass(frozen=True, slots=True)
class Tried:
    """A test that passed, and what it did.

    Attributes:
        trial: The test.
        observed: What became of its event.
        snapshot: Returns the payload that it built for a name.
        asked: What each condition was asked about.
    """

    trial: Trial
    observed: Observed
    snapshot: Callable[[str], Json | Missing]
    asked: Mapping[Key, Event]


def mutation_of(tried: Sequence[Tried], functions: FunctionTable) -> Mutation:
    """Return which changes of the conditions that were tested go unnoticed.

    Args:
        tried: The tests, all of which passed.
        functions: What conditions may call.
    """
    units: dict[Key, Unit] = {}
    for each in tried:
        units |= {unit.key: unit for unit in units_of(each.trial.target)}
    count = 0
    survivors: list[Survivor] = []
    for unit in units.values():
        concerned = [each for each in tried if unit.key in each.asked]
        for mutant in mutants(unit.trigger, functions):
            count += 1
            if not _is_noticed(unit, mutant.trigger, concerned):
                survivors.append(_survivor(unit, mutant))
    return Mutation(count, tuple(survivors))


def _survivor(unit: Unit, mutant: Mutant) -> Survivor:
    return Survivor(spot(unit, mutant.span), mutant.kind, mutant.text)


def _is_noticed(unit: Unit, changed: Trigger, tried: Iterable[Tried]) -> bool:
    """Return whether a test fails when *changed* stands in the place of a unit's."""
    made: dict[int, Target] = {}
    for each in tried:
        event = each.asked[unit.key]
        if unit.trigger(event) is changed(event):
            continue
        target = each.trial.target
        if id(target) not in made:
            made[id(target)] = _narrowed(target, unit, changed)
        if _fails(made[id(target)], unit, each):
            return True
    return False


def _fails(target: Target, unit: Unit, tried: Tried) -> bool:
    """Return whether a test fails with the changed *target*."""
    trial = tried.trial
    narrow = observe(target, trial.event, source=trial.source, before=trial.before)
    observed = _whole(narrow, unit, tried)

    def asked() -> Mapping[Key, Event]:
        return asked_of(target, trial.event, narrow, source=trial.source)

    facts = Facts(asked, lambda name, _: tried.snapshot(name))
    return bool(check(trial, observed, facts))


def _narrowed(target: Target, unit: Unit, changed: Trigger) -> Target:
    """Return as much of *target* as the change can touch, with it."""
    if isinstance(target, ProgramTarget):
        target = target.narrowed(unit.key.destination)
    return exchanged(target, _exchange(unit, changed))


def _exchange(unit: Unit, changed: Trigger) -> Exchange:
    return lambda other: changed if other.key == unit.key else other.trigger


def _whole(narrow: Observed, unit: Unit, tried: Tried) -> Observed:
    """Return what was observed of a changed destination among all the others."""
    if narrow.outcomes is None or tried.observed.outcomes is None:
        return narrow
    old, new = tried.observed.outcomes, narrow.outcomes
    return Observed(outcomes=_spliced(old, new, unit.key.destination))


def _spliced(
    old: Sequence[Outcome], new: Sequence[Outcome], destination: str
) -> tuple[Outcome, ...]:
    """Return *old* with the outcomes of one destination exchanged for *new*."""
    at = [index for index, each in enumerate(old) if each.destination == destination]
    return (*old[: at[0]], *new, *old[at[-1] + 1 :])
