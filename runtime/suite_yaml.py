"""YAML texts, read with the place of every value, for files of tests.

Only what JSON can say too is read: mappings with plain keys, lists, and scalars. An
unquoted scalar is what it would be in JSON (`null`, `true`, `12`, `1.5e3`; nothing and
`~` are null too), else a text: `no`, `on`, `007` and `2026-03-02` stay as they are
written. Anchors, tags and several documents in one text are refused. Needs PyYAML,
which is imported when a text is read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fql.compiler.values import parse_json_number
from fql.grammar import limits
from fql.grammar.diagnostics import FqlError
from fql.grammar.json_errors import too_deep, too_long
from fql.grammar.json_places import JsonDocument, Place, inside
from fql.grammar.source import Span
from fql.runtime import suite_errors

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import ModuleType

    from fql.compiler.values import Json
    from fql.grammar.diagnostics import Diagnostic
    from fql.grammar.source import Source

_SURROGATE = re.compile("[\ud800-\udfff]")

_WORDS = {"": None, "~": None, "null": None, "true": True, "false": False}


def read_yaml(source: Source) -> JsonDocument:
    """Read the YAML text of *source*.

    What is wrong with it is in the document's ``diagnostics``; its value is null then.
    Linear in the text.

    Raises:
        FqlError: PyYAML is not installed.
    """
    yaml = _yaml(source)
    reading = _Reading(source, yaml)
    try:
        reading.read()
    except _StopError as stop:
        return JsonDocument(source, None, reading.places, (stop.diagnostic,))
    except yaml.YAMLError as error:
        return JsonDocument(source, None, {}, (_refusal(source, error),))
    return JsonDocument(source, reading.value, reading.places)


def _yaml(source: Source) -> ModuleType:
    try:
        import yaml
    except ImportError as error:
        raise FqlError([suite_errors.no_yaml_reader(source.name)]) from error
    return yaml


def _refusal(source: Source, error: Any) -> Diagnostic:
    """Return what PyYAML says, at the place that it names."""
    mark = getattr(error, "problem_mark", None)
    at = getattr(error, "position", 0) if mark is None else mark.index
    at = min(at, len(source.text))
    problem = getattr(error, "problem", None) or getattr(error, "reason", "")
    return suite_errors.bad_yaml(source, Span(at, at), str(problem))


class _StopError(Exception):
    """The text cannot be read on."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic)
        self.diagnostic = diagnostic


@dataclass(slots=True)
class _Frame:
    """A mapping or a list that has not ended, and the key that waits for its value."""

    value: dict[str, Json] | list[Json]
    pointer: str
    start: int
    own_key: Span | None
    key: str | None = None
    key_span: Span | None = None


class _Reading:
    """One reading of one text, by the events of PyYAML's parser."""

    def __init__(self, source: Source, yaml: ModuleType) -> None:
        self._source = source
        self._yaml = yaml
        self._frames: list[_Frame] = []
        self._documents = 0
        self.value: Json = None
        self.places: dict[str, Place] = {}

    def read(self) -> None:
        """Read the whole text. Raises: _StopError, and what PyYAML raises."""
        if len(self._source.text) > limits.MAX_PROGRAM:
            raise _StopError(too_long(self._source))
        for event in self._events():
            self._take(event)

    def _events(self) -> Iterator[Any]:
        loader = self._yaml.SafeLoader
        events: Iterable[Any] = self._yaml.parse(self._source.text, Loader=loader)
        yield from events

    def _take(self, event: Any) -> None:
        kinds = self._yaml.events
        span = Span(event.start_mark.index, event.end_mark.index)
        match event:
            case kinds.DocumentStartEvent():
                self._documents += 1
                if self._documents > 1:
                    self._refuse(span, "a second document begins here")
            case kinds.AliasEvent():
                self._refuse(span, "anchors are not read")
            case kinds.ScalarEvent():
                self._scalar(event, span)
            case kinds.MappingStartEvent():
                self._open({}, event, span)
            case kinds.SequenceStartEvent():
                self._open([], event, span)
            case kinds.CollectionEndEvent():
                self._close(span)
            case _:
                pass

    def _refuse(self, span: Span, message: str) -> None:
        raise _StopError(suite_errors.bad_yaml(self._source, span, message))

    def _refuse_extras(self, event: Any, span: Span) -> None:
        if event.anchor is not None:
            self._refuse(span, "anchors are not read")
        if event.tag not in {None, "!"}:
            self._refuse(span, "tags are not read")

    # --- values -------------------------------------------------------------------

    def _scalar(self, event: Any, span: Span) -> None:
        self._refuse_extras(event, span)
        frame = self._frames[-1] if self._frames else None
        if frame is not None and isinstance(frame.value, dict) and frame.key is None:
            self._key(frame, frame.value, _paired(event.value), span)
            return
        is_plain = event.style is None and event.tag is None
        pointer, key = self._next_place()
        self._put(_plain(event.value) if is_plain else _paired(event.value))
        self.places[pointer] = Place(span, key)

    def _key(
        self, frame: _Frame, members: dict[str, Json], key: str, span: Span
    ) -> None:
        if key in members:
            first = self.places[inside(frame.pointer, key)].key or span
            finding = suite_errors.key_twice(self._source, span, first, key)
            raise _StopError(finding)
        frame.key, frame.key_span = key, span

    def _next_place(self) -> tuple[str, Span | None]:
        """Return the pointer of the next value, and the span of the key before it."""
        if not self._frames:
            return "", None
        frame = self._frames[-1]
        if isinstance(frame.value, list):
            return inside(frame.pointer, len(frame.value)), None
        return inside(frame.pointer, frame.key or ""), frame.key_span

    def _put(self, value: Json) -> None:
        if not self._frames:
            self.value = value
            return
        frame = self._frames[-1]
        if isinstance(frame.value, list):
            frame.value.append(value)
        else:
            frame.value[frame.key or ""] = value
            frame.key = None

    # --- containers ---------------------------------------------------------------

    def _open(
        self, value: dict[str, Json] | list[Json], event: Any, span: Span
    ) -> None:
        self._refuse_extras(event, span)
        if len(self._frames) >= limits.MAX_NESTING:
            raise _StopError(too_deep(self._source, span))
        frame = self._frames[-1] if self._frames else None
        if frame is not None and isinstance(frame.value, dict) and frame.key is None:
            self._refuse(span, "a key is a text")
        pointer, key = self._next_place()
        self._put(value)
        self._frames.append(_Frame(value, pointer, span.start, key))

    def _close(self, span: Span) -> None:
        frame = self._frames.pop()
        end = len(self._source.text[: span.start].rstrip())
        whole = Span(frame.start, max(span.end, end, frame.start))
        if span.start == span.end:
            # A block has no closing mark: its end is that of its last line.
            whole = Span(frame.start, max(end, frame.start))
        self.places[frame.pointer] = Place(whole, frame.own_key)


def _paired(text: str) -> str:
    """Return *text* with surrogates, escaped one by one, as the characters they are."""
    if not _SURROGATE.search(text):
        return text
    units = text.encode("utf-16-le", "surrogatepass")
    return units.decode("utf-16-le", "surrogatepass")


def _plain(text: str) -> Json:
    """Return what an unquoted scalar is."""
    if text in _WORDS:
        return _WORDS[text]
    number = parse_json_number(text)
    return text if number is None else number
