"""What a rule set keeps of a rule: one entry for each way in which it can match."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from fql.compiler.ir import Ir
    from fql.compiler.walk import Key

    Terms: TypeAlias = tuple[Ir, ...]
    """Conditions that have to hold together."""

    Texts: TypeAlias = tuple[tuple[Key, str], ...]
    """Paths, and the text that has to stand at each."""


class Entry(NamedTuple):
    """One way for a rule to match.

    Attributes:
        answer: The rule's number; its complement where the trigger has to be asked.
        terms: What has to hold.
        is_plain: Whether no other entry of the set gives this answer.
        texts: Those terms that ask for a text, as far as they were looked for.
    """

    answer: int
    terms: Terms
    is_plain: bool
    texts: Texts = ()

    @property
    def number(self) -> int:
        """The rule's number."""
        return self.answer if self.answer >= 0 else ~self.answer
