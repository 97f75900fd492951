"""Automata that read a text character by character, one for each simple test.

A machine is asked in each state whether the text so far is in its set, and whether
that is settled whatever follows. `characters_of` gives one character for each class of
characters that no machine tells apart, so that few have to be tried.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import pairwise
from typing import TYPE_CHECKING, Protocol, TypeAlias

from fql.compiler import ranges
from fql.compiler.closure_conditions import ORDERS
from fql.compiler.globs import CharacterClass, Glob, GlobKind, Token
from fql.compiler.text_sets import Matching, OneOf, Ordered, Sized, Texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from fql.compiler.ir import OrderOp
    from fql.compiler.ranges import Ranges

State: TypeAlias = object
"""Where a machine is; equal states behave alike from there on."""

MAX_SIZE = 10_000
"""Bytes up to which sizes of texts are counted."""


class Machine(Protocol):
    """An automaton over characters."""

    start: State

    def step(self, state: State, character: str) -> State:
        """Return the state after one more character."""
        ...

    def accepts(self, state: State) -> bool:
        """Return whether a text that ends here is in the set."""
        ...

    def settled(self, state: State) -> bool | None:
        """Return what every longer text is, too, or None where it depends."""
        ...


def machine_of(texts: Texts) -> Machine | None:
    """Return the machine of a simple test, or None where it has none."""
    match texts:
        case OneOf(words):
            return _Words(sorted(words))
        case Matching(glob) if glob.kind is not GlobKind.MALFORMED:
            return _Pattern(glob)
        case Ordered(op, limit):
            return _Order(op, limit)
        case Sized(sizes) if all(size <= MAX_SIZE for size in _finite(sizes)):
            return _Size(sizes)
        case _:
            return None


# --- words ------------------------------------------------------------------------

_Span: TypeAlias = tuple[int, int, int]


class _Words:
    """The words that start with what was read: a span of the sorted list."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words = words
        self.start: State = (0, len(words), 0)

    def step(self, state: State, character: str) -> State:
        first, last, depth = _as_span(state)
        while first < last and len(self._words[first]) == depth:
            first += 1

        def at_depth(word: str) -> str:
            return word[depth]

        low = bisect_left(self._words, character, first, last, key=at_depth)
        high = bisect_right(self._words, character, low, last, key=at_depth)
        return (low, high, depth + 1) if low < high else (0, 0, 0)

    def accepts(self, state: State) -> bool:
        first, last, depth = _as_span(state)
        return first < last and len(self._words[first]) == depth

    def settled(self, state: State) -> bool | None:
        first, last, _ = _as_span(state)
        return None if first < last else False


def _as_span(state: State) -> _Span:
    return state  # type: ignore[return-value]  # it is one of ours


# --- globs ------------------------------------------------------------------------

_STAR = None


class _Pattern:
    """The places in a pattern that what was read may lead to: bits of a number.

    A place before a star that another has reached is dropped, since whatever follows
    it fits there as well.
    """

    def __init__(self, glob: Glob) -> None:
        self._items = pattern_items(glob)
        self._stars = sum(
            1 << index for index, item in enumerate(self._items) if item is _STAR
        )
        self._end = 1 << len(self._items)
        self._fitting: dict[str, int] = {}
        self.start: State = self._closed(1)

    def _closed(self, places: int) -> int:
        places |= (places & self._stars) << 1
        stars = places & self._stars
        return places & -(1 << stars.bit_length() - 1) if stars else places

    def _fits(self, character: str) -> int:
        bits = self._fitting.get(character)
        if bits is None:
            bits = sum(
                1 << index
                for index, item in enumerate(self._items)
                if _fits_item(item, character)
            )
            self._fitting[character] = bits
        return bits

    def step(self, state: State, character: str) -> State:
        places = _as_number(state)
        after = (places & self._fits(character)) << 1
        return self._closed(after | (places & self._stars))

    def accepts(self, state: State) -> bool:
        return bool(_as_number(state) & self._end)

    def settled(self, state: State) -> bool | None:
        places = _as_number(state)
        if not places:
            return False
        return True if places & (self._end >> 1) & self._stars else None


def _fits_item(item: Token | None, character: str) -> bool:
    return item is not None and token_fits(item, character)


def _as_number(state: State) -> int:
    return state  # type: ignore[return-value]  # it is one of ours


def pattern_items(glob: Glob) -> tuple[Token | None, ...]:
    """Return the tokens of a pattern in order; None for a star."""
    texts: Sequence[Sequence[Token]] = glob.pieces or _pieces_of(glob)
    items: list[Token | None] = [*texts[0]]
    for piece in texts[1:]:
        items += [_STAR, *piece]
    return tuple(items)


def _pieces_of(glob: Glob) -> Sequence[Sequence[Token]]:
    """Return what stars separate in a glob that was made of a text."""
    text = glob.texts[0] if glob.texts else ""
    match glob.kind:
        case GlobKind.PREFIX:
            return (text, "")
        case GlobKind.SUFFIX:
            return ("", text)
        case GlobKind.SUBSTRING:
            return ("", text, "")
        case GlobKind.ALWAYS:
            return ("", "")
        case _:
            return glob.texts


def token_fits(token: Token, character: str) -> bool:
    """Return whether *token* takes *character*."""
    if isinstance(token, str):
        return token == character
    is_inside = any(low <= character <= high for low, high in token.ranges)
    return is_inside is not token.is_negated


# --- orders and sizes -------------------------------------------------------------


class _Order:
    """How much of the limit was read, or whether the text is before or after it."""

    def __init__(self, op: OrderOp, limit: str) -> None:
        self._limit = limit
        self._stands = ORDERS[op]
        self.start: State = 0

    def step(self, state: State, character: str) -> State:
        if not isinstance(state, int):
            return state
        if state == len(self._limit):
            return "after"
        wanted = self._limit[state]
        if character == wanted:
            return state + 1
        return "before" if character < wanted else "after"

    def accepts(self, state: State) -> bool:
        return self._stands(self._side(state), 0)

    def settled(self, state: State) -> bool | None:
        return None if isinstance(state, int) else self.accepts(state)

    def _side(self, state: State) -> int:
        if isinstance(state, int):
            return 0 if state == len(self._limit) else -1
        return -1 if state == "before" else 1


class _Size:
    """The bytes that were read; past all bounds it counts no further."""

    def __init__(self, sizes: Ranges) -> None:
        self._sizes = sizes
        self._most = int(max(0, *_finite(sizes))) + 1
        self.start: State = 0

    def step(self, state: State, character: str) -> State:
        return min(_as_number(state) + _bytes_of(character), self._most)

    def accepts(self, state: State) -> bool:
        return ranges.holds(self._sizes, _as_number(state))

    def settled(self, state: State) -> bool | None:
        return self.accepts(state) if state == self._most else None


def _finite(sizes: Ranges) -> Iterator[float]:
    """Yield the bounds of sizes."""
    for each in sizes:
        for bound in (each.low, each.high):
            if isinstance(bound, int | float):
                yield bound


_TWO_BYTES, _THREE_BYTES, _FOUR_BYTES = 0x80, 0x800, 0x10000


def _bytes_of(character: str) -> int:
    code = ord(character)
    return 1 + (code >= _TWO_BYTES) + (code >= _THREE_BYTES) + (code >= _FOUR_BYTES)


# --- characters -------------------------------------------------------------------

_END = 0x110000
_ALWAYS_CUT = (
    *(0, 0x20, 0x7F, _TWO_BYTES, _THREE_BYTES, 0xD800, 0xE000, _FOUR_BYTES, _END),
    *(ord("0"), ord("9") + 1, ord("A"), ord("Z") + 1, ord("a"), ord("z") + 1),
)
_FRIENDLY = "eatoinsrhlducmfpgwybvkxjqzEATOINSRHLDUCMFPGWYBVKXJQZ1234567890 éー"
"""Characters that look well in an example, the best first."""


def characters_of(tests: Iterable[Texts]) -> list[str]:
    """Return one character of each class that none of *tests* tells apart."""
    cuts = sorted({*_ALWAYS_CUT, *(cut for test in tests for cut in _cuts(test))})
    found = [_friendliest(low, high) for low, high in pairwise(cuts)]
    return sorted(found, key=_rank)


def _cuts(test: Texts) -> Iterator[int]:
    match test:
        case OneOf(words):
            for character in frozenset().union(*words):
                yield from (ord(character), ord(character) + 1)
        case Matching(glob) if glob.kind is not GlobKind.MALFORMED:
            for item in pattern_items(glob):
                yield from _cuts_of_item(item)
        case Ordered(_, limit):
            for character in limit:
                yield from (ord(character), ord(character) + 1)
        case _:
            return


def _cuts_of_item(item: Token | None) -> Iterator[int]:
    if isinstance(item, str):
        yield from (ord(item), ord(item) + 1)
    elif isinstance(item, CharacterClass):
        for low, high in item.ranges:
            yield from (ord(low), ord(high) + 1)


def _friendliest(low: int, high: int) -> str:
    """Return the character from *low* up to, not including, *high* that reads best."""
    for character in _FRIENDLY:
        if low <= ord(character) < high:
            return character
    return chr(low)


def _rank(character: str) -> tuple[int, int]:
    place = _FRIENDLY.find(character)
    return (place if place >= 0 else len(_FRIENDLY), ord(character))
