"""Explanations: their answers, what they blame, what they propose."""

from __future__ import annotations

import json
from itertools import combinations, product
from typing import TYPE_CHECKING, assert_never

import pytest
from hypothesis import assume, given, reject, settings
from hypothesis import strategies as st

from fql.compiler.explain import Explanation, Part, Reading
from fql.compiler.missing import MISSING
from fql.compiler.shown import show
from fql.compiler.trigger import Trigger, compile_engine_text, compile_trigger
from fql.compiler.trigger import compile_tree as compile_conditions
from fql.grammar.condition_tree import from_json
from fql.grammar.diagnostics import FqlError
from tests.compiler.strategies import conditions, events
from tests.compiler.trigger_strategies import trigger_events, trigger_texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from fql.compiler.missing import Missing
    from fql.compiler.values import Json

ORDER = 'type = "track" and (event = "Order Completed" or event = "Order Refunded")'


def explained(text: str, event: dict[str, Json]) -> Explanation:
    return compile_trigger(text).explain(event)


def texts(parts: Sequence[Part]) -> list[str]:
    return [part.text for part in parts]


def leaves(part: Part) -> list[Part]:
    if not part.parts:
        return [part]
    return [leaf for each in part.parts for leaf in leaves(each)]


def every(part: Part) -> Iterator[Part]:
    yield part
    for each in part.parts:
        yield from every(each)


def decided(part: Part, answers: Mapping[int, bool]) -> bool:
    """Return what *part* gives when its leaves give *answers*, by their identity."""
    match part.joint:
        case "one":
            return answers[id(part)]
        case "not":
            return not decided(part.parts[0], answers)
        case "all":
            return all(decided(each, answers) for each in part.parts)
        case "any":
            return any(decided(each, answers) for each in part.parts)
        case _:
            assert_never(part.joint)


# --- answers ----------------------------------------------------------------------


def compiled_or_none(text: str) -> Trigger | None:
    try:
        return compile_trigger(text)
    except FqlError:
        return None


def compiles(text: str) -> Trigger:
    trigger = compiled_or_none(text)
    assume(trigger is not None)
    assert trigger is not None
    return trigger


@settings(max_examples=100)
@given(conditions(), events())
def test_the_answer_is_the_triggers(text: str, event: dict[str, Json]) -> None:
    """Law: the answers are one, and the event stays as it was."""
    trigger = compiles(text)
    before = repr(event)
    explanation = trigger.explain(event)
    explanation.to_dict()
    assert repr(event) == before
    assert explanation.matches is trigger(event)
    assert explanation.root.answer is explanation.matches


@settings(max_examples=50)
@given(conditions(), events())
def test_every_part_is_answered_as_a_trigger_of_its_text_would(
    text: str, event: dict[str, Json]
) -> None:
    """Law: what is said of a part holds of the part on its own."""
    trigger = compiles(text)
    for part in every(trigger.explain(event).root):
        alone = compiled_or_none(part.text)
        assert alone is not None
        assert alone(event) is part.answer


@settings(max_examples=50)
@given(conditions(), events())
def test_the_parts_make_up_the_answer(text: str, event: dict[str, Json]) -> None:
    """Law: a whole is what its joint makes of the answers of its parts."""
    root = compiles(text).explain(event).root
    given_answers = {id(leaf): leaf.answer for leaf in leaves(root)}
    for part in every(root):
        assert decided(part, given_answers) is part.answer


@settings(max_examples=100)
@given(trigger_texts(), trigger_events())
def test_a_trigger_of_the_engine_is_explained_as_it_answers(
    text: str, event: dict[str, Json]
) -> None:
    """Law: the same, for what the original engine reads."""
    try:
        trigger = compile_engine_text(text)
    except FqlError:
        reject()
    root = trigger.explain(event).root
    assert root.answer is trigger(event)
    assert (
        decided(root, {id(leaf): leaf.answer for leaf in leaves(root)}) is root.answer
    )


def test_a_trigger_of_the_engine_is_explained_as_it_is_read() -> None:
    trigger = compile_engine_text('type = "track" and event = "A" or event = "B"')
    explanation = trigger.explain({"type": "track", "event": "C"})
    assert explanation.matches
    assert explanation.root.text == 'type = "track" or event = "A" or event = "B"'
    assert texts(explanation.blame) == ['type = "track"']


@pytest.mark.parametrize("operator", ["and", "or"])
def test_an_empty_group_is_explained(operator: str) -> None:
    empty = {"type": "group", "operator": operator, "children": []}
    explanation = compile_conditions(from_json(empty)).explain({})
    assert explanation.matches is (operator == "and")
    assert explanation.change == ()


def test_parts_behind_one_that_fails_are_not_asked() -> None:
    text = '(contains(type, "a*") and type = "a" or type != "a")'
    explanation = compile_engine_text(text).explain({})
    assert not explanation.matches
    assert explanation.root.text == '( ) or type = "a" or type != "a"'
    assert explanation.root.joint == "one"


def test_a_tree_that_stands_for_an_error_says_so() -> None:
    trigger = compile_conditions(from_json({"error": {"message": "no such thing"}}))
    explanation = trigger.explain({})
    assert not explanation.matches
    assert explanation.root.text


# --- blame and change -------------------------------------------------------------

FIELDS = ("p.a", "p.b", "p.c", "p.d")
MAX_LEAVES = 6


def joined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    lists = st.lists(inner, min_size=2, max_size=3)
    return st.one_of(
        lists.map(lambda parts: f"({' and '.join(parts)})"),
        lists.map(lambda parts: f"({' or '.join(parts)})"),
        inner.map(lambda part: f"!{part}"),
    )


def skeletons() -> st.SearchStrategy[str]:
    """Return conditions whose tests are mere fields, and a few that read none."""
    tests = st.sampled_from((*FIELDS, *FIELDS, "(1 = 1)", '(typeof(1) = "x")'))
    return st.recursive(tests, joined, max_leaves=MAX_LEAVES)


def settings_of(part: Part, answers: list[bool]) -> dict[int, bool]:
    return {id(leaf): each for leaf, each in zip(leaves(part), answers, strict=True)}


def settles(root: Part, kept: Sequence[Part]) -> bool:
    """Say whether *kept* alone give the answer, whatever the other leaves say."""
    fixed = {id(part): part.answer for part in kept}
    free = [id(leaf) for leaf in leaves(root) if id(leaf) not in fixed]
    return all(
        decided(root, {**fixed, **dict(zip(free, answers, strict=True))}) is root.answer
        for answers in product((False, True), repeat=len(free))
    )


def turns(root: Part, turned: Sequence[Part]) -> bool:
    """Say whether the answer changes when those of *turned* do, and no others."""
    identities = {id(part) for part in turned}
    answers = {
        id(leaf): leaf.answer is not (id(leaf) in identities) for leaf in leaves(root)
    }
    return decided(root, answers) is not root.answer


SKELETONS = given(skeletons(), st.tuples(*[st.booleans()] * len(FIELDS)))


def explained_skeleton(text: str, values: tuple[bool, ...]) -> Explanation:
    event: dict[str, Json] = {"p": dict(zip("abcd", values, strict=True))}
    return explained(text, event)


@settings(max_examples=120)
@SKELETONS
def test_what_is_blamed_settles_the_answer(text: str, values: tuple[bool, ...]) -> None:
    """Law: with the blamed answers fixed, no others change the whole."""
    explanation = explained_skeleton(text, values)
    assert explanation.blame
    assert settles(explanation.root, explanation.blame)


@settings(max_examples=80)
@SKELETONS
def test_nothing_smaller_settles_the_answer(
    text: str, values: tuple[bool, ...]
) -> None:
    """Law: every set of conditions that settles the answer is as large, or larger."""
    explanation = explained_skeleton(text, values)
    smaller = combinations(leaves(explanation.root), len(explanation.blame) - 1)
    assert not any(settles(explanation.root, each) for each in smaller)


@settings(max_examples=120)
@SKELETONS
def test_the_change_turns_the_answer(text: str, values: tuple[bool, ...]) -> None:
    """Law: turning just these answers turns the whole; each reads a field."""
    explanation = explained_skeleton(text, values)
    assume(explanation.change)
    assert turns(explanation.root, explanation.change)
    assert all(part.readings for part in explanation.change)


@settings(max_examples=80)
@SKELETONS
def test_nothing_smaller_turns_the_answer(text: str, values: tuple[bool, ...]) -> None:
    """Law: a smaller set does not turn it; if there is no change, none at all does."""
    explanation = explained_skeleton(text, values)
    open_leaves = [leaf for leaf in leaves(explanation.root) if leaf.readings]
    bound = len(explanation.change) or len(open_leaves) + 1
    for size in range(1, bound):
        for each in combinations(open_leaves, size):
            assert not turns(explanation.root, each)


# --- what is told -----------------------------------------------------------------


def test_an_explanation_reads_well() -> None:
    event: dict[str, Json] = {
        "type": "track",
        "event": "order completed",
        "properties": {"total": "250"},
    }
    text = f"{ORDER}\n  and properties.total >= 100 and !contains(userId, 'test')"
    assert str(explained(text, event)) == (
        "the event does not match\n"
        "\n"
        f"1 | {ORDER}\n"
        '  | -------------- true: type is the string "track"\n'
        "  |                     ------------------------- false: event is the string "
        '"order completed"; only the letter case differs\n'
        "  |                                                  ------------------------ "
        'false: event is the string "order completed"\n'
        "2 |   and properties.total >= 100 and !contains(userId, 'test')\n"
        "  |       ^^^^^^^^^^^^^^^^^^^^^^^ false: properties.total is the string "
        '"250"; `>=` needs a number here: this is a string\n'
        "  |                                    ------------------------ false: userId "
        "is missing\n"
        "\n"
        "because:\n"
        "  properties.total >= 100 is false\n"
        "\n"
        "it would match if:\n"
        '  event were the string "Order Completed"\n'
        "  properties.total were the number 250"
    )


def test_a_match_says_what_would_end_it() -> None:
    assert str(explained('type = "page"', {"type": "page"})) == (
        "the event matches\n"
        "\n"
        '1 | type = "page"\n'
        '  | ^^^^^^^^^^^^^ true: type is the string "page"\n'
        "\n"
        "it would no longer match if:\n"
        '  type were not the string "page"'
    )


def test_wide_characters_keep_the_marks_under_their_places() -> None:
    text = 'a = "価格" or b'
    assert str(explained(text, {"b": True})).splitlines()[2:5] == [
        f"1 | {text}",
        "  | ---------- false: a is missing",
        "  |               ^ true: b is true",
    ]


def test_a_long_line_is_shown_in_pieces() -> None:
    text = " or ".join(f"properties.number_{index} = 1" for index in range(12))
    shown = str(explained(text, {}))
    assert shown.count("^ false: properties.number_") == 12
    assert shown.count("\n1 | ") == 4
    assert "and 2 more\n" in shown


def test_nobody_is_told_to_change_hundreds_of_fields() -> None:
    text = " and ".join(f"properties.number_{index} = 1" for index in range(300))
    explanation = explained(text, {})
    assert len(explanation.change) == 300
    assert explanation.remedies == ()
    assert str(explanation).endswith("  and 290 more")


def test_it_can_be_coloured() -> None:
    shown = explained("a and b", {"b": True}).to_text(color=True)
    assert "\x1b[1;31m^ false: a is missing\x1b[0m" in shown
    assert "\x1b[36m- true: b is true\x1b[0m" in shown


def test_where_no_change_is_found_the_conditions_are_named() -> None:
    shown = str(explained('type = "page" and type = "track"', {"type": "track"}))
    assert shown.endswith(
        "no change of the event was found that does it; it would match if:\n"
        '  type = "page"'
    )
    turned = str(explained("a != 1 or a = 1", {}))
    assert turned.endswith("it would no longer match if:\n  not: a != 1")


def test_a_field_that_two_conditions_read_gets_one_value() -> None:
    explanation = explained("a > 10 and a < 12", {"a": "11"})
    assert [each.to_dict() for each in explanation.remedies] == [
        {"field": "a", "text": "a were the number 11", "value": 11}
    ]


def test_what_is_nearest_is_proposed_first() -> None:
    event: dict[str, Json] = {"event": "order refunded"}
    told = [each.text for each in explained(ORDER[19:], event).remedies]
    assert told == ['event were the string "Order Refunded"']


@settings(max_examples=100)
@given(conditions(), events())
def test_the_remedies_turn_the_answer(text: str, event: dict[str, Json]) -> None:
    """Law: with all changes, the answer is the other one; the event stays."""
    trigger = compiles(text)
    before = repr(event)
    explanation = trigger.explain(event)
    changed: dict[str, Json] | None = event
    for remedy in explanation.remedies:
        assert changed is not None
        changed = remedy.applied(changed)
    assert changed is not None
    assert trigger(changed) is (explanation.matches != bool(explanation.remedies))
    assert repr(event) == before


@settings(max_examples=50)
@given(trigger_texts(), trigger_events())
def test_a_trigger_of_the_engine_has_its_parts_where_they_are_said_to_be(
    text: str, event: dict[str, Json]
) -> None:
    """Law: a part's text stands in the whole where it begins."""
    try:
        trigger = compile_engine_text(text)
    except FqlError:
        reject()
    root = trigger.explain(event).root
    for part in every(root):
        assert root.text[part.start :].startswith(part.text)


@settings(max_examples=50)
@given(conditions(), events())
def test_parts_are_where_they_are_said_to_be(text: str, event: dict[str, Json]) -> None:
    """Law: the same, for this language."""
    root = compiles(text).explain(event).root
    for part in every(root):
        assert root.text[part.start :].startswith(part.text)


@pytest.mark.parametrize(
    ("text", "last"),
    [("all", "every event matches it"), ('typeof(1) = "x"', "no event matches it")],
)
def test_a_condition_that_no_event_can_change_says_so(text: str, last: str) -> None:
    assert str(explained(text, {})).splitlines()[-1] == last


def test_a_condition_over_several_lines_is_shown_on_them() -> None:
    shown = str(explained('type\n  =   # the "kind"\n "page" and\ta\n= "#1"', {}))
    assert shown.splitlines()[2:12] == [
        "1 | type",
        "  | ^^^^",
        '2 |   =   # the "kind"',
        '3 |  "page" and    a',
        "  |  ^^^^^^ false: type is missing",
        "  |                -",
        '4 | = "#1"',
        "  | ------ false: a is missing",
        "",
        "because:",
    ]
    assert '  type = "page" is false' in shown.splitlines()


def test_as_json_it_has_everything_that_the_text_has() -> None:
    told = explained(ORDER, {"type": "track", "event": None}).to_dict()
    assert json.loads(json.dumps(told)) == told
    assert told == {
        "matches": False,
        "root": {
            "text": ORDER,
            "start": 0,
            "answer": False,
            "joint": "all",
            "parts": [
                {
                    "text": 'type = "track"',
                    "start": 0,
                    "answer": True,
                    "fields": {"type": "track"},
                    "missing": [],
                },
                {
                    "text": 'event = "Order Completed" or event = "Order Refunded"',
                    "start": 20,
                    "answer": False,
                    "joint": "any",
                    "parts": [
                        {
                            "text": f'event = "{name}"',
                            "start": start,
                            "answer": False,
                            "fields": {"event": None},
                            "missing": [],
                        }
                        for name, start in (
                            ("Order Completed", 20),
                            ("Order Refunded", 49),
                        )
                    ],
                },
            ],
        },
        "blame": ['event = "Order Completed"', 'event = "Order Refunded"'],
        "change": ['event = "Order Completed"'],
        "remedies": [
            {
                "field": "event",
                "text": 'event were the string "Order Completed"',
                "value": "Order Completed",
            }
        ],
    }


def test_missing_is_told_from_null() -> None:
    text = "a.b = 1 or a.c = 1"
    null, gone = explained(text, {"a": {"b": None}}).root.parts
    assert (null.to_dict()["missing"], gone.to_dict()["missing"]) == ([], ["a.c"])


def test_a_note_is_part_of_the_json() -> None:
    told = explained("a = 'X'", {"a": "x"}).root.to_dict()
    assert told["note"] == "only the letter case differs"


@pytest.mark.parametrize(
    ("event", "path"),
    [({"received_at": 1}, "received_at"), ({"receivedAt": 1}, "receivedAt")],
)
def test_a_field_of_two_names_goes_by_the_one_that_the_event_has(
    event: dict[str, Json], path: str
) -> None:
    explanation = explained("received_at > '2023-04-21'", event)
    assert explanation.root.readings == (Reading(path, 1),)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (MISSING, "missing"),
        (None, "null"),
        (True, "true"),
        (25, "25"),
        ("25", 'the string "25"'),
        (["a", 1], 'the list ["a",1]'),
        ({"a": 1}, 'the object {"a":1}'),
        ("x" * 100, f'the string "{"x" * 58}…'),
        ("x" * 58, f'the string "{"x" * 58}"'),
    ],
)
def test_a_value_is_shown_so_that_its_type_is_seen(
    value: Json | Missing, shown: str
) -> None:
    assert show(value) == shown


def test_a_very_deep_value_can_be_shown() -> None:
    deep: Json = 1
    for _ in range(50_000):
        deep = [deep]
    explanation = explained("properties = 1 and properties.a = 1", {"properties": deep})
    assert "the list [[[" in str(explanation)
