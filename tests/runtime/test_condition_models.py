"""Condition trees as models: everything the engine makes, and nothing lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from pydantic import ValidationError

from fql.grammar.conditions import read
from fql.runtime.condition_models import ConditionTree, condition_schema
from tests.compiler.tree_strategies import nested_trees
from tests.compiler.trigger_strategies import trigger_texts
from tests.conformance.cases import SAMPLE, SHARED, lines

if TYPE_CHECKING:
    from pathlib import Path


def group(*children: Any) -> dict[str, Any]:
    return {"type": "group", "operator": "and", "children": list(children)}


@pytest.mark.parametrize(
    "file",
    [SAMPLE / "triggers.jsonl", SHARED / "triggers.jsonl"],
    ids=["sample", "all"],
)
def test_the_trees_of_the_original_come_back_as_they_were(file: Path) -> None:
    for case in lines(file):
        shape = case.get("conditions") or read(case["fql"])
        tree = ConditionTree.model_validate(shape)
        assert repr(tree.to_json()) == repr(shape), case["fql"]


@settings(max_examples=60, deadline=None)
@given(trigger_texts())
def test_what_is_read_of_any_text_comes_back(text: str) -> None:
    shape = read(text)
    assert repr(ConditionTree.model_validate(shape).to_json()) == repr(shape)


@settings(max_examples=30, deadline=None)
@given(nested_trees())
def test_trees_go_both_ways(tree: Any) -> None:
    assert ConditionTree.from_tree(tree).to_tree() == tree


@pytest.mark.parametrize(
    "shape",
    [
        {"type": "event", "operator": "=", "value": "a"},
        group({"type": "event-property", "operator": "exists"}),
        group({"type": "weather", "operator": "=", "value": "a"}),
        group({"type": "event", "operator": "=", "value": ["a"]}),
        group({"type": "event", "operator": 5}),
        {"type": "group", "operator": "xor", "children": []},
        {"error": 5},
        [],
    ],
)
def test_what_is_no_tree_is_refused(shape: Any) -> None:
    with pytest.raises(ValidationError):
        ConditionTree.model_validate(shape)


def test_the_schema_describes_both_forms() -> None:
    schema = condition_schema()
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    definitions: Any = schema["$defs"]
    assert set(definitions) == {
        "ConditionError",
        "ConditionGroup",
        "FieldCondition",
        "PathCondition",
    }
    examples = definitions["FieldCondition"]["properties"]["operator"]["examples"]
    assert "starts_with" in examples
