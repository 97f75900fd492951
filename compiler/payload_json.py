"""JSON texts in payloads: written and read."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

from fql.compiler.missing import MISSING
from fql.compiler.values import compact_json

if TYPE_CHECKING:
    from fql.compiler.payload_functions import Value
    from fql.compiler.values import Json


def to_json(value: Value) -> Value:
    """Return *value* as compact JSON text."""
    return value if value is MISSING else compact_json(value)


def from_json(value: Value) -> Value:
    """Return what a JSON text says; anything that is none as it is.

    So is a text with a number beyond doubles, which no event can hold.
    """
    if not isinstance(value, str):
        return value
    try:
        return _read_json(value)
    except (ValueError, RecursionError):
        return value


def _read_json(text: str) -> Json:
    value: Json = json.loads(
        text, parse_constant=_refuse_constant, parse_float=_read_float
    )
    return value


def _read_float(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise ValueError(f"{digits} is beyond doubles")
    return number


def _refuse_constant(name: str) -> Json:
    raise ValueError(f"{name} is not JSON")
