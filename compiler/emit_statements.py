"""Payloads as statements of generated Python.

A value is written into a *sink*: it is returned, assigned, made a member of an object
or appended to a list. So nothing is built before it is known where it goes, and a
missing value is left out at its place. No statement raises, whatever an event holds,
but for what payload functions raise; and each line knows the member it works for.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, assert_never

from fql.compiler import ir
from fql.compiler.emit_body import Append, Assign, Put, Return, Sink
from fql.compiler.emit_loads import get_text, write_careful, write_walk
from fql.compiler.emit_payloads import is_simple
from fql.compiler.emit_stores import settle_value as settle_value
from fql.compiler.emit_stores import store, store_missing
from fql.compiler.emit_stores import whole as whole
from fql.compiler.emitter import At, Emitter, object_key, shortened, walked
from fql.compiler.pytext import (
    ASSIGNED,
    LINE,
    Code,
    Facts,
    indented,
    name_code,
    value_code,
)
from fql.compiler.settle import is_passing, may_be_missing
from fql.compiler.walk import children, nodes_of, value_key, with_children

if TYPE_CHECKING:
    from fql.compiler.emit_stores import Writer
    from fql.compiler.ir import Ir

MAX_BLOCKS = 6
"""Blocks nest no deeper than this before a function of its own takes over."""

MAX_LEVELS = 30
"""Values nest no deeper than this before a function of its own takes over."""


# --- values -----------------------------------------------------------------------


def write_statements(writer: Writer, node: Ir, sink: Sink) -> None:
    """Write the statements that put the value of *node* into *sink*."""
    body = writer.body
    if body.depth > MAX_BLOCKS or body.levels > MAX_LEVELS:
        code = value_code(writer.part(node, "value"), body.facts)
        store(writer, sink, code, may_miss=may_be_missing(node))
        return
    body.levels += 1
    _write(writer, node, sink)
    body.levels -= 1


def _write(writer: Writer, node: Ir, sink: Sink) -> None:
    match node:
        case ir.Load():
            _write_load(writer, node, sink)
        case ir.MakeObject():
            _write_object(writer, node, sink)
        case _ if isinstance(sink, Put) and _passed(node) is not None:
            _write_passing(writer, node, sink)
        case _ if is_simple(node) and not _is_split(node, sink):
            code = writer.value(node, At(writer.body.facts))
            store(writer, sink, code, may_miss=may_be_missing(node))
        case ir.Choose():
            _write_choose(writer, node, sink)
        case ir.FirstOf():
            _write_first_of(writer, node, sink)
        case ir.ForEach():
            _write_for_each(writer, node, sink)
        case ir.Let():
            _write_let(writer, node, sink)
        case _:
            outlined = _outlined(writer, node)
            code = writer.value(outlined, At(writer.body.facts))
            store(writer, sink, code, may_miss=may_be_missing(node))


def _is_split(node: Ir, sink: Sink) -> bool:
    """Return whether a choice is better made by statements: its value may miss."""
    is_choice = isinstance(node, ir.Choose | ir.FirstOf)
    return is_choice and isinstance(sink, Put) and may_be_missing(node)


def _passed(node: Ir) -> Ir | None:
    """Return what *node* is missing with, and never without."""
    match node:
        case ir.Apply(_, (argument,), True):
            return argument
        case ir.Invoke(_, implementation, (argument,)) if is_passing(implementation):
            return argument if may_be_missing(argument) else None
        case _:
            return None


def _write_passing(writer: Writer, node: Ir, sink: Put) -> None:
    """Look whether the argument is missing; if it is not, call the function."""
    argument = _passed(node)
    if argument is None:
        raise AssertionError(f"no argument to look at: {node}")
    name = _settled(writer, argument)
    given = ir.Load(writer.variables.bind_new(name), ())
    if isinstance(node, ir.Apply):
        node = ir.Apply(node.function, (given,))
    else:
        node = with_children(node, (given,))
    with writer.body.block(f"if {name} is not {writer.module.missing()}:"):
        code = writer.value(node, At(writer.body.facts))
        store(writer, sink, code, may_miss=False)


def _write_let(writer: Writer, node: ir.Let, sink: Sink) -> None:
    """Write the body over a variable that holds the value."""
    name = _settled_apart(writer, node.value)
    variables = writer.variables
    variables.bind(node.slot, name)
    if isinstance(node.value, ir.MakeObject):
        variables.names[node.slot, None, ()] = name
        writer.body.facts |= {(name, ASSIGNED)}
    write_statements(writer, node.body, sink)


def _settled(writer: Writer, node: Ir) -> str:
    """Write *node* into a variable, or return the one that it has."""
    if is_simple(node):
        return settle_value(writer, node).name
    return _settled_apart(writer, node)


def _settled_apart(writer: Writer, node: Ir) -> str:
    """Write *node* into a variable of its own."""
    name = writer.variables.fresh()
    write_statements(writer, node, Assign(name))
    return name


def _outlined(writer: Writer, node: Ir) -> Ir:
    """Write what stands below *node* beforehand, in order; return *node* over it."""
    below: list[Ir] = []
    for child in children(node):
        if isinstance(child, ir.Constant):
            below.append(child)
            continue
        slot = writer.variables.bind_new(_settled_apart(writer, child))
        below.append(ir.Load(slot, (), keeps_missing=may_be_missing(child)))
    return with_children(node, tuple(below))


# --- objects ----------------------------------------------------------------------


def _write_object(writer: Writer, node: ir.MakeObject, sink: Sink) -> None:
    """Write the members that are surely there at once, the others one by one."""
    sure = 0
    for _, value in node.members:
        if may_be_missing(value) or not is_simple(value):
            break
        sure += 1
    first, rest = node.members[:sure], node.members[sure:]
    if not rest:
        _write_display(writer, first, sink)
        return
    name = sink.name if isinstance(sink, Assign) else writer.variables.fresh()
    _write_display(writer, first, Assign(name))
    for key, value in rest:
        outer = writer.body.enter(key)
        write_statements(writer, value, Put(name, writer.module.scalar(key)))
        writer.body.member = outer
    store(writer, sink, name_code(name, writer.body.facts), may_miss=False)


def _write_display(
    writer: Writer, members: tuple[tuple[str, Ir], ...], sink: Sink
) -> None:
    """Write an object whose members are all there, a line a member if it is long."""
    body = writer.body
    texts: list[str] = []
    facts = body.facts
    for key, value in members:
        outer = body.enter(key)
        code = writer.value(value, At(facts, 1))
        body.member = outer
        facts = code.after
        texts.append(f"{writer.module.scalar(key)}: {code.text}")
    opening, closing = _around(sink)
    line = f"{opening}{{{', '.join(texts)}}}{closing}"
    body.facts |= facts
    if len(line) <= LINE and "\n" not in line and not _may_fail(members):
        body.add(line)
        return
    body.add(f"{opening}{{")
    for (key, _), text in zip(members, texts, strict=True):
        outer = body.enter(key)
        body.add(f"{indented(text)},")
        body.member = outer
    body.add(f"}}{closing}")


def _may_fail(members: tuple[tuple[str, Ir], ...]) -> bool:
    """Return whether a line may be to blame for an error."""
    return any(
        isinstance(node, ir.Invoke) for _, value in members for node in nodes_of(value)
    )


def _around(sink: Sink) -> tuple[str, str]:
    """Return what stands before and behind a value that goes to *sink*."""
    match sink:
        case Return():
            return "return ", ""
        case Assign(name):
            return f"{name} = ", ""
        case Put(name, key):
            return f"{name}[{key}] = ", ""
        case Append(name):
            return f"{name}.append(", ")"
        case _:
            assert_never(sink)


# --- choices ----------------------------------------------------------------------


def _write_choose(writer: Writer, node: ir.Choose, sink: Sink) -> None:
    body = writer.body
    test = writer.condition(node.condition, At(body.facts))
    with body.block(f"if {whole(test)}:", test.true):
        write_statements(writer, node.then, sink)
    if node.otherwise is None and isinstance(sink, Put):
        return
    with body.block("else:", test.false):
        if node.otherwise is None:
            store_missing(writer, sink)
        else:
            write_statements(writer, node.otherwise, sink)


def _write_first_of(writer: Writer, node: ir.FirstOf, sink: Sink) -> None:
    """Try one operand after the other until there is a value."""
    first, *others = node.operands
    name = sink.name if isinstance(sink, Assign) else writer.variables.fresh()
    write_statements(writer, first, Assign(name))
    for before, operand in pairwise((first, *others)):
        test = f"{name} is None"
        if may_be_missing(before):
            test += f" or {name} is {writer.module.missing()}"
        with writer.body.block(f"if {test}:"):
            write_statements(writer, operand, Assign(name))
    code = name_code(name, writer.body.facts)
    store(writer, sink, code, may_miss=may_be_missing(node))


# --- lists ------------------------------------------------------------------------


def _write_for_each(writer: Writer, node: ir.ForEach, sink: Sink) -> None:
    body = writer.body
    source = _settled(writer, node.items)
    items = writer.variables.fresh()
    body.add(f"{items} = [{source}] if isinstance({source}, dict) else {source}")
    _hoist(writer, node)
    built = writer.variables.fresh()
    with body.block(f"if isinstance({items}, list):"):
        body.add(f"{built} = []")
        element = writer.variables.fresh_element()
        writer.variables.bind(node.slot, element)
        with body.block(f"for {element} in {items}:"):
            write_statements(writer, node.shape, Append(built))
        store(writer, sink, name_code(built, body.facts), may_miss=False)
    with body.block("else:"):
        code = name_code(items, body.facts)
        store(writer, sink, code, may_miss=may_be_missing(node.items))


def _hoist(writer: Writer, node: ir.ForEach) -> None:
    """Load what the loop reads from outside of it once, before the loop."""
    for inner in nodes_of(node.shape):
        match inner:
            case ir.Load(slot, segments) if slot in writer.variables.slots and segments:
                if slot < node.slot:
                    writer.variables.named(value_key(inner) or ())
                    settle_value(writer, inner)
            case _:
                pass


# --- loads ------------------------------------------------------------------------


def _write_load(writer: Writer, load: ir.Load, sink: Sink) -> None:
    """Write what puts a load where it goes; a member of its own is looked for first.

    To look for a key and then for its value is quicker than a call of ``get``, and
    compiles in two thirds of the time.
    """
    if not isinstance(sink, Put) or not _is_copied(writer, load):
        code = writer.value(load, At(writer.body.facts))
        store(writer, sink, code, may_miss=may_be_missing(load))
        return
    last = len(load.segments) - 1
    holder = _object(writer, load, last)
    found = str.__repr__(load.segments[last])
    copied = f"{sink.name}[{sink.key}] = {holder}[{found}]"
    writer.body.add(f"if {found} in {holder}:\n    {copied}")


def _is_copied(writer: Writer, load: ir.Load) -> bool:
    """Return whether a load does no more than copy one member, if it is there."""
    steps = len(load.segments)
    has_one_key = steps > 1 or (steps == 1 and load.fallback is None)
    is_walked = load.keeps_missing and walked(load) == steps
    key = value_key(load) or ()
    return has_one_key and is_walked and not writer.variables.is_shared(key)


def write_checked(writer: Writer, load: ir.Load | ir.ScriptLoad, at: At) -> Code:
    """Return the code of *load*; statements find the objects on the way beforehand."""
    if isinstance(load, ir.ScriptLoad):
        return write_careful(writer, load, at)

    steps = len(load.segments)
    if steps and walked(load) == steps:  # the usual case, without detours
        holder = _object(writer, load, steps - 1)
        default = writer.module.missing() if load.keeps_missing else ""
        return value_code(get_text(holder, load, steps - 1, default), at.facts)

    def write_object(_: Emitter, load: ir.Load, length: int, __: Facts) -> Code:
        return name_code(_object(writer, load, length), at.facts)

    return write_walk(writer, load, at, write_object)


def _object(writer: Writer, load: ir.Load, length: int) -> str:
    """Return the variable of the object that *length* keys lead to, or of an empty one.

    It is computed by statements where it is not known yet.
    """
    body, variables = writer.body, writer.variables
    key = object_key(load, length) if length else (load.slot, None, ())
    name = variables.named(key)
    if (name, ASSIGNED) in body.facts:
        return name
    empty = writer.module.empty()
    whole = shortened(load, length)
    if length and not variables.uses.count(value_key(whole)):
        holder = _object(writer, load, length - 1)
        body.add(f"{name} = {get_text(holder, load, length - 1)}")
        body.add(f"if not isinstance({name}, dict):\n    {name} = {empty}")
    else:
        found = settle_value(writer, whole) if length else None
        source = found.name if found else variables.slots[load.slot]
        body.add(f"{name} = {source} if isinstance({source}, dict) else {empty}")
    body.facts |= {(name, ASSIGNED)}
    return name
