"""Single tests as sets of values: exactly the values that make them true."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fql.compiler import domains, ir, ranges
from fql.compiler.closures import compile_condition
from fql.compiler.condition_domains import claim_of, rewritten
from fql.compiler.domains import (
    ANY_CONTAINER,
    ANY_VALUE,
    NO_CONTAINER,
    NOTHING,
    Containers,
    Domain,
    admits,
    of_type,
    of_values,
)
from fql.compiler.functions import FUNCTIONS
from fql.compiler.globs import Glob, GlobKind, read_glob
from fql.compiler.text_sets import Viewed
from fql.compiler.types import TEXT, Type, type_of
from tests.compiler.finite import is_finite
from tests.compiler.strategies import (
    GLOBS,
    SAMPLES,
    TEXTS,
    TIMES,
    VERSIONS,
    json_values,
)

if TYPE_CHECKING:
    from fql.compiler.ir import Ir
    from fql.compiler.values import Json

FINITE: list[Json] = [value for value in SAMPLES if is_finite(value)]
VALUE = ir.Load(ir.EVENT, ("v",))
OPS: list[ir.OrderOp] = ["<", "<=", ">", ">="]


def constants() -> st.SearchStrategy[ir.Constant]:
    return st.builds(ir.Constant, st.sampled_from(FINITE))


def single_tests() -> st.SearchStrategy[Ir]:
    """Draw a test of `VALUE` by constants."""
    ops = st.sampled_from(OPS)
    value = st.just(VALUE)
    times = st.builds(ir.Constant, st.sampled_from(TIMES))
    listed = st.builds(ir.Constant, st.lists(st.sampled_from(FINITE), max_size=4))
    versions = st.tuples(
        value,
        st.builds(ir.Constant, st.sampled_from(["=", "!=", "<", ">=", "==", 1])),
        st.sampled_from([*VERSIONS, None]).map(ir.Constant),
    )
    parts = st.tuples(st.sampled_from(TEXTS).map(ir.Constant), value)
    return st.one_of(
        st.builds(ir.Equal, value, constants()),
        st.builds(ir.Equal, constants(), value),
        st.builds(ir.Element, value, st.one_of(listed, constants())),
        st.builds(ir.Order, ops, value, constants()),
        st.builds(ir.Order, ops, constants(), value),
        st.builds(ir.InstantOrder, ops, value, st.one_of(times, constants())),
        st.builds(ir.InstantOrder, ops, times, value),
        st.builds(ir.GlobTest, value, st.sampled_from(GLOBS).map(read_glob)),
        st.builds(
            ir.HasType, value, st.sampled_from([Type.BOOL, Type.NUMBER, Type.STRING])
        ),
        st.builds(ir.IsTrue, value),
        versions.map(lambda given: ir.Apply(FUNCTIONS["semver"], given)),
        parts.map(lambda given: ir.Apply(FUNCTIONS["contains"], given)),
    )


@settings(max_examples=200)
@given(
    single_tests(), st.one_of(st.sampled_from(FINITE), json_values().filter(is_finite))
)
def test_a_claim_says_exactly_which_values_do(test: Ir, value: Json) -> None:
    holds = compile_condition(test)({"v": value})
    for wanted in (True, False):
        claim = claim_of(test, wanted=wanted)
        assert claim is not None
        assert claim.node == VALUE
        assert admits(claim.domain, value) is (holds is wanted)


@pytest.mark.parametrize("kind", [GlobKind.EQUAL, GlobKind.ALWAYS, GlobKind.NEVER])
def test_globs_of_every_kind_are_sets(kind: GlobKind) -> None:
    test = ir.GlobTest(VALUE, Glob("a", kind, ("a",)))
    claim = claim_of(test, wanted=True)
    assert claim is not None
    assert admits(claim.domain, "a") is (kind is not GlobKind.NEVER)
    assert admits(claim.domain, "b") is (kind is GlobKind.ALWAYS)


def test_a_list_that_holds_a_value_has_such_an_element() -> None:
    claim = claim_of(ir.Element(ir.Constant("a"), VALUE), wanted=True)
    assert claim is not None
    assert claim.domain == replace(NOTHING, lists=claim.domain.lists)
    assert len(claim.domain.lists.some) == 1
    opposite = claim_of(ir.Element(ir.Constant("a"), VALUE), wanted=False)
    assert opposite is not None
    assert opposite.domain.null
    assert len(opposite.domain.lists.every) == 1


@pytest.mark.parametrize(("name", "is_some"), [("any", True), ("all", False)])
def test_conditions_over_elements_are_kept(name: str, *, is_some: bool) -> None:
    inner = ir.IsTrue(ir.Load(1, ("a",)))
    test = ir.Quantify(FUNCTIONS[name], VALUE, 1, inner)
    for wanted in (True, False):
        claim = claim_of(test, wanted=wanted)
        assert claim is not None
        lists = claim.domain.lists
        assert bool(lists.some) is (is_some is wanted)
        assert bool(lists.every) is (is_some is not wanted)
        assert claim.domain.null is (is_some is not wanted)


@pytest.mark.parametrize(
    "test",
    [
        ir.Equal(VALUE, ir.Load(ir.EVENT, ("w",))),
        ir.Apply(FUNCTIONS["contains"], (VALUE, VALUE)),
        ir.Apply(FUNCTIONS["contains"], (ir.Constant("x" * 100), VALUE)),
        ir.And((ir.IsTrue(VALUE),)),
    ],
)
def test_other_tests_are_no_claims(test: Ir) -> None:
    assert claim_of(test, wanted=True) is None
    assert rewritten(test) is None


def test_calls_that_give_a_bool_are_claims_of_the_call() -> None:
    test = ir.Apply(FUNCTIONS["bool"], (VALUE,))
    claim = claim_of(test, wanted=False)
    assert claim is not None
    assert claim.node is test
    assert not admits(claim.domain, True)


# --- rewriting --------------------------------------------------------------------

LARGE = ir.Order(">", ir.Load(ir.EVENT, ("a",)), ir.Constant(5))
ROWS: list[dict[str, Json]] = [
    {"a": a, "v": v} for a in (1, 9) for v in (True, False, None, 9)
]


@pytest.mark.parametrize(
    "test",
    [
        ir.Equal(VALUE, LARGE),
        ir.Equal(LARGE, VALUE),
        ir.Equal(LARGE, ir.Constant(value=False)),
        ir.Element(LARGE, ir.Constant([True, "x"])),
        ir.Element(LARGE, ir.Constant([1, "x"])),
        ir.Order("<", LARGE, ir.Constant(2)),
        ir.HasType(LARGE, Type.BOOL),
        ir.Quantify(
            FUNCTIONS["any"],
            ir.Constant([7, {"b": 9}]),
            1,
            ir.Or(
                (
                    ir.Equal(ir.Load(1, ()), VALUE),
                    ir.Equal(ir.Load(1, ("b",)), ir.Load(0, ("a",))),
                )
            ),
        ),
        ir.Quantify(
            FUNCTIONS["all"],
            ir.Constant([1, 9]),
            1,
            ir.Order("<=", ir.Load(1, ()), ir.Load(0, ("a",))),
        ),
    ],
)
def test_conditions_as_values_become_cases(test: Ir) -> None:
    other = rewritten(test)
    assert other is not None
    expected = [compile_condition(test)(row) for row in ROWS]
    assert [compile_condition(other)(row) for row in ROWS] == expected


# --- domains ----------------------------------------------------------------------


@given(st.lists(st.sampled_from(FINITE), max_size=4), st.sampled_from(FINITE))
def test_a_set_of_values_holds_what_equals_one(
    given_values: list[Json], value: Json
) -> None:
    assert admits(of_values(given_values), value) is any(
        admits(of_values([each]), value) for each in given_values
    )
    assert of_values(given_values).is_empty is (not given_values)


@given(st.sampled_from(FINITE), st.sampled_from(FINITE), st.sampled_from(FINITE))
def test_domains_meet_in_what_both_hold(one: Json, two: Json, value: Json) -> None:
    left, right = domains.complement(of_values([one])), of_values([two, value])
    both = domains.meet(left, right)
    assert admits(both, value) is (admits(left, value) and admits(right, value))


@given(st.sampled_from(FINITE))
def test_a_type_holds_its_values(value: Json) -> None:
    kind = type_of(value)
    assert admits(of_type(kind), value)
    others = Type.ANY & ~kind & ~(TEXT if kind & TEXT else kind)
    assert not admits(of_type(others), value)
    assert isinstance(of_type(Type.TIMESTAMP).texts, Viewed)


def test_not_a_number_is_in_no_set() -> None:
    assert of_values([math.nan]).is_empty
    assert not admits(ANY_VALUE, math.nan)


def test_lists_of_no_size_are_none() -> None:
    few = Domain(lists=Containers(sizes=ranges.ordered("<", 2)))
    many = Domain(lists=Containers(sizes=ranges.ordered(">", 3)))
    assert domains.meet(few, many).is_empty
    assert domains.meet(few, Domain(lists=ANY_CONTAINER)) == few
    assert domains.complement(few).lists.sizes == ranges.ordered(">=", 2)
    assert domains.meet(ANY_VALUE, few) is few
    assert domains.meet(few, Domain(lists=NO_CONTAINER)).is_empty
