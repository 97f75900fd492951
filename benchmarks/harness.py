"""Measure functions side by side.

Contenders take turns, round by round, so that what slows the machine for a while slows
all of them. Each round gives one time a contender; shown are the median of the rounds,
how far the middle half of them spreads, and the median of the ratios to the first
contender within each round.
"""

from __future__ import annotations

import gc
import os
import platform
import sys
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass
from math import exp, log
from statistics import median, quantiles
from time import perf_counter_ns
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Mapping, Sequence

ROUNDS = 25
QUICK_ROUNDS = 7


@dataclass(frozen=True, slots=True)
class Timing:
    """What one contender took.

    Attributes:
        nanoseconds: The median for one item.
        least: The least for one item, which other work on the machine disturbs least.
        spread: The middle half of the rounds, as a part of the median.
        ratio: The median of the ratios to the first contender.
    """

    nanoseconds: float
    least: float
    spread: float
    ratio: float


def over(
    function: Callable[..., object], items: Sequence[object]
) -> Callable[[], None]:
    """Return a run that calls *function* with each of *items*, and little else."""

    def run() -> None:
        deque(map(function, items), maxlen=0)

    return run


def measure(
    contenders: Mapping[str, Callable[[], object]],
    *,
    items: int | Mapping[str, int],
    rounds: int = ROUNDS,
    is_collecting: bool = False,
) -> dict[str, Timing]:
    """Time runs against each other.

    Args:
        contenders: What to run; the first is what the others are compared with. A
            run that returns an int took that many nanoseconds by a clock of its own.
        items: How many items one run works on, or that by the contender's name.
        rounds: How often each runs, after one run that does not count.
        is_collecting: Whether Python collects garbage during a run, as it usually
            does; else it does so between runs.
    """
    for run in contenders.values():
        run()
    counts = dict.fromkeys(contenders, items) if isinstance(items, int) else items
    times: dict[str, list[float]] = {name: [] for name in contenders}
    with _collected_between_runs() as collect:
        if is_collecting:
            gc.enable()
        for _ in range(rounds):
            for name, run in contenders.items():
                times[name].append(_time(run) / counts[name])
                collect()
    first = next(iter(times.values()))
    return {name: _timing(taken, first) for name, taken in times.items()}


@contextmanager
def _collected_between_runs() -> Generator[Callable[[], object]]:
    """Let nothing be collected but by calls of what this gives, which are quick."""
    was_enabled = gc.isenabled()
    gc.disable()
    gc.collect()
    gc.freeze()
    yield gc.collect
    gc.unfreeze()
    if was_enabled:
        gc.enable()


def _time(run: Callable[[], object]) -> int:
    start = perf_counter_ns()
    own = run()
    taken = perf_counter_ns() - start
    return own if isinstance(own, int) else taken


def _timing(taken: list[float], first: list[float]) -> Timing:
    low, middle, high = quantiles(taken, n=4)
    ratios = [one / other for one, other in zip(taken, first, strict=True)]
    return Timing(middle, min(taken), (high - low) / middle, median(ratios))


def geometric_mean(values: Iterable[float]) -> float:
    """Return the geometric mean of positive numbers."""
    logs = [log(value) for value in values]
    return exp(sum(logs) / len(logs))


def machine() -> str:
    """Return what the figures were taken on."""
    version = ".".join(map(str, sys.version_info[:3]))
    name = platform.python_implementation()
    system = f"{platform.system()} {platform.machine()}"
    return f"{name} {version}, {system}, {os.cpu_count()} cores"


def resolution() -> int:
    """Return the least nanoseconds, above none, that the clock tells apart."""
    steps: list[int] = []
    while len(steps) < 1_000:
        before = perf_counter_ns()
        step = perf_counter_ns() - before
        if step:
            steps.append(step)
    return min(steps)
