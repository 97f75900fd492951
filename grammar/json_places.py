"""JSON texts, read with the place of every value.

A place is named by its JSON pointer (RFC 6901): ``""`` is the whole value and
``"/a/0"`` the first element of the list under ``a``. Reading is RFC 8259's and linear
in the text; objects keep the order of their keys. What programs, filters or mappings
mean is not known here.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

from fql.grammar import json_errors, limits
from fql.grammar.source import Source, Span

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fql.grammar.diagnostics import Diagnostic

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
"""A JSON value, as a JSON reader makes it."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands, and the key before it if it is a member of an object."""

    span: Span
    key: Span | None = None


@dataclass(frozen=True, slots=True)
class JsonDocument:
    """A JSON value and what is known of its places.

    Attributes:
        source: The text; an empty one if the value was not read from text.
        value: The value; null where the text could not be read to its end.
        places: The places of all values by their pointers; empty without a text.
        diagnostics: What is wrong with the text, in source order.
    """

    source: Source
    value: Json
    places: Mapping[str, Place] = field(default_factory=dict, compare=False, repr=False)
    diagnostics: tuple[Diagnostic, ...] = ()

    def span(self, pointer: str) -> Span:
        """Return the span of the value at *pointer*, or of the nearest one around it.

        It is empty and at the start of the text when there is no text.
        """
        return self._place(pointer).span

    def key_span(self, pointer: str) -> Span:
        """Return the span of the key that names the value at *pointer*.

        A value that no key names gives its own span.
        """
        place = self._place(pointer)
        return place.key or place.span

    def _place(self, pointer: str) -> Place:
        while pointer not in self.places:
            if not pointer:
                return Place(Span(0, 0))
            pointer = pointer.rpartition("/")[0]
        return self.places[pointer]


def without_text(value: Json, name: str = "<json>") -> JsonDocument:
    """Return the document of a value that was not read from a text.

    Args:
        value: The value.
        name: What diagnostics show in place of a file's name.
    """
    return JsonDocument(Source("", name), value)


def inside(pointer: str, key: str | int) -> str:
    """Return the pointer of what stands under *key* in the value at *pointer*.

    >>> inside("/a", "b/c~")
    '/a/b~1c~0'
    """
    return f"{pointer}/{str(key).replace('~', '~0').replace('/', '~1')}"


def read_json(source: Source) -> JsonDocument:
    """Read the JSON text of *source*; never raises.

    Keys that occur twice, words such as ``NaN`` and a comma before a closing bracket
    are reported and read over; anything else that is not JSON ends the reading.

    >>> document = read_json(Source('{"a": [1, 2]}'))
    >>> document.value, document.span("/a/1"), document.key_span("/a")
    ({'a': [1, 2]}, Span(start=10, end=11), Span(start=1, end=4))
    """
    scanner = _Scanner(source)
    try:
        value = scanner.read()
    except _StopError as stop:
        findings = (*scanner.findings, stop.diagnostic)
        return JsonDocument(source, None, scanner.places, findings)
    return JsonDocument(source, value, scanner.places, tuple(scanner.findings))


class _StopError(Exception):
    """The text cannot be read on."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic)
        self.diagnostic = diagnostic


@dataclass(slots=True)
class _Frame:
    """An object or a list that is not closed yet."""

    value: list[Json] | dict[str, Json]
    pointer: str
    start: int
    key: Span | None


_BLANKS: Final = re.compile(r"[ \t\n\r]*")
_TOKEN: Final = re.compile(
    r"""[ \t\n\r]*(?:
        (?P<mark>[{}\[\],:])
      | (?P<string>"[^"\\\x00-\x1f]*(?:\\.[^"\\\x00-\x1f]*)*")
      | (?P<number>-?(?:0|[1-9][0-9]*)(?P<float>(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)
          (?![0-9A-Za-z_.]))
      | (?P<word>-?[A-Za-z_][0-9A-Za-z_]*)
      | (?P<end>\Z)
    )""",
    re.VERBOSE,
)
_WORDS: Final[Mapping[str, bool | None]] = {"true": True, "false": False, "null": None}


class _Scanner:
    """One reading of one text."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._text = source.text
        self._at = 0
        self._frames: list[_Frame] = []
        self._kind = "end"
        self._span = Span(0, 0)
        self.places: dict[str, Place] = {}
        self.findings: list[Diagnostic] = []

    def read(self) -> Json:
        """Return the value of the whole text."""
        if len(self._text) > limits.MAX_PROGRAM:
            raise _StopError(json_errors.too_long(self._source))
        self._advance()
        value = self._value("", None)
        while self._frames:
            frame = self._frames[-1]
            if isinstance(frame.value, dict):
                self._member(frame, frame.value)
            else:
                self._element(frame, frame.value)
        if self._kind != "end":
            raise _StopError(json_errors.text_after(self._source, self._span))
        return value

    # --- tokens -------------------------------------------------------------------

    def _advance(self) -> None:
        """Go to the next token."""
        found = _TOKEN.match(self._text, self._at)
        if found is None:
            start = _blanks_end(self._text, self._at)
            raise _StopError(json_errors.no_token(self._source, start))
        kind = found.lastgroup or "end"
        self._kind = "number" if kind == "float" else kind
        self._span = Span(*found.span(self._kind))
        self._at = found.end()

    def _is_at(self, mark: str) -> bool:
        return self._kind == "mark" and self._text[self._span.start] == mark

    # --- values -------------------------------------------------------------------

    def _value(self, pointer: str, key: Span | None) -> Json:
        """Read a scalar, or the opening bracket of a container that is then open."""
        span = self._span
        if self._kind == "mark" and self._text[span.start] in "{[":
            return self._open(pointer, key)
        value = self._scalar()
        self.places[pointer] = Place(span, key)
        self._advance()
        return value

    def _open(self, pointer: str, key: Span | None) -> Json:
        value: dict[str, Json] | list[Json] = {} if self._is_at("{") else []
        if len(self._frames) >= limits.MAX_NESTING:
            raise _StopError(json_errors.too_deep(self._source, self._span))
        self._frames.append(_Frame(value, pointer, self._span.start, key))
        self._advance()
        return value

    def _close(self, frame: _Frame) -> None:
        span = Span(frame.start, self._span.end)
        self.places[frame.pointer] = Place(span, frame.key)
        self._frames.pop()
        self._advance()

    def _scalar(self) -> Json:
        match self._kind:
            case "string":
                return self._string()
            case "number":
                return self._number()
            case "word":
                return self._word()
            case _:
                raise _StopError(json_errors.value_wanted(self._source, self._span))

    def _string(self) -> str:
        token = self._source.slice(self._span)
        if "\\" not in token:
            return token[1:-1]
        try:
            text: str = json.loads(token)
        except ValueError:
            raise _StopError(json_errors.bad_escape(self._source, self._span)) from None
        return text

    def _number(self) -> float:
        token = self._source.slice(self._span)
        if token.lstrip("-").isdigit():
            return self._integer(token)
        number = float(token)
        if math.isinf(number):
            self.findings.append(json_errors.too_large(self._source, self._span))
        return number

    def _integer(self, token: str) -> int:
        digits = len(token.lstrip("-"))
        if digits <= limits.MAX_DIGITS:
            return int(token)
        self.findings.append(
            json_errors.too_many_digits(self._source, self._span, digits)
        )
        return 0

    def _word(self) -> Json:
        word = self._source.slice(self._span)
        if word not in _WORDS:
            self.findings.append(json_errors.unknown_word(self._source, self._span))
        return _WORDS.get(word)

    # --- containers ---------------------------------------------------------------

    def _element(self, frame: _Frame, elements: list[Json]) -> None:
        """Read on in a list: an element, or the closing bracket."""
        if not self._goes_on(frame, "]", is_first=not elements):
            return
        pointer = f"{frame.pointer}/{len(elements)}"
        elements.append(self._value(pointer, None))

    def _member(self, frame: _Frame, members: dict[str, Json]) -> None:
        """Read on in an object: a member, or the closing brace."""
        if not self._goes_on(frame, "}", is_first=not members):
            return
        if self._kind != "string":
            raise _StopError(json_errors.key_wanted(self._source, self._span))
        span, key = self._span, self._string()
        pointer = inside(frame.pointer, key)
        if key in members:
            first = self.places[pointer].key or span
            finding = json_errors.key_twice(self._source, span, first, pointer)
            self.findings.append(finding)
        self._advance()
        if not self._is_at(":"):
            raise _StopError(json_errors.colon_wanted(self._source, self._span))
        self._advance()
        members[key] = self._value(pointer, span)

    def _goes_on(self, frame: _Frame, closing: str, *, is_first: bool) -> bool:
        """Return whether another part follows; if not, the container is closed."""
        if self._is_at(closing):
            self._close(frame)
            return False
        if is_first and self._kind != "end":
            return True
        if not self._is_at(","):
            opening = Span(frame.start, frame.start + 1)
            raise _StopError(
                json_errors.comma_wanted(self._source, self._span, opening, closing)
            )
        comma = self._span
        self._advance()
        if not self._is_at(closing):
            return True
        self.findings.append(json_errors.comma_at_end(self._source, comma))
        self._close(frame)
        return False


def _blanks_end(text: str, at: int) -> int:
    found = _BLANKS.match(text, at)
    return found.end() if found else at
