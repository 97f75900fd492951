"""What all buckets of a rule set have in common: its lock, and what its rows hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from fql.compiler.ruleset_code import compile_columns
from fql.compiler.ruleset_rows import NO_COLUMNS, often_read

if TYPE_CHECKING:
    from collections.abc import Sequence
    from threading import RLock

    from fql.compiler.ruleset_entries import Entry
    from fql.compiler.ruleset_rows import Columns

MANY_ENTRIES = 500
"""From so many entries on, what many of them read is read once for all."""


@final
class Shared:
    """What all buckets share.

    Attributes:
        lock: What writers hold.
        columns: What the rows of the set hold. Replaced at most once, under the lock.
    """

    __slots__ = ("columns", "lock")

    def __init__(self, lock: RLock) -> None:
        self.lock = lock
        self.columns: Columns = NO_COLUMNS

    def choose_columns(self, entries: Sequence[Entry]) -> None:
        """Choose the columns by *entries*, if these are many and there are none yet."""
        if len(entries) < MANY_ENTRIES or self.columns.keys:
            return
        operands = often_read(entries)
        if operands:
            self.columns = compile_columns(operands)
