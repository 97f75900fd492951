"""The generated function of a bucket."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fql.compiler.ruleset_code import compile_entries
from fql.compiler.ruleset_entries import Entry
from fql.compiler.ruleset_report import code_size
from fql.compiler.ruleset_terms import settled_terms
from fql.compiler.trigger import compile_trigger

if TYPE_CHECKING:
    from fql.compiler.values import Json


def entry(number: int, text: str, *, is_plain: bool = True) -> Entry:
    terms = settled_terms((compile_trigger(text).node,))
    return Entry(number, terms or (), is_plain)


def answers(entries: list[Entry], event: Json) -> tuple[list[int], list[int]]:
    out: list[int] = []
    again: list[int] = []
    compile_entries(entries)(event, (), out, again)
    return out, again


def test_plain_answers_and_others_go_to_lists_of_their_own() -> None:
    rules = [entry(1, "a = 1"), entry(2, "a = 1", is_plain=False), entry(~3, "a = 1")]
    rules[2] = rules[2]._replace(is_plain=False)
    assert answers(rules, {"a": 1}) == ([1], [2, ~3])
    assert answers(rules, {"a": True}) == ([], [])


def test_no_rules_give_no_answers() -> None:
    assert answers([], {"a": 1}) == ([], [])


@pytest.mark.parametrize(
    "event",
    [{"a": "text"}, {"a": [1]}, {"a": {"b": []}}, [], "text", None, {"a": {"b": "x"}}],
)
def test_odd_events_are_answered_again(event: Json) -> None:
    texts = ["a.b in ['x', 'y']", "!(a.b > 1)", "lowercase(a.b) = 'x'", "a.b.c = null"]
    rules = [entry(number, text) for number, text in enumerate(texts)]
    expected = [
        number
        for number, text in enumerate(texts)
        if compile_trigger(text)(event)  # type: ignore[arg-type]
    ]
    out, again = answers(rules, event)
    assert sorted({*out, *again}) == expected


@pytest.mark.parametrize("op", ["<", "<=", ">", ">="])
@pytest.mark.parametrize(
    "value", [0, 1, 1.5, 3, 10, True, "1", None, float("nan"), float("inf"), -(10**400)]
)
def test_bounds_are_kept_exactly(op: str, value: Json) -> None:
    texts = [f"x {op} {bound}" for bound in (1, 1.5, 2, 3, 3.0, 4, 10)]
    rules = [entry(number, text) for number, text in enumerate(texts)]
    out, again = answers(rules, {"x": value})
    expected = [
        n for n, text in enumerate(texts) if compile_trigger(text)({"x": value})
    ]
    assert sorted(out) == expected
    assert again == []


@pytest.mark.parametrize("event", [{"x": "m"}, {"x": "z", "y": []}, {"x": 5}, []])
def test_bounds_may_be_texts_and_values_computed(event: Json) -> None:
    texts = [f"lowercase(x) >= '{letter}'" for letter in "abmnxyz"]
    texts += [f"length(x) < {length}" for length in range(7)]
    rules = [entry(number, text) for number, text in enumerate(texts)]
    out, again = answers([*rules, entry(99, "y.z = 1")], event)
    expected = [
        number
        for number, text in enumerate(texts)
        if compile_trigger(text)(event)  # type: ignore[arg-type]
    ]
    assert sorted({*out, *again}) == expected


@pytest.mark.parametrize(
    "sent_at",
    ["2023-04-21T12:00:00Z", "2023-04-21T14:30:00.500+02:00", "no time", 5, None],
)
def test_a_timestamp_that_many_compare_is_read_once(sent_at: Json) -> None:
    texts = [f"x >= '2023-04-21T1{hour}:00:00Z'" for hour in range(8)]
    texts += ["x < y", "y < '2023-04-22'"]
    rules = [entry(number, text) for number, text in enumerate(texts)]
    event: dict[str, Json] = {"x": sent_at, "y": "2023-04-21T15:00:00Z"}
    out, again = answers(rules, event)
    expected = [n for n, text in enumerate(texts) if compile_trigger(text)(event)]
    assert sorted({*out, *again}) == expected


def test_what_is_no_function_of_python_has_a_size_too() -> None:
    assert code_size(len) > 0
