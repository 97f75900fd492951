"""A function of an embedder that breaks its promise to be total."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fql.compiler.functions import FUNCTIONS
from fql.compiler.signatures import Example, Function, Parameter
from fql.compiler.types import Type
from fql.runtime.assemble import Terms

if TYPE_CHECKING:
    from fql.compiler.values import Json


def failing(value: Json) -> Json:
    """Raise for the text ``boom``; else say that all is well."""
    if value == "boom":
        raise RuntimeError("out of order")
    return True


FAILING = Terms(
    FUNCTIONS.extended(
        Function(
            "failing",
            (Parameter("value", Type.ANY),),
            Type.BOOL,
            "Whether all is well.",
            "true",
            failing,
            (Example("failing(1)", result=True),),
        )
    )
)
"""The usual functions, and ``failing``."""
