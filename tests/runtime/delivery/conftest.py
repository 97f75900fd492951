"""Databases for the tests of the outbox."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import create_engine, text

from fql.runtime.delivery.outbox_engines import url_of
from tests.runtime.delivery.postgres import postgres_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Yield the URL of the databases of a server, with a ``{}`` for the database."""
    with postgres_server() as url:
        yield url


@pytest.fixture
def postgres_place(postgres: str) -> str:
    """Return the URL of an empty database."""
    name = f"t{uuid.uuid4().hex}"
    engine = create_engine(
        url_of(postgres.format("postgres")), isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return postgres.format(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return where an outbox may be made: a file, then a database of a server."""
    if request.param == "sqlite":
        return str(tmp_path / "outbox.db")
    found: str = request.getfixturevalue("postgres_place")
    return found
