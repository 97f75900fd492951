"""What change of one field would turn the answer of a test around.

Values are proposed: the one that is there as another type, what the test compares
with, and values near to that. The test itself is asked about each, so what is returned
holds; that nothing is returned does not say that nothing would do.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from fql.compiler import ir
from fql.compiler.missing import MISSING, fetch
from fql.compiler.near_fields import near_field
from fql.compiler.near_solved import changes_elements, solved
from fql.compiler.near_values import Proposal, conversions, proposals
from fql.compiler.shown import said
from fql.compiler.values import list_index
from fql.grammar.cells import visible
from fql.grammar.spelling import path_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from fql.compiler.ir import Ir
    from fql.compiler.loads import Keys
    from fql.compiler.missing import Missing
    from fql.compiler.values import Json

    Event = dict[str, Json]

MAX_TURNS = 30
"""Tests for which changes are looked for at once; nobody changes more fields."""

MAX_REMEDIES = 6
"""Remedies that are kept for one test."""


@dataclass(frozen=True, slots=True)
class Remedy:
    """A change of one field of an event.

    Attributes:
        keys: The field, from the event inwards.
        value: What it is to be; `MISSING` where it is to be gone.
        text: The change in words: ``properties.total were the number 25``.
        general: The same for all values that would do, or an empty string; true only
            where no other test reads the field.
        cost: How far it is from what the event has: the lower, the nearer.
    """

    keys: Keys
    value: Json | Missing
    text: str
    general: str = ""
    cost: int = 0

    @property
    def path(self) -> str:
        """The field as a text."""
        return path_text(self.keys, "fql")

    def applied(self, event: Event) -> Event | None:
        """Return *event* with the change, itself unchanged; None where it has no room.

        >>> Remedy(("a", "b"), 1, "").applied({"a": {"c": 2}})
        {'a': {'c': 2, 'b': 1}}
        """
        changed = _placed(event, self.keys, self.value)
        return changed if isinstance(changed, dict) else None

    def widened(self) -> Remedy:
        """Return this change with the words for all values that would do."""
        return replace(self, text=self.general) if self.general else self

    def to_dict(self) -> dict[str, object]:
        """Return the change as JSON; ``value`` is left out where it is to be gone."""
        told: dict[str, object] = {"field": self.path, "text": self.text}
        return told if self.value is MISSING else told | {"value": self.value}


class Turn(NamedTuple):
    """A test whose answer is to change.

    Attributes:
        node: The test.
        test: The same, compiled.
        fields: What it reads.
        wanted: The answer that it is to give.
    """

    node: Ir
    test: Callable[[Event], bool]
    fields: Sequence[Keys]
    wanted: bool

    def is_done(self, event: Event) -> bool:
        """Return whether *event* gets the answer that is wanted."""
        try:
            return self.test(event) is self.wanted
        except Exception:  # an embedder's function, on a value that no event had
            return False


def remedies(turn: Turn, event: Event) -> list[Remedy]:
    """Return changes of *event*, each of which alone turns the test, nearest first."""
    found: list[Remedy] = []
    for keys in turn.fields:
        for attempt in _attempts(turn, keys, event):
            changed = Remedy(keys, attempt.proposal.value, "").applied(event)
            if changed is not None and turn.is_done(changed):
                found.append(_remedy(keys, attempt))
                if len(found) == MAX_REMEDIES:
                    break
    return sorted(found, key=lambda each: each.cost)


class _Attempt(NamedTuple):
    """A value that is tried for a field, and the field that has it now, if one does."""

    proposal: Proposal
    near: Keys = ()
    is_converted: bool = False


def _attempts(turn: Turn, keys: Keys, event: Event) -> Iterator[_Attempt]:
    value = fetch(event, keys)
    near = near_field(event, keys) if value in (MISSING, None) else None
    if near is not None:
        moved = fetch(event, near)
        yield _Attempt(Proposal(moved, cost=0), near)
        for each in conversions(moved):
            yield _Attempt(each, near, is_converted=True)
    others = [fetch(event, each) for each in turn.fields if each != keys]
    yield from map(_Attempt, _ordered(turn, value, others))


def _remedy(keys: Keys, attempt: _Attempt) -> Remedy:
    """Return an attempt that did it, with words."""
    proposal, near, is_converted = attempt
    path, value = path_text(keys, "fql"), said(proposal.value)
    general = f"{path} {proposal.general}" if proposal.general else ""
    text = f"{path} were {value}"
    if near:
        name = path_text(near, "fql")
        text = f"{name}, {value}, were named {path}"
        if is_converted:
            text = f"{name} were named {path}, and were {value}"
    return Remedy(keys, proposal.value, visible(text), visible(general), proposal.cost)


def _ordered(
    turn: Turn, value: Json | Missing, others: Sequence[Json | Missing]
) -> Iterator[Proposal]:
    if turn.wanted and not isinstance(turn.node, ir.Not):
        yield from conversions(value)
    yield from proposals(turn.node, value, wanted=turn.wanted)
    yield from (Proposal(other, cost=2) for other in others if other is not MISSING)


def _placed(holder: Json | Missing, keys: Keys, value: Json | Missing) -> Json | None:
    """Return *holder* with *value* at *keys*; None where it has no such place."""
    key, *rest = keys
    if isinstance(holder, list):
        return _placed_in_list(holder, keys, value)
    base = holder if isinstance(holder, dict) else {}
    if rest:
        inner = _placed(base.get(key, MISSING), tuple(rest), value)
        return None if inner is None else {**base, key: inner}
    if value is MISSING:
        return {name: each for name, each in base.items() if name != key}
    return {**base, key: value}


def _placed_in_list(holder: list[Json], keys: Keys, value: Json | Missing) -> Json:
    index = list_index(keys[0])
    if index is None or index > len(holder):
        return None
    held = holder[index] if index < len(holder) else MISSING
    inner = value if len(keys) == 1 else _placed(held, keys[1:], value)
    if inner is MISSING or (inner is None and len(keys) > 1):
        return None
    return [*holder[:index], inner, *holder[index + 1 :]]


def _found(turn: Turn, event: Event) -> Iterator[Remedy]:
    """Yield changes that turn a test: those that were guessed, then one that is solved.

    What is in a list is solved first: a guess is another list, or none.
    """
    is_solved = changes_elements(turn.node)
    found = [] if is_solved else remedies(turn, event)
    if found:
        yield from found
        return
    goal = turn.node if turn.wanted else ir.Not(turn.node)
    for keys, value in solved(goal, turn.fields, event):
        yield _remedy(keys, _Attempt(Proposal(value)))
    if is_solved:
        yield from remedies(turn, event)


# --- several at once ----------------------------------------------------------------


def settle(
    turns: Sequence[Turn], event: Event, is_settled: Callable[[Event], bool]
) -> tuple[Remedy, ...]:
    """Return changes of *event* that turn all of *turns* and are settled together.

    Tests may read the same field: what turns one must not turn another back. Empty
    where no changes are found; *is_settled* holds of the event with all of them.
    """
    if len(turns) > MAX_TURNS:
        return ()
    changed, chosen = event, list[Remedy]()
    for index, turn in enumerate(turns):
        if turn.is_done(changed):
            continue
        step = _next(turns[: index + 1], changed)
        if step is None:
            return ()
        remedy, changed = step
        chosen = [each for each in chosen if each.keys != remedy.keys] + [remedy]
    return tuple(chosen) if is_settled(changed) else ()


def _next(turns: Sequence[Turn], event: Event) -> tuple[Remedy, Event] | None:
    """Return the nearest change that turns the last test and leaves the others."""
    for remedy in _found(turns[-1], event):
        changed = remedy.applied(event)
        if changed is not None and all(turn.is_done(changed) for turn in turns):
            return remedy, changed
    return None
