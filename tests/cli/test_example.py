"""``fql example``: events that match, near misses, and reasons why there are none."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

import fql as api
from tests.cli.running import Ended, fql
from tests.cli.shown import Session, check_shown, posix_only, printed_by, sessions

if TYPE_CHECKING:
    from pathlib import Path

LARGE = 'event = "Order Completed" and properties.total >= 500'


def example(text: str, *options: object) -> Ended:
    return fql("example", "-e", text, *options)


def test_an_event_that_matches_is_printed() -> None:
    ended = example(LARGE)
    assert (ended.code, ended.err) == (0, "")
    (event,) = ended.lines
    assert api.compile(LARGE)(event)


def test_several_are_different() -> None:
    ended = example(LARGE, "-n", 4)
    assert len({json.dumps(line) for line in ended.lines}) == 4
    assert example(LARGE, "-n", 4).out == ended.out
    assert example(LARGE, "-n", 4, "--seed", 7).out != ended.out


def test_events_that_do_not_match_fail_one_part_first() -> None:
    trigger = api.compile(LARGE)
    ended = example(LARGE, "--not", "-n", 6)
    assert ended.code == 0
    assert not any(trigger(event) for event in ended.lines)
    is_order = [event.get("event") == "Order Completed" for event in ended.lines[:2]]
    is_large = [event["properties"].get("total", 0) >= 500 for event in ended.lines[:2]]
    assert is_order == [False, True]
    assert is_large == [True, False]


def test_near_misses_alone_are_printed_over_and_over() -> None:
    ended = example(LARGE, "--near", "-n", 6)
    either = api.compile('event = "Order Completed" or properties.total >= 500')
    assert len(ended.lines) == 6
    assert all(either(event) for event in ended.lines)


def test_events_are_written_on_several_lines() -> None:
    ended = example(LARGE, "--pretty")
    assert ended.out.startswith('{\n  "type": "track",\n')
    assert api.compile(LARGE)(json.loads(ended.out))


def test_the_original_engine_reads_the_text_its_own_way() -> None:
    text = '!(type = "page")'
    (event,) = example(text, "--dialect", "trigger").lines
    assert event["type"] == "page"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            "a < 5 and b = 2 and a > 6",
            "no event matches: `a < 5` and `a > 6` contradict each other",
        ),
        (
            "a < b and b < c and (a = 1 and a = 2)",
            "no event matches: `(a = 1 and a = 2)` never holds",
        ),
        ("any(p, item > 1 and item < 0)", "no event matches: the condition never"),
        (
            "a != 1 and a != true and a in [1, true]",
            "no event matches: `a != 1`, `a != true` and `a in [1, true]` contradict",
        ),
    ],
)
def test_what_contradicts_is_named(text: str, reason: str) -> None:
    ended = example(text)
    assert (ended.code, ended.out) == (1, "")
    assert reason in ended.err


def test_what_always_holds_has_no_counterexample() -> None:
    ended = example("all", "--not")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == "no event fails to match: the condition always holds\n"


def test_where_none_is_found_that_is_not_taken_for_proof() -> None:
    ended = example('lowercase(a) = "abc" and match(a, "B*")')
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == "found no event that matches; there may be some all the same\n"


def test_fewer_than_wanted_are_counted() -> None:
    fixed = {"messageId": "m", "anonymousId": "a", "userId": "u", "name": "n"}
    times = {"timestamp": "2026-01-05", "receivedAt": "2026-01-06"}
    told = {**fixed, **times, "type": "page"}
    parts = [f'{name} = "{value}"' for name, value in told.items()]
    ended = example(
        " and ".join([*parts, "context = null", "properties = null"]), "-n", 3
    )
    assert (ended.code, ended.lines) == (0, [told])
    assert ended.err == "found only 1 of 3 events\n"


def test_a_tracking_plan_says_what_events_there_are(tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    total = {"type": "number", "maximum": 50}
    schema = {
        "type": "object",
        "properties": {"total": total, "size": {"enum": ["S", "M"]}},
        "required": ["total"],
        "additionalProperties": False,
    }
    plan.write_text(json.dumps({"Order Completed": schema}), encoding="utf-8")
    none = example(LARGE, "--schema", plan)
    assert none.code == 1
    assert "no event that conforms to the plan matches" in none.err
    ended = example('event = "Order Completed"', "--schema", plan, "-n", 3)
    assert ended.code == 0
    for event in ended.lines:
        assert set(event["properties"]) <= {"total", "size"}
        assert event["properties"]["total"] <= 50


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (("-e", "a == 1"), 1, "error[FQL102]"),
        (("-e", "a = 1", "--schema", "/nowhere"), 1, "error[FQL501]"),
        (("-e", "a = 1", "-n", "0"), 2, "is not in the range"),
        (("-e", "a = 1", "--seed", "x"), 2, "is not a valid integer"),
        ((), 2, "Missing option '-e'"),
    ],
)
def test_wrong_use_is_said(options: tuple[str, ...], code: int, message: str) -> None:
    ended = fql("example", *options)
    assert (ended.code, ended.out) == (code, "")
    assert message in ended.err


def test_findings_come_as_json_where_asked() -> None:
    assert example("all", "--format", "json").err == ""
    ended = example("a == 1", "--format", "json")
    assert ended.code == 1
    assert json.loads(ended.err)[0]["code"] == "FQL102"


def test_warnings_do_not_keep_events_back() -> None:
    ended = example("type = track and track = null and type = null")
    assert ended.code == 0
    assert "warning[FQL203]" in ended.err
    assert len(ended.lines) == 1


@posix_only
@pytest.mark.parametrize(
    "session", sessions("docs/examples.md"), ids=lambda session: session.command
)
def test_the_guide_shows_what_is_printed(session: Session) -> None:
    check_shown(session, printed_by(session.command))
