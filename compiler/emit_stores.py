"""What a statement of generated Python does with a value: where it goes, or is kept.

A value goes into a *sink*: it is returned, assigned, made a member of an object or
appended to a list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, assert_never

from fql.compiler.emit_body import Append, Assign, Body, Put, Return, Sink
from fql.compiler.emitter import At, Emitter
from fql.compiler.pytext import Code, Level, in_parentheses, name_code, value_code

if TYPE_CHECKING:
    from fql.compiler.ir import Ir


class Writer(Emitter, Protocol):
    """An emitter that has a place for statements."""

    body: Body


def store(writer: Writer, sink: Sink, code: Code, *, may_miss: bool) -> None:
    """Write the statement that puts a value where it goes."""
    body = writer.body
    text = code.text
    if code.after is not body.facts:
        body.facts |= code.after
    match sink:
        case Put(name, key) if may_miss:
            value = code.name or writer.variables.fresh()
            first = text if code.name else f"({value} := {text})"
            missing = writer.module.missing()
            body.add(f"if {first} is not {missing}:\n    {name}[{key}] = {value}")
        case Put(name, key):
            body.add(f"{name}[{key}] = {whole(code)}")
        case Return():
            body.add(f"return {whole(code)}")
        case Assign(name):
            if text != name:
                body.add(f"{name} = {whole(code)}")
        case Append(name):
            body.add(f"{name}.append({code.bare})")
        case _:
            assert_never(sink)


def whole(code: Code) -> str:
    """Return the text of *code* as the end of a statement, whatever lines it has."""
    is_open = "\n" in code.text and code.level < Level.ATOM
    return in_parentheses(code.text) if is_open else code.text


def store_missing(writer: Writer, sink: Sink) -> None:
    """Write what happens with a value that is not there."""
    if not isinstance(sink, Put):
        missing = value_code(writer.module.missing(), writer.body.facts)
        store(writer, sink, missing, may_miss=False)


def settle_value(writer: Writer, node: Ir) -> Code:
    """Write the statement that computes *node* beforehand; return its variable."""
    body = writer.body
    code = writer.value(node, At(body.facts))
    if code.name and not code.is_assignment:
        return code
    name = code.name or writer.variables.fresh()
    text = code.assigned if code.name else whole(code)
    body.add(f"{name} = {text}")
    body.facts |= code.after
    return name_code(name, body.facts)
