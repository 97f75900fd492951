"""The readers and writers of JSON that may be installed, each with its own quirks.

Each is wrapped so that it gives a value which `codec.py` gives too, or raises for a
text that somebody else has to decide about. What no wrapper can see, `may_differ`
tells from the bytes. None of them is needed.

| | orjson | msgspec |
|---|---|---|
| integers of more than 64 bits | become floats | are exact |
| integers of more than 400 digits | become floats, or are refused | are read |
| nesting of more than 1,024 levels | is refused | depends on the interpreter |
| halves of surrogate pairs | are refused | are refused |
| NaN, numbers beyond doubles, bytes that are no UTF-8 | are refused | are refused |

What msgspec passes over, since nobody asked for it, it does not look at so closely:
numbers beyond doubles and bytes that are no UTF-8 are not refused there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from fql.runtime.nesting import may_nest_deeply

if TYPE_CHECKING:
    from collections.abc import Callable

    from fql.compiler.values import Json

_SHAPES = bytes.maketrans(b"123456789+E", b"0" * 10 + b"e")
"""Digits, and the sign that an exponent may have, are one; so are both letters."""

_NO_PART_OF_NUMBERS = b"ghijklmnopqrstuvwxyzGHIJKLMNOPQRSTUVWXYZ"
"""Left out, since what is short is searched sooner. Hexadecimal texts stay as they are.

What comes together by that may look like a number, which costs time and nothing else.
"""

_MANY_DIGITS = b"0" * 19
"""So many digits in a row may be an integer that needs more than 64 bits."""

_LONG_EXPONENT = b"0e000"
_END_OF_NUMBER = re.compile(rb"0*(?:[\s,\]}]|\Z)")

_HUNDREDS_OF_DIGITS = b"0" * 200
"""A number of fewer digits is beyond doubles only with `_LONG_EXPONENT`."""


class UndecidedError(ValueError):
    """A text that a reader reads otherwise than it should."""


@dataclass(frozen=True, slots=True)
class Codec:
    """A package that reads and writes JSON.

    Attributes:
        name: Its name.
        loads: Reads UTF-8, unless `may_differ` says that it may differ. Raises
            ValueError for what it does not read.
        dumps: Writes UTF-8. Raises TypeError for what it does not write.
    """

    name: str
    loads: Callable[[bytes], Json]
    dumps: Callable[[Json], bytes]


def installed() -> Codec | None:
    """Return the fastest one that is installed, or None."""
    for find in FINDERS:
        try:
            return find()
        except ImportError:
            continue
    return None


def find_orjson() -> Codec:
    """Return what orjson gives.

    Raises:
        ImportError: It is not installed.
    """
    module = import_module("orjson")
    return Codec("orjson", module.loads, module.dumps)


def find_msgspec() -> Codec:
    """Return what msgspec gives.

    Raises:
        ImportError: It is not installed.
    """
    module = import_module("msgspec.json")
    read: Callable[[bytes], Json] = module.Decoder().decode
    write: Callable[[Json], bytes] = module.Encoder().encode

    def loads(text: bytes) -> Json:
        if may_nest_deeply(text):
            raise UndecidedError
        try:
            return read(text)
        except RecursionError as error:
            raise UndecidedError from error

    def dumps(value: Json) -> bytes:
        try:
            return write(value)
        except (ValueError, RecursionError) as error:
            raise TypeError from error

    return Codec("msgspec", loads, dumps)


FINDERS = (find_orjson, find_msgspec)
"""In the order of their speed."""


def may_differ(text: bytes) -> bool:
    """Return whether *text* may hold a number that the readers do not agree on."""
    return _MANY_DIGITS in text.translate(_SHAPES, _NO_PART_OF_NUMBERS)


def may_hide_refusal(text: bytes) -> bool:
    """Return whether a reader that passes over parts of *text* may miss a refusal.

    Such a reader still sees what is no JSON in those parts, and has to see itself how
    deep they nest. It may be asked about many texts at a time, joined by line feeds.
    """
    shapes = text.translate(_SHAPES, _NO_PART_OF_NUMBERS)
    if _HUNDREDS_OF_DIGITS in shapes or _has_long_exponent(shapes):
        return True
    return not _is_utf8(text)


def _has_long_exponent(shapes: bytes) -> bool:
    """Return whether something looks like a number with such an exponent.

    What no number can end with is part of a text, as of the many that are hexadecimal.
    """
    found = shapes.find(_LONG_EXPONENT)
    while found >= 0:
        end = found + len(_LONG_EXPONENT)
        if _END_OF_NUMBER.match(shapes, end):
            return True
        found = shapes.find(_LONG_EXPONENT, end)
    return False


def _is_utf8(text: bytes) -> bool:
    if text.isascii():
        return True
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True
