"""``fql migrate copy`` against a server over HTTP."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.running import FQL, Ended, fql
from tests.runtime.api_server import TOKEN, ApiServer, Trouble, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

STAFF: dict[str, Any] = {
    "title": "staff",
    "if": "userId = 'staff'",
    "actions": [{"type": "DROP"}],
    "sourceId": "s1",
    "enabled": True,
}
TESTS = STAFF | {"title": "tests", "if": "event = 'Test'"}
OFF = STAFF | {"title": "off", "if": "all", "enabled": False}


@pytest.fixture
def server() -> Iterator[ApiServer]:
    with serving() as running:
        running.put("old", STAFF, TESTS, OFF)
        yield running


def copy(server: ApiServer, *arguments: str) -> Ended:
    command = ("migrate", "copy", "--from", "old", "--to", "new")
    environment = {"PUBLIC_API_TOKEN": TOKEN, "PUBLIC_API_URL": server.url}
    return fql(*command, *arguments, environment=environment)


def test_filters_are_copied_and_listed(server: ApiServer) -> None:
    server.put("new", TESTS | {"enabled": False})
    ended = copy(server)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.splitlines() == [
        "difference at new:",
        "  + create   \"staff\" when userId = 'staff'",
        "  ~ enable   \"tests\" when event = 'Test'",
        '  - off      "off" when all',
        "",
        "enabled  \"tests\" when event = 'Test'",
        "created  \"staff\" when userId = 'staff'",
        "done: 1 created, 1 enabled",
    ]
    assert [each["enabled"] for each in server.stored["new"]] == [True, True]
    assert copy(server).out.splitlines()[-1] == "nothing to do"


def test_a_dry_run_changes_nothing(server: ApiServer) -> None:
    ended = copy(server, "--dry-run")
    assert ended.code == 0
    assert ended.out.splitlines()[-1] == (
        "2 to create, 0 to enable; this was a dry run, nothing was changed"
    )
    assert set(server.methods()) == {"GET"}
    assert "new" not in server.stored


def test_programs_get_json(server: ApiServer) -> None:
    told = json.loads(copy(server, "--format", "json", "--source", "s2").out)
    assert [each["sourceId"] for each in told["create"]] == ["s2", "s2"]
    assert [each["done"] for each in told["done"]] == ["created", "created"]
    assert [each["title"] for each in told["off"]] == ["off"]


def test_more_filters_than_the_original_takes_are_noted(server: ApiServer) -> None:
    server.put("new", *(STAFF | {"if": f"a = {number}"} for number in range(9)))
    assert "note: 11 filters; the original takes 10" in copy(server, "--dry-run").out


def test_what_the_api_refuses_ends_the_command(server: ApiServer) -> None:
    server.troubles = [Trouble("status", 403)]
    ended = copy(server)
    assert (ended.code, ended.out) == (1, "")
    assert "answers 403: come back later" in ended.err
    assert TOKEN not in ended.err


def test_a_filter_of_another_shape_ends_the_command(server: ApiServer) -> None:
    server.put("old", STAFF | {"actions": []} | {"if": 5})
    ended = copy(server)
    assert ended.code == 1
    assert "not in the API's shape" in ended.err


def test_a_token_is_needed(server: ApiServer) -> None:
    environment = {"PUBLIC_API_TOKEN": "", "PUBLIC_API_URL": server.url}
    command = ("migrate", "copy", "--from", "old", "--to", "new")
    ended = fql(*command, environment=environment)
    assert ended.code == 2
    assert "set PUBLIC_API_TOKEN" in ended.err
    assert server.requests == []
    other = fql(
        *command,
        "--token-variable",
        "MY_TOKEN",
        environment=environment | {"MY_TOKEN": TOKEN},
    )
    assert other.code == 0


def test_a_destination_is_not_copied_to_itself(server: ApiServer) -> None:
    assert copy(server, "--to", "old").code == 2


def test_a_killed_run_is_gone_on_with(server: ApiServer) -> None:
    server.troubles = [Trouble("none")] * 3 + [Trouble("late", seconds=30)]
    process = subprocess.Popen(
        [FQL, "migrate", "copy", "--from", "old", "--to", "new", "--timeout", "60"],
        env={**os.environ, "PUBLIC_API_TOKEN": TOKEN, "PUBLIC_API_URL": server.url},
        stdout=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 20
    while server.methods().count("POST") < 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait(10)
    assert len(server.stored["new"]) == 2
    assert copy(server).out.splitlines()[-1] == "nothing to do"
    assert [each["title"] for each in server.stored["new"]] == ["staff", "tests"]
