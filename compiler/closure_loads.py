"""The closures of loads: walks from a value along known keys.

The common lengths have code of their own; all else goes the way that
`fql.compiler.values.read` goes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from fql.compiler import values
from fql.compiler.missing import MISSING, fetch

if TYPE_CHECKING:
    from collections.abc import Callable

    from fql.compiler import ir
    from fql.compiler.payload_functions import Value
    from fql.compiler.values import Json

    Walk: TypeAlias = Callable[[Json], Value]


def walk_of(node: ir.Load) -> Walk:
    """Return the walk from the value in the slot of *node* along its segments."""
    if node.fallback is not None:
        return _walk_either(node)
    nothing = MISSING if node.keeps_missing else None
    walk_on = fetch if node.keeps_missing else values.read
    match node.segments:
        case ():
            return lambda value: value
        case (key,):

            def walk(value: Json) -> Value:
                if isinstance(value, dict):
                    return value.get(key, nothing)
                return walk_on(value, (key,))

        case (first, second):

            def walk(value: Json) -> Value:
                if isinstance(value, dict):
                    inner = value.get(first)
                    if isinstance(inner, dict):
                        return inner.get(second, nothing)
                return walk_on(value, (first, second))

        case segments:

            def walk(value: Json) -> Value:
                return walk_on(value, segments)

    return walk


def _walk_either(node: ir.Load) -> Walk:
    first, *rest = node.segments
    fallback = node.fallback or first
    walk_on = fetch if node.keeps_missing else values.read
    own, other = (first, *rest), (fallback, *rest)

    def walk(value: Json) -> Value:
        is_own = not isinstance(value, dict) or first in value
        return walk_on(value, own if is_own else other)

    return walk
