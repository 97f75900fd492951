"""The function table: complete, truthful about types, and total."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fql.compiler.functions import FUNCTIONS, Example, Function
from fql.compiler.types import includes, type_of
from fql.compiler.values import equals

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fql.compiler.values import Json

ARITIES = {
    "all": 2,
    "any": 2,
    "bool": 1,
    "contains": 2,
    "exists": 1,
    "kebabcase": 1,
    "length": 1,
    "lowercase": 1,
    "match": 2,
    "number": 1,
    "semver": 3,
    "snakecase": 1,
    "string": 1,
    "timestamp": 1,
    "titlecase": 1,
    "typeof": 1,
    "uppercase": 1,
}

jsons = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=6)
    | st.text("\ud800\udfff[*?\\", max_size=4)
    | st.sampled_from(["1.2", "=", "false", " 1e5 ", "2023-04-21"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text("a\udfff", max_size=2), inner, max_size=3)
    ),
    max_leaves=8,
)
functions = st.sampled_from(list(FUNCTIONS.values()))


def deep(levels: int) -> Json:
    value: Json = 1
    for level in range(levels):
        value = grown(value, in_object=level % 2 == 0)
    return value


def grown(value: Json, *, in_object: bool) -> Json:
    return {"a": value} if in_object else [value]


def call(function: Function, values: Sequence[Json]) -> Json:
    arguments: list[object] = [
        as_predicate(value) if parameter.is_condition else value
        for parameter, value in zip(function.parameters, values, strict=True)
    ]
    return function.implementation(*arguments)


def as_predicate(value: Json) -> Callable[[Json], Json]:
    def predicate(item: Json) -> Json:
        return item is True or value

    return predicate


def test_the_table_holds_the_functions_of_the_language() -> None:
    assert {name: each.arity for name, each in FUNCTIONS.items()} == ARITIES


def test_the_extensions_say_so() -> None:
    extensions = [name for name, each in FUNCTIONS.items() if each.is_extension]

    assert extensions == ["all", "any", "exists", "timestamp"]


def test_only_any_and_all_take_a_condition() -> None:
    takers = [
        name
        for name, each in FUNCTIONS.items()
        if any(parameter.is_condition for parameter in each.parameters)
    ]

    assert takers == ["all", "any"]


@pytest.mark.parametrize(
    ("dialect", "names"),
    [
        ("trigger", ["contains", "match"]),
        (
            "device",
            ["contains", "length", "lowercase", "match", "semver", "typeof"],
        ),
        ("fql", sorted(ARITIES)),
    ],
)
def test_each_dialect_knows_its_functions(dialect: str, names: list[str]) -> None:
    known = [name for name, each in FUNCTIONS.items() if dialect in each.dialects]

    assert known == names


@given(functions, st.data())
def test_every_call_has_an_answer_of_the_declared_type(
    function: Function, data: st.DataObject
) -> None:
    values = [data.draw(jsons) for _ in function.parameters]

    assert includes(function.result, type_of(call(function, values)))


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
@pytest.mark.parametrize(
    "value",
    [
        pytest.param(deep(100_000), id="deep"),
        pytest.param(10**5_000, id="huge"),
        pytest.param(math.nan, id="nan"),
        pytest.param(-math.inf, id="infinite"),
        pytest.param("\ud800" * 3, id="surrogates"),
    ],
)
def test_odd_values_have_an_answer_too(function: Function, value: Json) -> None:
    values = [value for _ in function.parameters]

    assert includes(function.result, type_of(call(function, values)))


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
def test_the_examples_call_the_function(function: Function) -> None:
    assert all(
        example.text.startswith(f"{function.name}(") for example in function.examples
    )


@pytest.mark.parametrize(
    ("function", "example"),
    [
        (function, example)
        for function in FUNCTIONS.values()
        for example in function.examples
        if example.text.endswith(")")
        and not any(parameter.is_condition for parameter in function.parameters)
    ],
    ids=lambda each: each.text if isinstance(each, Example) else each.name,
)
def test_the_examples_have_the_results_they_show(
    function: Function, example: Example
) -> None:
    """The arguments are literals, which but for backslashes JSON writes alike."""
    written = example.text.removeprefix(f"{function.name}(").removesuffix(")")
    values = json.loads(f"[{written}]".replace("\\", r"\\"))

    answer = call(function, values)

    assert equals(answer, example.result)


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
def test_the_summaries_are_sentences(function: Function) -> None:
    assert function.summary.endswith(".")
    assert function.summary[0].isupper()
    assert not function.otherwise.endswith(".")
