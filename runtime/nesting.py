"""How deep a JSON text nests, found on its bytes."""

from __future__ import annotations

import re
from itertools import accumulate

MAX_DEPTH = 1_024
"""Levels of lists and objects in one JSON text. orjson has the same bound."""

_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_STEPS = bytes.maketrans(b"[]{}", bytes([2, 0, 2, 0]))
_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?\Z)', re.DOTALL)


def may_nest_deeply(text: bytes) -> bool:
    """Return whether there are enough brackets to nest beyond the bound; quick."""
    if len(text) <= 2 * MAX_DEPTH:
        return False  # what opens and does not close is no JSON, however deep
    return text.count(b"[") + text.count(b"{") > MAX_DEPTH


def nests_deeply(text: bytes) -> bool:
    """Return whether brackets nest beyond the bound, those in strings left aside."""
    if text.count(b"[") + text.count(b"{") <= MAX_DEPTH:
        return False
    steps = _STRING.sub(b"", text).translate(_STEPS, _NO_BRACKETS)
    return max(accumulate(step - 1 for step in steps), default=0) > MAX_DEPTH
