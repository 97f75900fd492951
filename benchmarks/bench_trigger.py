"""One trigger against Python that is written by hand.

Usage: ``python -m benchmarks.bench_trigger [--quick]``

Twelve triggers over 1,000 events of 1.4 KB. For each: the time of one event, and the
ratio to the hand-written function in the same round. Then what compiling takes. All
answers are compared before anything is timed.
"""

from __future__ import annotations

import argparse
import json
from itertools import islice
from typing import TYPE_CHECKING, Any

from benchmarks.hand_triggers import TRIGGERS, Event
from benchmarks.harness import (
    ROUNDS,
    Timing,
    geometric_mean,
    machine,
    measure,
    over,
    verdict,
)
from benchmarks.make_events import events
from fql.compiler.check import check_condition
from fql.compiler.closures import compile_condition
from fql.compiler.lower import lower_condition
from fql.compiler.pysource import compile_condition_source
from fql.grammar.parse import parse_expression
from fql.grammar.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable

    from fql.compiler.ir import Ir

EVENTS = 1_000
SEED = 1

GENERATED_MEAN = 0.92
GENERATED_WORST = 1.10
CLOSURES_MEAN = 1.6
COMPILING = {"text to closures": 250.0, "text to generated": 450.0}

THREE_CONDITIONS = next(iter(TRIGGERS))


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


def contenders(text: str, sample: list[Event]) -> dict[str, Callable[[Any], bool]]:
    """Return the functions that answer as *text*, the hand-written one first.

    Raises:
        AssertionError: They do not agree on *sample*.
    """
    found = {
        "hand": TRIGGERS[text],
        "generated": to_generated(text),
        "closures": to_closures(text),
    }
    answers = {name: [*map(test, sample)] for name, test in found.items()}
    for name, given in answers.items():
        if given != answers["hand"]:
            raise AssertionError(f"{name} answers otherwise: {text}")
    return found


def compare(rounds: int) -> dict[str, list[float]]:
    """Print a line a trigger; return the ratios of each contender."""
    sample = read_events()
    ratios: dict[str, list[float]] = {"generated": [], "closures": []}
    print(f"{'ns an event':>12}{'generated':>18}{'closures':>18}   matches  trigger")
    for text in TRIGGERS:
        tests = contenders(text, sample)
        matching = sum(map(tests["hand"], sample))
        runs = {name: over(test, sample) for name, test in tests.items()}
        timings = measure(runs, items=len(sample), rounds=rounds)
        for name, found in ratios.items():
            found.append(timings[name].ratio)
        columns = "".join([_column(timings[name]) for name in ratios])
        hand = f"{timings['hand'].nanoseconds:>12.0f}"
        print(f"{hand}{columns}   {matching / len(sample):>6.1%}   {text}")
    return ratios


def _column(timing: Timing) -> str:
    return f"{timing.nanoseconds:>6.0f} ±{timing.spread:>3.0%} {timing.ratio:>5.2f}x"


def time_compiling(rounds: int) -> dict[str, float]:
    """Return the microseconds from a text of three conditions to each stage."""
    repeats = 2  # so short that now and then nothing else runs meanwhile
    stages: dict[str, Callable[[str], object]] = {
        "text to tree": lambda text: parse_expression(Source(text)),
        "text to IR": lowered,
        "text to closures": to_closures,
        "text to generated": to_generated,
    }
    runs = {
        name: over(stage, [THREE_CONDITIONS] * repeats)
        for name, stage in stages.items()
    }
    timings = measure(runs, items=repeats, rounds=8 * rounds, is_collecting=True)
    return {name: timing.least / 1_000 for name, timing in timings.items()}


def main() -> None:
    """Print the table, and which targets are met."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="few rounds")
    rounds = 7 if parser.parse_args().quick else ROUNDS
    print(f"{machine()}; medians of {rounds} rounds, ± middle half")
    ratios = compare(rounds)
    taken = time_compiling(rounds)
    generated, closures = ratios["generated"], ratios["closures"]
    print()
    for stage, microseconds in taken.items():
        print(f"{stage:<20} {microseconds:>7.0f} us, three conditions, the least")
    print(verdict("generated / hand, mean", geometric_mean(generated), GENERATED_MEAN))
    print(verdict("generated / hand, worst", max(generated), GENERATED_WORST))
    print(verdict("closures / hand, mean", geometric_mean(closures), CLOSURES_MEAN))
    for stage, target in COMPILING.items():
        print(verdict(stage, taken[stage], target, " us"))


if __name__ == "__main__":
    main()
