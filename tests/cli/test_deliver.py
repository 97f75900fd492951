"""``fql deliver`` and ``fql outbox``: events to a partner's door."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import sys
from typing import TYPE_CHECKING, Any

import pytest

from fql.runtime.delivery import backoff, worker
from fql.runtime.delivery.outbox import Outbox
from fql.runtime.delivery.store import StoreError
from tests.cli.running import NOBODY, ORDER, OTHER, STAFF, Ended, fql, ndjson
from tests.runtime.delivery.partner import Partner, Received, Reply, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PROGRAM = """
source site {{}}
destination crm: webhook from site {{
  delivery {{ allow: ["127.0.0.0/8"], batch_size: 1, attempts: 2 }}
  filter "staff" when userId = "staff" {{ drop }}
  mapping "All" when all send send {{ url: "{url}/events", method: "POST", data: $ }}
}}
"""
ORDERS = [ORDER | {"messageId": f"m{number}"} for number in range(1, 4)]


@pytest.fixture
def partner() -> Iterator[Partner]:
    with serving() as running:
        yield running


@pytest.fixture
def program(tmp_path: Path, partner: Partner) -> Path:
    path = tmp_path / "site.fql"
    path.write_text(PROGRAM.format(url=partner.url))
    return path


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "outbox.db"


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backoff, "FIRST_PAUSE", 0.01)


def deliver(program: Path, place: Path, *more: object, stdin: bytes = b"") -> Ended:
    return fql("deliver", program, *more, "--outbox", place, stdin=stdin)


def counted(ended: Ended) -> dict[str, int]:
    """Return the numbers of the summary by what stands before them."""
    parted = [line.rpartition("  ") for line in ended.out.splitlines()]
    return {" ".join(text.split()): int(n.replace(",", "")) for text, _, n in parted}


def outbox(place: Path, *arguments: object) -> Ended:
    return fql("outbox", *arguments, "--outbox", place)


def told(place: Path, *arguments: object) -> Any:
    ended = outbox(place, *arguments, "--json")
    assert ended.code == 0
    return json.loads(ended.out)


def test_events_are_delivered(program: Path, place: Path, partner: Partner) -> None:
    lines = ndjson(*ORDERS, STAFF, NOBODY, OTHER) + b"no event\n"
    ended = deliver(program, place, "-", "--source", "site", stdin=lines)
    assert ended.code == 0
    assert counted(ended) == {
        "events": 6,
        "rejected lines": 1,
        "payloads accepted": 4,
        "payloads accepted before": 0,
        "passed over": 2,
        "FILTERED_BY_RULES": 1,
        "no_user_anon_id": 1,
        "delivered": 4,
        "crm": 4,
        "retries": 0,
        "dead": 0,
        "waiting": 0,
    }
    assert "FQL502" in ended.err
    assert len(partner.received) == 4


def test_events_that_come_again_are_not_delivered_again(
    program: Path, place: Path, partner: Partner
) -> None:
    assert deliver(program, place, "-", stdin=ndjson(*ORDERS)).code == 0
    ended = deliver(program, place, "-", stdin=ndjson(*ORDERS))
    assert ended.code == 0
    assert counted(ended)["payloads accepted before"] == 3
    assert len(partner.received) == 3


def test_accepting_sends_nothing_and_what_is_there_goes_later(
    program: Path, place: Path, partner: Partner
) -> None:
    ended = deliver(program, place, "-", "--accept-only", stdin=ndjson(*ORDERS))
    assert (ended.code, partner.received) == (0, [])
    assert told(place, "status")[0] | {"oldest": ""} == {
        "destination": "crm",
        "state": "pending",
        "reason": None,
        "payloads": 3,
        "oldest": "",
    }
    ended = deliver(program, place, "--format", "json")
    assert json.loads(ended.out) == {
        "findings": [],
        "summary": {
            "events": 0,
            "rejectedLines": 0,
            "payloads": 0,
            "new": 0,
            "passedOver": {},
            "delivered": {"crm": 3},
            "retries": 0,
            "dead": 0,
            "givenUp": [],
            "waiting": 0,
            "forOtherDestinations": {},
        },
    }


def test_what_was_given_up_is_shown_and_replayed(
    program: Path, place: Path, partner: Partner
) -> None:
    partner.usual = Reply(500, b"broken")
    ended = deliver(program, place, "-", stdin=ndjson(*ORDERS[:2]))
    assert ended.code == 1
    numbers = counted(ended)
    assert (numbers["dead"], numbers["retries"]) == (2, 2)
    assert numbers["crm All INTERNAL_SERVER_ERROR"] == 2
    listed = outbox(place, "dead", "--limit", 1)
    key = listed.out.split()[0]
    assert "crm/All  INTERNAL_SERVER_ERROR  2 attempts  m" in listed.out
    full = told(place, "dead", "--key", key)
    assert full["payload"]["data"]["properties"] == {"id": "o-1"}
    assert [each["attempt"] for each in full["history"]] == [1, 2]
    assert full["history"][0]["exchanges"][0]["response_body"] == "broken"
    partner.usual = Reply(200)
    assert told(place, "replay", "--key", key) == {"payloads": 1}
    assert outbox(place, "replay").out == "1 payload replayed\n"
    before = {each.headers.get("idempotency-key") for each in partner.received}
    assert deliver(program, place).code == 0
    after = {each.headers.get("idempotency-key") for each in partner.received}
    assert before == after
    assert len(after) == 2


def test_what_waits_is_tried_at_once(
    program: Path, place: Path, partner: Partner
) -> None:
    deliver(program, place, "-", "--accept-only", stdin=ndjson(*ORDERS))
    with sqlite3.connect(place) as connection:
        connection.execute("UPDATE fql_jobs SET due_at = 9e9, reason = '429'")
    connection.close()
    assert outbox(place, "retry", "--reason", "500").out == "0 payloads due now\n"
    assert told(place, "retry") == {"payloads": 3}
    assert deliver(program, place).code == 0


def test_what_was_delivered_is_removed(
    program: Path, place: Path, partner: Partner
) -> None:
    deliver(program, place, "-", stdin=ndjson(*ORDERS))
    assert outbox(place, "purge").out == "0 payloads removed\n"
    assert told(place, "purge", "--older-than", "0s", "--dead") == {"payloads": 3}
    assert outbox(place, "status").out == "the outbox is empty\n"
    assert told(place, "status") == []


def test_the_status_is_a_table(program: Path, place: Path, partner: Partner) -> None:
    deliver(program, place, "-", "--accept-only", stdin=ndjson(*ORDERS))
    with sqlite3.connect(place) as connection:
        connection.execute(
            "UPDATE fql_jobs SET state = 'dead', settled_at = 1, reason = 'GONE', "
            "accepted_at = strftime('%s', 'now') - 60 * 60 * 50 WHERE message_id = 'm1'"
        )
    connection.close()
    head, first, second = outbox(place, "status").out.splitlines()
    assert head.split() == ["destination", "state", "reason", "payloads", "oldest"]
    assert first.split() == ["crm", "dead", "GONE", "1", "2", "d"]
    assert second.split()[:3] == ["crm", "pending", "2"]
    assert second.endswith(" s")


def test_payloads_of_other_destinations_stay_and_are_told_of(
    program: Path, place: Path, partner: Partner
) -> None:
    deliver(program, place, "-", "--accept-only", stdin=ndjson(*ORDERS))
    program.write_text(program.read_text().replace("crm:", "other:"))
    ended = deliver(program, place)
    assert ended.code == 0
    assert counted(ended)["for destinations that the program does not have"] == 3
    assert partner.received == []


def test_what_is_left_behind_fails(
    program: Path, place: Path, partner: Partner, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def do_nothing(*args: object, **options: object) -> None:
        pass

    monkeypatch.setattr(worker, "work", do_nothing)
    ended = deliver(program, place, "-", stdin=ndjson(*ORDERS))
    assert (ended.code, counted(ended)["waiting"]) == (1, 3)
    assert deliver(program, place, "--forever").code == 0


def test_a_signal_lets_finish_what_is_under_way(
    program: Path, place: Path, partner: Partner
) -> None:
    def interrupt(request: Received) -> Reply | None:
        if len(partner.received) == 5:
            os.kill(os.getpid(), signal.SIGTERM)
        return Reply(seconds=0.02)

    partner.decide = interrupt
    events = [ORDER | {"messageId": f"m{number}"} for number in range(100)]
    ended = deliver(program, place, "-", stdin=ndjson(*events))
    numbers = counted(ended)
    assert ended.code == 1
    assert 5 <= numbers["delivered"] < 100
    assert numbers["delivered"] + numbers["waiting"] == 100
    assert len(partner.received) == numbers["delivered"]


def test_a_payload_that_cannot_be_read_is_listed_by_its_key(
    program: Path, place: Path, partner: Partner
) -> None:
    deliver(program, place, "-", "--accept-only", stdin=ndjson(*ORDERS[:1]))
    with sqlite3.connect(place) as connection:
        connection.execute("UPDATE fql_jobs SET payload = '{'")
    connection.close()
    assert deliver(program, place).code == 1
    head, detail = outbox(place, "dead").out.splitlines()
    assert head.split()[1:] == ["INVALID_PAYLOAD", "0", "attempts"]
    assert detail.startswith("    this is not JSON")
    assert set(told(place, "dead")) == {
        *("key", "attempts", "diedAt", "reason", "detail", "status", "history")
    }
    with sqlite3.connect(place) as connection:
        connection.execute("UPDATE fql_jobs SET detail = NULL")
    connection.close()
    assert len(outbox(place, "dead").out.splitlines()) == 1


def test_a_payload_whose_workers_ended_counts_as_given_up(
    program: Path, place: Path, partner: Partner
) -> None:
    deliver(program, place, "-", "--accept-only", stdin=ndjson(*ORDERS))
    with sqlite3.connect(place) as connection:
        connection.execute("UPDATE fql_jobs SET lost = 99 WHERE message_id = 'm2'")
    connection.close()
    ended = deliver(program, place)
    assert (ended.code, counted(ended)["dead"]) == (1, 1)
    assert "WORKER_LOST  0 attempts  m2" in outbox(place, "dead").out


def test_lines_that_are_no_events_fail_where_asked(program: Path, place: Path) -> None:
    bad = b"[]\n"
    assert deliver(program, place, "-", stdin=bad).code == 0
    assert deliver(program, place, "-", "--strict", stdin=bad).code == 1


def test_files_that_cannot_be_read_fail(
    program: Path, place: Path, tmp_path: Path, partner: Partner
) -> None:
    events = tmp_path / "events.ndjson"
    events.write_bytes(ndjson(*ORDERS))
    ended = deliver(program, place, tmp_path / "gone.ndjson", events)
    assert ended.code == 1
    assert "FQL501" in ended.err
    assert len(partner.received) == 3


def test_a_program_with_errors_is_not_delivered(program: Path, place: Path) -> None:
    program.write_text("destination {")
    ended = deliver(program, place)
    assert ended.code == 1
    assert "error[FQL" in ended.err
    assert not place.exists()


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--accept-only"], "--accept-only needs EVENTS"),
        (["--source", "gone"], "the program has no source 'gone'"),
        (["--lease", "0"], "--lease"),
    ],
)
def test_wrong_use_is_told(
    program: Path, place: Path, more: list[str], message: str
) -> None:
    ended = deliver(program, place, *more)
    assert ended.code == 2
    assert message in ended.err


def test_a_program_and_events_cannot_both_be_standard_input(place: Path) -> None:
    ended = fql("deliver", "-", "-", "--outbox", place, stdin=b"")
    assert ended.code == 2


def test_an_outbox_is_in_the_current_folder_unless_it_is_named(
    program: Path,
    place: Path,
    partner: Partner,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    elsewhere = place.parent / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    assert fql("deliver", program).code == 0
    assert (elsewhere / "outbox.db").exists()
    given = fql("deliver", program, environment={"FQL_OUTBOX": str(place)})
    assert given.code == 0
    assert place.exists()


def test_an_outbox_that_cannot_be_used_is_told(
    program: Path, place: Path, partner: Partner
) -> None:
    place.write_text("no database at all" * 99)
    ended = deliver(program, place, "-", stdin=ndjson(*ORDERS))
    assert ended.code == 1
    assert "error[FQL601]: the outbox" in ended.err
    assert "is no database" in ended.err
    assert counted(ended)["payloads accepted"] == 0


def test_an_outbox_that_fails_on_the_way_is_told(
    program: Path, place: Path, partner: Partner, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: Outbox, *args: object, **options: object) -> None:
        raise StoreError("the outbox is on a full disk", "make room")

    monkeypatch.setattr(Outbox, "settle", fail)
    ended = deliver(program, place, "-", stdin=ndjson(*ORDERS))
    assert ended.code == 1
    assert "error[FQL601]: the outbox is on a full disk" in ended.err
    assert counted(ended)["payloads accepted"] == 3


@pytest.mark.parametrize("name", ["status", "dead", "retry", "replay", "purge"])
def test_an_outbox_that_is_not_there_is_not_made(place: Path, name: str) -> None:
    ended = outbox(place, name)
    assert ended.code == 1
    assert "error[FQL601]: there is no outbox at" in ended.err
    assert not place.exists()


def test_an_age_needs_a_unit(place: Path) -> None:
    ended = outbox(place, "purge", "--older-than", "7")
    assert ended.code == 2
    assert "'7' is no age: write a number and s, m, h or d, like 7d" in ended.err


@pytest.mark.parametrize("module", ["outbox", "sealed_tokens"])
def test_without_its_package_the_extra_is_named(
    module: str, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, f"fql.runtime.delivery.{module}", None)
    ended = outbox(place, "status")
    assert ended.code == 1
    assert "error[FQL505]: an outbox needs an optional package" in ended.err
    assert 'pip install "fql[delivery]"' in ended.err
