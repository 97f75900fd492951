"""Repair of a declaration that begins in the middle of another.

A brace, a body or a condition was left open; the words that begin the next declaration
show it, long before the end of the text does. The rule is a pure function of the
trouble.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fql.grammar import errors, member_errors
from fql.grammar.lookahead import STRING
from fql.grammar.source import Span
from fql.grammar.tokens import Token
from fql.grammar.trouble import CLOSING, Repair, Trouble

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_TITLED = re.compile(rf"[ \t]*{STRING}\s+when\b")
_FOLLOWED = {
    "workspace": re.compile(r"[ \t]*\{"),
    "settings": re.compile(r"[ \t]*\{"),
    "delivery": re.compile(r"[ \t]*\{"),
    "source": re.compile(r"[ \t]+[\w\-]+\s*\{"),
    "enrich": re.compile(r"[ \t]+[\w\-]+\s+from\b"),
    "destination": re.compile(r"[ \t]+[\w\-]+\s*:"),
    "disabled": re.compile(r"\s+(destination|filter|mapping)\b"),
    "filter": _TITLED,
    "mapping": _TITLED,
}
FIELDS = frozenset({"workspace", "settings", "delivery"})
"""Words that a brace may follow where a path stands: ``each settings { ... }``."""

_BODY = ("LBRACE", "RBRACE")
_ENDINGS: tuple[tuple[str, ...], ...] = (
    (),
    _BODY,
    ("NAME", *_BODY),
    ("COLON", "NAME", *_BODY),
    ("SEND", "NAME", *_BODY),
    ("WHEN", "INVALID", *_BODY),
    ("WHEN", "INVALID", "SEND", "NAME", *_BODY),
)
"""What may be missing of a declaration."""

_MAX_CLOSED = 4
_TEXTS = {"NAME": "_", "LBRACE": "", "RBRACE": ""}


def begins_declaration(token: Token, text: str) -> tuple[str, ...]:
    """Return the keywords with which *token* of *text* begins a declaration, if any.

    What follows decides: fields and keys may have the same names.
    """
    followed = _FOLLOWED.get(token)
    if followed is None or (token.type == "PATH" and token in FIELDS):
        return ()
    found = followed.match(text, token.span.end)
    if found is None:
        return ()
    return token.upper(), *(word.upper() for word in found.groups())


def declaration(trouble: Trouble) -> Repair | None:
    """Complete what stands before the declaration that begins here."""
    if "SOURCE" not in trouble.words:
        return None
    kinds = begins_declaration(trouble.token, trouble.source.text)
    if not kinds or trouble.takes(*kinds):
        return None
    for pieces in _completions(trouble.brackets):
        if trouble.takes(*pieces, *kinds):
            return _completed(trouble, pieces)
    return None


def _completions(brackets: Sequence[Token]) -> Iterator[tuple[str, ...]]:
    """Yield what could be missing, the least first."""
    closings = [CLOSING[each.type] for each in reversed(brackets[-_MAX_CLOSED:])]
    for start in ((), ("INVALID",)):
        for count in range(len(closings) + 1):
            for ending in _ENDINGS:
                yield (*start, *closings[:count], *ending)
                if ending:
                    yield (*start, *closings[:count], *ending, *closings[count:])


def _completed(trouble: Trouble, pieces: tuple[str, ...]) -> Repair:
    source, last = trouble.source, trouble.last
    at = trouble.span.start if last is None else last.span.end
    span = Span(at, at)
    insert = tuple(Token(kind, _TEXTS.get(kind, ""), span) for kind in pieces)
    first = pieces[0]
    if first == "INVALID" and last is not None:
        finding = errors.missing_operand(source, trouble.span, last.span, trouble.found)
    elif trouble.brackets and first == CLOSING[trouble.brackets[-1].type]:
        opening = trouble.brackets[-1]
        if not opening:
            return Repair(None, insert=insert)
        finding = errors.unclosed_bracket(source, opening.span, trouble.found)
    else:
        finding = member_errors.missing_piece(
            source, trouble.span, trouble.spelled(first), trouble.found
        )
    # What is taken for unclosed may well have its partner further on.
    closed = pieces.count("RBRACE") - pieces.count("LBRACE")
    return Repair(finding, insert=insert, unread="{" * closed)
