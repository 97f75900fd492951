"""Which events a sample keeps: a pure function of one value, the same everywhere.

The value is written as canonical JSON, in UTF-8, and hashed with SHA-256. The first 8
bytes of the digest, read as a big-endian integer and divided by 2**64, are its
fraction. A sample keeps the value when its fraction is less than the sample's percent,
so that what 0.3 keeps, 0.6 keeps too. ``docs/sampling.md`` has the test vectors.

Canonical JSON has no blanks, object members ordered by the UTF-16 code units of their
keys, and numbers as JavaScript prints them (RFC 8785); an integer that no double holds
keeps all its digits. Equal values have equal texts.
"""

from __future__ import annotations

import math
from hashlib import sha256

from fql.compiler.values import Json, compact_json

_DIGEST_BYTES = 8
_WHOLE = 1 << (8 * _DIGEST_BYTES)
"""The number of different fractions."""

_LARGEST_SAFE_INTEGER = 2**53


def position(value: Json) -> int:
    """Return the place of *value* among all values: its fraction times 2**64.

    >>> f"{position('user-1'):016x}"
    '5d08e7295b38b57c'
    """
    text = canonical_json(value)
    digest = sha256(text.encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:_DIGEST_BYTES], "big")


def bound(percent: float) -> int:
    """Return the number of places that a sample of *percent* keeps.

    That many places, from 0 upwards, are less than the percent. The percent is a
    fraction: from 1 upwards it keeps all, from 0 downwards none.
    """
    if percent >= 1:
        return _WHOLE
    return math.ceil(percent * _WHOLE) if percent > 0 else 0


def canonical_json(value: Json) -> str:
    """Return *value* as canonical JSON text, in linear time but for the sorting.

    >>> canonical_json({"b": [1.0, 10**22], "a": None})
    '{"a":null,"b":[1,1e+22]}'
    """
    if isinstance(value, str):
        return compact_json(value)
    return compact_json(_canonical(value))


def _canonical(value: Json) -> Json:
    """Return a copy of *value* with ordered keys and one form for each number."""
    root = _plain(value)
    pending = [root]
    while pending:
        holder = pending.pop()
        if isinstance(holder, list):
            holder[:] = map(_plain, holder)
            pending.extend(holder)
        elif isinstance(holder, dict):
            for key, member in holder.items():
                holder[key] = _plain(member)
            pending.extend(holder.values())
    return root


def _plain(value: Json) -> Json:
    """Return a scalar in its one form, or a shallow copy with its keys in order."""
    if isinstance(value, list):
        return list(value)
    if isinstance(value, dict):
        return {key: value[key] for key in sorted(value, key=_utf16)}
    if isinstance(value, int) and abs(value) > _LARGEST_SAFE_INTEGER:
        return _as_double(value)
    return value


def _utf16(key: str) -> bytes:
    return key.encode("utf-16-be", "surrogatepass")


def _as_double(number: int) -> int | float:
    """Return *number* as the double that it is, else as it is."""
    try:
        double = float(number)
    except OverflowError:
        return number
    return double if double == number else number
