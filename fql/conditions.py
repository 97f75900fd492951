"""The condition trees of the original's visual builder, as plain JSON.

`read` and `generate` are the original engine's own, bug for bug; `compile` gives a
trigger that answers as it does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fql.compiler.trigger import Trigger, compile_tree
from fql.grammar.condition_tree import TreeError, from_json
from fql.grammar.conditions import generate, read

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["TreeError", "compile", "generate", "read"]


def compile(tree: Mapping[str, object]) -> Trigger:
    """Compile a condition tree's JSON; ``{"error": ...}`` matches nothing.

    Raises:
        TreeError: *tree* is no condition tree.
    """
    return compile_tree(from_json(tree))
