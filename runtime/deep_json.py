"""JSON texts that nest deeper than the standard library's reader can go.

The same language, and the same words for what is wrong, without recursion. It is
slower: `codec.py` comes here only where the standard library gave up, and sets the
bounds.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final, NoReturn

if TYPE_CHECKING:
    from fql.compiler.values import Json

_BLANKS: Final = re.compile(r"[ \t\n\r]*")


def read_deep(text: str, decoder: json.JSONDecoder) -> Json:
    """Return the value of the JSON *text*, in linear time at any depth.

    Args:
        text: One JSON text.
        decoder: Reads everything but lists and objects, with its hooks.

    Raises:
        JSONDecodeError: It is no JSON text. What the hooks raise is passed on.
    """
    return _Reader(text, decoder).read()


class _Reader:
    """One reading of one text."""

    def __init__(self, text: str, decoder: json.JSONDecoder) -> None:
        self._text = text
        self._decoder = decoder
        self._at = 0
        self._open: list[list[Json] | dict[str, Json]] = []

    def read(self) -> Json:
        """Return the value of the whole text."""
        self._pass_blanks()
        root = self._value()
        while self._open:
            container = self._open[-1]
            if not self._goes_on(container):
                self._open.pop()
            elif isinstance(container, dict):
                key = self._key()
                container[key] = self._value()
            else:
                container.append(self._value())
        self._pass_blanks()
        if self._next:
            self._fail("Extra data")
        return root

    def _value(self) -> Json:
        """Read a scalar, or the opening of a container, which is open from then on."""
        container: list[Json] | dict[str, Json]
        if self._next in ("[", "{"):
            container = [] if self._next == "[" else {}
            self._at += 1
            self._open.append(container)
            return container
        scalar: Json
        scalar, self._at = self._decoder.raw_decode(self._text, self._at)
        return scalar

    def _goes_on(self, container: list[Json] | dict[str, Json]) -> bool:
        """Return whether another member follows; if not, pass the closing bracket."""
        self._pass_blanks()
        if self._next == ("}" if isinstance(container, dict) else "]"):
            self._at += 1
            return False
        if container:
            self._pass(",")
        return True

    def _key(self) -> str:
        """Read a key and the colon behind it."""
        if self._next != '"':
            self._fail("Expecting property name enclosed in double quotes")
        key, self._at = self._decoder.raw_decode(self._text, self._at)
        self._pass_blanks()
        self._pass(":")
        return str(key)

    @property
    def _next(self) -> str:
        """The next character, or an empty text at the end."""
        return self._text[self._at : self._at + 1]

    def _pass(self, mark: str) -> None:
        """Pass *mark*, and the blanks behind it."""
        if self._next != mark:
            self._fail(f"Expecting '{mark}' delimiter")
        self._at += 1
        self._pass_blanks()

    def _pass_blanks(self) -> None:
        found = _BLANKS.match(self._text, self._at)
        self._at = found.end() if found else self._at

    def _fail(self, message: str) -> NoReturn:
        raise json.JSONDecodeError(message, self._text, self._at)
