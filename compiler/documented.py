"""Filters as their documentation has them: ``<`` and its like order numbers only.

What the servers of the original do with other values is not documented; the device-mode
evaluator answers false. This language orders instants and texts, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fql.compiler import ir
from fql.compiler.scopes import ungrouped
from fql.compiler.types import Type
from fql.grammar import nodes
from fql.grammar.nodes import CompareOp
from fql.grammar.portability_errors import order_of_texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fql.compiler.check import Checked
    from fql.compiler.ir import Ir
    from fql.grammar.diagnostics import Diagnostic
    from fql.grammar.nodes import Expr

_ORDERINGS = frozenset({CompareOp.LT, CompareOp.LE, CompareOp.GT, CompareOp.GE})


def documented_condition(node: Ir) -> Ir:
    """Return *node* as the documentation of filters reads it.

    Conditions inside of calls are left as they are: the documented language has none.
    """
    match node:
        case ir.And(terms):
            return ir.And(tuple(documented_condition(term) for term in terms))
        case ir.Or(terms):
            return ir.Or(tuple(documented_condition(term) for term in terms))
        case ir.Not(term):
            return ir.Not(documented_condition(term))
        case ir.Order(op, left, right) | ir.InstantOrder(op, left, right):
            is_number = ir.HasType(left, Type.NUMBER)
            return ir.And((is_number, ir.Order(op, left, right)))
        case _:
            return node


def undocumented_orders(checked: Checked) -> list[Diagnostic]:
    """Return a finding for each ordering that may be one of texts."""
    return [
        order_of_texts(checked.source, node.span) for node in _orderings(checked.root)
    ]


def _orderings(node: Expr) -> Iterator[nodes.Compare]:
    """Yield the orderings in which no side is a number for sure."""
    match ungrouped(node):
        case nodes.And(operands) | nodes.Or(operands):
            for operand in operands:
                yield from _orderings(operand)
        case nodes.Not(operand):
            yield from _orderings(operand)
        case nodes.Compare(left, op, right) as comparison if op in _ORDERINGS:
            if not (_is_number(left) or _is_number(right)):
                yield comparison
        case _:
            pass


def _is_number(node: Expr) -> bool:
    inner = ungrouped(node)
    is_length = isinstance(inner, nodes.Call) and inner.name in {"length", "number"}
    return is_length or isinstance(inner, nodes.Number)
