"""Whether two conditions give the same answer for every event.

`is_equal` never guesses: the optimizer makes one of both, or the solver shows that no
event tells them apart, or finds one that does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fql.compiler import ir
from fql.compiler.optimize import optimize
from fql.compiler.solve import Found, Impossible, solve

if TYPE_CHECKING:
    from fql.compiler.ir import Ir

PROOF_BUDGET = 100
"""Combinations that a proof may look at; see `fql.compiler.solve`."""


def is_equal(left: Ir, right: Ir) -> bool | None:
    """Return whether *left* and *right* agree on every event; None: it is not known."""
    left, right = optimize(left), optimize(right)
    if left == right:
        return True
    differs = ir.Or((ir.And((left, ir.Not(right))), ir.And((ir.Not(left), right))))
    match solve(differs, budget=PROOF_BUDGET):
        case Impossible():
            return True
        case Found():
            return False
        case _:
            return None
