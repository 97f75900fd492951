"""The mark of what is not there.

Mappings tell a missing value from null: a member that is missing is left out, null is
kept. Expressions do not: there a missing field is null. The mark never leaves the
compiler: no payload holds it.
"""

from __future__ import annotations

from enum import Enum
from typing import Final, Literal, TypeAlias


class _Missing(Enum):
    MISSING = "missing"

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = _Missing.MISSING
Missing: TypeAlias = Literal[_Missing.MISSING]
