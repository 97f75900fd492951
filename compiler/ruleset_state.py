"""The rules of a set by number, and the buckets that answer with numbers.

A rule's number is its place in two lists, so that an answer is looked up in no time. A
rule that is gone leaves a gap; a set that has many makes a state anew.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Generic, Literal, TypeVar, final

from fql.compiler.ruleset_buckets import Bucket
from fql.compiler.ruleset_shared import Shared
from fql.compiler.ruleset_terms import entries_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from threading import RLock

    from fql.compiler.ruleset_entries import Texts
    from fql.compiler.trigger import Trigger
    from fql.compiler.values import Json

Name = TypeVar("Name")

GAPS = 1_000
"""So many gaps are no reason for a new state, however few rules there are."""


class _Gap(Enum):
    GAP = "gap"


_GAP: Literal[_Gap.GAP] = _Gap.GAP


@final
class State(Generic[Name]):
    """Rules in the order of adding.

    Attributes:
        root: All their entries.
        triggers: The trigger of each rule, by number; None for a gap.
        texts: What rules ask for, once for those that ask for the same.
    """

    __slots__ = ("_has_gaps", "names", "root", "texts", "triggers")

    def __init__(self, lock: RLock) -> None:
        self.root = Bucket(Shared(lock))
        self.names: list[Name | Literal[_Gap.GAP]] = []
        self.triggers: list[Trigger | None] = []
        self.texts: dict[Texts, Texts] = {}
        self._has_gaps = False

    def is_full_of_gaps(self, rules: int) -> bool:
        """Return whether far more numbers are in use than there are *rules*."""
        return len(self.names) > 2 * rules + GAPS

    def add(self, name: Name, trigger: Trigger) -> int:
        """Add a rule; return its number."""
        number = len(self.names)
        self.triggers.append(trigger)
        self.names.append(name)
        for entry in entries_of(number, trigger, self.texts):
            self.root.add(entry)
        return number

    def remove(self, number: int) -> None:
        """Leave a gap in the place of a rule."""
        self._has_gaps = True
        self.names[number] = _GAP
        self.triggers[number] = None
        self.root.remove(number)

    def tables(self) -> list[object]:
        """Return what there is for texts that rules ask for."""
        pairs = [pair for texts in self.texts for pair in texts]
        return [self.texts, *self.texts, *pairs]

    def trigger(self, number: int) -> Trigger:
        """Return the trigger of a rule that is there."""
        trigger = self.triggers[number]
        if trigger is None:
            raise AssertionError(f"a gap: {number}")
        return trigger

    def match(self, event: dict[str, Json]) -> list[Name]:
        """Return the names of the rules that *event* meets, in order."""
        out: list[int] = []
        again: list[int] = []
        self.root.run(event, (), out, again)
        if again:
            out = self._look_again(event, out, again)
        elif len(out) > 1:
            out.sort()
        found = [*map(self.names.__getitem__, out)]
        if self._has_gaps:  # a function may still answer for what is gone
            return [name for name in found if name is not _GAP]
        return found  # type: ignore[return-value] # there are no gaps

    def _look_again(
        self, event: dict[str, Json], out: Iterable[int], again: list[int]
    ) -> list[int]:
        """Return the answers in order, once each, when the triggers asked have said."""
        found = {*out, *[number for number in again if number >= 0]}
        for number in sorted({~each for each in again if each < 0} - found):
            trigger = self.triggers[number]
            if trigger is not None and trigger(event):
                found.add(number)
        return sorted(found)
