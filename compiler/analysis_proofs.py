"""Proofs about the conditions of one text: what rules out what, within a budget.

A claim is a part of a text, or its negation, that is taken to hold. `Proofs` asks
`solve.py` whether claims can hold together; only a proof counts, and what it costs is
taken from a budget. This module does not know how the parts of a text hang together.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from fql.compiler import ir
from fql.compiler.loads import event_paths
from fql.compiler.solve import Impossible, solve
from fql.compiler.text_witness import Effort

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fql.compiler.ir import Ir
    from fql.compiler.loads import Keys
    from fql.compiler.schema import Schema
    from fql.grammar.nodes import Expr

MAX_WORK = 40_000
"""Characters of conditions that are looked at for one text, each time they are."""

_LEAST_WORK = 40
"""Characters that one question counts for at least."""

_BUDGET = 100
"""Combinations of alternatives that one question may take."""


_EFFORT = 300_000
"""What the searches for texts may cost for one text; see `text_witness.py`."""


class Claim:
    """That a part of a text holds, or that it does not.

    Args:
        part: The part.
        lowered: What it was lowered to.
        is_negated: Whether the claim is that it does not hold.
    """

    def __init__(self, part: Expr, lowered: Ir, *, is_negated: bool = False) -> None:
        self.part = part
        self.is_negated = is_negated
        self._lowered = lowered

    @property
    def node(self) -> Ir:
        """What is claimed to hold."""
        return ir.Not(self._lowered) if self.is_negated else self._lowered

    @cached_property
    def opposite(self) -> Claim:
        """The claim of the opposite."""
        return Claim(self.part, self._lowered, is_negated=not self.is_negated)

    @cached_property
    def paths(self) -> tuple[Keys, ...]:
        """The keys of the fields that it is about."""
        return tuple(
            keys
            for pair in event_paths(self._lowered)
            for keys in pair
            if keys is not None
        )


class Proofs:
    """Answers about claims, until the budget is spent; then nothing is proved.

    Args:
        schema: What events are known to be like; None for all JSON objects.
    """

    def __init__(self, schema: Schema | None = None) -> None:
        self._schema = schema
        self._left = MAX_WORK
        self._effort = Effort(_EFFORT)

    def ruled_out(
        self, claim: Claim, around: Sequence[Claim]
    ) -> tuple[Claim, ...] | None:
        """Return a smallest set of claims *around* that *claim* cannot hold with.

        It is empty where *claim* can hold nowhere. None where it is not proved, and
        where the claims around cannot hold together without it.
        """
        self._left -= len(around)
        if self.is_spent:
            return None
        related = list(around) if self._schema else _related(claim, around)
        if not self._is_impossible([*related, claim]):
            return None
        needed = list(related)
        for each in related:
            fewer = [other for other in needed if other is not each]
            if self._is_impossible([*fewer, claim]):
                needed = fewer
        if needed and self._is_impossible(needed):
            return None
        return tuple(needed)

    @property
    def is_spent(self) -> bool:
        """Whether nothing more will be proved."""
        return self._left < 0

    def _is_impossible(self, claims: Sequence[Claim]) -> bool:
        """Return whether it is proved that no event fulfils all *claims*."""
        spans = [claim.part.span for claim in claims]
        size = sum(span.end - span.start for span in spans)
        self._left -= max(size, _LEAST_WORK)
        if self.is_spent:
            return False
        terms = tuple(claim.node for claim in claims)
        condition = terms[0] if len(terms) == 1 else ir.And(terms)
        answer = solve(
            condition, schema=self._schema, budget=_BUDGET, effort=self._effort
        )
        return isinstance(answer, Impossible)


def _related(claim: Claim, around: Sequence[Claim]) -> list[Claim]:
    """Return those of *around* that share a field with *claim*, perhaps by others.

    The rest cannot make a difference: they are about something else. That is so where
    no schema ties the fields together.
    """
    found: list[Claim] = []
    pending = list(around)
    paths = set(claim.paths)
    is_growing = True
    while is_growing:
        near = [each for each in pending if _touches(each.paths, paths)]
        pending = [each for each in pending if each not in near]
        paths.update(keys for each in near for keys in each.paths)
        found += near
        is_growing = bool(near)
    return [each for each in around if each in found]


def _touches(paths: Sequence[Keys], others: set[Keys]) -> bool:
    """Return whether a path is one of *others*, leads to one, or starts with one."""
    return any(
        keys[: len(other)] == other or other[: len(keys)] == keys
        for keys in paths
        for other in others
    )
