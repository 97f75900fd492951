"""Pieces of generated Python: expressions with their precedence, constants, layout.

What a condition is known to have proved travels with its text as *facts*: which
variables are assigned, and of which type their values are, once it gave true or false.
"""

from __future__ import annotations

import math
from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fql.compiler.values import Json

Fact: TypeAlias = tuple[str, str]
"""A variable, and `ASSIGNED`, `STRING` or `NUMBER`."""

Facts: TypeAlias = frozenset[Fact]

ASSIGNED = "assigned"
STRING = "string"
NUMBER = "number"

NO_FACTS: Facts = frozenset()

LINE = 72
"""Expressions up to this length stay on one line."""

_MAX_BITS = 2000
"""Ints up to this size are decimal: Python reads so many digits, and any in hex."""

MAX_LEVELS = 12
"""Constant lists and objects are written up to this depth."""


class Level(IntEnum):
    """How tightly an expression holds together, loosest first."""

    CHOICE = 0
    """``a if b else c``"""
    OR = 1
    AND = 2
    NOT = 3
    COMPARISON = 4
    ATOM = 5
    """A name, a literal, a call, or anything in parentheses."""


class Code(NamedTuple):
    """An expression.

    Attributes:
        text: Its Python.
        level: Its precedence.
        true: What is known where it gave true.
        false: What is known where it gave anything else.
        inverse: The opposite condition in as few words, or nothing.
        name: The variable that holds its value from now on, or nothing.
    """

    text: str
    level: Level = Level.ATOM
    true: Facts = NO_FACTS
    false: Facts = NO_FACTS
    inverse: str = ""
    name: str = ""

    @property
    def after(self) -> Facts:
        """What is known whatever it gave."""
        return self.true if self.true is self.false else self.true & self.false

    @property
    def bare(self) -> str:
        """The text as the whole argument of a call, where an assignment may stand."""
        return self.text[1:-1] if self.is_assignment else self.text

    @property
    def assigned(self) -> str:
        """What an assignment gives its variable."""
        return self.text[len(self.name) + len("( := ") : -1]

    @property
    def is_assignment(self) -> bool:
        """Whether the text is ``(name := value)``."""
        return bool(self.name) and self.text != self.name


def value_code(text: str, facts: Facts, level: Level = Level.ATOM) -> Code:
    """Return the code of a value, which proves nothing by being true."""
    return Code(text, level, facts, facts)


def name_code(name: str, facts: Facts) -> Code:
    """Return the code that mentions a variable."""
    return Code(name, Level.ATOM, facts, facts, name=name)


def assignment(name: str, text: str, facts: Facts) -> Code:
    """Return the code that gives *name* a value and is that value."""
    return Code(f"({name} := {text})", Level.ATOM, facts, facts, name=name)


def enclosed(code: Code, level: Level) -> str:
    """Return the text of *code* where nothing looser than *level* may stand."""
    return code.text if code.level >= level else in_parentheses(code.text)


def in_parentheses(text: str) -> str:
    """Return *text* in parentheses, on lines of its own if it has several."""
    return f"(\n{indented(text)}\n)" if "\n" in text else f"({text})"


def indented(text: str, steps: int = 1) -> str:
    """Return *text* so many steps further to the right."""
    margin = "    " * steps
    if "\n" in text:
        text = text.replace("\n", f"\n{margin}")
    return f"{margin}{text}"


def joined(word: str, codes: list[Code], level: Level) -> str:
    """Return terms with *word* between them, one a line where they are long."""
    texts = [_term(code, level) for code in codes]
    line = f" {word} ".join(texts)
    if len(line) <= LINE and "\n" not in line:
        return line
    return f"\n{word} ".join(texts)


def _term(code: Code, level: Level) -> str:
    """Return a term; one of several lines stands apart from its neighbours."""
    is_apart = "\n" in code.text and code.level <= Level.AND
    return in_parentheses(code.text) if is_apart else enclosed(code, level)


def negated(code: Code) -> Code:
    """Return the opposite condition."""
    if code.inverse:
        text, level = code.inverse, code.level
    else:
        text, level = f"not {enclosed(code, Level.NOT)}", Level.NOT
    return Code(text, level, code.false, code.true, inverse=code.text)


# --- constants --------------------------------------------------------------------


def literal(value: Json) -> str | None:
    """Return the literal of a scalar, or None where it has none.

    Only values of the very types that a JSON reader makes have literals: the text is
    Python's own for them, and holds neither a line's end nor an odd character.
    """
    if value is None or value is True or value is False:
        return repr(value)
    kind = type(value)
    if kind is str:
        return repr(value)
    if kind is int and isinstance(value, int):
        return repr(value) if value.bit_length() <= _MAX_BITS else hex(value)
    if kind is float and isinstance(value, float):
        return repr(value) if math.isfinite(value) else None
    return None


def display(value: Json, levels: int = MAX_LEVELS) -> str | None:
    """Return the text that makes *value* anew, or None where no short one does."""
    if type(value) is list and levels:
        return _display("[", [display(item, levels - 1) for item in value], "]")
    if type(value) is dict and levels:
        members = [_member(name, each, levels) for name, each in value.items()]
        return _display("{", members, "}")
    return literal(value)


def _member(name: str, value: Json, levels: int) -> str | None:
    key, text = literal(name), display(value, levels - 1)
    return None if key is None or text is None else f"{key}: {text}"


def _display(opening: str, items: list[str | None], closing: str) -> str | None:
    texts = [item for item in items if item is not None]
    if len(texts) < len(items):
        return None
    return in_brackets(opening, texts, closing)


def in_brackets(opening: str, items: Iterable[str], closing: str) -> str:
    """Return *items* between brackets, one a line where they are long."""
    items = list(items)
    line = f"{opening}{', '.join(items)}{closing}"
    if len(line) <= LINE and "\n" not in line:
        return line
    lines = ",\n".join(items)
    return f"{opening}\n{indented(lines)},\n{closing}"


def path_tuple(segments: tuple[str, ...]) -> str:
    """Return the tuple of a path's segments."""
    inner = ", ".join(map(str.__repr__, segments))
    return f"({inner},)" if len(segments) == 1 else f"({inner})"
