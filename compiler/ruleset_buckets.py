"""Buckets: rules that are tried together, divided where that is worth it.

A small bucket is one generated function. Of a large one, each rule that can be found by
what it needs of the event goes to a bucket below. Nothing is generated before an event
comes to a bucket; the first events of a very small one ask its triggers.

Writers hold the lock of the set. Readers hold none: they call `Bucket.run`, which is
swapped as a whole, and look into tables that only change entry by entry.
"""

from __future__ import annotations

from itertools import count
from operator import attrgetter
from sys import getsizeof
from typing import TYPE_CHECKING, final

from fql.compiler import ir
from fql.compiler.ruleset_choice import Choice
from fql.compiler.ruleset_chunks import Chunk, in_turn
from fql.compiler.ruleset_code import compile_entries
from fql.compiler.ruleset_dispatch import compile_dispatch
from fql.compiler.ruleset_keys import Access, Known, texts_of
from fql.compiler.ruleset_places import Place
from fql.compiler.ruleset_terms import settled_terms

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fql.compiler.ruleset_code import Run
    from fql.compiler.ruleset_entries import Entry
    from fql.compiler.ruleset_keys import ScalarKey
    from fql.compiler.ruleset_rows import Numbers, Row
    from fql.compiler.ruleset_shared import Shared
    from fql.compiler.values import Json
    from fql.compiler.walk import Key

MANY = 100
"""A bucket of more rules than this is divided, if there is something to do it by."""

MAX_LEVELS = 6
"""Buckets are divided so many times, each within the other."""

CHUNK = 1_000
"""A generated function has no more rules than this."""

COLD = 16
"""For so many events, rules are asked one by one before a function is generated."""

FEW = 4
"""If a bucket has no more than these."""

WORTH = 8
"""A bucket is divided when so many rules go elsewhere."""

_NEVER = ir.Constant(value=False)


@final
class Bucket:
    """Rules that are tried together.

    Attributes:
        run: Adds the answers of the rules that hold; swapped when they change.
        known: What is so of every event that comes here.
    """

    __slots__ = (
        *("_chunks", "_shared", "_division", "_fresh", "_hits"),
        *("_is_ready", "_is_whole", "known", "run"),
    )

    def __init__(
        self, shared: Shared, known: tuple[Known, ...] = (), *, is_whole: bool = False
    ) -> None:
        self.known = known
        self._shared = shared
        self._is_whole = is_whole
        self._fresh: list[Entry] = []
        self._chunks: tuple[Chunk, ...] = ()
        self._division: _Division | None = None
        self._hits = 0
        self._is_ready = False
        self.run: Run = self._start

    # --- what is here ---

    def __len__(self) -> int:
        """Return how many entries lie here and below."""
        if self._division is not None:
            return len(self._division)
        return len(self._fresh) + sum([len(chunk.entries) for chunk in self._chunks])

    def entries(self) -> list[Entry]:
        """Return all entries here and below, each once."""
        if self._division is not None:
            return self._division.entries()
        compiled = [entry for chunk in self._chunks for entry in chunk.entries]
        return compiled + self._fresh

    def below(self) -> Iterator[Bucket]:
        """Yield the buckets directly below."""
        if self._division is not None:
            yield from self._division.buckets()

    @property
    def own_entries(self) -> list[Entry]:
        """The entries that lie here, and not below."""
        return [] if self._division is not None else self.entries()

    @property
    def own_size(self) -> int:
        """The bytes that this bucket takes, without its functions and those below."""
        entries = self.own_entries
        size = getsizeof(self) + getsizeof(self.known) + getsizeof(self._fresh)
        size += sum([getsizeof(each) + getsizeof(each.terms) for each in entries])
        size += sum([getsizeof(chunk.entries) for chunk in self._chunks])
        return size + (self._division.own_size if self._division is not None else 0)

    @property
    def functions(self) -> list[Run]:
        """The functions that are generated for this bucket itself."""
        if self._division is None:
            return [chunk.run for chunk in self._chunks]
        return [] if self.run == self._redispatch else [self.run]

    # --- changes, under the lock of the set ---

    def add(self, entry: Entry) -> None:
        """Add *entry*; what is generated already stays in use."""
        if self._division is None:
            self._fresh.append(entry)
            if self._is_ready:
                self._swap()
        elif self._division.is_outgrown:
            self._fresh = [*self._division.entries(), entry]
            self._division = None
            self._swap()
        elif self._division.insert(entry):
            self.run = self._redispatch

    def extend(self, entries: list[Entry]) -> None:
        """Add *entries*."""
        if self._division is None and not self._is_ready:
            self._fresh += entries
        else:
            for entry in entries:
                self.add(entry)

    def remove(self, number: int) -> None:
        """Remove the entries of a rule."""
        if self._division is not None:
            if self._division.remove(number):
                self.run = self._redispatch
            return
        self._fresh = [entry for entry in self._fresh if entry.number != number]
        chunks = [chunk.without(number) for chunk in self._chunks]
        for chunk in chunks:
            if not chunk.is_useful:
                self._fresh += chunk.entries
        self._chunks = tuple([chunk for chunk in chunks if chunk.is_useful])
        self._swap()

    def _swap(self) -> None:
        """Let the functions that there are run, and ask the other rules one by one."""
        self._is_ready = bool(self._chunks)
        if not self._chunks:
            self.run = self._start
            return
        run = in_turn([chunk.run for chunk in self._chunks])
        self.run = self._with_fresh(run) if self._fresh else run

    def _with_fresh(self, run: Run) -> Run:
        """Return a function that runs *run* and asks the rules that are new."""
        asked = [_asked(entry) for entry in self._fresh]
        patience = max(COLD, len(self) // 4)
        hits = count(len(asked))

        def run_both(event: Json, row: Row, out: Numbers, again: Numbers) -> None:
            if next(hits) > patience:
                self._prepare()(event, row, out, again)
                return
            run(event, row, out, again)
            again += asked

        return run_both

    # --- generating ---

    def _start(self, event: Json, row: Row, out: Numbers, again: Numbers) -> None:
        """Ask the rules, or generate what does: nothing is generated yet.

        Another thread may have done so meanwhile. Then it has said so before it
        replaced the list; so what was in the list before that is asked here.
        """
        fresh = self._fresh
        if not self._is_ready and self._hits < COLD and len(fresh) <= FEW:
            self._hits += 1
            again += map(_asked, fresh)
            return
        try:
            run = self._prepare()
        except RecursionError:  # the caller has used up the stack
            again += map(_asked, self.entries())
        else:
            run(event, row, out, again)

    def _prepare(self) -> Run:
        """Return the function for all rules, which is put in use."""
        with self._shared.lock:
            if self._fresh or not self._is_ready:
                self._is_ready = True  # before any list is replaced: see `_start`
                self.run = self._divide() or self._compile()
            return self.run

    def _divide(self) -> Run | None:
        """Divide the bucket if that is worth it."""
        if self._is_whole or len(self) <= MANY or len(self.known) >= MAX_LEVELS:
            return None
        entries = self.entries()
        division = _Division(self._shared, self.known, entries)
        if not division.is_worth_it:
            return None
        self._shared.choose_columns([] if self.known else entries)
        self._division, self._chunks, self._fresh = division, (), []
        return division.compile()

    def _compile(self) -> Run:
        """Generate functions for the new rules, together with a small chunk."""
        *chunks, last = self._chunks or (None,)
        fresh = self._fresh
        if last is not None:
            if len(last.entries) + len(fresh) <= CHUNK:
                fresh = last.entries + fresh
            else:
                chunks.append(last)
        for start in range(0, len(fresh), CHUNK):
            part = fresh[start : start + CHUNK]
            run = compile_entries(part, self.known, self._shared.columns)
            chunks.append(Chunk(part, len(part), run))
        self._chunks, self._fresh = tuple([each for each in chunks if each]), []
        return in_turn([chunk.run for chunk in self._chunks])

    def _redispatch(self, event: Json, row: Row, out: Numbers, again: Numbers) -> None:
        with self._shared.lock:
            division = self._division
            self.run = run = self._prepare() if division is None else division.compile()
        run(event, row, out, again)


def _asked(entry: Entry) -> int:
    """Return the answer by which the trigger itself is asked."""
    return ~entry.number


# --- divisions --------------------------------------------------------------------


@final
class _Division:
    """The buckets below a bucket, and the tables that lead to them."""

    def __init__(
        self, shared: Shared, known: tuple[Known, ...], entries: Sequence[Entry]
    ) -> None:
        self._shared = shared
        self._known = known
        self._choice = Choice(known)
        self._places: dict[Key, Place[Bucket]] = {}
        self._always = Bucket(shared, known, is_whole=True)
        self._homes: dict[int, Bucket | tuple[Bucket, ...]] = {}
        self._built = len(entries)
        for alike, telling in self._choice.counted(map(self._ready, entries)):
            self._put(alike, self._choice.choose(telling))

    def _ready(self, entry: Entry) -> Entry:
        """Return *entry* with terms that show by what it can be found.

        Rules that are found by a value come to the outermost division as they are.
        """
        if not self._known:
            return entry
        terms = settled_terms(entry.terms)
        terms = (_NEVER,) if terms is None else terms
        return entry._replace(terms=terms, texts=texts_of(terms))

    def __len__(self) -> int:
        return len(self._homes)

    @property
    def is_worth_it(self) -> bool:
        """Whether enough of the rules need not be tried for every event."""
        return len(self) - len(self._always) >= WORTH

    @property
    def is_outgrown(self) -> bool:
        """Whether so many rules have come that they are better divided anew."""
        return len(self) > 2 * self._built + MANY

    def buckets(self) -> Iterator[Bucket]:
        """Yield the buckets directly below."""
        for place in self._places.values():
            yield from place.buckets()
        if len(self._always):
            yield self._always

    @property
    def own_size(self) -> int:
        """The bytes that the tables take."""
        tables = [table for place in self._places.values() for table in place.tables()]
        several = [home for home in self._homes.values() if isinstance(home, tuple)]
        sized = [self._homes, self._places, *tables, *several]
        return sum(map(getsizeof, sized)) + self._choice.size

    def entries(self) -> list[Entry]:
        """Return all entries, each once."""
        all_ = [entry for bucket in self.buckets() for entry in bucket.entries()]
        found = {id(entry): entry for entry in all_}
        return sorted(found.values(), key=attrgetter("number"))

    def compile(self) -> Run:
        """Return the function that leads an event to the buckets."""
        always = self._always if len(self._always) else None
        return compile_dispatch(self._places.values(), always, self._shared.columns)

    def insert(self, entry: Entry) -> bool:
        """Add *entry*; return whether the function is to be compiled anew."""
        entry = self._ready(entry)
        telling = self._choice.telling(entry)
        self._choice.count(telling)
        access = self._choice.choose(telling)
        before = self._shape(access)
        self._put([entry], access)
        return before != self._shape(access)

    def _shape(self, access: Access | None) -> object:
        """Return what the function relies on where *access* leads to."""
        if access is None:
            return len(self._always) > 0
        return place.shape if (place := self._places.get(access.path)) else None

    def _put(self, entries: list[Entry], access: Access | None) -> None:
        """Put *entries* where *access* leads to, or where every event comes."""
        homes: tuple[Bucket, ...] = (self._always,)
        if access is not None:
            place = self._places.get(access.path)
            if place is None:
                place = self._places[access.path] = Place(access.operand)
            homes = self._buckets(place, access)
        for home in homes:
            home.extend(entries)
        for entry in entries:
            self._remember(entry.number, homes)

    def _buckets(self, place: Place[Bucket], access: Access) -> tuple[Bucket, ...]:
        """Return the buckets of *access*, made where there are none."""
        return tuple(
            [
                place.bucket(access.kind, key)
                or place.put(access.kind, key, self._new(access, key))
                for key in access.keys
            ]
        )

    def _new(self, access: Access, key: ScalarKey) -> Bucket:
        known = (*self._known, Known(access.kind, access.path, key))
        return Bucket(self._shared, known)

    def _remember(self, number: int, homes: tuple[Bucket, ...]) -> None:
        before = self._homes.get(number)
        if before is not None:
            earlier = before if isinstance(before, tuple) else (before,)
            homes = tuple(dict.fromkeys((*earlier, *homes)))
        self._homes[number] = homes[0] if len(homes) == 1 else homes

    def remove(self, number: int) -> bool:
        """Remove a rule; return whether the function is to be compiled anew."""
        homes = self._homes.pop(number, ())
        is_changed = False
        for home in homes if isinstance(homes, tuple) else (homes,):
            home.remove(number)
            if not len(home):
                is_changed = self._drop(home) or is_changed
        return is_changed

    def _drop(self, bucket: Bucket) -> bool:
        """Forget an empty bucket; return whether the function looks for it."""
        if bucket is self._always:
            return True
        kind, path, key = bucket.known[-1]
        place = self._places[path]
        shape = place.shape
        place.discard(kind, key)
        if next(place.buckets(), None) is None:
            del self._places[path]
        return shape != place.shape
