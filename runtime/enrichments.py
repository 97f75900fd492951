"""Enrichments: tables joined to events by a key, for mappings to read.

A mapping that reads ``enrichments.plan.price`` gets the event with one member more,
``enrichments``, which holds a copy of the row for each table that the mapping names.
The event itself is never written to. An event without a row has nothing there.

Tables are in memory. One with an interval is read again when an event asks for it and
its time has come, in the background: events go on with the old rows until the new ones
are all there, and for good where they cannot be read.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, final

from fql.compiler.missing import MISSING, fetch
from fql.runtime.enrichment_tables import EMPTY, KeyedTable, TableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from fql.compiler.values import Json

ROOT = "enrichments"
"""The member of an event that mappings find the rows in."""

_LOG = logging.getLogger("fql.enrichments")


class Reader(Protocol):
    """Reads a table."""

    def __call__(self) -> KeyedTable:
        """Return the table. Raises: TableError, if it cannot be read."""
        ...


def in_background(work: Callable[[], object]) -> None:
    """Do *work* in a thread that does not keep the process alive."""
    threading.Thread(target=work, name="fql-enrichment", daemon=True).start()


@final
class Held:
    """The rows that are in use, and when they are read again.

    Args:
        table: The rows.
        every: Seconds after which they are read again, or None for never.
        clock: Returns seconds that never run backwards.
        start: Does work elsewhere and returns at once.
    """

    def __init__(
        self,
        table: KeyedTable = EMPTY,
        every: float | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        start: Callable[[Callable[[], object]], None] = in_background,
    ) -> None:
        self.table = table
        self.error: TableError | None = None
        """Why the rows could not be read again the last time, or None."""
        self._every = every
        self._clock = clock
        self._start = start
        self._due = clock() + (every or 0.0)
        self._reading = threading.Lock()

    def current(self, name: str, reader: Reader) -> KeyedTable:
        """Return the rows; where they are due, they are being read from now on."""
        if self._every is not None and (now := self._clock()) >= self._due:
            self._begin(name, reader, now + self._every)
        return self.table

    def _begin(self, name: str, reader: Reader, due: float) -> None:
        """Let the rows be read elsewhere, unless they are; next time at *due*."""
        if not self._reading.acquire(blocking=False):
            return
        self._due = due

        def work() -> None:
            try:
                self.read(name, reader)
            finally:
                self._reading.release()

        self._start(work)

    def read(self, name: str, reader: Reader) -> bool:
        """Read the rows again; where that fails the old ones stay in use.

        Returns whether they could be read. A failure is logged as a warning.
        """
        try:
            self.table = reader()
        except TableError as error:
            self.error = error
            _LOG.warning("enrichment %s keeps its old rows: %s", name, error.message)
            return False
        self.error = None
        return True

    def __reduce__(self) -> tuple[object, ...]:
        return Held, (self.table, self._every)


@final
@dataclass(frozen=True, slots=True)
class Enrichment:
    """A table that events are joined to.

    Attributes:
        name: What mappings call it: ``enrichments.NAME``.
        key: Where an event has the key.
        reader: Reads the table.
        every: Seconds after which it is read again, or None for never.
        held: The rows.
    """

    name: str
    key: tuple[str, ...]
    reader: Reader | None = field(repr=False)
    every: float | None = None
    held: Held = field(default_factory=Held, compare=False, repr=False)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the rows that are in use."""
        return self.held.table.columns

    @property
    def error(self) -> TableError | None:
        """Why the table could not be read again the last time, or None."""
        return self.held.error

    def row(self, event: dict[str, Json]) -> Json:
        """Return a copy of the row for *event*; null where there is none."""
        key = fetch(event, self.key)
        return None if key is MISSING else self._table().row(key)

    def _table(self) -> KeyedTable:
        if self.reader is None:
            return self.held.table
        return self.held.current(self.name, self.reader)

    def refresh(self) -> bool:
        """Read the table again now; return whether that was possible.

        Where it was not, the old rows stay in use and `error` says why.
        """
        return self.reader is not None and self.held.read(self.name, self.reader)


def joined(
    event: dict[str, Json], enrichments: Iterable[Enrichment]
) -> tuple[dict[str, Json], tuple[str, ...]]:
    """Return *event* with its rows in ``enrichments``, and whose rows are missing.

    The event that is returned is another one; what is inside is shared with the first.
    """
    rows: dict[str, Json] = {}
    missing: list[str] = []
    for each in enrichments:
        row = each.row(event)
        if row is None:
            missing.append(each.name)
        else:
            rows[each.name] = row
    return {**event, ROOT: rows}, tuple(missing)
