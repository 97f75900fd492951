"""Rows from files: CSV, lines of JSON, Parquet.

The end of a file's name says what it is. Cells of CSV files are texts, and null where
they are empty; nothing is guessed of them. Files are UTF-8.
"""

from __future__ import annotations

import csv
import datetime
import decimal
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, final

from fql.grammar.diagnostics import Code
from fql.grammar.errors import quoted
from fql.runtime.codec import DecodeError, decode
from fql.runtime.enrichment_tables import KeyedTable, Row, Rows, TableError, keyed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from fql.compiler.values import Json

KINDS = (".csv", ".ndjson", ".jsonl", ".parquet")
"""How the names of files that can be read end."""


@final
@dataclass(frozen=True, slots=True)
class FileReader:
    """Reads a table from a file; call it.

    Attributes:
        path: The file.
        column: The column of the keys.
    """

    path: Path
    column: str

    def __call__(self) -> KeyedTable:
        """Return the table. Raises: TableError, if it cannot be read or joined to."""
        read = _READERS.get(self.path.suffix.lower())
        if read is None:
            raise _unknown_kind(self.path)
        try:
            return keyed(read(self.path), self.column)
        except OSError as error:
            raise _unreadable(self.path, (error.strerror or str(error)).lower()) from (
                error
            )
        except UnicodeDecodeError as error:
            raise _unreadable(self.path, "it is not UTF-8") from error
        except ValueError as error:
            # A null character: no file can have such a name.
            raise _unreadable(self.path, str(error)) from error


# --- CSV ------------------------------------------------------------------------------


def _csv(path: Path) -> Rows:
    rows = _csv_rows(path)
    header = next(rows, None)
    if header is None:
        raise _bad_row("line 1", "there is no header")
    columns = tuple(header[1])
    for name in columns:
        if columns.count(name) > 1:
            raise _bad_row("line 1", f"the column {quoted(name)} occurs twice")
    return Rows(columns, _cells(columns, rows))


def _csv_rows(path: Path) -> Iterator[tuple[str, list[str]]]:
    """Yield the rows with their places, those that are empty left out."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, strict=True)
        try:
            for row in reader:
                if row:
                    yield f"line {reader.line_num}", row
        except csv.Error as error:
            raise _bad_row(f"line {reader.line_num}", str(error)) from error


def _cells(
    columns: tuple[str, ...], rows: Iterator[tuple[str, list[str]]]
) -> Iterator[Row]:
    for place, cells in rows:
        if len(cells) != len(columns):
            counts = f"{len(cells)} cells, and the header has {len(columns)}"
            raise _bad_row(place, f"it has {counts}")
        named = zip(columns, cells, strict=True)
        yield Row(place, {name: cell or None for name, cell in named})


# --- lines of JSON --------------------------------------------------------------------


def _lines(path: Path) -> Rows:
    return Rows((), _line_rows(path))


def _line_rows(path: Path) -> Iterator[Row]:
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if line.strip():
                place = f"line {number}"
                yield Row(place, _object(line, place))


def _object(line: bytes, place: str) -> dict[str, Json]:
    try:
        value = decode(line.strip())
    except DecodeError as error:
        raise _bad_row(place, error.message) from error
    if not isinstance(value, dict):
        raise _bad_row(place, "it is no object")
    return value


# --- Parquet --------------------------------------------------------------------------


def _parquet(path: Path) -> Rows:
    try:
        module: Any = import_module("pyarrow.parquet")
    except ImportError as error:
        raise _without_pyarrow() from error
    try:
        file = module.ParquetFile(path)
    except OSError:
        raise
    except ValueError as error:
        raise _unreadable(path, "it is not a Parquet file") from error
    return Rows(tuple(file.schema_arrow.names), _parquet_rows(file))


def _parquet_rows(file: Any) -> Iterator[Row]:
    number = 0
    with file:
        for batch in file.iter_batches():
            for cells in batch.to_pylist():
                number += 1
                place = f"row {number}"
                yield Row(place, {key: as_json(each) for key, each in cells.items()})


def as_json(value: object) -> Json:
    """Return a cell of a typed table as JSON.

    Times become texts (ISO 8601), decimals numbers, and what JSON has no place for
    becomes text.
    """
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return value if value - value == 0 else None
        case decimal.Decimal():
            return _number(value)
        case datetime.date() | datetime.time():
            return value.isoformat()
        case dict():
            return {str(key): as_json(each) for key, each in value.items()}
        case list() | tuple():
            return [as_json(each) for each in value]
        case _:
            return str(value)


def _number(value: decimal.Decimal) -> Json:
    if not value.is_finite():
        return None
    return int(value) if value == value.to_integral_value() else float(value)


_READERS: Mapping[str, Callable[[Path], Rows]] = {
    ".csv": _csv,
    ".ndjson": _lines,
    ".jsonl": _lines,
    ".parquet": _parquet,
}

# --- wording --------------------------------------------------------------------------


def _unreadable(path: Path, reason: str) -> TableError:
    return TableError(
        Code.TABLE_UNREADABLE,
        f"cannot read the table {quoted(path.name)}: {reason}",
        "paths start from the folder of the program",
    )


def _unknown_kind(path: Path) -> TableError:
    return TableError(
        Code.TABLE_UNREADABLE,
        f"what kind of table {quoted(path.name)} is cannot be told from its name",
        f"the name ends in one of {', '.join(KINDS)}",
    )


def _bad_row(place: str, reason: str) -> TableError:
    return TableError(Code.BAD_TABLE_ROW, f"{place} cannot be read: {reason}")


def _without_pyarrow() -> TableError:
    return TableError(
        Code.MISSING_EXTRA,
        "Parquet files need the package pyarrow",
        "install the extra: pip install 'fql[parquet]'",
    )
