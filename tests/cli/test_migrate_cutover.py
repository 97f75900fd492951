"""``fql migrate cutover``: the pair, the proof, and creating them."""

from __future__ import annotations

import json

import pytest

from tests.cli.running import Ended, fql
from tests.runtime.api_server import TOKEN, serving

AT = "2999-08-01T00:00:00Z"


def cutover(*arguments: str, at: str = AT, url: str = "http://127.0.0.1:9") -> Ended:
    command = ["migrate", "cutover", "--at", at, "--source", "s1"]
    sides = ["--classic", "old", "--actions", "new"]
    environment = {"PUBLIC_API_TOKEN": TOKEN, "PUBLIC_API_URL": url}
    return fql(*command, *sides, *arguments, environment=environment)


def test_people_see_the_pair_and_the_proof() -> None:
    ended = cutover()
    assert (ended.code, ended.err) == (0, "")
    assert "POST /destination/old/filters" in ended.out
    assert '"if": "!(received_at >= \'2999-08-01T00:00:00.000Z\')"' in ended.out
    lines = ended.out.splitlines()
    header = next(line for line in lines if line.startswith("event "))
    assert header.split() == ["event", "received", "classic", "actions", "goes", "to"]
    missing = next(line for line in lines if line.startswith("missing "))
    assert missing.split() == ["missing", "{}", "passes", "drops", "classic"]
    assert lines[-1] == "exactly one of the two drops each event"


def test_programs_get_json() -> None:
    told = json.loads(cutover("--format", "json").out)
    assert told["at"] == "2999-08-01T00:00:00.000Z"
    assert told["classic"]["destinationId"] == "old"
    assert told["actions"]["filter"]["enabled"] is True
    assert {each["goesTo"] for each in told["proof"]} == {"classic", "actions"}


def test_a_past_time_is_noted() -> None:
    assert "in the past" in cutover(at="2020-01-01T00:00:00Z").err


@pytest.mark.parametrize("at", ["tomorrow", "2999-08-01", "2999-08-01T00:00:00"])
def test_a_time_that_is_not_exact_is_wrong_use(at: str) -> None:
    ended = cutover(at=at)
    assert ended.code == 2
    assert "--at" in ended.err


def test_both_sides_differ() -> None:
    assert cutover("--actions", "old").code == 2


def test_the_filters_are_created_once() -> None:
    with serving() as server:
        first = cutover("--create", url=server.url)
        second = cutover("--create", url=server.url)
        assert first.err == "old: created\nnew: created\n"
        assert second.err == "old: there\nnew: there\n"
        assert [len(server.stored[name]) for name in ("old", "new")] == [1, 1]
