"""Events through an outbox to a server on this machine.

Usage: ``python -m benchmarks.bench_delivery [--quick] [--json]``

The server is a process of its own that answers at once. Shown are ``fql deliver`` over
a file, from its start to its end, with an outbox in SQLite that has every block on the
disk before it goes on; its memory; the same work without an outbox; and what a
destination that takes seconds for each request costs the others.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.make_events import events
from benchmarks.parts import Part, main, part, quantity, target
from benchmarks.run_memory import KIB_PER_UNIT
from benchmarks.sink import sink
from fql.grammar.source import Source
from fql.runtime.accept import find_rejection
from fql.runtime.delivery.accepting import accept
from fql.runtime.delivery.outbox import open_outbox
from fql.runtime.delivery.worker import work
from fql.runtime.load import load

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fql.compiler.values import Json
    from fql.runtime.delivery.jobs import Claim, Result
    from fql.runtime.workspace import Workspace

FQL = Path(sys.executable).with_name("fql")
SEED = 1
BATCH = 100
RATE = 2_000.0
MEMORY = 1.3
OVERHEAD = 2.0
COST = 1.2
SLOW = 2

DESTINATION = """destination {name}: webhook {{
  delivery {{ allow: ["127.0.0.0/8"], batch_size: {batch} }}
  mapping "All" when all send send {{ url: "{url}", method: "POST", data: {{
    id: messageId, user: userId ?? anonymousId, event: event, at: timestamp
  }} }}
}}
"""


def destination(url: str, batch: int, name: str = "fast") -> str:
    """Return a destination of a program."""
    return DESTINATION.format(url=url, batch=batch, name=name)


def made(count: int) -> list[dict[str, Json]]:
    """Return so many events that are accepted, each with an id of its own."""
    good = (each for each in events(SEED, is_short=True) if not find_rejection(each))
    return [
        each | {"messageId": f"m{number}", "integrations": {}}
        for number, each in enumerate(islice(good, count))
    ]


@dataclass(frozen=True, slots=True)
class Run:
    """What one run of the command took: seconds, and MiB at its peak."""

    count: int
    seconds: float
    peak: float

    @property
    def rate(self) -> float:
        """Events a second."""
        return self.count / self.seconds


def command(program: str, count: int) -> Run:
    """Run ``fql deliver`` over so many events, and check that it sent all."""
    with tempfile.TemporaryDirectory() as folder:
        rules, lines = Path(folder, "p.fql"), Path(folder, "events.ndjson")
        rules.write_text(program)
        with lines.open("w") as file:
            for start in range(0, count, 10_000):
                for each in made(min(10_000, count - start)):
                    each["messageId"] = f"{each['messageId']}-{start}"
                    file.write(json.dumps(each) + "\n")
        words = [FQL, "deliver", rules, lines, "--outbox", Path(folder, "o.db")]
        started = time.perf_counter()
        with subprocess.Popen(
            [*map(str, words), "--format", "json"], stdout=subprocess.PIPE
        ) as process:
            out = process.stdout.read() if process.stdout else b""
            _, _, used = os.wait4(process.pid, 0)
            process.returncode = 0
        seconds = time.perf_counter() - started
        told = json.loads(out)["summary"]
        if told["delivered"] != {"fast": count} or told["dead"]:
            raise AssertionError(f"fql deliver did not send all: {told}")
        return Run(count, seconds, used.ru_maxrss * KIB_PER_UNIT / 1024)


def rates(url: str, counts: tuple[int, int]) -> Part:
    """Return what the command delivers, in batches and one by one."""
    rows: list[list[str]] = []
    found: dict[int, Run] = {}
    for batch, count in ((BATCH, counts[0]), (1, counts[1])):
        run = found[batch] = command(destination(url, batch), count)
        how = f"in batches of {batch}" if batch > 1 else "one by one"
        rows.append([how, f"{count:,}", quantity(run.seconds), f"{run.rate:,.0f}"])
    return part(
        "fql deliver, from start to end",
        ["how", "events", "s", "events/s"],
        rows,
        [
            target(
                f"events a second in batches of {BATCH}",
                found[BATCH].rate,
                RATE,
                "",
                is_least=True,
            )
        ],
        notes=["One process, SQLite; every event was on the disk before it was sent."],
    )


def memory(url: str, counts: tuple[int, int]) -> Part:
    """Return how the memory grows with the events."""
    runs = [command(destination(url, BATCH), count) for count in counts]
    rows = [
        [
            f"{run.count:,}",
            quantity(run.seconds),
            f"{run.rate:,.0f}",
            quantity(run.peak),
        ]
        for run in runs
    ]
    growth = runs[1].peak / runs[0].peak
    name = f"peak memory, {counts[1]:,} events / {counts[0]:,}"
    return part(
        "memory of fql deliver",
        ["events", "s", "events/s", "peak, MiB"],
        rows,
        [target(name, growth, MEMORY)],
    )


def through_outbox(workspace: Workspace, given: list[dict[str, Json]]) -> float:
    """Return the seconds that delivery through an outbox takes."""
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        with open_outbox(str(Path(folder, "o.db"))) as outbox:
            for _ in accept(workspace, given, outbox):
                pass
            asyncio.run(work(workspace, outbox))
        return time.perf_counter() - started


def directly(workspace: Workspace, given: list[dict[str, Json]]) -> float:
    """Return the seconds that delivery takes with nothing kept on a disk."""
    started = time.perf_counter()
    asyncio.run(workspace.deliver(given))
    return time.perf_counter() - started


def overhead(url: str, counts: tuple[int, int], rounds: int) -> Part:
    """Return what the outbox costs."""
    rows: list[list[str]] = []
    targets = []
    for batch, count in ((BATCH, counts[0]), (1, counts[1])):
        given = made(count)
        ratios: list[float] = []
        pairs: list[tuple[float, float]] = []
        for _ in range(rounds):
            workspace = load(Source(destination(url, batch)))
            kept = through_outbox(workspace, given)
            sent = directly(load(Source(destination(url, batch))), given)
            pairs.append((sent, kept))
            ratios.append(kept / sent)
        sent, kept = (median(each) for each in zip(*pairs, strict=True))
        how = f"in batches of {batch}" if batch > 1 else "one by one"
        ratio = median(ratios)
        cells = [f"{count / sent:,.0f}", f"{count / kept:,.0f}", f"{ratio:.2f}x"]
        rows.append([how, *cells])
        if batch == 1:
            targets.append(target("outbox / directly, one by one", ratio, OVERHEAD))
    return part(
        "the outbox against sending directly",
        ["how", "directly, events/s", "outbox, events/s", "time"],
        rows,
        targets,
        notes=["Without the start of the process. Directly, a crash loses everything."],
    )


def last_of_fast(program: str, given: list[dict[str, Json]]) -> float:
    """Return the seconds until everything for ``fast`` is delivered."""
    workspace = load(Source(program))
    left = len(given)
    times: list[float] = []

    async def run() -> None:
        def watch(claim: Claim, result: Result) -> None:
            nonlocal left
            if claim.job.destination == "fast":
                left -= 1
                if not left:
                    times.append(time.perf_counter())
                    delivering.cancel()

        delivering = asyncio.create_task(work(workspace, outbox, watch=watch))
        await asyncio.gather(delivering, return_exceptions=True)

    with (
        tempfile.TemporaryDirectory() as folder,
        open_outbox(str(Path(folder, "o.db"))) as outbox,
    ):
        for _ in accept(workspace, given, outbox):
            pass
        started = time.perf_counter()
        asyncio.run(run())
    return times[0] - started


def slow_beside(url: str, count: int, rounds: int) -> Part:
    """Return what a slow destination costs the others."""
    fast = destination(url, 1)
    slow = destination(f"{url}/{SLOW}", 1, "slow")
    given = made(count)
    alone, beside = [], []
    for _ in range(rounds):
        alone.append(last_of_fast(fast, given))
        beside.append(last_of_fast(slow + fast, given))
    # The least of each: other work on the machine disturbs that least.
    ratio = min(beside) / min(alone)
    slowly = f"beside one that takes {SLOW} s a request"
    rows = [
        ["alone", f"{count / min(alone):,.0f}", "1.00x"],
        [slowly, f"{count / min(beside):,.0f}", f"{ratio:.2f}x"],
    ]
    return part(
        "a slow destination beside a fast one",
        ["the fast one", "events/s", "time"],
        rows,
        [target("time of the fast one, beside a slow one / alone", ratio, COST)],
    )


def parts(*, is_quick: bool) -> Iterator[Part]:
    """Yield the parts. is_quick: whether rough figures are enough."""
    with sink() as url:
        yield rates(url, (8_000, 400) if is_quick else (40_000, 10_000))
        if not is_quick:  # few events say little of what memory does over many
            yield memory(url, (10_000, 100_000))
        yield overhead(url, (1_000, 200) if is_quick else (10_000, 4_000), 3)
        yield slow_beside(url, 400 if is_quick else 2_000, 2 if is_quick else 5)


if __name__ == "__main__":
    main(parts, __doc__)
