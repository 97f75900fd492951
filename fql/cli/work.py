"""What is done with a block of lines, in this process or in another one.

Work is called with a block and yields results, which hold nothing that could not be
sent to another process. So a command says what it does, and not where.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, Self, TypeVar

from fql.grammar.limits import MAX_DIAGNOSTICS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fql.cli.blocks import Block
    from fql.cli.lines import Refusal


ENOUGH = 4 * 1024 * 1024
"""Bytes of output that are handed on before the block is done."""


@dataclass(slots=True)
class Refusals:
    """The lines of a block that are no events: the first of them, and how many."""

    kept: list[Refusal] = field(default_factory=list)
    count: int = 0

    def __call__(self, refusal: Refusal) -> None:
        """Take one more."""
        self.count += 1
        if self.count <= MAX_DIAGNOSTICS:
            self.kept.append(refusal)

    def move(self, lines: int) -> None:
        """Count lines from so many lines further up."""
        self.kept = [each._replace(number=each.number + lines) for each in self.kept]


class Result(Protocol):
    """What came of a block, or of a part of it."""

    @property
    def lines(self) -> int:
        """How many line ends there were."""
        ...

    @property
    def refusals(self) -> Refusals:
        """What was no event."""
        ...


class Written(Result, Protocol):
    """A result that is to be written down."""

    @property
    def output(self) -> bytes:
        """What to write."""
        ...

    def with_output(self, output: bytes) -> Self:
        """Return the same with other output."""
        ...


ResultT = TypeVar("ResultT", bound=Result)
WrittenT = TypeVar("WrittenT", bound=Written)
ResultT_co = TypeVar("ResultT_co", bound=Result, covariant=True)


class Work(Protocol[ResultT_co]):
    """Makes results of blocks, one after the other; it can be pickled before that."""

    def __call__(self, block: Block, /) -> Iterator[ResultT_co]:
        """Yield what comes of *block*."""
        ...
