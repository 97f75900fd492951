"""Sets of JSON values: what a condition leaves a value to be.

A `Domain` says for each kind of value which values of that kind are in it. It may say
too much, never too little, where it stands for what a condition leaves: so an empty one
proves that no event fulfils the condition.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from fql.compiler import ranges, text_sets
from fql.compiler.text_sets import ANY_TEXT, NO_TEXT, OneOf
from fql.compiler.types import TEXT, Type
from fql.compiler.values import equals

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fql.compiler.ir import Ir
    from fql.compiler.ranges import Ranges
    from fql.compiler.text_sets import Texts
    from fql.compiler.values import Json


class ElementTest(NamedTuple):
    """A condition of a list's element, which it reads from *slot*."""

    slot: int
    condition: Ir


@dataclass(frozen=True, slots=True)
class Containers:
    """A set of lists, or of objects.

    Attributes:
        is_possible: Whether there are any at all.
        sizes: How many members they may have.
        options: What they have to equal one of, or None.
        excluded: What they equal none of.
        some: Conditions; for each, an element of the list fulfils it.
        every: Conditions that each element of the list fulfils.
    """

    is_possible: bool = True
    sizes: Ranges = ranges.ALL
    options: tuple[Json, ...] | None = None
    excluded: tuple[Json, ...] = ()
    some: tuple[ElementTest, ...] = ()
    every: tuple[ElementTest, ...] = ()

    def admits(self, value: list[Json] | dict[str, Json]) -> bool:
        """Return whether *value* may be in it; what elements are is not looked at."""
        return (
            self.is_possible
            and ranges.holds(self.sizes, len(value))
            and (self.options is None or _is_among(value, self.options))
            and not _is_among(value, self.excluded)
        )


ANY_CONTAINER = Containers()
NO_CONTAINER = Containers(is_possible=False, sizes=ranges.NONE)


@dataclass(frozen=True, slots=True)
class Domain:
    """A set of JSON values; a field that is missing counts as null."""

    null: bool = False
    bools: frozenset[bool] = frozenset()
    numbers: Ranges = ranges.NONE
    texts: Texts = NO_TEXT
    lists: Containers = NO_CONTAINER
    objects: Containers = NO_CONTAINER

    @property
    def is_empty(self) -> bool:
        """Whether nothing is in it, as far as is plain to see."""
        return (
            not self.null
            and not self.bools
            and not self.numbers
            and self.texts == NO_TEXT
            and not self.has_containers
        )

    @property
    def has_containers(self) -> bool:
        """Whether a list or an object may be in it."""
        return self.lists.is_possible or self.objects.is_possible

    @property
    def has_only_texts(self) -> bool:
        """Whether nothing but texts is in it."""
        return not (self.null or self.bools or self.numbers or self.has_containers)


NOTHING = Domain()
"""No value."""

BOOLS = frozenset({True, False})

ANY_VALUE = Domain(
    null=True,
    bools=BOOLS,
    numbers=ranges.ALL,
    texts=ANY_TEXT,
    lists=ANY_CONTAINER,
    objects=ANY_CONTAINER,
)
"""Every value."""

NULL = Domain(null=True)
"""Null alone."""

NOT_NULL = replace(ANY_VALUE, null=False)
"""Everything but null."""


# --- making them ------------------------------------------------------------------


def of_values(values: Iterable[Json]) -> Domain:
    """Return the set of what equals one of *values*."""
    numbers: list[float] = []
    words: list[str] = []
    bools: list[bool] = []
    lists: list[Json] = []
    objects: list[Json] = []
    has_null = False
    for value in values:
        if value is None:
            has_null = True
        elif isinstance(value, bool):
            bools.append(value)
        elif isinstance(value, str):
            words.append(value)
        elif isinstance(value, list):
            lists.append(value)
        elif isinstance(value, dict):
            objects.append(value)
        elif value == value:  # it is a number
            numbers.append(value)
    return Domain(
        has_null,
        frozenset(bools),
        ranges.points(numbers),
        OneOf(frozenset(words)),
        _options(lists),
        _options(objects),
    )


def _options(values: list[Json]) -> Containers:
    return replace(ANY_CONTAINER, options=tuple(values)) if values else NO_CONTAINER


def of_type(kinds: Type) -> Domain:
    """Return the set of all values of *kinds*."""
    texts: Texts = NO_TEXT
    if Type.STRING in kinds:
        texts = ANY_TEXT
    elif kinds & TEXT:
        texts = text_sets.Viewed(text_sets.View.INSTANT)
    return Domain(
        Type.NULL in kinds,
        BOOLS if Type.BOOL in kinds else frozenset(),
        ranges.ALL if Type.NUMBER in kinds else ranges.NONE,
        texts,
        ANY_CONTAINER if Type.LIST in kinds else NO_CONTAINER,
        ANY_CONTAINER if Type.OBJECT in kinds else NO_CONTAINER,
    )


# --- computing with them ----------------------------------------------------------


def meet(left: Domain, right: Domain) -> Domain:
    """Return what is in both sets."""
    if left is ANY_VALUE or right is ANY_VALUE:
        return right if left is ANY_VALUE else left
    return Domain(
        left.null and right.null,
        left.bools & right.bools,
        ranges.meet(left.numbers, right.numbers),
        text_sets.meet(left.texts, right.texts),
        _meet_containers(left.lists, right.lists),
        _meet_containers(left.objects, right.objects),
    )


def _meet_containers(left: Containers, right: Containers) -> Containers:
    if left == ANY_CONTAINER or right == ANY_CONTAINER:
        return right if left == ANY_CONTAINER else left
    both = Containers(
        left.is_possible and right.is_possible,
        ranges.meet(left.sizes, right.sizes),
        right.options if left.options is None else left.options,
        (*left.excluded, *right.excluded),
        (*left.some, *right.some),
        (*left.every, *right.every),
    )
    if both.options is not None:
        both = replace(both, options=_left_of(both.options, left, right))
    if both.some:
        both = replace(both, sizes=ranges.meet(both.sizes, _FILLED))
    is_possible = both.is_possible and bool(both.sizes) and both.options != ()
    return both if is_possible else NO_CONTAINER


_FILLED = ranges.ordered(">=", 1)


def _left_of(
    options: tuple[Json, ...], left: Containers, right: Containers
) -> tuple[Json, ...]:
    return tuple(
        option
        for option in options
        if isinstance(option, list | dict)
        and left.admits(option)
        and right.admits(option)
    )


def complement(domain: Domain) -> Domain:
    """Return what is not in the set, which has to be one that a single test makes."""
    return Domain(
        not domain.null,
        BOOLS - domain.bools,
        ranges.complement(domain.numbers),
        text_sets.complement(domain.texts),
        _other_containers(domain.lists),
        _other_containers(domain.objects),
    )


def _other_containers(containers: Containers) -> Containers:
    if not containers.is_possible:
        return ANY_CONTAINER
    if containers == ANY_CONTAINER:
        return NO_CONTAINER
    match containers:
        case Containers(sizes=ranges.ALL, options=None, some=(test,), every=()):
            return replace(ANY_CONTAINER, every=(_opposite(test),))
        case Containers(sizes=ranges.ALL, options=None, some=(), every=(test,)):
            return replace(ANY_CONTAINER, some=(_opposite(test),))
        case Containers(options=tuple() as options):
            return replace(ANY_CONTAINER, excluded=options)
        case _:
            return replace(ANY_CONTAINER, sizes=ranges.complement(containers.sizes))


def _opposite(test: ElementTest) -> ElementTest:
    from fql.compiler.fold import negated

    return ElementTest(test.slot, negated(test.condition))


def admits(domain: Domain, value: Json) -> bool:
    """Return whether *value* may be in the set; false is certain."""
    if value is None:
        return domain.null
    if isinstance(value, bool):
        return value in domain.bools
    if isinstance(value, str):
        return text_sets.holds(domain.texts, value)
    if isinstance(value, list):
        return domain.lists.admits(value)
    if isinstance(value, dict):
        return domain.objects.admits(value)
    return value == value and ranges.holds(domain.numbers, value)


def _is_among(value: Json, options: tuple[Json, ...]) -> bool:
    return any(equals(value, option) for option in options)
