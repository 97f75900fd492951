"""Tests of reading JSON Schema."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fql.compiler.plans import MAX_SCHEMA_NESTING, shape_of_schema
from fql.compiler.schema import Schema
from fql.compiler.shapes import ANYTHING, Shape
from fql.compiler.types import Type
from tests.compiler.strategies import json_values

if TYPE_CHECKING:
    from fql.compiler.values import Json


@pytest.mark.parametrize(
    ("schema", "shape"),
    [
        ({}, ANYTHING),
        (True, ANYTHING),
        (False, ANYTHING),
        ({"$ref": "#/a", "type": "string"}, ANYTHING),
        ({"type": "string"}, Shape(Type.STRING)),
        ({"type": "integer"}, Shape(Type.NUMBER, is_whole=True)),
        ({"type": ["string", "null"]}, Shape(Type.STRING | Type.NULL)),
        ({"type": "string", "format": "date-time"}, Shape(Type.TIMESTAMP)),
        ({"type": "string", "format": "date"}, Shape(Type.TIMESTAMP)),
        ({"type": "string", "format": "email"}, Shape(Type.STRING, format="email")),
        ({"format": "date-time"}, ANYTHING),
        ({"enum": ["a", 1]}, Shape(Type.STRING | Type.NUMBER, choices=("a", 1))),
        ({"enum": ["2023-04-21"]}, Shape(Type.STRING, choices=("2023-04-21",))),
        ({"const": None}, Shape(Type.NULL, choices=(None,))),
        ({"minimum": 1, "maximum": 2.5}, Shape(minimum=1, maximum=2.5)),
        (
            {"exclusiveMinimum": 1, "exclusiveMaximum": 2},
            Shape(minimum=1, maximum=2, excluded=frozenset({1.0, 2.0})),
        ),
        (
            {"minimum": 1, "exclusiveMinimum": True, "exclusiveMaximum": False},
            Shape(minimum=1, excluded=frozenset({1.0})),
        ),
        (
            {"minimum": 1, "exclusiveMinimum": 0, "maximum": 5, "exclusiveMaximum": 5},
            Shape(minimum=1, maximum=5, excluded=frozenset({5.0})),
        ),
        (
            {"minimum": 1, "exclusiveMinimum": 2, "maximum": 5, "exclusiveMaximum": 6},
            Shape(minimum=2, maximum=5, excluded=frozenset({2.0})),
        ),
        ({"minLength": 1, "maxLength": 3.0}, Shape(lengths=(1, 3))),
        ({"additionalProperties": True}, Shape(is_open=True)),
        ({"type": "array", "items": True}, Shape(Type.LIST)),
        (
            {"type": "array", "items": {"type": "boolean"}},
            Shape(Type.LIST, items=Shape(Type.BOOL)),
        ),
        (
            {"type": "object", "properties": {"a": {"type": "null"}}},
            Shape(Type.OBJECT, {"a": Shape(Type.NULL)}, is_guide=True),
        ),
        ({"required": ["a", 1]}, Shape(required=frozenset({"a"}))),
        ({"required": True}, ANYTHING),
        ({"additionalProperties": False}, Shape(is_closed=True)),
        ({"additionalProperties": False, "patternProperties": {}}, Shape(is_open=True)),
        ({"additionalProperties": {"type": "string"}}, Shape(is_open=True)),
        (
            {"anyOf": [{"type": "string"}, {"type": "number"}]},
            Shape(Type.STRING | Type.NUMBER),
        ),
        ({"oneOf": [{"type": "string"}]}, Shape(Type.STRING)),
    ],
)
def test_a_schema_is_read(schema: Json, shape: Shape) -> None:
    assert shape_of_schema(schema) == shape


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        (3, "at /A: a schema is an object"),
        ({"type": "text"}, "at /A: type 'text' is none of array, boolean"),
        ({"type": [1]}, "at /A: type 1 is none of"),
        ({"properties": []}, "at /A: properties is an object of schemas"),
        (
            {"properties": {"b": {"enum": 1}}},
            "at /A/properties/b: enum is a list of values",
        ),
        ({"required": "a"}, "at /A: required is a list of names"),
        ({"minimum": "1"}, "at /A: minimum is a number"),
        ({"maximum": True}, "at /A: maximum is a number"),
        ({"exclusiveMaximum": "1"}, "at /A: exclusiveMaximum is a number"),
        ({"maxLength": []}, "at /A: maxLength is a number"),
        ({"properties": {"a/b~": 1}}, "at /A/properties/a~1b~0: a schema is"),
        ({"items": {"anyOf": []}}, "at /A/items/anyOf: anyOf and oneOf are lists"),
        ({"anyOf": [{}, 1]}, "at /A/anyOf/1: a schema is an object"),
    ],
)
def test_a_bad_schema_is_refused_with_its_place(schema: Json, message: str) -> None:
    with pytest.raises(ValueError, match=f"^tracking plan, {message}"):
        Schema.from_tracking_plan({"A": schema})


def test_a_schema_may_be_nested_only_so_deep() -> None:
    schema: Json = {}
    for _ in range(MAX_SCHEMA_NESTING):
        schema = {"properties": {"a": schema}}
    assert shape_of_schema(schema).members.keys() == {"a"}
    with pytest.raises(ValueError, match="nested more than 100 levels deep"):
        shape_of_schema({"properties": {"a": schema}})


KEYWORDS = st.sampled_from(
    ["type", "properties", "required", "enum", "items", "anyOf", "minimum", "format"]
)


@given(st.dictionaries(KEYWORDS, json_values()))
def test_any_json_is_read_or_refused(schema: dict[str, Json]) -> None:
    """Nothing but ValueError is raised, whatever stands for a schema."""
    try:
        shape = shape_of_schema(schema)
    except ValueError:
        return
    assert isinstance(shape, Shape)
