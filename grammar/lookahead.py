"""What stands behind a mistake, judged by its looks.

Fixes may reach further than the token that does not fit: ``not a = 1`` needs a bracket
behind the ``1``. The functions here answer such questions from the text alone, looking
at most `WINDOW` code points ahead; where they cannot be sure, they answer None.
"""

from __future__ import annotations

import re

from fql.grammar.limits import MAX_NESTING

WINDOW = 2_000
"""Code points that are looked at."""

STRING = r"""(?:"[^"\\]*(?:\\[\s\S][^"\\]*)*+"|'[^'\\]*(?:\\[\s\S][^'\\]*)*+')"""
NUMBER = r"[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?![\w.])"
PATH = r"[^\W\d][\w\-]*+(?:\.\w[\w\-]*+|\[[0-9]+\])*+"

_ITEM = rf"(?:{STRING}|{NUMBER}|{PATH})"
FLAT_LIST = re.compile(rf"\(\s*+{_ITEM}(?:\s*+,\s*+{_ITEM})++\s*+\)")
"""Two or more plain values in parentheses."""

THOUSANDS = re.compile(r"(?:,[0-9]{3})+(?![\w.]|,[0-9])")
"""What follows the first digits of ``1,000``."""

LIST_ITEM = re.compile(rf"(?P<STRING>{STRING})|(?P<NUMBER>{NUMBER})|(?P<PATH>{PATH})|,")

_BRACKETS = re.compile(rf"""{STRING}|["']|\\[\s\S]|#[^\n]*|[()\[\]{{}}]""")
_OPERAND = re.compile(rf"\s*+(?:({STRING}|{NUMBER}|[(\[])|{PATH}(\()?)")
_COMPARISON = re.compile(r"\s*+(?:!=|[<>]=?|=(?![=<>])|in\b(?!\s*:))")
_BOUNDARY = re.compile(r"\s*+(?:\Z|[),}{\]#]|(?i:and|or|then|else|send)\b)")
_BLOCK = re.compile(r"(?:\s|#[^\n]*)*+\{")
_PARTNERS = {")": "(", "]": "[", "}": "{"}


def bracket_end(text: str, at: int) -> int | None:
    """Return the offset behind the partner of the bracket at *at*."""
    opened: list[str] = []
    for found in _BRACKETS.finditer(text, at, at + WINDOW):
        mark = found[0]
        if mark in {'"', "'"}:
            return None
        if mark in {"(", "[", "{"}:
            opened.append(mark)
            if len(opened) > MAX_NESTING:
                return None
        elif mark in _PARTNERS:
            if opened.pop() != _PARTNERS[mark]:
                return None
            if not opened:
                return found.end()
    return None


def is_last_block(text: str, at: int) -> bool:
    """Return whether the braces that open at *at* are closed, and no others follow.

    An object may stand where a value is wanted before a block; where only one block
    is there, it is that one, and the value is missing.
    """
    end = bracket_end(text, at)
    return end is not None and _BLOCK.match(text, end) is None


def operand_end(text: str, at: int) -> int | None:
    """Return the offset behind the value that begins at *at* or behind blanks there."""
    found = _OPERAND.match(text, at, at + WINDOW)
    if found is None:
        return None
    if found[0].endswith(("(", "[")):
        return bracket_end(text, found.end() - 1)
    return found.end()


def comparison_end(text: str, at: int) -> tuple[int, bool] | None:
    """Return where the condition at *at* ends, and whether it compares two values.

    A condition is a value or a comparison, whichever stands there, up to ``and``,
    ``or``, a comma, a bracket or the end.
    """
    end = operand_end(text, at)
    if end is None:
        return None
    operator = _COMPARISON.match(text, end)
    if operator is not None:
        end = operand_end(text, operator.end())
    if end is None or _BOUNDARY.match(text, end) is None:
        return None
    return end, operator is not None
