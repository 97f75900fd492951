"""The trigger engine's spelling, both ways and bug for bug.

`read` gives the tree that the original makes of a text, `generate` the text that it
makes of a tree. Both are for parity: the original loses quotes, globs and more on the
way, and so do these. What a tree means is written down in `condition_tree.py`;
evaluating one is the compiler's work.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, assert_never

from fql.grammar.condition_tree import (
    ROOTS,
    Child,
    Condition,
    Group,
    Kind,
    Tree,
    TreeError,
    Unreadable,
    from_json,
    to_json,
)
from fql.grammar.javascript import (
    from_units,
    number_text,
    to_number,
    to_text,
    to_units,
)
from fql.grammar.source import Span
from fql.grammar.trigger_lexer import UnreadableText
from fql.grammar.trigger_reader import read_text

if TYPE_CHECKING:
    from collections.abc import Mapping

_NEEDS_ESCAPE: Final = re.compile(r"[^a-zA-Z0-9._-]")


def read(text: str) -> dict[str, object]:
    """Return the original's condition tree of *text* as its JSON.

    Where the original fails, the result is ``{"error": message}`` with a message of
    ours. Linear in the text; never raises.

    >>> read('type = track')["children"]
    [{'type': 'event-type', 'operator': '=', 'value': 'track'}]
    """
    return to_json(read_tree(text))


def read_tree(text: str) -> Tree:
    """Return the original's condition tree of *text*, with spans in code points."""
    try:
        return read_text(text)
    except UnreadableText as error:
        return Unreadable(error.message, Span(error.start, error.end))


def generate(tree: Mapping[str, object] | Tree) -> str:
    r"""Return the original's text for *tree*, escaping nothing that it does not.

    >>> generate(read('contains(properties.product\\ 1, "a") or event=5'))
    'contains(properties.product\\ 1, "a") or event = "5"'

    Raises:
        TreeError: *tree* is no tree, stands for an error, or has a place where
            nothing was read: the original fails, too.
    """
    group = tree if isinstance(tree, Group | Unreadable) else from_json(tree)
    if isinstance(group, Unreadable):
        raise TreeError(f"this tree stands for an error: {group.message}", "/error")
    text = _group_text(group, "")
    if text.startswith("(") and text.endswith(")") and _parentheses(text) == 2:
        return text[1:-1]
    return text


def _parentheses(text: str) -> int:
    return text.count("(") + text.count(")")


def _group_text(group: Group, pointer: str) -> str:
    return f" {group.operator} ".join(
        _child_text(child, f"{pointer}/children/{index}")
        for index, child in enumerate(group.children)
    )


def _child_text(child: Child, pointer: str) -> str:
    match child:
        case None:
            raise TreeError("there is no condition", pointer)
        case Group():
            return f"({_group_text(child, pointer)})"
        case Condition():
            return _condition_text(child)
        case _:
            assert_never(child)


def _condition_text(condition: Condition) -> str:
    field = _field(condition.kind, condition.name)
    text = to_text(condition.value)
    match condition.operator:
        case "contains" | "not_contains":
            negation = _negation(condition.operator)
            return f"{negation}contains({field}, {_literal(condition)})"
        case "starts_with" | "not_starts_with":
            return f'{_negation(condition.operator)}match({field}, "{text}*")'
        case "ends_with" | "not_ends_with":
            return f'{_negation(condition.operator)}match({field}, "*{text}")'
        case "exists":
            return f"{field} != null"
        case "not_exists":
            return f"{field} = null"
        case "is_true":
            return f"{field} = true"
        case "is_false":
            return f"{field} = false"
        case "number_equals":
            return f"{field} = {_number(condition)}"
        case "number_not_equals":
            return f"{field} != {_number(condition)}"
        case "<" | "<=" | ">" | ">=":
            return f"{field} {condition.operator} {_number(condition)}"
        case operator:
            return f"{field} {operator} {_literal(condition)}"


def _negation(operator: str) -> str:
    return "!" if operator.startswith("not_") else ""


def _field(kind: Kind, name: str | None) -> str:
    root = ROOTS[kind]
    if not root.has_path or name is None:
        return root.key
    escaped = _NEEDS_ESCAPE.sub(lambda found: "\\" + found[0], to_units(name))
    return f"{root.key}.{from_units(escaped)}"


def _literal(condition: Condition) -> str:
    """Return the value as it is written, quoted unless it is a number or a bool."""
    if isinstance(condition.value, bool | int | float):
        return to_text(condition.value)
    return f'"{to_text(condition.value)}"'


def _number(condition: Condition) -> str:
    """Return the value as a number; what is none, or not there, gives ``NaN``."""
    if condition.value is None:
        return "NaN"
    return number_text(to_number(condition.value))
