"""Cut-overs: for every event exactly one of the two filters drops it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fql.compiler.timestamps import instant
from fql.compiler.trigger import compile_trigger
from fql.grammar.diagnostics import FqlError
from fql.runtime.cutover import CutoverError, cutover, exact_opposite, is_past, utc_text
from fql.runtime.load import compile_filter
from tests.compiler.strategies import conditions, events

if TYPE_CHECKING:
    from fql.compiler.values import Json

AT = "2026-08-01T00:00:00Z"
MADE = cutover(AT, "src_1")
CLASSIC = compile_filter(MADE.classic)
ACTIONS = compile_filter(MADE.actions)

SEED: dict[str, Any] = json.loads(
    """{
      "sourceId": "src_1",
      "destinationId": "dest_old",
      "if": "(received_at >= '2023-04-21T19:55:00.933Z')",
      "actions": [{"type": "DROP"}],
      "title": "Cut-over",
      "enabled": true
    }"""
)


def test_the_filters_have_the_shape_of_the_public_api() -> None:
    assert MADE.classic == {
        "sourceId": "src_1",
        "if": "(received_at >= '2026-08-01T00:00:00.000Z')",
        "actions": [{"type": "DROP"}],
        "title": "Cut-over 2026-08-01T00:00:00.000Z: drop from then on",
        "enabled": True,
    }
    assert MADE.actions["if"] == f"!{MADE.classic['if']}"


def test_nothing_can_be_said_against_the_filters() -> None:
    assert CLASSIC.diagnostics == ()
    assert ACTIONS.diagnostics == ()


def test_the_proof_has_every_case() -> None:
    goes_to = {each.case: each.goes_to for each in MADE.proof}
    assert goes_to == {
        "1 ms before": "classic",
        "1 ns before": "classic",
        "at the instant": "actions",
        "1 ns after": "actions",
        "1 ms after": "actions",
        "1 ns before, +02:00": "classic",
        "at the instant, +02:00": "actions",
        "1 ns before, -05:30": "classic",
        "at the instant, -05:30": "actions",
        "nine digits": "actions",
        "lower case": "actions",
        "a blank for T": "actions",
        "receivedAt, 1 ns before": "classic",
        "receivedAt, at the instant": "actions",
        "both names": "actions",
        "missing": "classic",
        "null": "classic",
        "malformed": "classic",
        "no such day": "classic",
        "a number": "classic",
        "a list": "classic",
    }


received: st.SearchStrategy[Json] = st.one_of(
    st.integers(-(10**12), 10**12).map(
        lambda difference: utc_text((instant(AT) or 0) + difference)
    ),
    st.sampled_from(
        ["2026-08-01", "2026-08-01T02:00:00+02:00", "", "soon", None, 1, []]
    ),
    st.text(max_size=30),
)


@given(events(), received, st.sampled_from(["received_at", "receivedAt"]))
def test_exactly_one_filter_drops_each_event(
    event: dict[str, Json], value: Json, key: str
) -> None:
    for given_event in (event, event | {key: value}):
        dropped = [CLASSIC(given_event) is None, ACTIONS(given_event) is None]
        assert sorted(dropped) == [False, True]


@given(st.integers(-62 * 10**18, 250 * 10**18))
def test_times_are_written_exactly(moment: int) -> None:
    assert instant(utc_text(moment)) == moment


def test_any_offset_and_precision_means_the_same_instant() -> None:
    assert cutover("2026-08-01T02:00:00+02:00", "src_1") == MADE
    assert cutover("2026-07-31t23:59:59.123456789z", "s").at == (
        "2026-07-31T23:59:59.123456789Z"
    )


@pytest.mark.parametrize(
    "text",
    ["tomorrow", "", "2026-08-01", "2026-08-01T00:00:00", "2026-02-30T00:00:00Z"],
)
def test_what_is_no_exact_time_is_refused(text: str) -> None:
    with pytest.raises(CutoverError):
        cutover(text, "src_1")


def test_a_past_time_can_be_told() -> None:
    seconds = (instant(AT) or 0) / 10**9
    assert is_past(AT, seconds + 1)
    assert not is_past(AT, seconds - 1)


# --- the pair of the original's recipe --------------------------------------------


def test_the_recipe_is_complementary_where_the_time_can_be_read() -> None:
    later = compile_filter(SEED)
    earlier = compile_filter(SEED | {"if": SEED["if"].replace(">=", "<")})
    for text in (
        "2023-04-21T19:55:00.932999999Z",
        "2023-04-21T19:55:00.933Z",
        "2023-04-21T19:55:00.9330Z",
        "2023-04-21T21:55:00.933+02:00",
        "2023-04-21T19:55:00Z",
        "2023-04-21T19:55:01Z",
        "2023-04-21",
    ):
        event: dict[str, Json] = {"received_at": text}
        assert sorted([later(event) is None, earlier(event) is None]) == [False, True]


@pytest.mark.parametrize("event", [{}, {"received_at": None}, {"received_at": "soon"}])
def test_the_recipe_sends_an_event_without_a_time_twice(event: dict[str, Json]) -> None:
    later = compile_filter(SEED)
    earlier = compile_filter(SEED | {"if": SEED["if"].replace(">=", "<")})
    assert later(event) is event
    assert earlier(event) is event
    opposite = compile_filter(SEED | {"if": exact_opposite(SEED["if"])})
    assert opposite(event) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(a = 1)", "!(a = 1)"),
        ("a = 1", "!(a = 1)"),
        ("(a = 1) or (b = 1)", "!((a = 1) or (b = 1))"),
        ("(a = '(') or (b = ')')", "!((a = '(') or (b = ')'))"),
        ("all", "false"),
    ],
)
def test_the_opposite_of_a_condition_is_negated_whole(text: str, expected: str) -> None:
    assert exact_opposite(text) == expected


@given(conditions(1), events())
def test_the_opposite_answers_otherwise(text: str, event: dict[str, Json]) -> None:
    try:
        condition = compile_trigger(text)
    except FqlError:  # a text that means nothing has no opposite
        return
    assert compile_trigger(exact_opposite(text))(event) is not condition(event)
