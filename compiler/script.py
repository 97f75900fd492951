"""How the original trigger engine, which runs on JavaScript, finds and tests values.

Only triggers in its dialect need this. Paths are walked by its rules, and texts that
hold characters above U+FFFF, or halves of them, are compared as UTF-16 units.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from fql.grammar.condition_tree import INHERITED
from fql.grammar.javascript import to_double, to_units

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fql.compiler.values import Json


class _Inherited(Enum):
    INHERITED = "inherited"

    def __repr__(self) -> str:
        return "INHERITED"


INHERITED_MEMBER: Final = _Inherited.INHERITED
"""What a name that every object answers to leads to: it exists and equals nothing."""

Found: TypeAlias = "Json | Literal[_Inherited.INHERITED]"

_LONGEST_INDEX = 10


def script_read(event: Json, segments: Sequence[str]) -> Found:
    """Return what the engine finds at *segments* inside *event*; None for nothing.

    The first segment is the event's own key; from there on, a falsy value ends the
    walk and is what was found.
    """
    first, *rest = segments
    found = _member(event, first)
    for key in rest:
        if _is_falsy(found):
            break
        found = _member(found, key)
    return found


def _is_falsy(value: Found) -> bool:
    if isinstance(value, dict | list):
        return False
    if isinstance(value, float) and value != value:
        return True
    return not value


def _member(value: Found, key: str) -> Found:
    if isinstance(value, dict):
        if key in value:
            return value[key]
    elif isinstance(value, list):
        if key == "length":
            return len(value)
        index = _index(key)
        if index is not None:
            return value[index] if index < len(value) else None
    elif isinstance(value, str):
        return _member_of_text(value, key)
    return INHERITED_MEMBER if key in INHERITED else None


def _member_of_text(text: str, key: str) -> Found:
    units = to_units(text)
    if key == "length":
        return len(units)
    index = _index(key)
    if index is not None:
        return units[index] if index < len(units) else None
    return INHERITED_MEMBER if key in INHERITED else None


def _index(key: str) -> int | None:
    """Return the index that *key* means: digits in their canonical form."""
    if not (key.isascii() and key.isdigit() and len(key) < _LONGEST_INDEX):
        return None
    return int(key) if key == "0" or key[0] != "0" else None


# --- tests of texts and numbers that plain comparison would answer otherwise --------


def double(value: Found) -> Json:
    """Return a number as a double; null for anything else."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return to_double(value) if is_number else None  # type: ignore[arg-type]


def units(value: Found) -> Json:
    """Return a text with one character a UTF-16 unit; null for anything else."""
    return to_units(value) if isinstance(value, str) else None
