"""Scalars as the original trigger engine treats them: it runs on JavaScript.

Numbers are doubles and print as JavaScript prints them, texts become numbers by
JavaScript's rules, and a text is a row of UTF-16 units. Only the condition trees need
this; the language itself has Python's exact integers and code points. This module
knows no syntax and no conditions.
"""

from __future__ import annotations

import math
import re
from typing import Final, TypeAlias

Scalar: TypeAlias = str | int | float | bool
"""What a condition compares with."""

NOT_A_NUMBER: Final = math.nan
"""The one NaN used in trees, so that equal trees compare equal."""

_WIDE: Final = re.compile("[\U00010000-\U0010ffff]")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_DECIMAL: Final = re.compile(
    r"[+-]?(?:Infinity|(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
)
_PREFIXED: Final = re.compile(r"0(?:[xX][0-9a-fA-F]+|[oO][0-7]+|[bB][01]+)")
_RADIX: Final = {"x": 16, "o": 8, "b": 2}
BLANKS: Final = (
    "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007"
    "\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
)
"""What JavaScript takes for white space, and trims from the ends of a text."""

_INTEGER_BOUND: Final = 1e21
"""From here on, JavaScript prints integers with an exponent."""


def to_units(text: str) -> str:
    """Return *text* with each character above U+FFFF as its two surrogates.

    Every character of the result is one UTF-16 unit, so that lengths, slices and
    searches give what they give in JavaScript.
    """
    if text.isascii():
        return text
    return _WIDE.sub(lambda found: _surrogates(found[0]), text)


def _surrogates(char: str) -> str:
    offset = ord(char) - 0x10000
    return chr(0xD800 + (offset >> 10)) + chr(0xDC00 + (offset & 0x3FF))


def from_units(units: str) -> str:
    """Return *units* with each pair of surrogates joined; a lone one stays."""
    if not _SURROGATE.search(units):
        return units
    encoded = units.encode("utf-16-le", "surrogatepass")
    return encoded.decode("utf-16-le", "surrogatepass")


def to_double(number: float) -> float:
    """Return *number* as a double; one too big for it becomes infinite."""
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf


def to_number(value: Scalar) -> float:
    """Return what ``Number(value)`` gives, a double; NaN for a text that is none.

    >>> to_number(" 0x10 "), to_number(""), to_number(True), to_number("5 apples")
    (16.0, 0.0, 1.0, nan)
    """
    if not isinstance(value, str):
        return to_double(value)
    text = value.strip(BLANKS)
    if not text:
        return 0.0
    if _DECIMAL.fullmatch(text):
        return float(text)
    if _PREFIXED.fullmatch(text):
        return to_double(int(text[2:], _RADIX[text[1].lower()]))
    return NOT_A_NUMBER


def to_text(value: Scalar | None) -> str:
    """Return what ``String(value)`` gives; None stands for a value left out.

    >>> to_text(True), to_text(1e21), to_text(2.0), to_text(None)
    ('true', '1e+21', '2', 'undefined')
    """
    match value:
        case None:
            return "undefined"
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case _:
            return number_text(value)


def number_text(number: float) -> str:
    """Return *number*, read as a double, in JavaScript's shortest decimal form.

    >>> number_text(9007199254740993), number_text(0.000001), number_text(1e-7)
    ('9007199254740992', '0.000001', '1e-7')
    """
    value = to_double(number)
    if math.isnan(value):
        return "NaN"
    sign = "-" if value < 0 else ""
    if math.isinf(value):
        return sign + "Infinity"
    return sign + _laid_out(*_shortest_digits(abs(value)))


def _shortest_digits(value: float) -> tuple[str, int]:
    """Return the digits d and the exponent n with value = 0.d times 10**n."""
    mantissa, _, power = repr(value).partition("e")
    whole, _, fraction = mantissa.partition(".")
    significant = (whole + fraction).lstrip("0")
    point = len(whole) + int(power or 0)
    return significant.rstrip("0"), point - len(whole + fraction) + len(significant)


def _laid_out(digits: str, point: int) -> str:
    if not digits:
        return "0"
    if -6 < point <= 0:
        return "0." + "0" * -point + digits
    if 0 < point <= 21:
        fraction = digits[point:]
        return digits[:point].ljust(point, "0") + ("." + fraction if fraction else "")
    fraction = "." + digits[1:] if len(digits) > 1 else ""
    return f"{digits[0]}{fraction}e{point - 1:+d}"


def json_number(number: float) -> int | float:
    """Return a double as a JSON reader gives it back: integers as `int`.

    NaN becomes `NOT_A_NUMBER`; integers from 1e21 on stay floats, since they are
    printed with an exponent.
    """
    if math.isnan(number):
        return NOT_A_NUMBER
    if number.is_integer() and abs(number) < _INTEGER_BOUND:
        return int(number_text(number))
    return number
