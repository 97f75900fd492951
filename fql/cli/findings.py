"""Findings that come one by one, from any number of lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fql.cli.output import rendered, say, show
from fql.grammar.limits import MAX_DIAGNOSTICS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fql.cli.output import Format
    from fql.grammar.diagnostics import Diagnostic


class Findings:
    """Takes findings and keeps the first hundred; of the rest it knows the number.

    For people, each is shown at once on standard error, and `close` says how many were
    not. The other forms are one document: `finish` writes it, or who has more to say.

    Args:
        form: The form in which they are shown.
    """

    def __init__(self, form: Format = "human") -> None:
        self._form: Format = form
        self._is_shown = form == "human"
        self.kept: list[Diagnostic] = []
        self.count = 0
        """How many there were."""

    def __call__(self, diagnostic: Diagnostic) -> None:
        """Take one more."""
        self.count += 1
        if self.count > MAX_DIAGNOSTICS:
            return
        self.kept.append(diagnostic)
        if self._is_shown:
            say(f"{rendered([diagnostic], err=True)}\n", err=True)

    def extend(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Take several more."""
        for diagnostic in diagnostics:
            self(diagnostic)

    def add_unseen(self, count: int) -> None:
        """Take as many more that nobody will look at."""
        self.count += count

    def finish(self) -> None:
        """Show what was not shown so far, on standard error: the number, or all."""
        if self._is_shown:
            self.close()
        else:
            show(self.kept, self._form, err=True)

    def close(self) -> None:
        """Tell people how many were not shown."""
        more = self.count - len(self.kept)
        if self._is_shown and more:
            say(f"and {more:,} more\n", err=True)
