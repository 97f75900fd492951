"""What Lark makes of the three grammars: tables to run, terminals to look for.

Each is made on first use and kept: they do not change, and every parse has a state of
its own, so threads may share them.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Literal, TypeAlias

from lark import Lark

from fql.grammar.automaton import Table, make_table
from fql.grammar.build import Builder
from fql.grammar.tokens import Vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lark.lexer import TerminalDef, Token

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
    """Tells Lark to keep the terminals that no rule holds."""

    always_accept = ("COMMENT", *sorted(SLIPS), *_ANYWHERE)

    def process(self, stream: Iterator[Token]) -> Iterator[Token]:
        """Return *stream* as it is."""
        return stream


@cache
def parser(language: Language) -> Lark:
    """Return the LALR parser of *language*, whose results are nodes.

    Its tables and terminals are what counts: `parse.py` reads by them, because Lark's
    own reading stops at the first mistake.
    """
    return Lark.open_from_package(
        "fql.grammar",
        f"{language}.lark",
        parser="lalr",
        lexer="basic",
        maybe_placeholders=True,
        postlex=_Everywhere(),
        transformer=Builder(),
    )


@cache
def table(language: Language) -> Table:
    """Return what the parser of *language* does in each of its states."""
    interactive = parser(language).parse_interactive("")
    return make_table(interactive.parser_state.parse_conf)


@cache
def vocabulary(language: Language) -> Vocabulary:
    """Return the terminals of *language*, by the states of its parser."""
    lark = parser(language)
    return Vocabulary(
        lark.terminals,
        ignored=lark.ignore_tokens,
        everywhere=_Everywhere.always_accept,
        expected=table(language).actions,
    )


@cache
def words(language: Language) -> dict[str, str]:
    """Return the keyword that each terminal of *language* stands for.

    >>> words("fql")["_AND"]
    'and'
    """
    return {
        str(terminal.name): terminal.name.strip("_").lower()
        for terminal in parser(language).terminals
        if terminal.name not in SLIPS and _is_word(terminal)
    }


def _is_word(terminal: TerminalDef) -> bool:
    """Say whether *terminal* is a word, its own name, and no other."""
    pattern = terminal.pattern.to_regexp()
    name = terminal.name.strip("_").lower()
    return bool(re.fullmatch(pattern, name)) and not re.fullmatch(pattern, "x")
