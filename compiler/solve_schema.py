"""What it means for an event to conform to a schema, for solving conditions.

An event conforms if each field that the schema knows is of its kind, among its choices
and within its bounds, or not there (null counts as that), and required ones are there.
What is known goes by the event's type, and by its name where that is a track of a
tracking plan; only tracks have a name. Elements of lists, and the formats of texts,
are not looked at.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fql.compiler import domains, ir, ranges, spec, text_sets
from fql.compiler.domains import ANY_VALUE, NULL, Domain
from fql.compiler.globs import read_glob
from fql.compiler.schema import ANY_EVENT
from fql.compiler.shapes import ANYTHING, Absence, walk
from fql.compiler.solve_store import Place
from fql.compiler.types import Type

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fql.compiler.schema import Narrowing, Schema
    from fql.compiler.shapes import Shape
    from fql.compiler.solve_search import Budget
    from fql.compiler.solve_store import Store
    from fql.compiler.text_sets import Texts
    from fql.compiler.values import Json

_MAX_LENGTH = 100
"""Bounds of lengths that are looked at."""

_EVENT = Place(ir.EVENT, ())
_TYPE = Place(ir.EVENT, ("type",))
_NAME = Place(ir.EVENT, ("event",))


# --- events -----------------------------------------------------------------------


def conforms(event: dict[str, Json], schema: Schema) -> bool:
    """Return whether *event* conforms to *schema*."""
    if event.get("event") is not None and event.get("type") != spec.TRACK:
        return False
    return _fits(event, schema.event(_narrowing_of(event)))


def _narrowing_of(event: dict[str, Json]) -> Narrowing:
    kind, name = event.get("type"), event.get("event")
    narrowing = ANY_EVENT.by_types((kind,)) if isinstance(kind, str) else ANY_EVENT
    if kind == spec.TRACK and isinstance(name, str):
        return narrowing.by_events((name,))
    return narrowing


def _fits(value: Json, shape: Shape) -> bool:
    if not domains.admits(domain_of(shape), value):
        return False
    if not isinstance(value, dict):
        return True
    if any(value.get(name) is None for name in shape.required):
        return False
    return all(
        member is None or _fits(member, _member(shape, name))
        for name, member in value.items()
        if _member(shape, name) is not ANYTHING
    )


def _member(shape: Shape, name: str) -> Shape:
    """Return the shape of a member; one that may not be there has no values."""
    place = walk(shape, (name,))
    if place.gap is not None and place.gap.absence is not Absence.UNKNOWN:
        return _NOWHERE
    return place.shape


_NOWHERE = replace(ANYTHING, type=Type(0))


def domain_of(shape: Shape) -> Domain:
    """Return the values that a shape allows where there is a value."""
    if shape is ANYTHING:
        return ANY_VALUE
    known = domains.of_type(shape.type)
    if shape.choices:
        known = domains.meet(known, domains.of_values(shape.choices))
    bounds = ranges.ALL
    if shape.minimum is not None:
        bounds = ranges.meet(bounds, ranges.ordered(">=", shape.minimum))
    if shape.maximum is not None:
        bounds = ranges.meet(bounds, ranges.ordered("<=", shape.maximum))
    if shape.excluded:
        bounds = ranges.meet(bounds, ranges.complement(ranges.points(shape.excluded)))
    texts = text_sets.meet(known.texts, _of_lengths(*shape.lengths))
    return replace(known, numbers=ranges.meet(known.numbers, bounds), texts=texts)


def _of_lengths(fewest: int, most: int | None) -> Texts:
    """Return the texts of so many characters; also others where bounds are large."""
    texts: Texts = text_sets.ANY_TEXT
    if 0 < fewest <= _MAX_LENGTH:
        texts = _longer_than(fewest - 1)
    if most is not None and most <= _MAX_LENGTH:
        texts = text_sets.meet(texts, text_sets.Without(_longer_than(most)))
    return texts


def _longer_than(length: int) -> Texts:
    return text_sets.Matching(read_glob("?" * (length + 1) + "*"))


# --- stores -----------------------------------------------------------------------


def conforming(way: Store, schema: Schema, budget: Budget) -> Iterator[Store]:
    """Yield *way* for each kind of conforming events that may be within it.

    Every conforming event within *way* is within one of them, unless the budget was
    spent.
    """
    for narrowing, assumed in _cases(schema):
        branch = way.copy()
        if not all(branch.narrow_place(place, known) for place, known in assumed):
            continue
        if not budget.take():
            return
        if _impose(branch, _EVENT, schema.event(narrowing)):
            yield branch


def _cases(schema: Schema) -> Iterator[tuple[Narrowing, list[tuple[Place, Domain]]]]:
    """Yield kinds of events, each with what holds for it."""
    planned = domains.of_values(schema.events)
    for name in schema.events:
        assumed = [
            (_NAME, domains.of_values([name])),
            (_TYPE, domains.of_values([spec.TRACK])),
        ]
        yield ANY_EVENT.by_events((name,)), assumed
    for kind in spec.EVENT_TYPES:
        assumed = [(_TYPE, domains.of_values([kind]))]
        unplanned = domains.complement(planned) if kind == spec.TRACK else NULL
        assumed.append((_NAME, unplanned))
        yield ANY_EVENT.by_types((kind,)), assumed
    yield ANY_EVENT, [(_TYPE, NULL), (_NAME, NULL)]


def _impose(store: Store, place: Place, shape: Shape) -> bool:
    """Narrow *place* and what is known inside of it; return whether that may be."""
    if shape is ANYTHING:
        return True
    known = domain_of(shape)
    if place.segments:
        known = replace(known, null=True)
    if not store.narrow_place(place, known):
        return False
    is_there = not store.places[place].null
    for name in sorted(shape.required) if is_there else ():
        inner = Place(place.slot, (*place.segments, name))
        if not store.narrow_place(inner, domains.NOT_NULL):
            return False
    return all(
        _impose(store, child, _member(shape, child.segments[-1]))
        for child in store.children.get(place, ())
    )
