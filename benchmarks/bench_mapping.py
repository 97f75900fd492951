"""Payloads against Python that is written by hand.

Usage: ``python -m benchmarks.bench_mapping [--quick] [--json]``

Five mappings of 13 to 30 fields over 1,000 events of 1.4 KB. For each: the time of one
payload, and the ratio to the hand-written function in the same round. Then what
compiling takes. All payloads are compared, with the order of their keys, before
anything is timed.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import fql
from benchmarks.bench_trigger import read_events
from benchmarks.hand_mappings import MAPPINGS
from benchmarks.harness import (
    QUICK_ROUNDS,
    ROUNDS,
    Timing,
    geometric_mean,
    measure,
    over,
)
from benchmarks.parts import STAGE_COLUMNS, Part, main, part, stage_row, target
from fql.compiler.check import check_value
from fql.compiler.closures import compile_value
from fql.compiler.lower import lower_value
from fql.compiler.payload import compile_mapping_text
from fql.compiler.pysource import compile_value_source
from fql.compiler.warm import PAYLOAD_CALLS
from fql.grammar import languages
from fql.grammar.automaton import make_table
from fql.grammar.parse import parse_mapping
from fql.grammar.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from benchmarks.hand_triggers import Event
    from fql.compiler.ir import Ir
    from fql.grammar.nodes import Expr
    from fql.grammar.parse import Parsed

GENERATED_MEAN = 1.0
COMPILE_WIDE = 1_500.0

WIDE = "profile"
"""The mapping of thirty fields."""

TEXT_TO_MAPPING = "text to a mapping"


def lowered(text: str) -> Ir:
    """Return what the back ends get of a mapping."""
    return lowered_tree(parse_mapping(Source(text)))


def lowered_tree(parsed: Parsed[Expr]) -> Ir:
    """Return what the back ends get of a tree."""
    checked = check_value(parsed)
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


def compare(rounds: int) -> dict[str, dict[str, Timing]]:
    """Return the times of each contender, by the name of the mapping."""
    sample = read_events()
    found = {}
    for name in MAPPINGS:
        builders = contenders(name, sample)
        runs = {each: over(build, sample) for each, build in builders.items()}
        found[name] = measure(runs, items=len(sample), rounds=rounds)
    return found


def by_mapping(rounds: int) -> Part:
    """Return the part that has a row for each mapping."""
    timings = compare(rounds)
    generated = [each["generated"].ratio for each in timings.values()]
    return part(
        "Five mappings",
        ["mapping", "ns by hand", "generated / hand", "closures / hand"],
        [_row(name, each) for name, each in timings.items()],
        [target("generated / hand, mean", geometric_mean(generated), GENERATED_MEAN)],
        notes=["Times are of one payload; means of ratios are geometric."],
    )


def _row(name: str, timings: Mapping[str, Timing]) -> list[str]:
    hand = timings["hand"]
    ratios = [
        f"{timings[each].ratio:.2f} ±{timings[each].spread:.0%}"
        for each in ("generated", "closures")
    ]
    return [name, f"{hand.nanoseconds:,.0f} ±{hand.spread:.0%}", *ratios]


def time_compiling(rounds: int) -> dict[str, Timing]:
    """Return what the widest mapping takes, stage by stage and as a whole."""
    text = MAPPINGS[WIDE][0]
    parsed = parse_mapping(Source(text))
    checked = check_value(parsed)
    node = lower_value(checked.root, checked.types)
    stages: dict[str, Callable[[Any], object]] = {
        "text to tree": lambda _: parse_mapping(Source(text)),
        "check": lambda _: check_value(parsed),
        "check, tree to IR": lambda _: lowered_tree(parsed),
        "IR to closures": lambda _: compile_value(node),
        "IR to generated": lambda _: compile_value_source(node, WIDE),
        TEXT_TO_MAPPING: lambda _: compile_mapping_text(text),
        "text to generated": lambda _: compile_value_source(lowered(text), WIDE),
        "fql.compile_mapping, same text": lambda _: fql.compile_mapping(text),
    }
    runs = {name: over(stage, [None]) for name, stage in stages.items()}
    return measure(runs, items=1, rounds=8 * rounds, is_collecting=True)


def make_tables() -> None:
    """Make what reading mappings needs, as the first text of a process does."""
    interactive = languages.parser.__wrapped__("mapping").parse_interactive("")
    make_table(interactive.parser_state.parse_conf)


def compiling(rounds: int) -> Part:
    """Return the part that says what compiling takes."""
    timings = time_compiling(rounds)
    tables = measure({"Lark's tables, once": make_tables}, items=1, rounds=5)
    rows = [stage_row(stage, each) for stage, each in (timings | tables).items()]
    taken = timings[TEXT_TO_MAPPING].least / 1_000
    parsing = timings["text to tree"].least / timings["text to generated"].least
    notes = [
        "A mapping begins with closures, so that is all that its text is compiled to;"
        f" its code is generated at call {PAYLOAD_CALLS}.",
        f"Reading the text, which Lark's tables drive, is {parsing:.0%} of the way to"
        " generated code. The first text of a process makes the tables.",
        "The least counts: Python collects garbage as usual meanwhile.",
    ]
    return part(
        "Compiling a mapping of 30 fields",
        STAGE_COLUMNS,
        rows,
        [target(TEXT_TO_MAPPING, taken, COMPILE_WIDE, "µs")],
        notes=notes,
    )


def parts(*, is_quick: bool) -> Iterator[Part]:
    """Measure mappings, and compiling one."""
    rounds = QUICK_ROUNDS if is_quick else ROUNDS
    yield by_mapping(rounds)
    yield compiling(rounds)


if __name__ == "__main__":
    main(parts, __doc__)
