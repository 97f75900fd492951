"""Rows: what is read once for all buckets of a set, and what happens without them."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings

from fql.compiler import ir, ruleset_shared
from fql.compiler.closures import compile_value
from fql.compiler.ruleset import RuleSet
from fql.compiler.ruleset_code import compile_columns, compile_entries
from fql.compiler.ruleset_entries import Entry
from fql.compiler.ruleset_instants import instant_of
from fql.compiler.ruleset_rows import MAX_COLUMNS, NO_COLUMNS, often_read
from fql.compiler.ruleset_shared import Shared
from fql.compiler.ruleset_terms import settled_terms
from fql.compiler.trigger import compile_trigger
from tests.compiler.strategies import events

if TYPE_CHECKING:
    from fql.compiler.values import Json


def entry(number: int, text: str) -> Entry:
    terms = settled_terms((compile_trigger(text).node,))
    return Entry(number, terms or (), is_plain=True)


def load(*segments: str) -> ir.Load:
    return ir.Load(ir.EVENT, segments)


TEXTS = (
    *("a.x > 1", "a.x > 2 and b = 'z'", "lowercase(b) = 'z'", "a.x = 'y' or !c"),
    *("d >= '2023-04-21'", "d < '2023-04-22' and a.x >= 1", "any(e, item = 1)"),
    *("lowercase(b) = 'y' and c", "a.y.0 = 1", "c = a.x", "match(b, 'z*')"),
)

OPERANDS = often_read([entry(number, text) for number, text in enumerate(TEXTS)])


# --- which values -----------------------------------------------------------------


def test_what_many_rules_read_gets_a_column() -> None:
    assert {load("a", "x"), load("b"), load("c"), load("d")} <= {*OPERANDS}
    assert instant_of(load("d")) in OPERANDS
    assert any(
        isinstance(each, ir.Apply) and each.arguments == (load("b"),)
        for each in OPERANDS
    )


def test_what_few_rules_read_gets_none() -> None:
    rules = [entry(number, "a = 1") for number in range(99)]
    assert often_read([*rules, entry(99, "b = 1")]) == (load("a"),)
    calls = [entry(number, "lowercase(c) = 'x'") for number in range(3)]
    assert often_read([*rules, *calls]) == (load("a"), load("c"))


def test_elements_of_lists_get_no_columns() -> None:
    assert often_read([entry(1, "any(e, item.x = 1)")]) == (load("e"),)


def test_a_row_is_only_so_long() -> None:
    rules = [entry(0, " and ".join([f"a{number} = 1" for number in range(50)]))]
    assert len(often_read(rules)) == MAX_COLUMNS


def test_no_rules_need_no_columns() -> None:
    assert often_read([]) == ()
    assert often_read([entry(1, "all")]) == ()
    assert NO_COLUMNS.load({"a": 1}) == ()


def test_columns_are_chosen_once_and_by_many_rules(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ruleset_shared, "MANY_ENTRIES", 2)
    shared = Shared(threading.RLock())
    shared.choose_columns([entry(1, "a = 1")])
    assert shared.columns is NO_COLUMNS
    shared.choose_columns([entry(1, "all"), entry(2, "all")])
    assert shared.columns is NO_COLUMNS
    shared.choose_columns([entry(1, "a = 1"), entry(2, "a = 2")])
    assert shared.columns.operands == (load("a"),)
    chosen = shared.columns
    shared.choose_columns([entry(1, "b = 1"), entry(2, "b = 2")])
    assert shared.columns is chosen


# --- their values -----------------------------------------------------------------

COLUMNS = compile_columns(OPERANDS)
ENTRIES = [entry(number, text) for number, text in enumerate(TEXTS)]
ASK_ROW = compile_entries(ENTRIES, columns=COLUMNS)

ODD_EVENTS: tuple[Any, ...] = (
    {"a": {"x": 2, "y": [1]}, "b": "Z", "c": False, "d": "2023-04-21T12:00:00Z"},
    {"a": {"x": True}, "b": "z", "d": "2023-04-20", "e": [1]},
    *({"a": [1], "b": 5, "c": 5, "d": 5, "e": {}}, {"a": "text"}, {}, [], "text", None),
)


@settings(max_examples=50, deadline=None)
@given(events())
def test_a_row_holds_what_the_operands_are(event: dict[str, Json]) -> None:
    """For every event: each value of its row is that of the operand."""
    texts = ["lowercase(event) = 'a'", "properties.a >= '2023-04-21'", "userId = 1"]
    operands = often_read([entry(1, text) for text in texts])
    row = compile_columns(operands).load(event)
    assert row == tuple(compile_value(operand)(event) for operand in operands)


@pytest.mark.parametrize("event", ODD_EVENTS)
def test_a_function_answers_from_the_row(event: Any) -> None:
    expected = [
        number for number, text in enumerate(TEXTS) if compile_trigger(text)(event)
    ]
    for row in (COLUMNS.load(event), (), (1, 2)):
        out: list[int] = []
        again: list[int] = []
        ASK_ROW(event, row, out, again)
        assert sorted({*out, *again}) == expected


def test_a_function_that_is_given_no_row_leaves_all_to_its_twin() -> None:
    event = ODD_EVENTS[0]
    out: list[int] = []
    again: list[int] = []
    ASK_ROW(event, (), out, again)
    assert (out, bool(again)) == ([], True)
    again.clear()
    ASK_ROW(event, COLUMNS.load(event), out, again)
    assert (bool(out), again) == (True, [])


def test_a_set_of_many_rules_answers_from_rows() -> None:
    rules = {
        number: compile_trigger(
            f"type = 't{number % 30}' and {TEXTS[number % len(TEXTS)]}"
        )
        for number in range(ruleset_shared.MANY_ENTRIES)
    }
    rule_set = RuleSet(rules)
    for odd in ODD_EVENTS[:5]:
        for number in (0, 7, 30):
            event = {**odd, "type": f"t{number}"}
            expected = [name for name, trigger in rules.items() if trigger(event)]
            assert rule_set.match(event) == expected
