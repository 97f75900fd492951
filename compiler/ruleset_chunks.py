"""Chunks: rules that have one generated function, or had it when some were not gone."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fql.compiler.ruleset_code import Run
    from fql.compiler.ruleset_entries import Entry
    from fql.compiler.ruleset_rows import Numbers, Row
    from fql.compiler.values import Json

_KEPT = 64
"""A function of no fewer rules is kept when one of them is removed."""


class Chunk(NamedTuple):
    """Rules and their function, which may answer for some more that are gone."""

    entries: list[Entry]
    size: int
    run: Run

    def without(self, number: int) -> Chunk:
        """Return the chunk without a rule."""
        kept = [entry for entry in self.entries if entry.number != number]
        return self if len(kept) == len(self.entries) else self._replace(entries=kept)

    @property
    def is_useful(self) -> bool:
        """Whether the function may stay."""
        gone = self.size - len(self.entries)
        return not gone or (self.size >= _KEPT and gone * 4 < self.size)


def in_turn(runs: Sequence[Run]) -> Run:
    """Return a function that runs all of *runs*."""
    if len(runs) == 1:
        return runs[0]

    def run_all(event: Json, row: Row, out: Numbers, again: Numbers) -> None:
        for run in runs:
            run(event, row, out, again)

    return run_all
