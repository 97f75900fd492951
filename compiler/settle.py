"""Settling: where a part may be missing, and where that makes no difference.

Most places take a missing value for null. A part that stands in such a place is
turned into one that gives null at once, so that nothing has to look twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeGuard

from fql.compiler import ir, library, payload_functions
from fql.compiler.functions import FUNCTIONS
from fql.compiler.walk import children, nodes_of, rewrite, with_children

if TYPE_CHECKING:
    from fql.compiler.ir import Ir
    from fql.compiler.walk import Change

NULL = ir.Constant(None)

_NEVER_MISSING = (
    payload_functions.is_filled,
    payload_functions.merge,
    payload_functions.merge_left,
)
"""Payload functions that always give a value."""


_PASSING = (
    payload_functions.lower,
    payload_functions.upper,
    payload_functions.to_json,
    payload_functions.from_json,
)
"""Payload functions whose result is missing where their argument is, and only there."""


_TOLERANT = (
    library.lowercase,
    library.uppercase,
    library.snakecase,
    library.kebabcase,
    library.to_number,
)
"""Functions that take *missing* for null."""


def is_passing(implementation: object) -> bool:
    """Return whether a payload function gives *missing* for just that."""
    return implementation in _PASSING


def may_be_missing(node: Ir) -> bool:
    """Return whether *node* may give *missing* for some event."""
    match node:
        case ir.Load(slot, segments, _, keeps_missing):
            is_bound = slot >= ir.EVENT and not segments
            return keeps_missing and not is_bound
        case ir.Apply(_, _, passes_missing):
            return passes_missing
        case ir.Invoke(_, implementation, (argument,)) if is_passing(implementation):
            return may_be_missing(argument)
        case ir.Invoke(_, implementation, _):
            return implementation not in _NEVER_MISSING
        case ir.FirstOf(operands):
            return may_be_missing(operands[-1])
        case ir.Choose(_, then, otherwise):
            return (
                otherwise is None or may_be_missing(otherwise) or may_be_missing(then)
            )
        case ir.ForEach(items, _, _):
            return may_be_missing(items)
        case ir.Let(_, _, body):
            return may_be_missing(body)
        case _:
            return False


def never_null(node: Ir) -> bool:
    """Return whether *node* gives a value for every event, and never null."""
    match node:
        case ir.Constant(value):
            return value is not None
        case ir.MakeObject() | ir.MakeList() | ir.Join():
            return True
        case _:
            return isinstance(node, ir.CONDITIONS)


def without_missing(node: Ir) -> Ir:
    """Return *node* with null for missing."""
    settled = relaxed(node)
    if not may_be_missing(settled):
        return settled
    if isinstance(settled, ir.FirstOf):
        return ir.FirstOf((*settled.operands, NULL))
    return ir.FirstOf((settled, NULL))


def relaxed(node: Ir) -> Ir:
    """Return *node* for a place that takes missing for null: it may give either."""
    match node:
        case ir.Load(slot, segments, fallback, True):
            return ir.Load(slot, segments, fallback)
        case ir.Apply(function, (argument,), True) if _keeps_null(node):
            return ir.Apply(function, (without_missing(argument),))
        case ir.Choose(condition, then, otherwise):
            other = NULL if otherwise is None else relaxed(otherwise)
            return ir.Choose(condition, relaxed(then), other)
        case ir.FirstOf((value, ir.Constant(None))):
            return relaxed(value)
        case ir.FirstOf(operands):
            return ir.FirstOf((*operands[:-1], relaxed(operands[-1])))
        case ir.ForEach(items, slot, shape):
            return ir.ForEach(relaxed(items), slot, shape)
        case ir.Let(slot, value, body):
            return ir.Let(slot, value, relaxed(body))
        case _:
            return node


def _keeps_null(node: ir.Apply) -> bool:
    """Return whether the function, one of ours, answers null for null."""
    function = node.function
    is_ours = FUNCTIONS.get(function.name) is function
    return is_ours and function.implementation(None) is None


def settle(node: Ir) -> Ir:
    """Return *node* with its operands relaxed where it takes missing for null."""
    match node:
        case ir.FirstOf((value, ir.Constant(None))):
            return without_missing(value)
        case ir.FirstOf(operands):
            return ir.FirstOf((*map(relaxed, operands[:-1]), operands[-1]))
        case ir.MakeList(items):
            return ir.MakeList(tuple(map(without_missing, items)))
        case ir.Join(parts):
            texts = [part if isinstance(part, str) else relaxed(part) for part in parts]
            return ir.Join(tuple(texts))
        case ir.Let(slot, value, body):
            return ir.Let(slot, without_missing(value), body)
        case ir.IsTrue(value):
            return ir.IsTrue(relaxed(value))
        case ir.GlobTest(value, glob):
            return ir.GlobTest(relaxed(value), glob)
        case ir.HasType(value, kind):
            return ir.HasType(relaxed(value), kind)
        case ir.Order(op, left, right) | ir.InstantOrder(op, left, right):
            return type(node)(op, relaxed(left), relaxed(right))
        case ir.Equal(left, right) if _is_there(right):
            return ir.Equal(relaxed(left), right)
        case _:
            return node


def _is_there(node: Ir) -> TypeGuard[ir.Constant]:
    """Return whether *node* is a constant that neither null nor missing equals."""
    return isinstance(node, ir.Constant) and node.value is not None


# --- loads that keep missing ------------------------------------------------------


def share_loads(root: Ir) -> Ir:
    """Return *root* with loads that keep *missing* where others of the same do.

    Done only in places that take it for null, so that one load serves both.
    """
    loads = [node for node in nodes_of(root) if isinstance(node, ir.Load)]
    kept = {_place(load) for load in loads if load.keeps_missing}
    if kept.isdisjoint([_place(load) for load in loads if not load.keeps_missing]):
        return root

    def keep(node: Ir) -> Ir:
        if not isinstance(node, ir.Load):
            return node
        if _place(node) not in kept:
            return node
        return ir.Load(node.slot, node.segments, node.fallback, keeps_missing=True)

    return rewrite(root, lambda node: _share(node, keep))


def _place(load: ir.Load) -> tuple[object, ...]:
    return (load.slot, load.segments, load.fallback)


def _share(node: Ir, keep: Change) -> Ir:
    match node:
        case ir.FirstOf((*preferred, last)):
            return ir.FirstOf((*map(keep, preferred), last))
        case ir.Join(parts):
            texts = [part if isinstance(part, str) else keep(part) for part in parts]
            return ir.Join(tuple(texts))
        case ir.IsTrue() | ir.GlobTest() | ir.HasType() | ir.InstantOrder():
            return with_children(node, tuple(map(keep, children(node))))
        case ir.Order(_, _, ir.Constant()):
            return with_children(node, (keep(node.left), node.right))
        case ir.Equal(left, right) if _is_there(right):
            return ir.Equal(keep(left), right)
        case ir.Apply(function, (argument,)) if function.implementation in _TOLERANT:
            return ir.Apply(function, (keep(argument),), node.passes_missing)
        case _:
            return node
