"""Whether some event fulfils a condition: an event that does, or proof of none.

`solve` answers for the events that a trigger can be given: JSON objects, in which no
number is infinite or not-a-number. With a schema it answers for those of them that
conform to it. An answer is never a guess. A found event was tried with the condition
itself; that it is impossible was proved; whatever is out of reach, because it would
take too long or because of what it calls, is unknown.

This module does not make events look real (`usual_events.py`) and reports nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from fql.compiler.optimize import optimize
from fql.compiler.solve_events import Solver
from fql.compiler.solve_search import Budget

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fql.compiler.ir import Ir
    from fql.compiler.schema import Schema
    from fql.compiler.solve_search import Rank
    from fql.compiler.solve_witness import Taste
    from fql.compiler.text_witness import Effort
    from fql.compiler.values import Json

DEFAULT_BUDGET = 2_000
"""How many combinations of alternatives are looked at before giving up."""


@dataclass(frozen=True, slots=True)
class Found:
    """There is such an event.

    Attributes:
        event: One of them; the condition was run and holds for it.
    """

    event: dict[str, Json]


@dataclass(frozen=True, slots=True)
class Impossible:
    """There is no such event; that is proved."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """None was found, and it is not proved that there is none."""


Answer: TypeAlias = Found | Impossible | Unknown


def solve(
    condition: Ir,
    *,
    schema: Schema | None = None,
    base: Mapping[str, Json] | None = None,
    taste: Taste | None = None,
    rank: Rank | None = None,
    budget: int = DEFAULT_BUDGET,
    effort: Effort | None = None,
) -> Answer:
    """Return an event for which *condition* holds, or that there is none, or neither.

    The same arguments give the same answer. To ask whether a condition always holds,
    ask whether its negation, ``ir.Not(condition)``, is impossible.

    Args:
        condition: What lowering a trigger gives; it gives a bool.
        schema: Only events that conform to it count: each field that it knows is of
            its kind, among its choices, within its bounds, or not there; required ones
            are there. None: every JSON object counts.
        base: What a found event is like where the condition leaves it open; by default
            it has only what the condition asks for.
        taste: Suggests values for places that the condition asks for.
        rank: Says which alternatives to try first: those of the lowest rank.
        budget: How many combinations of alternatives to look at before giving up.
        effort: What searches for texts may cost, over all calls that are given it;
            None: this call has its own bound.
    """
    condition, left = optimize(condition), Budget(budget)
    solver = Solver(condition, schema, left, taste, rank=rank, effort=effort)
    event = solver.event(dict(base or {}))
    if event is not None:
        return Found(event)
    return Impossible() if solver.is_proved else Unknown()
