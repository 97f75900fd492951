"""Filters brought to a destination: what is missing there is created, nothing twice.

Filters are the same when they do the same: source, condition and actions count, titles
do not. What is there already is never created again, so a run that was stopped at any
point goes on where it was when it is started again, and needs no memory of its own.
"""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias

from pydantic import ValidationError

from fql.compiler.values import Json
from fql.runtime.models import FilterCreation
from fql.runtime.public_api import USUAL_PAUSES, Pauses, UncertainError
from fql.runtime.sampling import canonical_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Definition: TypeAlias = dict[str, Json]
"""A filter, in the shape in which the public API takes or gives it."""

MAX_FILTERS = 10
"""Filters that the original takes for one destination."""

_MAX_TRIES = 4
"""How often one filter is tried where nobody knows whether it was created."""


class CopyError(Exception):
    """A filter that cannot be brought over; the text says which, and why."""


class FilterStore(Protocol):
    """Where filters are: the public API, as far as it is needed."""

    def filters(self, destination: str) -> Iterable[Definition]:
        """Yield the filters of a destination."""
        ...

    def create_filter(self, destination: str, definition: Definition) -> Definition:
        """Create a filter and return it."""
        ...

    def enable_filter(self, destination: str, identity: str) -> Definition:
        """Switch a filter on and return it."""
        ...


@dataclass(frozen=True, slots=True)
class CopyPlan:
    """What is to be done at a destination.

    Attributes:
        create: Filters that are not there, as they are to be created.
        enable: Filters that are there and switched off, as they are.
        present: Filters that are there and on.
        left_out: Filters of the origin that are switched off, as they are.
        total: How many filters the destination has when all is done.
    """

    create: tuple[Definition, ...] = ()
    enable: tuple[Definition, ...] = ()
    present: tuple[Definition, ...] = ()
    left_out: tuple[Definition, ...] = ()
    total: int = 0

    @property
    def is_done(self) -> bool:
        """Whether there is nothing to do."""
        return not (self.create or self.enable)


def plan_copy(
    origin: Iterable[Definition],
    present: Sequence[Definition],
    *,
    source: str | None = None,
    includes_disabled: bool = False,
) -> CopyPlan:
    """Return what makes a destination have the filters of another one.

    Args:
        origin: The filters to bring, as the API gives them.
        present: The filters that the destination has.
        source: The source that all of them get; None leaves each its own.
        includes_disabled: Whether filters that are switched off are brought as well.

    Raises:
        CopyError: A filter is not in the API's shape.
    """
    wanted: list[Definition] = []
    left_out: list[Definition] = []
    for each in origin:
        if includes_disabled or each.get("enabled") is not False:
            wanted.append(creation(each, source))
        else:
            left_out.append(each)
    return plan_for(wanted, present, left_out)


def plan_for(
    wanted: Iterable[Definition],
    present: Sequence[Definition],
    left_out: Sequence[Definition] = (),
) -> CopyPlan:
    """Return what makes a destination have *wanted*, besides what it has."""
    free = _by_behaviour(present)
    create: list[Definition] = []
    enable: list[Definition] = []
    found: list[Definition] = []
    for definition in wanted:
        same = free.get(behaviour(definition))
        if not same:
            create.append(definition)
            continue
        there = same.pop()
        (found if there.get("enabled") is True else enable).append(there)
    total = len(present) + len(create)
    return CopyPlan(tuple(create), tuple(enable), tuple(found), tuple(left_out), total)


def _by_behaviour(present: Sequence[Definition]) -> dict[str, list[Definition]]:
    """Return filters by what they do; of the same ones, those that are on come last."""
    found: dict[str, list[Definition]] = {}
    for each in sorted(present, key=lambda each: each.get("enabled") is True):
        found.setdefault(behaviour(each), []).append(each)
    return found


def creation(definition: Definition, source: str | None = None) -> Definition:
    """Return what creates a filter like *definition*, switched on.

    Old names of actions become those of today.

    Raises:
        CopyError: It is not in the API's shape.
    """
    given = {key: definition.get(key) for key in ("if", "actions", "description")}
    given["sourceId"] = source or definition.get("sourceId")
    given["title"] = title_of(definition)
    try:
        model = FilterCreation.model_validate({**given, "enabled": True})
    except ValidationError as error:
        first = error.errors()[0]
        at = "/".join(str(each) for each in first["loc"])
        raise CopyError(
            f'the filter "{title_of(definition)}" is not in the API\'s shape: '
            f"{at}: {first['msg']}"
        ) from error
    return model.model_dump(mode="json", by_alias=True, exclude_none=True)


def title_of(definition: Definition) -> str:
    """Return what a filter is called."""
    title = definition.get("title") or definition.get("id")
    return title if isinstance(title, str) else "filter"


def behaviour(definition: Definition) -> str:
    """Return what a filter does, as a text: equal for filters that do the same."""
    with suppress(CopyError):  # one of another shape is the same as its like alone
        definition = creation(definition)
    keys = ("sourceId", "if", "actions")
    return canonical_json([definition.get(key) for key in keys])


# --- doing it ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Done:
    """One thing that was done.

    Attributes:
        what: ``created``, ``enabled``, or ``found`` where a request that seemed to fail
            had succeeded.
        definition: The filter.
    """

    what: str
    definition: Definition


def carry_out(
    store: FilterStore,
    destination: str,
    plan: CopyPlan,
    *,
    pauses: Pauses = USUAL_PAUSES,
) -> Iterator[Done]:
    """Do what *plan* says, and yield each thing as soon as it is done.

    Where nobody knows whether a filter was created, the destination is asked before it
    is created again.

    Raises:
        ApiError: The API fails for good. What was done stays, and a new plan goes on
            from there.
    """
    for definition in plan.enable:
        identity = definition.get("id")
        yield Done("enabled", store.enable_filter(destination, str(identity)))
    had = Counter(behaviour(each) for each in (*plan.present, *plan.enable))
    for definition in plan.create:
        had[behaviour(definition)] += 1
        count = had[behaviour(definition)]
        yield _create(store, destination, definition, count, pauses=pauses)


def _create(
    store: FilterStore,
    destination: str,
    definition: Definition,
    count: int,
    *,
    pauses: Pauses,
) -> Done:
    """Create a filter; *count*: how many like it there are then."""
    for attempt in range(1, _MAX_TRIES + 1):
        try:
            return Done("created", store.create_filter(destination, definition))
        except UncertainError:
            pauses.sleep(pauses.before(attempt + 1))
            alike = _alike(store, destination, definition)
            if len(alike) >= count:
                return Done("found", alike[-1])
            if attempt == _MAX_TRIES:
                raise
    raise AssertionError("the last try returns or raises")


def _alike(
    store: FilterStore, destination: str, definition: Definition
) -> list[Definition]:
    wanted = behaviour(definition)
    return [each for each in store.filters(destination) if behaviour(each) == wanted]
