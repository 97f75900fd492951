r"""Glob patterns: what ``match(text, pattern)`` means.

``*`` stands for any text (across ``/`` too), ``?`` for one character, ``[abc]``,
``[a-z]`` and ``[^a]`` for one character of a class, ``\x`` for x itself. A pattern with
a malformed class, or a backslash at its end, matches nothing. Characters are code
points and case counts.

A pattern is read once into a `Glob`, data that says which test is the cheapest exact
one; `compile_glob` makes a function of it. Stars cut a pattern into pieces of fixed
width, so the leftmost place of each in turn decides, without ever going back: the time
is linear in the text for any one pattern.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias, assert_never

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Matcher: TypeAlias = Callable[[str], bool]


class GlobKind(Enum):
    """Which test decides a glob."""

    MALFORMED = auto()
    """The pattern is no glob; nothing matches."""
    NEVER = auto()
    """``[z-a]``: a class that no character belongs to; nothing matches."""
    ALWAYS = auto()
    """``*``: every text matches."""
    EQUAL = auto()
    """``abc``: the text equals ``texts[0]``."""
    PREFIX = auto()
    """``abc*``: the text starts with ``texts[0]``."""
    SUFFIX = auto()
    """``*abc``: the text ends with ``texts[0]``."""
    SUBSTRING = auto()
    """``*abc*``: the text holds ``texts[0]``."""
    AROUND = auto()
    """``abc*xyz``: it starts with ``texts[0]``, ends with ``texts[1]``, no overlap."""
    IN_ORDER = auto()
    """``a*b*c``: ``texts`` in their order, the first and last at the ends."""
    PIECES = auto()
    """As ``IN_ORDER``, with classes: ``pieces`` in their order; also a single piece."""


@dataclass(frozen=True, slots=True)
class CharacterClass:
    """``[^a-c]``: one character inside, or outside, the inclusive ranges.

    ``?`` is the class outside of no range.
    """

    ranges: tuple[tuple[str, str], ...]
    is_negated: bool


Token: TypeAlias = str | CharacterClass
"""One character, or a class of them."""

Piece: TypeAlias = tuple[Token, ...]
"""What stands between two stars; each token takes one character of the text."""


@dataclass(frozen=True, slots=True)
class Glob:
    """A pattern, read.

    Attributes:
        pattern: As written.
        kind: Which test decides.
        texts: The literal texts that the test of this kind looks for.
        pieces: What the stars separate, in order, for every kind but ``MALFORMED``;
            only the first and the last may be empty.
    """

    pattern: str
    kind: GlobKind
    texts: tuple[str, ...] = ()
    pieces: tuple[Piece, ...] = ()


def glob_match(pattern: str, text: str) -> bool:
    """Return whether *pattern* matches the whole of *text*.

    >>> glob_match("Order *", "Order Completed"), glob_match("[ab]?", "ab/")
    (True, False)
    """
    if len(pattern) <= _REMEMBERED_LENGTH:
        return _remembered(pattern)(text)
    return compile_glob(pattern)(text)


def is_malformed(pattern: str) -> bool:
    """Return whether *pattern* is no glob, and therefore matches nothing."""
    return read_glob(pattern).kind is GlobKind.MALFORMED


def compile_glob(pattern: str) -> Matcher:
    """Return the function that tells whether a text matches *pattern*."""
    return glob_matcher(read_glob(pattern))


def glob_matcher(glob: Glob) -> Matcher:
    """Return the function that tells whether a text matches *glob*."""
    match glob.kind:
        case GlobKind.MALFORMED | GlobKind.NEVER:
            return lambda _: False
        case GlobKind.ALWAYS:
            return lambda _: True
        case GlobKind.PIECES:
            return _pieces_matcher(glob.pieces)
        case GlobKind.EQUAL:
            return glob.texts[0].__eq__
        case GlobKind.PREFIX:
            return _prefix_matcher(glob.texts[0])
        case GlobKind.SUFFIX:
            return _suffix_matcher(glob.texts[0])
        case GlobKind.SUBSTRING:
            return _substring_matcher(glob.texts[0])
        case GlobKind.AROUND | GlobKind.IN_ORDER:
            return _in_order_matcher(glob.texts)
        case _:
            assert_never(glob.kind)


# Patterns that an event brings along recur; longer ones would make the memory large.
_REMEMBERED_LENGTH = 200
_remembered = lru_cache(maxsize=512)(compile_glob)


# --- reading ----------------------------------------------------------------------

_ANY_CHARACTER = CharacterClass(ranges=(), is_negated=True)


class _MalformedError(Exception):
    """The pattern is no glob."""


def read_glob(pattern: str) -> Glob:
    """Return *pattern* as data. Linear in its length."""
    try:
        pieces = _read_pieces(pattern)
    except _MalformedError:
        return Glob(pattern, GlobKind.MALFORMED)
    if any(_is_impossible(token) for piece in pieces for token in piece):
        return Glob(pattern, GlobKind.NEVER, pieces=pieces)
    texts = _literal_texts(pieces)
    if texts is None:
        return Glob(pattern, GlobKind.PIECES, pieces=pieces)
    kind, needed = _literal_kind(texts)
    return Glob(pattern, kind, needed, pieces)


def _is_impossible(token: Token) -> bool:
    return token == CharacterClass(ranges=(), is_negated=False)


def _literal_texts(pieces: Sequence[Piece]) -> tuple[str, ...] | None:
    """Return the pieces as texts, or None where one holds a class."""
    texts: list[str] = []
    for piece in pieces:
        characters = [token for token in piece if isinstance(token, str)]
        if len(characters) < len(piece):
            return None
        texts.append("".join(characters))
    return tuple(texts)


def _literal_kind(texts: tuple[str, ...]) -> tuple[GlobKind, tuple[str, ...]]:
    """Return the kind of a glob without classes, and the texts that its test needs."""
    match texts:
        case (_,):
            return GlobKind.EQUAL, texts
        case ("", ""):
            return GlobKind.ALWAYS, ()
        case (start, ""):
            return GlobKind.PREFIX, (start,)
        case ("", end):
            return GlobKind.SUFFIX, (end,)
        case (_, _):
            return GlobKind.AROUND, texts
        case ("", middle, ""):
            return GlobKind.SUBSTRING, (middle,)
        case _:
            return GlobKind.IN_ORDER, texts


def _read_pieces(pattern: str) -> tuple[Piece, ...]:
    pieces: list[list[Token]] = [[]]
    at = 0
    while at < len(pattern):
        if pattern[at] != "*":
            token, at = _read_token(pattern, at)
            pieces[-1].append(token)
            continue
        if pieces[-1] or len(pieces) == 1:  # a star right after a star adds nothing
            pieces.append([])
        at += 1
    return tuple(map(tuple, pieces))


def _read_token(pattern: str, at: int) -> tuple[Token, int]:
    """Return the token at *at*, and where it ends."""
    match pattern[at]:
        case "?":
            return _ANY_CHARACTER, at + 1
        case "[":
            return _read_class(pattern, at + 1)
        case "\\":
            return _read_escaped(pattern, at)
        case character:
            return character, at + 1


def _read_escaped(pattern: str, at: int) -> tuple[str, int]:
    if at + 1 == len(pattern):
        raise _MalformedError
    return pattern[at + 1], at + 2


def _read_class(pattern: str, at: int) -> tuple[Token, int]:
    """Return the class whose content starts at *at*, and where it ends."""
    is_negated = pattern.startswith("^", at)
    at += is_negated
    ranges: list[tuple[str, str]] = []
    while not (ranges and pattern.startswith("]", at)):
        low, at = _read_class_character(pattern, at)
        high = low
        if pattern.startswith("-", at):
            high, at = _read_class_character(pattern, at + 1)
        ranges.append((low, high))
    return _simplest(ranges, is_negated), at + 1


def _simplest(ranges: list[tuple[str, str]], is_negated: bool) -> Token:
    """Return the class as a token: ``[*]`` is the character, empty ranges are gone."""
    inhabited = tuple((low, high) for low, high in ranges if low <= high)
    match inhabited:
        case ((low, high),) if low == high and not is_negated:
            return low
        case _:
            return CharacterClass(inhabited, is_negated)


def _read_class_character(pattern: str, at: int) -> tuple[str, int]:
    if at == len(pattern) or pattern[at] in "-]":
        raise _MalformedError
    if pattern[at] == "\\":
        return _read_escaped(pattern, at)
    return pattern[at], at + 1


# --- matching ---------------------------------------------------------------------


def _prefix_matcher(prefix: str) -> Matcher:
    return lambda text: text.startswith(prefix)


def _suffix_matcher(suffix: str) -> Matcher:
    return lambda text: text.endswith(suffix)


def _substring_matcher(part: str) -> Matcher:
    return lambda text: part in text


def _in_order_matcher(texts: Sequence[str]) -> Matcher:
    first, *middles, last = texts
    start, reserved = len(first), len(last)

    def matches(text: str) -> bool:
        end = len(text) - reserved
        if end < start or not (text.startswith(first) and text.endswith(last)):
            return False
        at = start
        for middle in middles:
            found = text.find(middle, at, end)
            if found < 0:
                return False
            at = found + len(middle)
        return True

    return matches


def _pieces_matcher(pieces: Sequence[Piece]) -> Matcher:
    # A piece has a fixed width, so its pattern has no choice to come back to.
    patterns = [re.compile(_pattern_source(piece), re.DOTALL) for piece in pieces]
    first, last = patterns[0], patterns[-1]
    if len(patterns) == 1:
        return lambda text: first.fullmatch(text) is not None
    searches = [pattern.search for pattern in patterns[1:-1]]
    start, reserved = len(pieces[0]), len(pieces[-1])

    def matches(text: str) -> bool:
        end = len(text) - reserved
        if end < start or not (first.match(text) and last.match(text, end)):
            return False
        at = start
        for search in searches:
            found = search(text, at, end)
            if found is None:
                return False
            at = found.end()
        return True

    return matches


def _pattern_source(piece: Piece) -> str:
    return "".join(map(_token_source, piece))


def _token_source(token: Token) -> str:
    if isinstance(token, str):
        return re.escape(token)
    if not token.ranges:
        return "."
    ranges = "".join(
        f"{re.escape(low)}-{re.escape(high)}" for low, high in token.ranges
    )
    return f"[{'^' if token.is_negated else ''}{ranges}]"
