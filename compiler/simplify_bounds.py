"""Orderings of one value beside one another: ``a > 5 and a > 3``.

Only numbers and texts in their own order; times are compared as instants, and are left
alone. An ordering is false for what is of another type, so that ``a > 5 or a <= 5`` is
not always true.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fql.compiler import ir
from fql.compiler.closure_conditions import ORDERS
from fql.compiler.optimize import optimize
from fql.compiler.simplify_laws import without
from fql.grammar import nodes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fql.compiler.simplify_laws import Found, Junction
    from fql.compiler.values import Json


@dataclass(frozen=True, slots=True)
class Bound:
    """``a < 5``: what is tested, and the numbers or texts that are let through."""

    op: ir.OrderOp
    subject: str
    limit: Json

    @property
    def is_upper(self) -> bool:
        """Whether it lets through what is below its limit."""
        return self.op in {"<", "<="}

    def is_like(self, other: Bound) -> bool:
        """Return whether both are of one value, and their limits of one type."""
        is_text = isinstance(self.limit, str)
        return self.subject == other.subject and is_text is isinstance(other.limit, str)

    def implies(self, other: Bound) -> bool:
        """Return whether what this lets through, *other* does."""
        if self.is_upper is not other.is_upper:
            return False
        if self.limit == other.limit:
            return "=" in other.op or "=" not in self.op
        return ORDERS["<" if self.is_upper else ">"](self.limit, other.limit)

    def excludes(self, other: Bound) -> bool:
        """Return whether nothing is let through by both."""
        if not self.is_upper or other.is_upper:
            return False
        if self.limit == other.limit:
            return "=" not in self.op or "=" not in other.op
        return ORDERS["<"](self.limit, other.limit)


def bound_of(condition: ir.Ir) -> Bound | None:
    """Return what *condition* lets through, if it is an ordering with a constant."""
    match optimize(condition):
        case ir.Order(op, subject, ir.Constant(limit)):
            return Bound(op, repr(subject), limit)
        case _:
            return None


def fewer_bounds(node: Junction, bounds: Sequence[Bound | None]) -> Found:
    """Yield *node* without a bound that another one makes needless, or as false.

    Args:
        node: What joins the orderings.
        bounds: What each of its parts lets through, if it is an ordering.
    """
    is_and = isinstance(node, nodes.And)
    needless: set[int] = set()
    for at, one in enumerate(bounds):
        for other_at, other in enumerate(bounds):
            if one is None or other is None or at in needless or other_at in needless:
                continue
            if at == other_at or not one.is_like(other):
                continue
            if is_and and one.excludes(other):
                yield "no value is in both", nodes.Bool(value=False, span=node.span)
            elif one.implies(other):
                needless.add(other_at if is_and else at)
    if needless:
        yield "one bound implies the other", without(node, needless)
