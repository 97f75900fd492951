"""By what rules are found: accesses and keys."""

from __future__ import annotations

from itertools import product

import pytest

from fql.compiler import ir, script
from fql.compiler.functions import FUNCTIONS
from fql.compiler.globs import read_glob
from fql.compiler.ruleset_keys import (
    NO_KEY,
    Kind,
    Strength,
    accesses,
    scalar_key,
    strength_of,
    text_access,
    text_equality,
)
from fql.compiler.trigger import compile_trigger
from fql.compiler.types import Type
from fql.compiler.values import equals
from tests.compiler.strategies import SAMPLES

X = ir.Load(ir.EVENT, ("x",))
ITEM = ir.Load(1, ("x",))


def found(term: ir.Ir) -> list[tuple[str, tuple[object, ...]]]:
    return [(str(access.kind), access.keys) for access in accesses(term)]


def matching(pattern: str) -> ir.Ir:
    return ir.GlobTest(X, read_glob(pattern))


def test_keys_are_equal_where_values_are() -> None:
    """For scalars but not-a-number: one key for equal values, only for them."""
    scalars = [each for each in SAMPLES if not isinstance(each, list | dict)]
    for one, other in product([each for each in scalars if each == each], repeat=2):
        assert (scalar_key(one) == scalar_key(other)) == equals(one, other)


@pytest.mark.parametrize("value", [[], {}, [1], {"a": 1}, script.INHERITED_MEMBER])
def test_what_is_no_scalar_has_no_key(value: object) -> None:
    assert scalar_key(value) is NO_KEY


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        (ir.Equal(X, ir.Constant("a")), [("equal", ("a",))]),
        (ir.Equal(X, ir.Constant(value=True)), [("equal", ((True,),))]),
        (ir.Equal(X, ir.Constant([1])), []),
        (ir.Equal(ITEM, ir.Constant("a")), []),
        (ir.Equal(X, X), []),
        (ir.Element(X, ir.Constant(["a", 1, 1.0, None])), [("equal", ("a", 1, None))]),
        (ir.Element(X, ir.Constant(["a", []])), []),
        (ir.Element(X, ir.Constant([])), []),
        (ir.IsTrue(X), [("equal", ((True,),))]),
        (ir.Order("<", X, ir.Constant(1)), [("number", ())]),
        (ir.Order("<", X, ir.Constant("a")), [("string", ())]),
        (ir.Order("<", ITEM, ir.Constant("a")), []),
        (ir.InstantOrder("<", X, ir.Constant("2023-04-21")), [("string", ())]),
        (ir.HasType(X, Type.STRING), [("string", ())]),
        (ir.HasType(X, Type.NUMBER), [("number", ())]),
        (ir.HasType(X, Type.BOOL), []),
        (ir.Not(ir.IsTrue(X)), []),
        (matching("*ab*"), [("string", ())]),
        (matching("*abcd*"), [("part", ("abc",)), ("string", ())]),
        (
            matching("abcde*"),
            [("prefix", ("abcd",)), ("part", ("abc",)), ("string", ())],
        ),
        (matching("a*z"), [("prefix", ("a",)), ("string", ())]),
        (matching("ab[cd]*"), [("prefix", ("ab",)), ("string", ())]),
        (matching("ab*[cd]"), [("prefix", ("ab",)), ("string", ())]),
        (matching("a?"), [("prefix", ("a",)), ("string", ())]),
        (ir.GlobTest(ITEM, read_glob("a*")), []),
    ],
)
def test_a_condition_needs_this(
    term: ir.Ir, expected: list[tuple[str, tuple[object, ...]]]
) -> None:
    assert found(term) == expected


def test_a_call_of_a_field_is_a_value_of_its_own() -> None:
    lower = ir.Apply(FUNCTIONS["lowercase"], (X,))
    (access,) = accesses(ir.Equal(lower, ir.Constant("a")))
    assert access.path != ("x",)
    assert [*accesses(ir.IsTrue(ir.Apply(FUNCTIONS["lowercase"], (ITEM,))))] == []
    script_load = ir.ScriptLoad(("properties", "a"))
    assert next(accesses(ir.IsTrue(script_load))).path == (
        "script",
        script_load.segments,
    )


def test_a_field_of_two_names_is_another_than_that_of_one() -> None:
    either = ir.Load(ir.EVENT, ("sent_at",), "sentAt")
    one = next(accesses(ir.IsTrue(either)))
    other = next(accesses(ir.IsTrue(ir.Load(ir.EVENT, ("sent_at",)))))
    assert one.path != other.path
    kept = ir.Load(ir.EVENT, ("a",), keeps_missing=True)
    assert [*accesses(ir.IsTrue(kept))] == []


@pytest.mark.parametrize(
    ("text", "strength"),
    [
        ("x = 'a'", Strength.VALUE),
        ("x in [1, 2] and y > 1", Strength.VALUE),
        ("match(x, 'a*')", Strength.PART),
        ("x = true", Strength.FLAG),
        ("x = null and y > 1", Strength.FLAG),
        ("x > 1", Strength.KIND),
        ("x != 1", Strength.NONE),
    ],
)
def test_some_conditions_tell_more(text: str, strength: Strength) -> None:
    node = compile_trigger(text).node
    terms = node.terms if isinstance(node, ir.And) else (node,)
    assert strength_of(terms) is strength


def test_the_commonest_term_has_a_short_way() -> None:
    assert text_equality(ir.Equal(X, ir.Constant("a"))) == (("x",), "a")
    assert text_equality(ir.Equal(X, ir.Constant(1))) is None
    assert text_equality(ir.IsTrue(X)) is None
    assert text_equality(ir.Equal(ir.Constant("a"), X)) is None
    assert [text_access(("x",), "a")] == [*accesses(ir.Equal(X, ir.Constant("a")))]
    assert text_access(("x",), "a").kind is Kind.EQUAL
