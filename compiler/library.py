"""What each function of the language does.

Pure and total: every function here has an answer for all JSON values and never raises.
Names, types and documentation of the functions stand in `functions.py`, which is the
only place that says what a program may call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from fql.compiler.globs import glob_match
from fql.compiler.timestamps import instant
from fql.compiler.values import compact_json, number_text, parse_json_number

if TYPE_CHECKING:
    from collections.abc import Callable

    from fql.compiler.values import Json

    Predicate: TypeAlias = Callable[[Json], Json]


# --- strings ----------------------------------------------------------------------


def contains(text: Json, part: Json) -> bool:
    """Return whether *part* stands somewhere in *text*."""
    return isinstance(text, str) and isinstance(part, str) and part in text


def match(text: Json, pattern: Json) -> bool:
    """Return whether the glob *pattern* matches the whole of *text*."""
    return (
        isinstance(text, str) and isinstance(pattern, str) and glob_match(pattern, text)
    )


def length(value: Json) -> int | None:
    """Return a string's UTF-8 bytes, a list's elements, 0 for null, else None.

    A lone surrogate, which no UTF-8 text holds, counts as three bytes.
    """
    if isinstance(value, str):
        if value.isascii():
            return len(value)
        return len(value.encode("utf-8", "surrogatepass"))
    if isinstance(value, list):
        return len(value)
    return 0 if value is None else None


def lowercase(text: Json) -> str | None:
    """Return *text* in lower case."""
    return text.lower() if isinstance(text, str) else None


def uppercase(text: Json) -> str | None:
    """Return *text* in upper case."""
    return text.upper() if isinstance(text, str) else None


def snakecase(text: Json) -> str | None:
    """Return *text* with each space replaced by an underscore."""
    return text.replace(" ", "_") if isinstance(text, str) else None


def kebabcase(text: Json) -> str | None:
    """Return *text* with each space replaced by a hyphen."""
    return text.replace(" ", "-") if isinstance(text, str) else None


def titlecase(text: Json) -> str | None:
    """Return *text* with what starts a word in upper case; only spaces part words."""
    if not isinstance(text, str):
        return None
    return " ".join([word[:1].upper() + word[1:] for word in text.split(" ")])


# --- conversions ------------------------------------------------------------------


def type_name(value: Json) -> str:
    """Return the name of the type of *value*, as ``typeof`` says it."""
    if isinstance(value, str):
        return "string"
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, dict):
        return "object"
    return "list" if isinstance(value, list) else "null"


def to_bool(value: Json) -> bool:
    """Return *value* as a bool: zero, null, false and what is empty are false.

    So is the text ``false``, in any letter case.
    """
    if isinstance(value, str):
        return value != "" and value.lower() != "false"
    return bool(value)


def to_string(value: Json) -> str | None:
    """Return *value* as text: strings as they are, the rest as compact JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return number_text(value)
    return None if value is None else compact_json(value)


def to_number(value: Json) -> float | None:
    """Return a number as it is, and the number that a string writes in JSON."""
    if isinstance(value, str):
        return parse_json_number(value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    return None


def timestamp(text: Json) -> str | None:
    """Return *text* if it is RFC 3339 text, else None."""
    return text if isinstance(text, str) and instant(text) is not None else None


# --- presence and lists -----------------------------------------------------------


def exists(value: Json) -> bool:
    """Return whether *value* is there, that is, not null."""
    return value is not None


def any_element(elements: Json, predicate: Predicate) -> bool:
    """Return whether *predicate* is true of an element; false if not a list."""
    if isinstance(elements, list):
        for element in elements:
            if predicate(element) is True:
                return True
    return False


def all_elements(elements: Json, predicate: Predicate) -> bool:
    """Return whether *predicate* is true of every element; true if not a list."""
    if isinstance(elements, list):
        for element in elements:
            if predicate(element) is not True:
                return False
    return True
