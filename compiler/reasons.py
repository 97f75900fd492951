"""What a trigger is made of, for explaining: tests, and how they are joined.

Triggers of every dialect have one form here; `explain.py` answers it for an event.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias, assert_never

from fql.compiler import ir
from fql.compiler.loads import event_paths
from fql.compiler.lower import lower_condition
from fql.compiler.lower_conditions import lower_tree, may_fail
from fql.compiler.scopes import ungrouped
from fql.compiler.types import Type, describe, overlaps, type_of
from fql.grammar import nodes
from fql.grammar.condition_tree import Condition, Group, GroupOperator, Unreadable
from fql.grammar.conditions import generate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from fql.compiler.check import Checked
    from fql.compiler.ir import Ir
    from fql.compiler.loads import Keys
    from fql.compiler.signatures import Function
    from fql.compiler.values import Json
    from fql.grammar.condition_tree import Child, Tree
    from fql.grammar.nodes import Expr

Joint: TypeAlias = Literal["all", "any", "not", "one"]
"""How a part is answered from its own parts; ``one`` has none: it is a test."""

_THIS_IS = ": this is "
"""What stands, in a note, between the type that is wanted and the one that is there."""


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
        start: Where its text begins in the text of the whole.
    """

    text: str
    node: Ir
    joint: Joint
    parts: tuple[Reason, ...] = ()
    fields: tuple[Field, ...] = ()
    start: int = 0


def _test(text: str, node: Ir, start: int) -> Reason:
    fields = tuple(Field(keys, other) for keys, other in event_paths(node))
    return Reason(text, node, "one", fields=fields, start=start)


# --- from the two kinds of trees --------------------------------------------------


def reason_of_checked(checked: Checked, functions: Mapping[str, Function]) -> Reason:
    """Return what a condition in this language is made of."""
    whole = ungrouped(checked.root)

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
                return _test(text, lowered(node), start_of(node))

    def joined(text: str, node: Expr, joint: Joint, operands: Sequence[Expr]) -> Reason:
        parts = tuple(reason(operand) for operand in operands)
        return Reason(text, lowered(node), joint, parts, start=start_of(node))

    def lowered(node: Expr) -> Ir:
        return lower_condition(node, checked.types, functions)

    def start_of(node: Expr) -> int:
        return node.span.start - whole.span.start

    return reason(whole)


def reason_of_tree(tree: Tree) -> Reason:
    """Return what a condition tree is made of, in the original's spelling."""
    if isinstance(tree, Unreadable):
        return Reason(tree.message, lower_tree(tree), "one")
    return _reason_of_group(tree, 0)


def _reason_of_group(group: Group, start: int) -> Reason:
    if len(group.children) == 1:
        return _reason_of_child(group.children[0], start)
    if not group.children:
        return Reason("( )", lower_tree(group), "one", start=start)
    joint: Joint = "all" if group.operator is GroupOperator.AND else "any"
    text, parts = "", list[Reason]()
    for child in group.children:
        text += f" {group.operator} " if parts else ""
        opening, closing = ("(", ")") if _is_joined(child) else ("", "")
        text += opening
        parts.append(_reason_of_child(child, start + len(text)))
        text += parts[-1].text + closing
    if joint == "any" and any(map(may_fail, group.children[:-1])):
        # Where the engine fails, it asks nothing more: the parts do not tell.
        return _test(text, lower_tree(group), start)
    return Reason(text, lower_tree(group), joint, tuple(parts), start=start)


def _is_joined(child: Child) -> bool:
    """Return whether *child* stands for several conditions."""
    while isinstance(child, Group) and len(child.children) == 1:
        child = child.children[0]
    return isinstance(child, Group) and bool(child.children)


def _reason_of_child(child: Child, start: int) -> Reason:
    match child:
        case None:
            return Reason("( )", ir.Constant(value=False), "one", start=start)
        case Group():
            return _reason_of_group(child, start)
        case Condition():
            alone = Group(GroupOperator.AND, (child,))
            return _test(generate(alone), lower_tree(alone), start)
        case _:
            assert_never(child)


# --- why a test may surprise ------------------------------------------------------


def note(node: Ir, value: Json) -> str:
    """Return why the test *node* fails for what it read, where that may surprise.

    >>> node = ir.Equal(ir.Load(ir.EVENT, ("event",)), ir.Constant("Order Completed"))
    >>> note(node, "order completed")
    'only the letter case differs'

    Args:
        node: A test that was answered false.
        value: What its one field holds.

    Returns:
        A sentence without a stop, or an empty string.
    """
    if value is None:
        return ""
    match node:
        case ir.Equal(left, right):
            if (constant := _compared(left, right)) is not None:
                return _equality_note(value, constant)
        case ir.Order(op, left, right):
            if (constant := _compared(left, right)) is not None:
                return _kind_note(op, value, _plain_type(constant))
        case ir.InstantOrder(op, left, right):
            if _compared(left, right) is not None:
                return _instant_note(op, value)
        case ir.IsTrue(ir.Load() | ir.ScriptLoad()) if not isinstance(value, bool):
            return f"only true counts as true{_THIS_IS}{kind_of(value)}"
        case _:
            pass
    return _use_note(node, value)


def is_about_type(note: str) -> bool:
    """Return whether *note*, one of `note`, says that the value has the wrong type."""
    return _THIS_IS in note


def _compared(left: Ir, right: Ir) -> Json:
    """Return the constant that a field is compared with; null if it is none."""
    match left, right:
        case (ir.Load() | ir.ScriptLoad(), ir.Constant(value)) | (
            ir.Constant(value),
            ir.Load() | ir.ScriptLoad(),
        ):
            return value
        case _:
            return None


def _equality_note(value: Json, constant: Json) -> str:
    if not overlaps(type_of(value), type_of(constant)):
        return f"`=` needs the same type{_THIS_IS}{kind_of(value)}"
    if not isinstance(value, str) or not isinstance(constant, str):
        return ""
    if value.casefold() == constant.casefold():
        return "only the letter case differs"
    if value.strip() == constant.strip():
        return "only blanks around it differ"
    return ""


def _instant_note(op: str, value: Json) -> str:
    if type_of(value) is Type.TIMESTAMP:
        return ""
    return f"`{op}` needs a timestamp here{_THIS_IS}{kind_of(value)}"


def _use_note(node: Ir, value: Json) -> str:
    """Return what a call, or another use of the field, has against *value*."""
    for name, wanted, used in _uses(node):
        is_field = isinstance(used, ir.Load | ir.ScriptLoad)
        found = _kind_note(name, value, wanted) if is_field else _use_note(used, value)
        if found:
            return found
    return ""


def _uses(node: Ir) -> Iterator[tuple[str, Type, Ir]]:
    """Yield the parts of *node*: what uses each, the type it wants, the part."""
    match node:
        case ir.Apply(function, arguments):
            for parameter, argument in zip(function.parameters, arguments, strict=True):
                yield function.name, parameter.type, argument
        case ir.Quantify(function, items):
            yield function.name, Type.LIST, items
        case ir.GlobTest(value):
            yield "match", Type.STRING, value
        case ir.Element(value, items):
            yield "in", Type.ANY, value
            yield "in", Type.LIST, items
        case ir.Equal(left, right):
            yield "=", Type.ANY, left
            yield "=", Type.ANY, right
        case ir.Order(op, left, right) | ir.InstantOrder(op, left, right):
            yield op, Type.ANY, left
            yield op, Type.ANY, right
        case ir.IsTrue(value):
            yield "and", Type.ANY, value
        case _:
            pass


def _kind_note(name: str, value: Json, wanted: Type) -> str:
    if overlaps(type_of(value), wanted):
        return ""
    return f"`{name}` needs {describe(wanted)} here{_THIS_IS}{kind_of(value)}"


def kind_of(value: Json) -> str:
    """Return the type of *value* in words; timestamps are strings here."""
    return describe(_plain_type(value))


def _plain_type(value: Json) -> Type:
    return Type.STRING if isinstance(value, str) else type_of(value)
