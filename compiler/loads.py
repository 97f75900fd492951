"""Which fields of an event a program reads."""

from __future__ import annotations

from dataclasses import fields as dataclass_fields
from dataclasses import is_dataclass
from itertools import takewhile
from typing import TYPE_CHECKING, TypeAlias

from fql.compiler import ir
from fql.grammar.spelling import path_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fql.compiler.ir import Ir

Keys: TypeAlias = tuple[str, ...]


def fields_read(node: Ir) -> tuple[str, ...]:
    """Return the paths that *node* reads from the event, each once, as FQL texts.

    What is read inside the elements of a list counts as reading the list. A field
    that goes by two names is listed under both. A path through an empty key, which
    no text says, is listed up to there. A mapping that takes the whole event, or reads
    a path that only the event tells, ends with ``$``.
    """
    texts = path_texts(event_paths(node))
    return (*texts, "$") if any(map(_is_whole, _loads(node))) else texts


def _is_whole(load: ir.Load | ir.ScriptLoad) -> bool:
    return isinstance(load, ir.Load) and load.slot == ir.EVENT and not load.segments


def path_texts(paths: Iterable[tuple[Keys, Keys | None]]) -> tuple[str, ...]:
    """Return *paths*, as `event_paths` gives them, as FQL texts, each once."""
    texts: dict[str, None] = {}
    for path in paths:
        for keys in path:
            nameable = tuple(takewhile(bool, keys or ()))
            if nameable:
                texts[path_text(nameable, "fql")] = None
    return tuple(texts)


def event_paths(node: Ir) -> tuple[tuple[Keys, Keys | None], ...]:
    """Return the keys of each path that *node* reads from the event, each once.

    The second of a pair are the keys that are read where the first key is absent. The
    whole event, which has no keys, is left out.
    """
    paths: dict[tuple[Keys, Keys | None], None] = {}
    for load in _loads(node):
        if isinstance(load, ir.ScriptLoad):
            paths[load.segments, None] = None
        elif load.slot == ir.EVENT and load.segments:
            other = None
            if load.fallback is not None:
                other = (load.fallback, *load.segments[1:])
            paths[load.segments, other] = None
    return tuple(paths)


def _loads(node: object) -> Iterator[ir.Load | ir.ScriptLoad]:
    """Yield the loads of a tree of the IR, in order."""
    if isinstance(node, ir.Load | ir.ScriptLoad):
        yield node
    elif isinstance(node, ir.Invoke):
        yield from _loads_of_call(node)
    elif isinstance(node, tuple):
        for each in node:
            yield from _loads(each)
    elif is_dataclass(node) and type(node).__module__ == ir.__name__:
        for each in dataclass_fields(node):
            yield from _loads(getattr(node, each.name))


def _loads_of_call(node: ir.Invoke) -> Iterator[ir.Load | ir.ScriptLoad]:
    """Yield the loads of a call; one that walks on from a value is a load itself."""
    walked = _walked_by(node.implementation)
    match node.arguments:
        case (ir.Load(slot, segments),) if walked is not None:
            for keys in walked:
                yield ir.Load(slot, (*segments, *keys))
        case _:
            yield from _loads(node.arguments)


def _walked_by(called: object) -> tuple[Keys, ...] | None:
    """Return the paths that *called* walks along; None if it does something else."""
    from fql.compiler.directive_functions import Walk
    from fql.compiler.liquid import TemplateAt

    match called:
        case Walk(keys):
            return (keys,)
        case TemplateAt(template):
            return template.paths()
        case _:
            return None
