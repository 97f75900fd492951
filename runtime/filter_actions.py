"""What filters do to events: drop, sample, drop properties, allow properties.

Each action is data; called with an event, it returns the event that goes on, or None
where it stops there. No action changes its input: what it leaves alone is shared with
it, and where nothing is to be done the result is the input itself. Actions are total:
paths that lead nowhere and values of other kinds do nothing.

Whether an action applies at all is the filter's to say (`filters.py`).
"""

from __future__ import annotations

import operator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

from fql.compiler.values import Json, list_index, read
from fql.runtime.sampling import bound, position

if TYPE_CHECKING:
    from collections.abc import Sequence

Event: TypeAlias = "dict[str, Json]"
"""An event, as a JSON reader makes it."""

_Container: TypeAlias = "list[Json] | dict[str, Json]"


class ActionKind(StrEnum):
    """The kinds of actions by their public names, in the order in which they act."""

    SAMPLE = "SAMPLE"
    DROP = "DROP"
    DROP_PROPERTIES = "DROP_PROPERTIES"
    ALLOW_PROPERTIES = "ALLOW_PROPERTIES"


STAGES = tuple(ActionKind)
"""The order in which the actions of all matching filters act."""

DEFAULT_SAMPLE_PATH = ("messageId",)
"""What decides about a sample where the filter names no path."""


@dataclass(frozen=True, slots=True)
class Drop:
    """Stops every event."""

    @property
    def kind(self) -> ActionKind:
        """The kind of this action."""
        return ActionKind.DROP

    def __call__(self, event: Event) -> Event | None:
        """Return None."""
        return None


@dataclass(frozen=True, slots=True)
class Sample:
    """Keeps a fraction of the events, those whose value at a path is chosen.

    Attributes:
        percent: The fraction that is kept: 0 or less none, 1 or more all.
        path: The keys to the value that decides, or None for the message's id. In
            between, an event without a value there is not kept.
    """

    percent: float
    path: tuple[str, ...] | None = None
    _bound: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_bound", bound(self.percent))

    @property
    def kind(self) -> ActionKind:
        """The kind of this action."""
        return ActionKind.SAMPLE

    def __call__(self, event: Event) -> Event | None:
        """Return *event* if it is one of those that are kept."""
        if self.percent >= 1:
            return event
        if self._bound == 0:
            return None
        value = read(event, self.path or DEFAULT_SAMPLE_PATH)
        if value is None or position(value) >= self._bound:
            return None
        return event


@dataclass(frozen=True, slots=True)
class DropProperties:
    """Removes keys from an object, or from each object in a list.

    Attributes:
        target: The keys to the object or list; none is the event itself.
        names: Keys of the object, each as it is: a dot means nothing in them.
    """

    target: tuple[str, ...]
    names: frozenset[str]

    @property
    def kind(self) -> ActionKind:
        """The kind of this action."""
        return ActionKind.DROP_PROPERTIES

    def __call__(self, event: Event) -> Event | None:
        """Return *event* without the named keys."""
        return _edited(event, self.target, self.names, keeps=False)


@dataclass(frozen=True, slots=True)
class AllowProperties:
    """Removes all keys but some from an object; objects inside it stay whole.

    The attributes are those of `DropProperties`.
    """

    target: tuple[str, ...]
    names: frozenset[str]

    @property
    def kind(self) -> ActionKind:
        """The kind of this action."""
        return ActionKind.ALLOW_PROPERTIES

    def __call__(self, event: Event) -> Event | None:
        """Return *event* with only the named keys in the object concerned."""
        return _edited(event, self.target, self.names, keeps=True)


Action: TypeAlias = Drop | Sample | DropProperties | AllowProperties


# --- editing objects --------------------------------------------------------------


def _edited(
    event: Event, target: Sequence[str], names: frozenset[str], *, keeps: bool
) -> Event:
    """Return *event* with one object in it reduced, sharing everything else."""
    way: list[tuple[_Container, str | int]] = []
    value: Json = event
    for segment in target:
        step = _step(value, segment)
        if step is None:
            return event
        way.append(step)
        value = step[0][step[1]]  # type: ignore[index]  # a key of its own kind
    reduced = _reduced(value, names, keeps=keeps)
    if reduced is value:
        return event
    for holder, key in reversed(way):
        copy = holder.copy()
        copy[key] = reduced  # type: ignore[index]  # a key of its own kind
        reduced = copy
    return reduced  # type: ignore[return-value]  # the copy of the event


def _step(value: Json, segment: str) -> tuple[_Container, str | int] | None:
    """Return where *segment* leads from *value*, or None where it leads nowhere."""
    if isinstance(value, dict):
        return (value, segment) if segment in value else None
    if isinstance(value, list):
        index = list_index(segment)
        return None if index is None or index >= len(value) else (value, index)
    return None


def _reduced(value: Json, names: frozenset[str], *, keeps: bool) -> Json:
    """Return an object, or each element of a list, with fewer keys.

    What loses nothing is returned as it is.
    """
    if isinstance(value, dict):
        return _reduced_object(value, names, keeps=keeps)
    if not isinstance(value, list):
        return value
    elements = [_reduced_element(each, names, keeps=keeps) for each in value]
    return value if _is_same(value, elements) else elements


def _reduced_element(value: Json, names: frozenset[str], *, keeps: bool) -> Json:
    """Return one element of a list with fewer keys.

    The keys of a list in a list are its indices; what goes leaves null in its place.
    """
    if isinstance(value, dict):
        return _reduced_object(value, names, keeps=keeps)
    if not isinstance(value, list):
        return value
    elements = [
        each if (str(index) in names) is keeps else None
        for index, each in enumerate(value)
    ]
    return value if _is_same(value, elements) else elements


def _reduced_object(value: Event, names: frozenset[str], *, keeps: bool) -> Event:
    if keeps:
        if value.keys() <= names:
            return value
        return {key: member for key, member in value.items() if key in names}
    if names.isdisjoint(value):
        return value
    return {key: member for key, member in value.items() if key not in names}


def _is_same(old: list[Json], new: list[Json]) -> bool:
    return all(map(operator.is_, old, new))
