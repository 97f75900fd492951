"""Rows from CSV, lines of JSON and Parquet."""

from __future__ import annotations

import datetime
import decimal
import sys
from typing import TYPE_CHECKING, Any

import pytest

from fql.grammar.diagnostics import Code
from fql.runtime.enrichment_files import FileReader, as_json
from fql.runtime.enrichment_tables import TableError

if TYPE_CHECKING:
    from pathlib import Path

    from fql.compiler.values import Json


def read(folder: Path, name: str, content: bytes) -> dict[str, Json]:
    """Return the rows of a file with *content*, by the key `id`."""
    path = folder / name
    path.write_bytes(content)
    return {key: dict(row) for key, row in FileReader(path, "id")().rows.items()}


def fault(folder: Path, name: str, content: bytes) -> tuple[Code, str]:
    """Return what is wrong with a file with *content*."""
    with pytest.raises(TableError) as caught:
        read(folder, name, content)
    return caught.value.code, caught.value.message.replace(str(folder), "FOLDER")


@pytest.mark.parametrize(
    "content",
    [
        b'id,name\np1,Gold\n\np2,\n"p 3","a ""b"", c\nd"\n',
        b'\xef\xbb\xbfid,name\r\np1,Gold\r\np2,\r\n"p 3","a ""b"", c\nd"',
    ],
)
def test_csv_cells_are_texts_and_null_where_empty(
    tmp_path: Path, content: bytes
) -> None:
    assert read(tmp_path, "a.CSV", content) == {
        "p1": {"id": "p1", "name": "Gold"},
        "p2": {"id": "p2", "name": None},
        "p 3": {"id": "p 3", "name": 'a "b", c\nd'},
    }


@pytest.mark.parametrize("name", ["a.ndjson", "a.jsonl"])
def test_lines_of_json_keep_their_types(tmp_path: Path, name: str) -> None:
    content = b'{"id":7,"tags":["a"],"open":true}\n\n{"id":"x","n":null}'
    assert read(tmp_path, name, content) == {
        "7": {"id": 7, "tags": ["a"], "open": True},
        "x": {"id": "x", "n": None},
    }


def test_parquet_keeps_what_json_has_a_place_for(tmp_path: Path) -> None:
    arrow: Any = pytest.importorskip("pyarrow")
    parquet: Any = pytest.importorskip("pyarrow.parquet")
    day = datetime.date(2026, 1, 2)
    table = arrow.table(
        {"id": ["a", "b"], "n": [1, None], "day": [day, day], "l": [["x"], []]}
    )
    path = tmp_path / "a.parquet"
    parquet.write_table(table, path)
    assert FileReader(path, "id")().rows == {
        "a": {"id": "a", "n": 1, "day": "2026-01-02", "l": ["x"]},
        "b": {"id": "b", "n": None, "day": "2026-01-02", "l": []},
    }


def test_a_file_that_is_no_parquet_is_told(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    code, message = fault(tmp_path, "a.parquet", b"no such thing")
    assert code is Code.TABLE_UNREADABLE
    assert message.endswith("a.parquet`: it is not a Parquet file")


def test_parquet_without_its_package_names_the_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    path = tmp_path / "a.parquet"
    path.write_bytes(b"")
    with pytest.raises(TableError) as caught:
        FileReader(path, "id")()
    assert caught.value.code is Code.MISSING_EXTRA
    assert "fql[parquet]" in caught.value.help


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (decimal.Decimal("1.50"), 1.5),
        (decimal.Decimal("20"), 20),
        (decimal.Decimal("NaN"), None),
        (float("inf"), None),
        (0.5, 0.5),
        (
            datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC),
            "2026-01-02T00:00:00+00:00",
        ),
        (datetime.time(1, 2), "01:02:00"),
        ({"a": (1, None)}, {"a": [1, None]}),
        (1 + 2j, "(1+2j)"),
    ],
)
def test_typed_cells_become_json(value: object, expected: Json) -> None:
    assert as_json(value) == expected


@pytest.mark.parametrize(
    ("name", "content", "code", "message"),
    [
        ("a.csv", b"", Code.BAD_TABLE_ROW, "line 1 cannot be read: there is no header"),
        (
            "a.csv",
            b"id,a,a\n",
            Code.BAD_TABLE_ROW,
            "line 1 cannot be read: the column `a` occurs twice",
        ),
        (
            "a.csv",
            b"id,a\n1,2\n3,4,5\n",
            Code.BAD_TABLE_ROW,
            "line 3 cannot be read: it has 3 cells, and the header has 2",
        ),
        (
            "a.csv",
            b'id,a\n1,"2\n',
            Code.BAD_TABLE_ROW,
            "line 2 cannot be read: unexpected end of data",
        ),
        ("a.csv", b"a,b\n", Code.NO_KEY_COLUMN, "the table has no column `id`"),
        (
            "a.csv",
            b"id\n\xff\n",
            Code.TABLE_UNREADABLE,
            "cannot read the table `a.csv`: it is not UTF-8",
        ),
        (
            "a.ndjson",
            b'{"id":1}\n[]\n',
            Code.BAD_TABLE_ROW,
            "line 2 cannot be read: it is no object",
        ),
        (
            "a.txt",
            b"",
            Code.TABLE_UNREADABLE,
            "what kind of table `a.txt` is cannot be told from its name",
        ),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(
    tmp_path: Path, name: str, content: bytes, code: Code, message: str
) -> None:
    assert fault(tmp_path, name, content) == (code, message)


def test_a_line_that_is_no_json_is_told(tmp_path: Path) -> None:
    code, message = fault(tmp_path, "a.ndjson", b'{"id":1}\n{"id":\n')
    assert code is Code.BAD_TABLE_ROW
    assert message.startswith("line 2 cannot be read: ")


@pytest.mark.parametrize("name", ["gone.csv", "gone.ndjson", "\0.csv"])
def test_a_file_that_is_not_there_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(TableError) as caught:
        FileReader(tmp_path / name, "id")()
    assert caught.value.code is Code.TABLE_UNREADABLE


def test_a_parquet_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    with pytest.raises(TableError) as caught:
        FileReader(tmp_path / "gone.parquet", "id")()
    assert caught.value.message.endswith("no such file or directory")
