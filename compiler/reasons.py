"""What a trigger is made of, for explaining: tests, and how they are joined.

Triggers of every dialect have one form here; `explain.py` answers it for an event.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias, assert_never

from fql.compiler import ir
from fql.compiler.loads import event_paths
from fql.compiler.lower import lower_condition
from fql.compiler.lower_conditions import lower_tree
from fql.compiler.types import Type, describe, overlaps, type_of
from fql.grammar import nodes
from fql.grammar.condition_tree import Condition, Group, GroupOperator, Unreadable
from fql.grammar.conditions import generate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fql.compiler.check import Checked
    from fql.compiler.ir import Ir
    from fql.compiler.loads import Keys
    from fql.compiler.signatures import Function
    from fql.compiler.values import Json
    from fql.grammar.condition_tree import Child, Tree
    from fql.grammar.nodes import Expr

Joint: TypeAlias = Literal["all", "any", "not", "one"]
"""How a part is answered from its own parts; ``one`` has none: it is a test."""


@dataclass(frozen=True, slots=True)
class Field:
    """A path of the event that a test reads.

    Attributes:
        keys: From the event inwards.
        other: The keys to walk where the event lacks the first of `keys`, or None.
    """

    keys: Keys
    other: Keys | None

    def keys_in(self, event: dict[str, Json]) -> Keys:
        """Return the keys to walk in *event*."""
        if self.other is None or self.keys[0] in event:
            return self.keys
        return self.other


@dataclass(frozen=True, slots=True)
class Reason:
    """A condition of a trigger: one test, or others joined.

    Attributes:
        text: As written.
        node: What answers it.
        joint: How it is answered from `parts`.
        parts: What it joins.
        fields: What a test reads, each once.
    """

    text: str
    node: Ir
    joint: Joint
    parts: tuple[Reason, ...] = ()
    fields: tuple[Field, ...] = ()


def _test(text: str, node: Ir) -> Reason:
    fields = tuple(Field(keys, other) for keys, other in event_paths(node))
    return Reason(text, node, "one", fields=fields)


# --- from the two kinds of trees --------------------------------------------------


def reason_of_checked(checked: Checked, functions: Mapping[str, Function]) -> Reason:
    """Return what a condition in this language is made of."""

    def reason(node: Expr) -> Reason:
        text = checked.source.slice(node.span)
        match node:
            case nodes.Group(inner):
                return reason(inner)
            case nodes.And(operands):
                return joined(text, node, "all", operands)
            case nodes.Or(operands):
                return joined(text, node, "any", operands)
            case nodes.Not(operand):
                return joined(text, node, "not", (operand,))
            case _:
                return _test(text, lowered(node))

    def joined(text: str, node: Expr, joint: Joint, operands: Sequence[Expr]) -> Reason:
        parts = tuple(reason(operand) for operand in operands)
        return Reason(text, lowered(node), joint, parts)

    def lowered(node: Expr) -> Ir:
        return lower_condition(node, checked.types, functions)

    return reason(checked.root)


def reason_of_tree(tree: Tree) -> Reason:
    """Return what a condition tree is made of, in the original's spelling."""
    if isinstance(tree, Unreadable):
        return Reason(tree.message, lower_tree(tree), "one")
    return _reason_of_group(tree)


def _reason_of_group(group: Group) -> Reason:
    parts = tuple(_reason_of_child(child) for child in group.children)
    if len(parts) == 1:
        return parts[0]
    joint: Joint = "all" if group.operator is GroupOperator.AND else "any"
    text = f" {group.operator} ".join(part.text for part in parts)
    return Reason(text, lower_tree(group), joint, parts)


def _reason_of_child(child: Child) -> Reason:
    match child:
        case None:
            return Reason("( )", ir.Constant(value=False), "one")
        case Group():
            return _reason_of_group(child)
        case Condition():
            alone = Group(GroupOperator.AND, (child,))
            return _test(generate(alone), lower_tree(alone))
        case _:
            assert_never(child)


# --- why a test may surprise ------------------------------------------------------


def note(node: Ir, value: Json) -> str:
    """Return why the test *node* fails for what it read, where that may surprise.

    Args:
        node: A test that was answered false.
        value: What its one field holds; null for a missing one.
    """
    match node:
        case ir.Order(op, left, right) | ir.InstantOrder(op, left, right):
            constant = _constant(left, right)
            is_instant = isinstance(node, ir.InstantOrder)
            return _order_note(op, value, constant, is_instant=is_instant)
        case ir.Equal(left, right):
            return _equality_note(value, _constant(left, right))
        case ir.GlobTest():
            return _kind_note("match", value, Type.STRING)
        case ir.Apply(function):
            return _kind_note(function.name, value, function.parameters[0].type)
        case _:
            return ""


def _constant(left: Ir, right: Ir) -> Json:
    for side in (left, right):
        if isinstance(side, ir.Constant):
            return side.value
    return None


def _order_note(op: str, value: Json, constant: Json, *, is_instant: bool) -> str:
    if value is None or constant is None:
        return ""
    wanted = Type.TIMESTAMP if is_instant else type_of(constant)
    if type_of(value) & wanted or (not is_instant and overlaps(type_of(value), wanted)):
        return ""
    return f"`{op}` needs {describe(wanted)} here, and this is {_kind(value)}"


def _equality_note(value: Json, constant: Json) -> str:
    if value is None or constant is None:
        return ""
    if not overlaps(type_of(value), type_of(constant)):
        return f"`=` needs the same type: this is {_kind(value)}"
    if not isinstance(value, str) or not isinstance(constant, str):
        return ""
    if value.casefold() == constant.casefold():
        return "only the letter case differs"
    if value.strip() == constant.strip():
        return "only blanks around it differ"
    return ""


def _kind_note(name: str, value: Json, wanted: Type) -> str:
    if value is None or overlaps(type_of(value), wanted):
        return ""
    return f"`{name}` needs {describe(wanted)}, and this is {_kind(value)}"


def _kind(value: Json) -> str:
    kind = type_of(value)
    return describe(Type.STRING if kind is Type.TIMESTAMP else kind)
