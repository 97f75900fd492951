"""A token that does not fit, and the ways to go on behind it, as data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from lark import Token

from fql.grammar import errors
from fql.grammar.source import Source, Span

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fql.grammar.diagnostics import Diagnostic

CLOSING = {"LPAR": "RPAR", "LSQB": "RSQB", "LBRACE": "RBRACE"}
"""The terminal that closes what each opening terminal opens."""

END = "$END"
"""The type of the token behind the last one."""

VALUES = frozenset(
    {
        *("PATH", "NAME", "STRING", "NUMBER", "TRUE", "FALSE", "NULL"),
        *("EVENT_PATH", "LPAR", "LSQB", "LBRACE", "BANG", "INVALID"),
    }
)
"""The terminals that start a value, or a key."""

COMPARISONS = frozenset({"EQ", "NE", "LT", "LE", "GT", "GE", "IN"})
JOINS = frozenset({"_AND", "_OR"})


@dataclass(frozen=True, slots=True)
class Trouble:
    """A token that does not fit, and everything a rule may look at.

    Attributes:
        source: The text.
        token: The token that does not fit; its type is ``$END`` behind the last.
        last: The last token that did fit, or None.
        accepts: The terminals that the parser would take instead.
        brackets: The opening tokens that are still open, outermost first.
        words: The keyword of each terminal that is one.
    """

    source: Source
    token: Token
    last: Token | None
    accepts: frozenset[str]
    brackets: tuple[Token, ...]
    words: Mapping[str, str]

    @property
    def span(self) -> Span:
        """Where the token stands."""
        return span_of(self.token)

    @property
    def wants_value(self) -> bool:
        """Whether a value may start here."""
        return "INVALID" in self.accepts

    @property
    def wants_operator(self) -> bool:
        """Whether a value has just ended here."""
        return "_AND" in self.accepts

    @property
    def found(self) -> str:
        """What stands here, in words."""
        if self.token.type == END:
            return "the end of the text"
        return f"`{errors.shorten(self.token)}`"


@dataclass(frozen=True, slots=True)
class Repair:
    """How to go on.

    Attributes:
        diagnostic: What to report, or None for what follows from an earlier report.
        insert: Tokens to read first; after them, the token is tried again.
        replace: A token to try in place of the one that does not fit.
        skip_to: Pass over the token and everything before this offset, then try
            `replace` if there is one. None: pass over nothing.
        is_muting: Brackets that stay open from here on follow from this mistake.
    """

    diagnostic: Diagnostic | None
    insert: tuple[Token, ...] = ()
    replace: Token | None = None
    skip_to: int | None = None
    is_muting: bool = False


Rule: TypeAlias = Callable[[Trouble], Repair | None]


def span_of(token: Token) -> Span:
    """Return where *token* stands."""
    return Span(token.start_pos or 0, token.end_pos or 0)


def make_token(kind: str, text: str, at: Token, *, start: int | None = None) -> Token:
    """Return a token of *kind* that stands where *at* does, or at *start*, empty."""
    token = Token.new_borrow_pos(kind, text, at)
    if start is not None:
        token.start_pos = token.end_pos = start
    return token
