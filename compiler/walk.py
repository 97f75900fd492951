"""Trees of the IR, walked and rewritten.

Passes and back ends that treat most nodes alike need only these: what stands below a
node, the same node over other children, and whether two values are surely one. Nothing
here recurses on the depth of a tree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeAlias, assert_never

from fql.compiler import ir

if TYPE_CHECKING:
    from fql.compiler.ir import Ir

Change: TypeAlias = Callable[["Ir"], "Ir"]

Key: TypeAlias = tuple[object, ...]
"""Equal for two values that are surely the same; see `value_key`."""


def children(node: Ir) -> tuple[Ir, ...]:
    """Return what stands directly below *node*, in the order of evaluation."""
    match node:
        case ir.Constant() | ir.Load() | ir.ScriptLoad():
            return ()
        case ir.And(several) | ir.Or(several) | ir.FirstOf(several):
            return several
        case (
            ir.Equal(left, right)
            | ir.Order(_, left, right)
            | ir.InstantOrder(_, left, right)
            | ir.Element(left, right)
            | ir.Quantify(_, left, _, right)
            | ir.ForEach(left, _, right)
            | ir.Let(_, left, right)
        ):
            return (left, right)
        case (
            ir.IsTrue(inner)
            | ir.GlobTest(inner, _)
            | ir.HasType(inner, _)
            | ir.Not(inner)
        ):
            return (inner,)
        case ir.Apply(_, several, _) | ir.Invoke(_, _, several) | ir.MakeList(several):
            return several
        case ir.MakeObject(members):
            return tuple([member for _, member in members])
        case ir.Join(parts):
            return tuple([part for part in parts if not isinstance(part, str)])
        case ir.Choose(condition, then, otherwise):
            required = (condition, then)
            return required if otherwise is None else (*required, otherwise)
        case _:
            assert_never(node)


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
        pending.extend(reversed(children(node)))


def rewrite(root: Ir, change: Change) -> Ir:
    """Return *root* with *change* done to every node, from the leaves upwards.

    *change* is given each node over children that it has already been done to.
    """
    done: list[Ir] = []
    pending = [(root, children(root), False)]
    while pending:
        node, below, is_ready = pending.pop()
        if not below:
            done.append(change(node))
        elif is_ready:
            first = len(done) - len(below)
            changed = tuple(done[first:])
            del done[first:]
            done.append(change(_over(node, below, changed)))
        else:
            pending.append((node, below, True))
            pending += [(each, children(each), False) for each in reversed(below)]
    return done[0]


def _over(node: Ir, below: tuple[Ir, ...], changed: tuple[Ir, ...]) -> Ir:
    """Return *node* itself where all its children stayed what they were."""
    if all(map(_is_same, below, changed)):
        return node
    return with_children(node, changed)


def _is_same(one: Ir, other: Ir) -> bool:
    return one is other


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
