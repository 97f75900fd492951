"""The values that tests of one field let through: ``a = 1``, ``a != 1``, ``a in [1]``.

Equality has two answers for every pair of JSON values, so that such tests are sets of
values, or all values but some; sets can be joined and cut.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from fql.compiler.values import contains_element
from fql.grammar import nodes
from fql.grammar.nodes import CompareOp

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fql.compiler.values import Json
    from fql.grammar.nodes import Expr

Literal: TypeAlias = nodes.Null | nodes.Bool | nodes.Number | nodes.String

LITERALS = (nodes.Null, nodes.Bool, nodes.Number, nodes.String)
"""The nodes that are a value as they stand."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The values that a test of *subject* lets through.

    Attributes:
        subject: What is tested.
        items: The values that it names, each once.
        is_negated: Whether all values but those are let through.
    """

    subject: Expr
    items: tuple[Literal, ...]
    is_negated: bool

    def node(self, like: Expr) -> Expr:
        """Return the shortest such test, in the place of *like*."""
        if not self.items:
            return nodes.Bool(self.is_negated, span=like.span)
        if len(self.items) == 1:
            op = CompareOp.NE if self.is_negated else CompareOp.EQ
            return self._compare(op, self.items[0], like)
        items = nodes.ListLiteral(self.items, span=like.span)
        test = self._compare(CompareOp.IN, items, like)
        if not self.is_negated:
            return test
        return nodes.Not(nodes.Group(test, span=like.span), span=like.span)

    def _compare(self, op: CompareOp, right: Expr, like: Expr) -> nodes.Compare:
        return nodes.Compare(self.subject, op, right, span=like.span, op_span=like.span)


def value_of(node: Literal) -> Json:
    """Return the value of a literal."""
    return None if isinstance(node, nodes.Null) else node.value


def choice_of(node: Expr) -> Choice | None:
    """Return what *node* lets through, where it is a test for literal values."""
    match node:
        case nodes.Group(inner):
            return choice_of(inner)
        case nodes.Not(operand):
            choice = choice_of(operand)
            if choice is None:
                return None
            return replace(choice, is_negated=not choice.is_negated)
        case nodes.Compare(left, CompareOp.IN, nodes.ListLiteral(items)):
            literals = tuple(each for each in items if isinstance(each, LITERALS))
            if len(literals) < len(items) or isinstance(left, LITERALS):
                return None
            return Choice(left, unique(literals), is_negated=False)
        case nodes.Compare(left, (CompareOp.EQ | CompareOp.NE) as op, right):
            if isinstance(left, LITERALS):
                left, right = right, left
            if isinstance(left, LITERALS) or not isinstance(right, LITERALS):
                return None
            return Choice(left, (right,), is_negated=op is CompareOp.NE)
        case _:
            return None


def unique(items: Iterable[Literal]) -> tuple[Literal, ...]:
    """Return *items* without those that equal an earlier one."""
    kept: list[Literal] = []
    values: list[Json] = []
    for item in items:
        if not contains_element(values, value_of(item)):
            kept.append(item)
            values.append(value_of(item))
    return tuple(kept)


def all_of(choices: Iterable[Choice]) -> Choice:
    """Return what all of *choices*, of one subject, let through."""
    found = list(choices)
    named = [each for each in found if not each.is_negated]
    if not named:
        items = unique(item for each in found for item in each.items)
        return Choice(found[0].subject, items, is_negated=True)
    kept = [item for item in named[0].items if all(_lets(each, item) for each in found)]
    return Choice(found[0].subject, tuple(kept), is_negated=False)


def any_of(choices: Iterable[Choice]) -> Choice:
    """Return what one of *choices*, of one subject, lets through."""
    turned = [replace(each, is_negated=not each.is_negated) for each in choices]
    both = all_of(turned)
    return replace(both, is_negated=not both.is_negated)


def _lets(choice: Choice, item: Literal) -> bool:
    values = [value_of(each) for each in choice.items]
    return contains_element(values, value_of(item)) is not choice.is_negated
