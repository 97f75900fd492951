"""The condition trees of the original's visual builder, as plain JSON.

`read` and `generate` are the original engine's own, bug for bug; `compile` gives a
trigger that answers as it does. `from_fql` and `to_fql` are ours, and exact: what a
tree says becomes text and tree again without a loss.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fql.compiler.builder import builder_tree
from fql.compiler.builder_text import builder_text
from fql.compiler.trigger import Trigger, compile_tree
from fql.grammar.condition_tree import TreeError, from_json, to_json
from fql.grammar.conditions import generate, read

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["TreeError", "compile", "from_fql", "generate", "read", "to_fql"]


def compile(tree: Mapping[str, object]) -> Trigger:
    """Compile a condition tree's JSON; ``{"error": ...}`` matches nothing.

    Raises:
        TreeError: *tree* is no condition tree.
    """
    return compile_tree(from_json(tree))


def from_fql(text: str, *, nested: bool = False) -> dict[str, object]:
    """Return the visual builder's tree of a condition in this language.

    Unlike `read`, this never makes a tree that says something else than the text.
    `fql.compiler.builder` has what fits, and where the engine that evaluates trees
    answers otherwise than this language.

    >>> from_fql('match(event, "Order *")')["children"]
    [{'type': 'event', 'operator': 'starts_with', 'value': 'Order '}]

    Args:
        text: The condition.
        nested: Whether lists of conditions may stand in parentheses in lists.

    Raises:
        FqlError: The text has errors, or parts that fit no tree; all are named.
    """
    return to_json(builder_tree(text, is_nested=nested))


def to_fql(tree: Mapping[str, object]) -> str:
    r"""Return the condition that a tree is, so that `from_fql` gives the tree again.

    Unlike `generate`, this escapes quotes, globs and odd field names.

    >>> tree = {"type": "event", "operator": "contains", "value": 'say "hi"'}
    >>> print(to_fql({"type": "group", "operator": "and", "children": [tree]}))
    contains(event, 'say "hi"')

    Raises:
        TreeError: *tree* is no condition tree, or no text means it.
    """
    return builder_text(from_json(tree))
