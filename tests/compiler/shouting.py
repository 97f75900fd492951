"""A function such as an embedder adds, for tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fql.compiler.signatures import Example, Function, Parameter
from fql.compiler.types import Type

if TYPE_CHECKING:
    from fql.compiler.values import Json


def _louder(text: Json) -> Json:
    return f"{text}!" if isinstance(text, str) else None


SHOUT = Function(
    "shout",
    (Parameter("text", Type.STRING),),
    Type.STRING | Type.NULL,
    "The text, louder.",
    "null",
    _louder,
    (Example('shout("a")', "a!"),),
)
