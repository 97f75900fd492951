"""Where the trigger engine reads a text otherwise: what is found, and that all is."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fql
from fql.compiler.closures import compile_condition
from fql.compiler.lower import lower_condition
from fql.compiler.portability import (
    check_limits,
    check_portability,
    portable_text,
    readings,
)
from fql.compiler.portable import answers_alike
from fql.compiler.trigger import compile_tree
from fql.grammar.codes import pages
from fql.grammar.conditions import read, read_tree
from fql.grammar.diagnostics import Code, Severity
from fql.grammar.edits import apply_edits
from tests.compiler.trigger_strategies import trigger_events, trigger_texts
from tests.conformance.cases import SAMPLE, SHARED, lines

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fql.compiler.check import Checked
    from fql.compiler.values import Json
    from fql.grammar.codes import CodePage

OFTEN = settings(max_examples=120, deadline=None)
EVENTS = st.lists(trigger_events(), min_size=1, max_size=6)


def condition(checked: Checked) -> Callable[[Json], bool]:
    return compile_condition(lower_condition(checked.root, checked.types))


def codes(text: str) -> list[str]:
    return [each.code.value for each in check_portability(text)]


# --- laws -------------------------------------------------------------------------


@OFTEN
@given(trigger_texts(), EVENTS)
def test_without_a_finding_both_dialects_agree(
    text: str, events: list[dict[str, Json]]
) -> None:
    if check_portability(text):
        return
    says, engine = condition(readings(text).checked), compile_tree(read_tree(text))
    for event in events:
        assert says(event) is engine(event), event


@OFTEN
@given(trigger_texts(), EVENTS)
def test_a_portable_text_answers_alike_in_both(
    text: str, events: list[dict[str, Json]]
) -> None:
    portable = portable_text(text)
    if portable is None:
        return
    found = check_portability(portable)
    assert {each.code for each in found} <= {Code.FALSY_PARENT}
    if found:
        return
    meant, engine = fql.compile(portable), fql.compile(portable, dialect="trigger")
    for event in events:
        assert meant(event) is engine(event), event


@OFTEN
@given(trigger_texts(), EVENTS)
def test_a_portable_text_means_what_the_text_says(
    text: str, events: list[dict[str, Json]]
) -> None:
    both = readings(text)
    portable = portable_text(text)
    if portable is None or both.says is None:
        return
    if any(each.code is Code.BARE_WORD for each in both.says.diagnostics):
        return
    says, meant = condition(both.says), fql.compile(portable)
    for event in events:
        assert says(event) is meant(event), event


@settings(max_examples=60, deadline=None)
@given(trigger_texts())
def test_where_readings_differ_there_is_a_warning(text: str) -> None:
    is_warned = any(
        each.severity is not Severity.NOTE for each in check_portability(text)
    )
    assert is_warned is not readings(text).agree


@settings(max_examples=60, deadline=None)
@given(trigger_texts())
def test_findings_lie_in_the_text_in_order(text: str) -> None:
    found = check_portability(text)
    assert all(0 <= each.span.start <= each.span.end <= len(text) for each in found)
    assert found == sorted(found, key=lambda each: each.span)


@settings(max_examples=100, deadline=None)
@given(st.text(st.sampled_from("type=\"'andor!()[],. ev\\#1\r\n<>é"), max_size=40))
def test_any_text_has_findings_or_agrees(text: str) -> None:
    assert bool(check_portability(text)) or readings(text).agree


# --- the dialect ------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(trigger_texts(), EVENTS)
def test_the_dialect_is_reading_and_compiling_the_tree(
    text: str, events: list[dict[str, Json]]
) -> None:
    tree = read(text)
    by_tree = fql.conditions.compile(tree)
    if "error" in tree:
        with pytest.raises(fql.FqlError):
            fql.compile(text, dialect="trigger")
        assert not any(by_tree(event) for event in events)
        return
    by_text = fql.compile(text, dialect="trigger")
    for event in events:
        assert by_text(event) is by_tree(event)


@pytest.mark.parametrize(
    ("cases", "events"),
    [
        (SAMPLE / "triggers.jsonl", SAMPLE / "trigger_events.jsonl"),
        (SAMPLE / "preset_triggers.jsonl", SAMPLE / "preset_events.jsonl"),
        (SHARED / "triggers.jsonl", SHARED / "events.jsonl"),
        (SHARED / "preset_triggers.jsonl", SHARED / "preset_events.jsonl"),
    ],
    ids=["sample", "preset sample", "triggers", "preset triggers"],
)
def test_the_dialect_matches_what_the_original_matches(
    cases: Path, events: Path
) -> None:
    given = lines(events)
    for case in lines(cases):
        trigger = fql.conditions.compile(read(case["fql"]))
        found = [at for at, event in enumerate(given) if trigger(event)]
        assert found == case.get("matches", []), case["fql"]
        if not case.get("error"):
            again = fql.compile(case["fql"], dialect="trigger")
            assert [at for at, event in enumerate(given) if again(event)] == found


def test_shipped_triggers_are_read_and_generated_as_by_the_original() -> None:
    for case in lines(SAMPLE / "preset_triggers.jsonl"):
        tree = read(case["fql"])
        assert json.dumps(tree) == json.dumps(case["conditions"])
        assert fql.conditions.generate(tree) == case["generated"]


def test_checking_in_the_dialect_gives_the_findings() -> None:
    (unreadable, vanishing) = fql.check("anonymousId = 'a'", dialect="trigger")
    assert (unreadable.code, unreadable.severity) == ("FQL701", Severity.ERROR)
    assert (vanishing.code, vanishing.severity) == ("FQL708", Severity.WARNING)
    assert fql.check('type = "track"', dialect="trigger") == []


# --- each kind --------------------------------------------------------------------

PORTABILITY = [page for page in pages().values() if "FQL702" <= page.code <= "FQL721"]


@pytest.mark.parametrize("page", PORTABILITY, ids=lambda page: page.code)
def test_the_example_of_a_page_gives_its_code(page: CodePage) -> None:
    assert codes(page.failing) == [page.code]
    assert codes(page.fixed) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('!(type = "a")', {"FQL703"}),
        ('type = "a" and !(event = "b" or name = "c")', {"FQL703"}),
        ('type = "a" and event = "b" or name = "c"', {"FQL704"}),
        ('((type = "a"))', {"FQL705", "FQL701"}),
        ('type = "a" and (event = "b" or (name = "c"))', {"FQL705", "FQL701"}),
        ("type = 'a'", {"FQL706"}),
        ("contains(event, 'a')", {"FQL706"}),
        ('type = "a" AND event = "b"', {"FQL707"}),
        ("properties.a = TRUE", {"FQL707"}),
        ("userId != NULL", {"FQL707"}),
        ('type = "a" and messageId = "b"', {"FQL708"}),
        ('type = "a" and contains(messageId, "b")', {"FQL708"}),
        ('type in ["a"]', {"FQL709"}),
        ('type = "a" and length(event) > 3', {"FQL709", "FQL701"}),
        ('type = "a" and properties.a', {"FQL709", "FQL701"}),
        ('type = "a" and !properties.a', {"FQL709", "FQL701"}),
        ('"a" = type', {"FQL709", "FQL701"}),
        ('contains(type, "a") and event = "b"', {"FQL709"}),
        ("properties.a = properties.b", {"FQL709"}),
        ('properties.a\\.b = "x"', {"FQL710"}),
        ('properties.items.\\0 = "x"', {"FQL710"}),
        ("properties.items.length = 1", {"FQL710"}),
        ("properties != null", {"FQL710"}),
        ('type.a = "b"', {"FQL710"}),
        ('match(event, "a*b")', {"FQL711"}),
        ('match(event, "a?")', {"FQL711"}),
        ('match(event, "[a]*")', {"FQL711"}),
        ("event = null", {"FQL712"}),
        ("properties.a != false", {"FQL713"}),
        ("name = true", {"FQL713"}),
        ('!match(event, "a*")', {"FQL714"}),
        ("properties.a != 5", {"FQL714"}),
        ('properties.a >= "5"', {"FQL715"}),
        ("userId = 5", {"FQL716"}),
        ("userId != 5", {"FQL716"}),
        ("properties.a = 9007199254740993", {"FQL716"}),
        ("properties.a < 1e2", {"FQL716"}),
        (r'event = "a\\b"', {"FQL717"}),
        ('event = "\ud83d"', {"FQL717"}),
        ('properties.and = "x"', {"FQL710"}),
        ('type == "a"', {"FQL718"}),
        ('type = "a", event = "b"', {"FQL719"}),
        ('type = "a", event = "b" or name = "c"', {"FQL719", "FQL704"}),
        ("type = track or type = page", {"FQL720"}),
        ("properties.a.b = null", {"FQL721"}),
        ("properties.a.b < 5", {"FQL721"}),
        ('type = "a" # why', {"FQL701"}),
        ('type = "a"\r\nand event = "b"', {"FQL702"}),
        ("userId = null\r\nand event != 'b'", {"FQL701", "FQL706"}),
        ("all", {"FQL701", "FQL709"}),
        ('type = "a" garbage', {"FQL702", "FQL708"}),
        ("type = ", {"FQL702"}),
        ("", {"FQL701"}),
    ],
)
def test_each_kind_has_a_code(text: str, expected: set[str]) -> None:
    assert set(codes(text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        'type = "track"',
        'type="page"',
        '(type = "a" or type = "b") and event != "c"',
        '(type = "a")',
        "userId = null or name != null or properties.a = true or traits.a = false",
        "properties.a > 5 and context.b <= -1.5 and event < 7",
        'match(event, "a*") and contains(name, "b") and match(userId, "*c")',
        'contains(event, "") and !contains(event, "x")',
        "properties.a >= 1 and properties.a != 5",
        'event = "a\\b" and (contains(event, "a"))',
        'event = "it\'s"',
        'properties.product\\ 1 = "x"',
        'properties.a.b = "x" and properties.a.b > 5',
    ],
)
def test_a_portable_text_has_no_finding(text: str) -> None:
    assert check_portability(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("type == 'a'", 'type = "a"'),
        ("type = track OR type = page", 'type = "track" or type = "page"'),
        ('!(type = "a" or userId = null)', 'type != "a" and userId != null'),
        ('type in ["a", null]', None),
        ('type in ["a", "b"]', 'type = "a" or type = "b"'),
        ('!(event in ["a", "b"])', 'event != "a" and event != "b"'),
        ("properties.a in [1, true]", "properties.a = 1 or properties.a = true"),
        ("properties.a", "properties.a = true"),
        ("exists(userId)", "userId != null"),
        ('match(event, "*a*")', 'contains(event, "a")'),
        ('match(event, "ab")', 'event = "ab"'),
        ("properties.a = 1e3", "properties.a = 1000"),
        ("5 < properties.a", "properties.a > 5"),
        ("all", "userId != null or userId = null"),
        ('type = "a" # why', 'type = "a"'),
        ("event = 'a\"b'", None),
        (r'event = "a\\b"', 'event = "a\\b"'),
        ("event = null", None),
        ("properties.a != 5", None),
        ("properties.a in []", None),
        ("properties.a = true and !properties.a", None),
        ("!all", None),
        ("type = ", None),
        ("userId in [1]", None),
        ("properties.a in properties.b", None),
        ("properties.a in [properties.b]", None),
        ("1 in [1]", None),
        ('(a and (type = "b"))', None),
        ('type = "a" and (name = "b" or (event = "c" and userId = "d"))', None),
    ],
)
def test_what_to_write_for_both(text: str, expected: str | None) -> None:
    assert portable_text(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "type = 'a' OR event == 'b'",
        'type = "a" and event = "b" or name = "c"',
        "type = track, event = 'b'",
        '!(type = "a") and event in ["b"]',
        '(match(event, "*a*") or userId = "b") and type = "c"',
    ],
)
def test_applying_the_edits_leaves_nothing_to_find(text: str) -> None:
    edited = apply_edits(text, check_portability(text))
    assert check_portability(edited) == []
    assert fql.compile(edited)


def test_a_finding_says_what_is_read() -> None:
    (finding,) = check_portability('type = "track" and event == "Cart Updated"')
    assert finding.message == (
        'the trigger engine reads this as `event = "="`: '
        "the second `=` is its value, so that it never matches"
    )
    assert finding.source.slice(finding.span) == "=="


def test_luck_is_a_note() -> None:
    for text in ('type = "a" AND event = "b"', 'type = "a", event = "b"'):
        (finding,) = check_portability(text)
        assert finding.severity is Severity.NOTE
        assert apply_edits(text, [finding]) == 'type = "a" and event = "b"'


def test_holes_and_unknown_operators_are_like_nothing() -> None:
    for text in ('() or type = "a"', 'type in "a"', "length(event) > 3"):
        tree = read_tree(text)
        assert not answers_alike(tree, tree), text
    assert answers_alike(read_tree('(type = "a")'), read_tree('type = "a"'))


def test_a_long_text_takes_little_longer() -> None:
    text = " or ".join(["type = 'a'", "properties.a != 5", "!(b = 1)"] * 500)
    started = time.perf_counter()
    found = check_portability(text)
    assert found[-1].code is Code.TOO_MANY_DIAGNOSTICS
    assert time.perf_counter() - started < 10


# --- limits -----------------------------------------------------------------------


def test_a_third_condition_is_beyond_the_plan() -> None:
    text = 'type = "a" and event = "b" and userId != null and name = "c"'
    (finding,) = check_limits(text)
    assert finding.code is Code.PLAN_CONDITIONS
    assert finding.source.slice(finding.span) == 'userId != null and name = "c"'
    assert check_limits('type = "a" and event = "b"') == []


def test_characters_that_the_builder_refuses() -> None:
    text = 'event = "~a" or contains(name, \'"\')'
    found = check_limits(text)
    assert [each.code for each in found] == [Code.REFUSED_CHARACTER] * 2
    assert [each.source.slice(each.span) for each in found] == [
        'event = "~a"',
        "contains(name, '\"')",
    ]


def test_a_text_that_is_not_read_has_no_limits() -> None:
    assert check_limits("length(event) > 3") == []
