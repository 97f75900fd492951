"""Events that a trigger matches, or nearly matches, as examples for people.

Each example was tried with the trigger before it is handed out, no two are equal, and
the same arguments give the same ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, islice
from random import Random
from typing import TYPE_CHECKING

from fql.compiler import ir, spec
from fql.compiler.fold import negated
from fql.compiler.scopes import ungrouped
from fql.compiler.solve import Found, Impossible, solve
from fql.compiler.usual_events import usual_event
from fql.compiler.usual_values import UsualValues
from fql.compiler.values import compact_json
from fql.grammar import nodes
from fql.grammar.condition_tree import Group, Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fql.compiler.ir import Ir
    from fql.compiler.schema import Schema
    from fql.compiler.solve_search import Goal
    from fql.compiler.trigger import Trigger
    from fql.compiler.values import Json

_TRIES = 8
"""How often to try for each example that is wanted."""

_MAX_PARTS = 30
"""Parts among which contradictory ones are looked for."""

_MAX_NEAR = 64
"""Parts of a condition that near misses are made for."""


@dataclass(frozen=True, slots=True)
class ExampleEvents:
    """Events that show when a trigger matches.

    Attributes:
        events: The events, each once; fewer than wanted where no more were found.
        is_impossible: Whether it is proved that there is no such event.
    """

    events: tuple[dict[str, Json], ...]
    is_impossible: bool = False


def examples(
    trigger: Trigger,
    *,
    count: int = 5,
    wanted: bool = True,
    near: bool = False,
    seed: int = 0,
    schema: Schema | None = None,
) -> ExampleEvents:
    """Return events that *trigger* matches, or with ``wanted=False`` does not.

    Those that it does not match are near misses first, as far as there are some: each
    fails one part of the condition and fulfils the others.

    >>> from fql.compiler.trigger import compile_trigger
    >>> trigger = compile_trigger('type = "page" and context.ip = "192.0.2.1"')
    >>> found = examples(trigger, count=2)
    >>> [trigger(event) for event in found.events]
    [True, True]

    Args:
        trigger: The condition.
        count: How many events are wanted.
        wanted: Whether they are to match.
        near: Whether only near misses are to be among those that do not match.
        seed: Picks among the events that there are.
        schema: Only events that conform to it are given.

    Raises:
        ValueError: *count* is less than 1.
    """
    if count < 1:
        raise ValueError(f"no examples wanted: {count}")
    goal = trigger.node if wanted else negated(trigger.node)
    if isinstance(solve(goal, schema=schema), Impossible):
        return ExampleEvents((), is_impossible=True)
    found = _matching(goal, seed, schema)
    if not wanted:
        misses = _near(trigger.node, seed, schema, is_once=not near)
        found = misses if near else chain(misses, found)
    return ExampleEvents(tuple(_different(islice(found, count * _TRIES), count)))


def _different(
    events: Iterable[dict[str, Json]], count: int
) -> Iterator[dict[str, Json]]:
    seen: set[str] = set()
    for event in events:
        key = compact_json(event)
        if key in seen:
            continue
        seen.add(key)
        yield event
        if len(seen) == count:
            return


# --- matches ----------------------------------------------------------------------


def _matching(goal: Ir, seed: int, schema: Schema | None) -> Iterator[dict[str, Json]]:
    """Yield events for which *goal* holds; none where hardly any can be found."""
    failed = 0
    number = 0
    while failed < _TRIES:
        random = Random(f"{seed}:{number}")  # noqa: S311 - examples are no secrets
        event = _match(goal, random, schema, is_first=number == 0)
        number += 1
        if event is None:
            failed += 1
        else:
            yield event


def _match(
    goal: Ir, random: Random, schema: Schema | None, *, is_first: bool
) -> dict[str, Json] | None:
    """Return a usual event, changed so that *goal* holds, or None if none was found."""
    taste = UsualValues(random)
    rank = None if is_first else AnyOrder(random)
    plain = solve(goal, schema=schema, taste=taste, rank=rank)
    if not isinstance(plain, Found):
        return None
    base = laid_over(_skeleton(plain.event, random, schema), plain.event)
    found = solve(goal, schema=schema, base=base, taste=taste, rank=rank)
    return (found if isinstance(found, Found) else plain).event


class AnyOrder:
    """Ranks alternatives by chance, for `solve`."""

    def __init__(self, random: Random) -> None:
        self._random = random

    def __call__(self, goal: Goal) -> float:
        """Return the rank of *goal*, from 0 up to 1, another one each time."""
        return self._random.random() if goal else 0


def _skeleton(
    plain: dict[str, Json], random: Random, schema: Schema | None
) -> dict[str, Json]:
    """Return a usual event of the type and the name that *plain* has."""
    kind, name = plain.get("type"), plain.get("event")
    if not isinstance(kind, str) or kind not in spec.EVENT_TYPES:
        kind = spec.TRACK
    known = name if isinstance(name, str) else None
    return usual_event(kind, random, name=known, schema=schema)


def laid_over(base: dict[str, Json], top: dict[str, Json]) -> dict[str, Json]:
    """Return *base* with what *top* holds, member by member and element by element."""
    members = {key: _laid_over(base.get(key), each) for key, each in top.items()}
    return {**base, **members}


def _laid_over(base: Json, top: Json) -> Json:
    if isinstance(base, dict) and isinstance(top, dict):
        return laid_over(base, top)
    if isinstance(base, list) and base and isinstance(top, list):
        return [
            _laid_over(base[index % len(base)], element)
            for index, element in enumerate(top)
        ]
    return top


# --- contradictions ---------------------------------------------------------------


def contradictory_parts(trigger: Trigger, schema: Schema | None = None) -> list[str]:
    """Return the texts of the fewest parts that cannot hold together.

    Empty where that is not known: where `and` joins no parts, or many.
    """
    parts = _parts(trigger)
    if not 1 < len(parts) <= _MAX_PARTS or not _contradict(parts, schema):
        return []
    for part in list(parts):
        others = [each for each in parts if each is not part]
        if others and _contradict(others, schema):
            parts = others
    return [text for text, _ in parts]


def _parts(trigger: Trigger) -> list[tuple[str, Ir]]:
    """Return what `and` joins to the whole condition, as text and lowered."""
    tree = trigger.tree
    if isinstance(tree, Group | Unreadable):
        return []
    root = ungrouped(tree.root)
    if not isinstance(root, nodes.And) or not isinstance(trigger.node, ir.And):
        return []
    texts = [tree.source.slice(operand.span) for operand in root.operands]
    return list(zip(texts, trigger.node.terms, strict=True))


def _contradict(parts: Iterable[tuple[str, Ir]], schema: Schema | None) -> bool:
    together = ir.And(tuple(node for _, node in parts))
    return isinstance(solve(together, schema=schema), Impossible)


# --- near misses ------------------------------------------------------------------


def near_misses(condition: Ir) -> Iterator[Ir]:
    """Yield conditions that hold where *condition* fails in one part and no more.

    The parts are what `and` joins at any depth, each once; where all of what `or` joins
    has to fail, that is one part.
    """
    match condition:
        case ir.And(terms):
            once = tuple({repr(term): term for term in terms}.values())
            for index, term in enumerate(once):
                others = once[:index] + once[index + 1 :]
                for miss in near_misses(term):
                    yield ir.And((*others, miss))
        case ir.Not(ir.Or(terms)):
            yield from near_misses(ir.And(tuple(negated(term) for term in terms)))
        case ir.Not(ir.Not(term)):
            yield from near_misses(term)
        case _:
            yield negated(condition)


def _near(
    condition: Ir, seed: int, schema: Schema | None, *, is_once: bool
) -> Iterator[dict[str, Json]]:
    """Yield events that are matches but for one part of *condition*, part by part.

    With *is_once*, each part once; else over and over, as long as there are any.
    """
    misses = list(islice(near_misses(condition), _MAX_NEAR))
    number = 0
    is_found = True
    while is_found:
        is_found = False
        for miss in misses:
            event = _miss(condition, miss, f"{seed}:{number}", schema)
            number += 1
            if event is not None:
                yield event
                is_found = not is_once


def _miss(
    condition: Ir, miss: Ir, seed: str, schema: Schema | None
) -> dict[str, Json] | None:
    """Return an event for which *miss* holds, as much like a match as may be."""
    random = Random(seed)  # noqa: S311 - examples are no secrets
    match = _match(condition, random, schema, is_first=False)
    if match is None:
        return None
    found = solve(miss, schema=schema, base=match, taste=UsualValues(random))
    return found.event if isinstance(found, Found) else None
