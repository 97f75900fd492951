"""A loaded workspace: a program, ready for events.

What a file says, and whether that
makes sense, is settled before (`load.py`); how one event goes is in `pipeline.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, cast, final

from fql.runtime.accept import DuplicateWindow
from fql.runtime.filters import Order
from fql.runtime.pipeline import Pipeline

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fql.compiler.values import Json
    from fql.grammar.diagnostics import Diagnostic
    from fql.runtime.delivery.direct import Watcher
    from fql.runtime.delivery.oauth import MemoryTokens
    from fql.runtime.delivery.store import Store
    from fql.runtime.destinations.registry import Registry
    from fql.runtime.enrichments import Enrichment
    from fql.runtime.explain_program import ProgramExplainer, ProgramExplanation
    from fql.runtime.http_messages import AsyncTransport
    from fql.runtime.outcomes import Outcome
    from fql.runtime.tester import EventTest
    from fql.runtime.workspace_parts import Destination, Source


@final
@dataclass(frozen=True)
class Workspace:
    """A program, ready for events. It may be shared between threads.

    Only the window of duplicates changes, which remembers what messages came, and the
    access tokens that its destinations were handed.

    Attributes:
        sources: In the order of the file.
        destinations: In the order of the file.
        plan: The plan whose limits were checked, or None.
        order: How the filters of a destination act.
        diagnostics: The warnings that loading gave, in source order.
        enrichments: The tables that events are joined to, in the order of the file.
        window: Remembers the messages of the last day; None lets repeats pass.
    """

    sources: tuple[Source, ...] = ()
    destinations: tuple[Destination, ...] = ()
    plan: str | None = None
    order: Order = Order.STAGES
    diagnostics: tuple[Diagnostic, ...] = field(default=(), compare=False, repr=False)
    enrichments: tuple[Enrichment, ...] = ()
    window: DuplicateWindow | None = field(
        default_factory=DuplicateWindow, compare=False, repr=False
    )

    def process(
        self, event: dict[str, Json], *, source: str | None = None
    ) -> list[Outcome]:
        """Return what becomes of *event*, at least one outcome.

        In the order of the destinations and of their mappings. Nothing is sent. The
        event is never changed; payloads share with it what they take whole from it.

        Args:
            event: An object as a JSON reader makes it; anything else is rejected.
            source: The name of its source. Without one, every destination gets it.

        Raises:
            ValueError: There is no source of that name.
        """
        return self._pipeline(event, source)

    def explain(
        self, event: dict[str, Json], *, source: str | None = None
    ) -> ProgramExplanation:
        """Return what becomes of *event* at every destination, and why.

        Nothing is remembered of it: a message that came before is explained as well.

        Args:
            event: An object as a JSON reader makes it.
            source: The name of its source. Without one, every destination gets it.

        Raises:
            ValueError: There is no source of that name.
        """
        return self._explainer(event, source)

    @cached_property
    def _explainer(self) -> ProgramExplainer:
        from fql.runtime.explain_program import ProgramExplainer

        return ProgramExplainer(self)

    def test_event(
        self,
        event: dict[str, Json],
        *,
        source: str | None = None,
        destination: str | None = None,
        mapping: str | None = None,
        ignore_filters: bool = False,
    ) -> EventTest:
        """Return what becomes of *event*, up to the requests; nothing is sent.

        Filters act as they do always. `fql.runtime.tester.send_event` does the same,
        and sends.

        Args:
            event: An object as a JSON reader makes it. It is never changed.
            source: The name of its source; without one, every destination gets it.
            destination: The only destination that it goes to.
            mapping: The only mapping that is tried, enabled or not, without filters.
            ignore_filters: Whether filters are passed over.

        Raises:
            ValueError: There is no such source, destination or mapping.
        """
        from fql.runtime.tester import Choice, try_event

        choice = Choice(source, destination, mapping, ignore_filters)
        return try_event(self, event, choice)

    async def deliver(
        self,
        events: dict[str, Json] | Iterable[dict[str, Json]],
        *,
        source: str | None = None,
        store: Store | None = None,
        transport: AsyncTransport | None = None,
        registry: Registry | None = None,
        watch: Watcher | None = None,
    ) -> list[Outcome]:
        """Process events, deliver what they become, and return what became of each.

        One event or any number. The arguments are those of
        `fql.runtime.delivery.direct.deliver`, which tells the rest.
        """
        from fql.runtime.delivery.direct import deliver

        if isinstance(events, dict):  # to checkers, its keys may be events as well
            events = [cast("dict[str, Json]", events)]
        return await deliver(
            self,
            events,
            source=source,
            store=store,
            transport=transport,
            registry=registry,
            watch=watch,
        )

    @cached_property
    def tokens(self) -> MemoryTokens:
        """Access tokens of its destinations, for deliveries without an outbox."""
        from fql.runtime.delivery.oauth import MemoryTokens

        return MemoryTokens()

    @cached_property
    def _pipeline(self) -> Pipeline:
        return Pipeline(
            self.sources, self.destinations, order=self.order, window=self.window
        )
