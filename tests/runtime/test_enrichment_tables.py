"""Tables by their keys, from rows however they are read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fql.grammar.diagnostics import Code
from fql.runtime.enrichment_tables import (
    EMPTY,
    KeyedTable,
    Row,
    Rows,
    TableError,
    key_text,
    keyed,
)

if TYPE_CHECKING:
    from fql.compiler.values import Json


def rows(*cells: dict[str, Json], columns: tuple[str, ...] = ()) -> Rows:
    """Return rows that stand on the lines 1, 2 and so on."""
    listed = [Row(f"line {at}", each) for at, each in enumerate(cells, start=1)]
    return Rows(columns, listed)


def test_rows_are_found_by_their_keys() -> None:
    table = keyed(rows({"id": "a", "n": 1}, {"id": "b"}), "id")
    assert table.row("a") == {"id": "a", "n": 1}
    assert table.row("b") == {"id": "b"}
    assert table.row("c") is None
    assert table.columns == ("id", "n")


@pytest.mark.parametrize("key", [7, 7.0, "7"])
@pytest.mark.parametrize("written", [7, 7.0, "7"])
def test_numbers_and_their_texts_are_one_key(written: Json, key: Json) -> None:
    table = keyed(rows({"id": written}), "id")
    assert table.row(key) == {"id": written}


@pytest.mark.parametrize(
    ("key", "text"),
    [
        (True, "true"),
        (False, "false"),
        (1.5, "1.5"),
        (10**30, str(10**30)),
        ("", None),
        (None, None),
        ([], None),
        ({}, None),
    ],
)
def test_keys_are_compared_as_texts(key: Json, text: str | None) -> None:
    assert key_text(key) == text


def test_rows_without_a_key_are_passed_over() -> None:
    table = keyed(rows({"id": None, "n": 1}, {"n": 2}, {"id": "", "n": 3}), "id")
    assert (dict(table.rows), table.columns) == ({}, ("id", "n"))


def test_no_one_can_change_a_table_by_its_rows() -> None:
    table = keyed(rows({"id": "a", "tags": ["x"], "o": {"p": 1}}), "id")
    row = table.row("a")
    assert isinstance(row, dict)
    assert isinstance(row["tags"], list)
    row["tags"].append("y")
    row["o"] = None
    assert table.row("a") == {"id": "a", "tags": ["x"], "o": {"p": 1}}


@given(st.dictionaries(st.text(min_size=1), st.integers(), max_size=20))
def test_every_row_with_a_key_is_found(values: dict[str, int]) -> None:
    cells: list[dict[str, Json]] = [{"k": key, "v": v} for key, v in values.items()]
    table = keyed(rows(*cells), "k")
    found = {key: table.row(key) for key in values}
    assert found == {key: {"k": key, "v": value} for key, value in values.items()}


def test_an_empty_table_has_no_rows() -> None:
    assert KeyedTable() == EMPTY
    assert EMPTY.row("a") is None


@pytest.mark.parametrize(
    ("found", "code", "message", "help_"),
    [
        (
            rows({"a": 1}, columns=("a", "b")),
            Code.NO_KEY_COLUMN,
            "the table has no column `id`",
            "its columns are `a`, `b`",
        ),
        (
            rows({"a": 1}),
            Code.NO_KEY_COLUMN,
            "the table has no column `id`",
            "its columns are `a`",
        ),
        (
            rows({"id": "7"}, {"id": 8}, {"id": 7}),
            Code.DUPLICATE_KEY,
            "two rows have the id `7`: line 1 and line 3",
            "each key may have one row: which of them is right?",
        ),
        (
            rows({"id": 1}, {"id": 2}, {"id": 3}, {"id": 4}),
            Code.TOO_MANY_ROWS,
            "the table has more than 3 rows",
            "all rows are kept in memory: leave out those that no event asks for",
        ),
    ],
)
def test_what_cannot_be_joined_to_is_told(
    found: Rows, code: Code, message: str, help_: str
) -> None:
    with pytest.raises(TableError) as caught:
        keyed(found, "id", limit=3)
    error = caught.value
    assert (error.code, error.message, error.help) == (code, message, help_)
