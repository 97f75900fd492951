"""Rows from tables of databases."""

from __future__ import annotations

import sqlite3
import sys
from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr

from fql.grammar.diagnostics import Code
from fql.runtime.enrichment_databases import DatabaseReader
from fql.runtime.enrichment_tables import TableError

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("sqlalchemy")


@pytest.fixture
def url(tmp_path: Path) -> str:
    """Return the URL of a database with a table of plans."""
    path = tmp_path / "shop.db"
    with sqlite3.connect(path) as connection:
        connection.execute(
            "CREATE TABLE plans (id TEXT, price NUMERIC(10, 2), day DATE)"
        )
        connection.execute("INSERT INTO plans VALUES ('p1', 10.5, '2026-01-02')")
    connection.close()
    return f"sqlite:///{path}"


def test_rows_are_read_with_their_types(url: str) -> None:
    table = DatabaseReader(SecretStr(url), "plans", "id")()
    assert table.columns == ("id", "price", "day")
    assert table.row("p1") == {"id": "p1", "price": 10.5, "day": "2026-01-02"}


def test_a_table_may_stand_in_a_schema(url: str) -> None:
    assert DatabaseReader(SecretStr(url), "main.plans", "id")().row("p1") is not None


@pytest.mark.parametrize(
    ("place", "table", "message"),
    [
        (None, "plan", "cannot read the table `plan`: there is no such table"),
        ("no url", "t", "cannot read the table `t`: the URL cannot be read"),
        (
            "nosuch://u:hunter22@h/d",
            "t",
            "cannot read the table `t`: SQLAlchemy knows no database of this kind",
        ),
        (
            "sqlite:////no/such/hunter22/folder.db",
            "t",
            "cannot read the table `t`: there is no such file",
        ),
        (
            "sqlite:///file:/no/such/hunter22?mode=ro&uri=true",
            "t",
            "cannot read the table `t`: the database refuses (OperationalError)",
        ),
        (
            "postgresql+psycopg://u:hunter22@h:port/d",
            "t",
            "cannot read the table `t`: the URL cannot be read",
        ),
    ],
)
def test_what_cannot_be_read_is_told_without_the_url(
    url: str, place: str | None, table: str, message: str
) -> None:
    with pytest.raises(TableError) as caught:
        DatabaseReader(SecretStr(place or url), table, "id")()
    assert (caught.value.code, caught.value.message) == (
        Code.TABLE_UNREADABLE,
        message,
    )
    assert "hunter22" not in f"{caught.value.message}{caught.value.help}"


def test_no_file_is_made(tmp_path: Path) -> None:
    path = tmp_path / "misspelt.db"
    with pytest.raises(TableError, match="there is no such file"):
        DatabaseReader(SecretStr(f"sqlite:///{path}"), "plans", "id")()
    assert not path.exists()


def test_a_driver_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "MySQLdb", None)
    with pytest.raises(TableError, match="the package MySQLdb is missing"):
        DatabaseReader(SecretStr("mysql://h/d"), "t", "id")()


def test_without_sqlalchemy_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sqlalchemy.exc", None)
    with pytest.raises(TableError) as caught:
        DatabaseReader(SecretStr("sqlite://"), "t", "id")()
    assert caught.value.code is Code.MISSING_EXTRA


def test_nothing_shows_the_url(url: str) -> None:
    reader = DatabaseReader(SecretStr(url), "plans", "id")
    assert url not in repr(reader)
