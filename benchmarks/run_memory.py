"""Measure the memory and the time of ``fql run`` over a large file.

Usage: ``python benchmarks/run_memory.py [--count 200000] [--limit 200]``

Makes the events, runs the example program over them in a process of its own, and
prints that process's peak memory. Exits with 1 where it is above the limit: memory
must not grow with the input.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROGRAM = HERE.parent / "examples" / "shop.fql"
KIB_PER_UNIT = 1 / 1024 if sys.platform == "darwin" else 1
"""``ru_maxrss`` counts bytes on macOS and KiB elsewhere."""


def write_events(file: Path, count: int) -> None:
    """Write *count* events of about 1.4 KB each to *file*."""
    command = [sys.executable, str(HERE / "make_events.py"), f"--count={count}"]
    with file.open("wb") as stream:
        subprocess.run(command, check=True, stdout=stream)


def run(events: Path) -> tuple[float, float]:
    """Return the seconds and the peak MiB of running the program over *events*."""
    fql = Path(sys.executable).with_name("fql")
    command = [str(fql), "run", str(PROGRAM), str(events)]
    started = time.perf_counter()
    with tempfile.TemporaryFile() as messages:
        done = subprocess.run(
            command, check=False, stdout=subprocess.DEVNULL, stderr=messages
        )
        seconds = time.perf_counter() - started
        messages.seek(0)
        sys.stderr.buffer.write(messages.read())
    if done.returncode:
        sys.exit(f"fql run ended with {done.returncode}")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * KIB_PER_UNIT
    return seconds, peak / 1024


def main() -> None:
    """Measure once and print a line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--count", type=int, default=200_000, help="how many events")
    parser.add_argument("--limit", type=float, default=200, help="MiB allowed")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        events = Path(folder, "events.ndjson")
        write_events(events, options.count)
        size = events.stat().st_size
        seconds, peak = run(events)
    print(
        f"{options.count:,} events of {size / options.count:,.0f} bytes: "
        f"{seconds:.1f} s, {options.count / seconds:,.0f} events a second, "
        f"peak {peak:.0f} MiB of {options.limit:.0f}"
    )
    sys.exit(peak > options.limit)


if __name__ == "__main__":
    main()
