"""Changes of a condition, one at a time, that tests should notice.

A part is negated or dropped, ``and`` becomes ``or``, an ordering takes in its limit or
leaves it out, a constant is another one. A change that gives the same answer for every
event is no change: it is left out where the optimizer shows that, or where it is
proved (`fql.compiler.equivalence`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from fql.compiler.check import Checked
from fql.compiler.equivalence import is_equal
from fql.compiler.optimize import optimize
from fql.compiler.timestamps import instant
from fql.compiler.trigger import compile_trigger
from fql.grammar import nodes
from fql.grammar.diagnostics import FqlError
from fql.grammar.format import write
from fql.grammar.nodes import CompareOp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fql.compiler.signatures import FunctionTable
    from fql.compiler.trigger import Trigger
    from fql.grammar.nodes import Expr
    from fql.grammar.source import Span

MAX_MUTANTS = 1_000
"""Changes that are tried of one condition."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A condition with one change.

    Attributes:
        kind: What was changed, in words.
        span: Where, in the condition's source.
        text: What stands there now; empty where nothing does.
        trigger: The changed condition.
    """

    kind: str
    span: Span
    text: str
    trigger: Trigger


def mutants(trigger: Trigger, functions: FunctionTable) -> Iterator[Mutant]:
    """Yield the changes of *trigger* that can give another answer.

    Those of the trigger engine's dialect have none: their text is not ours to change.

    Args:
        trigger: The condition.
        functions: What it may call.
    """
    tree = trigger.tree
    if not isinstance(tree, Checked):
        return
    original = optimize(trigger.node)
    known = {repr(original)}
    changes = _Changes(functions).of(tree.root, is_condition=True)
    for change in islice(changes, MAX_MUTANTS):
        mutant = _compiled(change, functions)
        if mutant is None:
            continue
        node = optimize(mutant.trigger.node)
        if repr(node) not in known and is_equal(original, node) is not True:
            known.add(repr(node))
            yield mutant


def _compiled(change: _Change, functions: FunctionTable) -> Mutant | None:
    """Return the changed condition; None where it would not be accepted."""
    try:
        trigger = compile_trigger(write(change.whole), functions=functions)
    except (FqlError, ValueError):
        return None
    text = "" if change.part is None else write(change.part)
    return Mutant(change.kind, change.span, text, trigger)


class _Change(NamedTuple):
    """A tree with one change.

    Attributes:
        kind: What was changed.
        span: Where.
        part: What stands there now; None where nothing does.
        whole: The tree.
    """

    kind: str
    span: Span
    part: Expr | None
    whole: Expr


_BOUNDARIES = {
    CompareOp.LT: CompareOp.LE,
    CompareOp.LE: CompareOp.LT,
    CompareOp.GT: CompareOp.GE,
    CompareOp.GE: CompareOp.GT,
}


class _Changes:
    """The changes of trees, depth first: those of a node before those inside it."""

    def __init__(self, functions: FunctionTable) -> None:
        self._functions = functions

    def of(self, node: Expr, *, is_condition: bool) -> Iterator[_Change]:
        """Yield the trees that differ from *node* in one place."""
        match node:
            case nodes.Group(inner):
                for each in self.of(inner, is_condition=is_condition):
                    yield each._replace(whole=replace(node, inner=each.whole))
            case nodes.And(operands) | nodes.Or(operands):
                yield from _junction(node)
                for put, change in self._inside(operands, is_condition=True):
                    junction = replace(node, operands=tuple(map(_grouped, put)))
                    yield change._replace(whole=junction)
            case nodes.Not(operand):
                yield _Change("negation dropped", node.span, operand, operand)
                for each in self.of(operand, is_condition=True):
                    negation = replace(node, operand=_grouped(each.whole))
                    yield each._replace(whole=negation)
            case nodes.Compare():
                yield from self._comparison(node, is_condition=is_condition)
            case nodes.Call():
                yield from self._call(node, is_condition=is_condition)
            case nodes.ListLiteral():
                yield from self._list(node)
            case _:
                if is_condition:
                    yield _negated(node)
                else:
                    yield from _constant(node)

    def _inside(
        self, parts: tuple[Expr, ...], *, is_condition: bool
    ) -> Iterator[tuple[tuple[Expr, ...], _Change]]:
        """Yield *parts* with a change in one of them, and the change."""
        for at, part in enumerate(parts):
            for change in self.of(part, is_condition=is_condition):
                yield (*parts[:at], change.whole, *parts[at + 1 :]), change

    def _comparison(
        self, node: nodes.Compare, *, is_condition: bool
    ) -> Iterator[_Change]:
        if is_condition:
            yield _negated(node)
        if node.op in _BOUNDARIES:
            other = replace(node, op=_BOUNDARIES[node.op])
            yield _Change("boundary moved", node.span, other, other)
        sides = (node.left, node.right)
        for (left, right), change in self._inside(sides, is_condition=False):
            yield change._replace(whole=replace(node, left=left, right=right))

    def _call(self, node: nodes.Call, *, is_condition: bool) -> Iterator[_Change]:
        if is_condition:
            yield _negated(node)
        function = self._functions.get(node.name)
        parameters = () if function is None else function.parameters
        for at, argument in enumerate(node.arguments):
            asks = at < len(parameters) and parameters[at].is_condition
            for change in self.of(argument, is_condition=asks):
                others = (*node.arguments[:at], change.whole, *node.arguments[at + 1 :])
                yield change._replace(whole=replace(node, arguments=others))

    def _list(self, node: nodes.ListLiteral) -> Iterator[_Change]:
        if len(node.items) > 1:
            for at, item in enumerate(node.items):
                rest = (*node.items[:at], *node.items[at + 1 :])
                shorter = replace(node, items=rest)
                yield _Change("element dropped", item.span, None, shorter)
        for items, change in self._inside(node.items, is_condition=False):
            yield change._replace(whole=replace(node, items=items))


def _grouped(node: Expr) -> Expr:
    """Return a junction that stands inside another expression in parentheses."""
    if isinstance(node, nodes.And | nodes.Or):
        return nodes.Group(node, span=node.span)
    return node


def _junction(node: nodes.And | nodes.Or) -> Iterator[_Change]:
    if isinstance(node, nodes.And):
        swapped: Expr = nodes.Or(node.operands, span=node.span)
        yield _Change("`and` for `or`", node.span, swapped, swapped)
    else:
        swapped = nodes.And(node.operands, span=node.span)
        yield _Change("`or` for `and`", node.span, swapped, swapped)
    for at, part in enumerate(node.operands):
        rest = (*node.operands[:at], *node.operands[at + 1 :])
        left = rest[0] if len(rest) == 1 else replace(node, operands=rest)
        yield _Change("part dropped", part.span, None, left)


def _negated(node: Expr) -> _Change:
    if isinstance(node, nodes.Everything):
        # Behind `!`, the word would be a field's name.
        nothing = nodes.Bool(value=False, span=node.span)
        return _Change("negated", node.span, nothing, nothing)
    inner = nodes.Group(node, span=node.span)
    keeps = isinstance(node, nodes.Compare)
    other = nodes.Not(inner if keeps else node, span=node.span)
    return _Change("negated", node.span, other, other)


def _constant(node: Expr) -> Iterator[_Change]:
    """Yield another constant, where *node* is one."""
    other: Expr
    match node:
        case nodes.Bool(value):
            other = replace(node, value=not value)
        case nodes.Number(value):
            other = replace(node, value=value + 1)
        case nodes.String(value):
            other = replace(node, value=_other_text(value))
        case _:
            return
    yield _Change("constant changed", node.span, other, other)


def _other_text(text: str) -> str:
    """Return another text: of a time the same in the next year, if there is one."""
    if instant(text) is not None:
        later = f"{int(text[:4]) % 9_999 + 1:04}{text[4:]}"
        return later if instant(later) is not None else text[:8] + "01" + text[10:]
    return f"{text}~"
