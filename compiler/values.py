"""What the operators mean, for every pair of JSON values.

One semantics that every back end uses. All functions are pure and total: none raises,
whatever JSON it is given, and none recurses on the depth of a value. Values are trees
as a JSON reader makes them; a subclass of one of their types counts as its base.

A bool is never a number here, although Python says ``True == 1``. Not-a-number, which
no JSON text holds, equals nothing and is ordered before and after nothing.

This module does not know timestamps (`timestamps.py`) and does not know fields that go
by two names.
"""

from __future__ import annotations

import math
import re
from decimal import Decimal
from json.encoder import encode_basestring
from typing import TYPE_CHECKING, TypeAlias

from fql.grammar.limits import MAX_DIGITS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
"""A JSON value. Whole numbers are exact ints."""

# Tuples, not unions: these tests run for every operator of every event.
_NUMBER = (int, float)
_CONTAINER = (list, dict)


class _NumberTypes(dict[type, bool]):
    """Whether values of a type are numbers, known at once of those that JSON has."""

    def __missing__(self, kind: type) -> bool:
        return issubclass(kind, _NUMBER)


IS_NUMBER: Mapping[type, bool] = _NumberTypes(
    {int: True, float: True} | dict.fromkeys((bool, str, type(None), list, dict), False)
)
"""Whether values of a type are numbers: faster to look up than to ask for."""


# --- equality and order -----------------------------------------------------------


def equals(left: Json, right: Json) -> bool:
    """Return whether ``left = right``: the same type and equal content.

    Numbers compare by value and exactly (``1 = 1.0``), lists and objects deeply; the
    order of an object's keys is irrelevant. Linear in the smaller value.
    """
    if isinstance(left, str):
        return left == right
    if left is None or right is None or isinstance(right, bool):
        return left is right
    if isinstance(left, _NUMBER):
        return not isinstance(left, bool) and left == right
    return _deep_equals(left, right)


def _deep_equals(left: Json, right: Json) -> bool:
    pending = [(left, right)]
    while pending:
        pairs = _member_pairs(*pending.pop())
        if pairs is None:
            return False
        for one, other in pairs:
            if isinstance(one, _CONTAINER):
                pending.append((one, other))
            elif not equals(one, other):
                return False
    return True


def _member_pairs(left: Json, right: Json) -> list[tuple[Json, Json]] | None:
    """Return what has to be equal for two containers to be, or None if they differ."""
    if isinstance(left, list):
        if isinstance(right, list) and len(left) == len(right):
            return list(zip(left, right, strict=True))
        return None
    if not isinstance(left, dict) or not isinstance(right, dict):
        return None
    if left.keys() != right.keys():
        return None
    return [(member, right[key]) for key, member in left.items()]


def less(left: Json, right: Json) -> bool:
    """Return whether ``left < right``.

    Numbers are ordered by value and texts by code point; any other pair is false.
    """
    if isinstance(left, str):
        return isinstance(right, str) and left < right
    return (
        isinstance(left, _NUMBER)
        and isinstance(right, _NUMBER)
        and not isinstance(left, bool)
        and not isinstance(right, bool)
        and left < right
    )


def less_equal(left: Json, right: Json) -> bool:
    """Return whether ``left <= right``; see `less`."""
    if isinstance(left, str):
        return isinstance(right, str) and left <= right
    return (
        isinstance(left, _NUMBER)
        and isinstance(right, _NUMBER)
        and not isinstance(left, bool)
        and not isinstance(right, bool)
        and left <= right
    )


def greater(left: Json, right: Json) -> bool:
    """Return whether ``left > right``; see `less`."""
    return less(right, left)


def greater_equal(left: Json, right: Json) -> bool:
    """Return whether ``left >= right``; see `less`."""
    return less_equal(right, left)


def contains_element(elements: Json, value: Json) -> bool:
    """Return whether ``value in elements``; false where *elements* is not a list."""
    if not isinstance(elements, list):
        return False
    if value is None or isinstance(value, str):
        # Only these compare with Python's == exactly as `equals` does.
        return value in elements
    return any(equals(value, element) for element in elements)


def is_true(value: Json) -> bool:
    """Return whether *value* counts as true: only ``true`` itself does."""
    return value is True


# --- paths ------------------------------------------------------------------------

_INDEX_DIGITS = 18
"""No list is so long that its index needs more digits."""


def read(value: Json, segments: Sequence[str]) -> Json:
    """Return what the path *segments* leads to from *value*, or None.

    Objects are walked by key, lists by an all-digit segment.

    >>> read({"products": [{"sku": "a1"}]}, ("products", "0", "sku"))
    'a1'
    """
    for segment in segments:
        if isinstance(value, dict):
            value = value.get(segment)
        elif isinstance(value, list):
            index = list_index(segment)
            if index is None or index >= len(value):
                return None
            value = value[index]
        else:
            return None
    return value


def list_index(segment: str) -> int | None:
    """Return the 0-based index that *segment* means in a list.

    None where it is no row of ASCII digits, or larger than any list is long.
    """
    if not (segment.isdigit() and segment.isascii()):
        return None
    digits = segment.lstrip("0")
    return int(digits or "0") if len(digits) <= _INDEX_DIGITS else None


# --- text -------------------------------------------------------------------------

_LARGEST_SAFE_INTEGER = 2**53
"""Up to here a float's digits are its integer's digits."""

_LARGEST_PRINTED_BITS = 2000
"""Ints up to this size print whatever limit the interpreter puts on their digits."""

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")

_JSON_NUMBER = re.compile(
    r"(?P<whole>-?(?:0|[1-9][0-9]*))(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?"
)

_JSON_BLANKS = " \t\n\r"


def number_text(number: float) -> str:
    """Return *number* in JSON form: ints in full, floats as JavaScript prints them.

    What JSON cannot say (not-a-number, the infinities) is ``null``.

    >>> number_text(1.0), number_text(1e21), number_text(1e-7), number_text(10**21)
    ('1', '1e+21', '1e-7', '1000000000000000000000')
    """
    if isinstance(number, int):
        is_short = number.bit_length() <= _LARGEST_PRINTED_BITS
        return int.__repr__(number) if is_short else str(Decimal(number))
    if not math.isfinite(number):
        return "null"
    if abs(number) < _LARGEST_SAFE_INTEGER and number.is_integer():
        return str(int(number))
    return _float_text(float.__repr__(number))


def _float_text(shortest: str) -> str:
    """Return Python's *shortest* text of a float in JavaScript's form."""
    mantissa, _, exponent_text = shortest.partition("e")
    if not exponent_text:
        return shortest.removesuffix(".0")
    sign = "-" if mantissa.startswith("-") else ""
    digits = mantissa.removeprefix("-").replace(".", "")
    exponent = int(exponent_text)
    if 0 <= exponent < 21:
        return sign + digits.ljust(exponent + 1, "0")
    if -7 < exponent < 0:
        return f"{sign}0.{'0' * (-exponent - 1)}{digits}"
    return f"{mantissa}e{exponent:+d}"


def parse_json_number(text: str) -> int | float | None:
    """Return the number that *text* is, or None where it is not one JSON number.

    Blanks around it (those of JSON) are allowed. Ints are exact, up to 400 digits; what
    is larger than that, or larger than any float, is None.

    >>> parse_json_number(" 12 "), parse_json_number("1e3"), parse_json_number("+1")
    (12, 1000.0, None)
    """
    text = text.strip(_JSON_BLANKS)
    found = _JSON_NUMBER.fullmatch(text)
    if found is None:
        return None
    if found.end("whole") == len(text):
        return int(text) if len(text.removeprefix("-")) <= MAX_DIGITS else None
    number = float(text)
    return number if math.isfinite(number) else None


def quoted(text: str) -> str:
    r"""Return *text* as a JSON string, non-ASCII characters kept.

    Lone surrogates, which no UTF-8 text holds, are escaped (``\ud800``).
    """
    written = encode_basestring(text)
    if written.isascii():
        return written
    return _LONE_SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", written)


def compact_json(value: Json) -> str:
    """Return *value* as JSON text without blanks, in linear time at any depth.

    Numbers print as `number_text` says, object members in their order.

    >>> compact_json({"a": [1.0, None, "é"]})
    '{"a":[1,null,"é"]}'
    """
    pieces: list[str] = []
    levels: list[Iterator[tuple[str, Json]]] = [iter((("", value),))]
    closings = [""]
    while levels:
        for lead, member in levels[-1]:
            pieces.append(lead)
            if isinstance(member, _CONTAINER) and member:
                levels.append(_members(member))
                closings.append("]" if isinstance(member, list) else "}")
                break
            pieces.append(_leaf_text(member))
        else:
            levels.pop()
            pieces.append(closings.pop())
    return "".join(pieces)


def _members(container: list[Json] | dict[str, Json]) -> Iterator[tuple[str, Json]]:
    """Yield each member with the text that stands before it."""
    if isinstance(container, list):
        lead = "["
        for element in container:
            yield lead, element
            lead = ","
        return
    lead = "{"
    for key, member in container.items():
        yield f"{lead}{quoted(key)}:", member
        lead = ","


def _leaf_text(value: Json) -> str:
    """Return the JSON text of a scalar or of an empty list or object."""
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, _NUMBER):
        return number_text(value)
    if isinstance(value, _CONTAINER):
        return "[]" if isinstance(value, list) else "{}"
    return "null"
