"""Where things stand in a program, and how findings get there.

In JSON, conditions are texts inside strings. What is found in such a text is moved to
its place in the whole, so that it can be shown there.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from fql.grammar.diagnostics import Diagnostic, Edit, Label
from fql.grammar.source import Source, Span

if TYPE_CHECKING:
    from fql.grammar.json_places import JsonDocument

_CHARACTER = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    r"|\\u[0-9a-fA-F]{4}|\\.|[^\\]",
    re.DOTALL,
)
"""One character of a JSON string, as it is written."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands.

    Attributes:
        source: The text.
        span: The place in it.
        pointer: The JSON pointer, where the text is JSON.
    """

    source: Source
    span: Span
    pointer: str | None = None


@dataclass(frozen=True, slots=True)
class JsonPart:
    """A value in a JSON document.

    Attributes:
        document: The whole.
        pointer: The way to the value.
    """

    document: JsonDocument
    pointer: str


def place_in(document: JsonDocument, pointer: str) -> Place:
    """Return where the value at *pointer* stands in *document*."""
    return Place(document.source, document.span(pointer), pointer)


@dataclass(frozen=True)
class JsonString:
    """A string in a JSON document that holds a text of its own.

    Attributes:
        document: The whole.
        pointer: The way to the string.
    """

    document: JsonDocument
    pointer: str

    @property
    def place(self) -> Place:
        """Where the string stands, with its quotes."""
        return place_in(self.document, self.pointer)

    @cached_property
    def _starts(self) -> list[int]:
        """Where each character of the text starts in the document; last, its end."""
        start, end = self.document.span(self.pointer)
        written = _CHARACTER.finditer(self.document.source.text, start + 1, end - 1)
        return [*(each.start() for each in written), end - 1]

    def locate(self, finding: Diagnostic) -> Diagnostic:
        """Return what was found in the string's text, as found in the document."""
        return replace(
            finding,
            source=self.document.source,
            span=self._outer(finding.span),
            pointer=self.pointer,
            labels=tuple(
                Label(self._outer(each.span), each.text) for each in finding.labels
            ),
            edits=tuple(
                Edit(self._outer(each.span), _written(each.text))
                for each in finding.edits
            ),
        )

    def _outer(self, span: Span) -> Span:
        starts = self._starts
        last = len(starts) - 1
        return Span(starts[min(span.start, last)], starts[min(span.end, last)])


def _written(text: str) -> str:
    """Return *text* as it is written inside a JSON string."""
    return json.dumps(text, ensure_ascii=False)[1:-1]
