"""The mark of what is not there.

Mappings tell a missing value from null: a member that is missing is left out, null is
kept. Expressions do not: there a missing field is null. The mark never leaves the
compiler: no payload holds it.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from fql.compiler.values import list_index

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fql.compiler.values import Json


class _Missing(Enum):
    MISSING = "missing"

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = _Missing.MISSING
Missing: TypeAlias = Literal[_Missing.MISSING]


def fetch(value: Json, segments: Sequence[str]) -> Json | Missing:
    """Return what the path *segments* leads to from *value*, or `MISSING`.

    As `fql.compiler.values.read`, which gives null for what is not there.
    """
    for segment in segments:
        if isinstance(value, dict):
            if segment not in value:
                return MISSING
            value = value[segment]
        elif isinstance(value, list):
            index = list_index(segment)
            if index is None or index >= len(value):
                return MISSING
            value = value[index]
        else:
            return MISSING
    return value
