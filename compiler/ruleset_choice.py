"""Which access of a rule promises the fewest tries.

A path that tells many values apart is better than one with few, a value better than
the beginning of a text, that better than a part of one; and each path costs a look-up
for every event, so one that many rules read is better than one of their own.
"""

from __future__ import annotations

from sys import getsizeof
from typing import TYPE_CHECKING, final

from fql.compiler.ruleset_keys import (
    Access,
    Kind,
    Strength,
    accesses,
    text_access,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fql.compiler.ruleset_entries import Entry, Texts
    from fql.compiler.ruleset_keys import Known, ScalarKey
    from fql.compiler.walk import Key

MANY_PARTS = 60
"""So many rules have to look for parts of one text before it is searched for all."""

_FLAG = 0.5
_PREFIX = 0.1
_PART = 0.2
"""In how many events a rule has to be tried, if it is found so."""

LOOK_UP = 8.0
"""What a look-up costs, in tries."""

_COPY = 1e-4
"""What it costs, in tries, to lie under one more value."""

_USUAL_TYPES = 6
"""Events have about so many types, and most rules name one."""


class _Path:
    """What is known of the rules that read one value."""

    __slots__ = ("keys", "parts", "rules")

    def __init__(self) -> None:
        self.rules = 0
        self.parts = 0
        self.keys: set[ScalarKey] = set()


@final
class Choice:
    """Chooses accesses, by what it has seen of the rules around.

    Args:
        known: What is so of every event, and of no use to tell events apart.
    """

    def __init__(self, known: Iterable[Known]) -> None:
        self._paths: dict[Key, _Path] = {}
        self._texts: dict[tuple[Key, str], Access] = {}
        self._spent = {(each.path, each.kind) for each in known}

    @property
    def size(self) -> int:
        """The bytes that this takes."""
        paths = self._paths.values()
        sizes = [getsizeof(path) + getsizeof(path.keys) for path in paths]
        each = sum(
            [getsizeof(text) + getsizeof(self._texts[text]) for text in self._texts]
        )
        return sum(sizes) + getsizeof(self._texts) + each

    def counted(
        self, entries: Iterable[Entry]
    ) -> list[tuple[list[Entry], list[Access]]]:
        """Take *entries* into account; return them with what is telling in each.

        Most rules name a type and an event that others name too; such ones are in one
        group, since the same is chosen for all.
        """
        groups: dict[object, list[Entry]] = {}
        for entry in entries:
            alike = self.texts(entry) or id(entry)
            groups.setdefault(alike, []).append(entry)
        found = [(group, self.telling(group[0])) for group in groups.values()]
        for group, telling in found:
            self.count(telling, len(group))
        return found

    def texts(self, entry: Entry) -> Texts:
        """Return which fields have to be which texts, where that tells events apart."""
        if not self._spent:
            return entry.texts
        texts = entry.texts
        return tuple([each for each in texts if not self._is_spent(each[0])])

    def telling(self, entry: Entry) -> list[Access]:
        """Return what *entry* needs that tells events apart here.

        Where a field has to be a given text, nothing else is looked for: buckets are
        divided again, by what is left.
        """
        texts = self.texts(entry)
        if texts:
            return [self._texts.get(text) or self._text(text) for text in texts]
        return [
            access
            for term in entry.terms
            for access in accesses(term)
            if access.strength > Strength.KIND
            and not self._is_spent(access.path, access.kind)
        ]

    def _text(self, text: tuple[Key, str]) -> Access:
        """Return the access of a text equality, which is kept for the same."""
        access = self._texts[text] = text_access(*text)
        return access

    def count(self, telling: list[Access], rules: int = 1) -> None:
        """Take so many rules into account, by what is telling in the terms of each."""
        for access in telling:
            path = self._paths.get(access.path)
            if path is None:
                path = self._paths[access.path] = _Path()
            path.rules += rules
            if access.kind is Kind.EQUAL:
                path.keys.update(access.keys)
            elif access.kind is Kind.PART:
                path.parts += rules

    def choose(self, telling: list[Access]) -> Access | None:
        """Return the best access of a rule that has been counted, or None."""
        best, least = None, 1.0
        for access in telling:
            cost = self._cost(access)
            if cost < least:
                best, least = access, cost
        return best

    def _is_spent(self, path: Key, kind: Kind = Kind.EQUAL) -> bool:
        spent = self._spent
        return bool(spent) and ((path, kind) in spent or (path, Kind.EQUAL) in spent)

    def _cost(self, access: Access) -> float:
        path = self._paths[access.path]
        look_up = LOOK_UP / path.rules
        kind = access.kind
        if kind is Kind.EQUAL:
            return _tries(access, path) + look_up
        if kind is Kind.PREFIX:
            return _PREFIX + look_up
        return _PART + look_up if path.parts > MANY_PARTS else 1.0


def _tries(access: Access, path: _Path) -> float:
    if not access.is_text and access.strength is Strength.FLAG:
        return _FLAG
    distinct = len(path.keys)
    if access.path == ("type",):
        distinct = min(distinct, _USUAL_TYPES)
    return len(access.keys) * (1 / distinct + _COPY)
