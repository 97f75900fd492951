"""Whether two conditions give the same answer for every event.

`is_proved_equal` never guesses: the optimizer makes one of both, or the solver shows
that no event tells them apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fql.compiler import ir
from fql.compiler.optimize import optimize
from fql.compiler.solve import Found, Impossible, solve

if TYPE_CHECKING:
    from fql.compiler.ir import Ir

PROOF_BUDGET = 500
"""Combinations that a proof may look at; see `fql.compiler.solve`."""


def is_proved_equal(left: Ir, right: Ir) -> bool:
    """Return whether *left* and *right* are proved to agree on every event."""
    left, right = optimize(left), optimize(right)
    return left == right or isinstance(
        solve(_difference(left, right), budget=PROOF_BUDGET), Impossible
    )


def is_proved_different(left: Ir, right: Ir) -> bool:
    """Return whether an event is found that tells *left* from *right*."""
    left, right = optimize(left), optimize(right)
    return left != right and isinstance(
        solve(_difference(left, right), budget=PROOF_BUDGET), Found
    )


def _difference(left: Ir, right: Ir) -> Ir:
    return ir.Or((ir.And((left, ir.Not(right))), ir.And((ir.Not(left), right))))
