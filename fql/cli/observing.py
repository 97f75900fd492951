"""What watches a delivery: the overview, metrics, spans and logs."""

from __future__ import annotations

import logging
import sys
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple, final

import click

from fql.grammar.diagnostics import Code, Diagnostic, FqlError
from fql.grammar.source import Source, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from fql.compiler.values import Json
    from fql.runtime.delivery.jobs import Claim, Result
    from fql.runtime.delivery.logs import LogForm
    from fql.runtime.delivery.metrics import Metrics
    from fql.runtime.delivery.outbox import Outbox
    from fql.runtime.delivery.overview import Overview
    from fql.runtime.outcomes import Outcome
    from fql.runtime.workspace import Workspace

LEVELS = ("debug", "info", "warning", "error")
"""How much is logged, the most first."""

_LAST_PORT = 65_535


class Address(NamedTuple):
    """Where something is served."""

    host: str
    port: int


class Observing(NamedTuple):
    """How a delivery is watched, as the command line says.

    Attributes:
        metrics: Where metrics are served, or None.
        log: How log lines are written, or None for none.
        level: What is less than this is not logged.
    """

    metrics: Address | None
    log: LogForm | None
    level: str


def _address(
    context: click.Context, option: click.Parameter, value: str | None
) -> Address | None:
    """Return the address that *value* says."""
    if value is None:
        return None
    host, colon, port = value.rpartition(":")
    if not (colon and host and port.isascii() and port.isdigit()):
        message = f"{value!r} is no HOST:PORT, such as 127.0.0.1:9464"
        raise click.BadParameter(message, context, option)
    if len(port) > len(str(_LAST_PORT)) or int(port) > _LAST_PORT:
        message = f"{port} is no port: the last one is {_LAST_PORT}"
        raise click.BadParameter(message, context, option)
    return Address(host.removeprefix("[").removesuffix("]"), int(port))


def observing_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say how a delivery is watched."""
    options = (
        click.option(
            "--metrics",
            callback=_address,
            metavar="HOST:PORT",
            help="Serve metrics for Prometheus there, at /metrics.",
        ),
        click.option(
            "--log",
            type=click.Choice(["human", "json"]),
            help="Log to standard error, in lines of this form.",
        ),
        click.option(
            "--log-level",
            type=click.Choice(LEVELS),
            default="info",
            show_default=True,
            help="What is less than this is not logged.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


@final
class Watching:
    """Tells everything that watches a delivery.

    Args:
        overview: Counts in the outbox.
        others: Are told of each result.
    """

    def __init__(
        self, overview: Overview, others: Sequence[Callable[[Claim, Result], None]]
    ) -> None:
        self._overview = overview
        self._others = (overview.settled, *others)

    def processed(self, event: dict[str, Json], outcomes: list[Outcome]) -> None:
        """Tell of an event and what becomes of it."""
        self._overview.processed(event, outcomes)

    def settled(self, claim: Claim, result: Result) -> None:
        """Tell what became of a payload."""
        for tell in self._others:
            tell(claim, result)


@contextmanager
def watching(
    observing: Observing, workspace: Workspace, outbox: Outbox
) -> Generator[Watching]:
    """Watch what is done with *outbox* as long as the block lasts.

    Raises:
        FqlError: What was asked for cannot be had.
        StoreError: The overview cannot be kept.
    """
    from fql.runtime.delivery.logs import log_result, logging_to, masker_for
    from fql.runtime.delivery.overview import Overview, prepare
    from fql.runtime.delivery.tracing import tracing

    mask = masker_for(workspace)
    spans = tracing()
    others = [log_result, *([] if spans is None else [spans.settled])]
    with ExitStack() as stack:
        if observing.log is not None:
            level = logging.getLevelNamesMapping()[observing.level.upper()]
            lines = logging_to(sys.stderr, form=observing.log, level=level, mask=mask)
            stack.enter_context(lines)
        overview = Overview(mask)
        if observing.metrics is not None:
            metrics = stack.enter_context(_served(observing.metrics))
            overview = Overview(mask, tell=metrics.counted)
            others.append(metrics.settled)
        with outbox.transaction() as connection:
            prepare(connection, outbox.now())
        outbox.write_beside(overview.block)
        yield Watching(overview, others)
        with overview.block() as write, outbox.transaction() as connection:
            write(connection)


@contextmanager
def _served(address: Address) -> Generator[Metrics]:
    """Serve metrics. Raises: FqlError, if that cannot be done."""
    try:
        from fql.runtime.delivery.metrics import Metrics, served
    except ModuleNotFoundError as error:
        help_ = 'install it: pip install "fql[metrics]"'
        message = "metrics need an optional package"
        raise FqlError([_finding(Code.MISSING_EXTRA, message, help_)]) from error
    metrics = Metrics()
    with ExitStack() as stack:
        try:
            stack.enter_context(served(metrics, address.host, address.port))
        except OSError as error:
            raise FqlError([_unserved(address, error)]) from error
        yield metrics


def _unserved(address: Address, error: OSError) -> Diagnostic:
    reason = (error.strerror or str(error)).lower()
    return _finding(
        Code.METRICS_UNSERVED,
        f"metrics cannot be served at {address.host}:{address.port}: {reason}",
        "choose another port, or an address of this machine",
    )


def _finding(code: Code, message: str, help_: str) -> Diagnostic:
    return Diagnostic(code, message, Span(0, 0), Source("", "<metrics>"), help=help_)
