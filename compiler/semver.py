"""Version comparison: what ``semver(version, operator, other)`` means.

A version is one to three parts between dots; each part counts by its leading integer,
as JavaScript's ``parseInt`` reads it, and a part that is not there counts as 0. So
``1.2.3-beta`` equals ``1.2.3`` and ``v1.2`` is no version. This is not the semver.org
order of pre-releases.
"""

from __future__ import annotations

import math
import operator
import re
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from fql.grammar.javascript import BLANKS
from fql.grammar.limits import MAX_DIGITS

if TYPE_CHECKING:
    from collections.abc import Callable

    from fql.compiler.values import Json

Version: TypeAlias = tuple[float, float, float]
"""Major, minor and patch: exact ints, or an infinity past 400 digits."""

OPERATORS: MappingProxyType[str, Callable[[Version, Version], bool]] = MappingProxyType(
    {
        "=": operator.eq,
        "!=": operator.ne,
        "<": operator.lt,
        "<=": operator.le,
        ">": operator.gt,
        ">=": operator.ge,
    }
)
"""The operators that ``semver`` knows, each a comparison of two versions."""

_MAX_PARTS = 3

# JavaScript's notion of a blank; Python's own differs in both directions.
_LEADING_INTEGER = re.compile(rf"[{BLANKS}]*([+-]?)([0-9]+)")


def compare_semver(version: Json, op: Json, other: Json) -> bool:
    """Return whether *version* stands in relation *op* to *other*.

    False where an operand is no version or *op* no operator; so a missing version is
    not even ``!=`` another.
    """
    if not isinstance(op, str):
        return False
    compare = OPERATORS.get(op)
    left = parse_version(version)
    right = parse_version(other)
    if compare is None or left is None or right is None:
        return False
    return compare(left, right)


def parse_version(value: Json) -> Version | None:
    """Return the version that *value* is, or None where it is not one.

    >>> parse_version("1.10-beta"), parse_version("v1.2")
    ((1, 10, 0), None)
    """
    if not isinstance(value, str):
        return None
    parts = value.split(".", _MAX_PARTS)
    if len(parts) > _MAX_PARTS:
        return None
    numbers = [_leading_integer(part) for part in parts]
    major, minor, patch = (*numbers, 0, 0)[:_MAX_PARTS]
    if major is None or minor is None or patch is None:
        return None
    return major, minor, patch


def _leading_integer(part: str) -> float | None:
    found = _LEADING_INTEGER.match(part)
    if found is None:
        return None
    digits = found[2].lstrip("0") or "0"
    size = int(digits) if len(digits) <= MAX_DIGITS else math.inf
    return -size if found[1] == "-" else size
