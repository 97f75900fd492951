"""Functions of generated Python: one for each tree, and one for each part set apart.

Parts are set apart where expressions would nest too deeply or grow too wide for
Python, and for the conditions over elements. They are written one after the other, so
nothing recurses on the depth of a tree.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fql.compiler import ir
from fql.compiler.emit_body import Body, Return
from fql.compiler.emit_expressions import FunctionWriter, Style
from fql.compiler.emit_statements import write_statements
from fql.compiler.emit_stores import whole
from fql.compiler.emitter import At, Uses, Variables
from fql.compiler.pytext import NO_FACTS, negated
from fql.compiler.walk import free_slots

if TYPE_CHECKING:
    from fql.compiler.emitter import PartKind
    from fql.compiler.ir import Ir
    from fql.compiler.pymodule import Member, Module

_EVENT = "event"
_ITEMS = "items"


@dataclass(frozen=True, slots=True)
class Part:
    """A function that is to be written for a part of a tree."""

    name: str
    node: Ir
    kind: PartKind
    style: Style
    slots: tuple[int, ...]
    member: Member


@dataclass(slots=True)
class Parts:
    """The functions of one module that are still to be written.

    Attributes:
        module: Where they will stand.
    """

    module: Module
    _waiting: deque[Part] = field(default_factory=deque)

    def request(
        self, node: Ir, kind: PartKind, style: Style, member: Member
    ) -> tuple[str, tuple[int, ...]]:
        """Return the name of a function for *node*, and the slots that it takes."""
        slots = _slots_of(node, kind)
        name = self.module.fresh("part")
        self._waiting.append(Part(name, node, kind, style, slots, member))
        return name, slots

    def write(self) -> None:
        """Write all functions that wait, and those that they ask for."""
        while self._waiting:
            _write_part(self, self._waiting.popleft())


def _slots_of(node: Ir, kind: PartKind) -> tuple[int, ...]:
    if kind in ("condition", "value") or not isinstance(node, ir.Quantify):
        return free_slots(node)
    free = free_slots(node.condition)
    return tuple([slot for slot in free if slot != node.slot])


def start(parts: Parts, style: Style, node: Ir, member: Member = ()) -> FunctionWriter:
    """Return the writer of a function over *node* that takes the event."""
    uses = Uses(None if style is Style.CAREFUL else node)
    variables = Variables({ir.EVENT: _EVENT}, uses)
    return FunctionWriter(parts.module, variables, Body(member=member), style, parts)


def add_function(writer: FunctionWriter, name: str, *parameters: str) -> None:
    """Add the function whose body is written to the module."""
    writer.module.add(f"def {name}({', '.join(parameters)}):", writer.body.lines)


def answer(writer: FunctionWriter, node: Ir) -> None:
    """Write the statements that return whether the condition *node* holds."""
    code = writer.condition(node, At(NO_FACTS))
    add_initial(writer)
    writer.body.add(f"return {whole(code)}")


def add_initial(writer: FunctionWriter) -> None:
    """Write first values of the variables that some paths use unset."""
    if writer.variables.initial:
        writer.body.add(f"{' = '.join(writer.variables.initial)} = None")


def _write_part(parts: Parts, part: Part) -> None:
    writer = start(parts, part.style, part.node, part.member)
    slots = writer.variables.slots
    for slot in part.slots:
        if slot != ir.EVENT:
            slots[slot] = writer.variables.fresh_element()
    parameters = [slots[slot] for slot in part.slots]
    match part.kind, part.node:
        case "value", node:
            write_statements(writer, node, Return())
        case "condition", node:
            answer(writer, node)
        case "one", ir.Quantify(_, _, slot, condition):
            slots[slot] = writer.variables.fresh_element()
            parameters.insert(0, slots[slot])
            answer(writer, condition)
        case (("any" | "all"), ir.Quantify() as node):
            parameters.insert(0, _ITEMS)
            _write_loop(writer, node, is_any=part.kind == "any")
        case _:
            raise AssertionError(f"no condition over elements: {part.node}")
    add_function(writer, part.name, *parameters)


def _write_loop(writer: FunctionWriter, node: ir.Quantify, *, is_any: bool) -> None:
    """Write the loop that looks for an element that decides."""
    body = writer.body
    element = writer.variables.slots[node.slot] = writer.variables.fresh_element()
    with body.block(f"for {element} in {_ITEMS}:"):
        code = writer.condition(node.condition, At(body.facts))
        add_initial(writer)
        decides = code if is_any else negated(code)
        body.add(f"if {whole(decides)}:\n    return {is_any}")
    body.add(f"return {not is_any}")
