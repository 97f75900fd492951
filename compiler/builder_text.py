r"""From the trees of the visual builder to conditions, so that nothing is lost.

Quotes, globs and odd field names are escaped: `builder_tree` makes the same tree of the
text. That holds for every tree that the builder can make:

- the root is a group of two conditions or more, or an ``and`` group of one or none;
- a condition's operator is one that `fql.compiler.builder.OPERATORS` has for its kind;
- a name is keys joined by single dots, without brackets and without empty keys;
- the value of ``=``, ``!=`` and the tests of texts is a text, not empty for
  ``starts_with`` and ``ends_with``; of the tests of numbers a finite number; the others
  have none.

Other trees are written by what they mean, where a text means that: the number 5 that
``=`` compares as a text is ``"5"``, and the name ``items[0].id`` is ``items.0.id``.
Groups in groups become parentheses (`builder_tree` with ``is_nested`` reads them).
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Final, assert_never

from fql.grammar import nodes
from fql.grammar.condition_tree import (
    MEANINGS,
    ROOTS,
    Child,
    Condition,
    Group,
    GroupOperator,
    Meaning,
    Tree,
    TreeError,
    Unreadable,
    path_keys,
)
from fql.grammar.format import write
from fql.grammar.javascript import Scalar, to_number, to_text
from fql.grammar.nodes import CompareOp
from fql.grammar.source import Span

if TYPE_CHECKING:
    from collections.abc import Callable

    from fql.grammar.nodes import Expr

_NOWHERE: Final = Span(0, 0)
_SPECIAL_IN_GLOBS: Final = re.compile(r"[*?\[\\]")
_ORDERS = {
    "less": CompareOp.LT,
    "less_equal": CompareOp.LE,
    "greater": CompareOp.GT,
    "greater_equal": CompareOp.GE,
}
_TEXT_CALLS: dict[str, tuple[str, Callable[[str], str]]] = {
    "contains": ("contains", str),
    "starts_with": ("match", lambda text: f"{glob_text(text)}*"),
    "ends_with": ("match", lambda text: f"*{glob_text(text)}"),
}


def builder_text(tree: Tree) -> str:
    r"""Return the condition that a tree of the visual builder is.

    >>> from fql.grammar.condition_tree import Kind
    >>> condition = Condition(Kind.EVENT, "starts_with", value='"Hi" *')
    >>> print(builder_text(Group(GroupOperator.AND, (condition,))))
    match(event, '"Hi" \**')

    Raises:
        TreeError: *tree* stands for an error, or no text means it.
    """
    if isinstance(tree, Unreadable):
        raise TreeError(f"this tree stands for an error: {tree.message}", "/error")
    if not tree.children and tree.operator is GroupOperator.AND:
        return "all"
    return write(_group(tree, ""), language="fql")


def glob_text(text: str) -> str:
    r"""Return the glob that only *text* matches."""
    return _SPECIAL_IN_GLOBS.sub(r"\\\g<0>", text)


def _group(group: Group, pointer: str) -> Expr:
    operands = tuple(
        _child(child, f"{pointer}/children/{index}")
        for index, child in enumerate(group.children)
    )
    match operands:
        case ():
            raise TreeError("no text means a group without conditions", pointer)
        case (only,):
            return only
        case _:
            join = nodes.And if group.operator is GroupOperator.AND else nodes.Or
            return join(operands, span=_NOWHERE)


def _child(child: Child, pointer: str) -> Expr:
    match child:
        case None:
            raise TreeError("there is no condition", pointer)
        case Group():
            inner = _group(child, pointer)
            is_list = isinstance(inner, nodes.And | nodes.Or)
            return nodes.Group(inner, span=_NOWHERE) if is_list else inner
        case Condition():
            return _condition(child, pointer)
        case _:
            assert_never(child)


def _condition(condition: Condition, pointer: str) -> Expr:
    meaning = MEANINGS.get(condition.operator)
    if meaning is None:
        message = f"no text means the operator {condition.operator!r}"
        raise TreeError(message, f"{pointer}/operator")
    path = _path(condition, f"{pointer}/name")
    if meaning.needs == "text":
        return _text_test(path, meaning, _text(condition.value, pointer))
    return _comparison(path, meaning, _constant(meaning, condition.value, pointer))


def _path(condition: Condition, pointer: str) -> nodes.Path:
    root = ROOTS[condition.kind]
    if not root.has_path:
        return nodes.Path((root.key,), span=_NOWHERE)
    keys = path_keys(condition.name or "")
    if not keys:
        raise TreeError("no text means a path without keys", pointer)
    return nodes.Path((root.key, *keys), span=_NOWHERE)


def _text_test(path: nodes.Path, meaning: Meaning, text: str) -> Expr:
    function, pattern = _TEXT_CALLS[meaning.test]
    operand = nodes.String(pattern(text), span=_NOWHERE)
    call = nodes.Call(function, (path, operand), span=_NOWHERE, name_span=_NOWHERE)
    return nodes.Not(call, span=_NOWHERE) if meaning.is_negated else call


def _comparison(path: nodes.Path, meaning: Meaning, constant: Expr) -> Expr:
    # `present` is `!= null`, so that its negation is the equality.
    is_equality = (meaning.test == "present") == meaning.is_negated
    equality = CompareOp.EQ if is_equality else CompareOp.NE
    op = _ORDERS.get(meaning.test, equality)
    return nodes.Compare(path, op, constant, span=_NOWHERE, op_span=_NOWHERE)


def _constant(meaning: Meaning, value: Scalar | None, pointer: str) -> Expr:
    match meaning.operand:
        case "text":
            return nodes.String(_text(value, pointer), span=_NOWHERE)
        case "number":
            return nodes.Number(_number(value, pointer), span=_NOWHERE)
        case "true" | "false":
            return nodes.Bool(meaning.operand == "true", span=_NOWHERE)
        case "none":
            return nodes.Null(span=_NOWHERE)
        case _:
            assert_never(meaning.operand)


def _text(value: Scalar | None, pointer: str) -> str:
    if value is None:
        raise TreeError("this condition needs a value", f"{pointer}/value")
    return to_text(value)


def _number(value: Scalar | None, pointer: str) -> int | float:
    """Return the number that *value* counts as; a number keeps its kind."""
    number = math.nan if value is None else to_number(value)
    if not math.isfinite(number):
        raise TreeError("this condition needs a finite number", f"{pointer}/value")
    if isinstance(value, bool | str) or value is None:
        return int(number) if number.is_integer() else number
    return value
