"""JSON lines to values and back, whatever readers of JSON are installed.

With orjson, with msgspec (`decoders.py`) or with neither, the same bytes give the same
value or the same refusal: they read a line when nothing in it could make them differ;
else the standard library does. What is read:

- NaN, Infinity and numbers beyond doubles are refused: JSON has none.
- Integers are exact, up to 400 digits; one with more is refused.
- Of two members with one name the last counts, as JSON readers commonly have it.
- Lists and objects nest up to 1,024 levels.
- Half of a surrogate pair, written as an escape, stays as it is.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, NoReturn

from fql.compiler.values import compact_json
from fql.grammar.limits import MAX_DIGITS
from fql.runtime.decoders import installed, may_differ
from fql.runtime.deep_json import read_deep
from fql.runtime.nesting import MAX_DEPTH as MAX_DEPTH
from fql.runtime.nesting import nests_deeply

if TYPE_CHECKING:
    from collections.abc import Callable

    from fql.compiler.values import Json

_STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?\Z)', re.DOTALL)


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
    """Return the value of one JSON text in UTF-8, in linear time.

    Raises:
        DecodeError: It is none, or goes beyond what is read.
    """
    if _fast_loads is not None and not may_differ(text):
        try:
            return _fast_loads(text)
        except ValueError:
            pass  # the standard library decides, and words the refusal
    return _decode_plainly(text)


def whole_reader() -> Callable[[bytes], Json] | None:
    """Return the fast reader that is installed, or None.

    It gives what `decode` gives for texts without long numbers, or raises ValueError.
    """
    return _fast_loads


def encode(value: Json) -> bytes:
    """Return *value* as compact JSON in UTF-8, without a line end.

    Half of a surrogate pair, which UTF-8 cannot hold, is escaped. What JSON cannot say
    (not-a-number, the infinities) is ``null``.
    """
    if _fast_dumps is not None:
        try:
            return _fast_dumps(value)
        except TypeError:
            pass  # huge integers, lone surrogates, deep nesting
    try:
        return _encode_plainly(value).encode()
    except (ValueError, RecursionError):
        return compact_json(value).encode()


def _encode_plainly(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _decode_plainly(text: bytes) -> Json:
    if nests_deeply(text):
        raise DecodeError(f"lists and objects nest deeper than {MAX_DEPTH:,} levels")
    try:
        line = text.decode()
    except UnicodeDecodeError as error:
        column = len(text[: error.start].decode()) + 1
        raise DecodeError(f"byte {error.start + 1} is not UTF-8", column) from error
    try:
        return _loads(line)
    except json.JSONDecodeError as error:
        raise DecodeError(_in_words(error.msg), error.pos + 1) from error
    except _RefusedError as error:
        place = _STRING.sub(_blanked, line).find(error.literal)
        raise DecodeError(error.message, place + 1) from error


def _loads(line: str) -> Json:
    if line.startswith("\ufeff"):
        raise json.JSONDecodeError("Unexpected byte order mark", line, 0)
    try:
        value: Json = _STRICT.decode(line)
    except RecursionError:
        return read_deep(line, _STRICT)
    return value


def _in_words(message: str) -> str:
    return f"this is not JSON: {message[:1].lower()}{message[1:]}"


def _blanked(found: re.Match[str]) -> str:
    return " " * len(found[0])


# --- numbers ----------------------------------------------------------------------


class _RefusedError(Exception):
    """A literal that the standard library would take."""

    def __init__(self, literal: str, message: str) -> None:
        self.literal = literal
        self.message = message
        super().__init__(message)


def _refuse_constant(name: str) -> NoReturn:
    raise _RefusedError(name, f"{name} is not JSON")


def _finite(literal: str) -> float:
    value = float(literal)
    if value in {float("inf"), float("-inf")}:
        message = "a number is larger than any that JSON readers agree on"
        raise _RefusedError(literal, message)
    return value


def _integer(literal: str) -> int:
    if len(literal) > MAX_DIGITS and len(literal.removeprefix("-")) > MAX_DIGITS:
        message = f"a number has more than {MAX_DIGITS} digits"
        raise _RefusedError(literal, message)
    return int(literal)


_STRICT = json.JSONDecoder(
    parse_constant=_refuse_constant, parse_float=_finite, parse_int=_integer
)


# --- what is installed -------------------------------------------------------------


_found = installed()
_fast_loads, _fast_dumps = (_found.loads, _found.dumps) if _found else (None, None)
