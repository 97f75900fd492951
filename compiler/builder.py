"""From conditions to the trees of the visual builder, exactly or not at all.

A text fits the builder when it is a plain list of conditions that are all joined by
``and`` or all by ``or``. Parentheses around a list of the same kind do no harm; with
*is_nested*, lists of the other kind may stand in parentheses, which the trigger engine
evaluates but the builder's screen does not show. ``all`` is the list of no conditions.

| text | condition |
|---|---|
| ``f = "x"``, ``f != "x"`` | ``=``, ``!=`` |
| ``f = 5``, ``f != 5`` | ``number_equals``, ``number_not_equals`` |
| ``f < 5`` and so on | ``<`` and so on |
| ``f = true``, ``f = false`` | ``is_true``, ``is_false`` |
| ``f != null``, ``f = null`` | ``exists``, ``not_exists`` |
| ``contains(f, "x")`` and with ``!`` | ``contains``, ``not_contains`` |
| ``match(f, "x*")``, ``match(f, "*x")`` and with ``!`` | ``starts_with``, ... |

The text and its tree say the same to people. To events they answer alike but for these
corners, which the engine decides otherwise: negated tests (``number_not_equals``,
``not_contains`` and its like) are false where the field is missing or of another type;
a path that meets ``false``, ``0`` or an empty text on its way finds that; names such as
``length`` and ``constructor``, and keys that are digits, find more than fields; and
numbers beyond 2**53 are rounded. `portability.py` finds them in a text.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from fql.compiler import builder_errors
from fql.compiler.condition_parts import (
    Field,
    comparison_of,
    constant_value,
    field_of,
    text_call,
    text_test,
)
from fql.compiler.scopes import ungrouped
from fql.compiler.trigger import check_trigger
from fql.grammar import nodes
from fql.grammar.condition_tree import Condition, Group, GroupOperator, Kind
from fql.grammar.diagnostics import FqlError, arrange, has_errors
from fql.grammar.nodes import CompareOp
from fql.grammar.source import Source

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from fql.grammar.condition_tree import Child
    from fql.grammar.diagnostics import Diagnostic
    from fql.grammar.nodes import Expr

_EQUALITY: Final = frozenset({"=", "!="})
_TEXT: Final = frozenset(
    f"{negation}{test}"
    for negation in ("", "not_")
    for test in ("contains", "starts_with", "ends_with")
)
_PRESENCE: Final = frozenset({"exists", "not_exists"})
_BOOL: Final = frozenset({"is_true", "is_false"})
_ORDER: Final = frozenset({"<", "<=", ">", ">="})
_NUMBER: Final = _ORDER | {"number_equals", "number_not_equals"}
_ALL: Final = _EQUALITY | _TEXT | _PRESENCE | _BOOL | _NUMBER

OPERATORS: Final[Mapping[Kind, AbstractSet[str]]] = MappingProxyType(
    {
        Kind.EVENT_TYPE: _EQUALITY,
        Kind.EVENT: _EQUALITY | _TEXT,
        Kind.NAME: _EQUALITY | _TEXT | _PRESENCE,
        Kind.USER_ID: _EQUALITY | _TEXT | _PRESENCE | _BOOL,
        Kind.PROPERTY: _ALL,
        Kind.TRAIT: _ALL,
        Kind.CONTEXT: _ALL,
    }
)
"""What the builder offers for each kind of condition."""

_NULL_TESTS = {CompareOp.EQ: "not_exists", CompareOp.NE: "exists"}
_NUMBER_TESTS = {CompareOp.EQ: "number_equals", CompareOp.NE: "number_not_equals"}


def builder_tree(text: str | Source, *, is_nested: bool = False) -> Group:
    """Return the visual builder's tree of a condition.

    Args:
        text: The condition, in this language.
        is_nested: Whether lists may stand in lists.

    Raises:
        FqlError: The text has errors, or parts that fit no tree; all are named.
    """
    source = Source(text) if isinstance(text, str) else text
    checked = check_trigger(source)
    if has_errors(checked.diagnostics):
        raise FqlError(checked.diagnostics)
    builder = _Builder(source, is_nested=is_nested)
    tree = builder.tree(checked.root)
    if builder.findings:
        raise FqlError(arrange(builder.findings))
    return tree


class _Misfit(Exception):  # noqa: N818 - a finding about a text, not a fault
    """A part that is no condition of a tree, and what to write instead."""

    def __init__(self, message: str, help_: str = "") -> None:
        self.message = message
        self.help = help_
        super().__init__(message)


class _Builder:
    """Builds one tree and collects what does not fit."""

    def __init__(self, source: Source, *, is_nested: bool) -> None:
        self.findings: list[Diagnostic] = []
        self._source = source
        self._is_nested = is_nested

    def tree(self, root: Expr) -> Group:
        """Return the tree of a whole condition; without what does not fit."""
        root = ungrouped(root)
        match root:
            case nodes.Everything():
                return Group(GroupOperator.AND, (), span=root.span)
            case nodes.And() | nodes.Or():
                return self._group(root)
            case _:
                children = self._children(GroupOperator.AND, (root,))
                return Group(GroupOperator.AND, children, span=root.span)

    def _group(self, node: nodes.And | nodes.Or) -> Group:
        operator = (
            GroupOperator.AND if isinstance(node, nodes.And) else GroupOperator.OR
        )
        children = self._children(operator, node.operands)
        return Group(operator, children, span=node.span)

    def _children(
        self, operator: GroupOperator, operands: Sequence[Expr]
    ) -> tuple[Child, ...]:
        children: list[Child] = []
        for operand in operands:
            inner = ungrouped(operand)
            if isinstance(inner, nodes.And | nodes.Or):
                children += self._inner(operator, inner)
            else:
                children += self._condition(inner)
        return tuple(children)

    def _inner(
        self, operator: GroupOperator, node: nodes.And | nodes.Or
    ) -> Sequence[Child]:
        """Return a list inside of a list: as a group, or its conditions."""
        group = self._group(node)
        if self._is_nested:
            return (group,)
        if group.operator is not operator:
            self.findings.append(
                builder_errors.nested_group(self._source, node.span, operator)
            )
        return group.children

    def _condition(self, node: Expr) -> Sequence[Child]:
        try:
            return (condition_of(node),)
        except _Misfit as misfit:
            self.findings.append(
                builder_errors.no_condition(
                    self._source, node.span, misfit.message, misfit.help
                )
            )
            return ()


def condition_of(node: Expr) -> Condition:
    """Return the one condition that *node* is, with its place.

    Raises:
        _Misfit: No condition of a tree says that.
    """
    match node:
        case nodes.Compare():
            field, operator, value = _compared(node)
        case nodes.Call():
            field, operator, value = _called(node)
        case nodes.Not(operand) if isinstance(call := ungrouped(operand), nodes.Call):
            field, operator, value = _called(call)
            operator = "!=" if operator == "=" else f"not_{operator}"
        case nodes.Not():
            raise _Misfit(*builder_errors.NEGATION)
        case nodes.Path():
            raise _Misfit(*builder_errors.BARE_PATH)
        case _:
            raise _Misfit(*builder_errors.NO_TEST)
    if operator not in OPERATORS[field.kind]:
        raise _Misfit(*builder_errors.not_offered(field.kind))
    return Condition(field.kind, operator, field.name, value, span=node.span)


def _compared(node: nodes.Compare) -> tuple[Field, str, str | int | float | None]:
    parts = comparison_of(node)
    if parts is None:
        raise _Misfit(*builder_errors.NO_CONSTANT)
    field, value = _field(parts.path), constant_value(parts.constant)
    operator: str | None
    match value:
        case None:
            operator = _NULL_TESTS.get(parts.op)
        case bool():
            operator = f"is_{value}".lower() if parts.op is CompareOp.EQ else None
        case str():
            operator = parts.op.value if parts.op.value in _EQUALITY else None
        case _:
            operator = _NUMBER_TESTS.get(parts.op, parts.op.value)
    if operator is None:
        raise _Misfit(
            *builder_errors.no_operator(parts.op, is_bool=isinstance(value, bool))
        )
    has_value = not isinstance(value, bool)
    return field, operator, value if has_value else None


def _called(call: nodes.Call) -> tuple[Field, str, str]:
    parts = text_call(call)
    if parts is None:
        raise _Misfit(*builder_errors.NO_TEXT_TEST)
    path, text = parts
    test = text_test(call.name, text)
    if test is None:
        raise _Misfit(*builder_errors.INNER_WILDCARD)
    return _field(path), test.operator, test.text


def _field(path: nodes.Path) -> Field:
    field = field_of(path)
    if field is None:
        raise _Misfit(*builder_errors.no_field(path))
    return field
