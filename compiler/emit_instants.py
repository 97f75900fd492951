"""Timestamps in order, as generated Python.

A function that may raise reads what is written as nearly all timestamps are with the
standard library, and compares moments; all else is compared as instants.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fql.compiler import ir, usual_times
from fql.compiler.emit_tests import ORDERS
from fql.compiler.emitter import instant_key, named
from fql.compiler.pytext import (
    Code,
    Level,
    assignment,
    in_parentheses,
    literal,
    value_code,
)
from fql.compiler.timestamps import instant

if TYPE_CHECKING:
    from fql.compiler.emitter import At, Emitter
    from fql.compiler.ir import Ir
    from fql.compiler.values import Json


def write_instant_order(emitter: Emitter, node: ir.InstantOrder, at: At) -> Code:
    """Return the code of the order of two timestamps."""
    if not isinstance(node.right, ir.Constant):
        return _order_of_two(emitter, node, at)
    nanoseconds = instant(node.right.value)
    if nanoseconds is None:
        raise AssertionError(f"no timestamp: {node.right}")
    limit = _limit(emitter, node.right.value, nanoseconds)
    is_usual = usual_times.moment_of(nanoseconds) and usual_times.is_reliable()
    if is_usual and not emitter.is_careful:
        return _usual_order(emitter, node, limit, at)
    code = _instant(emitter, node.left, at)
    if not code.name:
        code = assignment(emitter.variables.fresh(), code.text, code.after)
    text = f"{code.text} is not None and {code.name} {node.op} {limit}"
    return value_code(text, code.after, Level.AND)


def _order_of_two(emitter: Emitter, node: ir.InstantOrder, at: At) -> Code:
    function, is_reversed = ORDERS[node.op]
    name = emitter.module.function(function, "an order")
    sides = (node.right, node.left) if is_reversed else (node.left, node.right)
    one = _instant(emitter, sides[0], at)
    other = _instant(emitter, sides[1], at.knowing(one.after))
    return value_code(f"{name}({one.text}, {other.text})", other.after)


def _usual_order(emitter: Emitter, node: ir.InstantOrder, limit: str, at: At) -> Code:
    """Compare moments where the text has the usual shape."""
    module = emitter.module
    code = named(emitter, node.left, at)
    text, read = code.name, module.imported(usual_times, "read_usual")
    marks = f"{text}[{module.imported(usual_times, 'MARKS')}] == {usual_times.MARKED!r}"
    end = f"{text}[{module.imported(usual_times, 'END')}] == {usual_times.ENDING!r}"
    to_moment = module.imported(usual_times, "moment_of")
    moment = module.constant(f"{to_moment}({limit})", "moment")
    other = emitter.variables.fresh()
    found = f"({other} := {module.function(instant, 'an instant')}({text}))"
    choice = (
        f"{read}({text}) {node.op} {moment}\n"
        f"if {marks} and {end}\n"
        f"else {found} is not None and {other} {node.op} {limit}"
    )
    guarded = f"{code.text} is not None and {in_parentheses(choice)}"
    return value_code(guarded, code.after, Level.AND)


def _instant(emitter: Emitter, node: Ir, at: At) -> Code:
    """Return the code of the instant that a value is, or null."""

    def call() -> Code:
        name = emitter.module.function(instant, "an instant")
        code = emitter.value(node, at.inside)
        return value_code(f"{name}({code.bare})", code.after)

    return emitter.variables.shared(instant_key(node), at.facts, call)


def _limit(emitter: Emitter, text: Json, nanoseconds: int) -> str:
    """Return the name of the instant of a constant."""
    written = literal(text)
    if written is None:
        return emitter.module.scalar(nanoseconds)
    name = emitter.module.function(instant, "an instant")
    return emitter.module.constant(f"{name}({written})", "instant")
