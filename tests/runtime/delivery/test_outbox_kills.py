"""Workers that are killed at any moment: everything arrives, and nothing is lost."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import signal
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

from fql.cli import main
from tests.runtime.delivery import warmed
from tests.runtime.delivery.partner import Partner, Reply, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.process import BaseProcess

    Starting: TypeAlias = Callable[..., BaseProcess]

KILLS = 50
EVENTS = 2_000


@pytest.fixture
def partner() -> Iterator[Partner]:
    with serving() as running:
        yield running


def write_program(folder: Path, partner: Partner, batch: int) -> Path:
    path = folder / "p.fql"
    path.write_text(warmed.PROGRAM.format(url=partner.url, batch=batch))
    return path


def write_events(folder: Path, count: int = EVENTS) -> Path:
    path = folder / "events.ndjson"
    with path.open("w") as file:
        for number in range(count):
            event = {
                "type": "track",
                "event": "Order Completed",
                "userId": f"u{number % 50}",
                "messageId": f"m{number}",
            }
            file.write(json.dumps(event) + "\n")
    return path


def deliver(program: str, arguments: tuple[str, ...]) -> None:
    """Be the command, in a process of its own; its output goes to a file."""
    folder = Path(program).parent
    with Path(folder, f"{os.getpid()}.json").open("w") as output:
        os.dup2(output.fileno(), 1)
        main(["deliver", program, *arguments, "--format", "json"])


@pytest.fixture
def start(tmp_path: Path) -> Starting:
    """Return what starts the command: as a fork, which has everything imported."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([warmed.__name__])

    def start(program: Path, *arguments: object) -> BaseProcess:
        given = (*map(str, arguments), "--outbox", str(tmp_path / "outbox.db"))
        process = context.Process(target=deliver, args=(str(program), given))
        process.start()
        return process

    return start


def arrivals(partner: Partner) -> tuple[Counter[str], dict[str, set[str]]]:
    """Return how often each message arrived, and the keys that it came with."""
    times: Counter[str] = Counter()
    keys: dict[str, set[str]] = {}
    for request in partner.received:
        body = json.loads(request.body)
        for each in body if isinstance(body, list) else [body]:
            message = each["messageId"]
            times[message] += 1
            keys.setdefault(message, set()).add(
                request.headers.get("idempotency-key", "")
            )
    return times, keys


def summary(process: BaseProcess, folder: Path) -> dict[str, Any]:
    """Wait for the end of a process and return its summary."""
    process.join(60)
    assert process.exitcode == 0
    told = json.loads(Path(folder, f"{process.pid}.json").read_text())
    found: dict[str, Any] = told["summary"]
    return found


def wait_for(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.005)


@pytest.mark.slow
def test_kills_at_any_moment_lose_nothing(
    partner: Partner,
    start: Starting,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    chance = random.Random(8)  # noqa: S311
    program = write_program(tmp_path, partner, batch=1)
    events = write_events(tmp_path)
    partner.usual = Reply(seconds=0.01)
    reached = 0
    for number in range(KILLS):
        # Every fifth time, everything is accepted again, as far as that comes.
        given = [events] if number % 5 == 0 else []
        worker = start(program, *given, "--lease", "0.25")
        seen = len(partner.received)
        until = time.monotonic() + 1.0
        if chance.random() < 0.7:  # else while it starts or accepts
            while len(partner.received) == seen and time.monotonic() < until:
                time.sleep(0.005)
        time.sleep(chance.random() * 0.2)
        worker.kill()
        worker.join()
        reached += len(partner.received) > seen
    told = summary(start(program, events, "--lease", "0.25"), tmp_path)
    times, keys = arrivals(partner)
    with capsys.disabled():
        print(  # noqa: T201 - the number of duplicates is to be seen
            f"\n{KILLS} kills, {reached} of them while sending; "
            f"{times.total():,} arrivals of {EVENTS:,} events"
        )
    assert set(times) == {f"m{number}" for number in range(EVENTS)}
    assert all(len(each) == 1 and "" not in each for each in keys.values())
    assert len(set().union(*keys.values())) == EVENTS
    assert told["waiting"] == told["dead"] == 0
    assert reached > KILLS / 4


def test_processes_that_share_an_outbox_deliver_each_event_once(
    partner: Partner, start: Starting, tmp_path: Path
) -> None:
    program = write_program(tmp_path, partner, batch=7)
    events = write_events(tmp_path, 400)
    partner.usual = Reply(seconds=0.01)
    together = [start(program, events), start(program, events)]
    told = [summary(each, tmp_path) for each in together]
    times, _ = arrivals(partner)
    assert times == Counter(f"m{number}" for number in range(400))
    assert sum(each["new"] for each in told) == 400
    assert sum(each["delivered"].get("crm", 0) for each in told) == 400


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_that_is_asked_to_stop_leaves_nothing_open(
    partner: Partner, start: Starting, tmp_path: Path, number: signal.Signals
) -> None:
    program = write_program(tmp_path, partner, batch=1)
    partner.usual = Reply(seconds=0.02)
    worker = start(program, write_events(tmp_path, 300))
    wait_for(lambda: len(partner.received) > 10)
    assert worker.pid is not None
    os.kill(worker.pid, number)
    worker.join(20)
    assert worker.exitcode == 1
    first, _ = arrivals(partner)
    assert 10 < len(first) < 300
    told = summary(start(program), tmp_path)
    times, _ = arrivals(partner)
    assert times == Counter(f"m{number}" for number in range(300))
    assert told["delivered"] == {"crm": 300 - len(first)}


def test_a_worker_that_goes_on_for_ever_delivers_what_others_accept(
    partner: Partner, start: Starting, tmp_path: Path
) -> None:
    program = write_program(tmp_path, partner, batch=1)
    worker = start(program, "--forever")
    summary(start(program, write_events(tmp_path, 5), "--accept-only"), tmp_path)
    wait_for(lambda: len(partner.received) == 5)
    worker.terminate()
    assert summary(worker, tmp_path)["delivered"] == {"crm": 5}
