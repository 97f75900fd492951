"""What the forms of a mapping's text are to directives: small questions about trees.

Each answers for one node and converts nothing (`to_directives.py`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fql.compiler.payload_functions import LIQUID, ORIGINAL, PATH, TEMPLATE
from fql.compiler.scopes import ungrouped
from fql.grammar import nodes
from fql.grammar.directive_texts import path_keys, without_root

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fql.grammar.nodes import Expr

DIRECTIVE_CALLS = frozenset({ORIGINAL, PATH, TEMPLATE, LIQUID})
"""The functions that mean what directives mean, wherever they stand."""


class Test(NamedTuple):
    """A call of ``exists`` or ``filled``, or what says the same."""

    name: str
    argument: Expr


def test_of(condition: Expr) -> tuple[Test | None, bool]:
    """Return what a condition asks of which value, and whether it is negated."""
    match ungrouped(condition):
        case nodes.Not(operand):
            test, is_negated = test_of(operand)
            return test, not is_negated
        case nodes.Call("exists" | "filled" as name, (argument,)):
            return Test(name, argument), False
        case nodes.Compare(argument, op, right) if isinstance(
            ungrouped(right), nodes.Null
        ):
            is_known = op in {nodes.CompareOp.EQ, nodes.CompareOp.NE}
            test = Test("exists", argument) if is_known else None
            return test, op is nodes.CompareOp.EQ
        case _:
            return None, False


def path_of(keys: Sequence[str]) -> str | None:
    """Return the path of a directive that leads along *keys*; None if none does.

    >>> path_of(("items", "0", "id")), path_of(()), path_of(("a.b",))
    ('$.items.0.id', '$.', None)
    """
    path = f"$.{'.'.join(keys)}"
    return path if path_keys(without_root(path)) == tuple(keys) else None


def options_of(node: nodes.Call) -> dict[str, bool | int | float | str]:
    """Return the options of a call, which are literals."""
    options = {option.name: ungrouped(option.value) for option in node.options}
    return {
        name: value.value
        for name, value in options.items()
        if isinstance(value, nodes.Bool | nodes.Number | nodes.String)
    }


def is_whole(node: Expr) -> bool:
    """Say whether *node* is no object with members that may be missing."""
    match ungrouped(node):
        case nodes.Object(members):
            return all(_is_there(member.value) for member in members)
        case nodes.Path() | nodes.EventPath():
            return True
        case _:
            return False


def _is_there(node: Expr) -> bool:
    """Say whether *node* is sure not to be missing."""
    match ungrouped(node):
        case (
            nodes.Null()
            | nodes.Bool()
            | nodes.Number()
            | nodes.String()
            | nodes.Template()
            | nodes.ListLiteral()
            | nodes.Object()
        ):
            return True
        case nodes.Coalesce(operands):
            return _is_there(operands[-1])
        case _:
            return False
