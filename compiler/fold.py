"""Folding: what can be computed, or said more simply, before any event is seen.

Each function takes one node whose children are folded already and returns one that
gives the same value for every event. Evaluation is total and pure, so a part that
cannot decide anything may go. Payload functions are never called here: they may fail,
and then it is an event's payload that fails.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TypeGuard

from fql.compiler import ir, library, payload_functions, values
from fql.compiler.functions import FUNCTIONS
from fql.compiler.globs import Glob, GlobKind, glob_matcher
from fql.compiler.settle import NULL, never_null, without_missing
from fql.compiler.timestamps import instant
from fql.compiler.types import Type
from fql.compiler.walk import value_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from fql.compiler.ir import Ir
    from fql.compiler.values import Json

TRUE = ir.Constant(value=True)
FALSE = ir.Constant(value=False)

_SHORT_LIST = 8
"""A list built per event is compared element by element up to this length."""

_COMPARE: dict[ir.OrderOp, Callable[[Json, Json], bool]] = {
    "<": values.less,
    "<=": values.less_equal,
    ">": values.greater,
    ">=": values.greater_equal,
}

_MIRROR: dict[ir.OrderOp, ir.OrderOp] = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}

_PURE = (payload_functions.lower, payload_functions.upper)
"""Payload functions that fail for nothing."""


def fold(node: Ir) -> Ir:
    """Return *node*, over folded children, folded."""
    match node:
        case ir.And(terms):
            return _junction(ir.And, terms, neutral=True)
        case ir.Or(terms):
            return _junction(ir.Or, terms, neutral=False)
        case ir.Not(term):
            return negated(term)
        case ir.IsTrue(value):
            return _is_true(value)
        case ir.Equal(left, right):
            return _equal(left, right)
        case ir.Order(op, left, right):
            return _order(op, left, right)
        case ir.InstantOrder(op, left, right):
            return _instant_order(op, left, right)
        case ir.Element(value, items):
            return _element(value, items)
        case ir.GlobTest(value, glob):
            return _glob_test(value, glob)
        case ir.HasType(ir.Constant(value), kind):
            return ir.Constant(_has_type(value, kind))
        case ir.Apply():
            return _apply(node)
        case _:
            return _fold_payload(node)


def _fold_payload(node: Ir) -> Ir:
    match node:
        case ir.Invoke(_, implementation, (argument,)):
            return _invoke(implementation, argument) or node
        case ir.MakeList(items) if _are_constants(items):
            return ir.Constant([item.value for item in items])
        case ir.MakeObject(members):
            return _make_object(members)
        case ir.Join(parts):
            return _join(parts)
        case ir.FirstOf(operands):
            return _first_of(operands)
        case ir.Choose(condition, then, otherwise):
            return _choose(condition, then, otherwise) or node
        case _:
            return node


def _json(value: object) -> Json:
    """Return *value*, known to be a value and not missing."""
    return value  # type: ignore[return-value]


def _are_constants(nodes: tuple[Ir, ...]) -> TypeGuard[tuple[ir.Constant, ...]]:
    return all(isinstance(node, ir.Constant) for node in nodes)


# --- conditions -------------------------------------------------------------------


def negated(term: Ir) -> Ir:
    """Return the opposite of a condition; two negations are none."""
    match term:
        case ir.Not(inner):
            return inner
        case ir.Constant(value):
            return ir.Constant(not value)
        case _:
            return ir.Not(term)


def _junction(
    kind: type[ir.And | ir.Or], terms: tuple[Ir, ...], *, neutral: bool
) -> Ir:
    """Flatten, drop what changes nothing, stop where one term decides."""
    kept: list[Ir] = []
    for term in _flat(kind, terms):
        if not isinstance(term, ir.Constant):
            kept.append(term)
        elif bool(term.value) is not neutral:
            return ir.Constant(not neutral)
    if not kept:
        return ir.Constant(neutral)
    return kept[0] if len(kept) == 1 else kind(tuple(kept))


def _flat(kind: type[ir.And | ir.Or], terms: tuple[Ir, ...]) -> Iterable[Ir]:
    for term in terms:
        if isinstance(term, kind):
            yield from term.terms
        else:
            yield term


def _is_true(value: Ir) -> Ir:
    if isinstance(value, ir.Constant):
        return ir.Constant(value.value is True)
    if isinstance(value, ir.CONDITIONS):
        return value
    if isinstance(value, ir.Apply) and not value.passes_missing:
        return value if value.function.result == Type.BOOL else ir.IsTrue(value)
    return ir.IsTrue(value)


def _equal(left: Ir, right: Ir) -> Ir:
    if isinstance(left, ir.Constant):
        if isinstance(right, ir.Constant):
            return ir.Constant(values.equals(left.value, right.value))
        left, right = right, left
    if isinstance(right, ir.Constant):
        if _is_nan(right.value):
            return FALSE
        return _type_test(left, right.value) or ir.Equal(left, right)
    return ir.Equal(left, right)


def _is_nan(value: Json) -> bool:
    return isinstance(value, float) and math.isnan(value)


_KINDS = {"string": Type.STRING, "number": Type.NUMBER, "bool": Type.BOOL}
_OTHER_KINDS = frozenset({"list", "object", "null"})


def _type_test(left: Ir, name: Json) -> Ir | None:
    """Return the test that ``typeof(x) = name`` is, or None where it is no other."""
    if not isinstance(left, ir.Apply):
        return None
    if left.function.implementation is not library.type_name:
        return None
    if isinstance(name, str):
        if name in _KINDS:
            return ir.HasType(left.arguments[0], _KINDS[name])
        if name in _OTHER_KINDS:
            return None
    return FALSE


def _has_type(value: Json, kind: Type) -> bool:
    if kind is Type.STRING:
        return isinstance(value, str)
    if kind is Type.BOOL:
        return isinstance(value, bool)
    return _is_number(value)


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _order(op: ir.OrderOp, left: Ir, right: Ir) -> Ir:
    """Put a constant to the right; say false where it has no order."""
    if isinstance(left, ir.Constant):
        if isinstance(right, ir.Constant):
            return ir.Constant(_COMPARE[op](left.value, right.value))
        op, left, right = _MIRROR[op], right, left
    if isinstance(right, ir.Constant) and not _has_order(right.value):
        return FALSE
    return ir.Order(op, left, right)


def _has_order(value: Json) -> bool:
    return isinstance(value, str) or (_is_number(value) and not _is_nan(value))


def _instant_order(op: ir.OrderOp, left: Ir, right: Ir) -> Ir:
    left, right = _untimed(left), _untimed(right)
    if isinstance(left, ir.Constant):
        op, left, right = _MIRROR[op], right, left
    if isinstance(right, ir.Constant):
        limit = instant(right.value)
        if limit is None:
            return FALSE
        if isinstance(left, ir.Constant):
            return ir.Constant(_COMPARE[op](instant(left.value), limit))
    return ir.InstantOrder(op, left, right)


def _untimed(node: Ir) -> Ir:
    """Return the text of ``timestamp(text)``: it is read as an instant anyway."""
    match node:
        case ir.Apply(function, (text,)) if (
            function.implementation is library.timestamp
        ):
            return text
        case _:
            return node


def _element(value: Ir, items: Ir) -> Ir:
    match items:
        case ir.Constant(list() as listed):
            return _element_of(value, listed)
        case ir.Constant():
            return FALSE
        case ir.MakeList(built) if _is_cheap(value) and len(built) <= _SHORT_LIST:
            tests = [_equal(value, without_missing(item)) for item in built]
            return _junction(ir.Or, tuple(tests), neutral=False)
        case _:
            return ir.Element(value, items)


def _is_cheap(value: Ir) -> bool:
    return isinstance(value, ir.Constant) or value_key(value) is not None


def _element_of(value: Ir, listed: list[Json]) -> Ir:
    if isinstance(value, ir.Constant):
        return ir.Constant(values.contains_element(listed, value.value))
    wanted = [each for each in listed if not _is_nan(each)]
    if not wanted:
        return FALSE
    if len(wanted) == 1:
        return _equal(value, ir.Constant(wanted[0]))
    return ir.Element(value, ir.Constant(wanted))


def _glob_test(value: Ir, glob: Glob) -> Ir:
    match glob.kind:
        case GlobKind.MALFORMED | GlobKind.NEVER:
            return FALSE
        case GlobKind.EQUAL:
            return _equal(value, ir.Constant(glob.texts[0]))
        case GlobKind.ALWAYS:
            return fold(ir.HasType(value, Type.STRING))
        case _:
            if isinstance(value, ir.Constant):
                text = value.value
                found = isinstance(text, str) and glob_matcher(glob)(text)
                return ir.Constant(found)
            return ir.GlobTest(value, glob)


# --- calls ------------------------------------------------------------------------


def _apply(node: ir.Apply) -> Ir:
    function, arguments = node.function, node.arguments
    if FUNCTIONS.get(function.name) is not function:
        return node
    if _are_constants(arguments):
        given = [argument.value for argument in arguments]
        return ir.Constant(function.implementation(*given))
    if function.implementation is library.exists and not node.passes_missing:
        return negated(_equal(arguments[0], NULL))
    if function.implementation is library.contains:
        return _contains(node)
    return node


def _contains(node: ir.Apply) -> Ir:
    text, part = node.arguments
    match part:
        case ir.Constant(""):
            return ir.HasType(text, Type.STRING)
        case ir.Constant(str() as found):
            return ir.GlobTest(text, Glob(found, GlobKind.SUBSTRING, (found,)))
        case ir.Constant():
            return FALSE
        case _:
            return node


# --- payloads ---------------------------------------------------------------------


def _invoke(implementation: object, argument: Ir) -> Ir | None:
    """Return what a call of one of our functions comes to, or None."""
    if implementation is payload_functions.same:
        return argument
    if implementation is payload_functions.is_filled:
        return negated(_element_of(without_missing(argument), [None, ""]))
    for function in _PURE:
        if implementation is function and isinstance(argument, ir.Constant):
            return ir.Constant(_json(function(argument.value)))
    return None


def _make_object(members: tuple[tuple[str, Ir], ...]) -> Ir:
    made: dict[str, Json] = {}
    for name, member in members:
        if not isinstance(member, ir.Constant):
            return ir.MakeObject(members)
        made[name] = member.value
    return ir.Constant(made)


def _join(parts: tuple[str | Ir, ...]) -> Ir:
    merged: list[str | Ir] = []
    for part in parts:
        text = library.to_string(part.value) if isinstance(part, ir.Constant) else part
        if isinstance(text, str) and merged and isinstance(merged[-1], str):
            merged[-1] += text
        elif text:
            merged.append(text)
    match merged:
        case []:
            return ir.Constant("")
        case [str() as text]:
            return ir.Constant(text)
        case _:
            return ir.Join(tuple(merged))


def _choose(condition: Ir, then: Ir, otherwise: Ir | None) -> Ir | None:
    """Return what a choice comes to, or None where it stays one."""
    if isinstance(condition, ir.Constant):
        return then if condition.value else otherwise
    if isinstance(condition, ir.CONDITIONS):
        match then, otherwise:
            case ir.Constant(True), ir.Constant(False):
                return condition
            case ir.Constant(False), ir.Constant(True):
                return negated(condition)
            case _:
                pass
    return None


def _first_of(operands: tuple[Ir, ...]) -> Ir:
    """Flatten; drop null before the last; stop at what is always there."""
    *preferred, last = _flat_operands(operands)
    kept: list[Ir] = []
    for operand in preferred:
        if operand == NULL:
            continue
        kept.append(operand)
        if never_null(operand):
            break
    else:
        kept.append(last)
    return kept[0] if len(kept) == 1 else ir.FirstOf(tuple(kept))


def _flat_operands(operands: tuple[Ir, ...]) -> Iterable[Ir]:
    for operand in operands:
        if isinstance(operand, ir.FirstOf):
            yield from operand.operands
        else:
            yield operand
