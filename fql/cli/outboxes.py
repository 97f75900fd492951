"""The outboxes that commands work with: which, and what keeps them from being used."""

from __future__ import annotations

from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from fql.grammar.diagnostics import Code, Diagnostic, FqlError
from fql.grammar.source import Source, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from fql.runtime.delivery.outbox import Outbox
    from fql.runtime.delivery.store import StoreError
    from fql.runtime.workspace import Workspace

VARIABLE = "FQL_OUTBOX"
"""The environment variable that says where the outbox is."""


USUAL = "outbox.db"
"""The outbox where nobody names one: a file in the current folder."""


def outbox_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the option ``--outbox``."""
    return _outbox(
        default=USUAL,
        show_default=True,
        help="An SQLite file, or postgresql://USER@HOST/DATABASE.",
    )(command)


def tokens_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the option ``--outbox`` for those who need it for access tokens alone."""
    return _outbox(
        help="Where access tokens are kept; without, they are fetched, and forgotten."
    )(command)


def _outbox(**settings: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return the option ``--outbox`` with what else is to be said of it."""
    return click.option(
        "--outbox",
        "place",
        metavar="PATH|URL",
        envvar=VARIABLE,
        show_envvar=True,
        **settings,
    )


@contextmanager
def kept_tokens(place: str | None, workspace: Workspace) -> Generator[Outbox | None]:
    """Yield the outbox that keeps access tokens, if any destination has such.

    Args:
        place: Its path or URL, or None.
        workspace: The program.

    Raises:
        FqlError: It cannot be used.
    """
    if place is None or not _has_tokens(workspace):
        yield None
        return
    with opened_outbox(place, is_new=True) as outbox:
        yield outbox


def _has_tokens(workspace: Workspace) -> bool:
    from fql.runtime.destinations.registry import registry_for

    kinds = registry_for(workspace.destinations)
    found = ((kinds.get(each.kind), each.settings) for each in workspace.destinations)
    return any(kind is not None and kind.oauth_client(given) for kind, given in found)


@contextmanager
def opened_outbox(place: str, *, is_new: bool = False) -> Generator[Outbox]:
    """Open an outbox, and tell what keeps it from being used.

    Args:
        place: Its path or URL.
        is_new: Whether it is made where there is none.

    Raises:
        FqlError: It cannot be used, now or later in the block.
    """
    try:
        from fql.runtime.delivery.outbox import open_outbox

        import_module("fql.runtime.delivery.sealed_tokens")  # before anything is kept
    except ModuleNotFoundError as error:
        raise FqlError([_without_extra()]) from error
    with usable(), open_outbox(place, is_new=is_new) as outbox:
        yield outbox


@contextmanager
def usable() -> Generator[None]:
    """Turn what keeps an outbox from being used into a finding.

    Raises:
        FqlError: It cannot be used.
    """
    from fql.runtime.delivery.store import StoreError

    try:
        yield
    except StoreError as error:
        raise FqlError([_unusable(error)]) from error


def _unusable(error: StoreError) -> Diagnostic:
    return Diagnostic(
        Code.OUTBOX_UNUSABLE,
        error.message,
        Span(0, 0),
        Source("", "<outbox>"),
        help=error.help,
    )


def _without_extra() -> Diagnostic:
    return Diagnostic(
        Code.MISSING_EXTRA,
        "an outbox needs an optional package",
        Span(0, 0),
        Source("", "<outbox>"),
        help='install it: pip install "fql[delivery]"',
    )
