"""Tests of what is proved of the parts of a condition."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fql
from fql.compiler import analysis_proofs
from fql.compiler.analyze import analyze
from fql.compiler.schema import Schema
from fql.compiler.solve import Found, solve
from fql.compiler.trigger import check_trigger, compile_trigger
from fql.grammar.diagnostics import Code, Severity

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from fql.compiler.values import Json
    from fql.grammar.diagnostics import Diagnostic


def shown(text: str, schema: Schema | None = None) -> list[tuple[str, str, list[str]]]:
    """Return the code, the part and the other parts of each finding of analysis."""
    return [
        (
            each.code.value,
            each.source.slice(each.span),
            [each.source.slice(label.span) for label in each.labels],
        )
        for each in analyze(check_trigger(text, schema=schema), schema=schema)
    ]


# --- each verdict, where it has to be ----------------------------------------------


@pytest.mark.parametrize(
    ("text", "part", "others"),
    [
        ("a < 10 and a > 20", "a > 20", ["a < 10"]),
        ("a >= 1 and b = 2 and a < 1", "a < 1", ["a >= 1"]),
        ('event = "A" and match(event, "B*")', 'match(event, "B*")', ['event = "A"']),
        ('typeof(a) = "string" and a > 5', "a > 5", ['typeof(a) = "string"']),
        ("a in [1, 2] and a in [3]", "a in [3]", ["a in [1, 2]"]),
        ("exists(a) and !exists(a)", "!exists(a)", ["exists(a)"]),
        ("a = 1 and (b = 1 or a = 2)", "a = 2", ["a = 1"]),
        ("a = 1 and !(b = 1 and (c = 2 or a = 2))", "a = 2", ["a = 1"]),
        ('length(a) > 3 and a = "ab"', 'a = "ab"', ["length(a) > 3"]),
        (
            'receivedAt > "2024-01-01" and receivedAt < "2023-12-31T23:59:59+01:00"',
            'receivedAt < "2023-12-31T23:59:59+01:00"',
            ['receivedAt > "2024-01-01"'],
        ),
        ("a > 1 and a < 3 and a in [1, 3]", "a in [1, 3]", ["a > 1", "a < 3"]),
    ],
)
def test_parts_that_never_hold_together(
    text: str, part: str, others: list[str]
) -> None:
    assert shown(text) == [("FQL340", part, others)]


@pytest.mark.parametrize(
    ("text", "part", "others"),
    [
        ("a > 20 and a > 10", "a > 10", ["a > 20"]),
        ("a > 10 and a > 20", "a > 10", ["a > 20"]),
        ("a = 1 and a = 1", "a = 1", ["a = 1"]),
        ("a = 1 and b = 2 and a in [1, 2]", "a in [1, 2]", ["a = 1"]),
        (
            'match(a, "Or*") and contains(a, "r")',
            'contains(a, "r")',
            ['match(a, "Or*")'],
        ),
        (
            "(a = 1 or b = 2) and (b = 2 or a = 1)",
            "(b = 2 or a = 1)",
            ["(a = 1 or b = 2)"],
        ),
        ("a = 1 or (a != 1 and b = 2)", "a != 1", ["a = 1"]),
        ("a = 1 and (b = 1 or (a < 5 and c = 3))", "a < 5", ["a = 1"]),
    ],
)
def test_parts_that_decide_nothing(text: str, part: str, others: list[str]) -> None:
    assert shown(text) == [("FQL341", part, others)]


@pytest.mark.parametrize(
    ("text", "part", "others"),
    [
        ("a = 1 or (a = 1 and b = 2)", "(a = 1 and b = 2)", ["a = 1"]),
        ("(a = 1 and b = 2) or a = 1", "(a = 1 and b = 2)", ["a = 1"]),
        ("a > 1 or a > 2", "a > 2", ["a > 1"]),
        ("a = 1 or ((a = 1 or b = 2) and c = 3)", "a = 1", ["a = 1"]),
        (
            'contains(a, "x") or match(a, "*xy*")',
            'match(a, "*xy*")',
            ['contains(a, "x")'],
        ),
        (
            "a < 2 or a > 1 or typeof(a) = 'number'",
            "typeof(a) = 'number'",
            ["a < 2", "a > 1"],
        ),
    ],
)
def test_branches_that_others_cover(text: str, part: str, others: list[str]) -> None:
    assert ("FQL342", part, others) in shown(text)


@pytest.mark.parametrize(
    ("text", "code", "part"),
    [
        ('contains(lowercase(a), "A")', "FQL303", 'contains(lowercase(a), "A")'),
        ("b = 1 and length(a) < 0", "FQL303", "length(a) < 0"),
        ("!(length(a) < 0)", "FQL304", "!(length(a) < 0)"),
        (
            '!contains(lowercase(a), "A") or b = 1',
            "FQL304",
            '!contains(lowercase(a), "A")',
        ),
        ("a or !a", "FQL304", "!a"),
        ("b = 1 and (a < 9 or !(a < 5))", "FQL304", "!(a < 5)"),
        ("true and a = 1", "FQL304", "true"),
        ("any(a, item > 1 and item < 1)", "FQL303", "any(a, item > 1 and item < 1)"),
    ],
)
def test_parts_that_never_or_always_hold(text: str, code: str, part: str) -> None:
    found = [(each[0], each[1]) for each in shown(text)]
    assert (code, part) in found
    assert {each[0] for each in found} == {code}


# --- and where it must not be -------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "all",
        "true",
        "a = 1",
        "a < 10 or a > 20",
        "a > 10 and a < 20",
        "a = 1 and b = 1",
        "a != 1 and a != 2",
        "a = 1 or (a = 2 and b = 1)",
        "!(a = 1) and !(a = 2)",
        'type = "track" and event = "Order Completed"',
        'exists(userId) and userId != ""',
        'contains(a, "x") and contains(a, "y")',
        "semver(a, '>', '1') and semver(a, '<', '2')",
        "any(a, item = 1) and any(a, item = 2)",
        "a = b and b = c and a != d",
    ],
)
def test_nothing_is_said_where_each_part_decides(text: str) -> None:
    assert shown(text) == []


@pytest.mark.parametrize(
    "text",
    [
        'type = "page" and type = "screen" and event = "X"',
        "a = 1 or a != 1",
        'type != "page" or type != "screen"',
        'a = 1 and type = "trak"',
        '"a" = "b" or a = 1',
        "a = 1 and false",
        'b = 1 or match("Order *", event)',
        "type = track",
        'a = 1 and receivedAt < "yesterday"',
    ],
)
def test_what_checking_found_is_not_said_again(text: str) -> None:
    assert check_trigger(text).diagnostics
    assert shown(text) == []


def test_a_text_with_errors_is_not_analyzed() -> None:
    assert shown("a = 1 and a == 1 and a > 3") == []


def test_a_part_with_a_finding_leaves_the_others_to_be_looked_at() -> None:
    found = shown('type = "page" and type = "screen" and a > 2 and a < 1')
    assert found == [("FQL340", "a < 1", ["a > 2"])]


# --- wording ------------------------------------------------------------------------


def of(text: str) -> Diagnostic:
    (found,) = analyze(check_trigger(text))
    return found


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a > 2 and a < 1", "this never holds together with `a > 2`"),
        ("a > 2 and a > 1", "this decides nothing: it always holds where `a > 2` does"),
        ("a = 1 or (a != 1 and b = 2)", "always holds where `a = 1` does not"),
        ("a > 2 or a > 3", "this decides nothing: `a > 2` covers it"),
        ("a or !a", "this or `a` holds for every event"),
        ("a > 1 and a < 3 and a in [1, 3]", "never holds together with what is marked"),
        ("a = 1 and length(b) < 0", "this holds for no event"),
        (
            "a in [1, 2] and (a = 1 or c = 3 or (b = 1 and a = 2))",
            "this decides nothing: it always holds where it matters",
        ),
    ],
)
def test_a_message_says_what_was_proved(text: str, message: str) -> None:
    assert message in of(text).message


def test_a_guard_that_is_not_needed_is_only_noted() -> None:
    guards = ["a != null", "exists(a)", '(typeof(a) = "number")']
    found = [of(f"{guard} and a > 5").severity for guard in guards]
    assert found == [Severity.NOTE] * 3
    assert of("a > 4 and a > 5").severity is Severity.WARNING


def test_only_a_few_of_many_reasons_are_pointed_at() -> None:
    others = " and ".join(f"a != {number}" for number in range(8))
    found = of(f"{others} and a in [0, 1, 2, 3, 4, 5, 6, 7]")
    assert len(found.labels) == 4
    assert found.message == "this never holds together with what is marked"


# --- with a tracking plan -----------------------------------------------------------

PLAN = Schema.from_tracking_plan(
    {
        "Rated": {
            "properties": {
                "stars": {"type": "integer", "minimum": 1, "maximum": 5},
                "by": {"enum": ["web", "app"]},
            },
            "required": ["stars"],
        }
    },
    name="plan.json",
)
RATED = 'event = "Rated" and type = "track" and '


def test_a_plan_makes_more_impossible() -> None:
    text = RATED + "length(properties.by) > 3"
    assert shown(text) == []
    (found,) = analyze(check_trigger(text, schema=PLAN), schema=PLAN)
    assert found.code is Code.CONTRADICTION
    assert found.message.endswith(", by plan.json")
    assert found.source.slice(found.span) == "length(properties.by) > 3"


def test_a_plan_makes_a_branch_impossible() -> None:
    text = RATED + "(properties.by = 'tv-set' or length(properties.by) > 3)"
    found = shown(text, PLAN)
    assert found == [("FQL340", "length(properties.by) > 3", ['event = "Rated"'])]


@pytest.mark.parametrize(
    "text",
    [
        RATED + "properties.stars <= 5",
        RATED + "(properties.stars < 3 or properties.stars >= 3)",
        'event = "Rated" and properties.stars > 0',
        'event = "Rated" and exists(properties.stars)',
        "exists(properties.stars) or event = 'Rated' or type = 'page'",
    ],
)
def test_a_condition_that_only_the_plan_makes_needless_may_stay(text: str) -> None:
    assert shown(text, PLAN) == []


def test_what_holds_without_the_plan_is_said_once() -> None:
    found = shown(RATED + "properties.stars > 4 and properties.stars > 3", PLAN)
    assert found == [("FQL341", "properties.stars > 3", ["properties.stars > 4"])]


def test_without_a_plan_the_spec_rules_nothing_out() -> None:
    text = "typeof(event) = 'number' and type = 'track'"
    assert shown(text, Schema()) == []


# --- where it runs ------------------------------------------------------------------


def test_compiling_is_spared_the_analysis() -> None:
    text = "a > 2 and a < 1"
    assert fql.compile(text).diagnostics == ()
    assert [each.code for each in fql.check(text)] == [Code.CONTRADICTION]


def test_findings_stand_in_the_order_of_the_text() -> None:
    found = fql.check('typ = 1 and a > 2 and a < 1 and event = "2" and event > "10"')
    assert [each.span for each in found] == sorted(each.span for each in found)
    assert len(found) >= 3


def test_a_spent_budget_ends_it_in_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "a > 2 and a < 1"
    monkeypatch.setattr(analysis_proofs, "MAX_WORK", 30)
    assert shown(text) == []


def test_a_long_text_is_looked_at_in_part() -> None:
    text = " or ".join(
        f'(event = "e{n}" and properties.p{n} > {n})' for n in range(900)
    )
    assert shown(text) == []


def test_nesting_is_followed_only_so_deep() -> None:
    def nested(depth: int) -> str:
        text = "a > 2 and a < 1"
        for level in range(depth):
            text = f"b{level} = 1 {'or' if level % 2 else 'and'} ({text})"
        return text

    assert len(shown(nested(4))) == 1
    assert shown(nested(60)) == []


# --- laws ---------------------------------------------------------------------------

VALUES: list[Json] = [
    None,
    0,
    1,
    2,
    2.5,
    3,
    "A",
    "AB",
    "B",
    "",
    True,
    [1, 2],
    ["A"],
    {},
]
EVENTS: list[dict[str, Json]] = [
    {"a": one, "b": other} for one, other in product(VALUES, VALUES)
] + [{}, {"a": 1}, {"b": "A"}]

FIELDS = st.sampled_from(["a", "a", "a", "b"])
NUMBERS = st.sampled_from(["1", "2", "2.5", "3"])
TEXTS = st.sampled_from(['"A"', '"AB"', '""', '"B"'])


def conditions() -> SearchStrategy[str]:
    orders = st.builds(
        "{} {} {}".format, FIELDS, st.sampled_from(["<", "<=", ">", ">="]), NUMBERS
    )
    equalities = st.builds(
        "{} {} {}".format, FIELDS, st.sampled_from(["=", "!="]), NUMBERS | TEXTS
    )
    memberships = st.builds("{} in [{}, {}]".format, FIELDS, NUMBERS, TEXTS)
    calls = st.builds(
        "{}({}, {})".format, st.sampled_from(["contains", "match"]), FIELDS, TEXTS
    )
    kinds = st.builds(
        'typeof({}) = "{}"'.format,
        FIELDS,
        st.sampled_from(["string", "number", "list"]),
    )
    others = st.sampled_from(
        [
            "exists(a)",
            "a = b",
            "length(a) > 1",
            'match(a, "A*")',
            "a",
            "any(a, item = 1)",
        ]
    )
    return orders | equalities | memberships | calls | kinds | others


def texts() -> SearchStrategy[str]:
    return st.recursive(
        conditions(),
        lambda inner: st.one_of(
            st.builds("({} and {})".format, inner, inner),
            st.builds("({} or {})".format, inner, inner),
            st.builds("({} and {} and {})".format, inner, inner, inner),
            st.builds("!({})".format, inner),
        ),
        max_leaves=6,
    )


STANDS_FOR = {
    Code.NEVER_TRUE: "(1 = 2)",
    Code.CONTRADICTION: "(1 = 2)",
    Code.COVERED: "(1 = 2)",
    Code.ALWAYS_TRUE: "(1 = 1)",
    Code.DECIDES_NOTHING: "(1 = 1)",
}
"""What a part that was found can be replaced with, by the code of the finding."""


def targeted(text: str, found: Diagnostic) -> list[dict[str, Json]]:
    """Return events that were made for *text*, and for the part that was found."""
    part = found.source.slice(found.span)
    others = [found.source.slice(label.span) for label in found.labels]
    events = []
    for each in (text, part, *others, f"!({text})", f"!({part})"):
        answer = solve(compile_trigger(each).node)
        if isinstance(answer, Found):
            events.append(answer.event)
    return events


@settings(max_examples=120)
@given(texts())
def test_every_verdict_holds_for_every_event(text: str) -> None:
    """A part that is never or always true, or decides nothing, can be replaced."""
    trigger = compile_trigger(text)
    for found in analyze(check_trigger(text)):
        start, end = found.span
        replaced = f"{text[:start]}{STANDS_FOR[found.code]}{text[end:]}"
        other = compile_trigger(replaced.replace("(1 = 1)", "true = true"))
        for event in (*EVENTS, *targeted(text, found)):
            assert trigger(event) == other(event), (found.message, event)
