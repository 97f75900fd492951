"""The small language that every spelling is lowered to and every back end runs.

Here nothing is left to decide: names are resolved, dialects are gone, literals are
values, and each node says exactly what it does to any JSON value. Nodes hold no place
in a text and are equal when they compute the same.

Some nodes always give a Python bool (`CONDITIONS`); the terms of `And`, `Or` and `Not`
are such nodes. *Missing* exists in mappings only: a `Load` that keeps it, and what is
built from one, may give `fql.compiler.missing.MISSING`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from fql.compiler.globs import Glob
    from fql.compiler.payload_functions import Implementation
    from fql.compiler.signatures import Function
    from fql.compiler.types import Type
    from fql.compiler.values import Json

OrderOp: TypeAlias = Literal["<", "<=", ">", ">="]

EVENT = 0
"""The slot of the event; a loop's element has the next free one."""


# --- values -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Constant:
    """A value known at compile time. Back ends never hand out a mutable one itself."""

    value: Json


@dataclass(frozen=True, slots=True)
class Load:
    """What stands at *segments* inside the value of *slot*.

    Attributes:
        slot: The event, or the element of a loop.
        segments: The keys from there inwards; none is the value itself.
        fallback: The key to read where the first one is absent, or None.
        keeps_missing: Whether what is not there gives *missing*; else it gives null.
    """

    slot: int
    segments: tuple[str, ...]
    fallback: str | None = None
    keeps_missing: bool = False


@dataclass(frozen=True, slots=True)
class ScriptLoad:
    """What the trigger engine finds at *segments* inside the event.

    It walks as `fql.compiler.script.script_read` says: a falsy value on the way is
    the result, lists and texts have a length, and some names are found everywhere.
    """

    segments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Apply:
    """A call of a function of the table.

    Attributes:
        function: Its entry.
        arguments: One a parameter.
        passes_missing: Whether a missing first argument gives *missing* at once.
    """

    function: Function
    arguments: tuple[Ir, ...]
    passes_missing: bool = False


@dataclass(frozen=True, slots=True)
class Quantify:
    """A call of a function that tries *condition* on elements of *items*.

    The condition reads the element from *slot*.
    """

    function: Function
    items: Ir
    slot: int
    condition: Ir


# --- conditions -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class IsTrue:
    """Whether a value is exactly true."""

    value: Ir


@dataclass(frozen=True, slots=True)
class Equal:
    """Whether two values are equal: of the same type, deep, number by value."""

    left: Ir
    right: Ir


@dataclass(frozen=True, slots=True)
class Order:
    """Whether two numbers or two strings stand in this order; else false."""

    op: OrderOp
    left: Ir
    right: Ir


@dataclass(frozen=True, slots=True)
class InstantOrder:
    """Whether two timestamps stand in this order; false where one is no timestamp."""

    op: OrderOp
    left: Ir
    right: Ir


@dataclass(frozen=True, slots=True)
class Element:
    """Whether a value equals some element of a list; false where it is no list."""

    value: Ir
    items: Ir


@dataclass(frozen=True, slots=True)
class GlobTest:
    """Whether a string matches a pattern known at compile time."""

    value: Ir
    glob: Glob


@dataclass(frozen=True, slots=True)
class HasType:
    """Whether a value is of one kind: a bool, a number or a string."""

    value: Ir
    type: Type


@dataclass(frozen=True, slots=True)
class Not:
    """The other answer."""

    term: Ir


@dataclass(frozen=True, slots=True)
class And:
    """Whether all of the conditions hold."""

    terms: tuple[Ir, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Whether one of the conditions holds."""

    terms: tuple[Ir, ...]


# --- building payloads ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Invoke:
    """A call of a payload function, whose arguments and result may be missing.

    Attributes:
        name: What messages call it.
        implementation: Pure; the options of the call are bound in it.
        arguments: What it takes.
    """

    name: str
    implementation: Implementation
    arguments: tuple[Ir, ...]


@dataclass(frozen=True, slots=True)
class MakeObject:
    """A new object; a member whose value is missing is left out."""

    members: tuple[tuple[str, Ir], ...]


@dataclass(frozen=True, slots=True)
class MakeList:
    """A new list; a missing element is null."""

    items: tuple[Ir, ...]


@dataclass(frozen=True, slots=True)
class Join:
    """The texts of the parts, one after the other; null and missing have none."""

    parts: tuple[str | Ir, ...]


@dataclass(frozen=True, slots=True)
class FirstOf:
    """The first operand that is neither null nor missing, else the last one."""

    operands: tuple[Ir, ...]


@dataclass(frozen=True, slots=True)
class Choose:
    """One value or the other; missing where there is no other."""

    condition: Ir
    then: Ir
    otherwise: Ir | None


@dataclass(frozen=True, slots=True)
class ForEach:
    """A list with *shape* built from each element of *items*.

    A single object counts as a list of one; anything else but a list is kept as it is.
    """

    items: Ir
    slot: int
    shape: Ir


@dataclass(frozen=True, slots=True)
class Let:
    """*body*, with the value of *value* in *slot*."""

    slot: int
    value: Ir
    body: Ir


Ir: TypeAlias = (
    Constant
    | Load
    | ScriptLoad
    | Apply
    | Quantify
    | IsTrue
    | Equal
    | Order
    | InstantOrder
    | Element
    | GlobTest
    | HasType
    | Not
    | And
    | Or
    | Invoke
    | MakeObject
    | MakeList
    | Join
    | FirstOf
    | Choose
    | ForEach
    | Let
)

CONDITIONS = (
    IsTrue,
    Equal,
    Order,
    InstantOrder,
    Element,
    GlobTest,
    HasType,
    Not,
    And,
    Or,
    Quantify,
)
"""The nodes that always give true or false."""
