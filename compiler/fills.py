"""Which members of its payload a mapping fills."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from fql.compiler import ir
from fql.compiler.directive_functions import MakeMembers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fql.compiler.ir import Ir

_Way: TypeAlias = tuple[str, ...]


def members_filled(node: Ir) -> tuple[str, ...]:
    """Return the members that *node* may fill, each once, in order.

    Members of objects, and of the objects in lists, are named after these:
    ``products.sku``. An object that is taken whole from the event counts as one, and
    of one that is merged only those parts are known that are built.
    """
    found = dict.fromkeys(".".join(way) for way in _ways(node, ()))
    found.pop("", None)
    return tuple(found)


def _ways(node: Ir, way: _Way) -> Iterator[_Way]:
    """Yield the ways to what *node*, which stands at *way*, fills."""
    match node:
        case ir.MakeObject(members) if members:
            for key, value in members:
                yield from _ways(value, (*way, key))
        case ir.Constant(dict(members)) if members:
            for key, constant in members.items():
                yield from _ways(ir.Constant(constant), (*way, key))
        case ir.ForEach(_, _, inner) | ir.Let(_, _, inner):
            yield from _ways(inner, way)
        case ir.FirstOf(several):
            yield from _all(several, way)
        case ir.Choose(_, then, otherwise):
            yield from _all((then, otherwise) if otherwise else (then,), way)
        case ir.Invoke("{...}", make, values):
            for key, value in zip(_keys_of(make), values, strict=True):
                yield from _ways(value, (*way, key))
        case ir.Invoke("merge" | "merge_left" | "@merge" | "clean", _, given) if given:
            yield from _all(given, way)
        case _:
            yield way


def _all(several: Iterable[Ir], way: _Way) -> Iterator[_Way]:
    for each in several:
        yield from _ways(each, way)


def _keys_of(called: object) -> tuple[str, ...]:
    """Return the keys of the object that *called* makes."""
    return called.keys if isinstance(called, MakeMembers) else ()
