"""What may be written next in an interactive session."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fql.cli.repl_events import FieldSeen
    from fql.compiler.signatures import FunctionTable

KEYWORDS = ("and", "or", "in", "true", "false", "null")

_WORD = re.compile(r"(?:[\w$.\-]|\\.)*\Z")
_STRING = re.compile(r"""(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[^"'#])*""")
"""What stands before a place that is in no string and no comment."""


class Word(NamedTuple):
    """A word that may stand at the end of a text.

    Attributes:
        text: The word.
        start: How far before the end what it replaces begins; never positive.
        about: What it is, in a few words.
    """

    text: str
    start: int
    about: str


def completions(
    text: str, fields: Sequence[FieldSeen], functions: FunctionTable
) -> Iterator[Word]:
    """Yield what the word at the end of *text* may become, fields first."""
    whole = _STRING.match(text)
    if whole is None or whole.end() != len(text):
        return
    found = _WORD.search(text)
    begun = found[0] if found is not None else ""
    if not begun:
        return
    for word, about in _known(fields, functions):
        if word.casefold().startswith(begun.casefold()) and word != begun:
            yield Word(word, -len(begun), about)


def _known(
    fields: Sequence[FieldSeen], functions: FunctionTable
) -> Iterator[tuple[str, str]]:
    for field in fields:
        yield field.path, ", ".join(field.kinds)
    for name, function in functions.items():
        yield f"{name}(", function.summary
    for keyword in KEYWORDS:
        yield keyword, "keyword"
