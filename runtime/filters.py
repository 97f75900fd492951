"""Filters and chains of filters, compiled: an event in, an event or nothing out.

The conditions of a chain are all asked about the event as it entered; then the actions
of the filters that match act in stages: sample, drop, drop properties, allow
properties. `Order.LISTED` is the other reading, one filter after the other, each asked
about what the ones before it left.

A filter that cannot be evaluated drops the event, and says so: the verdict names it and
holds the fault. Filters come from files through `load.py`, from JSON through
`compile_filter` in `load_filter.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, final

from fql.compiler import ir
from fql.compiler.closures import compile_condition
from fql.compiler.warm import TRIGGER_CALLS, counted
from fql.runtime.filter_actions import STAGES, Action, ActionKind, Event

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from fql.compiler.trigger import Trigger
    from fql.compiler.values import Json
    from fql.grammar.diagnostics import Diagnostic


class Order(StrEnum):
    """In which order the filters of a destination act."""

    STAGES = "stages"
    LISTED = "listed"


@final
@dataclass(frozen=True, slots=True)
class Filter:
    """A condition, and what happens to the events that meet it.

    Attributes:
        title: What reports call it.
        condition: Which events it acts on.
        actions: What it does to them, as written.
        source: The only source whose events it acts on, or None for every source.
        is_enabled: Whether its destination uses it; calling it asks no such thing.
        diagnostics: The warnings that compiling gave, in source order.
    """

    title: str
    condition: Trigger
    actions: tuple[Action, ...]
    source: str | None = None
    is_enabled: bool = True
    diagnostics: tuple[Diagnostic, ...] = field(default=(), compare=False, repr=False)

    def __call__(self, event: Event) -> Event | None:
        """Return what this filter, alone, leaves of *event*; None where it drops it.

        The input is never changed; what the filter leaves alone is shared with it.
        An event that the filter cannot be evaluated on is dropped; `decide` says why.
        """
        return self.decide(event).event

    def decide(self, event: Event) -> Verdict:
        """Return what this filter, alone, does with *event*."""
        return FilterChain((self,))(event)


class Verdict(NamedTuple):
    """What a chain of filters did with an event.

    Attributes:
        event: What goes on, or None where the event was dropped. The input itself
            where nothing was changed.
        matching: The filters whose conditions the event met.
        filter: The filter that dropped it, or None.
        action: The kind of the action that dropped it, or None where none did.
        fault: What kept the filter from being evaluated, or None.
    """

    event: Event | None
    matching: tuple[Filter, ...] = ()
    filter: Filter | None = None
    action: ActionKind | None = None
    fault: Exception | None = None


@final
class FilterChain:
    """The filters of one destination, in the order in which they were written.

    It never changes and may be shared between threads.
    """

    __slots__ = ("_decide", "filters", "order")

    def __init__(
        self, filters: Iterable[Filter], *, order: Order = Order.STAGES
    ) -> None:
        self.filters = tuple(filters)
        self.order = order
        self._decide: Callable[[Event], Verdict] = (
            _Staged(self.filters) if order is Order.STAGES else _Listed(self.filters)
        )

    def __call__(self, event: Event) -> Verdict:
        """Return what the filters do with *event*, which is never changed."""
        return self._decide(event)

    def __repr__(self) -> str:
        return f"FilterChain({self.filters!r}, order={self.order!r})"


@final
class Screen:
    """Tells events apart that meet no condition of some filters, as most do.

    To such an event no chain of these filters does anything, in whatever order. All
    conditions are one here, of which generated code asks each thing once.

    Attributes:
        is_met: Whether an event meets a condition; swapped for what is faster. It
            raises what a condition raises that cannot be evaluated.
    """

    __slots__ = ("__weakref__", "_node", "is_met")

    def __init__(self, filters: Iterable[Filter]) -> None:
        self._node = ir.Or(tuple([each.condition.node for each in filters]))
        self.is_met: Callable[[Json], bool] = counted(
            compile_condition(self._node), calls=TRIGGER_CALLS, swap=self._generate
        )

    def _generate(self) -> None:
        from fql.compiler.pysource import compile_condition_source

        self.is_met = compile_condition_source(self._node, "is_met")


class _Staged:
    """All conditions first, then the actions of all, stage by stage."""

    __slots__ = ("_conditions", "_steps")

    def __init__(self, filters: tuple[Filter, ...]) -> None:
        self._conditions = tuple((each, each.condition) for each in filters)
        steps = [(each, action) for each in filters for action in each.actions]
        self._steps = tuple(sorted(steps, key=lambda step: _stage(step[1])))

    def __call__(self, event: Event) -> Verdict:
        """Return what the filters do with *event*."""
        matching: list[Filter] = []
        for each, condition in self._conditions:
            try:
                if condition(event):
                    matching.append(each)
            except Exception as fault:
                return Verdict(None, filter=each, fault=fault)
        if not matching:
            return Verdict(event)
        return self._act(event, tuple(matching))

    def _act(self, event: Event, matching: tuple[Filter, ...]) -> Verdict:
        chosen = {id(each) for each in matching}
        steps = [step for step in self._steps if id(step[0]) in chosen]
        return _run(event, steps, matching)


class _Listed:
    """Filter by filter, each asked about what the ones before it left."""

    __slots__ = ("_filters",)

    def __init__(self, filters: tuple[Filter, ...]) -> None:
        self._filters = filters

    def __call__(self, event: Event) -> Verdict:
        """Return what the filters do with *event*."""
        left = event
        matching: tuple[Filter, ...] = ()
        for each in self._filters:
            try:
                is_match = each.condition(left)
            except Exception as fault:
                return Verdict(None, matching, each, fault=fault)
            if is_match:
                matching = (*matching, each)
                verdict = _run(left, [(each, step) for step in each.actions], matching)
                if verdict.event is None:
                    return verdict
                left = verdict.event
        return Verdict(left, matching)


def _run(
    event: Event, steps: Iterable[tuple[Filter, Action]], matching: tuple[Filter, ...]
) -> Verdict:
    """Return what the actions in *steps* do to *event*, one after the other."""
    left = event
    for each, action in steps:
        result = action(left)
        if result is None:
            return Verdict(None, matching, each, action.kind)
        left = result
    return Verdict(left, matching)


def _stage(action: Action) -> int:
    return STAGES.index(action.kind)
