"""Tests of shapes: walking into them, and what two have in common."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fql.compiler.shapes import ANYTHING, Absence, Place, Shape, either, walk
from fql.compiler.types import Type

PRICE = Shape(Type.NUMBER, minimum=0, maximum=9)
PRODUCT = Shape(Type.OBJECT, {"price": PRICE}, required=frozenset({"price"}))
CART = Shape(
    Type.OBJECT,
    {
        "products": Shape(Type.LIST, items=PRODUCT),
        "note": Shape(Type.STRING),
        "extra": ANYTHING,
        "either": Shape(Type.LIST | Type.OBJECT),
    },
    required=frozenset({"products"}),
    is_closed=True,
)


def test_no_segments_lead_to_the_value_itself() -> None:
    assert walk(CART, ()) == Place(CART, is_required=True)


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("products", Type.LIST),
        ("products.0", Type.OBJECT | Type.NULL),
        ("products.12.price", Type.NUMBER | Type.NULL),
        ("note", Type.STRING | Type.NULL),
        ("extra", Type.ANY),
        ("extra.a.b", Type.ANY),
        ("either.0", Type.ANY),
    ],
)
def test_a_path_leads_to_a_type(path: str, kind: Type) -> None:
    place = walk(CART, path.split("."))
    assert (place.type, place.gap) == (kind, None)


@pytest.mark.parametrize(
    ("path", "index", "absence"),
    [
        ("nothing", 0, Absence.FORBIDDEN),
        ("nothing.more", 0, Absence.FORBIDDEN),
        ("note.a", 1, Absence.NO_CONTAINER),
        ("note.0", 1, Absence.NO_CONTAINER),
        ("products.price", 1, Absence.NO_INDEX),
        ("products.0.sku", 2, Absence.UNKNOWN),
        ("products.01x", 1, Absence.NO_INDEX),
    ],
)
def test_a_gap_says_where_and_why_a_path_ends(
    path: str, index: int, absence: Absence
) -> None:
    place = walk(CART, path.split("."))
    assert place.gap is not None
    assert (place.gap.index, place.gap.absence) == (index, absence)
    assert place.type == Type.ANY


def test_a_member_is_always_there_only_if_all_that_hold_it_are() -> None:
    outer = Shape(Type.OBJECT, {"cart": CART})
    assert not walk(outer, ("cart", "products")).is_required


# --- one of two -------------------------------------------------------------------


def test_either_of_two_has_what_both_know() -> None:
    left = Shape(
        Type.OBJECT,
        {"a": Shape(Type.STRING), "b": PRICE},
        required=frozenset({"a", "b"}),
    )
    right = Shape(
        Type.OBJECT,
        {"a": Shape(Type.NUMBER)},
        required=frozenset({"a"}),
        is_closed=True,
    )
    assert either(left, right) == Shape(
        Type.OBJECT,
        {"a": Shape(Type.STRING | Type.NUMBER), "b": PRICE},
        required=frozenset({"a"}),
    )


def test_a_member_that_one_may_have_is_unknown() -> None:
    known = Shape(Type.OBJECT, {"a": PRICE})
    assert either(known, Shape(Type.OBJECT)).members == {"a": ANYTHING}


def test_bounds_and_choices_reach_over_both() -> None:
    left = Shape(Type.NUMBER, choices=(1, 2), minimum=1, maximum=2)
    right = Shape(Type.NUMBER, choices=(5,), minimum=5)
    assert either(left, right) == Shape(Type.NUMBER, choices=(1, 2, 5), minimum=1)
    assert either(left, Shape(Type.NUMBER)) == Shape(Type.NUMBER)


def test_elements_are_of_either_kind() -> None:
    left, right = Shape(Type.LIST, items=PRICE), Shape(Type.LIST, items=PRODUCT)
    items = either(left, right).items
    assert items is not None
    assert items.type == Type.NUMBER | Type.OBJECT
    assert either(left, Shape(Type.LIST)).items is None


SHAPES = st.recursive(
    st.builds(
        Shape,
        st.sampled_from([Type.STRING, Type.NUMBER, Type.ANY, Type.NULL | Type.BOOL]),
        minimum=st.sampled_from([None, 0, 5]),
        choices=st.sampled_from([(), (1,), ("a", "b")]),
    ),
    lambda inner: st.builds(
        Shape,
        st.sampled_from([Type.OBJECT, Type.LIST, Type.OBJECT | Type.LIST]),
        st.dictionaries(st.sampled_from(["a", "b", "0"]), inner, max_size=3),
        st.none() | inner,
        required=st.frozensets(st.sampled_from(["a", "b"])),
        is_closed=st.booleans(),
    ),
    max_leaves=6,
)
PATHS = st.lists(st.sampled_from(["a", "b", "0", "c"]), max_size=3)


@given(SHAPES, SHAPES, PATHS)
def test_either_never_knows_more_than_each(
    left: Shape, right: Shape, path: list[str]
) -> None:
    """Where a path leads somewhere in one of two shapes, either allows as much."""
    for shape in (left, right):
        place = walk(shape, path)
        if place.gap is None:
            assert place.type in walk(either(left, right), path).type


@given(SHAPES)
def test_either_of_the_same_is_the_same(shape: Shape) -> None:
    """Joining a shape with itself changes nothing."""
    assert either(shape, shape) == shape
