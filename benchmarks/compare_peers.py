"""Measure other engines over the twelve triggers.

Each is measured by itself, in turns with the hand-written function. That one gets all
events; the other gets as many of them, evenly spread, as a fixed time allows, since
some take a thousand times as long as others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median
from time import perf_counter_ns
from typing import TYPE_CHECKING, TypeAlias

from benchmarks.entrants import Entrant, Missing, entrants
from benchmarks.hand_triggers import TRIGGERS
from benchmarks.harness import Timing, geometric_mean, measure, over
from benchmarks.parts import ABSENT, Part, part, quantity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.entrants import Asked
    from benchmarks.hand_triggers import Event, Test

HAND: dict[str, Test] = {function.__name__: function for function in TRIGGERS.values()}
"""The hand-written functions, by their names."""

Measured: TypeAlias = Mapping[str, Timing]
"""The times of one event, by the name of the trigger."""

COLUMNS = (
    "engine",
    "version",
    "ns an event",
    "/ hand",
    "least to most",
    "/ fql",
    "triggers",
)

FQL = "fql, generated"
"""Who the column ``/ fql`` compares with, over the triggers that both can say."""

PEER_ROUNDS = 15
QUICK_PEER_ROUNDS = 3
RUN_NANOSECONDS = 3_000_000
QUICK_RUN_NANOSECONDS = 500_000
"""How long one run of a peer is to take, if that is enough for `LEAST_EVENTS`."""

LEAST_EVENTS = 100
QUICK_LEAST_EVENTS = 20

QUICK_STEP = 20
"""Of a quick measurement, every so many events count for the other engines."""


@dataclass(frozen=True, slots=True)
class Result:
    """What was measured of one entrant.

    Attributes:
        entrant: Who.
        timings: What it took.
        differing: How many events it answers otherwise, by the name of the trigger.
    """

    entrant: Entrant
    timings: Measured
    differing: Mapping[str, int]


def compare_peers(
    sample: Sequence[Event], own: Mapping[str, Measured], *, is_quick: bool
) -> Iterator[Part]:
    """Yield the parts about all engines.

    Args:
        sample: The events; of a quick measurement not all count.
        own: The times that fql and the hand-written functions took.
        is_quick: Whether rough figures are enough.
    """
    fql = own[FQL]
    rows = [_row(name, ABSENT, timings, fql) for name, timings in own.items()]
    results = []
    with entrants(sample[:: QUICK_STEP if is_quick else 1]) as found:
        for each in found:
            if isinstance(each, Missing):
                rows.append([each.name, each.reason, *[ABSENT] * (len(COLUMNS) - 2)])
                continue
            result = _measured(each, sample, is_quick=is_quick)
            results.append(result)
            rows.append(_row(each.name, each.version, result.timings, fql))
    yield part("Other engines", COLUMNS, _by_speed(rows), notes=_notes(results))
    yield _differing(results)


def _by_speed(rows: list[list[str]]) -> list[list[str]]:
    """Return the rows, the quickest first and those without a time last."""

    def place(row: list[str]) -> float:
        ratio = row[3].replace(",", "")
        return float("inf") if ratio == ABSENT else float(ratio)

    return sorted(rows, key=place)


# --- measuring ----------------------------------------------------------------------


def _measured(entrant: Entrant, sample: Sequence[Event], *, is_quick: bool) -> Result:
    timings: dict[str, Timing] = {}
    differing: dict[str, int] = {}
    for name, hand in HAND.items():
        if name not in entrant.said:
            continue
        asked = entrant.ask(name)
        events = sample[:: len(sample) // len(asked.answers)]
        agreed = [
            index
            for index, (event, answer) in enumerate(
                zip(events, asked.answers, strict=True)
            )
            if hand(event) is answer
        ]
        if len(agreed) < len(events):
            differing[name] = len(events) - len(agreed)
            _insist_on_reason(entrant, name)
        timings[name] = _timed(hand, asked, events, agreed, is_quick=is_quick)
    return Result(entrant, timings, differing)


def _insist_on_reason(entrant: Entrant, name: str) -> None:
    if not entrant.otherwise:
        raise AssertionError(f"{entrant.name} answers otherwise: {name}")


def _timed(
    hand: Test,
    asked: Asked,
    events: Sequence[Event],
    agreed: Sequence[int],
    *,
    is_quick: bool,
) -> Timing:
    chosen = _chosen(asked, agreed, is_quick=is_quick)
    runs = {
        "hand": over(hand, [events[index] for index in agreed]),
        "peer": asked.runner(chosen),
    }
    rounds = QUICK_PEER_ROUNDS if is_quick else PEER_ROUNDS
    items = {"hand": len(agreed), "peer": len(chosen)}
    return measure(runs, items=items, rounds=rounds)["peer"]


def _chosen(asked: Asked, agreed: Sequence[int], *, is_quick: bool) -> Sequence[int]:
    """Return the numbers of the events to time, evenly spread over *agreed*."""
    least = QUICK_LEAST_EVENTS if is_quick else LEAST_EVENTS
    allowed = QUICK_RUN_NANOSECONDS if is_quick else RUN_NANOSECONDS
    probe = agreed[:: max(1, len(agreed) // 10)]
    taken = max(1, _nanoseconds(asked, probe)) / len(probe)
    step = max(1, round(len(agreed) * taken / allowed))
    return agreed[:: min(step, max(1, len(agreed) // least))]


def _nanoseconds(asked: Asked, at: Sequence[int]) -> int:
    run = asked.runner(at)
    start = perf_counter_ns()
    run()
    return perf_counter_ns() - start


# --- showing ------------------------------------------------------------------------


def _row(name: str, version: str, timings: Measured, fql: Measured) -> list[str]:
    ratios = [timing.ratio for timing in timings.values()]
    to_fql = [timing.ratio / fql[name].ratio for name, timing in timings.items()]
    middle = geometric_mean(timing.nanoseconds for timing in timings.values())
    spread = median(timing.spread for timing in timings.values())
    return [
        name,
        version,
        f"{middle:,.0f} ±{spread:.0%}",
        quantity(geometric_mean(ratios)),
        f"{quantity(min(ratios))} to {quantity(max(ratios))}",
        quantity(geometric_mean(to_fql)),
        f"{len(timings)} of {len(HAND)}",
    ]


def _notes(results: Sequence[Result]) -> list[str]:
    notes = [
        "Times and ratios are geometric means over the triggers that an engine can"
        " say; ± is the median of their spreads.",
        f"The column / fql compares with *{FQL}* over the triggers that an engine can"
        " say.",
        "Events go in as a JSON reader makes them. What an engine makes of them first"
        " counts, but for those marked.",
        "An engine's failure on an event, such as a missing field, is no match.",
        "Every engine reads its text once, before.",
    ]
    notes += [
        f"{each.entrant.name}: {each.entrant.remark}."
        for each in results
        if each.entrant.remark
    ]
    return notes


def _differing(results: Sequence[Result]) -> Part:
    """Return who answers otherwise, and who cannot say what."""
    columns = ["engine", "trigger", "events", "why"]
    rows: list[list[str]] = []
    for result in results:
        entrant = result.entrant
        rows += [
            [entrant.name, name, f"{count} differ", entrant.otherwise]
            for name, count in result.differing.items()
        ]
        rows += [
            [entrant.name, name, "all", why] for name, why in entrant.cannot.items()
        ]
    title = "What other engines answer otherwise, or cannot say"
    notes = ["Events that differ are not timed; for all others the answers are equal."]
    return part(title, columns, rows, notes=notes)
