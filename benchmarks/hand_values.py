"""What the hand-written mappings have in common."""

from __future__ import annotations

from typing import Any, TypeAlias

from fql.compiler.library import to_string

Event: TypeAlias = dict[str, Any]
Payload: TypeAlias = dict[str, Any]


def as_object(value: object) -> dict[str, Any]:
    """Return *value* if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def as_text(value: Any) -> str:
    """Return what *value* contributes to a text."""
    return value if isinstance(value, str) else to_string(value) or ""
