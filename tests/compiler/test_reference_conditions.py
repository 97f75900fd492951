"""The oracle for condition trees is right, and the tables say what it does."""

from __future__ import annotations

import json
import operator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fql.grammar.condition_tree import INHERITED, MEANINGS, ROOTS, Kind, Meaning
from fql.grammar.conditions import read
from fql.grammar.javascript import to_double, to_number, to_text, to_units
from tests.compiler.reference_conditions import (
    INHERITED_NAMES,
    PATH_ROOTS,
    PLAIN_ROOTS,
    Thing,
    evaluate,
    holds,
)

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "tests/conformance"
CONFORMANCE = ROOT.parent / "shared/conformance"


def lines(file: Path) -> list[Any]:
    if not file.exists():
        pytest.skip(f"no conformance cases at {file}")
    with file.open(encoding="utf-8") as texts:
        return [json.loads(text) for text in texts]


@pytest.mark.parametrize(
    ("case_file", "event_file"),
    [
        (SAMPLE / "triggers.jsonl", SAMPLE / "trigger_events.jsonl"),
        (CONFORMANCE / "triggers.jsonl", CONFORMANCE / "events.jsonl"),
        (CONFORMANCE / "preset_triggers.jsonl", CONFORMANCE / "preset_events.jsonl"),
    ],
    ids=["sample", "triggers", "preset triggers"],
)
def test_matches_are_those_of_the_original(case_file: Path, event_file: Path) -> None:
    events = lines(event_file)
    for case in lines(case_file):
        tree = read(case["fql"])
        found = [at for at, event in enumerate(events) if evaluate(tree, event)]
        assert found == case.get("matches", []), case["fql"]


def matches(text: str, **event: object) -> bool:
    tree = read(text)
    assert "error" not in tree
    return evaluate(tree, event)


@pytest.mark.parametrize(
    ("text", "properties"),
    [
        ("properties.a.b = 0", {"a": 0}),
        ('properties.a.b = ""', {"a": ""}),
        ("properties.a.b = false", {"a": False}),
        ("properties.a.b = null", {"a": None}),
        (r"properties.items\[1\].id = 5", {"items": [{}, {"id": 5}]}),
        (r"properties.items.\1.id = 5", {"items": [{}, {"id": 5}]}),
        ("properties.items.length = 2", {"items": [1, 2]}),
        ("properties.a.length = 2", {"a": "😀"}),
        (r'properties.a.\1 = "b"', {"a": "ab"}),
        ("properties.a.constructor != null", {"a": 1}),
        ("properties.a < 9007199254740993 or properties.a = 9007199254740993",
         {"a": 9007199254740993}),
        ("properties.a > 5", {"a": 10**400}),
        ('match(properties.a, "😀")', {"a": "😀"}),
    ],
)  # fmt: skip
def test_odd_reads_that_match(text: str, properties: object) -> None:
    assert matches(text, properties=properties)


@pytest.mark.parametrize(
    ("text", "properties"),
    [
        ("properties.a.b = 1", {"a.b": 1}),
        (r"properties.items.\01.id = 5", {"items": [{}, {"id": 5}]}),
        (r"properties.items.\2 != null", {"items": [1, 2]}),
        (r"properties.a.\2 != null", {"a": "ab"}),
        (r"properties\. != null", {"": 1}),
        (r"properties.\. = null or type = null", {}),
        ("() or properties.a = 1", {"a": 1}),
        ("properties.a = 1 and ()", {"a": 1}),
        ("properties.a = -", {"a": 1}),
        ("properties.a = 1", {"a": True}),
        ("properties.a != 1", {}),
        ('properties.a . "x"', {"a": "x"}),
    ],
)
def test_odd_reads_that_do_not_match(text: str, properties: object) -> None:
    assert not matches(text, properties=properties)


def test_a_hole_does_no_harm_where_it_is_not_asked() -> None:
    assert matches("event = a or ()", event="a")
    assert not matches("event = a or ()", event="b")


def test_odd_events() -> None:
    assert not evaluate(read("event != a"), None)
    assert evaluate(read("event != a"), 5)
    assert evaluate(read("properties.a = null"), [])
    assert not evaluate({"error": "no end"}, {})
    assert evaluate({"type": "group", "operator": "and", "children": []}, {})
    assert not evaluate({"type": "group", "operator": "or", "children": []}, {})


# --- the tables of the package against the oracle ---------------------------------


def test_roots_are_those_of_the_oracle() -> None:
    for kind in Kind:
        keys = PATH_ROOTS if ROOTS[kind].has_path else PLAIN_ROOTS
        assert keys[kind.value] == ROOTS[kind].key
    assert len(ROOTS) == len(PATH_ROOTS) + len(PLAIN_ROOTS)
    assert INHERITED == INHERITED_NAMES


TESTS: dict[str, Callable[[Any, Any], bool]] = {
    "equal": operator.eq,
    "less": operator.lt,
    "less_equal": operator.le,
    "greater": operator.gt,
    "greater_equal": operator.ge,
    "contains": operator.contains,
    "starts_with": str.startswith,
    "ends_with": str.endswith,
}


def type_name(value: Any) -> str:
    match value:
        case bool():
            return "bool"
        case int() | float():
            return "number"
        case str():
            return "text"
        case _:
            return "any"


def as_meant(meaning: Meaning, actual: Any, expected: Any) -> bool:
    """Work out *meaning* by what its attributes say."""
    if meaning.needs not in ("any", type_name(actual)):
        return False
    if meaning.test == "present":
        return (actual not in (None, Thing.UNDEFINED)) != meaning.is_negated
    operand: Any = {
        "text": to_units(to_text(expected)),
        "number": float("nan") if expected is None else to_number(expected),
        "true": True,
        "false": False,
    }[meaning.operand]
    same_type = type_name(actual) == type_name(operand)
    if isinstance(actual, str):
        actual = to_units(actual)
    elif same_type and not isinstance(actual, bool):
        actual = to_double(actual)
    return (same_type and TESTS[meaning.test](actual, operand)) != meaning.is_negated


SCALARS: st.SearchStrategy[Any] = st.one_of(
    st.booleans(),
    st.sampled_from(["", "a", "ab", "b", "5", "0x10", "true", "null", "x"]),
    st.sampled_from([0, 1, 5, 16, 1.5, -1, 2**53, 2**53 + 1, 10**400]),
)
FOUND: st.SearchStrategy[Any] = SCALARS | st.sampled_from(
    [None, [], {}, ["a"], Thing.UNDEFINED, Thing.INHERITED]
)


@settings(max_examples=300)
@given(st.sampled_from(sorted(MEANINGS)), FOUND, SCALARS | st.none())
def test_meanings_are_those_of_the_oracle(
    name: str, actual: Any, expected: Any
) -> None:
    """Law: the table and the oracle agree on every operator, value and operand."""
    assert as_meant(MEANINGS[name], actual, expected) == holds(actual, name, expected)


def test_an_operator_without_a_meaning_never_holds() -> None:
    assert not any(holds("x", name, "x") for name in (".", "eos", "in", "(", "=="))
