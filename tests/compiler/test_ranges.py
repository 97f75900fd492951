"""Sets of keys as ranges: laws of sets, told by single keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fql.compiler import ranges
from fql.compiler.numbers_within import numbers_within
from fql.compiler.ranges import Range, Ranges

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

KEYS = st.sampled_from([-1, 0, 0.5, 1, 1.5, 2, 2**60, -(10**400), 1e300])
OPS = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])


def sets() -> SearchStrategy[Ranges]:
    simple = st.one_of(
        st.builds(ranges.compared, OPS, KEYS),
        st.builds(ranges.points, st.lists(KEYS, max_size=4)),
        st.sampled_from([ranges.ALL, ranges.NONE]),
    )
    return st.recursive(
        simple,
        lambda inner: st.one_of(
            st.builds(ranges.meet, inner, inner), st.builds(ranges.complement, inner)
        ),
        max_leaves=5,
    )


@given(sets(), sets(), KEYS)
def test_meeting_keeps_what_is_in_both(left: Ranges, right: Ranges, key: float) -> None:
    both = ranges.holds(left, key) and ranges.holds(right, key)
    assert ranges.holds(ranges.meet(left, right), key) is both
    assert ranges.meet(left, right) == ranges.meet(right, left)


@given(sets(), KEYS)
def test_the_complement_holds_all_other_keys(keys: Ranges, key: float) -> None:
    assert ranges.holds(ranges.complement(keys), key) is not ranges.holds(keys, key)
    assert ranges.complement(ranges.complement(keys)) == keys


@given(sets(), sets(), KEYS)
def test_a_cell_is_inside_or_outside_of_each_set(
    left: Ranges, right: Ranges, key: float
) -> None:
    cells = list(ranges.cells([left, right]))
    assert sum(ranges.holds((cell,), key) for cell in cells) == 1
    for cell in cells:
        for each in (left, right):
            met = ranges.meet((cell,), each)
            assert met in ((), (cell,))


@pytest.mark.parametrize(
    ("op", "expected"),
    [("=", "x"), ("!=", "<>"), ("<", "<"), ("<=", "<x"), (">", ">"), (">=", "x>")],
)
def test_a_comparison_holds_for_its_keys(op: str, expected: str) -> None:
    keys = ranges.compared(op, 1)
    found = {
        name for name, key in (("<", 0), ("x", 1), (">", 2)) if ranges.holds(keys, key)
    }
    assert found == set(expected)


def test_an_unknown_comparison_holds_for_nothing() -> None:
    assert ranges.compared("==", 1) == ranges.NONE


def test_equal_keys_count_once() -> None:
    assert ranges.points([1, 1.0, 0]) == (ranges.point(0), ranges.point(1))


@pytest.mark.parametrize(
    "within",
    [
        Range(None, None),
        Range(0, 1, has_low=False, has_high=False),
        Range(0.1, 0.2, has_low=False, has_high=False),
        Range(10**400, None, has_low=False),
        Range(None, -1e300, has_high=False),
        Range(5, 5),
        Range(3.5, None),
        Range(2**53, 2**53 + 2, has_low=False, has_high=False),
        Range(-(10**400), 10**400, has_low=False, has_high=False),
        Range(1e308, 1.5e308, has_low=False, has_high=False),
    ],
)
def test_a_range_gives_a_number_of_its_own(within: Range) -> None:
    numbers = list(numbers_within(within))
    assert any(ranges.holds((within,), each) for each in numbers)


@pytest.mark.parametrize(
    "within", [Range(float("-inf"), float("inf")), Range(float("inf"), None)]
)
def test_numbers_are_finite(within: Range) -> None:
    assert all(abs(each) < float("inf") for each in numbers_within(within))
