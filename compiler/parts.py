"""Which parts of an event a program reads, as a tree of keys.

A reader of events may leave out what is not in the tree: nothing in the program tells
such an event from the whole one, as long as every value that stands where the tree
has keys below it is an object or null. Whoever leaves out must read the others whole.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from fql.compiler import ir
from fql.compiler.values import list_index
from fql.compiler.walk import nodes_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fql.compiler.ir import Ir

Keys: TypeAlias = tuple[str, ...]

MAX_KEYS = 8
"""Levels of the tree; of what is further inside, all counts as read."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What is read of a value.

    Attributes:
        is_whole: Whether all of it is.
        members: Else, what is read of its members, by their keys. Without any, only
            whether it is an object matters.
    """

    is_whole: bool = False
    members: Mapping[str, Parts] = field(default_factory=dict)


WHOLE = Parts(is_whole=True)


def parts_read(
    nodes: Iterable[Ir], *, paths: Iterable[Keys] = (), kinds: Iterable[Keys] = ()
) -> Parts:
    """Return what *nodes* read of an event; the whole of it where that is not sure.

    >>> from fql.compiler.trigger import compile_trigger
    >>> parts = parts_read([compile_trigger("properties.total > 1").node])
    >>> parts == Parts(members={"properties": Parts(members={"total": WHOLE})})
    True

    Args:
        nodes: Conditions and mappings.
        paths: The keys to values that are read besides.
        kinds: The keys to values of which, besides, only the kind is read.
    """
    grown = _Growth()
    for node in nodes:
        for each in nodes_of(node):
            for keys in _keys_read(each):
                grown.add(keys)
    for keys in paths:
        grown.add(keys)
    for keys in kinds:
        grown.add(keys, is_whole=False)
    return grown.parts()


def _keys_read(node: Ir) -> tuple[Keys, ...]:
    """Return the keys of what *node* itself reads from the event."""
    match node:
        case ir.ScriptLoad(segments) | ir.Load(ir.EVENT, segments, None):
            return (segments,)
        case ir.Load(ir.EVENT, segments, str() as other):
            return (segments, (other, *segments[1:]))
        case _:
            return ()


class _Growth:
    """A tree that grows path by path."""

    def __init__(self) -> None:
        self._is_whole = False
        self._members: dict[str, _Growth] = {}

    def add(self, keys: Keys, *, is_whole: bool = True) -> None:
        """Add a path; from what may be an index of a list on, all is read."""
        here = self
        for depth, key in enumerate(keys):
            if depth == MAX_KEYS or (depth and list_index(key) is not None):
                here._is_whole = True
                return
            here = here._members.setdefault(key, _Growth())
        here._is_whole |= is_whole

    def parts(self) -> Parts:
        """Return the tree as it is now."""
        if self._is_whole:
            return WHOLE
        members = {key: each.parts() for key, each in self._members.items()}
        return Parts(members=members)
