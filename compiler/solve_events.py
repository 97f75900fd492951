"""Solving a condition: ways in which it may hold, an event for each, and trying it."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, cast

from fql.compiler import ir
from fql.compiler.closures import compile_condition, copy_json
from fql.compiler.domains import ANY_VALUE, NULL
from fql.compiler.missing import MISSING
from fql.compiler.solve_repair import repaired, with_script_values
from fql.compiler.solve_schema import conforming, conforms
from fql.compiler.solve_search import Goal, ways
from fql.compiler.solve_store import EVENT, Memory, Place, Store
from fql.compiler.solve_witness import Builder, NoWitness
from fql.compiler.values import read
from fql.compiler.walk import free_slots, nodes_of, rewrite

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from fql.compiler.domains import Domain, ElementTest
    from fql.compiler.ir import Ir
    from fql.compiler.payload_functions import Value
    from fql.compiler.schema import Schema
    from fql.compiler.solve_search import Budget, Rank
    from fql.compiler.solve_witness import Taste
    from fql.compiler.text_witness import Effort
    from fql.compiler.values import Json


_PRICE_OF_A_MISS = 40
"""Combinations that could be looked at instead of trying an event that fails."""


class NoTaste:
    """Suggests nothing."""

    def values(self, place: Place, domain: Domain) -> Iterable[Json]:
        """Yield nothing."""
        return ()


class Solver:
    """Solves one condition.

    Args:
        condition: Optimized; it gives a bool.
        schema: What events conform to, or None.
        budget: What work may be done.
        taste: What values look like where there is a choice.
        rank: Which alternatives to try first.
        effort: What searches for texts may cost together.

    Attributes:
        is_proved: Whether it is proved that the events given are all there are.
    """

    def __init__(
        self,
        condition: Ir,
        schema: Schema | None,
        budget: Budget,
        taste: Taste | None = None,
        *,
        rank: Rank | None = None,
        effort: Effort | None = None,
    ) -> None:
        self._condition = condition
        self._schema = schema
        self._budget = budget
        self._taste = taste or NoTaste()
        self._rank = rank
        self._memory = Memory(effort)
        self._holds = compile_condition(condition)
        self.is_proved = True

    def event(self, wish: dict[str, Json]) -> dict[str, Json] | None:
        """Return an event for which the condition holds, like *wish*, or None."""
        if self._is_wanted(wish):
            copied = copy_json(wish)
            return copied if isinstance(copied, dict) else None
        for names in _spellings(self._condition):
            for way in self._ways(names):
                event = self._event(way, names, wish)
                if event is not None:
                    return event
                self._budget.left -= _PRICE_OF_A_MISS
        if self._budget.is_spent:
            self.is_proved = False
        return None

    def _ways(self, names: _Names) -> Iterator[Store]:
        root = Place(ir.EVENT, ())
        store = Store(root, EVENT, self._memory)
        for name, is_own in names.items():
            if not is_own:
                store.narrow_place(Place(ir.EVENT, (name,)), NULL)
        condition = _with_names(self._condition, names)
        goals = [Goal(condition, is_wanted=True)]
        for way in ways(goals, store, self._budget, self._rank):
            if self._schema is None:
                yield way
            else:
                yield from conforming(way, self._schema, self._budget)

    def _is_wanted(self, event: Json) -> bool:
        """Return whether the condition holds for *event*, and it conforms."""
        if not isinstance(event, dict) or not self._holds(event):
            return False
        return self._schema is None or conforms(event, self._schema)

    def _event(
        self, way: Store, names: _Names, wish: dict[str, Json]
    ) -> dict[str, Json] | None:
        """Return an event within *way*, tried; None if none was found."""
        outer: Json = None
        for _ in range(2):
            elements = _Elements(self._budget, self._memory, self._taste, outer)
            try:
                made = Builder(way, self._taste, elements).build(wish)
            except NoWitness as error:
                self.is_proved = self.is_proved and error.is_proved and outer is None
                return None
            made = with_script_values(made, way, self._taste)
            outer = _named(made, names)
            found = repaired(outer, way, self._is_wanted)
            if isinstance(found, dict):
                return found
        self.is_proved = False
        return None


# --- fields of two names ----------------------------------------------------------

_Names = dict[str, bool]
"""Fields that go by two names, and whether an event has the first of them."""


def _spellings(condition: Ir) -> Iterator[_Names]:
    """Yield the ways in which an event may spell the fields of two names."""
    names = dict.fromkeys(
        node.segments[0]
        for node in nodes_of(condition)
        if isinstance(node, ir.Load) and node.fallback is not None
    )
    for each in product((False, True), repeat=len(names)):
        yield dict(zip(names, each, strict=True))


def _with_names(condition: Ir, names: _Names) -> Ir:
    """Return *condition* for events that spell their fields so."""

    def change(node: Ir) -> Ir:
        match node:
            case ir.Load(slot, (name, *rest), str() as other, keeps_missing):
                key = name if names[name] else other
                return ir.Load(slot, (key, *rest), None, keeps_missing)
            case _:
                return node

    return rewrite(condition, change) if names else condition


def _named(made: Json, names: _Names) -> dict[str, Json]:
    """Return the event with the keys that *names* says it has."""
    event = cast("dict[str, Json]", made)  # the domain of the root says so
    for name, is_own in names.items():
        if is_own:
            event.setdefault(name, None)
        else:
            event.pop(name, None)
    return event


# --- elements ---------------------------------------------------------------------


class _Elements:
    """Makes elements that fulfil conditions; see `fql.compiler.solve_witness.Elements`.

    Where the event around is known, what conditions read of it is read from there;
    otherwise it may be anything.
    """

    def __init__(
        self, budget: Budget, memory: Memory, taste: Taste, outer: Json
    ) -> None:
        self._budget = budget
        self._memory = memory
        self._taste = taste
        self._outer = outer

    def element(
        self,
        tests: Sequence[ElementTest],
        inside: Sequence[tuple[tuple[str, ...], Domain]],
        wish: Value,
    ) -> Json:
        """Return an element."""
        if not tests and not inside:
            return None if wish is MISSING else wish
        slot = tests[0].slot if tests else _NO_SLOT
        store = Store(Place(slot, ()), ANY_VALUE, self._memory)
        if not all(store.narrow_place(Place(slot, at), known) for at, known in inside):
            raise NoWitness(is_proved=True)
        wanted = [self._test(test, slot) for test in tests]
        holds = _tried_alone(wanted, slot)
        goals = [Goal(test, is_wanted=True) for test in wanted]
        is_proved = True
        for way in ways(goals, store, self._budget):
            try:
                made = Builder(way, self._taste, self).build(wish)
            except NoWitness as error:
                is_proved = is_proved and error.is_proved
                continue
            found = repaired(made, way, holds)
            if found is not MISSING:
                return found
            is_proved = False
        raise NoWitness(is_proved=is_proved and not self._budget.is_spent)

    def _test(self, test: ElementTest, slot: int) -> Ir:
        """Return the test of an element in *slot*, the outer event put in if known."""

        def change(node: Ir) -> Ir:
            match node:
                case ir.Load(ir.EVENT, segments, None, False) if (
                    self._outer is not None
                ):
                    return ir.Constant(read(self._outer, segments))
                case ir.Load(own, segments, fallback, keeps) if own == test.slot:
                    return ir.Load(slot, segments, fallback, keeps)
                case _:
                    return node

        return rewrite(test.condition, change)


_NO_SLOT = -1
"""The slot of an element that no condition reads."""


def _tried_alone(tests: Sequence[Ir], slot: int) -> Callable[[Json], bool]:
    """Return whether an element in *slot* fulfils *tests*; true if others decide."""
    if any(free_slots(test) not in ((), (slot,)) for test in tests):
        return lambda _: True

    def change(node: Ir) -> Ir:
        match node:
            case ir.Load(own, segments, fallback, keeps):
                return ir.Load(own - slot, segments, fallback, keeps)
            case ir.Quantify(function, items, own, condition):
                return ir.Quantify(function, items, own - slot, condition)
            case _:
                return node

    return compile_condition(rewrite(ir.And(tuple(tests)), change))
