"""What a schema knows of values: kinds, members, elements, choices, bounds.

A `Shape` describes a value where it is there; whether it can be missing is said by what
holds it. All of it is belief: events may break their schema. This module does not know
where a shape comes from (`schema.py`, `plans.py`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto
from functools import cache
from typing import TYPE_CHECKING

from fql.compiler.types import Type
from fql.compiler.values import list_index

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fql.compiler.values import Json

_CONTAINER = Type.OBJECT | Type.LIST

ANY_LENGTH = (0, None)
"""The lengths of a text of which none is known."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What is known of a value that is there.

    Attributes:
        type: What kinds it may be. Null only where null counts as a value.
        members: The known members of an object.
        items: The elements of a list, or None where nothing is known of them.
        choices: All values that it may have; empty where it may have any.
        required: The members that an object always has.
        minimum: The smallest number that it may be.
        maximum: The largest number that it may be.
        excluded: Those of these two that it may just not be.
        is_closed: Whether an object has no other members than the known ones.
        is_guide: Whether a name near a known member's is probably a slip.
        is_whole: Whether a number has no fraction.
        is_open: Whether the schema says that an object may have other members.
        lengths: The fewest and the most characters of a text, inclusive.
        format: What the texts are by the schema, such as ``email``; empty for any.
        origin: Where a tracking plan describes the value, as a JSON pointer; empty
            where none does.
    """

    type: Type = Type.ANY
    members: Mapping[str, Shape] = field(default_factory=dict)
    items: Shape | None = None
    choices: tuple[Json, ...] = ()
    required: frozenset[str] = frozenset()
    minimum: float | None = None
    maximum: float | None = None
    excluded: frozenset[float] = frozenset()
    is_closed: bool = False
    is_guide: bool = False
    is_whole: bool = False
    is_open: bool = False
    lengths: tuple[int, int | None] = ANY_LENGTH
    format: str = ""
    origin: str = field(default="", compare=False)


ANYTHING = Shape()
"""The shape of what no schema knows."""


class Absence(Enum):
    """Why a path leads nowhere."""

    UNKNOWN = auto()
    """The object may have other members, but the name is near a known one at best."""
    FORBIDDEN = auto()
    """The object has no other members than the known ones."""
    NO_CONTAINER = auto()
    """The value is neither an object nor a list, so that it has no members."""
    NO_INDEX = auto()
    """The value is a list, which only an index leads into."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Where a path leaves what the schema knows.

    Attributes:
        index: The segment that is not known.
        absence: Why.
        holder: The shape of what should hold the segment.
    """

    index: int
    absence: Absence
    holder: Shape


@dataclass(frozen=True, slots=True)
class Place:
    """What a path leads to.

    Attributes:
        shape: What is known of the value there.
        is_required: Whether the value is always there, by the schema.
        gap: The first segment that the schema does not know, or None.
    """

    shape: Shape
    is_required: bool = False
    gap: Gap | None = None

    @property
    def type(self) -> Type:
        """The kinds that reading the path may give, by the schema."""
        kind = self.shape.type
        return kind if self.is_required or kind is Type.ANY else _or_null(kind)


@cache
def _or_null(kind: Type) -> Type:
    """Return *kind* or null. Remembered: combining flags is slow, and there are few."""
    return kind | Type.NULL


def walk(shape: Shape, segments: Sequence[str]) -> Place:
    """Return what *segments* lead to from a value of *shape*.

    With no segments, that is the value itself.
    """
    is_required = True
    for index, segment in enumerate(segments):
        if shape is ANYTHING:
            return Place(ANYTHING)
        inner = _step(shape, segment)
        if isinstance(inner, Absence):
            return Place(ANYTHING, gap=Gap(index, inner, shape))
        is_required = is_required and segment in shape.required
        shape = inner
    return Place(shape, is_required)


def _step(shape: Shape, segment: str) -> Shape | Absence:
    member = shape.members.get(segment)
    if member is not None:
        return member
    if not shape.type & _CONTAINER:
        return Absence.NO_CONTAINER
    if Type.LIST in shape.type and list_index(segment) is not None:
        return shape.items or ANYTHING
    if Type.OBJECT not in shape.type:
        return Absence.NO_INDEX
    return Absence.FORBIDDEN if shape.is_closed else Absence.UNKNOWN


def either(left: Shape, right: Shape) -> Shape:
    """Return what is known of a value that is of one of two shapes."""
    if left == right:
        return left
    names = {**left.members, **right.members}
    return Shape(
        left.type | right.type,
        {name: _either_member(left, right, name) for name in names},
        either(left.items, right.items) if left.items and right.items else None,
        (*left.choices, *right.choices) if left.choices and right.choices else (),
        left.required & right.required,
        _outer_bound(left.minimum, right.minimum, is_lower=True),
        _outer_bound(left.maximum, right.maximum, is_lower=False),
        left.excluded & right.excluded,
        is_closed=left.is_closed and right.is_closed,
        is_guide=left.is_guide and right.is_guide,
        is_whole=left.is_whole and right.is_whole,
        is_open=left.is_open or right.is_open,
        lengths=_outer_lengths(left.lengths, right.lengths),
        format=left.format if left.format == right.format else "",
        origin=left.origin or right.origin,
    )


def _outer_lengths(
    one: tuple[int, int | None], other: tuple[int, int | None]
) -> tuple[int, int | None]:
    most = None if one[1] is None or other[1] is None else max(one[1], other[1])
    return min(one[0], other[0]), most


def _either_member(left: Shape, right: Shape, name: str) -> Shape:
    one, other = _step(left, name), _step(right, name)
    if isinstance(one, Shape) and isinstance(other, Shape):
        return either(one, other)
    known, absence = (one, other) if isinstance(one, Shape) else (other, one)
    is_ruled_out = absence is not Absence.UNKNOWN
    return known if is_ruled_out and isinstance(known, Shape) else ANYTHING


def _outer_bound(
    one: float | None, other: float | None, *, is_lower: bool
) -> float | None:
    if one is None or other is None:
        return None
    return min(one, other) if is_lower else max(one, other)
