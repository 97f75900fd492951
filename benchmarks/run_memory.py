"""The memory and the time of ``fql run`` over large files.

Usage: ``python -m benchmarks.run_memory [--quick] [--json]``

Makes the events, runs the example program over them in a process of its own, and shows
that process's peak memory: it must not grow with the input.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.parts import Part, main, part, quantity, target

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).resolve().parent
PROGRAM = HERE.parent / "examples" / "shop.fql"
KIB_PER_UNIT = 1 / 1024 if sys.platform == "darwin" else 1
"""``ru_maxrss`` counts bytes on macOS and KiB elsewhere."""

COUNTS = (20_000, 200_000)
QUICK_COUNTS = (2_000, 20_000)

LIMIT = 200.0


@dataclass(frozen=True, slots=True)
class Run:
    """What one run took.

    Attributes:
        count: How many events there were.
        size: The bytes of the file.
        seconds: How long it took, start to end.
        peak: The most memory at once, in MiB.
    """

    count: int
    size: int
    seconds: float
    peak: float

    @property
    def cells(self) -> list[str]:
        """What a table shows of it."""
        return [
            f"{self.count:,}",
            f"{self.size / self.count:,.0f}",
            quantity(self.seconds),
            f"{self.count / self.seconds:,.0f}",
            quantity(self.peak),
        ]


def write_events(file: Path, count: int) -> None:
    """Write *count* events of about 1.4 KB each to *file*."""
    command = [sys.executable, str(HERE / "make_events.py"), f"--count={count}"]
    with file.open("wb") as stream:
        subprocess.run(command, check=True, stdout=stream)


def run(events: Path, count: int) -> Run:
    """Run the program over *events*. Raises: RuntimeError, if it fails."""
    fql = Path(sys.executable).with_name("fql")
    command = [str(fql), "run", str(PROGRAM), str(events)]
    with tempfile.TemporaryFile() as messages:
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=messages)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            messages.seek(0)
            raise RuntimeError(messages.read().decode())
    peak = usage.ru_maxrss * KIB_PER_UNIT / 1024
    return Run(count, events.stat().st_size, seconds, peak)


def measured(count: int) -> Run:
    """Return what a run over *count* new events takes."""
    with tempfile.TemporaryDirectory() as folder:
        events = Path(folder, "events.ndjson")
        write_events(events, count)
        return run(events, count)


def parts(*, is_quick: bool) -> Iterator[Part]:
    """Measure a short file and one that is ten times as long."""
    short, long = map(measured, QUICK_COUNTS if is_quick else COUNTS)
    columns = ["events", "bytes each", "s", "events a second", "peak MiB"]
    targets = [target("peak memory", long.peak, LIMIT, "MiB")]
    notes = [
        "`fql run examples/shop.fql`, a process each, its start included: two"
        " destinations, six filters, seven mappings, every outcome printed.",
        "Message ids are remembered for a while, to find duplicates: that is what grows"
        " at first.",
    ]
    title = "Memory of a long run"
    yield part(title, columns, [short.cells, long.cells], targets, notes=notes)


if __name__ == "__main__":
    main(parts, __doc__)
