"""What writes the expressions of one function: for each node, the function that can."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Protocol

from fql.compiler import ir
from fql.compiler.emit_calls import write_apply, write_invoke
from fql.compiler.emit_instants import write_instant_order
from fql.compiler.emit_junctions import write_junction
from fql.compiler.emit_loads import write_careful, write_swift
from fql.compiler.emit_memberships import write_element
from fql.compiler.emit_payloads import (
    is_simple,
    write_choose,
    write_constant,
    write_first_of,
    write_join,
    write_list,
    write_object,
)
from fql.compiler.emit_quantify import write_quantify
from fql.compiler.emit_statements import write_checked
from fql.compiler.emit_stores import settle_value
from fql.compiler.emit_tests import (
    write_equal,
    write_glob_test,
    write_has_type,
    write_is_true,
    write_order,
)
from fql.compiler.pytext import Code, negated, value_code
from fql.compiler.walk import value_key

if TYPE_CHECKING:
    from fql.compiler.emit_body import Body
    from fql.compiler.emitter import At, PartKind, Variables
    from fql.compiler.ir import Ir
    from fql.compiler.pymodule import Member, Module

MAX_DEPTH = 16
"""Expressions nest no deeper than this before a function of its own takes over."""


class Style(Enum):
    """How a function treats what is not as events usually are."""

    SWIFT = auto()
    """It may raise `pysource.CAUGHT`, and somebody asks its careful twin."""
    CAREFUL = auto()
    """It raises nothing, in one expression."""
    CHECKED = auto()
    """It raises nothing, with statements that look at each object once."""


class PartRequests(Protocol):
    """Who writes the functions that parts of a tree get."""

    def request(
        self, node: Ir, kind: PartKind, style: Style, member: Member
    ) -> tuple[str, tuple[int, ...]]:
        """Return the name of a function for *node*, and the slots that it takes."""
        ...


@dataclass(slots=True)
class FunctionWriter:
    """What writes one function; see `fql.compiler.emitter.Emitter`."""

    module: Module
    variables: Variables
    body: Body
    style: Style
    parts: PartRequests

    @property
    def is_careful(self) -> bool:
        """Whether no expression may raise, whatever an event holds."""
        return self.style is not Style.SWIFT

    def condition(self, node: Ir, at: At) -> Code:
        """Return the code of a node that gives a bool."""
        match node:
            case ir.And() | ir.Or() | ir.Not() | ir.Quantify() if at.depth > MAX_DEPTH:
                return value_code(self.part(node, "condition"), at.facts)
            case ir.And() | ir.Or():
                return write_junction(self, node, at)
            case ir.Not(term):
                return negated(self.condition(term, at.inside))
            case ir.Equal():
                return write_equal(self, node, at)
            case ir.Element():
                return write_element(self, node, at)
            case ir.GlobTest():
                return write_glob_test(self, node, at)
            case ir.Order():
                return write_order(self, node, at)
            case ir.InstantOrder():
                return write_instant_order(self, node, at)
            case ir.HasType():
                return write_has_type(self, node, at)
            case ir.IsTrue():
                return write_is_true(self, node, at)
            case ir.Quantify():
                return write_quantify(self, node, at)
            case _:
                return self.value(node, at)

    def value(self, node: Ir, at: At) -> Code:
        """Return the code of any node."""
        match node:
            case ir.Constant(constant):
                return write_constant(self, constant, at)
            case ir.Load() | ir.ScriptLoad():
                is_shared = self.variables.is_shared(value_key(node) or ())
                return self._shared(node, at) if is_shared else self._load(node, at)
            case _ if isinstance(node, ir.CONDITIONS):
                code = self.condition(node, at)
                return value_code(code.text, code.after, code.level)
            case _ if at.depth > MAX_DEPTH or not is_simple(node):
                return value_code(self.part(node, "value"), at.facts)
            case _:
                return self._shared(node, at)

    def _shared(self, node: Ir, at: At) -> Code:
        return self.variables.shared(
            value_key(node), at.facts, lambda: self._write(node, at)
        )

    def _write(self, node: Ir, at: At) -> Code:
        match node:
            case ir.Load() | ir.ScriptLoad():
                return self._load(node, at)
            case ir.Apply():
                return write_apply(self, node, at)
            case ir.Invoke():
                return write_invoke(self, node, at)
            case ir.MakeList():
                return write_list(self, node, at)
            case ir.MakeObject():
                return write_object(self, node, at)
            case ir.FirstOf():
                return write_first_of(self, node, at)
            case ir.Choose():
                return write_choose(self, node, at)
            case ir.Join():
                return write_join(self, node, at)
            case _:
                raise AssertionError(f"no expression: {type(node).__name__}")

    def _load(self, node: ir.Load | ir.ScriptLoad, at: At) -> Code:
        if self.style is Style.SWIFT:
            return write_swift(self, node, at)
        if self.style is Style.CAREFUL:
            return write_careful(self, node, at)
        return write_checked(self, node, at)

    def part(self, node: Ir, kind: PartKind, first: str = "") -> str:
        """Return a call of a function of its own, which will be written for *node*."""
        style = self._style_of(kind)
        name, slots = self.parts.request(node, kind, style, self.body.member)
        values = [self.variables.slots[slot] for slot in slots]
        return f"{name}({', '.join([first, *values] if first else values)})"

    def _style_of(self, kind: PartKind) -> Style:
        """Return the style of a part: values have statements, strangers no trouble."""
        if kind == "value":
            return Style.CHECKED
        if kind == "one" and self.style is Style.SWIFT:
            return Style.CAREFUL
        return self.style

    def settled(self, node: Ir) -> Code | None:
        """Return the name of a value that a statement computes beforehand."""
        return settle_value(self, node) if self.style is Style.CHECKED else None
