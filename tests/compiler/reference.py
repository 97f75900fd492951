"""What a condition gives, in the plainest way: the oracle for every back end.

It walks the tree for each event, decides everything at the last moment, and shares
no code with the compiler: it is the language's description written out once more, to
be read beside it. Slow, and recursive on the depth of the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fql.grammar import nodes
from fql.grammar.nodes import CompareOp
from tests.compiler.reference_functions import FUNCTIONS
from tests.compiler.reference_values import in_order, instant, same

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fql.grammar.nodes import Expr

SPELLINGS = {
    "received_at": "receivedAt",
    "sent_at": "sentAt",
    "original_timestamp": "originalTimestamp",
}
"""Fields by the names of the warehouse, and the keys that events have instead."""

TIMESTAMP_FIELDS = frozenset(
    (name,) for name in ("timestamp", *SPELLINGS, *SPELLINGS.values())
)
"""The fields that are timestamps by the event spec."""


@dataclass(frozen=True)
class Scope:
    """What names mean: the event, the element of a list, the fields that are times."""

    event: object
    timestamp_fields: frozenset[tuple[str, ...]] = TIMESTAMP_FIELDS
    is_in_loop: bool = False
    item: object = None


def holds(
    expr: Expr,
    event: object,
    timestamp_fields: frozenset[tuple[str, ...]] = TIMESTAMP_FIELDS,
) -> bool:
    """Return whether *event* meets the condition *expr*.

    timestamp_fields: the paths that a schema types as timestamps.
    """
    return value_of(expr, Scope(event, timestamp_fields)) is True


def value_of(expr: Expr, scope: Scope) -> object:
    """Return the value of *expr*."""
    match expr:
        case nodes.Null():
            return None
        case nodes.Bool(value) | nodes.Number(value) | nodes.String(value):
            return value
        case nodes.ListLiteral(items):
            return [value_of(item, scope) for item in items]
        case nodes.Path(segments):
            return field(segments, scope)
        case nodes.Group(inner):
            return value_of(inner, scope)
        case nodes.Everything():
            return True
        case nodes.Not(operand):
            return value_of(operand, scope) is not True
        case nodes.And(operands):
            return not any(value_of(each, scope) is not True for each in operands)
        case nodes.Or(operands):
            return any(value_of(each, scope) is True for each in operands)
        case nodes.Compare():
            return comparison(expr, scope)
        case nodes.Call(name, arguments):
            return call(name, arguments, scope)
        case _:
            raise AssertionError(f"no part of a condition: {expr}")


# --- fields -----------------------------------------------------------------------


def field(segments: tuple[str, ...], scope: Scope) -> object:
    """Return what the path *segments* reads."""
    first, *rest = segments
    if scope.is_in_loop and first == "item":
        return walk(scope.item, rest)
    if isinstance(scope.event, dict) and first not in scope.event:
        first = SPELLINGS.get(first, first)
    return walk(scope.event, [first, *rest])


def walk(value: object, segments: Sequence[str]) -> object:
    """Follow *segments* through objects by key and lists by position."""
    for segment in segments:
        if isinstance(value, dict) and segment in value:
            value = value[segment]
        elif isinstance(value, list) and is_position(segment, value):
            value = value[int(segment)]
        else:
            return None
    return value


def is_position(segment: str, elements: list[object]) -> bool:
    if not re.fullmatch("[0-9]+", segment):
        return False
    digits = segment.lstrip("0")
    return len(digits) < 10 and int(digits or "0") < len(elements)


# --- operators and calls -------------------------------------------------------------


def comparison(node: nodes.Compare, scope: Scope) -> bool:
    left, right = value_of(node.left, scope), value_of(node.right, scope)
    match node.op:
        case CompareOp.EQ:
            return same(left, right)
        case CompareOp.NE:
            return not same(left, right)
        case CompareOp.IN:
            elements = right if isinstance(right, list) else []
            return any(same(left, element) for element in elements)
        case _:
            if is_timestamp(node.left, scope) or is_timestamp(node.right, scope):
                left, right = instant(left), instant(right)
            return in_order(node.op, left, right)


def is_timestamp(expr: Expr, scope: Scope) -> bool:
    """Return whether *expr* makes the other side of an ordering a timestamp too."""
    match expr:
        case nodes.Group(inner):
            return is_timestamp(inner, scope)
        case nodes.String(value):
            return instant(value) is not None
        case nodes.Call("timestamp"):
            return True
        case nodes.Path(segments):
            is_item = scope.is_in_loop and segments[0] == "item"
            return not is_item and segments in scope.timestamp_fields
        case _:
            return False


def call(name: str, arguments: tuple[Expr, ...], scope: Scope) -> object:
    if name in {"any", "all"}:
        return quantified(name, *arguments, scope=scope)
    return FUNCTIONS[name](*(value_of(argument, scope) for argument in arguments))


def quantified(name: str, items: Expr, condition: Expr, *, scope: Scope) -> bool:
    elements = value_of(items, scope)
    if not isinstance(elements, list):
        return name == "all"
    answers = [
        value_of(condition, replace(scope, is_in_loop=True, item=element)) is True
        for element in elements
    ]
    return any(answers) if name == "any" else all(answers)
