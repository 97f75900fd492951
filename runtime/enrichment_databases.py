"""Rows from a table of a database, through SQLAlchemy.

The URL may hold a password, so it is a secret: no message shows what it says but for
the kind of the database.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, final

from fql.grammar.diagnostics import Code
from fql.grammar.errors import quoted
from fql.runtime.enrichment_files import as_json
from fql.runtime.enrichment_tables import KeyedTable, Row, Rows, TableError, keyed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import SecretStr
    from sqlalchemy import Engine, Table
    from sqlalchemy.engine import URL

_NO_PATHS = (":memory:", "file:")
"""What the databases of SQLite start with that are not given by a path."""

_AT_ONCE = 1_000
"""Rows that are fetched at a time."""


@final
@dataclass(frozen=True, slots=True)
class DatabaseReader:
    """Reads a table from a database; call it.

    Attributes:
        url: Where the database is, as SQLAlchemy has it: ``postgresql+psycopg://...``.
        table: The name of the table; of another schema ``schema.table``.
        column: The column of the keys.
    """

    url: SecretStr
    table: str
    column: str

    def __call__(self) -> KeyedTable:
        """Return the table. Raises: TableError, if it cannot be read or joined to."""
        try:
            from sqlalchemy.exc import SQLAlchemyError
        except ImportError as error:
            raise _without_sqlalchemy() from error
        try:
            return self._read()
        except ImportError as error:
            reason = f"the package {error.name} is missing"
            raise _unreadable(self.table, reason) from error
        except SQLAlchemyError as error:
            raise _unreadable(self.table, _reason(error)) from None

    def _read(self) -> KeyedTable:
        from sqlalchemy import create_engine

        engine = create_engine(_url_of(self.url.get_secret_value(), self.table))
        try:
            table = _reflected(engine, self.table)
            columns = tuple(each.name for each in table.columns)
            rows = Rows(columns, _rows(engine, table))
            return keyed(rows, self.column)
        finally:
            engine.dispose()


def _url_of(text: str, table: str) -> URL:
    """Return the URL of a database. Raises: TableError, if it is none, or of no file.

    SQLite makes a file that is not there, and one that is misspelt stays lying about.
    """
    from sqlalchemy.engine import make_url

    try:
        url = make_url(text)
    except ValueError:  # a port that is no number
        raise _unreadable(table, "the URL cannot be read") from None
    path = url.database or ":memory:"
    is_file = url.get_backend_name() == "sqlite" and not path.startswith(_NO_PATHS)
    if is_file and not Path(path).is_file():
        raise _unreadable(table, "there is no such file")
    return url


def _reflected(engine: Engine, name: str) -> Table:
    from sqlalchemy import MetaData, Table

    schema, _, plain = name.rpartition(".")
    return Table(plain, MetaData(), schema=schema or None, autoload_with=engine)


def _rows(engine: Engine, table: Table) -> Iterator[Row]:
    from sqlalchemy import select

    with engine.connect() as connection:
        found = connection.execution_options(yield_per=_AT_ONCE).execute(select(table))
        for number, cells in enumerate(found.mappings(), start=1):
            yield Row(
                f"row {number}",
                {str(key): as_json(each) for key, each in cells.items()},
            )


def _reason(error: Exception) -> str:
    """Return why, without what the driver says: that may quote the URL."""
    from sqlalchemy.exc import ArgumentError, NoSuchModuleError, NoSuchTableError

    match error:
        case NoSuchTableError():
            return "there is no such table"
        case NoSuchModuleError():
            return "SQLAlchemy knows no database of this kind"
        case ArgumentError():
            return "the URL cannot be read"
        case _:
            return f"the database refuses ({type(error).__name__})"


# --- wording --------------------------------------------------------------------------


def _unreadable(table: str, reason: str) -> TableError:
    return TableError(
        Code.TABLE_UNREADABLE,
        f"cannot read the table {quoted(table)}: {reason}",
        "check the URL in the environment, and that the table is there",
    )


def _without_sqlalchemy() -> TableError:
    return TableError(
        Code.MISSING_EXTRA,
        "tables of databases need the package SQLAlchemy",
        "install the extra: pip install 'fql[delivery]'",
    )
