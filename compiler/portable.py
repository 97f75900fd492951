"""What the trigger engine would have to read, so that it answers as this language.

`portable_tree` makes the condition tree that gives the same answer as a condition of
this language for every event, if there is one. Comparing it with the tree that the
engine does read tells whether the two agree; writing it tells what to type instead.

"Every event" is every event in which ``properties``, ``traits`` and ``context`` are not
``false``, ``0`` or an empty text: the engine finds those below themselves. Texts in
events are taken as a JSON reader gives them, each pair of surrogates joined.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Final, TypeAlias

from fql.compiler.closures import compile_condition
from fql.compiler.condition_parts import (
    Comparison,
    Field,
    comparison_of,
    constant_value,
    field_of,
    text_call,
    text_test,
)
from fql.compiler.lower_conditions import lower_tree
from fql.compiler.scopes import ungrouped
from fql.compiler.types import Type
from fql.grammar import nodes
from fql.grammar.condition_tree import (
    INHERITED,
    MEANINGS,
    ROOTS,
    Child,
    Condition,
    Group,
    GroupOperator,
    Kind,
    Unreadable,
    path_keys,
)
from fql.grammar.javascript import to_number, to_text
from fql.grammar.nodes import CompareOp

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from fql.compiler.check import Checked
    from fql.compiler.values import Json
    from fql.grammar.condition_tree import Tree
    from fql.grammar.nodes import Expr
    from fql.grammar.source import Span

Part: TypeAlias = Condition | Group
Shape: TypeAlias = tuple[object, ...]

_EXACT: Final = 2**53
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_FALSY: Final[tuple[Json, ...]] = (False, 0, "", math.nan)
_EQUALS: Final = {CompareOp.EQ: "=", CompareOp.NE: "!="}
_OTHER: Final = {"=": "!=", "!=": "=", "exists": "not_exists", "not_exists": "exists"}
"""The tests that the engine can turn around for every event."""


def portable_tree(checked: Checked) -> Group | None:
    """Return the tree that answers as *checked* for every event, or None.

    It need not be one that the engine makes of any text.
    """
    part = _Rewriting(checked.types).part(checked.root, is_negated=False)
    if part is None or isinstance(part, Group):
        return part
    return Group(GroupOperator.AND, (part,))


class _Rewriting:
    """One condition: negations move inwards until the engine has a test for them."""

    def __init__(self, types: Mapping[Span, Type]) -> None:
        self._types = types

    def part(self, node: Expr, *, is_negated: bool) -> Part | None:
        """Return what answers as *node*, or as its opposite."""
        node = ungrouped(node)
        match node:
            case nodes.Not(operand):
                return self.part(operand, is_negated=not is_negated)
            case nodes.And(operands) | nodes.Or(operands):
                is_all = isinstance(node, nodes.And) != is_negated
                return self._joined(operands, is_all=is_all, is_negated=is_negated)
            case nodes.Everything() if not is_negated:
                return _always()
            case nodes.Compare(left, CompareOp.IN, nodes.ListLiteral(items)):
                return self._among(left, items, is_negated=is_negated)
            case _:
                condition = self._test(node)
                return _negated(condition) if is_negated else condition

    def _joined(
        self, operands: Sequence[Expr], *, is_all: bool, is_negated: bool
    ) -> Part | None:
        parts = [self.part(each, is_negated=is_negated) for each in operands]
        if is_all and None in parts and not is_negated:
            guards = {key for part in parts for key in _guards(part)}
            parts = [
                self._guarded(operand, guards) if part is None else part
                for operand, part in zip(operands, parts, strict=True)
            ]
        operator = GroupOperator.AND if is_all else GroupOperator.OR
        return _group(operator, parts)

    def _guarded(self, node: Expr, guards: set[Shape]) -> Part | None:
        """Return a negated test whose field another condition holds to its type."""
        node = ungrouped(node)
        condition = None
        if isinstance(node, nodes.Not):
            condition = self._test(ungrouped(node.operand))
        elif isinstance(node, nodes.Compare) and node.op is CompareOp.NE:
            condition = _comparison(comparison_of(node), CompareOp.EQ)
        if condition is None or guards.isdisjoint(_guards(condition)):
            return None
        return _turned(condition)

    def _among(
        self, left: Expr, items: Sequence[Expr], *, is_negated: bool
    ) -> Part | None:
        """Return ``left in [...]`` as one comparison for each element."""
        path = ungrouped(left)
        if not isinstance(path, nodes.Path) or not items:
            return None
        parts: list[Part | None] = []
        for item in items:
            constant = ungrouped(item)
            if not isinstance(
                constant, nodes.Null | nodes.Bool | nodes.String | nodes.Number
            ):
                return None
            equal = _comparison(Comparison(path, CompareOp.EQ, constant), CompareOp.EQ)
            parts.append(_negated(equal) if is_negated else equal)
        return _group(GroupOperator.AND if is_negated else GroupOperator.OR, parts)

    def _test(self, node: Expr) -> Condition | None:
        """Return one test as a condition."""
        match node:
            case nodes.Path():
                return _condition(field_of(node), "is_true")
            case nodes.Call("exists", (nodes.Path() as path,)):
                return _condition(field_of(path), "exists")
            case nodes.Call():
                return _called(node)
            case nodes.Compare() if self._is_instant(node):
                return None
            case nodes.Compare():
                parts = comparison_of(node)
                return _comparison(parts, parts.op) if parts else None
            case _:
                return None

    def _is_instant(self, node: nodes.Compare) -> bool:
        """Return whether two instants are compared, and not two numbers."""
        if node.op in (*_EQUALS, CompareOp.IN):
            return False
        sides = (ungrouped(node.left), ungrouped(node.right))
        return any(
            self._types.get(side.span, Type.ANY) & ~Type.NULL == Type.TIMESTAMP
            for side in sides
        )


# --- single tests -----------------------------------------------------------------


def _comparison(parts: Comparison | None, op: CompareOp) -> Condition | None:
    if parts is None:
        return None
    field, value = field_of(parts.path), constant_value(parts.constant)
    is_equality = op in _EQUALS
    match value:
        case None:
            if not is_equality:
                return None
            return _condition(field, "not_exists" if op is CompareOp.EQ else "exists")
        case bool():
            if op is not CompareOp.EQ:
                return None
            return _condition(field, "is_true" if value else "is_false")
        case str():
            return _condition(field, _EQUALS[op], value) if is_equality else None
        case _:
            if not -_EXACT < value < _EXACT or op is CompareOp.NE:
                return None
            return _condition(field, "number_equals" if is_equality else op, value)


def _called(call: nodes.Call) -> Condition | None:
    parts = text_call(call)
    if parts is None:
        return None
    path, text = parts
    test = text_test(call.name, text)
    return _condition(field_of(path), test.operator, test.text) if test else None


def _condition(
    field: Field | None, operator: str, value: str | int | float | None = None
) -> Condition | None:
    if field is None or not has_plain_keys(field):
        return None
    if isinstance(value, str) and _SURROGATE.search(value):
        return None
    return Condition(field.kind, str(operator), field.name, value)


def has_plain_keys(field: Field) -> bool:
    """Return whether both walk to the same value below the root of *field*.

    Lists and texts have positions and a length for the engine, and every value has the
    names that objects inherit.
    """
    keys = field.name.split(".") if field.name is not None else []
    return not any(key.isdigit() or key == "length" or key in INHERITED for key in keys)


def _negated(condition: Condition | None) -> Condition | None:
    """Return the test that answers the opposite for every event, or None."""
    if condition is None or condition.operator not in _OTHER:
        return None
    return Condition(
        condition.kind, _OTHER[condition.operator], condition.name, condition.value
    )


def _turned(condition: Condition) -> Condition | None:
    """Return the test that answers the opposite for values of the right type."""
    names = {"number_equals": "number_not_equals"}
    operator = names.get(condition.operator, f"not_{condition.operator}")
    if operator not in MEANINGS:
        return None
    return Condition(condition.kind, operator, condition.name, condition.value)


def _guards(part: Part | None) -> Iterable[Shape]:
    """Yield the field and type that hold wherever *part* is true."""
    if isinstance(part, Condition):
        meaning = MEANINGS[part.operator]
        if meaning.needs != "any":
            yield part.kind, part.name, meaning.needs
        elif part.operator == "=":
            yield part.kind, part.name, "text"


def _group(operator: GroupOperator, parts: Iterable[Part | None]) -> Part | None:
    children: list[Child] = []
    for part in parts:
        if part is None:
            return None
        if isinstance(part, Group) and part.operator is operator:
            children += part.children
        else:
            children.append(part)
    return Group(operator, tuple(children))


def _always() -> Group:
    """Return what is true for every event: the engine has no word for it."""
    tests = (Condition(Kind.USER_ID, "exists"), Condition(Kind.USER_ID, "not_exists"))
    return Group(GroupOperator.OR, tests)


# --- comparing trees --------------------------------------------------------------


def answers_alike(one: Tree | None, other: Tree | None) -> bool:
    """Return whether two trees are one but for harmless groups and spelling.

    False where one is not there or stands for an error.
    """
    if isinstance(one, Group) and isinstance(other, Group):
        return _shape(one) == _shape(other)
    return False


def _shape(child: Child | Unreadable) -> Shape:
    match child:
        case Condition():
            return _shape_of_condition(child)
        case Group(operator, children):
            shapes = [_shape(each) for each in children]
            if len(shapes) == 1:
                return shapes[0]
            flat: list[Shape] = []
            for shape in shapes:
                is_same = shape[0] == operator.value
                flat += shape[1:] if is_same else (shape,)  # type: ignore[arg-type]
            return (operator.value, *flat)
        case _:
            return (object(),)


def _shape_of_condition(condition: Condition) -> Shape:
    meaning = MEANINGS.get(condition.operator)
    if meaning is None:
        return (object(),)
    keys: tuple[str, ...] = ()
    if ROOTS[condition.kind].has_path:
        keys = path_keys(condition.name or "") or ("",)
    value = condition.value
    operand: object = None
    if meaning.operand == "text":
        operand = to_text(value)
    elif meaning.operand == "number":
        operand = to_number("NaN" if value is None else value)
    return condition.kind, keys, meaning, operand


def conditions_in(tree: Child | Tree) -> Iterable[Condition]:
    """Yield the conditions of *tree* in order."""
    match tree:
        case Condition():
            yield tree
        case Group(_, children):
            for child in children:
                yield from conditions_in(child)
        case _:
            pass


def meets_falsy(condition: Condition) -> bool:
    """Return whether a falsy value on the way to its field changes the answer."""
    keys = path_keys(condition.name or "")
    if not ROOTS[condition.kind].has_path or len(keys) < 2:
        return False
    root, first = ROOTS[condition.kind].key, keys[0]
    evaluate = compile_condition(lower_tree(Group(GroupOperator.AND, (condition,))))
    absent = evaluate({root: {}})
    return any(evaluate({root: {first: value}}) != absent for value in _FALSY)
