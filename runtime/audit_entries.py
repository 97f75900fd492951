"""The triggers and filters in a file, with the place of each.

A file is JSON in the shapes of the public API (a subscription, a filter, lists of them,
the answer to a request, a whole workspace), or one JSON value a line: a text, or an
object that has one. Nothing else of the shapes is looked at, so that any part of them
will do.

| key | what its text is |
|---|---|
| ``trigger``, ``subscribe``, ``fql`` | a trigger |
| ``if`` | a filter's condition |
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from fql.grammar.diagnostics import has_errors
from fql.grammar.json_places import JsonDocument, inside, read_json
from fql.grammar.source import Source, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from fql.compiler.values import Json
    from fql.grammar.diagnostics import Diagnostic


class EntryKind(StrEnum):
    """Which of the original's engines runs the text."""

    TRIGGER = "trigger"
    FILTER = "filter"


KEYS: Mapping[str, EntryKind] = MappingProxyType(
    {
        "trigger": EntryKind.TRIGGER,
        "subscribe": EntryKind.TRIGGER,
        "fql": EntryKind.TRIGGER,
        "if": EntryKind.FILTER,
    }
)
"""The keys whose texts are audited."""

_NAMES = ("name", "title", "id")
_PAYLOADS = frozenset({"settings", "mapping", "actions", "conditions", "payload"})
"""Keys below which anything may stand: what a user wrote, not the shapes."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A trigger or a filter's condition somewhere in a file.

    Attributes:
        kind: What it is.
        text: The condition.
        name: What its object is called; may be empty.
        document: The file.
        span: Where the JSON of the text stands in the file.
        pointer: The JSON pointer of the text, in its line where lines are read.
    """

    kind: EntryKind
    text: str
    name: str
    document: Source
    span: Span
    pointer: str

    @property
    def line(self) -> int:
        """The 1-based line of the file where the text stands."""
        return self.document.position(self.span.start).line


@dataclass(frozen=True, slots=True)
class Entries:
    """What a file holds, and what is wrong with its JSON."""

    entries: tuple[Entry, ...]
    diagnostics: tuple[Diagnostic, ...]


def read_entries(source: Source) -> Entries:
    """Return the triggers and filters of a file, in its order."""
    whole = read_json(source)
    if not has_errors(whole.diagnostics):
        return Entries(tuple(_entries(whole, source, 0)), ())
    lines = [(read_json(Source(text, source.name)), at) for at, text in _lines(source)]
    if not _are_lines([document for document, _ in lines]):
        return Entries((), whole.diagnostics)
    entries: list[Entry] = []
    wrong: list[Diagnostic] = []
    for document, at in lines:
        if has_errors(document.diagnostics):
            wrong += _moved(document.diagnostics, source, at)
        else:
            entries += _entries(document, source, at)
    return Entries(tuple(entries), tuple(wrong))


def _are_lines(documents: Sequence[JsonDocument]) -> bool:
    """Return whether most lines are JSON of their own, so that a few are mistakes."""
    values = [
        document.value for document in documents if not has_errors(document.diagnostics)
    ]
    return sum(isinstance(value, str | dict) for value in values) * 2 > len(documents)


def _lines(source: Source) -> Iterator[tuple[int, str]]:
    """Yield the start and the text of each line that is not blank."""
    for line in range(1, source.line_count + 1):
        span = source.line_span(line)
        text = source.slice(span)
        if text.strip():
            yield span.start, text


def _moved(
    diagnostics: Iterable[Diagnostic], source: Source, by: int
) -> Iterator[Diagnostic]:
    """Yield the findings of a line as findings in its file."""
    for each in diagnostics:
        span = Span(each.span.start + by, each.span.end + by)
        yield replace(each, source=source, span=span, labels=(), edits=())


def _entries(document: JsonDocument, source: Source, by: int) -> Iterator[Entry]:
    def entry(kind: EntryKind, text: str, pointer: str, name: str) -> Entry:
        start, end = document.span(pointer)
        return Entry(kind, text, name, source, Span(start + by, end + by), pointer)

    for kind, text, pointer, name in _texts(document.value):
        yield entry(kind, text, pointer, name)


def _texts(value: Json) -> Iterator[tuple[EntryKind, str, str, str]]:
    """Yield the texts in *value* in order, with their pointers and names."""
    pending: list[tuple[Json, str]] = [(value, "")]
    while pending:
        current, pointer = pending.pop()
        match current:
            case str() if pointer.count("/") < 2:
                yield EntryKind.TRIGGER, current, pointer, ""
            case list():
                children = [
                    (each, inside(pointer, index)) for index, each in enumerate(current)
                ]
                pending += reversed(children)
            case dict():
                yield from _own_texts(current, pointer)
                members = [
                    (member, inside(pointer, key))
                    for key, member in current.items()
                    if key not in _PAYLOADS and not isinstance(member, str)
                ]
                pending += reversed(members)
            case _:
                pass


def _own_texts(
    shape: dict[str, Json], pointer: str
) -> Iterator[tuple[EntryKind, str, str, str]]:
    names = [shape[key] for key in _NAMES if isinstance(shape.get(key), str)]
    name = str(names[0]) if names else ""
    for key, kind in KEYS.items():
        text = shape.get(key)
        if isinstance(text, str):
            yield kind, text, inside(pointer, key), name
