"""Function tables: what they refuse, and that they never change."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from fql.compiler.signatures import (
    DEVICE,
    FQL,
    Example,
    Function,
    FunctionTable,
    Parameter,
)
from fql.compiler.types import Type

if TYPE_CHECKING:
    from fql.compiler.values import Json


def reverse(text: Json) -> Json:
    return text[::-1] if isinstance(text, str) else None


REVERSE = Function(
    "reverse",
    (Parameter("text", Type.STRING),),
    Type.STRING | Type.NULL,
    "The text backwards.",
    "null",
    reverse,
    (Example('reverse("abc")', "cba"),),
)


def test_a_table_gives_its_functions_by_name_in_order() -> None:
    table = FunctionTable(REVERSE, replace(REVERSE, name="double"))

    assert list(table) == ["double", "reverse"]
    assert table["reverse"] is REVERSE
    assert table.get("reverse") is REVERSE
    assert table.get("missing") is None
    assert len(table) == 2


def test_extending_a_table_leaves_it_as_it_was() -> None:
    table = FunctionTable()

    extended = table.extended(REVERSE)

    assert list(table) == []
    assert list(extended) == ["reverse"]
    assert extended == FunctionTable(REVERSE)


def test_arity_and_signature_come_from_the_parameters() -> None:
    parameters = (Parameter("text", Type.STRING), Parameter("times", Type.NUMBER))
    function = replace(REVERSE, parameters=parameters)

    assert function.arity == 2
    assert function.signature == "reverse(text, times)"


def test_a_name_may_be_taken_only_once() -> None:
    table = FunctionTable(REVERSE)

    with pytest.raises(ValueError, match="declared twice: reverse"):
        table.extended(REVERSE)


@pytest.mark.parametrize(
    "name", ["", "1st", "a.b", "a b", "a-b", "é", "and", "NULL", "In", "true\n"]
)
def test_a_name_that_no_program_can_call_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="name"):
        FunctionTable(replace(REVERSE, name=name))


TEXT = Parameter("text", Type.STRING)


@pytest.mark.parametrize(
    ("function", "problem"),
    [
        (replace(REVERSE, parameters=(TEXT, TEXT)), "share a name"),
        (replace(REVERSE, parameters=(Parameter("", Type.ANY),)), "needs a name"),
        (replace(REVERSE, parameters=(Parameter("x", Type(0)),)), "needs a type"),
        (replace(REVERSE, result=Type(0)), "type of its result"),
        (replace(REVERSE, summary=""), "summary"),
        (replace(REVERSE, otherwise=""), "otherwise"),
        (replace(REVERSE, examples=()), "example"),
        (replace(REVERSE, dialects=frozenset({DEVICE})), "dialect"),
        (replace(REVERSE, parameters=()), "does not take 0 arguments"),
        (
            replace(REVERSE, parameters=(TEXT, Parameter("to", Type.STRING))),
            "does not take 2 arguments",
        ),
        (replace(REVERSE, implementation=None), "cannot be called"),  # type: ignore[arg-type]  # refused
    ],
)
def test_an_entry_that_is_not_well_formed_is_refused(
    function: Function, problem: str
) -> None:
    with pytest.raises(ValueError, match=f"function 'reverse': .*{problem}"):
        FunctionTable().extended(function)


def test_an_implementation_that_hides_its_signature_is_accepted() -> None:
    function = replace(REVERSE, name="largest", implementation=max)

    assert FunctionTable(function)["largest"].dialects == {FQL}
