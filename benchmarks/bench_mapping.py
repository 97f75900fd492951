"""Payloads against Python that is written by hand.

Usage: ``python -m benchmarks.bench_mapping [--quick]``

Five mappings of 13 to 30 fields over 1,000 events of 1.4 KB. For each: the time of one
payload, and the ratio to the hand-written function in the same round. Then what
compiling takes. All payloads are compared, with the order of their keys, before
anything is timed.
"""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

from benchmarks.bench_trigger import read_events
from benchmarks.hand_mappings import MAPPINGS
from benchmarks.harness import (
    ROUNDS,
    Timing,
    geometric_mean,
    machine,
    measure,
    over,
    verdict,
)
from fql.compiler.check import check_value
from fql.compiler.closures import compile_value
from fql.compiler.lower import lower_value
from fql.compiler.pysource import compile_value_source
from fql.grammar.parse import parse_mapping
from fql.grammar.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.hand_triggers import Event
    from fql.compiler.ir import Ir

GENERATED_MEAN = 1.0
COMPILE_WIDE = 1_500.0

WIDE = "profile"
"""The mapping of thirty fields."""


def lowered(text: str) -> Ir:
    """Return what the back ends get of a mapping."""
    checked = check_value(parse_mapping(Source(text)))
    return lower_value(checked.root, checked.types)


def contenders(name: str, sample: list[Event]) -> dict[str, Callable[[Any], object]]:
    """Return the functions that build a payload, the hand-written one first.

    Raises:
        AssertionError: They do not agree on *sample*.
    """
    text, hand = MAPPINGS[name]
    node = lowered(text)
    found: dict[str, Callable[[Any], object]] = {
        "hand": hand,
        "generated": compile_value_source(node, name),
        "closures": compile_value(node),
    }
    for event in sample:
        wanted = json.dumps(hand(event))
        for builder, build in found.items():
            if json.dumps(build(event)) != wanted:
                raise AssertionError(f"{builder} builds another {name}: {event}")
    return found


def compare(rounds: int) -> dict[str, list[float]]:
    """Print a line a mapping; return the ratios of each contender."""
    sample = read_events()
    ratios: dict[str, list[float]] = {"generated": [], "closures": []}
    print(f"{'ns a payload':>12}{'generated':>19}{'closures':>19}   mapping")
    for name in MAPPINGS:
        builders = contenders(name, sample)
        runs = {each: over(build, sample) for each, build in builders.items()}
        timings = measure(runs, items=len(sample), rounds=rounds)
        for each, found in ratios.items():
            found.append(timings[each].ratio)
        columns = "".join([_column(timings[each]) for each in ratios])
        print(f"{timings['hand'].nanoseconds:>12.0f}{columns}   {name}")
    return ratios


def _column(timing: Timing) -> str:
    return f"{timing.nanoseconds:>7.0f} ±{timing.spread:>3.0%} {timing.ratio:>5.2f}x"


def time_compiling(rounds: int) -> dict[str, float]:
    """Return the microseconds that the widest mapping takes, stage by stage."""
    text = MAPPINGS[WIDE][0]
    node = lowered(text)
    stages: dict[str, Callable[[Any], object]] = {
        "text to tree": lambda _: parse_mapping(Source(text)),
        "text to IR": lambda _: lowered(text),
        "IR to generated": lambda _: compile_value_source(node, WIDE),
        "IR to closures": lambda _: compile_value(node),
    }
    runs = {name: over(stage, [None]) for name, stage in stages.items()}
    timings = measure(runs, items=1, rounds=8 * rounds, is_collecting=True)
    return {name: timing.least / 1_000 for name, timing in timings.items()}


def main() -> None:
    """Print the table, and which targets are met."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="few rounds")
    rounds = 7 if parser.parse_args().quick else ROUNDS
    print(f"{machine()}; medians of {rounds} rounds, ± middle half")
    ratios = compare(rounds)
    taken = time_compiling(rounds)
    print()
    for stage, microseconds in taken.items():
        print(f"{stage:<20} {microseconds:>7.0f} us, 30 fields, the least")
    mean = geometric_mean(ratios["generated"])
    print(verdict("generated / hand, mean", mean, GENERATED_MEAN))
    compiling = taken["IR to generated"]
    print(verdict("compile 30 fields", compiling, COMPILE_WIDE, " us"))


if __name__ == "__main__":
    main()
