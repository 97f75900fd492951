"""Small changes of what was made value by value, until a condition holds.

Tests that compare two values of an event, or call what is not known, narrow hardly
anything. For the places that they read, the values that they speak of are tried.
"""

from __future__ import annotations

from itertools import chain, islice, product
from typing import TYPE_CHECKING

from fql.compiler import domains, ir
from fql.compiler.closures import copy_json
from fql.compiler.missing import MISSING, Missing
from fql.compiler.script import INHERITED_MEMBER, script_read
from fql.compiler.solve_store import Place
from fql.compiler.solve_witness import MAX_DEPTH, plain_value
from fql.compiler.text_sets import OneOf
from fql.compiler.text_witness import Nothing, find_text
from fql.compiler.values import contains_element, list_index, read
from fql.compiler.walk import nodes_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fql.compiler.domains import Domain
    from fql.compiler.solve_store import Store
    from fql.compiler.solve_witness import Taste
    from fql.compiler.values import Json

_MAX_TRIED = 300
_MAX_PLACES = 3
_MAX_CANDIDATES = 24
_PLAIN: tuple[Json, ...] = (
    *(None, 1, 0, 2, "a", "b", True, False, [], {}),
    *("2025-01-01T00:00:00.000Z", "2026-01-01T00:00:00.000Z"),
)


def repaired(made: Json, way: Store, holds: Callable[[Json], bool]) -> Json | Missing:
    """Return *made*, or a changed copy, for which *holds* is true, or missing."""
    if holds(made):
        return made
    places = _open_places(way)[:_MAX_PLACES]
    if not places:
        return MISSING
    candidates = [list(_candidates(place, way, made)) for place in places]
    for values in islice(product(*candidates), _MAX_TRIED):
        changed = copy_json(made)
        for place, value in zip(places, values, strict=True):
            changed = _with_value(changed, place.segments, copy_json(value))
        if holds(changed):
            return changed
    return MISSING


def with_script_values(made: Json, way: Store, taste: Taste) -> Json:
    """Return *made* with what the trigger engine is to find in it."""
    for node, known in way.calls.values():
        if not isinstance(node, ir.ScriptLoad) or len(node.segments) > MAX_DEPTH:
            continue
        found = script_read(made, node.segments)
        if found is INHERITED_MEMBER or not domains.admits(known, found):
            place = Place(ir.EVENT, node.segments)
            value = plain_value(known, taste.values(place, known))
            made = _with_value(made, node.segments, value)
    return made


def _open_places(way: Store) -> list[Place]:
    """Return the places inside the root that tests of several values read."""
    read_by = [node for node, _ in (*way.tests.values(), *way.calls.values())]
    slot = way.root.slot
    return list(
        dict.fromkeys(
            Place(slot, segments)
            for node in read_by
            for segments in _paths(node, slot)
            if len(segments) <= MAX_DEPTH
        )
    )


def _candidates(place: Place, way: Store, made: Json) -> Iterator[Json]:
    """Yield values that may stand at *place*, most of them of those spoken of."""
    known = way.places.get(place, domains.ANY_VALUE)
    found: list[Json] = [read(made, place.segments)]
    spoken = chain(_options(known), _spoken_of(place, way, made))
    for value in islice(spoken, 200):
        if len(found) >= _MAX_CANDIDATES:
            break
        if domains.admits(known, value) and not contains_element(found[1:], value):
            found.append(value)
    yield from found


def _options(known: Domain) -> Iterator[Json]:
    """Yield the single values that are left."""
    if isinstance(known.texts, OneOf):
        yield from sorted(known.texts.words)
    for each in known.numbers:
        low, high = each.low, each.high
        if isinstance(low, int | float) and isinstance(high, int | float):
            yield from [low] * (low == high)


def _spoken_of(place: Place, way: Store, made: Json) -> Iterator[Json]:
    slot, segments = place
    for node, known in way.calls.values():
        if segments in _paths(node, slot):
            text = find_text(known.texts)
            if not isinstance(text, Nothing):
                yield text
            yield from known.bools
    for node, _ in way.tests.values():
        if segments not in _paths(node, slot):
            continue
        for part in nodes_of(node):
            if isinstance(part, ir.Constant):
                yield from _near(part.value)
        for path in _paths(node, slot):
            yield from _near(read(made, path))
    yield from _PLAIN


def _paths(node: ir.Ir, slot: int) -> list[tuple[str, ...]]:
    """Return the paths that *node* reads inside the value of *slot*."""
    return [
        part.segments
        for part in nodes_of(node)
        if (isinstance(part, ir.Load) and part.slot == slot)
        or (isinstance(part, ir.ScriptLoad) and slot == ir.EVENT)
    ]


def _near(value: Json) -> Iterator[Json]:
    yield value
    if isinstance(value, list):
        yield from value[:3]
    elif isinstance(value, str):
        yield from (f"{value}a", value[:1], value.upper(), value.lower())
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield from (value + 1, value - 1)
    yield [value]


def _with_value(whole: Json, path: tuple[str, ...], value: Json) -> Json:
    """Return *whole* with *value* at *path*; what is in the way is put away."""
    if not path:
        return value
    key, *rest = path
    if isinstance(whole, list):
        index = list_index(key)
        if index is not None and index < len(whole):
            whole[index] = _with_value(whole[index], tuple(rest), value)
            return whole
    held = whole if isinstance(whole, dict) else {}
    held[key] = _with_value(held.get(key), tuple(rest), value)
    return held
