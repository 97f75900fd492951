"""What importing takes.

Usage: ``python -m benchmarks.bench_import [--quick] [--json]``

Each line of Python runs in processes of its own, in turns with an interpreter that does
nothing. Shown are the milliseconds beyond that one.
"""

from __future__ import annotations

import subprocess
import sys
from statistics import median, quantiles
from time import perf_counter_ns
from typing import TYPE_CHECKING

from benchmarks.parts import Part, main, part, quantity, target

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROUNDS = 25
QUICK_ROUNDS = 3

NOTHING = "pass"
IMPORT = "import fql"
PROGRAMS = (
    NOTHING,
    IMPORT,
    "import fql; fql.compile('type = \"track\"')",
    "import fql; fql.compile_mapping('{ id: userId }')",
    "import fql; fql.load",
    "import json, re, dataclasses, typing",
    "import lark",
    "import pydantic",
    "import httpx",
)
"""What is run; the last lines are of what others import."""

LIMIT = 60.0


def milliseconds(program: str) -> float:
    """Return how long an interpreter takes for a line of Python, start to end."""
    command = [sys.executable, "-I", "-c", program]
    start = perf_counter_ns()
    subprocess.run(command, check=True)
    return (perf_counter_ns() - start) / 1e6


def compare(rounds: int) -> dict[str, list[float]]:
    """Return the milliseconds of each program, a round each."""
    taken: dict[str, list[float]] = {program: [] for program in PROGRAMS}
    for program in PROGRAMS:
        milliseconds(program)
    for _ in range(rounds):
        for program, found in taken.items():
            found.append(milliseconds(program))
    return taken


def _row(program: str, taken: Sequence[float], bare: Sequence[float]) -> list[str]:
    low, middle, high = quantiles(taken, n=4)
    ratio = median(one / other for one, other in zip(taken, bare, strict=True))
    return [
        f"`{program}`",
        f"{quantity(middle)} ±{(high - low) / middle:.0%}",
        quantity(_beyond(taken, bare)),
        quantity(ratio),
    ]


def _beyond(taken: Sequence[float], bare: Sequence[float]) -> float:
    return median(one - other for one, other in zip(taken, bare, strict=True))


def parts(*, is_quick: bool) -> Iterator[Part]:
    """Measure importing."""
    taken = compare(QUICK_ROUNDS if is_quick else ROUNDS)
    bare = taken[NOTHING]
    rows = [_row(program, found, bare) for program, found in taken.items()]
    columns = ["program", "ms", "beyond nothing", "/ nothing"]
    targets = [target(IMPORT, _beyond(taken[IMPORT], bare), LIMIT, "ms")]
    notes = [
        "Files are in the cache of the system, and modules compiled, as after use."
    ]
    yield part("Starting", columns, rows, targets, notes=notes)


if __name__ == "__main__":
    main(parts, __doc__)
