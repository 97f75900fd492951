"""What stands in a comparison or a call, as far as device mode treats it otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from fql.compiler.values import Json
    from fql.grammar.nodes import Expr

Prefix: TypeAlias = "list[Prefix] | dict[str, Json] | str"
"""A condition or a value in the prefix form, as JSON."""


@dataclass(frozen=True, slots=True)
class Constant:
    """A value that no event changes."""

    node: Expr
    prefix: Prefix
    value: Json


@dataclass(frozen=True, slots=True)
class Field:
    """What an event holds at a path; there, a missing value is not null."""

    node: Expr
    prefix: Prefix


@dataclass(frozen=True, slots=True)
class Result:
    """The result of a function that gives no bool.

    Attributes:
        node: The call.
        prefix: Its form.
        name: The function's name: ``length``, ``lowercase`` or ``typeof``.
    """

    node: Expr
    prefix: Prefix
    name: str


@dataclass(frozen=True, slots=True)
class Truth:
    """The result of a function that gives a bool."""

    node: Expr
    prefix: Prefix


@dataclass(frozen=True, slots=True)
class Unknown:
    """Something that was reported already; nothing else is said of it."""

    node: Expr
    prefix: Prefix


Operand: TypeAlias = Constant | Field | Result | Truth | Unknown


def constant_prefix(value: Json) -> Prefix:
    """Return *value* as a literal. The elements of a list are literals again.

    >>> constant_prefix(["a", 1])
    {'value': [{'value': 'a'}, {'value': 1}]}
    """
    if isinstance(value, list):
        return {"value": [{"value": element} for element in value]}
    return {"value": value}
