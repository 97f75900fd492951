"""``@replace``: texts for texts, as JavaScript's ``replace`` does it.

Patterns are no patterns here: every character stands for itself. In replacements, the
signs after a ``$`` are alive.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fql.grammar.javascript import from_units, number_text, to_units

if TYPE_CHECKING:
    from fql.compiler.directive_values import Value


def empty_text(_: Value) -> Value:
    """Return an empty text, whatever is given."""
    return ""


@dataclass(frozen=True, slots=True)
class Replacement:
    """One pattern and what replaces it."""

    pattern: str
    text: str


@dataclass(frozen=True, slots=True)
class Replacer:
    """``@replace``: texts for texts, in UTF-16 units."""

    steps: tuple[Replacement, ...]
    is_global: bool = True
    ignores_case: bool = False

    def __call__(self, value: Value) -> Value:
        """Return the text with the patterns replaced; "" for what has no text."""
        text = replaceable(value)
        if text is None:
            return ""
        for step in self.steps:
            text = self._replaced(text, step)
        return text

    def _replaced(self, text: str, step: Replacement) -> str:
        is_plain = "$" not in step.text and step.pattern.isascii()
        if is_plain and not self.ignores_case:
            count = -1 if self.is_global else 1
            return text.replace(step.pattern, step.text, count)
        units = to_units(text)
        fold = _folded if self.ignores_case else str
        found = _occurrences(fold(units), fold(to_units(step.pattern)))
        if not self.is_global:
            found = found[:1]
        pieces: list[str] = []
        end = 0
        length = len(to_units(step.pattern))
        for start in found:
            pieces.append(units[end:start])
            end = start + length
            pieces.append(_expanded(to_units(step.text), units, start, end))
        return from_units("".join([*pieces, units[end:]]))


def replaceable(value: Value) -> str | None:
    """Return a text, the text of a bool or a number, or None."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return number_text(value) if isinstance(value, int | float) else None


def _occurrences(text: str, pattern: str) -> list[int]:
    """Return where *pattern*, which is not empty, starts; without overlaps."""
    found: list[int] = []
    at = text.find(pattern)
    while at >= 0:
        found.append(at)
        at = text.find(pattern, at + len(pattern))
    return found


def _folded(units: str) -> str:
    """Return *units* as a pattern that ignores case compares them, one for one."""
    return units.upper() if units.isascii() else "".join(map(_fold, units))


def _fold(unit: str) -> str:
    """Return the upper case of one unit, if it is one unit and no new ASCII."""
    upper = unit.upper()
    if len(upper) != 1 or (upper < "\x80" <= unit):
        return unit
    return upper


def _expanded(replacement: str, text: str, start: int, end: int) -> str:
    """Return *replacement* with ``$$``, ``$&``, ``$```, ``$'`` put in."""
    pieces = replacement.split("$")
    expanded = [pieces[0]]
    rest = iter(pieces[1:])
    for piece in rest:
        match piece[:1]:
            case "&":
                expanded.append(text[start:end] + piece[1:])
            case "`":
                expanded.append(text[:start] + piece[1:])
            case "'":
                expanded.append(text[end:] + piece[1:])
            case "":
                # A second `$` follows, or the end: `$$` is one, and takes both.
                expanded.append("$" + next(rest, ""))
            case _:
                expanded.append("$" + piece)
    return "".join(expanded)
