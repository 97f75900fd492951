"""The worst that one trigger can be asked, and whether its time grows no faster.

Usage: ``python -m benchmarks.bench_worst [--quick] [--json]``

Each case is measured at a size and at twice that. What is linear takes twice as long.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter_ns
from typing import TYPE_CHECKING, Any

from benchmarks.bench_trigger import to_closures, to_generated
from benchmarks.harness import QUICK_ROUNDS, Timing, measure
from benchmarks.parts import ABSENT, Part, main, part, quantity, target

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.hand_triggers import Event

CALLS = 5
"""Calls in a row, of which the quickest counts."""

LINEAR = 3.0
"""How many times as long twice the size may take: 2, and some room for caches."""


_FIRST_LETTER = ord("一")
"""Of Chinese, which has more letters than a trigger has terms."""


@dataclass(frozen=True, slots=True)
class Case:
    """A bad case of any size.

    Attributes:
        name: What is bad about it.
        size: How bad it is measured; twice that is measured too.
        text: Returns the trigger of a size.
        event: Returns the event of a size, which does not match.
    """

    name: str
    size: int
    text: Callable[[int], str]
    event: Callable[[int], Event]

    @property
    def is_long(self) -> bool:
        """Whether the text grows with the size."""
        return self.text(1) != self.text(2)


def _any_of(parts: Iterator[str]) -> str:
    return " or ".join(parts)


def _fields(size: int) -> str:
    return _any_of(f"properties.field{each} = {each}" for each in range(size))


def _names(size: int) -> str:
    """Return as many terms as a text may have: each is one letter."""
    return _any_of(chr(_FIRST_LETTER + each) for each in range(size))


def _nested(size: int) -> str:
    return "!(" * size + 'type = "track"' + ")" * size


def _listed(size: int) -> str:
    return f"userId in [{', '.join(str(each) for each in range(size))}]"


def _globs(size: int) -> str:
    return _any_of(f'match(userId, "*a{each}*b{each}*")' for each in range(size))


def _items(size: int) -> Event:
    item = {"sku": "mug-03", "name": "Stoneware Mug", "price": 14.25}
    return {"properties": {"products": [dict(item) for _ in range(size)]}}


def _text(size: int) -> Event:
    return {"userId": "a" * size}


CASES = (
    Case("terms of an `or`, 10,000 at twice", 5_000, _names, lambda _: {}),
    Case("`or` of other fields", 600, _fields, lambda _: {"properties": {}}),
    Case("`!(` inside one another", 64, _nested, lambda _: {"type": "page"}),
    Case("elements of a list", 5_000, _listed, lambda _: {"userId": -1}),
    Case("globs on one text", 300, _globs, lambda _: _text(1_000)),
    Case(
        "elements of an event, 1 MB at twice",
        8_000,
        lambda _: "any(properties.products, item.price > 100)",
        _items,
    ),
    Case(
        "characters under a glob of many stars, 1 MB at twice",
        500_000,
        lambda _: 'match(userId, "*a*a*a*a*b*")',
        _text,
    ),
    Case(
        "characters in lower case, 1 MB at twice",
        500_000,
        lambda _: 'contains(lowercase(userId), "b")',
        _text,
    ),
)

BACK_ENDS: dict[str, Callable[[str], Callable[[Any], bool]]] = {
    "closures": to_closures,
    "generated": to_generated,
}


def compare(case: Case, rounds: int) -> dict[str, Timing]:
    """Return the times of compiling and of answering, at the size and at twice that.

    Raises:
        AssertionError: The back ends do not agree.
    """
    runs: dict[str, Callable[[], object]] = {}
    for times in (1, 2):
        text, event = case.text(times * case.size), case.event(times * case.size)
        tests = {name: build(text) for name, build in BACK_ENDS.items()}
        if len({test(event) for test in tests.values()}) != 1:
            raise AssertionError(f"the back ends disagree: {case.name}")
        runs[f"compile {times}"] = _compiling(text)
        for name, test in tests.items():
            runs[f"{name} {times}"] = _asking(test, event)
    return measure(runs, items=1, rounds=rounds)


def _compiling(text: str) -> Callable[[], object]:
    return lambda: to_generated(text)


def _asking(test: Callable[[Any], bool], event: Event) -> Callable[[], int]:
    """Return a run that gives the time of the quickest of some calls in a row.

    What was done in between has emptied the caches, more or less of them; it is the
    growth of the work that is asked for.
    """

    def run() -> int:
        taken: list[int] = []
        for _ in range(CALLS):
            start = perf_counter_ns()
            test(event)
            taken.append(perf_counter_ns() - start)
        return min(taken)

    return run


def _row(case: Case, timings: dict[str, Timing]) -> list[str]:
    growth = quantity(_growth(timings, "compile")) if case.is_long else ABSENT
    return [
        case.name,
        f"{case.size:,}",
        quantity(timings["compile 1"].nanoseconds / 1e6),
        growth,
        quantity(timings["closures 1"].nanoseconds / 1e3),
        quantity(timings["generated 1"].nanoseconds / 1e3),
        quantity(_growth(timings, "generated")),
    ]


def _growth(timings: dict[str, Timing], name: str) -> float:
    """Return how many times as long twice the size takes."""
    return timings[f"{name} 2"].least / timings[f"{name} 1"].least


def parts(*, is_quick: bool) -> Iterator[Part]:
    """Measure all cases."""
    rounds = 2 if is_quick else QUICK_ROUNDS
    found = {case.name: compare(case, rounds) for case in CASES}
    rows = [_row(case, found[case.name]) for case in CASES]
    compiling = max(
        _growth(found[case.name], "compile") for case in CASES if case.is_long
    )
    asking = max(_growth(timings, "generated") for timings in found.values())
    columns = ["what there is much of", "how much", "compile ms", "at twice"]
    columns += ["closures µs", "generated µs", "at twice"]
    targets = [
        target("compiling at twice the size, worst", compiling, LINEAR),
        target("answering at twice the size, worst", asking, LINEAR),
    ]
    notes = ["*At twice* is how many times as long twice the size takes."]
    yield part("The worst of one trigger", columns, rows, targets, notes=notes)


if __name__ == "__main__":
    main(parts, __doc__)
