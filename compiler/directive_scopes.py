"""Where a part of directive JSON stands, and what its lowering knows of its value.

The original keeps what is ``undefined`` inside values until the very end; the payload
shows it only where a directive looks into such a value before. These types say where
that can be.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum
from typing import TYPE_CHECKING, Final, NamedTuple, cast

from fql.compiler import ir
from fql.compiler.directive_functions import Place, nothing
from fql.compiler.directive_values import without_missing
from fql.grammar.directive_nodes import Case, ExcludeWhenNull, Literal, Path, Replace
from fql.grammar.directive_rules import text_of
from fql.grammar.directive_texts import without_root

if TYPE_CHECKING:
    from collections.abc import Callable

    from fql.compiler.ir import Ir
    from fql.compiler.payload_functions import Implementation
    from fql.grammar.directive_nodes import Value


class Holds(IntEnum):
    """Where inside a value something may be missing."""

    NOTHING = 0
    MEMBERS = 1
    ELEMENTS = 2


class Lowered(NamedTuple):
    """A part as the IR says it.

    Attributes:
        node: The part.
        is_optional: Whether its value may be missing.
        holds: Whether something inside its value may be missing.
    """

    node: Ir
    is_optional: bool = False
    holds: Holds = Holds.NOTHING


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a part stands.

    Attributes:
        slot: Where its paths start.
        is_object: Whether an object is sure to be there.
        is_there: Whether anything is.
        holds: Whether something inside that may be missing.
        keeps: Whether the value of the part is to keep what is missing inside it.
        member: The place in the payload, for messages.
    """

    slot: int = ir.EVENT
    is_object: bool = True
    is_there: bool = True
    holds: Holds = Holds.NOTHING
    keeps: bool = False
    member: str = ""

    @property
    def start(self) -> Ir:
        """The value at which paths start."""
        return ir.Load(self.slot, ())

    def keeping(self) -> Scope:
        """Return the scope of a part that a directive looks into."""
        return replace(self, keeps=True)

    def cleaned(self) -> Scope:
        """Return the scope of a part of which nobody sees what is missing."""
        return replace(self, keeps=False)

    def within(
        self, start: Lowered, *, is_object: bool = False, is_there: bool = True
    ) -> Scope:
        """Return the scope of what reads *start* or, if it is a list, its elements."""
        return replace(
            self,
            slot=self.slot + 1,
            is_object=is_object,
            is_there=is_there,
            holds=start.holds,
        )

    def at(self, key: str) -> Scope:
        """Return the scope of a member."""
        member = f"{self.member}.{key}" if self.member else key
        return replace(self, member=member)

    def at_index(self, index: int | str) -> Scope:
        """Return the scope of an element."""
        return replace(self, member=f"{self.member}[{index}]")

    def place(self, given: Value | None = None) -> Place:
        """Return the place of a directive that is given *given*."""
        return Place(self.member, _event_path(given))


def invoke(name: str, function: Callable[..., object], *arguments: Ir) -> Ir:
    """Return the call of a payload function; inside its value things may be missing."""
    return ir.Invoke(name, cast("Implementation", function), arguments)


NOTHING: Final = Lowered(invoke("nothing", nothing), is_optional=True)
"""A part whose value is always missing."""


def finished(lowered: Lowered, scope: Scope) -> Lowered:
    """Return *lowered*, cleaned up unless the scope keeps what is missing."""
    if scope.keeps or lowered.holds is Holds.NOTHING:
        return lowered
    node = invoke("clean", without_missing, lowered.node)
    return Lowered(node, lowered.is_optional)


def _event_path(node: Value | None) -> str:
    """Return the path that *node* reads, if it is one at heart."""
    match node:
        case Path(path):
            return without_root(text_of(path) or "")
        case Case(_, value) | Replace(value) | Literal(value) | ExcludeWhenNull(value):
            return _event_path(value)
        case _:
            return ""
