"""Tokens of a trigger text, cut exactly as the original trigger engine cuts them.

Quirks and all: strings know no escapes and want a blank, ``,``, ``]`` or ``)`` after
them, ``and`` / ``or`` / ``null`` and two-character operators likewise, and keywords
exist in lower case only. `trigger_reader.py` makes conditions of the tokens; the
grammar of the language itself is elsewhere and much saner.

Inside, a text is a row of UTF-16 units (`fql.grammar.javascript.to_units`), and the
texts of tokens stay such rows; positions are code points, as everywhere.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from fql.grammar.javascript import from_units, to_units

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_TOKEN: Final = 100_000
"""Units at which the original gives up on a word, a number or a string."""


class TokenKind(StrEnum):
    """The kinds of tokens."""

    WORD = "word"
    NUMBER = "number"
    STRING = "string"
    NULL = "null"
    CONDITIONAL = "conditional"
    OPERATOR = "operator"
    DOT = "dot"
    LEFT = "left"
    RIGHT = "right"
    OTHER = "other"
    END = "end"


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the text: its kind, its text in units and where it stands.

    The text of a word has its escapes resolved, that of a string keeps its quotes,
    that of the end is ``eos``.
    """

    kind: TokenKind
    text: str
    start: int
    end: int


class UnreadableText(Exception):  # noqa: N818 - a finding about a text, not a fault
    """The original cannot read the text.

    Attributes:
        message: What stops it, for people.
        start: Where the part that stops it starts, in code points.
        end: Where that part ends, exclusive.
    """

    def __init__(self, message: str, start: int, end: int) -> None:
        self.message = message
        self.start = start
        self.end = end
        super().__init__(message)


_BLANKS: Final = " \t\n"
_TERMINATORS: Final = frozenset(_BLANKS + ",])")
_AFTER_WORD: Final = _TERMINATORS | frozenset(".(=!")
_LETTERS: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_DIGITS: Final = frozenset("0123456789")
_MARKS: Final = {
    "=": TokenKind.OPERATOR,
    ".": TokenKind.DOT,
    "(": TokenKind.LEFT,
    ")": TokenKind.RIGHT,
    "[": TokenKind.OTHER,
    "]": TokenKind.OTHER,
    ",": TokenKind.OTHER,
}
_KEYWORDS: Final = {
    "a": ("and", TokenKind.CONDITIONAL),
    "o": ("or", TokenKind.CONDITIONAL),
    "n": ("null", TokenKind.NULL),
}
_SPACE: Final = re.compile(f"[{_BLANKS}]*")
_WORD: Final = re.compile(r"(?:[A-Za-z0-9_-]|\\.)+", re.DOTALL)
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)
_DIGITS_AND_DOTS: Final = re.compile(r"[0-9.]*")


def tokenize(text: str) -> list[Token]:
    """Return the tokens of *text*, an `END` token last. Linear in the text.

    Raises:
        UnreadableText: Somewhere no token starts, or one is not complete.
    """
    units = to_units(text)
    if len(units) == len(text):
        return _cut(units)
    place = _code_points(text)
    try:
        return [
            replace(token, start=place(token.start), end=place(token.end))
            for token in _cut(units)
        ]
    except UnreadableText as error:
        start, end = place(error.start), place(error.end)
        raise UnreadableText(error.message, start, end) from None


def _code_points(text: str) -> Callable[[int], int]:
    """Return what turns a position in the units of *text* into one in *text*."""
    wide = (index for index, char in enumerate(text) if char > "\uffff")
    second_units = [index + before + 1 for before, index in enumerate(wide)]
    return lambda unit: unit - bisect_right(second_units, unit)


def _cut(units: str) -> list[Token]:
    tokens: list[Token] = []
    at = _skip_blanks(units, 0)
    while at < len(units):
        token, resume = _token(units, at)
        tokens.append(token)
        at = _skip_blanks(units, resume)
    tokens.append(Token(TokenKind.END, "eos", at, at))
    return tokens


def _skip_blanks(units: str, at: int) -> int:
    found = _SPACE.match(units, at)
    return found.end() if found else at


def _token(units: str, at: int) -> tuple[Token, int]:
    """Return the token at *at* and where reading goes on."""
    char = units[at]
    if char in _LETTERS or char in "_\\":
        return _keyword_or_word(units, at)
    if char in _MARKS:
        return Token(_MARKS[char], char, at, at + 1), at + 1
    if char in "\"'":
        return _string(units, at)
    if char in _DIGITS or char in "+-":
        return _number(units, at)
    if char in "<>":
        return _operator(units, at, 2 if _is_whole(units, at + 1, "=") else 1)
    if char == "!":
        return _exclamation_mark(units, at)
    char = from_units(units[at : at + 2])[0]
    message = f"the trigger engine cannot read {_shown(char)} outside of a string"
    raise UnreadableText(message, at, at + len(to_units(char)))


def _shown(char: str) -> str:
    return f"`{char}`" if char.isprintable() else ascii(char)


def _ends_token(units: str, at: int) -> bool:
    return at >= len(units) or units[at] in _TERMINATORS


def _is_whole(units: str, at: int, rest: str) -> bool:
    """Return whether *rest* stands at *at* and something ends a token after it."""
    return units.startswith(rest, at) and _ends_token(units, at + len(rest))


def _operator(units: str, at: int, length: int) -> tuple[Token, int]:
    end = at + length
    return Token(TokenKind.OPERATOR, units[at:end], at, end), end


def _exclamation_mark(units: str, at: int) -> tuple[Token, int]:
    following = units[at + 1 : at + 2]
    if following == "(" or following in _LETTERS:
        return _operator(units, at, 1)
    if _is_whole(units, at + 1, "="):
        return _operator(units, at, 2)
    if following == "=":
        message = "the trigger engine wants a blank after `!=`"
    else:
        message = "the trigger engine reads `!` only before `= `, `(` and a letter"
    raise UnreadableText(message, at, at + 1)


def _string(units: str, at: int) -> tuple[Token, int]:
    """Read to the next quote of the same kind; no escapes.

    Where nothing ends a token after that quote, the quote is not used up: reading
    goes on at it, and it opens the next string.
    """
    quote = units[at]
    close = units.find(quote, at + 1)
    if close < 0:
        raise UnreadableText("this string has no end", at, len(units))
    if close - at - 1 >= MAX_TOKEN:
        raise UnreadableText("this string is too long", at, close + 1)
    end = close + 1
    token = Token(TokenKind.STRING, units[at:end], at, end)
    return token, end if _ends_token(units, end) else close


def _number(units: str, at: int) -> tuple[Token, int]:
    """Read a sign or a digit and the digits after it, with at most one dot."""
    found = _DIGITS_AND_DOTS.match(units, at + 1)
    end = found.end() if found else at + 1
    text = units[at:end]
    if text.count(".") > 1:
        raise UnreadableText("this number has two decimal points", at, end)
    if text.endswith(".") and _ends_token(units, end):
        raise UnreadableText("this number ends in a decimal point", at, end)
    if end - at - 1 >= MAX_TOKEN:
        raise UnreadableText("this number is too long", at, end)
    return Token(TokenKind.NUMBER, text, at, end), end


def _keyword_or_word(units: str, at: int) -> tuple[Token, int]:
    """Read ``and``, ``or``, ``null`` or a word.

    The look-ahead for a keyword may run into the end of the text and stays there: of
    a last word such as ``an``, ``ab`` or ``nul`` only the first letter is read.
    """
    if units[at] not in _KEYWORDS:
        return _word(units, at)
    keyword, kind = _KEYWORDS[units[at]]
    end = at + len(keyword)
    if _is_whole(units, at + 1, keyword[1:]):
        return Token(kind, keyword, at, end), end
    ahead = units[at + 1 : end]
    if len(ahead) < len(keyword) - 1 and _TERMINATORS.isdisjoint(ahead):
        return Token(TokenKind.WORD, units[at], at, len(units)), len(units)
    return _word(units, at)


def _word(units: str, at: int) -> tuple[Token, int]:
    found = _WORD.match(units, at)
    end = found.end() if found else at
    if units.startswith("\\", end):
        raise UnreadableText("nothing stands after this backslash", end, end + 1)
    text = _ESCAPE.sub(r"\1", units[at:end])
    if len(text) >= MAX_TOKEN:
        raise UnreadableText("this word is too long", at, end)
    if end < len(units) and units[end] not in _AFTER_WORD:
        raise UnreadableText(_after_word(units, at, end), end, end + 1)
    return Token(TokenKind.WORD, text, at, end), end


def _after_word(units: str, at: int, end: int) -> str:
    char = units[end]
    if char == "[":
        return "the trigger engine knows no index in a path"
    if char in "<>":
        return f"the trigger engine wants a blank between a name and `{char}`"
    if char in "\"'":
        return f"a string stands right after the word `{units[at:end][:40]}`"
    if "\ud800" <= char <= "\udfff":
        return "the trigger engine reads no character above U+FFFF in a name"
    return f"the trigger engine cannot read {_shown(char)} right after a name"
