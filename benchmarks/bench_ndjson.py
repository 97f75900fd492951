"""Lines of events through ``fql eval`` and ``fql run``, against decoding each.

Usage: ``python -m benchmarks.bench_ndjson [--quick] [--json]``

One round is all events once: decoded by orjson and dropped, which is what the others
are compared with; selected by one trigger; run past a program of 1,000 mappings,
outcomes written. Then the commands themselves over a file, in one process and in two,
start of Python and all. All answers are compared before anything is timed.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
from functools import partial
from itertools import islice
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import orjson

from benchmarks.harness import measure
from benchmarks.make_events import events
from benchmarks.parts import ABSENT, Part, main, part, quantity, target
from fql.api import compile as compile_trigger
from fql.cli.blocks import BLOCK, Block
from fql.cli.running import Running
from fql.cli.selecting import Selection
from fql.grammar.source import Source
from fql.runtime.load import load

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.harness import Timing
    from benchmarks.parts import Target
    from fql.cli.work import Work

EVENTS = 3_000
MAPPINGS = 1_000
SEED = 1
RARE = "Refund Requested"
RECEIVER = "https://shop.example.com/events"
FQL = Path(sys.executable).with_name("fql")
SHOP = Path(__file__).resolve().parent.parent / "examples" / "shop.fql"

TRIGGERS = {
    "order": 'event = "Order Completed" and number(properties.total) >= 100',
    "track": 'type = "track" and properties.total > 5',
    "rare": f'event = "{RARE}"',
    "any of three": 'type in ["track", "page", "screen"]',
    "not": 'type != "track"',
}
"""One trigger each; the last ones match most lines, or give no text to look for."""

EVERY_LINE = "properties.total > 300"
"""A condition that every line is decoded for, and that takes few."""

TARGETS = {"order": 0.5, "track": 0.5, "rare": 0.35}
RUN = 2.5
JOBS = 1.8

SMALLER = 8
"""By so much, one of the files for ``--jobs`` is smaller than the other."""


def make_lines(count: int) -> list[bytes]:
    """Return events of 1.4 KB as lines; in one of a hundred the rare one happens."""
    made: list[bytes] = []
    for number, event in enumerate(islice(events(SEED, is_short=False), count)):
        if number % 100 == 50:
            event |= {"type": "track", "event": RARE}
        text = json.dumps(event, ensure_ascii=False, separators=(",", ":"))
        made.append(text.encode() + b"\n")
    return made


def blocks(lines: list[bytes]) -> list[Block]:
    """Return *lines* as commands get them."""
    found: list[Block] = []
    number, start, size = 1, 0, 0
    for index, line in enumerate(lines, 1):
        size += len(line)
        if size >= BLOCK or index == len(lines):
            found.append(Block(b"".join(lines[start:index]), number, number == 1))
            number, start, size = index + 1, index, 0
    return found


def program(count: int) -> str:
    """Return a program with so many mappings; most ask for events by their names."""
    random = Random(SEED)
    names = ["Order Completed", "Checkout Started", RARE]
    names += [f"Event {number}" for number in range(count // 2)]
    mappings = "".join(
        f'  mapping "M{number}" when type = "track" and event = '
        f'"{random.choice(names)}" and properties.total > {random.randrange(500)} '
        f'send send {{ url: "{RECEIVER}", data: {{ id: userId ?? anonymousId, '
        "total: properties.total, currency: properties.currency } }\n"
        for number in range(count)
    )
    robots = 'filter "robots" when contains(context.userAgent, "Bot") { drop }'
    return f"destination crm: webhook {{\n  {robots}\n{mappings}}}\n"


def done(work: Work[Any], given: list[Block]) -> Iterator[bytes]:
    """Yield the output of *work*."""
    for block in given:
        for result in work(block):
            yield result.output


def repeated(work: Work[Any], given: list[Block]) -> Callable[[], None]:
    """Return a run of *work*."""

    def run() -> None:
        for _ in done(work, given):
            pass

    return run


def decode_all(lines: list[bytes]) -> Callable[[], None]:
    """Return a run that decodes every line."""

    def run() -> None:
        for line in lines:
            orjson.loads(line)

    return run


def selections(rounds: int, lines: list[bytes]) -> Part:
    """Return what one trigger takes."""
    runs = {"orjson": decode_all(lines)}
    given = blocks(lines)
    shares: dict[str, float] = {}
    for name, text in TRIGGERS.items():
        trigger = compile_trigger(text)
        expected = b"".join(line for line in lines if trigger(orjson.loads(line)))
        work = Selection(trigger)
        if b"".join(done(work, given)) != expected:
            raise AssertionError(f"fql eval selects otherwise: {text}")
        shares[name] = len(expected.splitlines()) / len(lines)
        runs[name] = repeated(work, given)
    timings = measure(runs, items=len(lines), rounds=rounds, is_collecting=True)
    rows = [["orjson decodes every line", ABSENT, *_cells(timings["orjson"])]]
    rows += [
        [TRIGGERS[name], f"{share:.1%}", *_cells(timings[name])]
        for name, share in shares.items()
    ]
    targets = [
        target(f"fql eval, {name} / decode", timings[name].ratio, limit)
        for name, limit in TARGETS.items()
    ]
    title = "fql eval, one trigger over lines of 1.4 KB"
    columns = ["what", "matching", "µs a line", "/ decode"]
    return part(title, columns, rows, targets)


def program_run(rounds: int, lines: list[bytes]) -> Part:
    """Return what a program takes."""
    workspace = load(Source(program(MAPPINGS)))
    given = blocks(lines)
    work = Running(workspace, None, is_apart=True)
    written = b"".join(done(work, given)).splitlines()
    told = [
        {"line": number} | outcome.to_dict()
        for number, line in enumerate(lines, 1)
        for outcome in workspace.process(json.loads(line))
    ]
    if [json.loads(line) for line in written] != told:
        raise AssertionError("fql run gives other outcomes than the program")
    runs = {"orjson": decode_all(lines), "run": repeated(work, given)}
    timings = measure(runs, items=len(lines), rounds=rounds, is_collecting=True)
    rows = [
        ["orjson decodes every line", *_cells(timings["orjson"])],
        ["decode, filter, match, map, encode", *_cells(timings["run"])],
    ]
    built = sum(each["decision"] == "built" for each in told) / len(lines)
    return part(
        f"fql run, {MAPPINGS:,} mappings",
        ["what", "µs a line", "/ decode"],
        rows,
        [target("fql run / decode", timings["run"].ratio, RUN)],
        notes=[f"{len(told) / len(lines):.2f} outcomes an event, {built:.2f} built."],
    )


def processes(rounds: int, lines: list[bytes]) -> Part:
    """Return how much faster two processes are, from the start of Python to its end.

    Over two files each: what it takes to start is much of the smaller one's time.
    """
    commands = {
        "fql run": (("run", str(SHOP)), 160),
        "fql eval": (("eval", "-e", EVERY_LINE), 360),
    }
    rows: list[list[str]] = []
    targets: list[Target] = []
    for name, (arguments, copies) in commands.items():
        faster = 0.0
        for times in (copies // SMALLER, copies):
            timings = time_jobs(rounds, arguments, lines, times)
            faster = timings["one"].ratio
            seconds = [quantity(timings[who].nanoseconds / 1e9) for who in timings]
            count = f"{times * len(lines):,}"
            rows.append([name, count, *reversed(seconds), f"{quantity(faster)}x"])
        targets.append(target(f"{name} --jobs 2", faster, JOBS, is_least=True))
    return part(
        "--jobs 2, from the start of Python to its end",
        ["command", "events", "one, s", "two, s", "faster"],
        rows,
        targets,
        notes=["`fql run` runs examples/shop.fql, `fql eval` decodes every line."],
    )


def write_copies(path: Path, lines: list[bytes], copies: int) -> None:
    """Write *lines* so many times; no message comes twice, which is cheap to drop."""
    with path.open("wb") as stream:
        for copy in range(copies):
            named = b'"message-%d-' % copy
            stream.writelines([each.replace(b'"message-', named) for each in lines])


def time_jobs(
    rounds: int, arguments: tuple[str, ...], lines: list[bytes], copies: int
) -> dict[str, Timing]:
    """Return what a command takes in two processes, and in one."""
    with tempfile.TemporaryDirectory() as folder:
        events = Path(folder, "events.ndjson")
        write_copies(events, lines, copies)
        one = (*arguments, str(events))
        two = (*one, "--jobs", "2")
        if _digest(*one) != _digest(*two):
            raise AssertionError(f"fql {one[0]} --jobs 2 gives something else")
        runs = {"two": partial(_run, *two), "one": partial(_run, *one)}
        return measure(runs, items=1, rounds=rounds)


def _run(*arguments: str) -> None:
    """Run a command; nobody reads what it writes, which would take a third core."""
    subprocess.run(
        [FQL, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def _digest(*arguments: str) -> bytes:
    """Return what tells the output of a command from any other."""
    with tempfile.TemporaryFile() as made:
        quiet = subprocess.DEVNULL
        subprocess.run([FQL, *arguments], check=True, stdout=made, stderr=quiet)
        made.seek(0)
        return hashlib.file_digest(made, "sha256").digest()


def _cells(timing: Timing) -> list[str]:
    middle = f"{quantity(timing.nanoseconds / 1_000)} ±{timing.spread:.0%}"
    return [middle, f"{quantity(timing.ratio)}x"]


def parts(*, is_quick: bool) -> Iterator[Part]:
    """Yield the parts. is_quick: whether rough figures are enough."""
    rounds = 5 if is_quick else 15
    lines = make_lines(EVENTS)
    yield selections(rounds, lines)
    yield program_run(rounds, lines)
    if not is_quick:  # it takes large files to see more than the start of Python
        yield processes(3, lines)


if __name__ == "__main__":
    main(parts, __doc__)
