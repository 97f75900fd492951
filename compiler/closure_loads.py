"""The closures of loads: walks from a value along known keys.

The common lengths have code of their own, which trusts that what has members is an
object; all else goes the way that `fql.compiler.values.read` goes. Tests of what stands
at a path of the event are one closure with the walk, since calls are what costs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from fql.compiler import values
from fql.compiler.missing import MISSING, fetch

if TYPE_CHECKING:
    from collections.abc import Callable

    from fql.compiler import ir
    from fql.compiler.payload_functions import Value
    from fql.compiler.values import Json

    Walk: TypeAlias = Callable[[Json], Value]
    Test: TypeAlias = Callable[[Any], bool]

_EMPTY: dict[str, Any] = {}


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

            def walk(value: Any) -> Value:
                try:
                    found: Value = value.get(key, nothing)
                except AttributeError:
                    return walk_on(value, (key,))
                return found

        case (first, second):

            def walk(value: Any) -> Value:
                try:
                    found: Value = (value.get(first) or _EMPTY).get(second, nothing)
                except AttributeError:
                    return walk_on(value, (first, second))
                return found

        case segments:

            def walk(value: Any) -> Value:
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


# --- tests ------------------------------------------------------------------------


def equals_at(node: ir.Load, constant: Json) -> Test | None:
    """Return whether what *node* loads from the event equals a constant.

    None where that takes more than one closure: for lists, objects and numbers, and
    where the path is long or its first key has two names.
    """
    if not _is_plain(node):
        return None
    if constant is None or isinstance(constant, bool):
        return _is_at(node, constant)
    return _equals_text_at(node, constant) if isinstance(constant, str) else None


def _is_plain(node: ir.Load) -> bool:
    is_short = len(node.segments) in (1, 2)
    return is_short and node.fallback is None and not node.keeps_missing


def _equals_text_at(node: ir.Load, text: str) -> Test:
    walk = walk_of(node)
    key, *rest = node.segments
    if not rest:

        def test(event: Any) -> bool:
            try:
                return event.get(key) == text  # type: ignore[no-any-return]
            except AttributeError:
                return walk(event) == text

        return test
    second = rest[0]

    def test_inside(event: Any) -> bool:
        try:
            return (event.get(key) or _EMPTY).get(second) == text
        except AttributeError:
            return walk(event) == text

    return test_inside


def _is_at(node: ir.Load, constant: bool | None) -> Test:
    walk = walk_of(node)
    key, *rest = node.segments
    if not rest:

        def test(event: Any) -> bool:
            try:
                return event.get(key) is constant
            except AttributeError:
                return walk(event) is constant

        return test
    second = rest[0]

    def test_inside(event: Any) -> bool:
        try:
            return (event.get(key) or _EMPTY).get(second) is constant
        except AttributeError:
            return walk(event) is constant

    return test_inside


def one_of_texts_at(node: ir.Load, texts: list[Json]) -> Test | None:
    """Return whether what *node* loads from the event is one of *texts*.

    None where that takes more than one closure.
    """
    if not _is_plain(node) or not all(isinstance(text, str) for text in texts):
        return None
    walk, wanted = walk_of(node), frozenset(texts)
    key, *rest = node.segments
    if not rest:

        def test(event: Any) -> bool:
            try:
                return event.get(key) in wanted
            except (AttributeError, TypeError):  # or it has no hash
                found = walk(event)
                return isinstance(found, str) and found in wanted

        return test
    second = rest[0]

    def test_inside(event: Any) -> bool:
        try:
            return (event.get(key) or _EMPTY).get(second) in wanted
        except (AttributeError, TypeError):
            found = walk(event)
            return isinstance(found, str) and found in wanted

    return test_inside
