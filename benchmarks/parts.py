"""What every benchmark shows: parts of a table, its targets, and notes.

A benchmark is a module with a function ``parts`` that measures and yields a `Part` at
a time, and hands it to `main`, which knows ``--quick`` and ``--json``:

    def parts(*, is_quick: bool) -> Iterator[Part]:
        yield part("one trigger", ["what", "ns"], rows, [target("mean", 0.9, 1.0)])

    if __name__ == "__main__":
        main(parts, __doc__)
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Protocol

from benchmarks.harness import machine, resolution

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from benchmarks.harness import Timing

_NUMBER = re.compile(r"[-+±<>~]?[0-9][0-9.,]*(?:\s*\S{0,3})?(?:\s+±\s*[0-9]+%)?|-|")
"""Cells that stand at the right of their column."""

ABSENT = "-"
"""What a cell shows for a value that there is none of."""


@dataclass(frozen=True, slots=True)
class Target:
    """A figure that is to be reached.

    Attributes:
        name: What is measured.
        value: What was measured.
        limit: The most that it may be, or the least that it has to be.
        unit: The unit of both; ``x`` for ratios.
        is_least: Whether *limit* is the least.
    """

    name: str
    value: float
    limit: float
    unit: str = "x"
    is_least: bool = False

    @property
    def is_met(self) -> bool:
        """Whether it is reached."""
        if self.is_least:
            return self.value >= self.limit
        return self.value <= self.limit

    @property
    def cells(self) -> tuple[str, ...]:
        """What a table of targets shows of it."""
        word = "at least" if self.is_least else "at most"
        limit = f"{word} {quantity(self.limit, self.unit)}"
        met = "met" if self.is_met else "MISSED"
        return self.name, quantity(self.value, self.unit), limit, met


@dataclass(frozen=True, slots=True)
class Part:
    """One table of a benchmark.

    Attributes:
        title: What it measures.
        columns: The names of its columns.
        rows: A cell for each column.
        targets: What is to be reached in it.
        notes: What one has to know to read it, a sentence each.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    targets: tuple[Target, ...] = ()
    notes: tuple[str, ...] = ()

    def to_json(self) -> str:
        """Return it as one line of JSON."""
        return json.dumps(asdict(self))


class Parts(Protocol):
    """What a benchmark does: measure, a part at a time."""

    def __call__(self, *, is_quick: bool) -> Iterator[Part]:
        """Yield the parts. is_quick: whether rough figures are enough."""


def target(
    name: str, value: float, limit: float, unit: str = "x", *, is_least: bool = False
) -> Target:
    """Return a figure that is to be at most *limit*, or at least."""
    return Target(name, value, limit, unit, is_least)


def part(
    title: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[str]],
    targets: Iterable[Target] = (),
    *,
    notes: Iterable[str] = (),
) -> Part:
    """Return a part of any sequences."""
    whole = tuple(tuple(row) for row in rows)
    return Part(title, tuple(columns), whole, tuple(targets), tuple(notes))


def part_from_json(line: str) -> Part:
    """Return what `Part.to_json` wrote."""
    value: dict[str, Any] = json.loads(line)
    targets = [Target(**each) for each in value.pop("targets")]
    return part(
        value["title"], value["columns"], value["rows"], targets, notes=value["notes"]
    )


def quantity(value: float, unit: str = "") -> str:
    """Return a number of three digits or more, with its unit."""
    digits = 2 if abs(value) < 10 else 1 if abs(value) < 100 else 0
    if float(value).is_integer() and abs(value) >= 10:
        digits = 0
    space = "" if unit in {"", "x", "%"} else " "
    return f"{value:,.{digits}f}{space}{unit}"


STAGE_COLUMNS = ("stage", "µs", "least")


def stage_row(stage: str, timing: Timing) -> tuple[str, ...]:
    """Return a row of what a stage of compiling takes, under `STAGE_COLUMNS`."""
    middle = f"{quantity(timing.nanoseconds / 1_000)} ±{timing.spread:.0%}"
    return stage, middle, quantity(timing.least / 1_000)


# --- text and Markdown --------------------------------------------------------------

TARGET_COLUMNS = ("target", "measured", "to be", "")


def as_text(shown: Part) -> str:
    """Return a part for a terminal."""
    pieces = [shown.title, "-" * len(shown.title)]
    pieces += _aligned(shown.columns, shown.rows)
    if shown.targets:
        cells = [each.cells for each in shown.targets]
        pieces += ["", *_aligned(TARGET_COLUMNS, cells)]
    if shown.notes:
        pieces += ["", *shown.notes]
    return "\n".join(pieces)


def as_markdown(shown: Part) -> str:
    """Return a part for a document, under a heading of the third level."""
    pieces = [f"### {shown.title}", "", *_markdown_table(shown.columns, shown.rows)]
    if shown.targets:
        cells = [each.cells for each in shown.targets]
        pieces += ["", *_markdown_table(TARGET_COLUMNS, cells)]
    if shown.notes:
        pieces += ["", *[f"- {note}" for note in shown.notes]]
    return "\n".join(pieces)


def _aligned(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the lines of a table; columns of numbers stand at the right."""
    lines = [columns, *rows]
    widths = [max(map(len, cells)) for cells in zip(*lines, strict=True)]
    numeric = _numeric(rows, len(columns))
    return [
        "  ".join(
            cell.rjust(width) if is_right else cell.ljust(width)
            for cell, width, is_right in zip(line, widths, numeric, strict=True)
        ).rstrip()
        for line in lines
    ]


def _markdown_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    numeric = _numeric(rows, len(columns))
    marks = ["--:" if is_right else "---" for is_right in numeric]
    return [_markdown_row(line) for line in [columns, marks, *rows]]


def _markdown_row(cells: Sequence[str]) -> str:
    escaped = [cell.replace("|", "\\|") for cell in cells]
    return f"| {' | '.join(escaped)} |"


def _numeric(rows: Sequence[Sequence[str]], count: int) -> list[bool]:
    """Return of each column whether it holds numbers."""
    return [
        all(_NUMBER.fullmatch(row[index]) for row in rows) and index > 0
        for index in range(count)
    ]


def print_part(shown: Part) -> None:
    """Print a part, and a line after it."""
    print(as_text(shown), end="\n\n", flush=True)


# --- the command --------------------------------------------------------------------


def main(parts: Parts, description: str | None) -> None:
    """Measure and print, as the command line says.

    Args:
        parts: What to measure.
        description: The module's docstring, whose first line is the help.
    """
    summary = (description or "").partition("\n")[0]
    parser = argparse.ArgumentParser(description=summary)
    parser.add_argument("--quick", action="store_true", help="rough figures, soon")
    parser.add_argument("--json", action="store_true", help="a part a line, as JSON")
    options = parser.parse_args()
    if not options.json:
        print(f"{machine()}; clock of {resolution()} ns\n", flush=True)
    missed = 0
    for each in parts(is_quick=options.quick):
        missed += sum(not goal.is_met for goal in each.targets)
        if options.json:
            print(each.to_json(), flush=True)
        else:
            print_part(each)
    if missed and not options.json:
        print(f"targets missed: {missed}", file=sys.stderr)
