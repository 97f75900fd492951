"""JSON lines to values and back: the one place that knows which reader is installed.

With orjson or without, the same bytes give the same value or the same refusal. orjson
reads a line when nothing in it could make the two differ; else the standard library
does. What is read:

- NaN, Infinity and numbers beyond doubles are refused: JSON has none.
- Integers are exact, whatever their size up to 400 digits.
- Of two members with one name the last counts, as JSON readers commonly have it.
- Lists and objects nest up to 500 levels.
"""

from __future__ import annotations

import json
import re
from importlib import import_module
from typing import TYPE_CHECKING

from fql.grammar.limits import MAX_DIGITS

if TYPE_CHECKING:
    from collections.abc import Callable

    from fql.compiler.values import Json

MAX_DEPTH = 500
"""Levels of lists and objects in one JSON text."""

_SAFE_DIGITS = b"0" * 19
"""So many digits in a row may be an integer that orjson reads as a float."""

_DIGITS_AS_ZEROS = bytes.maketrans(b"123456789", b"0" * 9)
_TOO_LONG = re.compile(rf"[0-9]{{{MAX_DIGITS + 1}}}")
_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)


class DecodeError(ValueError):
    """The bytes are no JSON text that is read here.

    Attributes:
        message: What is wrong, in words.
        column: The 1-based column of the place, in code points, or None.
    """

    def __init__(self, message: str, column: int | None = None) -> None:
        self.message = message
        self.column = column
        super().__init__(message)


def decode(text: bytes) -> Json:
    """Return the value of one JSON text in UTF-8.

    Raises:
        DecodeError: It is none, or goes beyond what is read.
    """
    if text.count(b"[") + text.count(b"{") > MAX_DEPTH and _depth(text) > MAX_DEPTH:
        raise DecodeError(f"lists and objects nest deeper than {MAX_DEPTH} levels")
    if _fast_loads is not None and _SAFE_DIGITS not in text.translate(_DIGITS_AS_ZEROS):
        try:
            return _fast_loads(text)
        except ValueError:
            pass  # the standard library decides, and words the refusal
    return _decode_plainly(text)


def encode(value: Json) -> bytes:
    """Return *value* as compact JSON in UTF-8, without a line end.

    A lone surrogate, which UTF-8 cannot hold, is escaped.
    """
    if _fast_dumps is not None:
        try:
            return _fast_dumps(value)
        except TypeError:
            pass  # huge integers, lone surrogates, deep nesting
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    try:
        return text.encode()
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":")).encode()


def _depth(text: bytes) -> int:
    """Return how deep the brackets of *text* nest, those in strings left aside."""
    depth = deepest = 0
    for byte in _STRING.sub(b"", text):
        if byte in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif byte in b"]}":
            depth -= 1
    return deepest


def _decode_plainly(text: bytes) -> Json:
    try:
        line = text.decode()
    except UnicodeDecodeError as error:
        raise DecodeError(f"byte {error.start + 1} is not UTF-8") from error
    if _TOO_LONG.search(line):
        raise DecodeError(f"a number has more than {MAX_DIGITS} digits")
    try:
        value: Json = json.loads(
            line, parse_constant=_refuse_constant, parse_float=_finite
        )
    except json.JSONDecodeError as error:
        raise DecodeError(_in_words(error.msg), error.pos + 1) from error
    return value


def _in_words(message: str) -> str:
    return f"this is not JSON: {message[:1].lower()}{message[1:]}"


def _refuse_constant(name: str) -> Json:
    raise DecodeError(f"{name} is not JSON")


def _finite(literal: str) -> float:
    value = float(literal)
    if value in {float("inf"), float("-inf")}:
        raise DecodeError(f"{literal} is larger than any number in JSON can be")
    return value


def _find_orjson() -> tuple[Callable[[bytes], Json], Callable[[Json], bytes]] | None:
    try:
        module = import_module("orjson")
    except ImportError:
        return None
    return module.loads, module.dumps


_found = _find_orjson()
_fast_loads, _fast_dumps = _found if _found is not None else (None, None)
