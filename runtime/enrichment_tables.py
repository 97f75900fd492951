"""Tables that events are joined to: rows by a key, in memory.

Rows come from readers (`enrichment_files.py`, `enrichment_databases.py`) as objects.
Here they are gathered by their key, counted and bounded. What an event's key is
compared with is text: ``7``, ``7.0`` and ``"7"`` are one key, because files without
types could not be joined otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, final

from fql.compiler.closures import copy_json
from fql.grammar.diagnostics import Code
from fql.grammar.errors import quoted, shorten

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fql.compiler.values import Json

MAX_ROWS = 1_000_000
"""Rows of one table at the most: all of them are in memory."""

_CONTAINERS = (dict, list)


class TableError(Exception):
    """A table that cannot be read, or cannot be joined to.

    Attributes:
        code: What is wrong.
        message: What is wrong, in a sentence.
        help: What to do about it; may be empty.
    """

    def __init__(self, code: Code, message: str, help: str = "") -> None:
        self.code = code
        self.message = message
        self.help = help
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Row:
    """A row as a reader finds it.

    Attributes:
        place: Where it stands, in words: ``line 7``.
        cells: Its values by their columns.
    """

    place: str
    cells: dict[str, Json]


@dataclass(frozen=True, slots=True)
class Rows:
    """What a reader finds.

    Attributes:
        columns: The columns, where they are known before the rows; else empty.
        rows: The rows, read as they are asked for.
    """

    columns: tuple[str, ...]
    rows: Iterable[Row]


@final
@dataclass(frozen=True, slots=True)
class KeyedTable:
    """Rows by their keys. It never changes.

    Attributes:
        columns: All columns that some row has, in the order of the first ones.
        rows: The rows by the texts of their keys.
    """

    columns: tuple[str, ...] = ()
    rows: Mapping[str, Mapping[str, Json]] = field(default_factory=dict, repr=False)

    def row(self, key: Json) -> Json:
        """Return a copy of the row with *key*; null where there is none."""
        text = key_text(key)
        found = None if text is None else self.rows.get(text)
        if found is None:
            return None
        return {
            name: copy_json(cell) if isinstance(cell, _CONTAINERS) else cell
            for name, cell in found.items()
        }


EMPTY = KeyedTable()
"""The table of what could not be read."""


def key_text(key: Json) -> str | None:
    """Return the text by which *key* is looked up; None where nothing has such a key.

    >>> key_text(7), key_text(7.0), key_text("7"), key_text(True), key_text("")
    ('7', '7', '7', 'true', None)
    """
    match key:
        case str():
            return key or None
        case bool():
            return "true" if key else "false"
        case float() if key.is_integer():
            return str(int(key))
        case int() | float():
            return str(key)
        case _:
            return None


def keyed(found: Rows, column: str, *, limit: int = MAX_ROWS) -> KeyedTable:
    """Return the rows that a reader finds, by the values of *column*.

    Rows without a key are passed over: nothing could be joined to them.

    Args:
        found: What the reader finds.
        column: The column of the keys.
        limit: Rows at the most.

    Raises:
        TableError: The column is missing, a key occurs twice, or there are too many
            rows.
    """
    if found.columns and column not in found.columns:
        raise without_column(column, found.columns)
    columns = dict.fromkeys(found.columns)
    rows: dict[str, Mapping[str, Json]] = {}
    places: dict[str, str] = {}
    for count, row in enumerate(found.rows, start=1):
        if count > limit:
            raise _too_many(limit)
        columns.update(dict.fromkeys(row.cells))
        key = key_text(row.cells.get(column))
        if key is None:
            continue
        if key in rows:
            raise _twice(column, key, places[key], row.place)
        rows[key], places[key] = row.cells, row.place
    if columns and column not in columns:
        raise without_column(column, tuple(columns))
    return KeyedTable(tuple(columns), rows)


# --- wording ------------------------------------------------------------------------


def without_column(column: str, columns: Iterable[str]) -> TableError:
    """A table without the column of its keys."""
    known = shorten(", ".join(map(quoted, columns)))
    return TableError(
        Code.NO_KEY_COLUMN,
        f"the table has no column {quoted(column)}",
        f"its columns are {known}",
    )


def _twice(column: str, key: str, first: str, second: str) -> TableError:
    return TableError(
        Code.DUPLICATE_KEY,
        f"two rows have the {column} {quoted(shorten(key))}: {first} and {second}",
        "each key may have one row: which of them is right?",
    )


def _too_many(limit: int) -> TableError:
    return TableError(
        Code.TOO_MANY_ROWS,
        f"the table has more than {limit:,} rows",
        "all rows are kept in memory: leave out those that no event asks for",
    )
