"""Values and texts in words, for people: short, and safe for a terminal.

The types of values are seen. What cannot be seen as it is, a terminal's control
characters among it, is spelled out.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fql.compiler.missing import MISSING
from fql.compiler.values import compact_json
from fql.grammar.cells import visible

if TYPE_CHECKING:
    from fql.compiler.missing import Missing
    from fql.compiler.values import Json

_SHOWN = 60
"""Characters shown of a value."""

_COMMENT = re.compile(r"""("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\\.)|\#[^\n]*""")
"""A comment, or what may look like one inside."""


def show(value: Json | Missing) -> str:
    """Return *value* in words that tell 25 from "25" and null from missing."""
    if value is MISSING:
        return "missing"
    text = compact_json(value)
    shown = visible(text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…")
    if isinstance(value, str):
        return f"the string {shown}"
    if isinstance(value, list):
        return f"the list {shown}"
    return f"the object {shown}" if isinstance(value, dict) else shown


def said(value: Json | Missing) -> str:
    """Return *value* as in `show`, with the kind of a number as well.

    >>> said(25), said("25"), said(True)
    ('the number 25', 'the string "25"', 'true')
    """
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return f"the number {show(value)}" if is_number else show(value)


def counted(count: int, noun: str) -> str:
    """Return *count* with its noun, which is given in the singular.

    >>> counted(1, "event"), counted(1200, "event")
    ('1 event', '1,200 events')
    """
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def on_one_line(text: str) -> str:
    """Return *text* without comments, and with single blanks for its line ends."""
    if "\n" in text:
        text = " ".join(_COMMENT.sub(lambda found: found[1] or "", text).split())
    return visible(text)
