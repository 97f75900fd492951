"""One trigger: fql, Python that is written by hand, and other engines.

Usage: ``python -m benchmarks.bench_trigger [--quick] [--json]``

Twelve triggers over 1,000 events of 1.4 KB. Everybody is compared with the hand-written
function in the same round. Then what compiling takes. All answers are compared before
anything is timed.
"""

from __future__ import annotations

import json
from itertools import islice
from typing import TYPE_CHECKING, Any

import fql
from benchmarks.compare_peers import Measured, compare_peers
from benchmarks.hand_triggers import TRIGGERS, Event
from benchmarks.harness import (
    QUICK_ROUNDS,
    ROUNDS,
    Timing,
    geometric_mean,
    measure,
    over,
)
from benchmarks.make_events import events
from benchmarks.parts import STAGE_COLUMNS, Part, main, part, stage_row, target
from fql.compiler.check import check_condition
from fql.compiler.closures import compile_condition
from fql.compiler.lower import lower_condition
from fql.compiler.pysource import compile_condition_source
from fql.grammar.parse import parse_expression
from fql.grammar.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from fql.compiler.ir import Ir

EVENTS = 1_000
SEED = 1

GENERATED_MEAN = 0.92
GENERATED_WORST = 1.10
CLOSURES_MEAN = 1.6
COMPILING = {"text to closures": 250.0, "text to generated": 450.0}

THREE_CONDITIONS = next(iter(TRIGGERS))

HAND = "hand-written"
EMPTY = "an empty function"
OWN = ("generated", "trigger(event)", "closures")


def read_events() -> list[Event]:
    """Return the events, as a JSON reader makes them."""
    made = islice(events(SEED, is_short=False), EVENTS)
    return [json.loads(json.dumps(event)) for event in made]


def lowered(text: str) -> Ir:
    """Return what the back ends get of a trigger."""
    checked = check_condition(parse_expression(Source(text)))
    return lower_condition(checked.root, checked.types)


def to_closures(text: str) -> Callable[[Any], bool]:
    """Compile a text, nothing remembered, to closures."""
    return compile_condition(lowered(text))


def to_generated(text: str) -> Callable[[Any], bool]:
    """Compile a text, nothing remembered, to generated Python."""
    return compile_condition_source(lowered(text), text)


def _empty(_: Event) -> bool:
    return False


def contenders(text: str, sample: list[Event]) -> dict[str, Callable[[Any], bool]]:
    """Return the functions that answer as *text*, the hand-written one first.

    Raises:
        AssertionError: They do not agree on *sample*.
    """
    found: dict[str, Callable[[Any], bool]] = {
        HAND: TRIGGERS[text],
        "generated": to_generated(text),
        "trigger(event)": fql.compile(text),
        "closures": to_closures(text),
    }
    wanted = [*map(TRIGGERS[text], sample)]
    for name, test in found.items():
        if [*map(test, sample)] != wanted:
            raise AssertionError(f"{name} answers otherwise: {text}")
    return {**found, EMPTY: _empty}


# --- fql itself ---------------------------------------------------------------------


def compare(sample: list[Event], rounds: int) -> dict[str, dict[str, Timing]]:
    """Return the times of each contender, by the text of the trigger."""
    found = {}
    for text in TRIGGERS:
        tests = contenders(text, sample)
        runs = {name: over(test, sample) for name, test in tests.items()}
        found[text] = measure(runs, items=len(sample), rounds=rounds)
    return found


def by_trigger(
    timings: Mapping[str, Mapping[str, Timing]], sample: list[Event]
) -> Part:
    """Return the part that has a row for each trigger."""
    ratios = [f"{name} / hand" for name in (*OWN, EMPTY)]
    columns = ["trigger", "ns by hand", *ratios, "matches"]
    rows = [_trigger_row(text, timings[text], sample) for text in timings]
    generated = _ratios(timings, "generated")
    closures = _ratios(timings, "closures")
    targets = [
        target("generated / hand, mean", geometric_mean(generated), GENERATED_MEAN),
        target("generated / hand, worst", max(generated), GENERATED_WORST),
        target("closures / hand, mean", geometric_mean(closures), CLOSURES_MEAN),
    ]
    notes = [
        "Times are of one event: the median of the rounds, ± the spread of their"
        " middle half. Means of ratios are geometric.",
        "`trigger(event)` is what embedders call, with what it costs to get through"
        " the object to the function behind it.",
    ]
    return part("Twelve triggers", columns, rows, targets, notes=notes)


def _trigger_row(
    text: str, timings: Mapping[str, Timing], sample: list[Event]
) -> list[str]:
    hand = timings[HAND]
    matching = sum(map(TRIGGERS[text], sample)) / len(sample)
    ratios = [
        f"{timings[name].ratio:.2f} ±{timings[name].spread:.0%}"
        for name in (*OWN, EMPTY)
    ]
    by_hand = f"{hand.nanoseconds:.0f} ±{hand.spread:.0%}"
    return [f"`{text}`", by_hand, *ratios, f"{matching:.1%}"]


def _ratios(timings: Mapping[str, Mapping[str, Timing]], name: str) -> list[float]:
    return [each[name].ratio for each in timings.values()]


def own_timings(timings: Mapping[str, Mapping[str, Timing]]) -> dict[str, Measured]:
    """Return the times of each contender, by the names of the triggers."""
    shown = {EMPTY: EMPTY, HAND: HAND, **{name: f"fql, {name}" for name in OWN}}
    return {
        title: {TRIGGERS[text].__name__: each[name] for text, each in timings.items()}
        for name, title in shown.items()
    }


# --- compiling ----------------------------------------------------------------------


def time_compiling(rounds: int) -> dict[str, Timing]:
    """Return what a text of three conditions takes to each stage."""
    repeats = 2  # so short that now and then nothing else runs meanwhile
    stages: dict[str, Callable[[str], object]] = {
        "text to tree": lambda text: parse_expression(Source(text)),
        "text to IR": lowered,
        "text to closures": to_closures,
        "text to generated": to_generated,
        "fql.compile, same text": fql.compile,
    }
    runs = {
        name: over(stage, [THREE_CONDITIONS] * repeats)
        for name, stage in stages.items()
    }
    return measure(runs, items=repeats, rounds=8 * rounds, is_collecting=True)


def compiling(rounds: int) -> Part:
    """Return the part that says what compiling takes."""
    timings = time_compiling(rounds)
    rows = [stage_row(stage, timing) for stage, timing in timings.items()]
    targets = [
        target(stage, timings[stage].least / 1_000, limit, "µs")
        for stage, limit in COMPILING.items()
    ]
    parsing = timings["text to tree"].least / timings["text to closures"].least
    notes = [
        "Nothing is remembered from one compilation to the next but in the last row.",
        f"Reading the text, which Lark's tables drive, is {parsing:.0%} of what"
        " closures take.",
        "The least counts for the targets: Python collects garbage as usual meanwhile.",
    ]
    title = "Compiling a trigger of three conditions"
    return part(title, STAGE_COLUMNS, rows, targets, notes=notes)


# --- all ----------------------------------------------------------------------------


def parts(*, is_quick: bool) -> Iterator[Part]:
    """Measure one trigger: by trigger, against other engines, and compiling."""
    rounds = QUICK_ROUNDS if is_quick else ROUNDS
    sample = read_events()
    timings = compare(sample, rounds)
    yield by_trigger(timings, sample)
    yield from compare_peers(sample, own_timings(timings), is_quick=is_quick)
    yield compiling(rounds)


if __name__ == "__main__":
    main(parts, __doc__)
