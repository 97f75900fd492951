"""Where two JSON values differ, path by path, in words.

Equality is the language's: numbers by value, the order of keys irrelevant.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fql.compiler.missing import MISSING
from fql.compiler.shown import show
from fql.compiler.values import compact_json, equals
from fql.grammar.cells import visible
from fql.grammar.spelling import path_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fql.compiler.missing import Missing
    from fql.compiler.values import Json

MAX_DIFFERENCES = 20
"""Differences that are shown of one pair of values."""

_Pair = tuple[tuple[str, ...], "Json | Missing", "Json | Missing"]


def differences(
    expected: Json, actual: Json, *, is_part: bool = False
) -> tuple[str, ...]:
    """Return where *actual* differs from *expected*, a line each; empty if nowhere.

    >>> differences({"id": "o-1", "total": 5}, {"total": "5"})
    ('id: expected the string "o-1", got missing', 'total: expected 5, got the string \
"5"')

    Args:
        expected: What is wanted.
        actual: What there is.
        is_part: Whether objects may have keys besides those that are expected.
    """
    lines = [_line(*pair) for pair in _pairs(expected, actual, is_part=is_part)]
    more = len(lines) - MAX_DIFFERENCES
    shown = tuple(lines[:MAX_DIFFERENCES])
    return (*shown, f"and {more} more") if more > 0 else shown


def _line(
    keys: tuple[str, ...], expected: Json | Missing, actual: Json | Missing
) -> str:
    place = _place(keys)
    if expected is MISSING:
        return f"{place}: not expected, got {show(actual)}"
    return f"{place}: expected {show(expected)}, got {show(actual)}"


def _place(keys: tuple[str, ...]) -> str:
    if not keys:
        return "it"
    # A path has no empty keys; what has one is shown as a list.
    return visible(path_text(keys, "fql") if all(keys) else compact_json(list(keys)))


def _pairs(expected: Json, actual: Json, *, is_part: bool) -> Iterator[_Pair]:
    """Yield the smallest pairs of values that differ, in the order of *expected*.

    Keeps its own stack: payloads may nest deeply.
    """
    waiting: list[_Pair] = [((), expected, actual)]
    while waiting:
        keys, wanted, found = waiting.pop()
        if isinstance(wanted, dict) and isinstance(found, dict):
            names = [
                *wanted,
                *(() if is_part else (k for k in found if k not in wanted)),
            ]
            inner = [
                ((*keys, name), wanted.get(name, MISSING), found.get(name, MISSING))
                for name in names
            ]
            waiting += reversed(inner)
        elif (
            isinstance(wanted, list)
            and isinstance(found, list)
            and len(wanted) == len(found)
        ):
            both = enumerate(zip(wanted, found, strict=True))
            waiting += reversed([((*keys, str(at)), a, b) for at, (a, b) in both])
        elif wanted is MISSING or found is MISSING or not equals(wanted, found):
            yield keys, wanted, found
