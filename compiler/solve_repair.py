"""Small changes of an event that was made value by value, until a condition holds.

Tests that compare two values of an event, or call what is not known, narrow hardly
anything. For the places that they read, the values that they speak of are tried.
"""

from __future__ import annotations

from itertools import islice, product
from typing import TYPE_CHECKING

from fql.compiler import domains, ir
from fql.compiler.closures import copy_json
from fql.compiler.solve_store import Place
from fql.compiler.text_witness import Nothing, find_text
from fql.compiler.values import list_index, read
from fql.compiler.walk import nodes_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fql.compiler.solve_store import Store
    from fql.compiler.values import Json

_MAX_TRIED = 300
_MAX_PLACES = 3
_MAX_CANDIDATES = 24
_PLAIN: tuple[Json, ...] = (None, 1, 0, 2, "a", "b", True, False, [], {})


def repaired(
    event: dict[str, Json], way: Store, holds: Callable[[Json], bool]
) -> dict[str, Json] | None:
    """Return *event*, or a changed copy, for which *holds* is true; None if none is."""
    if holds(event):
        return event
    places = _open_places(way)[:_MAX_PLACES]
    if not places:
        return None
    candidates = [list(_candidates(place, way, event)) for place in places]
    for values in islice(product(*candidates), _MAX_TRIED):
        changed: Json = copy_json(event)
        for place, value in zip(places, values, strict=True):
            changed = _with_value(changed, place.segments, copy_json(value))
        if isinstance(changed, dict) and holds(changed):
            return changed
    return None


def _open_places(way: Store) -> list[Place]:
    """Return the places of the event that tests of several values read."""
    read_by = [node for node, _ in way.tests.values()]
    read_by += [node for node, _ in way.calls.values()]
    return list(
        dict.fromkeys(
            Place(ir.EVENT, load.segments)
            for node in read_by
            for load in nodes_of(node)
            if _is_of_event(load) and isinstance(load, ir.Load | ir.ScriptLoad)
            if load.segments
        )
    )


def _is_of_event(node: ir.Ir) -> bool:
    if isinstance(node, ir.Load):
        return node.slot == ir.EVENT
    return isinstance(node, ir.ScriptLoad)


def _candidates(place: Place, way: Store, event: dict[str, Json]) -> Iterator[Json]:
    """Yield values that may stand at *place*, most of them of those spoken of."""
    known = way.places.get(place, domains.ANY_VALUE)
    found: list[Json] = [read(event, place.segments)]
    for value in islice(_spoken_of(place, way, event), 200):
        if len(found) >= _MAX_CANDIDATES:
            break
        if domains.admits(known, value) and value not in found[1:]:
            found.append(value)
    yield from found


def _spoken_of(place: Place, way: Store, event: dict[str, Json]) -> Iterator[Json]:
    for node, known in way.calls.values():
        if place.segments in _paths(node):
            text = find_text(known.texts)
            if not isinstance(text, Nothing):
                yield text
            yield from known.bools
    for node, _ in way.tests.values():
        if place.segments not in _paths(node):
            continue
        for part in nodes_of(node):
            if isinstance(part, ir.Constant):
                yield from _near(part.value)
            elif isinstance(part, ir.Load | ir.ScriptLoad):
                yield from _near(read(event, part.segments))
    yield from _PLAIN


def _paths(node: ir.Ir) -> set[tuple[str, ...]]:
    return {
        part.segments
        for part in nodes_of(node)
        if isinstance(part, ir.Load | ir.ScriptLoad)
    }


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
