"""Values as a JSON text may hold them: without not-a-number and the infinities."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fql.compiler.values import Json


def is_finite(value: Json) -> bool:
    """Return whether all numbers in *value* are finite."""
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, list):
        return all(map(is_finite, value))
    return not isinstance(value, dict) or all(map(is_finite, value.values()))
