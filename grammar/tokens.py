"""From text to tokens, one at a time, by the terminals of a grammar.

Which terminals are looked for depends on what the parser would take: a word may be a
name in one place and a keyword in another. Where none of those fits, any terminal will
do, so that the finding can speak of the token that was written; a character that
begins no token at all is a token of its own.

All are tried at once, in their order. What is found so is nearly always what the parser
would take, and then no smaller choice would find anything else, so that few patterns
are ever compiled for places.

Nothing here knows what a token means or whether it fits.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fql.grammar.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lark.lexer import TerminalDef

END = "$END"
"""The type of the token behind the last one."""

JUNK = "JUNK"
"""The type of a character that begins no token."""


class Token(str):
    """A piece of a text.

    Attributes:
        type: The terminal that it is.
        span: Where it stands; empty where recovery put it in.
    """

    __slots__ = ("span", "type")

    type: str
    span: Span

    def __new__(cls, kind: str, text: str, span: Span) -> Token:
        """Return the token of type *kind* that reads *text* and stands at *span*."""
        token = str.__new__(cls, text)
        token.type = kind
        token.span = span
        return token


# Tokens are many, and calls are most of what one costs: these two save some.
_make_span = Span._make
_make_text = str.__new__


class Vocabulary:
    """The terminals of one language, and the patterns that find them.

    Attributes:
        anything: The pattern that finds any terminal.
        blanks: The pattern of what separates tokens, which may be nothing.
    """

    def __init__(
        self,
        terminals: Iterable[TerminalDef],
        *,
        ignored: Iterable[str],
        everywhere: Iterable[str],
        expected: Mapping[int, Iterable[str]],
    ) -> None:
        """Take what a grammar says.

        Args:
            terminals: All of its terminals.
            ignored: Those that separate tokens and are none.
            everywhere: Those that are looked for in every state.
            expected: Those that the parser takes, by its state.
        """
        self._terminals = sorted(terminals, key=_rank)
        self._ignored = frozenset(ignored)
        self._everywhere = frozenset(everywhere)
        self._expected = expected
        ignoring = "|".join(
            each.pattern.to_regexp()
            for each in self._terminals
            if each.name in self._ignored
        )
        self.blanks = re.compile(f"(?:{ignoring})*+")
        self._by_state: dict[int, frozenset[str]] = {}
        self._by_terminals: dict[frozenset[str], re.Pattern[str]] = {}
        self.anything = self._compiled(frozenset(each.name for each in self._terminals))

    def wanted(self, state: int) -> frozenset[str]:
        """Return the terminals that are looked for in *state*."""
        wanted = self._by_state.get(state)
        if wanted is None:
            wanted = self._everywhere.union(self._expected[state])
            self._by_state[state] = wanted
        return wanted

    def pattern(self, state: int) -> re.Pattern[str]:
        """Return what finds nothing else than is looked for in *state*.

        As in `anything`, the name of what it finds is the last group's.
        """
        return self._compiled(self.wanted(state))

    def is_one(self, name: str, text: str) -> bool:
        """Return whether all of *text* is the terminal *name*."""
        patterns = (each.pattern for each in self._terminals if each.name == name)
        return any(re.fullmatch(each.to_regexp(), text) for each in patterns)

    def _compiled(self, names: frozenset[str]) -> re.Pattern[str]:
        pattern = self._by_terminals.get(names)
        if pattern is None:
            choices = "|".join(
                f"(?P<{each.name}>{each.pattern.to_regexp()})"
                for each in self._terminals
                if each.name in names - self._ignored
            )
            pattern = re.compile(f"{self.blanks.pattern}(?:{choices})")
            self._by_terminals[names] = pattern
        return pattern


def _rank(terminal: TerminalDef) -> tuple[int, int, int, str]:
    """Say where *terminal* stands among those tried: as Lark's own lexers have it."""
    pattern = terminal.pattern
    width = -pattern.max_width
    return -terminal.priority, width, -len(pattern.value), terminal.name


class Scanner:
    """Reads one text.

    Attributes:
        at: The offset where the next token is looked for.
    """

    __slots__ = ("_text", "_vocabulary", "at")

    def __init__(self, vocabulary: Vocabulary, text: str) -> None:
        self._vocabulary = vocabulary
        self._text = text
        self.at = 0

    def next(self, state: int) -> Token:
        """Return the next token, given that the parser is in *state*, and pass it."""
        vocabulary, text, at = self._vocabulary, self._text, self.at
        found = vocabulary.anything.match(text, at)
        if found is None or found.lastgroup is None:
            return self._odd_one()
        kind = found.lastgroup
        if kind not in vocabulary.wanted(state):
            wanted = vocabulary.pattern(state).match(text, at)
            if wanted is not None and wanted.lastgroup is not None:
                found, kind = wanted, wanted.lastgroup
        token = _make_text(Token, found[kind])
        token.type = kind
        token.span = _make_span(found.span(kind))
        self.at = found.end()
        return token

    def _odd_one(self) -> Token:
        """Return the end, or the character that no terminal begins with."""
        blanks = self._vocabulary.blanks.match(self._text, self.at)
        start = blanks.end() if blanks else self.at
        if start == len(self._text):
            self.at = start
            return Token(END, "", Span(start, start))
        self.at = start + 1
        return Token(JUNK, self._text[start], Span(start, start + 1))
