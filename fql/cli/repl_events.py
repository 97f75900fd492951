"""The events that are loaded into an interactive session, and the fields they have."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fql.cli.explain_input import one_or_many
from fql.compiler.reasons import kind_of
from fql.grammar.spelling import path_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fql.compiler.values import Json
    from fql.grammar.diagnostics import Diagnostic
    from fql.runtime.filter_actions import Event

MAX_EVENTS = 10_000
"""Events that are kept; those after them are not read."""

MAX_FIELDS = 5_000
"""Fields that are known of them."""

_MAX_DEPTH = 8
"""Levels of objects that are looked into."""


@dataclass(frozen=True, slots=True)
class FieldSeen:
    """A field of the loaded events.

    Attributes:
        path: The field as it is written.
        count: How many events have it.
        kinds: Of what types it is, the commonest first.
    """

    path: str
    count: int
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Loaded:
    """Events and their fields.

    Attributes:
        events: In the order of the file.
        fields: Sorted by path.
        is_cut: Whether there were more events than are kept.
    """

    events: tuple[Event, ...] = ()
    fields: tuple[FieldSeen, ...] = ()
    is_cut: bool = False


def load_events(path: str, report: Callable[[Diagnostic], None]) -> Loaded:
    """Return the events of the file at *path*; *report* is given what is none.

    Raises:
        FqlError: It cannot be read.
    """
    with one_or_many(path) as found:
        if found.only is not None:
            events, is_cut = [found.only], False
        else:
            events, is_cut = _first(found.each(report))
    return Loaded(tuple(events), tuple(_fields(events)), is_cut)


def _first(events: Iterator[Event]) -> tuple[list[Event], bool]:
    kept: list[Event] = []
    for event in events:
        if len(kept) == MAX_EVENTS:
            return kept, True
        kept.append(event)
    return kept, False


def _fields(events: list[Event]) -> Iterator[FieldSeen]:
    """Yield the fields of *events*, sorted by path."""
    kinds: dict[tuple[str, ...], Counter[str]] = {}
    for event in events:
        for keys, value in _walk(event, ()):
            if keys in kinds or len(kinds) < MAX_FIELDS:
                kinds.setdefault(keys, Counter())[kind_of(value)] += 1
    for keys in sorted(kinds):
        counts = kinds[keys]
        names = tuple(name for name, _ in counts.most_common())
        yield FieldSeen(path_text(keys, "fql"), counts.total(), names)


def _walk(
    holder: dict[str, Json], keys: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], Json]]:
    """Yield each member of *holder*, and of the objects in it, with its path."""
    for key, value in holder.items():
        if key:
            yield (*keys, key), value
            if isinstance(value, dict) and len(keys) + 1 < _MAX_DEPTH:
                yield from _walk(value, (*keys, key))
