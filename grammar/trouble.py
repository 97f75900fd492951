"""A token that does not fit, and the ways to go on behind it, as data."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from fql.grammar import errors
from fql.grammar.source import Source, Span
from fql.grammar.tokens import END, Token

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fql.grammar.diagnostics import Diagnostic

CLOSING = {"LPAR": "RPAR", "LSQB": "RSQB", "LBRACE": "RBRACE"}
"""The terminal that closes what each opening terminal opens."""

CLOSERS = frozenset(CLOSING.values())

VALUES = frozenset(
    {
        *("PATH", "NAME", "STRING", "NUMBER", "TRUE", "FALSE", "NULL"),
        *("EVENT_PATH", "LPAR", "LSQB", "LBRACE", "BANG", "INVALID"),
    }
)
"""The terminals that start a value, or a key."""

COMPARISONS = frozenset({"EQ", "NE", "LT", "LE", "GT", "GE", "IN"})
JOINS = frozenset({"_AND", "_OR"})

_SPELLING = {
    "_COMMA": "`,`",
    "COLON": "`:`",
    "LBRACE": "`{`",
    "RBRACE": "`}`",
    "LPAR": "`(`",
    "RPAR": "`)`",
    "LSQB": "`[`",
    "RSQB": "`]`",
    "EQ": "an operator",
    "_COALESCE": "`??`",
    "STRING": "a string",
    "NUMBER": "a number",
    "PATH": "a field",
    "NAME": "a name",
    END: "the end of the text",
}
_WORD = re.compile(r"[^\W\d][\w\-]*")


@dataclass(frozen=True, slots=True)
class Trouble:
    """A token that does not fit, and everything a rule may look at.

    Attributes:
        source: The text.
        token: The token that does not fit; its type is `END` behind the last.
        last: The last token that did fit, or None.
        accepts: The terminals that the parser would take instead.
        takes: Says whether the parser would take some terminals one after the other.
        brackets: The opening tokens that are still open, outermost first.
        words: The keyword of each terminal that is one.
    """

    source: Source
    token: Token
    last: Token | None
    accepts: frozenset[str]
    takes: Callable[..., bool]
    brackets: tuple[Token, ...]
    words: Mapping[str, str]

    @property
    def span(self) -> Span:
        """Where the token stands."""
        return self.token.span

    @property
    def wants_value(self) -> bool:
        """Whether a value may start here."""
        return "INVALID" in self.accepts

    @property
    def wants_operator(self) -> bool:
        """Whether a value has just ended here."""
        return "_AND" in self.accepts

    @property
    def is_in_object(self) -> bool:
        """Whether the innermost open bracket is a brace."""
        return bool(self.brackets) and self.brackets[-1].type == "LBRACE"

    @property
    def is_word(self) -> bool:
        """Whether the token looks like a name or a keyword."""
        return _WORD.fullmatch(self.token) is not None

    @property
    def keyword(self) -> str | None:
        """The terminal of the keyword that the token reads as, if it is one."""
        for kind, word in self.words.items():
            if word == self.token:
                return kind
        return None

    @property
    def is_attached(self) -> bool:
        """Whether nothing stands between the last token and this one."""
        return self.last is not None and self.last.span.end == self.span.start

    @property
    def gap(self) -> str:
        """What stands between the last token that fitted and this one."""
        start = 0 if self.last is None else self.last.span.end
        return self.source.text[start : self.span.start]

    @property
    def found(self) -> str:
        """What stands here, in words."""
        if self.token.type == END:
            return "the end of the text"
        return errors.quoted(self.token)

    def spelled(self, kind: str) -> str:
        """Return what a terminal is called in messages, or nothing."""
        word = self.words.get(kind)
        return f"`{word}`" if word else _SPELLING.get(kind, "")

    def ahead(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Match *pattern* against the text behind the token."""
        return pattern.match(self.source.text, self.span.end)


@dataclass(frozen=True, slots=True)
class Repair:
    """How to go on.

    Attributes:
        diagnostic: What to report, or None for what follows from an earlier report.
        insert: Tokens to read first; after them, the token is tried again.
        replace: A token to try in place of the one that does not fit.
        skip_to: Pass over the token and everything before this offset, then try
            `replace` if there is one. It may lie before the end of the token: reading
            goes on there. None: pass over nothing.
        amend: A token to read in place of the last one that fitted. Where a path
            was read, it may be an empty one: what stood there had no sense.
        drops_last: The last token that fitted should not be there.
        unread: Text in which brackets may stand that were not seen. Findings that
            could follow from this are not reported.

    What has a fix is read as the fix has it, or as something invalid: what is read
    otherwise may be judged by later stages as if the author had written it.
    """

    diagnostic: Diagnostic | None
    insert: tuple[Token, ...] = ()
    replace: Token | None = None
    skip_to: int | None = None
    amend: Token | None = None
    drops_last: bool = False
    unread: str = ""


Rule: TypeAlias = Callable[[Trouble], Repair | None]


def make_token(kind: str, text: str, at: Token | Span) -> Token:
    """Return a token of *kind* that stands where *at* does."""
    return Token(kind, text, at.span if isinstance(at, Token) else at)


def put_in(kind: str, text: str, trouble: Trouble) -> Token:
    """Return an empty token of *kind* to stand before the one that does not fit."""
    start = trouble.span.start
    return Token(kind, text, Span(start, start))
