"""Weights: what a test costs, and how often it may hold.

Estimates, for ordering only; no answer depends on them. Costs are nanoseconds on a
machine of 2024, likelihoods are for events that were not chosen for the test.
"""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, NamedTuple

from fql.compiler import ir, library
from fql.compiler.globs import GlobKind
from fql.compiler.semver import compare_semver
from fql.compiler.types import Type
from fql.compiler.walk import children

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fql.compiler.ir import Ir

_ENTRY = 20.0
"""One key of an object."""

_CALL = 60.0
"""One call of a function written in Python."""

_FOREIGN_CALL = 500.0
"""A function of which nothing is known."""

_INSTANT = 400.0
_SEMVER = 1500.0
_ELEMENTS = 4
"""How many elements lists have."""

_LEAST = 1e-3

_CHEAP_CALLS = (
    library.contains,
    library.lowercase,
    library.uppercase,
    library.length,
    library.type_name,
    library.to_bool,
    library.to_number,
    library.to_string,
    library.timestamp,
)

_GLOBS = {
    GlobKind.PREFIX: (50.0, 0.2),
    GlobKind.SUFFIX: (50.0, 0.2),
    GlobKind.SUBSTRING: (35.0, 0.2),
    GlobKind.AROUND: (110.0, 0.15),
}
_MATCHER = (350.0, 0.2)

_KINDS = {Type.STRING: 0.7, Type.NUMBER: 0.5, Type.BOOL: 0.2}

_ONE_OF_SIX = 0.3
"""How likely ``type`` is a given one of the six types of events."""


class Weight(NamedTuple):
    """What a part costs in nanoseconds, and how likely it is true."""

    cost: float
    likelihood: float = 0.5

    @property
    def rank_to_refuse(self) -> float:
        """What it costs an `And` to be refused by this term; the least comes first."""
        return self.cost / max(1 - self.likelihood, _LEAST)

    @property
    def rank_to_accept(self) -> float:
        """What it costs an `Or` to be accepted by this term; the least comes first."""
        return self.cost / max(self.likelihood, _LEAST)


_CONSTANT = Weight(1)


class Weights:
    """The weights of the nodes of one tree; each is computed when first asked for."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Weight, Ir]] = {}  # a node kept alive keeps its id

    def of(self, node: Ir) -> Weight:
        """Return the weight of *node*."""
        if type(node) is ir.Constant:
            return _CONSTANT
        if type(node) is ir.Load:
            return Weight(_ENTRY * len(node.segments))
        known = self._known.get(id(node))
        if known is None:
            known = weigh(node, [*map(self.of, children(node))]), node
            self._known[id(node)] = known
        return known[0]


_TYPE = ir.Load(ir.EVENT, ("type",))


def weigh(node: Ir, below: list[Weight]) -> Weight:
    """Return the weight of *node*, over children of the weights *below*."""
    cost = 0.0
    for each in below:
        cost += each.cost
    match node:
        case ir.Load(_, segments) | ir.ScriptLoad(segments):
            return Weight(_ENTRY * len(segments))
        case ir.Constant():
            return _CONSTANT
        case ir.Not():
            return Weight(cost + 1, 1 - below[0].likelihood)
        case ir.And():
            return _in_turn(below, [each.likelihood for each in below])
        case ir.Or():
            refusals = [1 - each.likelihood for each in below]
            spent, none = _in_turn(below, refusals)
            return Weight(spent, 1 - none)
        case ir.Equal(value, wanted):
            return Weight(cost + 10, _equal_likelihood(value, wanted))
        case ir.Quantify():
            return Weight(cost * _ELEMENTS + _CALL * 2)
        case ir.Apply(function, _):
            return Weight(cost + _call_cost(function.implementation))
        case ir.Invoke():
            return Weight(cost + _FOREIGN_CALL)
        case _:
            return _weigh_test(node, cost)


def _weigh_test(node: Ir, cost: float) -> Weight:
    match node:
        case ir.IsTrue():
            return Weight(cost + 5, 0.4)
        case ir.HasType(_, kind):
            return Weight(cost + 15, _KINDS.get(kind, 0.5))
        case ir.Order():
            return Weight(cost + 40, 0.4)
        case ir.InstantOrder():
            return Weight(cost + _INSTANT)
        case ir.Element(value, ir.Constant(list() as wanted)):
            each = _equal_likelihood(value, ir.Constant(""))
            return Weight(cost + 15, min(0.6, each * len(wanted)))
        case ir.Element():
            return Weight(cost + 80, 0.2)
        case ir.GlobTest(_, glob):
            price, likelihood = _GLOBS.get(glob.kind, _MATCHER)
            return Weight(cost + price, likelihood)
        case _:
            return Weight(cost + _CALL)


def _in_turn(below: Iterable[Weight], going_on: list[float]) -> Weight:
    """Return the weight of terms that are tried until one does not go on."""
    cost, reached = 0.0, 1.0
    for weight, chance in zip(below, going_on, strict=True):
        cost += reached * weight.cost
        reached *= chance
    return Weight(cost, reduce(lambda one, other: one * other, going_on, 1.0))


def _equal_likelihood(value: Ir, wanted: Ir) -> float:
    """Return how likely *value* equals *wanted*: names rarely, types more often."""
    match wanted:
        case ir.Constant(None):
            return 0.4
        case ir.Constant(bool()):
            return 0.4
        case ir.Constant() if value == _TYPE:
            return _ONE_OF_SIX
        case _:
            return 0.1


def _call_cost(implementation: object) -> float:
    if implementation is compare_semver:
        return _SEMVER
    return _CALL if implementation in _CHEAP_CALLS else _FOREIGN_CALL
