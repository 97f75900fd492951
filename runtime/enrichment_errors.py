"""The wording of what can be wrong with enrichments and with what reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fql.compiler.errors import listed
from fql.grammar.diagnostics import Code, Diagnostic, Severity
from fql.grammar.errors import quoted
from fql.runtime.errors import did_you_mean, finding

if TYPE_CHECKING:
    from collections.abc import Collection

    from fql.grammar.source import Source, Span
    from fql.runtime.drafts import EnrichmentDraft, Word
    from fql.runtime.enrichment_tables import TableError
    from fql.runtime.places import Place


def table_fault(error: TableError, draft: EnrichmentDraft) -> Diagnostic:
    """A table that cannot be read, or joined to."""
    is_about_column = error.code is Code.NO_KEY_COLUMN
    place = draft.column.place if is_about_column else draft.origin.place
    return finding(error.code, error.message, place, error.help)


def database_in_file(origin: Word) -> Diagnostic:
    """The URL of a database that does not come from the environment."""
    return finding(
        Code.SECRET_IN_FILE,
        f"the database of the table {quoted(origin.text)} stands in the file",
        origin.place,
        'write `in env("DATABASE_URL")` and set that variable where the program runs',
    )


def unknown_unit(
    place: Place, name: str, known: Collection[str], *, near: str | None
) -> Diagnostic:
    """An interval in a unit that there is not."""
    return finding(
        Code.BAD_INTERVAL,
        f"there is no unit of time {quoted(name)}",
        place,
        did_you_mean(near, f"write one of {listed(known)}, as in `every 1 h`"),
    )


def bad_interval(place: Place) -> Diagnostic:
    """An interval that is too short or too long."""
    return finding(
        Code.BAD_INTERVAL,
        "a table is read again after a second at the least, and after a year at most",
        place,
        "write `every 1 h`, or leave it out",
    )


def unknown_enrichment(
    source: Source, span: Span, name: str, known: Collection[str], *, near: str | None
) -> Diagnostic:
    """A path to an enrichment that the program does not declare."""
    return Diagnostic(
        Code.UNKNOWN_ENRICHMENT,
        f"there is no enrichment {quoted(name)}",
        span,
        source,
        help=did_you_mean(near, f"the program has {listed(known)}"),
    )


def unknown_column(
    source: Source, span: Span, name: str, known: Collection[str], *, near: str | None
) -> Diagnostic:
    """A path to a column that no row of the table has."""
    return Diagnostic(
        Code.UNKNOWN_ENRICHMENT,
        f"the table has no column {quoted(name)}",
        span,
        source,
        Severity.WARNING,
        help=did_you_mean(near, f"its columns are {listed(known)}"),
    )


def in_condition(source: Source, span: Span) -> Diagnostic:
    """An enrichment in a condition."""
    return Diagnostic(
        Code.ENRICHMENT_IN_CONDITION,
        "conditions are asked of events as they come, without enrichments",
        span,
        source,
        help="read it in the mapping: `if enrichments. ... then ... else ...`",
    )
