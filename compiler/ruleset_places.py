"""Where the rules of a divided bucket lie: tables by what a value of the event is.

A `Place` is one value of the event and the buckets that are found by it: by equality,
by what it begins with or holds.
"""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar, final

from fql.compiler.ruleset_keys import GRAM, Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from fql.compiler.ir import Ir
    from fql.compiler.ruleset_code import Run
    from fql.compiler.ruleset_keys import ScalarKey

    Search = Callable[..., re.Match[str] | None]


class Runs(Protocol):
    """What a place leads to: a bucket."""

    @property
    def run(self) -> Run:
        """Adds the answers of the rules that hold."""
        ...


Bucket = TypeVar("Bucket", bound=Runs)


@final
class Place(Generic[Bucket]):
    """One value of the event, and the buckets that are found by it.

    Attributes:
        operand: The value.
        texts: Buckets by the text that it is.
        scalars: Buckets by the number, bool or null that it is.
        prefixes: Buckets by what it begins with, by the length of that.
        parts: Buckets by what it holds.
    """

    __slots__ = ("operand", "parts", "prefixes", "scalars", "texts")

    def __init__(self, operand: Ir) -> None:
        self.operand = operand
        self.texts: dict[str, Bucket] = {}
        self.scalars: dict[ScalarKey, Bucket] = {}
        self.prefixes: dict[int, dict[str, Bucket]] = {}
        self.parts: TextParts[Bucket] = TextParts()

    def bucket(self, kind: Kind, key: ScalarKey) -> Bucket | None:
        """Return the bucket of *key*, or None where there is none."""
        if kind is Kind.EQUAL:
            table = self.texts if isinstance(key, str) else self.scalars
            return table.get(key)  # type: ignore[arg-type] # a text in the one
        return self._table(kind, key).get(key)

    def put(self, kind: Kind, key: ScalarKey, bucket: Bucket) -> Bucket:
        """Let *key* lead to *bucket*, which is returned."""
        self._table(kind, key)[key] = bucket
        if kind is Kind.PART:
            self.parts.change()
        return bucket

    def discard(self, kind: Kind, key: ScalarKey) -> None:
        """Drop the bucket of *key*, and its table if that is empty then."""
        table = self._table(kind, key)
        del table[key]
        if kind is Kind.PART:
            self.parts.change()
        if kind is Kind.PREFIX and not table:
            del self.prefixes[len(str(key))]

    def _table(self, kind: Kind, key: ScalarKey) -> dict[object, Bucket]:
        table: object
        match kind, key:
            case Kind.EQUAL, str():
                table = self.texts
            case Kind.EQUAL, _:
                table = self.scalars
            case Kind.PREFIX, str():
                table = self.prefixes.setdefault(len(key), {})
            case _:
                table = self.parts.table
        return table  # type: ignore[return-value] # keys of one kind in each

    @property
    def shape(self) -> tuple[object, ...]:
        """Equal as long as the same function can look things up here."""
        return (
            bool(self.texts),
            bool(self.scalars),
            (*self.prefixes,),
            bool(self.parts.table),
        )

    def tables(self) -> Iterator[Mapping[Any, Bucket]]:
        """Yield all tables."""
        yield self.texts
        yield self.scalars
        yield from self.prefixes.values()
        yield self.parts.table

    def buckets(self) -> Iterator[Bucket]:
        """Yield all buckets."""
        for table in self.tables():
            yield from table.values()


@final
class TextParts(Generic[Bucket]):
    """Buckets by a part, `GRAM` characters long, that a text holds.

    One regular expression finds the parts that occur, in time that hardly depends on
    how many there are.
    """

    __slots__ = ("_changes", "_compiled", "table")

    def __init__(self) -> None:
        self.table: dict[str, Bucket] = {}
        self._changes = 0
        self._compiled: tuple[int, Search] = (-1, re.compile("").search)

    def change(self) -> None:
        """Make the expression anew, because the table has changed."""
        self._changes += 1

    def found(self, text: str) -> Sequence[Bucket]:
        """Return the bucket of each part that *text* holds."""
        changes, search = self._compiled
        if changes != self._changes:
            search = self._compile()
        found = search(text)
        if found is None:
            return ()
        parts: set[str] = set()
        while found is not None:
            parts.add(found[0])
            found = search(text, found.start() + 1)
        buckets = map(self.table.get, parts)  # some may be gone by now
        return [bucket for bucket in buckets if bucket is not None]

    def _compile(self) -> Search:
        """Return a new search, for at least the changes that there are by now."""
        changes = self._changes  # before the table is read: it may change meanwhile
        search = re.compile(parts_pattern([*self.table])).search
        self._compiled = changes, search
        return search


def parts_pattern(parts: Iterable[str]) -> str:
    """Return a pattern that finds any of *parts*, each `GRAM` characters long.

    >>> parts_pattern(["abc", "abd", "xyz"])
    '(?s:a(?:b[cd])|x(?:y[z]))'
    """
    firsts = [
        f"{re.escape(first)}(?:{_rest_pattern([*rest])})"
        for first, rest in groupby(sorted(set(parts)), key=lambda part: part[0])
    ]
    return f"(?s:{'|'.join(firsts)})"


def _rest_pattern(parts: list[str]) -> str:
    """Return the pattern of the second and third characters of *parts*."""
    seconds: list[str] = []
    for second, rest in groupby(parts, key=lambda part: part[1]):
        thirds = "".join([re.escape(part[GRAM - 1]) for part in rest])
        seconds.append(f"{re.escape(second)}[{thirds}]")
    return "|".join(seconds)
