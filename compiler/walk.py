"""Trees of the IR, walked and rewritten.

Passes and back ends that treat most nodes alike need only these: what stands below a
node, the same node over other children, and whether two values are surely one. Nothing
here recurses on the depth of a tree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from operator import is_
from typing import TYPE_CHECKING, Any, TypeAlias, assert_never

from fql.compiler import ir

if TYPE_CHECKING:
    from fql.compiler.ir import Ir

Change: TypeAlias = Callable[["Ir"], "Ir"]

Key: TypeAlias = tuple[object, ...]
"""Equal for two values that are surely the same; see `value_key`."""


def children(node: Ir) -> tuple[Ir, ...]:
    """Return what stands directly below *node*, in the order of evaluation."""
    return _CHILDREN[type(node)](node)


def _none(_: ir.Constant | ir.Load | ir.ScriptLoad) -> tuple[Ir, ...]:
    return ()


def _arguments(node: ir.Apply | ir.Invoke) -> tuple[Ir, ...]:
    return node.arguments


def _terms(node: ir.And | ir.Or) -> tuple[Ir, ...]:
    return node.terms


def _sides(node: ir.Equal | ir.Order | ir.InstantOrder) -> tuple[Ir, ...]:
    return (node.left, node.right)


def _value(node: ir.IsTrue | ir.GlobTest | ir.HasType) -> tuple[Ir, ...]:
    return (node.value,)


def _given(node: ir.Choose) -> tuple[Ir, ...]:
    required = (node.condition, node.then)
    return required if node.otherwise is None else (*required, node.otherwise)


# Looked up by type, since passes and back ends ask for every node.
_CHILDREN: dict[type[Ir], Callable[[Any], tuple[Ir, ...]]] = {
    ir.Constant: _none,
    ir.Load: _none,
    ir.ScriptLoad: _none,
    ir.Apply: _arguments,
    ir.Quantify: lambda node: (node.items, node.condition),
    ir.IsTrue: _value,
    ir.Equal: _sides,
    ir.Order: _sides,
    ir.InstantOrder: _sides,
    ir.Element: lambda node: (node.value, node.items),
    ir.GlobTest: _value,
    ir.HasType: _value,
    ir.Not: lambda node: (node.term,),
    ir.And: _terms,
    ir.Or: _terms,
    ir.Invoke: _arguments,
    ir.MakeObject: lambda node: tuple([member for _, member in node.members]),
    ir.MakeList: lambda node: node.items,
    ir.Join: lambda node: tuple(
        [part for part in node.parts if not isinstance(part, str)]
    ),
    ir.FirstOf: lambda node: node.operands,
    ir.Choose: _given,
    ir.ForEach: lambda node: (node.items, node.shape),
    ir.Let: lambda node: (node.value, node.body),
}


def with_children(node: Ir, below: tuple[Ir, ...]) -> Ir:
    """Return *node* over other children, as many as `children` gives."""
    match node:
        case ir.Constant() | ir.Load() | ir.ScriptLoad():
            return node
        case ir.And() | ir.Or() | ir.FirstOf() | ir.MakeList():
            return type(node)(below)
        case ir.Equal() | ir.Element():
            return type(node)(below[0], below[1])
        case ir.Order(op, _, _) | ir.InstantOrder(op, _, _):
            return type(node)(op, below[0], below[1])
        case ir.IsTrue() | ir.Not():
            return type(node)(below[0])
        case ir.GlobTest(_, glob):
            return ir.GlobTest(below[0], glob)
        case ir.HasType(_, kind):
            return ir.HasType(below[0], kind)
        case ir.Apply(function, _, passes_missing):
            return ir.Apply(function, below, passes_missing)
        case ir.Invoke(name, implementation, _):
            return ir.Invoke(name, implementation, below)
        case ir.Quantify(function, _, slot, _):
            return ir.Quantify(function, below[0], slot, below[1])
        case ir.ForEach(_, slot, _):
            return ir.ForEach(below[0], slot, below[1])
        case ir.Let(slot, _, _):
            return ir.Let(slot, below[0], below[1])
        case ir.MakeObject(members):
            names = [name for name, _ in members]
            return ir.MakeObject(tuple(zip(names, below, strict=True)))
        case ir.Join(parts):
            given = iter(below)
            return ir.Join(
                tuple(
                    [part if isinstance(part, str) else next(given) for part in parts]
                )
            )
        case ir.Choose(_, _, otherwise):
            return ir.Choose(
                below[0], below[1], None if otherwise is None else below[2]
            )
        case _:
            assert_never(node)


def nodes_of(root: Ir) -> Iterator[Ir]:
    """Yield *root* and everything below it, each before what is below it."""
    pending = [root]
    while pending:
        node = pending.pop()
        yield node
        pending += children(node)[::-1]


def rewrite(root: Ir, change: Change) -> Ir:
    """Return *root* with *change* done to every node, from the leaves upwards.

    *change* is given each node over children that it has already been done to.
    """
    done: list[Ir] = []
    pending: list[tuple[Ir, tuple[Ir, ...] | None]] = [(root, None)]
    while pending:
        node, below = pending.pop()
        if below is None:
            below = children(node)
            if below:
                pending.append((node, below))
                pending += [(each, None) for each in below[::-1]]
            else:
                done.append(change(node))
            continue
        first = len(done) - len(below)
        changed = tuple(done[first:])
        del done[first:]
        if not all(map(is_, below, changed)):
            node = with_children(node, changed)
        done.append(change(node))
    return done[0]


def value_key(node: Ir) -> Key | None:
    """Return what tells the value of *node* from others, or None where nothing does.

    Two nodes with equal keys give the same value wherever the same slots are bound.
    Loads have keys, and functions of one value that has one.
    """
    match node:
        case ir.Load(slot, segments, fallback, keeps_missing):
            return ("load", slot, segments, fallback, keeps_missing)
        case ir.ScriptLoad(segments):
            return ("script", segments)
        case ir.Apply(function, (argument,), passes_missing):
            inner = value_key(argument)
            if inner is None:
                return None
            return ("apply", id(function), passes_missing, inner)
        case _:
            return None


def free_slots(node: Ir) -> tuple[int, ...]:
    """Return the slots that *node* reads and does not bind itself, in order."""
    read: set[int] = set()
    bound: set[int] = set()
    for each in nodes_of(node):
        match each:
            case ir.Load(slot):
                read.add(slot)
            case ir.ScriptLoad():
                read.add(ir.EVENT)
            case ir.Quantify(_, _, slot, _) | ir.ForEach(_, slot, _) | ir.Let(slot):
                bound.add(slot)
            case _:
                pass
    return tuple(sorted(read - bound))
