"""Opening outboxes, and what keeps them from being used."""

from __future__ import annotations

import os
import sqlite3
import sys
import threading
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import InvalidRequestError, OperationalError

from fql.runtime.delivery.jobs import Result, State
from fql.runtime.delivery.outbox import open_outbox
from fql.runtime.delivery.outbox_engines import open_engine, url_of
from fql.runtime.delivery.outbox_errors import telling
from fql.runtime.delivery.store import StoreError
from fql.runtime.delivery.tables import LAYOUT, VERSION
from tests.runtime.delivery.test_outbox import job, jobs

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fql.runtime.delivery.outbox import Outbox

FIRST_LAYOUT = """
CREATE TABLE fql_layout (version INTEGER NOT NULL PRIMARY KEY);
INSERT INTO fql_layout VALUES (1);
CREATE TABLE fql_jobs (
  id {number}, key VARCHAR(64) NOT NULL UNIQUE, destination TEXT NOT NULL,
  mapping TEXT NOT NULL, action TEXT NOT NULL, payload TEXT NOT NULL, message_id TEXT,
  "user" TEXT, event_type TEXT, event_name TEXT, accepted_at FLOAT NOT NULL,
  state VARCHAR(9) NOT NULL, attempts INTEGER NOT NULL, claims INTEGER NOT NULL,
  due_at FLOAT NOT NULL, settled_at FLOAT, reason TEXT, detail TEXT, status INTEGER,
  exchanges TEXT
);
CREATE INDEX fql_jobs_open ON fql_jobs (state, due_at, id);
CREATE INDEX fql_jobs_of_user ON fql_jobs (destination, "user", id);
CREATE INDEX fql_jobs_settled ON fql_jobs (settled_at);
INSERT INTO fql_jobs (key, destination, mapping, action, payload, accepted_at, state,
  attempts, claims, due_at)
  VALUES ('old', 'crm', 'All', 'send', '{{"a":1}}', 5, 'pending', 2, 3, 0);
"""
"""An outbox as the first layout had it."""


def refusal(do: Callable[[], object]) -> str:
    """Return what is said, message and help."""
    with pytest.raises(StoreError) as raised:
        do()
    return f"{raised.value.message} | {raised.value.help}"


def claim(outbox: Outbox) -> list[str]:
    return [each.job.key for each in outbox.claim(100, 60.0, among=["crm"])]


# --- opening --------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a b?c.db", "100%.db", "é#.db"])
def test_any_path_is_a_place(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    with open_outbox(str(path)) as outbox:
        outbox.add(jobs(1))
    assert path.is_file()


def test_a_url_of_a_file_is_a_place(tmp_path: Path) -> None:
    with open_outbox(f"sqlite:///{tmp_path}/o.db") as outbox:
        outbox.add(jobs(1))
    with open_outbox(str(tmp_path / "o.db"), is_new=False) as outbox:
        assert claim(outbox) == ["key-0"]


@pytest.mark.parametrize(
    ("place", "driver"),
    [
        ("postgres://u@h/d", "postgresql+psycopg"),
        ("postgresql://u@h/d", "postgresql+psycopg"),
        ("sqlite:///x", "sqlite+pysqlite"),
        ("x", "sqlite+pysqlite"),
    ],
)
def test_places_have_drivers(place: str, driver: str) -> None:
    assert url_of(place).drivername == driver


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("mysql://u:secret@h/d", "no outbox can be kept in mysql | use the path"),
        ("postgresql+asyncpg://u@h/d", "no outbox can be kept in postgresql+asyncpg"),
        ("sqlite://", "URL that cannot be read"),
        ("postgresql://u:secret@h:port/d", "URL that cannot be read"),
    ],
)
def test_other_places_are_refused(place: str, said: str) -> None:
    told = refusal(lambda: open_engine(place))
    assert said in told
    assert "secret" not in told


def test_many_open_a_new_outbox_at_once(place: str) -> None:
    failures: list[BaseException] = []

    def open_() -> None:
        try:
            open_outbox(place).close()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=open_) for _ in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert failures == []


def test_an_outbox_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    path = tmp_path / "o.db"
    assert "there is no outbox at" in refusal(
        lambda: open_engine(str(path), is_new=False)
    )
    assert not path.exists()
    sqlite3.connect(path).execute("CREATE TABLE t (a)").connection.close()
    assert "there is no outbox at" in refusal(
        lambda: open_engine(str(path), is_new=False)
    )


def test_the_first_layout_is_brought_up(place: str) -> None:
    engine = open_engine(place)
    is_file = engine.dialect.name == "sqlite"
    number = "INTEGER PRIMARY KEY" if is_file else "BIGSERIAL PRIMARY KEY"
    with engine.begin() as connection:
        for name in inspect(connection).get_table_names():
            if name.startswith("fql_"):
                connection.execute(text(f"DROP TABLE {name}"))
        for statement in FIRST_LAYOUT.format(number=number).split(";"):
            if statement.strip():
                connection.exec_driver_sql(statement)
    engine.dispose()
    with open_outbox(place) as outbox:
        (found,) = outbox.claim(10, 60.0, among=["crm"])
        assert (found.job.key, found.job.payload, found.attempt) == ("old", {"a": 1}, 3)
        outbox.settle({found.id: Result(State.PENDING, "500")})
        indexes = {
            each["name"] for each in inspect(outbox.engine).get_indexes("fql_jobs")
        }
    assert {"fql_jobs_due", "fql_jobs_in_order", "fql_jobs_done"} <= indexes
    with open_outbox(place) as outbox:
        assert claim(outbox) == ["old"]


def test_a_newer_layout_is_refused(place: str) -> None:
    with open_outbox(place) as outbox, outbox.transaction() as connection:
        connection.execute(LAYOUT.update().values(version=VERSION + 1))
    told = refusal(lambda: open_outbox(place))
    assert f"has layout {VERSION + 1}, and this version of fql reads" in told
    assert "install the newer version" in told


# --- databases that fail --------------------------------------------------------------


def test_a_full_disk_loses_nothing(tmp_path: Path) -> None:
    with open_outbox(str(tmp_path / "o.db")) as outbox:
        outbox.add(jobs(20))
        with outbox.reading() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 1}")
        told = refusal(lambda: outbox.add([job(100 + each) for each in range(2_000)]))
        assert "is on a full disk | make room; what was accepted is kept" in told
        with outbox.reading() as connection:
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 9_999}")
        assert claim(outbox) == [f"key-{each}" for each in range(20)]


def test_a_locked_database_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "o.db"
    with open_outbox(str(path), lock_seconds=0.05) as outbox:
        outbox.add(jobs(3))
        holder = sqlite3.connect(path, isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        told = refusal(lambda: outbox.add([job(7)]))
        assert "is locked by another program | close what is writing to it" in told
        assert outbox.next_due(["crm"]) == 1_000.0
        holder.execute("ROLLBACK")
        holder.close()
        outbox.add([job(8)])
        assert claim(outbox) == ["key-0", "key-1", "key-2", "key-8"]


def test_a_database_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    with open_outbox(str(tmp_path / "o.db")) as outbox:
        outbox.add(jobs(1))
        with outbox.reading() as connection:
            connection.exec_driver_sql("PRAGMA query_only = 1")
        told = refusal(lambda: outbox.add([job(7)]))
    assert "cannot be written to | check who owns the file and its folder" in told


def test_what_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "o.db"
    path.write_text("no database at all, but long enough to be looked at" * 9)
    assert "is no database | name another file" in refusal(
        lambda: open_engine(str(path))
    )
    folder = refusal(lambda: open_engine(str(tmp_path)))
    assert "cannot be opened | check its folder" in folder
    gone = refusal(lambda: open_engine(str(tmp_path / "gone" / "o.db")))
    assert "cannot be opened | check its folder" in gone


def test_a_damaged_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "o.db"
    with open_outbox(str(path)) as outbox:
        outbox.add(jobs(200))
    data = bytearray(path.read_bytes())
    data[200 : len(data) - 100] = os.urandom(len(data) - 300)
    path.write_bytes(bytes(data))
    told = refusal(lambda: claim(open_outbox(str(path))))
    assert "is damaged | restore it from a copy" in told


def test_a_server_that_is_not_there_is_refused() -> None:
    told = refusal(lambda: open_engine("postgresql://me:secret@127.0.0.1:1/x"))
    assert told == (
        "the outbox postgresql://me:***@127.0.0.1:1/x does not answer"
        " | check that the server runs, and its address"
    )


def test_a_database_that_the_server_does_not_have_is_refused(postgres: str) -> None:
    told = refusal(lambda: open_engine(postgres.format("gone")))
    assert "is not there | make the database, or check its name" in told


def test_a_server_that_goes_away_loses_nothing(postgres_place: str) -> None:
    with open_outbox(postgres_place) as outbox:
        outbox.add(jobs(3))

        def interrupted() -> None:
            with (
                outbox.transaction() as connection,
                open_outbox(postgres_place) as other,
            ):
                connection.execute(text("DELETE FROM fql_jobs"))
                number = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()
                with other.transaction() as killer:
                    killer.exec_driver_sql(f"SELECT pg_terminate_backend({number})")
                connection.execute(text("SELECT 1"))

        assert "does not answer" in refusal(interrupted)
        assert claim(outbox) == ["key-0", "key-1", "key-2"]


def test_without_its_driver_postgresql_names_the_extra(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    told = refusal(lambda: open_engine("postgresql://h/d"))
    assert told.endswith('install it: pip install "fql[postgres]"')


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("disk I/O error", "the disk fails | look after the disk"),
        ("password authentication failed", "does not let us in | check user"),
        ("permission denied for table", "does not let us in | check the rights"),
        ("no space left on device", "is on a full disk | make room"),
        ("Something\nelse", "cannot be used: Something | "),
        ("", "cannot be used: nothing more is known | "),
    ],
)
def test_what_databases_say_is_said_in_words(said: str, told: str) -> None:
    def fail() -> None:
        with telling(make_url("postgresql+psycopg://h/d")):
            raise OperationalError("SELECT", {}, Exception(said))

    assert told in refusal(fail)


def test_other_failures_are_told_as_they_are() -> None:
    def fail() -> None:
        with telling(make_url("sqlite:///x.db")):
            raise InvalidRequestError("closed")

    assert refusal(fail) == "the outbox x.db cannot be used: closed | "
