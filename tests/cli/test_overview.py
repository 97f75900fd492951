"""``fql overview``, and what ``fql deliver`` can be watched by."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

from fql.runtime.delivery.metrics import Metrics, served
from tests.cli.running import ORDER, PROGRAM, STAFF, fql, ndjson

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.running import Ended

SHOP = PROGRAM.replace("crm: webhook", "crm: stdout").replace("settings {}", "")


@pytest.fixture
def outbox(tmp_path: Path) -> Path:
    """Return an outbox from which one order was delivered."""
    program, place = tmp_path / "shop.fql", tmp_path / "outbox.db"
    program.write_text(SHOP)
    ended = deliver(program, place)
    assert ended.code == 0, ended.err
    return place


def deliver(program: Path, place: Path, *more: str) -> Ended:
    """Deliver an order and what a filter drops."""
    events = ndjson(ORDER, {**STAFF, "messageId": "m2"})
    return fql("deliver", program, "-", "--outbox", place, *more, stdin=events)


def test_the_table_has_a_line_for_each_step(outbox: Path) -> None:
    ended = fql("overview", "--outbox", outbox)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.splitlines() == [
        "step                     destination  reason             count",
        "received                                                     2",
        "filtered at destination  crm          FILTERED_BY_RULES      1",
        "accepted                 crm                                 1",
        "delivered                crm                                 1",
    ]


@pytest.mark.parametrize(
    ("by", "parts"),
    [
        ("type", ["track", "page", "page", "track", "track"]),
        ("event", ["Order Completed", None, None, *["Order Completed"] * 2]),
        ("mapping", [None, None, "Order", "Order"]),
    ],
)
def test_counts_are_broken_down(outbox: Path, by: str, parts: list[str | None]) -> None:
    ended = fql("overview", "--outbox", outbox, "--by", by, "--json")
    counts = json.loads(ended.out)["counts"]
    assert sorted(str(each[by]) for each in counts) == sorted(map(str, parts))
    assert f"  {by}" in fql("overview", "--outbox", outbox, "--by", by).out


def test_hours_are_moments(outbox: Path) -> None:
    ended = fql("overview", "--outbox", outbox, "--by", "hour", "--json")
    for each in json.loads(ended.out)["counts"]:
        assert each["hour"].endswith(":00:00Z")
    assert ":00:00Z" in fql("overview", "--outbox", outbox, "--by", "hour").out


def test_samples_tell_of_events(outbox: Path) -> None:
    ended = fql("overview", "--outbox", outbox, "--samples", "--json")
    (sample,) = json.loads(ended.out)["samples"]
    assert sample.pop("at").endswith("Z")
    assert sample == {
        "step": "filtered at destination",
        "destination": "crm",
        "mapping": None,
        "reason": "FILTERED_BY_RULES",
        "messageId": "m2",
        "told": {"filter": "staff", "detail": "dropped"},
    }
    shown = fql("overview", "--outbox", outbox, "--samples").out.splitlines()[5:]
    assert shown[0].endswith("  filtered at destination  crm  FILTERED_BY_RULES  m2")
    assert shown[1] == '    {"filter": "staff", "detail": "dropped"}'


def test_samples_are_shown_only_where_asked_for(outbox: Path) -> None:
    assert "samples" not in json.loads(
        fql("overview", "--outbox", outbox, "--json").out
    )


def test_one_destination_alone_can_be_shown(outbox: Path) -> None:
    ended = fql("overview", "--outbox", outbox, "--destination", "other")
    assert (ended.code, ended.out) == (0, "nothing was counted in this time\n")


def test_a_missing_outbox_is_told(tmp_path: Path) -> None:
    ended = fql("overview", "--outbox", tmp_path / "gone.db")
    assert (ended.code, ended.out) == (1, "")
    assert "error[FQL601]" in ended.err


@pytest.mark.parametrize("hours", ["0", "-1", "x"])
def test_hours_are_a_number_from_one_on(outbox: Path, hours: str) -> None:
    assert fql("overview", "--outbox", outbox, "--hours", hours).code == 2


# --- watching -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("9464", "is no HOST:PORT"),
        (":9464", "is no HOST:PORT"),
        ("localhost:", "is no HOST:PORT"),
        ("localhost:http", "is no HOST:PORT"),
        ("localhost:70000", "70000 is no port"),
        ("localhost:" + "9" * 5_000, "is no port"),
    ],
)
def test_addresses_that_are_none_are_refused(
    tmp_path: Path, address: str, message: str
) -> None:
    program = tmp_path / "shop.fql"
    program.write_text(SHOP)
    ended = deliver(program, tmp_path / "o.db", "--metrics", address)
    assert ended.code == 2
    assert message in ended.err
    assert not (tmp_path / "o.db").exists()


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]"])
def test_metrics_are_served_beside_the_delivery(tmp_path: Path, host: str) -> None:
    program = tmp_path / "shop.fql"
    program.write_text(SHOP)
    ended = deliver(program, tmp_path / "o.db", "--metrics", f"{host}:0")
    if host == "[::1]" and ended.code == 1:
        pytest.skip("this machine has no IPv6")
    assert ended.code == 0, ended.err


def test_an_address_in_use_is_told_and_nothing_is_sent(tmp_path: Path) -> None:
    program = tmp_path / "shop.fql"
    program.write_text(SHOP)
    with served(Metrics(), "127.0.0.1", 0) as port:
        ended = deliver(program, tmp_path / "o.db", "--metrics", f"127.0.0.1:{port}")
    assert ended.code == 1
    assert "error[FQL621]" in ended.err
    assert "in use" in ended.err
    assert '{"id"' not in ended.out


def test_metrics_without_their_package_name_the_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "fql.runtime.delivery.metrics", None)
    program = tmp_path / "shop.fql"
    program.write_text(SHOP)
    ended = deliver(program, tmp_path / "o.db", "--metrics", "127.0.0.1:0")
    assert ended.code == 1
    assert 'pip install "fql[metrics]"' in ended.err


@pytest.mark.parametrize("form", ["json", "human"])
def test_deliveries_are_logged(tmp_path: Path, form: str) -> None:
    program = tmp_path / "shop.fql"
    program.write_text(SHOP)
    more = ("--log", form, "--log-level", "debug")
    ended = deliver(program, tmp_path / "o.db", *more)
    (line,) = [each for each in ended.err.splitlines() if "delivered to" in each]
    assert "delivered to crm/Order" in line
    assert line.startswith("{") == (form == "json")


def test_without_the_package_for_spans_there_are_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.trace", None)
    program = tmp_path / "shop.fql"
    program.write_text(SHOP)
    assert deliver(program, tmp_path / "o.db").code == 0
