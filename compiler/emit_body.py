"""Where generated statements go: the body of a function, and sinks for values."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from fql.compiler.pymodule import Line, Member
from fql.compiler.pytext import NO_FACTS, Facts, indented

if TYPE_CHECKING:
    from collections.abc import Generator


@dataclass(slots=True)
class Body:
    """The statements of a function, as they are written.

    Attributes:
        lines: What is written.
        facts: What is known where the next statement goes.
        member: The member of the payload that the next statement works for.
        depth: How many blocks the next statement lies in.
        levels: How many values the one that is being written lies in.
    """

    lines: list[Line] = field(default_factory=list)
    facts: Facts = NO_FACTS
    member: Member = ()
    depth: int = 0
    levels: int = 0

    def add(self, text: str) -> None:
        """Write a statement, which may have several lines."""
        self.lines.append(Line(indented(text, self.depth + 1), self.member))

    @contextmanager
    def block(self, head: str, facts: Facts = NO_FACTS) -> Generator[None]:
        """Write statements into a block; *facts* are known there, and only there.

        What the block assigns is not known behind it either.
        """
        self.add(head)
        outer = self.facts
        self.facts = outer | facts
        self.depth += 1
        yield
        self.depth -= 1
        self.facts = outer

    def enter(self, key: str) -> Member:
        """Go on with a member of the present one, which is returned to go back to."""
        outer = self.member
        self.member = (*outer, key)
        return outer


# --- sinks ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Return:
    """The value is what the function gives."""


@dataclass(frozen=True, slots=True)
class Assign:
    """The value goes to a variable."""

    name: str


@dataclass(frozen=True, slots=True)
class Put:
    """The value becomes a member of an object; *key* is its text."""

    name: str
    key: str


@dataclass(frozen=True, slots=True)
class Append:
    """The value becomes the next element of a list."""

    name: str


Sink: TypeAlias = Return | Assign | Put | Append
