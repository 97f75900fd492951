"""Many triggers against one event: a rule set, a loop, and a loop behind a hash.

Usage: ``python -m benchmarks.bench_ruleset [--quick]``

Three lanes: rules of which nine in ten name a type and an action, rules without any
equality, and the twelve triggers of ``bench_trigger``. Then what building takes, in
time and memory, and the worst cases. The loop calls the generated function of every
trigger; the hash finds lists of them by type and action. All answers are compared
before anything is timed.
"""

from __future__ import annotations

import argparse
import gc
import tracemalloc
from time import perf_counter
from typing import TYPE_CHECKING, Any

import fql
from benchmarks.bench_trigger import read_events
from benchmarks.hand_triggers import TRIGGERS
from benchmarks.harness import machine, measure, over, verdict
from benchmarks.make_rules import (
    Event,
    make_events,
    make_rules,
    make_rules_without_equality,
)
from fql.compiler import ir
from fql.compiler.pysource import compile_condition_source

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fql.compiler.ir import Ir

    Test = Callable[[Event], bool]
    Match = Callable[[Event], list[str]]

LOOP = {1_000: 13.0, 10_000: 85.0, 100_000: 350.0}
HASH = {1_000: 2.5, 10_000: 10.0, 100_000: 50.0}
NOEQ = {1_000: 8.0, 10_000: 16.0}
TWELVE = 0.75
FIRST_MATCH_SECONDS = 2.0
MEMORY_MIB = 60.0

_EVENTS = {1_000: 200, 10_000: 40, 100_000: 8}
_MIB = 2**20


# --- contenders -------------------------------------------------------------------


def loop_of(triggers: Mapping[str, fql.Trigger]) -> Match:
    """Return the naive loop over the generated functions."""
    tests = generated(triggers)

    def match(event: Event) -> list[str]:
        return [name for name, test in tests.items() if test(event)]

    return match


def hash_of(triggers: Mapping[str, fql.Trigger]) -> Match:
    """Return the loop over the triggers that a hash of type and action leaves."""
    tests = generated(triggers)
    always: dict[str, Test] = {}
    found: dict[tuple[Any, Any], dict[str, Test]] = {}
    order = {name: number for number, name in enumerate(triggers)}
    for name, trigger in triggers.items():
        head = _head(trigger.node)
        place = always if head is None else found.setdefault(head, {})
        place[name] = tests[name]

    def match(event: Event) -> list[str]:
        kind, action = event.get("type"), event.get("event")
        places = (found.get((kind, action), {}), found.get((kind, None), {}), always)
        if action is None:
            places = places[1:]
        names = [
            name for tests in places for name, test in tests.items() if test(event)
        ]
        return sorted(names, key=order.__getitem__)

    return match


def _head(node: Ir) -> tuple[Any, Any] | None:
    """Return the type and the action that a conjunction asks for, if it does."""
    asked: dict[str, Any] = {}
    for term in node.terms if isinstance(node, ir.And) else (node,):
        match term:
            case ir.Equal(ir.Load(0, (("type" | "event") as key,)), ir.Constant(value)):
                asked[key] = value
            case _:
                pass
    return (asked["type"], asked.get("event")) if "type" in asked else None


def generated(triggers: Mapping[str, fql.Trigger]) -> dict[str, Test]:
    """Return the generated function of each trigger."""
    return {
        name: compile_condition_source(trigger.node, "rule")  # type: ignore[misc]
        for name, trigger in triggers.items()
    }


def compiled(texts: Mapping[str, str]) -> dict[str, fql.Trigger]:
    """Return the triggers of *texts*."""
    return {name: fql.compile(text) for name, text in texts.items()}


def agree(contenders: Mapping[str, Match], sample: list[Event]) -> None:
    """Compare all answers.

    Raises:
        AssertionError: Some differ.
    """
    answers = {name: [*map(match, sample)] for name, match in contenders.items()}
    first = next(iter(answers.values()))
    for name, given in answers.items():
        if given != first:
            raise AssertionError(f"{name} answers otherwise")


# --- lanes ------------------------------------------------------------------------


def time_lane(
    title: str, triggers: Mapping[str, fql.Trigger], rounds: int, *, has_hash: bool
) -> dict[str, float]:
    """Print a line a contender; return how many times faster than each the set is."""
    count = len(triggers)
    sample = make_events(_EVENTS[count])
    rules = fql.RuleSet(triggers)
    contenders: dict[str, Match] = {"set": rules.match, "loop": loop_of(triggers)}
    if has_hash:
        contenders["hash"] = hash_of(triggers)
    for _ in range(20):
        agree({"set": rules.match, "again": rules.match}, sample)
    agree(contenders, sample)
    matching = sum([len(rules.match(event)) for event in sample]) / len(sample)
    runs = {name: over(match, sample) for name, match in contenders.items()}
    timings = measure(runs, items=len(sample), rounds=rounds)
    for name, timing in timings.items():
        print(
            f"{title:<10}{count:>8,} rules{matching:>8.1f} match   {name:<6}"
            f"{timing.nanoseconds / 1_000:>10.1f} us ±{timing.spread:>4.0%}"
            f"{timing.ratio:>9.1f}x"
        )
    return {name: timing.ratio for name, timing in timings.items()}


def time_twelve(rounds: int) -> float:
    """Return the time of twelve triggers in a set, in terms of calls by hand."""
    sample = read_events()
    rules = fql.RuleSet({text: fql.compile(text) for text in TRIGGERS})

    def by_hand(event: Event) -> list[str]:
        return [text for text, test in TRIGGERS.items() if test(event)]

    tests = [*TRIGGERS.values()]
    for _ in range(2):
        agree({"hand": by_hand, "set": rules.match}, sample)

    def call_all(event: Event) -> None:
        for test in tests:
            test(event)

    runs = {"hand": over(call_all, sample), "set": over(rules.match, sample)}
    timings = measure(runs, items=len(sample), rounds=rounds)
    for name, timing in timings.items():
        print(
            f"{'twelve':<10}{name:<6}{timing.nanoseconds:>8.0f} ns {timing.ratio:.2f}x"
        )
    return timings["set"].ratio


def time_building(triggers: Mapping[str, fql.Trigger]) -> tuple[float, float]:
    """Return the seconds to the first match, and the MiB that stay."""
    event = make_events(1)[0]
    gc.collect()
    start = perf_counter()
    fql.RuleSet(triggers).match(event)
    seconds = perf_counter() - start
    gc.collect()
    tracemalloc.start()
    rules = fql.RuleSet(triggers)
    rules.match(event)
    gc.collect()
    held, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    print(
        f"building  {len(rules):>8,} rules   {seconds:.2f} s to the first match,"
        f" {held / _MIB:.1f} MiB, {peak / _MIB:.1f} MiB at most"
    )
    return seconds, held / _MIB


# --- worst cases ------------------------------------------------------------------


def worst_cases() -> dict[str, tuple[dict[str, str], list[Event]]]:
    """Return rules and events that look for what is slow."""
    event = make_events(1)[0]
    skus = [f"sku-{number}" for number in range(10_000)]
    either = " or ".join([f'properties.sku = "{sku}"' for sku in skus[:1_900]])
    deep = 'event = "x" or ' * 50 + "(" * 120 + "properties.a = 1" + ")" * 120
    wide = event | {"properties": {f"key-{n}": "v" * 90 for n in range(10_000)}}
    agent = {"context": {"userAgent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/136"}}
    globs = {f"glob-{n}": f'match(context.userAgent, "*w{n}x*")' for n in range(1_000)}
    rows = {f"row-{n}": f'properties.sku = "s-{n}"' for n in range(100_000)}
    return {
        "long or": ({"or": either}, [{"properties": {"sku": skus[1]}}]),
        "deep nesting": ({"deep": deep}, [{"properties": {"a": 1}}]),
        "1,000 globs on one field": (globs, [agent]),
        "1 MB event": (make_rules(1_000), [wide]),
        "all of 1,000 miss": (make_rules(1_000), [{"type": "none"}]),
        "all of 1,000 match": ({str(n): "exists(type)" for n in range(1_000)}, [event]),
        "100,000 literals on one path": (rows, [{"properties": {"sku": "s-77777"}}]),
    }


def time_worst(rounds: int, *, is_quick: bool) -> None:
    """Print how long the worst cases take, against the loop."""
    for title, (texts, sample) in worst_cases().items():
        if is_quick and len(texts) > 10_000:
            continue
        triggers = compiled(texts)
        rules = fql.RuleSet(triggers)
        tests = [*triggers.items()]

        def loop(event: Event, tests: list[tuple[str, fql.Trigger]] = tests) -> Any:
            return [name for name, trigger in tests if trigger(event)]

        for _ in range(20):
            agree({"set": rules.match, "loop": rules.match}, sample)
        agree({"set": rules.match, "loop": loop}, sample)
        repeated = sample * 10
        runs = {"set": over(rules.match, repeated), "loop": over(loop, repeated)}
        timings = measure(runs, items=len(repeated), rounds=max(3, rounds // 3))
        print(
            f"{title:<32}set {timings['set'].nanoseconds / 1_000:>9.1f} us"
            f"   triggers one by one {timings['loop'].nanoseconds / 1_000:>11.1f} us"
        )


# --- all --------------------------------------------------------------------------


def times_faster(name: str, value: float, target: float) -> str:
    """Return a line that says whether a target, which is a least, is met."""
    word = "met" if value >= target else "MISSED"
    return f"{name:<52} {value:>8.1f}x  target {target:g}x  {word}"


def time_sizes(rounds: int, sizes: list[int]) -> list[str]:
    """Return the verdicts over the lanes of these sizes."""
    verdicts: list[str] = []
    for count in sizes:
        triggers = compiled(make_rules(count))
        if count == max(LOOP):
            seconds, held = time_building(triggers)
            verdicts += [
                verdict(
                    "100,000 rules to first match", seconds, FIRST_MATCH_SECONDS, " s"
                ),
                verdict("memory of 100,000 rules", held, MEMORY_MIB, " MiB"),
            ]
        ratios = time_lane("heads", triggers, rounds, has_hash=True)
        verdicts.append(
            times_faster(f"set / loop, {count:,}", ratios["loop"], LOOP[count])
        )
        verdicts.append(
            times_faster(f"set / hash, {count:,}", ratios["hash"], HASH[count])
        )
    for count in [size for size in sizes if size in NOEQ]:
        triggers = compiled(make_rules_without_equality(count))
        ratios = time_lane("noeq", triggers, rounds, has_hash=False)
        verdicts.append(
            times_faster(
                f"set / loop without equality, {count:,}", ratios["loop"], NOEQ[count]
            )
        )
    return verdicts


def main() -> None:
    """Print the table, and which targets are met."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="few rounds, few rules")
    is_quick = parser.parse_args().quick
    rounds = 5 if is_quick else 15
    print(f"{machine()}; medians of {rounds} rounds, ± middle half")
    twelve = time_twelve(rounds)
    verdicts = time_sizes(rounds, [1_000] if is_quick else [*LOOP])
    time_worst(rounds, is_quick=is_quick)
    print()
    print(verdict("twelve triggers, set / by hand", twelve, TWELVE))
    print("\n".join(verdicts))


if __name__ == "__main__":
    main()
