"""Simplifying: shorter texts, the same answers, nothing that is not sure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import fql
from fql.compiler import simplify as module
from fql.compiler.simplifier import MAX_OPERANDS
from fql.compiler.simplify import simplify
from fql.grammar.diagnostics import FqlError
from fql.grammar.parse import parse_expression
from fql.grammar.source import Source
from tests.compiler.aimed_events import aimed_events
from tests.compiler.strategies import conditions

if TYPE_CHECKING:
    from fql.compiler.values import Json

SHORTER = [
    ("!!a", "a", "double negation"),
    ("!true or a", "a", "negated constant"),
    ('!(a = "x")', 'a != "x"', "negated comparison"),
    ('!(a != "x")', 'a = "x"', "negated comparison"),
    ("!(!a and !b)", "a or b", "negations moved out"),
    ('!(a != 1 or b != "x")', 'a = 1 and b = "x"', "negations moved out"),
    ("!(!a and b != 1 and !!true)", "a or b = 1", "negations moved out"),
    ("a and true", "a", "constant part"),
    ("a and false", "false", "constant part"),
    ("a or true", "all", "constant part"),
    ("a or false", "a", "constant part"),
    ("a and (b and c)", "a and b and c", "needless parentheses"),
    ("(a or b) or c", "a or b or c", "needless parentheses"),
    ("a and b and a", "a and b", "repeated part"),
    ("(a) or a", "a", "repeated part"),
    ("a and !a and b", "false", "a part and its opposite"),
    ("a = 1 or a != 1", "all", "a part and its opposite"),
    ("a = 1 or a != 1.0", "all", "values of one field"),
    ("(x < 1) or !(x < 1)", "all", "a part and its opposite"),
    ("a or (a and b)", "a", "absorbed part"),
    ("a and (a or b)", "a", "absorbed part"),
    ("(a and b) or (b and a)", "a and b", "absorbed part"),
    ("(a and b) or (a and b and c)", "a and b", "absorbed part"),
    ("a or (!a and b)", "a or b", "settled part"),
    ("a and (!a or b or c)", "a and (b or c)", "settled part"),
    ("a or b or (!a and !b)", "all", "settled part"),
    ("a = 1 or a = 2", "a in [1, 2]", "values of one field"),
    ("a = 1 or 2 = a or a in [3, 1]", "a in [1, 2, 3]", "values of one field"),
    ("a != 1 and a != 2", "!(a in [1, 2])", "values of one field"),
    ("a = 1 and a = 2", "false", "values of one field"),
    ("a in [1, 2] and a in [2, 3]", "a = 2", "values of one field"),
    ("a = 1 and a != 2", "a = 1", "values of one field"),
    ("a = 1 or a != 2", "a != 2", "values of one field"),
    ("a != 1 or a != 2", "all", "values of one field"),
    ("a = null or a = false", "a in [null, false]", "values of one field"),
    ("a in [1, 1.0, 2]", "a in [1, 2]", "fewer values"),
    ('a in ["x"]', 'a = "x"', "fewer values"),
    ("a in []", "false", "fewer values"),
    ("(a and b) or (a and c)", "a and (b or c)", "common part"),
    ("(a or b) and (a or c)", "a or (b and c)", "common part"),
    ("(a and b) or (a and c) or d", "(a and (b or c)) or d", "common part"),
    ("x > 5 and x > 3", "x > 5", "one bound implies the other"),
    ("x > 5 or x > 3", "x > 3", "one bound implies the other"),
    ("x >= 5 and x > 5", "x > 5", "one bound implies the other"),
    ("x <= 5 or x < 5", "x <= 5", "one bound implies the other"),
    ("5 < x and x > 3", "5 < x", "one bound implies the other"),
    ('x < "a" and x < "b"', 'x < "a"', "one bound implies the other"),
    ("x > 5 and x < 3", "false", "no value is in both"),
    ("x > 5 and x <= 5", "false", "no value is in both"),
    ('"a" = "b" or c', "c", "one answer for every event"),
    ('contains("ab", "a") and c', "c", "one answer for every event"),
    ("any(items, item = 1 or item = 2)", "any(items, item in [1, 2])", "values"),
    ('a or # why\n (b != "x" and b != "x")', 'a  # why\n  or b != "x"\n', "repeated"),
    ("a # why\n and !(b != 1)", "a  # why\n  and b = 1\n", "negated comparison"),
    ("a and # why\n ((b or c) and (b or d))", "a  # why\n  and (b or (c and d))\n", ""),
    ("! # why\n !(a = 1)", "# why\n!(a != 1)\n", "negated comparison"),
    ("a or # why\n !(!b or c = 1)", "a  # why\n  or (b and c != 1)\n", "moved out"),
    ("!( # why\n !!a)", "!(  # why\n  a\n)\n", "double negation"),
]

KEPT = [
    "!(x < 5)",
    "x > 5 or x <= 5",
    "x >= 3 and x <= 3",
    "x > 5 and y > 3",
    'x > 5 and x > "a"',
    "a",
    "a = true",
    "(a = 1) = true",
    "a = b",
    "a = b or a = c",
    "a in [b, 1, 1]",
    "1 in [a]",
    "a in items",
    "a = 1 or b = 1",
    "a and (b or c)",
    "(a and b) or (c and d)",
    "a != 1 and b",
    "all",
    "exists(a) and !exists(b)",
    'received_at > "2026-01-01T00:00:00Z" and received_at > "2025-01-01T00:00:00Z"',
    "a or (a # kept\n and b)",
    'contains(a, # why\n "x")',
    "any(items, item.a = 1) and any(items, item.a = 2)",
]


@pytest.mark.parametrize(("text", "shorter", "rule"), SHORTER)
def test_a_law_makes_a_text_shorter(text: str, shorter: str, rule: str) -> None:
    found = simplify(text)
    assert found.text == shorter
    assert any(rule in step.rule for step in found.steps)


@pytest.mark.parametrize("text", KEPT)
def test_what_no_law_is_sure_of_stays(text: str) -> None:
    found = simplify(text)
    assert (found.text, found.steps) == (fql.format(text), ())


def test_steps_tell_what_stood_and_what_stands_there() -> None:
    (step,) = simplify("b and !!a").steps
    assert (step.rule, step.before, step.after) == ("double negation", "!!a", "a")


def test_functions_of_an_embedder_may_be_called() -> None:
    shout = fql.FUNCTIONS["uppercase"]
    table = fql.FunctionTable(
        fql.Function(
            name="shout",
            parameters=shout.parameters,
            result=shout.result,
            summary=shout.summary,
            otherwise=shout.otherwise,
            implementation=shout.implementation,
            examples=(fql.Example('shout("a")', "A"),),
        )
    )
    found = simplify('shout(a) = "A" or shout(a) = "B"', functions=table)
    assert found.text == 'shout(a) in ["A", "B"]'


def test_a_text_with_errors_is_refused() -> None:
    with pytest.raises(FqlError) as caught:
        simplify(Source("unknown(a)", "here"))
    assert [each.source.name for each in caught.value.diagnostics] == ["here"]


def test_a_long_text_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_TEXT", 10)
    assert simplify("a or a or a").steps == ()
    assert simplify("!!a or bbb").steps != ()


def test_of_very_many_parts_only_constants_go() -> None:
    text = " or ".join(f"a.b{number}" for number in range(MAX_OPERANDS))
    assert simplify(f"{text} or a.b0 or false").text.endswith("or a.b0\n")


def different(*_: object) -> bool:
    return False


def unknown(*_: object) -> None:
    return None


def nonsense(*_: object) -> str:
    return "nonsense("


def test_a_change_that_answers_otherwise_is_not_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "is_equal", different)
    assert simplify("!!a").text == "!!a"


def test_without_a_proof_events_are_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "is_equal", unknown)
    assert simplify("!!a").text == "a"


def test_a_change_that_is_not_accepted_is_not_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "edited", nonsense)
    parsed = parse_expression(Source("!!a"))
    assert module.simplify_condition(parsed) == ((), ())


# --- laws -------------------------------------------------------------------------

ATOMS = (
    *("a", "b", "c", "true", "false", "x > 5", "x >= 5", "x < 5", "x < 7", 'x < "a"'),
    *("a = 1", "a = 2", "a != 1", "a != 2", "a in [1, 2]", "a in [2, 3]", "a = null"),
    *("exists(b)", 'contains(c, "a")', "b = c", "a = true", "a = 1.0"),
)


def joined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    several = st.lists(inner, min_size=2, max_size=3)
    return (
        several.map(lambda parts: f"({' and '.join(parts)})")
        | several.map(lambda parts: f"({' or '.join(parts)})")
        | inner.map("!({})".format)
    )


def dense() -> st.SearchStrategy[str]:
    """Draw a condition of few tests, so that many laws fit."""
    return st.recursive(st.sampled_from(ATOMS), joined, max_leaves=10)


VALUES: st.SearchStrategy[Json] = st.sampled_from(
    [None, True, False, 1, 1.0, 2, 3, 5, 6, 7, 8, "a", "", [], {}, float("nan")]
)
FEW = st.fixed_dictionaries({}, optional=dict.fromkeys("abcx", VALUES))


@settings(max_examples=120, deadline=None)
@given(dense(), st.lists(FEW, min_size=8, max_size=8))
def test_shorter_conditions_answer_alike(
    text: str, drawn: list[dict[str, Json]]
) -> None:
    found = simplify(text)
    before, after = fql.compile(text), fql.compile(found.text)
    for event in drawn:
        assert after(event) is before(event)


@settings(max_examples=50, deadline=None)
@given(conditions(), st.data())
def test_any_condition_answers_alike_afterwards(text: str, data: st.DataObject) -> None:
    try:
        before = fql.compile(text)
    except FqlError:
        assume(condition=False)
    after = fql.compile(simplify(text).text)
    events = st.lists(aimed_events(before.node), min_size=3, max_size=3)
    for event in data.draw(events):
        assert after(event) is before(event)


@settings(max_examples=80, deadline=None)
@given(dense())
def test_simplifying_again_changes_nothing(text: str) -> None:
    once = simplify(text)
    assert simplify(once.text).text == once.text


@settings(max_examples=60, deadline=None)
@given(dense())
def test_no_text_gets_longer(text: str) -> None:
    assert len(simplify(text).text) <= len(fql.format(text))
