"""Many triggers against one event: a rule set, a loop, and a loop behind a hash.

Usage: ``python -m benchmarks.bench_ruleset [--quick] [--json]``

Three lanes: rules of which nine in ten name a type and an action, rules without any
equality, and the twelve triggers of ``bench_trigger``. Then what building takes, in
time and memory, and the worst cases. The loop calls the generated function of every
trigger; the hash finds lists of them by type and action. All answers are compared
before anything is timed.
"""

from __future__ import annotations

import gc
import tracemalloc
from time import perf_counter
from typing import TYPE_CHECKING, Any

import fql
from benchmarks.bench_trigger import read_events
from benchmarks.hand_triggers import TRIGGERS
from benchmarks.harness import Timing, measure, over
from benchmarks.make_rules import (
    Event,
    make_events,
    make_rules,
    make_rules_without_equality,
)
from benchmarks.parts import ABSENT, Part, main, part, quantity, target
from fql.compiler import ir
from fql.compiler.pysource import compile_condition_source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from benchmarks.parts import Target
    from fql.compiler.ir import Ir

    Test = Callable[[Event], bool]
    Match = Callable[[Event], list[str]]

LOOP = {1_000: 13.0, 10_000: 85.0, 100_000: 350.0}
HASH = {1_000: 2.5, 10_000: 10.0, 100_000: 50.0}
NOEQ = {1_000: 8.0, 10_000: 16.0}
TWELVE = 0.75
FIRST_MATCH_SECONDS = 2.0
MEMORY_MIB = 60.0

WHO = ("set", "loop", "hash")
SET = WHO[0]
HEADS, NO_EQUALITY = "type and action", "no equality"

_QUICK = (1_000,)
_EVENTS = {1_000: 200, 10_000: 60, 100_000: 20}

_PASSES = 20
"""How often a set, and the hash, go over the events a round: they are measured at work,
not with caches that a loop over all rules has just emptied."""

_MIB = 2**20


# --- contenders -------------------------------------------------------------------


def loop_of(tests: Mapping[str, Test]) -> Match:
    """Return the naive loop over the generated functions."""

    def match(event: Event) -> list[str]:
        return [name for name, test in tests.items() if test(event)]

    return match


def hash_of(triggers: Mapping[str, fql.Trigger], tests: Mapping[str, Test]) -> Match:
    """Return the loop over the triggers that a hash of type and action leaves."""
    nothing: dict[str, Test] = {}
    always: dict[str, Test] = {}
    found: dict[tuple[Any, Any], dict[str, Test]] = {}
    order = {name: number for number, name in enumerate(triggers)}
    for name, trigger in triggers.items():
        head = _head(trigger.node)
        place = always if head is None else found.setdefault(head, {})
        place[name] = tests[name]

    def match(event: Event) -> list[str]:
        kind, action = event.get("type"), event.get("event")
        of_kind = found.get((kind, None), nothing)
        of_both = nothing if action is None else found.get((kind, action), nothing)
        places = (of_both, of_kind, always)
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
        name: compile_condition_source(trigger.node, "rule")
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
    triggers: Mapping[str, fql.Trigger], rounds: int, *, has_hash: bool
) -> tuple[dict[str, Timing], float]:
    """Return what each contender takes for an event, and how many rules match."""
    sample = make_events(_EVENTS[len(triggers)])
    rules = fql.RuleSet(triggers)
    tests = generated(triggers)
    contenders: dict[str, Match] = {SET: rules.match, "loop": loop_of(tests)}
    if has_hash:
        contenders["hash"] = hash_of(triggers, tests)
    for _ in range(20):
        agree({SET: rules.match, "again": rules.match}, sample)
    agree(contenders, sample)
    matching = sum([len(rules.match(event)) for event in sample]) / len(sample)
    runs = {name: over(match, sample) for name, match in contenders.items()}
    items = dict.fromkeys(runs, len(sample))
    for name in runs.keys() - {"loop"}:
        runs[name] = over(contenders[name], sample * _PASSES)
        items[name] *= _PASSES
    return measure(runs, items=items, rounds=rounds), matching


def lane(
    title: str, triggers: Mapping[str, fql.Trigger], rounds: int
) -> tuple[list[str], list[Target]]:
    """Return a row of a lane, and its targets."""
    has_hash, count = title == HEADS, len(triggers)
    timings, matching = time_lane(triggers, rounds, has_hash=has_hash)
    shown = [_middle(timings[name]) if name in timings else ABSENT for name in WHO]
    ratios = [
        f"{quantity(timings[name].ratio)}x" if name in timings else ABSENT
        for name in WHO[1:]
    ]
    row = [title, f"{count:,}", quantity(matching), *shown, *ratios]
    wanted = {"loop": (LOOP if has_hash else NOEQ)[count]}
    if has_hash:
        wanted["hash"] = HASH[count]
    targets = [
        _times_faster(f"{title}, {count:,}: {name} / set", timings[name].ratio, limit)
        for name, limit in wanted.items()
    ]
    return row, targets


def time_twelve(rounds: int) -> Part:
    """Return what twelve triggers in a set take, and twelve calls by hand."""
    sample = read_events()
    rules = fql.RuleSet({text: fql.compile(text) for text in TRIGGERS})

    def by_hand(event: Event) -> list[str]:
        return [text for text, test in TRIGGERS.items() if test(event)]

    tests = [*TRIGGERS.values()]
    for _ in range(2):
        agree({"hand": by_hand, SET: rules.match}, sample)

    def call_all(event: Event) -> None:
        for test in tests:
            test(event)

    runs = {
        "twelve calls by hand": over(call_all, sample),
        SET: over(rules.match, sample),
    }
    timings = measure(runs, items=len(sample), rounds=rounds)
    rows = [
        [name, _middle(timing), quantity(timing.ratio)]
        for name, timing in timings.items()
    ]
    columns = ["what", "µs an event", "/ hand"]
    targets = [target("set / twelve calls by hand", timings[SET].ratio, TWELVE)]
    return part("Twelve triggers in one set", columns, rows, targets)


def building(triggers: Mapping[str, fql.Trigger]) -> Part:
    """Return what a set takes to its first match, and what stays in memory."""
    count = len(triggers)
    event = make_events(1)[0]
    gc.collect()
    gc.freeze()  # the triggers are not what is measured
    start = perf_counter()
    fql.RuleSet(triggers).match(event)
    seconds = perf_counter() - start
    gc.unfreeze()
    gc.collect()
    tracemalloc.start()
    rules = fql.RuleSet(triggers)
    rules.match(event)
    gc.collect()
    held, peak = (size / _MIB for size in tracemalloc.get_traced_memory())
    tracemalloc.stop()
    rows = [
        ["seconds from compiled triggers to the first match", quantity(seconds)],
        ["MiB that stay, beside the triggers", quantity(held)],
        ["MiB at most meanwhile", quantity(peak)],
    ]
    targets = []
    if count == max(LOOP):
        targets = [
            target("to the first match", seconds, FIRST_MATCH_SECONDS, "s"),
            target("memory", held, MEMORY_MIB, "MiB"),
        ]
    return part(f"Building a set of {count:,} rules", ["what", ""], rows, targets)


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


def time_worst(texts: dict[str, str], sample: list[Event], rounds: int) -> list[str]:
    """Return what a worst case takes, in a set and trigger by trigger."""
    triggers = compiled(texts)
    rules = fql.RuleSet(triggers)
    tests = [*triggers.items()]

    def loop(event: Event) -> list[str]:
        return [name for name, trigger in tests if trigger(event)]

    for _ in range(20):
        agree({SET: rules.match, "again": rules.match}, sample)
    agree({SET: rules.match, "loop": loop}, sample)
    repeated = sample * 10
    runs = {SET: over(rules.match, repeated), "loop": over(loop, repeated)}
    timings = measure(runs, items=len(repeated), rounds=max(3, rounds // 3))
    return [*map(_middle, timings.values()), f"{quantity(timings['loop'].ratio)}x"]


def worst(rounds: int, *, is_quick: bool) -> Part:
    """Return the part of the worst cases."""
    rows = [
        [title, f"{len(texts):,}", *time_worst(texts, sample, rounds)]
        for title, (texts, sample) in worst_cases().items()
        if not is_quick or len(texts) <= max(_QUICK)
    ]
    columns = ["what", "rules", "set µs", "one by one µs", "set is faster"]
    notes = ["*One by one* calls each trigger, as embedders do."]
    return part("The worst of a set", columns, rows, notes=notes)


# --- all --------------------------------------------------------------------------


def _middle(timing: Timing) -> str:
    return f"{quantity(timing.nanoseconds / 1_000)} ±{timing.spread:.0%}"


def _times_faster(name: str, value: float, limit: float) -> Target:
    return target(name, value, limit, is_least=True)


def lanes(rounds: int, by_size: Mapping[int, Mapping[str, fql.Trigger]]) -> Part:
    """Return the part of the lanes of these sizes."""
    asked = [(HEADS, triggers) for triggers in by_size.values()]
    asked += [
        (NO_EQUALITY, compiled(make_rules_without_equality(count)))
        for count in by_size
        if count in NOEQ
    ]
    rows: list[list[str]] = []
    targets: list[Target] = []
    for title, triggers in asked:
        row, wanted = lane(title, triggers, rounds)
        rows.append(row)
        targets += wanted
    columns = ["lane", "rules", "match", "set µs", "loop µs", "hash µs"]
    columns += ["faster than the loop", "than the hash"]
    notes = [
        "The loop calls the generated function of each rule; the hash has lists of them"
        " by type and action.",
        "The set and the hash go over the events many times a round, the loop once: it"
        " empties the processor's caches, which nobody would do beside the others.",
        "No package for Python indexes rules as event-ruler and Quamina do, so there is"
        " none to compare with.",
    ]
    return part("Rule sets", columns, rows, targets, notes=notes)


def parts(*, is_quick: bool) -> Iterator[Part]:
    """Measure sets: of twelve, of many, building them, and the worst."""
    rounds = 5 if is_quick else 15
    sizes = _QUICK if is_quick else (*LOOP,)
    by_size = {count: compiled(make_rules(count)) for count in sizes}
    yield time_twelve(rounds)
    yield building(by_size[max(by_size)])
    yield lanes(rounds, by_size)
    yield worst(rounds, is_quick=is_quick)


if __name__ == "__main__":
    main(parts, __doc__)
