"""The ways in which a condition may hold, one after the other.

A condition is taken apart into what has to hold and alternatives. Each way through
the alternatives is a store of domains that do not contradict each other. Alternatives
that a store rules out are dropped, those with the fewest left are tried first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from fql.compiler import domains, ir, ranges
from fql.compiler.condition_domains import claim_of, rewritten
from fql.compiler.domains import Domain
from fql.compiler.solve_relations import ANY_RELATION, relation_of
from fql.compiler.solve_store import Reading, term_of
from fql.compiler.text_sets import ANY_TEXT, View, Viewed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from fql.compiler.ir import Ir
    from fql.compiler.solve_store import Store


_CHECKS = 100
"""Goals that may be looked at for the price of one combination."""


class Goal(NamedTuple):
    """That a condition holds, or that it does not."""

    node: Ir
    is_wanted: bool


Choice: TypeAlias = "tuple[Goal, ...]"
"""Goals of which one has to be reached."""

Rank: TypeAlias = "Callable[[Goal], float]"
"""Says which of the goals of a choice to try first: those of the lowest rank."""


@dataclass(slots=True)
class Budget:
    """What is left of the work that may be done.

    Attributes:
        left: Combinations that may still be looked at.
        is_spent: Whether some were not, for want of budget.
    """

    left: int
    is_spent: bool = False

    def take(self) -> bool:
        """Take one combination; return whether there was one left."""
        if self.left <= 0:
            self.is_spent = True
            return False
        self.left -= 1
        return True


def ways(
    goals: Iterable[Goal], store: Store, budget: Budget, rank: Rank | None = None
) -> Iterator[Store]:
    """Yield stores in which all *goals* are assumed and nothing plainly contradicts.

    Every event that reaches the goals is within one of them, unless the budget was
    spent. *store* is what is known already; it is changed.
    """
    choices = _assume(store, list(goals))
    pending = [] if choices is None else [(store, choices)]
    while pending:
        if not budget.take():
            return
        current, open_choices = pending.pop()
        budget.left -= sum(map(len, open_choices)) // _CHECKS
        left = _simplified(current, open_choices)
        if left is None:
            continue
        if not left:
            yield current
            continue
        choice = min(left, key=len)
        others = [each for each in left if each is not choice]
        pending += reversed(list(_branches(current, choice, others, rank)))


def _branches(
    store: Store, choice: Choice, others: list[Choice], rank: Rank | None
) -> Iterator[tuple[Store, list[Choice]]]:
    goals = choice if rank is None else sorted(choice, key=rank)
    for goal in goals:
        branch = store.copy()
        found = _assume(branch, [goal])
        if found is not None:
            yield branch, [*others, *found]


def _simplified(store: Store, choices: Sequence[Choice]) -> list[Choice] | None:
    """Return the choices without goals that are ruled out; None if one has none left.

    A choice with one goal left is no choice: it is assumed.
    """
    open_choices = list(choices)
    is_settled = False
    while not is_settled:
        is_settled = True
        left: list[Choice] = []
        for choice in open_choices:
            possible = tuple(goal for goal in choice if not _is_ruled_out(store, goal))
            if not possible:
                return None
            if len(possible) > 1:
                left.append(possible)
                continue
            found = _assume(store, list(possible))
            if found is None:
                return None
            left += found
            is_settled = False
        open_choices = left
    return open_choices


def _is_ruled_out(store: Store, goal: Goal) -> bool:
    """Return whether a single test plainly contradicts what is known."""
    if isinstance(goal.node, ir.Not):
        return _is_ruled_out(store, Goal(goal.node.term, not goal.is_wanted))
    if isinstance(goal.node, ir.And | ir.Or):
        is_all = isinstance(goal.node, ir.And) is goal.is_wanted
        return is_all and any(
            _is_ruled_out(store, Goal(term, goal.is_wanted))
            for term in goal.node.terms
            if not isinstance(term, ir.And | ir.Or)
        )
    _, claim, has_term, key = _read(store, goal)
    if claim is None or not has_term:
        known = store.tests.get(key)
        if known is not None:
            return known[1] is not goal.is_wanted
        return claim is not None and store.is_ruled_out(claim.node, claim.domain)
    return store.is_ruled_out(claim.node, claim.domain)


def _read(store: Store, goal: Goal) -> Reading:
    """Return what a test that is wanted so comes to; looked at once for each."""
    known = store.memory.read.get((id(goal.node), goal.is_wanted))
    if known is None:
        claim = claim_of(goal.node, wanted=goal.is_wanted)
        has_term = claim is not None and term_of(claim.node) is not None
        key = "" if has_term else repr(goal.node)
        known = Reading(goal.node, claim, has_term, key)
        store.memory.read[id(goal.node), goal.is_wanted] = known
    return known


# --- assuming ---------------------------------------------------------------------


def _assume(store: Store, goals: list[Goal]) -> list[Choice] | None:
    """Assume *goals*; return the choices that are left, or None if they contradict."""
    choices: list[Choice] = []
    while goals:
        node, is_wanted = goals.pop()
        match node:
            case ir.Constant(value):
                if (value is True) is not is_wanted:
                    return None
            case ir.Not(term):
                goals.append(Goal(term, not is_wanted))
            case ir.And(terms) | ir.Or(terms):
                inner = [Goal(term, is_wanted) for term in terms]
                if isinstance(node, ir.And) is is_wanted:
                    goals += reversed(inner)
                else:
                    choices.append(tuple(inner))
            case _:
                said_otherwise = rewritten(node)
                if said_otherwise is not None:
                    goals.append(Goal(said_otherwise, is_wanted))
                elif not _assume_test(store, Goal(node, is_wanted)):
                    return None
    return choices


def _assume_test(store: Store, goal: Goal) -> bool:
    _, claim, has_term, key = _read(store, goal)
    if claim is not None and has_term:
        return store.narrow(claim.node, claim.domain)
    if claim is not None:
        if store.is_ruled_out(claim.node, claim.domain):
            return False
        if isinstance(claim.node, ir.Constant):
            return True
    known = store.tests.setdefault(key, (goal.node, goal.is_wanted))
    return known[1] is goal.is_wanted and _relate(store, goal)


_ORDERED = Domain(numbers=ranges.ALL, texts=ANY_TEXT)
_TIMES = Domain(texts=Viewed(View.INSTANT))
_LISTS = Domain(lists=domains.ANY_CONTAINER)


def _relate(store: Store, goal: Goal) -> bool:
    """Narrow the sides of a comparison by each other; return if it may hold."""
    found = relation_of(goal.node, wanted=goal.is_wanted)
    if found is not None:
        pair, relation = found
        store.relations[pair] = store.relations.get(pair, ANY_RELATION) & relation
        if not store.relations[pair]:
            return False
    match goal:
        case Goal(ir.Equal(left, right), True):
            both = domains.meet(store.domain(left), store.domain(right))
            return not both.is_empty and _narrow_sides(store, (left, right), both)
        case Goal(ir.Order(_, left, right), True):
            return _narrow_sides(store, (left, right), _ORDERED)
        case Goal(ir.InstantOrder(_, left, right), True):
            return _narrow_sides(store, (left, right), _TIMES)
        case Goal(ir.Element(_, items), True):
            return _narrow_sides(store, (items,), _LISTS)
        case _:
            return True


def _narrow_sides(store: Store, sides: tuple[Ir, ...], domain: Domain) -> bool:
    return all(
        store.narrow(side, domain)
        if term_of(side)
        else not store.is_ruled_out(side, domain)
        for side in sides
    )
