"""A text that is in a set of texts, or proof that none is.

First texts are tried that the tests of the set suggest. Where none of them is in it,
the machines of all tests run side by side over all texts, the shortest first, until
they have been in every state they can be in together. What no machine decides is left
open there, so that nothing is ruled out for want of one.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from itertools import islice, product
from math import prod
from typing import TYPE_CHECKING, TypeAlias, assert_never

from fql.compiler import ranges, text_sets
from fql.compiler.globs import GlobKind
from fql.compiler.text_machines import (
    MAX_SIZE,
    characters_of,
    machine_of,
    pattern_items,
    token_fits,
)
from fql.compiler.text_sets import (
    NO_TEXT,
    Changed,
    Either,
    Every,
    Kept,
    Matching,
    OneOf,
    Ordered,
    Sized,
    View,
    Viewed,
    Without,
    holds,
    simple_tests,
)
from fql.compiler.text_views import is_inhabited, shape_of, spellings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from fql.compiler.ranges import Range
    from fql.compiler.text_machines import Machine
    from fql.compiler.text_sets import Texts

MAX_STEPS = 120_000
"""How many steps the machines may take together before that is given up."""

_MAX_CELLS = 64
_MAX_TRIED = 4_000
"""How many tests suggested texts are put to."""


@dataclass(frozen=True, slots=True)
class Nothing:
    """Whether no text is in a set.

    Attributes:
        is_proved: Otherwise none was found, which says nothing.
    """

    is_proved: bool


@dataclass(slots=True)
class Effort:
    """What several searches may still cost together.

    Attributes:
        steps: How many steps machines may still take.
    """

    steps: int


def find_text(
    texts: Texts, wishes: Iterable[str] = (), effort: Effort | None = None
) -> str | Nothing:
    """Return a text that is in the set; one of *wishes*, the first that is, if any.

    What a search costs is taken from *effort*. Once that is spent, only the texts that
    the tests suggest are tried.
    """
    for wish in wishes:
        if holds(texts, wish):
            return wish
    if isinstance(texts, OneOf):
        return min(texts.words, default=Nothing(is_proved=True))
    tests = 1 + sum(1 for _ in simple_tests(texts))
    for text in islice(suggestions(texts), _MAX_TRIED // tests):
        if holds(texts, text):
            return text
    return _search(texts, Effort(MAX_STEPS) if effort is None else effort)


# --- suggestions ------------------------------------------------------------------


def suggestions(texts: Texts) -> Iterator[str]:
    """Yield texts that the tests of a set suggest; each may be in it or not."""
    tests = list(dict.fromkeys(simple_tests(texts)))
    single = [text for test in tests for text in _suggested(test)]
    yield from single
    instances = [_instance(test) for test in tests if isinstance(test, Matching)]
    yield from ("".join(instances), " ".join(instances))
    short = instances[:6]
    for one, other in product(short, repeat=2):
        yield one + other
    for text in single[:20]:
        yield from (f"{text}a", f"a{text}", f"{text}1", text.upper(), text.lower())
        yield from (text.title(), text.swapcase(), f"{text} {text}")


def _suggested(test: Texts) -> Iterator[str]:
    match test:
        case OneOf(words):
            yield from sorted(words)[:20]
        case Matching():
            yield _instance(test)
        case Ordered(_, limit):
            yield from (limit, f"{limit}a", limit[:-1], f"{limit[:-1]}a", f"b{limit}")
        case Sized(sizes):
            yield from _of_sizes(sizes)
        case Viewed(view, keys):
            for each in keys:
                yield from spellings(view, each)
        case Changed(_, result):
            yield from _suggested(result)
        case Kept():
            yield from ("value", "VALUE", "Value")
        case Every() | Either() | Without():
            for inner in simple_tests(test):
                yield from _suggested(inner)
        case _:
            assert_never(test)


def _of_sizes(sizes: ranges.Ranges) -> Iterator[str]:
    for each in sizes:
        for bound in (each.low, each.high):
            if isinstance(bound, int | float) and 0 <= bound <= MAX_SIZE:
                for size in (int(bound), int(bound) + 1, int(bound) - 1):
                    yield ("value" * (size // 5 + 1))[: max(size, 0)]


def _instance(test: Matching) -> str:
    """Return a short text that the glob matches, if it matches any."""
    if test.glob.kind in {GlobKind.MALFORMED, GlobKind.NEVER}:
        return ""
    items = list(pattern_items(test.glob))
    is_plain = all(item is None or isinstance(item, str) for item in items)
    characters = [] if is_plain else characters_of([test])
    instance = ""
    for item in items:
        if isinstance(item, str):
            instance += item
        elif item is not None:
            instance += next(
                (each for each in characters if token_fits(item, each)), ""
            )
    return instance


# --- the search -------------------------------------------------------------------

_Verdict: TypeAlias = bool | None
"""Whether a test holds, or None where that is open."""


def _search(texts: Texts, effort: Effort) -> str | Nothing:
    """Search cell by cell of what texts may be read as."""
    if effort.steps <= 0:
        return Nothing(is_proved=False)
    views = _views(texts)
    cells = [_cells(view, tests) for view, tests in views.items()]
    if prod(map(len, cells)) > _MAX_CELLS:
        return Nothing(is_proved=False)
    is_proved = True
    steps = min(MAX_STEPS, effort.steps)
    for each in product(*cells):
        cell = dict(zip(views, each, strict=True))
        left = _within(texts, cell)
        if left == NO_TEXT:
            continue
        search = _search_of(texts, left, cell, steps)
        if isinstance(search, str):
            return search
        found = search.run()
        effort.steps -= steps - search.steps_left
        if isinstance(found, str):
            return found
        is_proved = is_proved and found.is_proved
        steps = search.steps_left
    return Nothing(is_proved)


def _views(texts: Texts) -> dict[View, list[Viewed]]:
    views: dict[View, list[Viewed]] = {}
    for test in dict.fromkeys(simple_tests(texts)):
        if isinstance(test, Viewed):
            views.setdefault(test.view, []).append(test)
    return views


def _cells(view: View, tests: Sequence[Viewed]) -> list[Range | None]:
    """Return what a text may be: unreadable, or in a range none of *tests* parts."""
    parts = ranges.cells(test.keys for test in tests)
    return [None, *(each for each in parts if is_inhabited(view, each))]


def _search_of(
    texts: Texts, left: Texts, cell: Mapping[View, Range | None], steps: int
) -> str | Search:
    """Return a text in the cell that its views suggest, or what searches for one.

    *left*: what *texts* comes to in the cell.
    """
    read = {view: keys for view, keys in cell.items() if keys is not None}
    for view, keys in read.items():
        for text in spellings(view, keys):
            if holds(texts, text):
                return text
        left = text_sets.meet(left, shape_of(view))
    return Search(left, texts, steps)


def _within(texts: Texts, cell: Mapping[View, Range | None]) -> Texts:
    """Return the set as it is for texts in the cell, views settled."""
    match texts:
        case Viewed(view, keys):
            own = cell[view]
            is_in = own is not None and bool(ranges.meet((own,), keys))
            return text_sets.ANY_TEXT if is_in else NO_TEXT
        case Every(parts):
            left: Texts = text_sets.ANY_TEXT
            for part in parts:
                left = _both(left, _within(part, cell))
            return left
        case Either(parts):
            joined: Texts = NO_TEXT
            for part in parts:
                joined = text_sets.join(joined, _within(part, cell))
            return joined
        case Without(part):
            return text_sets.complement(_within(part, cell))
        case _:
            return texts


def _both(left: Texts, right: Texts) -> Texts:
    if text_sets.ANY_TEXT in (left, right):
        return right if left == text_sets.ANY_TEXT else left
    return NO_TEXT if NO_TEXT in (left, right) else text_sets.meet(left, right)


class Search:
    """All machines of *texts*, side by side; what they find has to be in *whole*.

    Attributes:
        steps_left: The steps that the machines may still take.
    """

    def __init__(self, texts: Texts, whole: Texts, steps: int) -> None:
        self.steps_left = steps
        self._texts = texts
        self._whole = whole
        self._tests = list(dict.fromkeys(simple_tests(texts)))
        self._machines = [machine_of(test) for test in self._tests]

    def run(self) -> str | Nothing:
        """Return the shortest text, or whether there is none."""
        alphabet = characters_of(self._tests)
        start = tuple(each and each.start for each in self._machines)
        seen = {start}
        pending = deque([(start, "")])
        is_proved = True
        while pending:
            states, text = pending.popleft()
            if self._decide(states, is_end=True) is not False:
                if holds(self._whole, text):
                    return text
                is_proved = False
            self.steps_left -= len(alphabet) * len(self._machines)
            if self.steps_left < 0:
                return Nothing(is_proved=False)
            for character in alphabet:
                after = self._step(states, character)
                if after in seen or self._decide(after, is_end=False) is False:
                    continue
                seen.add(after)
                pending.append((after, text + character))
        return Nothing(is_proved)

    def _step(self, states: tuple[object, ...], character: str) -> tuple[object, ...]:
        return tuple(
            [
                machine and machine.step(state, character)
                for machine, state in zip(self._machines, states, strict=True)
            ]
        )

    def _decide(self, states: tuple[object, ...], *, is_end: bool) -> _Verdict:
        """Return whether the text so far is in the set; if not the end, all longer."""
        verdicts = {
            test: _verdict(machine, state, is_end=is_end)
            for test, machine, state in zip(
                self._tests, self._machines, states, strict=True
            )
        }
        return _value(self._texts, verdicts)


def _verdict(machine: Machine | None, state: object, *, is_end: bool) -> _Verdict:
    if machine is None:
        return None
    return machine.accepts(state) if is_end else machine.settled(state)


def _value(texts: Texts, verdicts: Mapping[Texts, _Verdict]) -> _Verdict:
    """Return what the formula comes to, with three values."""
    match texts:
        case Every(parts):
            values = [_value(part, verdicts) for part in parts]
            return False if False in values else None if None in values else True
        case Either(parts):
            values = [_value(part, verdicts) for part in parts]
            return True if True in values else None if None in values else False
        case Without(part):
            value = _value(part, verdicts)
            return None if value is None else not value
        case _:
            return verdicts[texts]
