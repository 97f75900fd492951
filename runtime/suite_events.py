"""The events of tests: written out, from files, and changed by path.

An event is an object in the file of tests, the name of one under its ``events``, the
path of a file (``order.json``), or a line of one (``events.ndjson:12``). Paths start
from the folder of the file of tests. Each file is read once.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NoReturn

from fql.compiler.values import list_index
from fql.grammar.build import read_path
from fql.grammar.diagnostics import FqlError
from fql.grammar.json_places import inside
from fql.runtime import suite_errors
from fql.runtime.codec import DecodeError, decode

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from fql.compiler.values import Json
    from fql.grammar.json_places import JsonDocument
    from fql.runtime.filter_actions import Event

_LINE = re.compile(r"(?P<path>.+):(?P<line>[1-9][0-9]{0,8})\Z")

MAX_FILE = 64 * 1024 * 1024
"""Bytes of one file of events; a test needs few of them."""


class Events:
    """The events that the tests of one file may name.

    Args:
        document: The file of tests.
        named: Its ``events``.
        folder: Where paths start from.
    """

    def __init__(
        self, document: JsonDocument, named: Mapping[str, Json], folder: Path
    ) -> None:
        self._document = document
        self._named = named
        self._folder = folder
        self._files: dict[Path, bytes] = {}

    def event(self, spec: Json, pointer: str) -> Event:
        """Return the event that *spec*, which stands at *pointer*, means.

        Raises:
            FqlError: There is none.
        """
        if isinstance(spec, str) and spec in self._named:
            inner = self._named[spec]
            return self._unnamed(inner, inside("/events", spec))
        return self._unnamed(spec, pointer)

    def _unnamed(self, spec: Json, pointer: str) -> Event:
        if isinstance(spec, dict):
            return spec
        if isinstance(spec, str) and spec.endswith(".json"):
            return self._object(self._read(spec, pointer), spec, pointer)
        if isinstance(spec, str) and (found := _LINE.match(spec)):
            content = self._read(found["path"], pointer)
            lines = content.split(b"\n")
            at = int(found["line"])
            if at > len(lines) or not lines[at - 1].strip():
                self._refuse(spec, pointer, f"there is nothing in line {at}")
            return self._object(lines[at - 1], spec, pointer)
        name = spec if isinstance(spec, str) else "what stands here"
        span = self._document.span(pointer)
        known = self._named.keys()
        finding = suite_errors.no_such_event(self._document.source, span, name, known)
        raise FqlError([finding])

    def _read(self, name: str, pointer: str) -> bytes:
        path = self._folder / name
        if path not in self._files:
            try:
                if path.stat().st_size > MAX_FILE:
                    self._refuse(name, pointer, f"it has over {MAX_FILE >> 20} MiB")
                self._files[path] = path.read_bytes()
            except (OSError, ValueError) as error:
                said = getattr(error, "strerror", None) or str(error)
                self._refuse(name, pointer, said.lower())
        return self._files[path]

    def _object(self, content: bytes, name: str, pointer: str) -> Event:
        try:
            value = decode(content.removeprefix(b"\xef\xbb\xbf"))
        except DecodeError as error:
            self._refuse(name, pointer, error.message)
        if not isinstance(value, dict):
            self._refuse(name, pointer, "it is no JSON object")
        return value

    def _refuse(self, name: str, pointer: str, problem: str) -> NoReturn:
        span = self._document.span(pointer)
        source = self._document.source
        raise FqlError([suite_errors.bad_event_file(source, span, name, problem)])


# --- changing ---------------------------------------------------------------------


class PathError(ValueError):
    """A path that leads nowhere. Its text says why, after the path."""


def with_value(event: Event, path: str, value: Json) -> Event:
    """Return *event* with *value* at *path*.

    Objects on the way are made where there are none; a list takes an index that it has,
    or the next one. The event is not changed: what differs is copied.

    >>> with_value({"userId": "u1"}, "properties.total", 5)
    {'userId': 'u1', 'properties': {'total': 5}}

    Raises:
        PathError: The path leads through something that has no parts.
    """
    return _with(event, _keys(path), value)  # type: ignore[return-value]  # the copy


def without(event: Event, path: str) -> Event:
    """Return *event* without what is at *path*; the event is not changed.

    >>> without({"userId": "u1", "type": "page"}, "userId")
    {'type': 'page'}

    Raises:
        PathError: There is nothing.
    """
    return _without(event, _keys(path))  # type: ignore[return-value]  # the copy


def _keys(path: str) -> tuple[str, ...]:
    keys = read_path(path)
    if not all(keys):
        raise PathError("is no path")
    return keys


def _with(holder: Json, keys: tuple[str, ...], value: Json) -> Json:
    """Return a copy of *holder* with *value* where *keys* lead to."""
    if not keys:
        return value
    key, rest = keys[0], keys[1:]
    match holder:
        case dict():
            return {**holder, key: _with(holder.get(key), rest, value)}
        case list():
            at = list_index(key)
            if at is None or at > len(holder):
                raise PathError(f"needs an index up to {len(holder)} in a list")
            inner = holder[at] if at < len(holder) else None
            return [*holder[:at], _with(inner, rest, value), *holder[at + 1 :]]
        case None:
            return {key: _with(None, rest, value)}
        case _:
            raise PathError(f"leads through a value without parts at `{key}`")


def _without(holder: Json, keys: tuple[str, ...]) -> Json:
    """Return a copy of *holder* without what *keys* lead to."""
    key, rest = keys[0], keys[1:]
    match holder:
        case dict() if key in holder:
            kept = dict(holder)
            if rest:
                kept[key] = _without(holder[key], rest)
            else:
                del kept[key]
            return kept
        case list() if (at := list_index(key)) is not None and at < len(holder):
            inner = [_without(holder[at], rest)] if rest else []
            return [*holder[:at], *inner, *holder[at + 1 :]]
        case _:
            raise PathError("is not in the event")
