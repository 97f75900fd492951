"""What functions are known to give, and from what: never too little."""

from __future__ import annotations

from sys import maxunicode
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fql.compiler import domains, library, ranges
from fql.compiler.domains import ANY_VALUE, Domain, admits, of_type, of_values
from fql.compiler.functions import FUNCTIONS
from fql.compiler.preimages import image, is_known, preimage
from fql.compiler.types import Type
from tests.compiler.finite import is_finite
from tests.compiler.shouting import SHOUT
from tests.compiler.strategies import SAMPLES, json_values

if TYPE_CHECKING:
    from fql.compiler.signatures import Function
    from fql.compiler.values import Json

ONE_VALUE = [
    function
    for function in FUNCTIONS.values()
    if function.arity == 1 and not function.parameters[0].is_condition
]
FINITE: list[Json] = [value for value in SAMPLES if is_finite(value)]


def results() -> st.SearchStrategy[Domain]:
    """Draw what may be asked of a function's result."""
    made = [
        *(of_values([value]) for value in (None, True, False, 0, 3, "", "a", "5")),
        *(of_values([each]) for each in ("string", "null", "1e+21", "2023-04-22")),
        Domain(numbers=ranges.ordered("<", 4)),
        Domain(numbers=ranges.ordered(">=", 1.5)),
        of_type(Type.TIMESTAMP),
        of_type(Type.STRING | Type.NUMBER),
    ]
    simple = st.sampled_from(made)
    return st.one_of(simple, simple.map(domains.complement))


@pytest.mark.parametrize("function", ONE_VALUE, ids=lambda each: each.name)
@settings(max_examples=60)
@given(st.one_of(st.sampled_from(FINITE), json_values().filter(is_finite)), results())
def test_a_value_is_among_those_of_its_result(
    function: Function, value: Json, asked: Domain
) -> None:
    result = function.implementation(value)
    assert admits(image(function), result)
    if admits(asked, result):
        assert admits(preimage(function, asked), value)
    assert admits(preimage(function, of_values([result])), value)


@pytest.mark.parametrize("name", ["typeof", "length", "bool", "exists", "timestamp"])
@given(st.sampled_from(FINITE), results())
def test_of_some_functions_no_other_value_is(
    name: str, value: Json, asked: Domain
) -> None:
    function = FUNCTIONS[name]
    possible = domains.meet(asked, image(function))
    if not admits(possible, function.implementation(value)):
        assert not admits(preimage(function, possible), value)


@pytest.mark.parametrize(
    "change",
    [
        *(library.lowercase, library.uppercase, library.titlecase),
        *(library.snakecase, library.kebabcase),
    ],
)
def test_changing_a_text_again_changes_nothing(change: object) -> None:
    assert callable(change)
    every = "".join(map(chr, range(maxunicode + 1)))
    for text in (every, " ".join(every[:0x3000]), "ΑΣ ΑΣ", "ǆ ﬀ ß ŉ"):
        once = change(text)
        assert change(once) == once


def test_only_ascii_letters_spell_false() -> None:
    others = "".join(map(chr, range(128, maxunicode + 1)))
    assert not set(others.lower()) & set("false")


def test_a_number_is_among_those_of_its_text() -> None:
    for number in (1, 1.0, 1.2345678901234567e20, 10**21, 1e21, -0.0, 10**399, 1e-7):
        text = library.to_string(number)
        found = preimage(FUNCTIONS["string"], of_values([text]))
        assert admits(found, number), number


def test_long_texts_may_be_of_any_number() -> None:
    found = preimage(FUNCTIONS["string"], of_values(["1" * 500]))
    assert found.numbers == ranges.ALL


def test_of_other_functions_only_the_type_is_known() -> None:
    assert not is_known(SHOUT)
    assert image(SHOUT) == of_type(Type.STRING | Type.NULL)
    assert preimage(SHOUT, of_values(["a!"])) is ANY_VALUE


def test_of_functions_without_an_entry_arguments_may_be_anything() -> None:
    assert preimage(FUNCTIONS["semver"], of_values([True])) is ANY_VALUE
