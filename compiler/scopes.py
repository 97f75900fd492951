"""What a path means where it stands, and every expression with its surroundings.

`visits` lists the expressions of a tree, each before its parts, with the scope that its
paths are read in and the role that it plays. It keeps its own stack, so that no tree is
too deep, and it takes linear time. Types are not its concern (`facts.py`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import TYPE_CHECKING, NamedTuple, assert_never

from fql.compiler.payload_functions import TRANSFORM
from fql.compiler.schema import ANY_EVENT, Narrowing, Schema
from fql.compiler.shapes import ANYTHING, Place, Shape, walk
from fql.compiler.signatures import ITEM
from fql.grammar import nodes

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from fql.compiler.facts import Callables
    from fql.compiler.payload_functions import PayloadFunction
    from fql.compiler.signatures import Function
    from fql.grammar.nodes import Expr


@dataclass(frozen=True, slots=True)
class Scope:
    """What the paths of an expression start from.

    Attributes:
        schema: What is known of events.
        narrowing: What the conditions around have said of the event.
        event: The event's shape, so narrowed.
        base: What plain paths start from, if not from the event.
        item: What `item` is, inside a condition over a list.
        loops: How many lists are being gone through around here.
    """

    schema: Schema
    narrowing: Narrowing
    event: Shape
    base: Shape | None = None
    item: Shape | None = None
    loops: int = 0

    def narrowed(self, terms: Iterable[Expr]) -> Scope:
        """Return this scope for what stands in a conjunction with *terms*."""
        narrowing = self.narrowing
        for term in terms:
            narrowing = _narrowed(narrowing, term, self)
        if narrowing is self.narrowing:
            return self
        event = self.schema.event(narrowing)
        return replace(self, narrowing=narrowing, event=event)

    def place(self, path: nodes.Path | nodes.EventPath) -> Place:
        """Return what *path* leads to."""
        segments = path.segments
        if isinstance(path, nodes.EventPath):
            return walk(self.event, segments)
        if self.item is not None and segments[:1] == (ITEM,):
            place = walk(self.item, segments[1:])
            gap = place.gap and replace(place.gap, index=place.gap.index + 1)
            return replace(place, gap=gap)
        return walk(self.event if self.base is None else self.base, segments)

    def is_on_event(self, path: nodes.Path | nodes.EventPath) -> bool:
        """Return whether *path* starts from the event."""
        if isinstance(path, nodes.EventPath):
            return True
        is_item = self.item is not None and path.segments[:1] == (ITEM,)
        return self.base is None and not is_item


def event_scope(schema: Schema, condition: Expr | None = None) -> Scope:
    """Return the scope of a whole text. *condition*: what holds of its events."""
    scope = Scope(schema, ANY_EVENT, schema.event())
    return scope if condition is None else scope.narrowed(_when_true(condition))


class Role(Enum):
    """What an expression is wanted for."""

    VALUE = auto()
    CONDITION = auto()
    """It has to be true or false."""
    WORD = auto()
    """It stands where mostly literals stand: a path may be a text without quotes."""


class Visit(NamedTuple):
    """An expression where it stands.

    Attributes:
        node: The expression.
        scope: What its paths start from.
        role: What it is wanted for.
        terms: All that an `And` or `Or` joins, parentheses looked through; empty for
            one that is itself among what another joins.
    """

    node: Expr
    scope: Scope
    role: Role
    terms: tuple[Expr, ...] = ()


_LEAVES = frozenset(
    [
        nodes.Null,
        nodes.Bool,
        nodes.Number,
        nodes.String,
        nodes.Path,
        nodes.EventPath,
        nodes.Everything,
        nodes.Invalid,
    ]
)
"""The expressions without parts."""


def visits(
    root: Visit, functions: Callables, *, opaque: Collection[type[Expr]] = ()
) -> list[Visit]:
    """Return every expression under *root*, each before its parts.

    The parts of nodes of the *opaque* types are left out.
    """
    found: list[Visit] = []
    pending = [root]
    while pending:
        visit = pending.pop()
        kind = type(visit.node)
        if kind in _LEAVES or kind in opaque:
            found.append(visit)
        elif isinstance(visit.node, nodes.And | nodes.Or):
            joints, terms = _joined(visit.node)
            found.append(visit._replace(terms=terms))
            found += [visit._replace(node=joint) for joint in joints]
            pending += _terms(visit, terms)
        else:
            found.append(visit)
            pending += _parts(visit, functions)
    return found


def _joined(
    whole: nodes.And | nodes.Or,
) -> tuple[list[nodes.And | nodes.Or | nodes.Group], tuple[Expr, ...]]:
    """Return the inner nodes of the same kind with their groups, and what all join."""
    joints: list[nodes.And | nodes.Or | nodes.Group] = []
    terms: list[Expr] = []
    pending: list[Expr] = list(reversed(whole.operands))
    while pending:
        operand = pending.pop()
        groups, inner = _ungrouped(operand)
        if isinstance(inner, nodes.And | nodes.Or) and type(inner) is type(whole):
            joints += [*groups, inner]
            pending += reversed(inner.operands)
        else:
            terms.append(operand)
    return joints, tuple(terms)


def terms_of(whole: nodes.And | nodes.Or) -> tuple[Expr, ...]:
    """Return all that *whole* joins, parentheses looked through."""
    return _joined(whole)[1]


def _ungrouped(node: Expr) -> tuple[list[nodes.Group], Expr]:
    groups: list[nodes.Group] = []
    while isinstance(node, nodes.Group):
        groups.append(node)
        node = node.inner
    return groups, node


def ungrouped(node: Expr) -> Expr:
    """Return *node* without the parentheses around it."""
    while isinstance(node, nodes.Group):
        node = node.inner
    return node


def _terms(visit: Visit, terms: tuple[Expr, ...]) -> list[Visit]:
    scope = visit.scope
    if isinstance(visit.node, nodes.And):
        scope = scope.narrowed(terms)
    return [Visit(term, scope, Role.CONDITION) for term in terms]


def _parts(visit: Visit, functions: Callables) -> Iterator[Visit]:
    """Yield the parts of any node but `And` and `Or`, whose terms `visits` finds."""
    node, scope, role, _ = visit
    match node:
        case (
            nodes.Null()
            | nodes.Bool()
            | nodes.Number()
            | nodes.String()
            | nodes.Path()
            | nodes.EventPath()
            | nodes.Everything()
            | nodes.Invalid()
            | nodes.And()
            | nodes.Or()
        ):
            return  # pragma: no cover - `visits` asks for none of these
        case nodes.Group(inner):
            yield Visit(inner, scope, role)
        case nodes.Not(operand):
            yield Visit(operand, scope, Role.CONDITION)
        case nodes.Compare(left, _, right):
            yield Visit(left, scope, Role.VALUE)
            yield Visit(right, scope, _right_role(node))
        case nodes.Call():
            yield from _arguments(node, scope, functions.get(node.name))
        case nodes.ListLiteral(items):
            yield from _all(items, scope, role if role is Role.WORD else Role.VALUE)
        case nodes.Template(parts):
            paths = [part for part in parts if not isinstance(part, str)]
            yield from _all(paths, scope, Role.VALUE)
        case nodes.Coalesce(operands):
            yield from _all(operands, scope, Role.VALUE)
        case nodes.If(condition, then, otherwise):
            yield Visit(condition, scope, Role.CONDITION)
            yield Visit(then, scope.narrowed(_when_true(condition)), Role.VALUE)
            if otherwise is not None:
                yield Visit(otherwise, scope, Role.VALUE)
        case nodes.Each(items, shape):
            yield Visit(items, scope, Role.VALUE)
            inner_scope = replace(
                scope, base=_element(items, scope), item=None, loops=scope.loops + 1
            )
            yield Visit(shape, inner_scope, Role.VALUE)
        case nodes.Object(members):
            yield from _all((each.value for each in members), scope, Role.VALUE)
        case _:
            assert_never(node)


def _all(expressions: Iterable[Expr], scope: Scope, role: Role) -> Iterator[Visit]:
    for expression in expressions:
        yield Visit(expression, scope, role)


_EQUALITIES = (nodes.CompareOp.EQ, nodes.CompareOp.NE)


def _right_role(node: nodes.Compare) -> Role:
    """Return what the right side of a comparison is wanted for."""
    if node.op in _EQUALITIES:
        return Role.WORD
    is_list = isinstance(ungrouped(node.right), nodes.ListLiteral)
    return Role.WORD if node.op is nodes.CompareOp.IN and is_list else Role.VALUE


def _arguments(
    call: nodes.Call, scope: Scope, function: Function | PayloadFunction | None
) -> Iterator[Visit]:
    parameters = function.parameters if function else ()
    for index, argument in enumerate(call.arguments):
        if index < len(parameters) and parameters[index].is_condition:
            item = _element(call.arguments[0], scope)
            inner_scope = replace(scope, item=item, loops=scope.loops + 1)
            yield Visit(argument, inner_scope, Role.CONDITION)
        elif call.name == TRANSFORM and index > 0:
            yield Visit(argument, replace(scope, base=ANYTHING), Role.VALUE)
        else:
            yield Visit(argument, scope, Role.VALUE)
    for option in call.options:
        yield Visit(option.value, scope, Role.VALUE)


def _element(items: Expr, scope: Scope) -> Shape:
    """Return what is known of the elements of *items*."""
    inner = ungrouped(items)
    if isinstance(inner, nodes.Path | nodes.EventPath):
        return scope.place(inner).shape.items or ANYTHING
    return ANYTHING


# --- narrowing --------------------------------------------------------------------

_NARROWING = (nodes.CompareOp.EQ, nodes.CompareOp.IN)
_TYPE = ("type",)
_EVENT = ("event",)


def _when_true(condition: Expr) -> tuple[Expr, ...]:
    """Return what holds where *condition* does."""
    inner = ungrouped(condition)
    return _joined(inner)[1] if isinstance(inner, nodes.And) else (inner,)


def _narrowed(narrowing: Narrowing, term: Expr, scope: Scope) -> Narrowing:
    """Return *narrowing* and what *term* says of the event's type or name."""
    comparison = ungrouped(term)
    if not isinstance(comparison, nodes.Compare) or comparison.op not in _NARROWING:
        return narrowing
    path = comparison.left
    if not isinstance(path, nodes.Path | nodes.EventPath) or not (
        path.segments in (_TYPE, _EVENT) and scope.is_on_event(path)
    ):
        return narrowing
    texts = _texts(comparison.right)
    if path.segments == _TYPE and texts:
        return narrowing.by_types(texts)
    if path.segments == _EVENT and texts:
        return narrowing.by_events(texts)
    return narrowing


def _texts(node: Expr) -> tuple[str, ...]:
    """Return the strings that *node* is or lists; none if it is anything else."""
    match ungrouped(node):
        case nodes.String(value):
            return (value,)
        case nodes.ListLiteral(items):
            texts = [each.value for each in items if isinstance(each, nodes.String)]
            return tuple(texts) if len(texts) == len(items) else ()
        case _:
            return ()
