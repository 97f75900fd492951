"""Tests of whether a value can be what a schema describes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fql.compiler.likeness import unlike
from fql.compiler.shapes import Shape
from fql.compiler.types import Type

if TYPE_CHECKING:
    from fql.compiler.values import Json

EMAIL = Shape(Type.STRING, format="email")
SHORT = Shape(Type.STRING, lengths=(2, 3))
TIME = Shape(Type.TIMESTAMP | Type.NULL)
WHOLE = Shape(Type.NUMBER, is_whole=True)


@pytest.mark.parametrize(
    ("shape", "value"),
    [
        (EMAIL, "a@b.example"),
        (EMAIL, None),
        (Shape(Type.STRING, format="password"), "x"),
        (Shape(Type.STRING, format="unheard-of"), "x"),
        (SHORT, "äöü"),
        (Shape(Type.STRING, lengths=(1, None)), "long enough"),
        (TIME, "2023-04-21"),
        (Shape(Type.TIMESTAMP | Type.STRING), "yesterday"),
        (WHOLE, 2.0),
        (WHOLE, 2),
        (WHOLE, True),
        (Shape(), 2.5),
    ],
)
def test_a_value_fits(shape: Shape, value: Json) -> None:
    assert unlike(shape, value) == ""


@pytest.mark.parametrize(
    ("shape", "value", "kind"),
    [
        (EMAIL, "bob", "a text of the format email"),
        (SHORT, "a", "a text of at least 2 characters"),
        (SHORT, "abcd", "a text of at most 3 characters"),
        (TIME, "yesterday", "a timestamp"),
        (WHOLE, 2.5, "a whole number"),
    ],
)
def test_a_value_does_not_fit(shape: Shape, value: Json, kind: str) -> None:
    assert unlike(shape, value) == kind
