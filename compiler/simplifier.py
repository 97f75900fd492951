"""Applies the laws to a condition, from its leaves upwards, until none applies.

A law is applied only where it makes the text shorter, so that this ends.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar

from fql.compiler import ir
from fql.compiler.lower import lower_condition
from fql.compiler.optimize import optimize
from fql.compiler.simplify_bounds import bound_of, fewer_bounds
from fql.compiler.simplify_laws import (
    JUNCTION_LAWS,
    de_morgan,
    double_negation,
    literal_parts,
    negated_test,
    values_of_one,
)
from fql.grammar import nodes
from fql.grammar.format import write

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from fql.compiler.signatures import FunctionTable
    from fql.compiler.simplify_bounds import Bound
    from fql.compiler.simplify_laws import Found, Junction
    from fql.compiler.types import Type
    from fql.grammar.nodes import Expr
    from fql.grammar.source import Span

NodeT = TypeVar("NodeT", bound="Expr")

MAX_OPERANDS = 200
"""Parts of one ``and`` or ``or`` that are compared in pairs; more are left alone."""


@dataclass(frozen=True, slots=True)
class Step:
    """A law that was applied.

    Attributes:
        rule: Its name, in words.
        before: The part as it stood.
        after: What stands there now.
    """

    rule: str
    before: str
    after: str


@dataclass(slots=True)
class Simplifier:
    """Applies the laws to conditions of one text.

    Attributes:
        types: What the checker found each expression to be.
        functions: What the conditions may call.
        steps: What was applied so far.
    """

    types: Mapping[Span, Type]
    functions: FunctionTable
    steps: list[Step] = field(default_factory=list)
    _stable: dict[int, Expr] = field(default_factory=dict)
    _known_bounds: dict[int, tuple[Expr, Bound | None]] = field(default_factory=dict)

    def condition(self, node: Expr) -> Expr:
        """Return the shortest condition that the laws lead to; *node* if none does."""
        while True:
            shorter = self._pass(node)
            if shorter is node:
                return node
            node = shorter

    def _pass(self, node: Expr) -> Expr:
        """Return *node* with its parts and then itself made shorter once."""
        if id(node) in self._stable:
            return node
        shorter = self._shorter(node)
        if shorter is node:
            # The laws look at nothing but the node, which stays alive in here.
            self._stable[id(node)] = node
        return shorter

    def _shorter(self, node: Expr) -> Expr:
        match node:
            case nodes.Group(inner):
                return self._group(node, self._pass(inner))
            case nodes.And() | nodes.Or():
                return self._junction(node)
            case nodes.Not(operand):
                inner = self._pass(operand)
                new = node if inner is operand else replace(node, operand=inner)
                return self._first(new, (double_negation, negated_test, de_morgan))
            case nodes.Call():
                return self._settled(self._call(node))
            case nodes.Compare():
                return self._settled(self._first(node, (values_of_one,)))
            case _:
                return node

    def _group(self, node: nodes.Group, inner: Expr) -> Expr:
        if inner is node.inner:
            return node
        is_joined = isinstance(inner, nodes.And | nodes.Or)
        return replace(node, inner=inner) if is_joined else inner

    def _call(self, node: nodes.Call) -> Expr:
        """Return a call whose conditions over ``item`` are shorter."""
        parameters = self.functions[node.name].parameters
        arguments = tuple(
            self._pass(argument) if parameter.is_condition else argument
            for argument, parameter in zip(node.arguments, parameters, strict=True)
        )
        same = all(a is b for a, b in zip(arguments, node.arguments, strict=True))
        return node if same else replace(node, arguments=arguments)

    def _settled(self, node: Expr) -> Expr:
        """Return a test that has one answer for every event as that answer."""
        match optimize(self.lowered(node)):
            case ir.Constant(bool() as answer):
                settled = nodes.Bool(answer, span=node.span)
                return self._applied("one answer for every event", node, settled)
            case _:
                return node

    def _junction(self, node: Junction) -> Expr:
        operands = tuple(self._pass(each) for each in node.operands)
        same = all(a is b for a, b in zip(operands, node.operands, strict=True))
        new = node if same else replace(node, operands=operands)
        if len(new.operands) > MAX_OPERANDS:
            return self._first(new, (literal_parts,))
        return self._first(new, (*JUNCTION_LAWS, self._bounds))

    def _first(self, node: NodeT, laws: Sequence[Callable[[NodeT], Found]]) -> Expr:
        """Return what the first of *laws* that makes *node* shorter gives."""
        for law in laws:
            for rule, new in law(node):
                applied = self._applied(rule, node, new)
                if applied is not node:
                    return applied
        return node

    def _applied(self, rule: str, old: Expr, new: Expr) -> Expr:
        before, after = write(old), write(new)
        # A constant is never taken apart again: it may be as long as what it was.
        if len(after) >= len(before) and not isinstance(new, nodes.Bool):
            return old
        self.steps.append(Step(rule, before, after))
        return new

    def lowered(self, node: Expr) -> ir.Ir:
        """Return what *node*, a condition, means."""
        return lower_condition(node, self.types, self.functions)

    def _bounds(self, node: Junction) -> Found:
        return fewer_bounds(node, [self._bound(each) for each in node.operands])

    def _bound(self, node: Expr) -> Bound | None:
        found = self._known_bounds.get(id(node))
        if found is None:
            found = (node, bound_of(self.lowered(node)))
            self._known_bounds[id(node)] = found
        return found[1]
