"""The parsers that Lark makes of the three grammars.

Each is built on first use and kept: it is immutable, and every parse has a state of
its own, so threads may share it.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Literal, TypeAlias

from lark import Lark

from fql.grammar.build import Builder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lark import Token

Language: TypeAlias = Literal["fql", "mapping", "program"]


SLIPS = frozenset(
    {
        "AMPERSANDS",
        "ANGLE_BRACKETS",
        "ARROW",
        "BAD_NUMBER",
        "DOUBLE_EQUALS",
        "NOT_WORD",
        "OPEN_STRING",
        "PIPES",
        "SMART_STRING",
    }
)
"""The terminals that no rule holds and recovery replaces."""

_ANYWHERE = (
    *("STRING", "NUMBER", "TRUE", "FALSE", "NULL", "_AND", "_OR", "IN"),
    *("THEN", "ELSE"),
)
"""Terminals that are never read as something else, so that recovery knows them."""


class _Everywhere:
    """Tells Lark which terminals its lexer finds in every state."""

    always_accept = ("COMMENT", *sorted(SLIPS), *_ANYWHERE)

    def process(self, stream: Iterator[Token]) -> Iterator[Token]:
        """Return *stream* as it is: the token loop deals with these terminals."""
        return stream


@cache
def parser(language: Language) -> Lark:
    """Return the LALR parser of *language*, whose results are nodes."""
    return Lark.open_from_package(
        "fql.grammar",
        f"{language}.lark",
        parser="lalr",
        lexer="contextual",
        maybe_placeholders=True,
        postlex=_Everywhere(),
        transformer=Builder(),
    )


@cache
def words(language: Language) -> dict[str, str]:
    """Return the keyword that each terminal of *language* stands for.

    >>> words("fql")["_AND"]
    'and'
    """
    return {
        terminal.name: terminal.name.strip("_").lower()
        for terminal in parser(language).terminals
        if "(?![" in str(terminal.pattern.value) and terminal.name != "NUMBER"
    }
