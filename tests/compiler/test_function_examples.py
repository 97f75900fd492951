"""What the tables show of each function is what a program gets from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fql.compiler.check import check_condition, check_value
from fql.compiler.closures import compile_value
from fql.compiler.functions import FUNCTIONS
from fql.compiler.lower import lower_plain, lower_value
from fql.compiler.payload_functions import LIQUID, PAYLOAD_FUNCTIONS
from fql.grammar import nodes
from fql.grammar.diagnostics import Code, has_errors
from fql.grammar.parse import parse_expression, parse_mapping
from fql.grammar.source import Source
from tests.compiler.compiling import exactly
from tests.compiler.reference import Scope, value_of

if TYPE_CHECKING:
    from fql.compiler.signatures import Example

EXAMPLES = [
    pytest.param(name, example, id=example.text)
    for name, function in FUNCTIONS.items()
    for example in function.examples
]
PAYLOAD_EXAMPLES = [
    pytest.param(name, example, id=example.text)
    for name, function in PAYLOAD_FUNCTIONS.items()
    for example in function.examples
]


@pytest.mark.parametrize(("name", "example"), EXAMPLES)
def test_an_example_gives_its_result_in_a_condition(
    name: str, example: Example
) -> None:
    parsed = parse_expression(Source(example.text))
    assert not has_errors(parsed.diagnostics)
    value = compile_value(lower_plain(parsed.root, check_condition(parsed).types))
    assert exactly(value({})) == exactly(example.result)
    assert name in called(parsed.root)


@pytest.mark.parametrize(("name", "example"), EXAMPLES)
def test_an_example_gives_its_result_in_a_mapping(name: str, example: Example) -> None:
    parsed = parse_mapping(Source(example.text))
    assert not has_errors(parsed.diagnostics)
    value = compile_value(lower_value(parsed.root, check_value(parsed).types))
    assert exactly(value({})) == exactly(example.result)


@pytest.mark.parametrize(("name", "example"), EXAMPLES)
def test_the_oracle_agrees_with_the_table(name: str, example: Example) -> None:
    root = parse_expression(Source(example.text)).root
    assert exactly(value_of(root, Scope({}))) == exactly(example.result)


@pytest.mark.parametrize(("name", "example"), PAYLOAD_EXAMPLES)
def test_an_example_of_a_payload_function_gives_its_result(
    name: str, example: Example
) -> None:
    parsed = parse_mapping(Source(example.text))
    checked = check_value(parsed)
    assert not has_errors(checked.diagnostics)
    value = compile_value(lower_value(parsed.root, checked.types))
    assert exactly(value({})) == exactly(example.result)
    assert name in called(parsed.root)


def test_every_payload_function_is_shown() -> None:
    shown = {name for name, entry in PAYLOAD_FUNCTIONS.items() if entry.examples}
    assert shown == PAYLOAD_FUNCTIONS.keys() - {LIQUID}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_takes_the_arguments_that_it_declares(name: str) -> None:
    few = ", ".join(["null"] * (FUNCTIONS[name].arity - 1))
    many = ", ".join(["null"] * (FUNCTIONS[name].arity + 1))
    for arguments in (few, many):
        found = check_condition(parse_expression(Source(f"{name}({arguments}) = null")))
        assert Code.WRONG_ARITY in {each.code for each in found.diagnostics}


def called(node: nodes.Expr) -> set[str]:
    """Return the functions that the outermost calls of *node* name."""
    match node:
        case nodes.Call(name):
            return {name}
        case nodes.Compare(left, _, right):
            return called(left) | called(right)
        case _:
            return set()
