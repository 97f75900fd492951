"""What values mean in Liquid templates, as the original's engine has it.

That engine (LiquidJS) runs on JavaScript: numbers are doubles, a missing variable is
not null, objects compare by identity. Three words of templates stand for no value of
JSON: they are `Word`.
"""

from __future__ import annotations

import math
import time
from enum import Enum
from typing import TYPE_CHECKING, Final, TypeAlias

from fql.compiler import directive_values
from fql.compiler.directive_values import index_of
from fql.compiler.missing import MISSING
from fql.grammar.javascript import to_double, to_number, to_units

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from fql.compiler.directive_values import Value


class Word(Enum):
    """A word of the template language that stands for a kind of values."""

    NIL = "nil"
    EMPTY = "empty"
    BLANK = "blank"


Liquid: TypeAlias = "Value | Word"
"""A value in a template."""

MAX_MEMORY: Final = 100_000_000
"""Characters and elements that one rendering may make, all together."""

ELEMENT_COST: Final = 8
"""What an element of a list counts among the characters."""


class RenderError(Exception):
    """A template that cannot be rendered for an event."""


class Budget:
    """What one rendering may still make, and its clock.

    Attributes:
        clock: Gives the seconds since 1970.
    """

    def __init__(
        self, limit: float = MAX_MEMORY, *, clock: Callable[[], float] = time.time
    ) -> None:
        self._left = limit
        self.clock = clock

    def use(self, count: float) -> None:
        """Count *count* characters.

        Raises:
            RenderError: There were too many.
        """
        if count > 0:
            self._left -= count
            if self._left < 0:
                raise RenderError("the template makes too much text")


# --- conversions ------------------------------------------------------------------


def plain(value: Liquid) -> Value:
    """Return *value*, with null or an empty text for a word."""
    if isinstance(value, Word):
        return None if value is Word.NIL else ""
    return value


def is_nothing(value: Liquid) -> bool:
    """Return whether *value* is null or missing."""
    return value is None or value is MISSING or value is Word.NIL


def is_true(value: Liquid) -> bool:
    """Return whether *value* counts as true: all but false, null and missing do."""
    return value is not False and not is_nothing(value)


def text(value: Liquid) -> str:
    """Return what *value* prints; lists print their elements without commas."""
    value = plain(value)
    if isinstance(value, list):
        return "".join(_element_texts(value))
    return directive_values.inserted(value)


def _element_texts(elements: list[Value]) -> list[str]:
    texts: list[str] = []
    pending = list(reversed(elements))
    while pending:
        each = pending.pop()
        if isinstance(each, list):
            pending.extend(reversed(each))
        else:
            texts.append(directive_values.inserted(each))
    return texts


def number(value: Liquid) -> float:
    """Return *value* as a double, as an operator of JavaScript takes it."""
    match plain(value):
        case None:
            return 0.0
        case bool() | str() as scalar:
            return to_number(scalar)
        case int() | float() as given:
            return to_double(given)
        case list() as elements:
            return to_number(directive_values.text_of(elements))
        case _:
            return math.nan


def number_or_zero(value: Liquid) -> float:
    """Return *value* as a double; zero for what is no number."""
    given = number(value)
    return 0.0 if math.isnan(given) else given


def elements(value: Liquid) -> list[Value]:
    """Return *value* as a list: itself, none for null, or just the value."""
    given = plain(value)
    if isinstance(given, list):
        return given
    return [] if is_nothing(given) else [given]


# --- comparisons ------------------------------------------------------------------


def equals(left: Liquid, right: Liquid) -> bool:
    """Return whether ``left == right``: strictly, lists by element."""
    if isinstance(left, Word):
        return _is_meant(left, right)
    if isinstance(right, Word):
        return _is_meant(right, left)
    pending = [(left, right)]
    while pending:
        one, other = pending.pop()
        if isinstance(one, list):
            if not isinstance(other, list) or len(one) != len(other):
                return False
            pending.extend(zip(one, other, strict=True))
        elif not _is_same(one, other):
            return False
    return True


def _is_same(left: Value, right: Value) -> bool:
    """Return whether two values are one: objects by identity, scalars by value."""
    if isinstance(left, dict | list | bool) or isinstance(right, dict | list | bool):
        return left is right
    if isinstance(left, int | float) and isinstance(right, int | float):
        return to_double(left) == to_double(right)
    return type(left) is type(right) and left == right


def _is_meant(word: Word, value: Liquid) -> bool:
    if word is Word.NIL:
        return is_nothing(value)
    if isinstance(value, Word):
        return value is Word.NIL and word is Word.BLANK
    is_empty = isinstance(value, str | list | dict) and not value
    if word is Word.EMPTY or is_empty:
        return is_empty
    if isinstance(value, str):
        return not directive_values.trimmed(value)
    return value is False or is_nothing(value)


def is_ordered(left: Liquid, right: Liquid, test: Callable[..., bool]) -> bool:
    """Return whether *test* holds: of two texts as texts, else of two numbers."""
    if isinstance(left, Word) or isinstance(right, Word):
        return False
    one, other = _primitive(left), _primitive(right)
    if isinstance(one, str) and isinstance(other, str):
        return test(_sortable(one), _sortable(other))
    return test(number(one), number(other))


def _primitive(value: Value) -> Value:
    if isinstance(value, list | dict):
        return directive_values.text_of(value)
    return value


def _sortable(value: str) -> str:
    return value if value.isascii() else to_units(value)


def contains(left: Liquid, right: Liquid) -> bool:
    """Return whether a list has an element, or a text a part."""
    holder = plain(left)
    if isinstance(holder, list):
        return any(equals(each, right) for each in holder)
    if isinstance(holder, str):
        return directive_values.text_of(plain(right)) in holder
    return False


# --- paths ------------------------------------------------------------------------


def read(value: Liquid, keys: Sequence[Liquid]) -> Value:
    """Return what *keys* lead to from *value*."""
    found = plain(value)
    for key in keys:
        found = member(found, plain(key))
    return found


def member(value: Value, key: Value) -> Value:
    """Return what stands under *key*: ``size``, ``first`` and ``last`` are computed."""
    if is_nothing(value):
        return value
    if isinstance(value, list) and isinstance(key, int | float):
        return MISSING if isinstance(key, bool) else _element(value, key)
    name = directive_values.text_of(key)
    if isinstance(value, dict) and name in value:
        return value[name]
    if isinstance(value, list | str) and name == "length":
        return _size(value)
    if isinstance(value, list | str) and (index := index_of(name)) is not None:
        return _element(value, index)
    return _computed(value, name)


def _computed(value: Value, name: str) -> Value:
    if name == "size":
        return _size(value) if isinstance(value, list | str | dict) else MISSING
    if isinstance(value, list) and name in {"first", "last"}:
        return _element(value, 0 if name == "first" else -1)
    return MISSING


def _size(value: list[Value] | str | Mapping[str, Value]) -> int:
    return len(to_units(value) if isinstance(value, str) else value)


def _element(value: list[Value] | str, index: float) -> Value:
    """Return the element at *index*, from the end where it is negative."""
    if index < 0:
        index += len(value)
    if not 0 <= index < len(value) or index != int(index):
        return MISSING
    return value[int(index)]
