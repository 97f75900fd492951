"""``fql deliver``: events into an outbox, and from there to their destinations."""

from __future__ import annotations

import asyncio
import signal
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, NamedTuple, final

import click

from fql.cli.feed import Feed, events_argument, size_of
from fql.cli.findings import Findings
from fql.cli.inputs import PATH, STDIN
from fql.cli.lines import events_in
from fql.cli.observing import Observing, observing_options, watching
from fql.cli.outboxes import opened_outbox, outbox_option
from fql.cli.output import Format, format_option
from fql.cli.programs import load_program, require_one_stdin, require_source
from fql.cli.progress import Progress
from fql.cli.work import Refusals
from fql.grammar.diagnostics import FqlError

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from fql.cli.blocks import Block
    from fql.cli.deliver_summary import DeliveryTally
    from fql.cli.observing import Address, Watching
    from fql.runtime.delivery.accepting import Accepted
    from fql.runtime.delivery.jobs import Claim, Result
    from fql.runtime.delivery.logs import LogForm
    from fql.runtime.delivery.outbox import Outbox
    from fql.runtime.delivery.worker import Stopping
    from fql.runtime.workspace import Workspace

LEASE = 120.0
"""Seconds, see ``--lease``."""

SHORTEST_LEASE = 0.1
"""Seconds of the shortest lease: it is renewed several times before its end."""


@click.command("deliver", short_help="Deliver events, through an outbox.")
@click.argument("program", type=PATH)
@events_argument
@outbox_option
@click.option("--source", metavar="NAME", help="The source that the events come from.")
@click.option("--accept-only", is_flag=True, help="Fill the outbox, and send nothing.")
@click.option(
    "--until-empty/--forever",
    default=True,
    show_default=True,
    help="Whether to end when nothing is left, or to wait for more.",
)
@click.option(
    "--lease",
    metavar="SECONDS",
    type=click.FloatRange(min=SHORTEST_LEASE),
    default=LEASE,
    show_default=True,
    help="After which others take over from a process that was killed.",
)
@click.option("--strict", is_flag=True, help="Exit with 1 where a line was rejected.")
@observing_options
@format_option("human", "json")
def command(
    program: str,
    events: tuple[str, ...],
    *,
    place: str,
    source: str | None,
    accept_only: bool,
    until_empty: bool,
    lease: float,
    strict: bool,
    metrics: Address | None,
    log: LogForm | None,
    log_level: str,
    form: Format,
) -> int:
    """Run EVENTS past PROGRAM and deliver what they become.

    All payloads are put into the outbox first; what is in there is delivered at least
    once, whatever dies in between, and events that are accepted a second time are
    passed over. Then everything that is in the outbox is delivered. Without EVENTS,
    only that; a single - is standard input. A summary goes to standard output.

    SIGINT and SIGTERM let what is under way finish. The exit code is 1 where a payload
    was given up or left behind.
    """
    require_one_stdin(program, is_read=STDIN in events)
    if accept_only and not events:
        raise click.UsageError("--accept-only needs EVENTS")
    workspace = load_program(program, form)
    if workspace is None:
        return 1
    require_source(workspace, source)
    delivery = _Delivery(workspace, source, form)
    observing = Observing(metrics, log, log_level)
    with (
        delivery.told(),
        opened_outbox(place, is_new=True) as outbox,
        watching(observing, workspace, outbox) as watch,
    ):
        if events:
            delivery.accept(events, outbox, watch)
        if not accept_only:
            delivery.work(outbox, lease, watch, until_empty=until_empty)
    return delivery.exit_code(is_strict=strict, is_ending=until_empty)


@final
class _Delivery:
    """One run of the command: what it does, and what came of it."""

    def __init__(self, workspace: Workspace, source: str | None, form: Format) -> None:
        from fql.cli.deliver_summary import DeliveryTally

        self._workspace = workspace
        self._source = source
        self._form: Format = form
        self._findings = Findings(form)
        self._findings.extend(workspace.diagnostics)
        self._tally: DeliveryTally = DeliveryTally(workspace)
        self._has_failed = False

    @contextmanager
    def told(self) -> Generator[None]:
        """Tell what came of it when the block ends, whatever ends it."""
        from fql.cli.deliver_summary import show_summary

        try:
            yield
        except FqlError as error:
            self._findings.extend(error.diagnostics)
            self._has_failed = True
        finally:
            show_summary(self._tally, self._findings, self._form)

    def accept(self, events: tuple[str, ...], outbox: Outbox, watch: Watching) -> None:
        """Put what *events* become into *outbox*."""
        work = _Accepting(self._workspace, self._source, outbox, watch)
        with Progress(size_of(events)) as progress:
            feed = Feed(events, self._findings, progress)
            for result in feed.results(work):
                self._tally.accept(result.accepted)
        self._tally.rejected_lines = feed.rejected
        self._has_failed |= feed.has_failed

    def work(
        self, outbox: Outbox, lease: float, watch: Watching, *, until_empty: bool
    ) -> None:
        """Deliver what is in *outbox*."""
        from fql.runtime.delivery.outbox_admin import count_jobs
        from fql.runtime.delivery.worker import Stopping, work

        stopping = Stopping()
        self._tally.start(count_jobs(outbox))

        def settled(claim: Claim, result: Result) -> None:
            self._tally.settle(claim, result)
            watch.settled(claim, result)

        async def run() -> None:
            with _stopped_by_signals(stopping):
                await work(
                    self._workspace,
                    outbox,
                    until_empty=until_empty,
                    lease=lease,
                    watch=settled,
                    stopping=stopping,
                )

        asyncio.run(run())
        self._tally.end(count_jobs(outbox))

    def exit_code(self, *, is_strict: bool, is_ending: bool) -> int:
        """Return 1 where something failed, or was not done that was to be."""
        tally = self._tally
        is_left = is_ending and tally.waiting > 0
        is_bad = is_strict and tally.rejected_lines > 0
        return int(self._has_failed or tally.dead > 0 or is_left or is_bad)


class _AcceptedLines(NamedTuple):
    """What came of some lines; see `fql.cli.work.Result`."""

    accepted: Accepted
    lines: int
    refusals: Refusals


@final
class _Accepting:
    """Puts what blocks of events become into an outbox."""

    def __init__(
        self,
        workspace: Workspace,
        source: str | None,
        outbox: Outbox,
        watch: Watching,
    ) -> None:
        self._workspace = workspace
        self._source = source
        self._outbox = outbox
        self._watch = watch

    def __call__(self, block: Block) -> Iterator[_AcceptedLines]:
        """Yield what became of the events of *block*, in parts."""
        from fql.runtime.delivery.accepting import Accepted, accept

        refusals = Refusals()
        events = (event for event, _ in events_in(block, refusals))
        for part in accept(
            self._workspace,
            events,
            self._outbox,
            source=self._source,
            watch=self._watch.processed,
        ):
            yield _AcceptedLines(part, 0, Refusals())
        yield _AcceptedLines(Accepted((), 0, 0), block.data.count(b"\n"), refusals)


@contextmanager
def _stopped_by_signals(stopping: Stopping) -> Generator[None]:
    """Let the first signal stop in order; a second one ends the process."""
    loop = asyncio.get_running_loop()
    signals = (signal.SIGINT, signal.SIGTERM)

    def stop() -> None:
        stopping()
        for each in signals:
            loop.remove_signal_handler(each)

    # Windows has no such handlers: there, Ctrl-C leaves the rest to the leases.
    with suppress(NotImplementedError):
        for each in signals:
            loop.add_signal_handler(each, stop)
    try:
        yield
    finally:
        with suppress(NotImplementedError):
            for each in signals:
                loop.remove_signal_handler(each)
