"""JSON texts in payloads: written and read."""

from __future__ import annotations

import json
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
    """Return what a JSON text says; anything that is none as it is."""
    if not isinstance(value, str):
        return value
    try:
        return _read_json(value)
    except (ValueError, RecursionError):
        return value


def _read_json(text: str) -> Json:
    value: Json = json.loads(text, parse_constant=_refuse_constant)
    return value


def _refuse_constant(name: str) -> Json:
    raise ValueError(f"{name} is not JSON")
