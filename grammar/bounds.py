"""The limits that reading keeps, counted token by token.

They hold before a node is built, so that nothing later meets a tree that is too deep
or too large, or a number that takes long to read.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fql.grammar import limit_errors, limits
from fql.grammar.build import read_number
from fql.grammar.trouble import CLOSERS, CLOSING, COMPARISONS

if TYPE_CHECKING:
    from collections.abc import Callable

    from fql.grammar.diagnostics import Diagnostic
    from fql.grammar.source import Source
    from fql.grammar.tokens import Token

_CONSTANTS = frozenset({"STRING", "NUMBER", "TRUE", "FALSE", "NULL"})
_PARTS = frozenset(
    {
        *("PATH", "EVENT_PATH", "NAME", "INVALID", "BANG", "IF", "EACH"),
        *COMPARISONS,
        *CLOSING,
    }
)
_JOINTS = frozenset({"_AND", "_OR", "_COALESCE"})
_NEW_TREE = frozenset(
    {
        *("WORKSPACE", "SOURCE", "DESTINATION", "SETTINGS", "FILTER", "MAPPING"),
        *("DELIVERY", "WHEN", "SEND", "ENRICH"),
    }
)
_SMALL = 300
"""Characters that no number without an exponent needs more of to be in bounds."""


@dataclass(slots=True)
class _Level:
    """What one open bracket holds so far."""

    depth: int
    is_list: bool
    prefixes: int = 0
    elements: int = 1
    branches: int = 0
    joints: set[str] = field(default_factory=set)
    inner: int = 0

    @property
    def height(self) -> int:
        """At most so many nodes stand inside one another between the brackets."""
        return self.inner + len(self.joints) + self.branches


@dataclass(slots=True)
class Bounds:
    """Counts for one text.

    Attributes:
        source: The text.
        give_up: Called with the finding when a limit is passed; does not return.
    """

    source: Source
    give_up: Callable[[Diagnostic], object]
    _levels: list[_Level] = field(default_factory=lambda: [_Level(0, is_list=False)])
    _prefixes: int = 0
    _parts: int = 0

    def number(self, token: Token) -> Diagnostic | None:
        """Return what is wrong with the size of a number, if anything is.

        The automaton must not be given a token that this says something of.
        """
        if len(token) <= _SMALL and "e" not in token and "E" not in token:
            return None
        digits = token.lstrip("+-")
        if digits.isdecimal() and len(digits) > limits.MAX_DIGITS:
            return limit_errors.number_too_long(self.source, token.span, len(digits))
        if not digits.isdecimal() and math.isinf(read_number(token)):
            return limit_errors.number_out_of_range(self.source, token.span)
        return None

    def count(self, token: Token) -> None:
        """Take note of *token*, which has just been read."""
        kind = token.type
        level = self._levels[-1]
        if kind in _CONSTANTS:
            self._prefixes = 0
            if not level.is_list:
                self._count_part(token)
        elif kind in _PARTS:
            self._count_part(token)
            self._count_depth(token, level)
            if kind in COMPARISONS:
                self._count_joint(token, level)
        elif kind in CLOSERS:
            self._prefixes = 0
            self._close(token)
        elif kind in _JOINTS:
            self._count_joint(token, level)
        elif kind == "_COMMA":
            level.branches = 0
            self._count_element(token, level)
        elif kind == "COLON":
            level.branches = 0
        elif kind in _NEW_TREE:
            self._parts = level.branches = level.inner = 0
            level.joints.clear()

    def _count_part(self, token: Token) -> None:
        self._parts += 1
        if self._parts > limits.MAX_NODES:
            self.give_up(limit_errors.too_many_nodes(self.source, token.span))

    def _count_element(self, token: Token, level: _Level) -> None:
        level.elements += 1
        if level.is_list and level.elements > limits.MAX_LIST:
            self.give_up(limit_errors.list_too_long(self.source, token.span))

    def _close(self, token: Token) -> None:
        closed = self._levels.pop()
        level = self._levels[-1]
        level.inner = max(level.inner, closed.height + closed.prefixes + 1)
        self._check_height(token, level)

    def _count_joint(self, token: Token, level: _Level) -> None:
        level.joints.add("COMPARISON" if token.type in COMPARISONS else token.type)
        self._check_height(token, level)

    def _check_height(self, token: Token, level: _Level) -> None:
        if level.height > limits.MAX_HEIGHT:
            self.give_up(limit_errors.too_deep(self.source, token.span))

    def _count_depth(self, token: Token, level: _Level) -> None:
        kind = token.type
        if kind == "BANG":
            self._prefixes += 1
        elif kind in {"IF", "EACH"}:
            level.branches += 1
        depth = level.depth + level.branches + self._prefixes
        if kind in CLOSING:
            depth += 1
            self._levels.append(_Level(depth, kind == "LSQB", self._prefixes))
        if kind != "BANG":
            self._prefixes = 0
        if depth > limits.MAX_NESTING:
            self.give_up(limit_errors.too_deep(self.source, token.span))
