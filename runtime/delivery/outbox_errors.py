"""What keeps an outbox from being used, in words, and what to do about it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from fql.runtime.delivery.store import StoreError

if TYPE_CHECKING:
    from collections.abc import Generator

    from sqlalchemy.engine import URL

_KINDS = "use the path of a file, sqlite:///PATH or postgresql://USER@HOST/DATABASE"

_WORDS = (
    ("is locked", "is locked by another program", "close what is writing to it"),
    ("disk is full", "is on a full disk", "make room; what was accepted is kept"),
    ("no space left", "is on a full disk", "make room; what was accepted is kept"),
    ("readonly", "cannot be written to", "check who owns the file and its folder"),
    ("read-only", "cannot be written to", "check who may write to it"),
    ("unable to open", "cannot be opened", "check its folder, and who may write there"),
    ("not a database", "is no database", "name another file"),
    ("malformed", "is damaged", "restore it from a copy"),
    ("disk i/o", "cannot be read or written: the disk fails", "look after the disk"),
    ("does not exist", "is not there", "make the database, or check its name"),
    ("authentication failed", "does not let us in", "check user and password"),
    ("permission denied", "does not let us in", "check the rights of the user"),
    ("connection", "does not answer", "check that the server runs, and its address"),
)
"""What databases say, part by part, in lower case; and our words for it."""


def shown(url: URL) -> str:
    """Return where a database is, without its password."""
    if url.get_backend_name() == "sqlite":
        return url.database or ""
    plain = url.set(drivername="postgresql", query={})
    return plain.render_as_string(hide_password=True)


@contextmanager
def telling(url: URL) -> Generator[None]:
    """Turn what a database says in the block into a `StoreError`."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise StoreError(
            "PostgreSQL needs an optional package",
            help='install it: pip install "fql[postgres]"',
        ) from error
    except DBAPIError as error:
        message, help_ = _words(str(error.orig))
        raise StoreError(f"the outbox {shown(url)} {message}", help_) from error
    except SQLAlchemyError as error:
        raise StoreError(f"the outbox {shown(url)} cannot be used: {error}") from error


def _words(said: str) -> tuple[str, str]:
    """Return what a database says in words of ours, and what to do about it."""
    lowered = said.lower()
    for sign, message, help_ in _WORDS:
        if sign in lowered:
            return message, help_
    lines = said.strip().splitlines() or ["nothing more is known"]
    return f"cannot be used: {lines[0]}", ""


def unknown_kind(scheme: str) -> StoreError:
    """A URL of another kind of database."""
    return StoreError(f"no outbox can be kept in {scheme}", _KINDS)


def unreadable_url() -> StoreError:
    """A text that starts like a URL. It is not shown: it may hold a password."""
    return StoreError("the outbox is given by a URL that cannot be read", _KINDS)


def without_outbox(url: URL) -> StoreError:
    """A place with nothing in it, or with something else."""
    return StoreError(
        f"there is no outbox at {shown(url)}",
        "`fql deliver` makes one; check the path or the URL",
    )


def older_program(url: URL, found: int, known: int) -> StoreError:
    """An outbox that a newer version has changed."""
    return StoreError(
        f"the outbox {shown(url)} has layout {found}, and this version of fql reads "
        f"layouts up to {known}",
        "install the newer version that has changed it, or use another outbox",
    )
