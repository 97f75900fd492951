"""Brackets that reading did not see, or put in on a guess.

Where recovery passes over text, brackets in it may be missed elsewhere: what a finding
would say of those follows from the mistake that was reported already.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fql.grammar.diagnostics import Code
from fql.grammar.trouble import CLOSERS, CLOSING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fql.grammar.diagnostics import Diagnostic
    from fql.grammar.tokens import Token

_BRACKET = re.compile(r"[()\[\]{}]")
_OPENINGS = frozenset({"(", "[", "{"})


class UnreadBrackets:
    """What one run over one text has not seen so far."""

    def __init__(self) -> None:
        self._closings: list[int] = []
        """Before which offsets something may have opened that is closed unseen."""
        self._openings = 0

    def note(self, text: str, at: int) -> None:
        """Take note of the brackets in *text*, which is passed over up to *at*."""
        opened = 0
        for mark in _BRACKET.findall(text):
            if mark in _OPENINGS:
                opened += 1
            elif opened:
                opened -= 1
            else:
                self._closings.append(at)
        self._openings += opened

    def put_in(self, token: Token, brackets: Sequence[Token]) -> None:
        """Take note of a token that is not in the text: its partner may not be either.

        Args:
            token: The token, which is about to be read.
            brackets: Those that are open, of which an empty one was put in too.
        """
        if token.type in CLOSING:
            self._closings.append(token.span.end)
        elif token.type in CLOSERS and brackets and not brackets[-1]:
            self._closings = self._closings[:-1]

    def excuses(self, finding: Diagnostic) -> bool:
        """Return whether *finding*, about a bracket, follows from this; but once."""
        if finding.code is Code.UNEXPECTED_CLOSING:
            is_excused = self._openings > 0
            self._openings -= is_excused
            return is_excused
        spans = (finding.span, *(label.span for label in finding.labels))
        opening = next(
            span.start for span in spans if finding.source.slice(span) in _OPENINGS
        )
        for index, offset in enumerate(self._closings):
            if opening < offset:
                del self._closings[index]
                return True
        return False
