"""From what a program says of its tables to the tables themselves.

Files are read wherever a program is checked or loaded; databases only where it is
loaded, because their URLs are in the environment.
"""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from fql.compiler.suggest import nearest
from fql.runtime import enrichment_errors, errors
from fql.runtime.drafts import Constant, SettingList, Variable
from fql.runtime.enrichment_databases import DatabaseReader
from fql.runtime.enrichment_files import FileReader
from fql.runtime.enrichment_tables import EMPTY, KeyedTable, TableError
from fql.runtime.enrichments import Enrichment, Held

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from fql.grammar.diagnostics import Diagnostic
    from fql.runtime.drafts import EnrichmentDraft, IntervalDraft
    from fql.runtime.enrichments import Reader

UNITS: Mapping[str, float] = MappingProxyType(
    {"s": 1.0, "min": 60.0, "h": 3_600.0, "d": 86_400.0}
)
"""The units of intervals, in seconds."""

SHORTEST = 1.0
"""Seconds of the shortest interval."""

LONGEST = 366 * 86_400.0
"""Seconds of the longest interval."""


def check_enrichments(drafts: Iterable[EnrichmentDraft]) -> Iterator[Diagnostic]:
    """Yield what is wrong with enrichments, whatever their tables hold."""
    for draft in drafts:
        if draft.interval is not None:
            yield from _check_interval(draft.interval)
        if isinstance(draft.database, Constant | SettingList):
            # An empty group stands for what is no constant, and was reported.
            yield enrichment_errors.database_in_file(draft.origin)


def _check_interval(interval: IntervalDraft) -> Iterator[Diagnostic]:
    unit = interval.unit
    if unit.text not in UNITS:
        near = nearest(unit.text, UNITS)
        yield enrichment_errors.unknown_unit(unit.place, unit.text, UNITS, near=near)
    elif not SHORTEST <= interval.count * UNITS[unit.text] <= LONGEST:
        yield enrichment_errors.bad_interval(unit.place)


def load_enrichment(
    draft: EnrichmentDraft, environment: Mapping[str, str] | None
) -> tuple[Enrichment, list[Diagnostic]]:
    """Return an enrichment with its table, and what is wrong with that.

    A table that cannot be read has no rows.

    Args:
        draft: What the program says.
        environment: Where the URLs of databases are; None leaves databases alone.
    """
    reader, findings = _reader(draft, environment)
    table = EMPTY
    if reader is not None and not findings:
        table, findings = _read(draft, reader)
    every = _seconds(draft.interval)
    held = Held(table, None if reader is None else every)
    return Enrichment(draft.name.text, draft.key, reader, every, held), findings


def _reader(
    draft: EnrichmentDraft, environment: Mapping[str, str] | None
) -> tuple[Reader | None, list[Diagnostic]]:
    """Return what reads the table; None where that is not to be done, or not known."""
    column, origin = draft.column.text, draft.origin
    if draft.database is None:
        folder = Path(origin.place.source.name).parent
        return FileReader(folder / origin.text, column), []
    if environment is None or not isinstance(draft.database, Variable):
        return None, []
    from pydantic import SecretStr

    url = environment.get(draft.database.name)
    if url is None:
        place = draft.database.place
        return None, [errors.missing_variable(place, draft.database.name)]
    return DatabaseReader(SecretStr(url), origin.text, column), []


def _read(
    draft: EnrichmentDraft, reader: Reader
) -> tuple[KeyedTable, list[Diagnostic]]:
    try:
        return reader(), []
    except TableError as error:
        return EMPTY, [enrichment_errors.table_fault(error, draft)]


def _seconds(interval: IntervalDraft | None) -> float | None:
    if interval is None:
        return None
    return interval.count * UNITS.get(interval.unit.text, 1.0)
