"""Which fields of an event a program reads."""

from __future__ import annotations

from dataclasses import fields as dataclass_fields
from dataclasses import is_dataclass
from typing import TYPE_CHECKING

from fql.compiler import ir
from fql.grammar.spelling import path_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fql.compiler.ir import Ir


def fields_read(node: Ir) -> tuple[str, ...]:
    """Return the paths that *node* reads from the event, each once, as FQL texts.

    What is read inside the elements of a list counts as reading the list. A field
    that goes by two names is listed under both.
    """
    paths: dict[str, None] = {}
    for load in _loads(node):
        if load.slot != ir.EVENT or not load.segments:
            continue
        paths[path_text(load.segments, "fql")] = None
        if load.fallback is not None:
            other = (load.fallback, *load.segments[1:])
            paths[path_text(other, "fql")] = None
    return tuple(paths)


def _loads(node: object) -> Iterator[ir.Load]:
    """Yield the loads of a tree of the IR, in order."""
    if isinstance(node, ir.Load):
        yield node
    elif isinstance(node, tuple):
        for each in node:
            yield from _loads(each)
    elif is_dataclass(node) and type(node).__module__ == ir.__name__:
        for each in dataclass_fields(node):
            yield from _loads(getattr(node, each.name))
