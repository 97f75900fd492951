"""Types of values, as sets of kinds.

A `Type` says what a value may be: ``Type.STRING | Type.NULL`` is a string or null. No
kind at all means that there is no value. Functions here only compute with such sets;
what an expression's type is, the checker knows.
"""

from __future__ import annotations

from enum import Flag, auto
from typing import TYPE_CHECKING

from fql.compiler.timestamps import is_timestamp

if TYPE_CHECKING:
    from fql.compiler.values import Json


class Type(Flag):
    """A set of kinds of values.

    ``TIMESTAMP`` is a string that is known to be RFC 3339 text. A ``STRING`` may be
    such a text as well, so the two overlap: ask `overlaps`, not ``&``.
    """

    NULL = auto()
    BOOL = auto()
    NUMBER = auto()
    STRING = auto()
    TIMESTAMP = auto()
    LIST = auto()
    OBJECT = auto()

    ANY = NULL | BOOL | NUMBER | STRING | TIMESTAMP | LIST | OBJECT


TEXT = Type.STRING | Type.TIMESTAMP
"""Everything whose value is a string."""

_NAMES = (
    (Type.BOOL, "a bool"),
    (Type.NUMBER, "a number"),
    (Type.STRING, "a string"),
    (Type.TIMESTAMP, "a timestamp"),
    (Type.LIST, "a list"),
    (Type.OBJECT, "an object"),
    (Type.NULL, "null"),
)


def type_of(value: Json) -> Type:
    """Return the one kind that *value* is; RFC 3339 text is a timestamp."""
    if isinstance(value, str):
        return Type.TIMESTAMP if is_timestamp(value) else Type.STRING
    if isinstance(value, bool):
        return Type.BOOL
    if isinstance(value, int | float):
        return Type.NUMBER
    if isinstance(value, list):
        return Type.LIST
    return Type.OBJECT if isinstance(value, dict) else Type.NULL


def overlaps(left: Type, right: Type) -> bool:
    """Return whether some value is of both types.

    >>> overlaps(Type.TIMESTAMP, Type.STRING), overlaps(Type.NUMBER, Type.STRING)
    (True, False)
    """
    return bool(left & right) or bool(left & TEXT and right & TEXT)


def includes(wide: Type, narrow: Type) -> bool:
    """Return whether every value of *narrow* is one of *wide*.

    >>> includes(Type.STRING, Type.TIMESTAMP), includes(Type.TIMESTAMP, Type.STRING)
    (True, False)
    """
    if wide & Type.STRING:
        wide |= Type.TIMESTAMP
    return not narrow & ~wide


def describe(kinds: Type) -> str:
    """Return *kinds* in words for a message.

    >>> describe(Type.NULL | Type.STRING | Type.NUMBER)
    'a number, a string or null'
    """
    if kinds == Type.ANY:
        return "any value"
    names = [name for kind, name in _NAMES if kind & kinds]
    if len(names) < 2:
        return names[0] if names else "nothing"
    return f"{', '.join(names[:-1])} or {names[-1]}"
