"""Membership as generated Python: sets of constants where types allow them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fql.compiler import ir, values
from fql.compiler.emit_calls import write_call
from fql.compiler.emit_tests import write_equal_constant
from fql.compiler.emitter import named
from fql.compiler.pytext import STRING, Code, Level, enclosed, value_code

if TYPE_CHECKING:
    from fql.compiler.emitter import At, Emitter
    from fql.compiler.ir import Ir
    from fql.compiler.values import Json

_FEW = 4
"""Up to here, comparing one by one is as fast as a set."""


def write_element(emitter: Emitter, node: ir.Element, at: At) -> Code:
    """Return the code of the test whether a value is an element of a list."""
    match node.items:
        case ir.Constant(list() as listed):
            return _element_of(emitter, node.value, listed, at)
        case _:
            return _element_of_found(emitter, node, at)


def _element_of_found(emitter: Emitter, node: ir.Element, at: At) -> Code:
    """Look in a list that the event holds."""
    wanted = node.value
    if isinstance(wanted, ir.Constant) and _is_plain(wanted.value):
        items = named(emitter, node.items, at)
        scalar = emitter.module.scalar(wanted.value)
        text = f"isinstance({items.bare}, list) and {scalar} in {items.name}"
        return value_code(text, items.after, Level.AND)
    name = emitter.module.function(values.contains_element, "membership")
    return write_call(emitter, name, (node.items, wanted), at)


def _is_plain(value: Json) -> bool:
    """Return whether Python's ``==`` compares *value* with anything as it should."""
    return value is None or isinstance(value, str)


def _element_of(emitter: Emitter, value: Ir, listed: list[Json], at: At) -> Code:
    if any(isinstance(each, list | dict) for each in listed):
        code = emitter.value(value, at)
        name = emitter.module.function(values.contains_element, "membership")
        text = f"{name}({emitter.module.whole(listed)}, {code.text})"
        return value_code(text, code.after)
    bools = [each for each in listed if isinstance(each, bool)]
    others = [each for each in listed if not isinstance(each, bool)]
    if not others:
        return _one_of_bools(emitter, value, bools, at)
    if bools or emitter.is_careful or _holds_bit(others):
        return _element_apart(emitter, value, (others, bools), at)
    if len(set(others)) == 1:
        return write_equal_constant(emitter, value, others[0], at)
    return _in_set(emitter, emitter.value(value, at), others)


def _one_of_bools(emitter: Emitter, value: Ir, bools: list[bool], at: At) -> Code:
    if len(set(bools)) == 1:
        return write_equal_constant(emitter, value, bools[0], at)
    code = emitter.value(value, at)
    return value_code(f"isinstance({code.bare}, bool)", code.after)


def _holds_bit(listed: list[Json]) -> bool:
    """Return whether Python takes a bool for one of these numbers."""
    return 0 in listed or 1 in listed


def _in_set(emitter: Emitter, code: Code, listed: list[Json]) -> Code:
    """Look the value up; a list or an object, which has no hash, raises."""
    text, members = enclosed(code, Level.ATOM), emitter.module.members(listed)
    are_texts = all(isinstance(each, str) for each in listed)
    proved = code.after
    if are_texts:
        proved = emitter.variables.knowing(code.after, code.name, STRING)
    return Code(
        f"{text} in {members}",
        Level.COMPARISON,
        proved,
        code.after,
        inverse=f"{text} not in {members}",
    )


def _in_tuple(emitter: Emitter, code: Code, listed: list[Json]) -> Code:
    """Compare the value with one after the other, which needs no hash."""
    text = enclosed(code, Level.ATOM)
    scalars = [emitter.module.scalar(each) for each in dict.fromkeys(listed)]
    members = (
        f"({', '.join(scalars)},)" if len(scalars) == 1 else f"({', '.join(scalars)})"
    )
    found = value_code(f"{text} in {members}", code.after, Level.COMPARISON)
    return found._replace(inverse=f"{text} not in {members}")


def _element_apart(
    emitter: Emitter, value: Ir, parts: tuple[list[Json], list[bool]], at: At
) -> Code:
    """Look the value up if it has a hash and is no bool; compare bools apart."""
    others, bools = parts
    if len(others) <= _FEW and not bools and not _holds_bit(others):
        return _in_tuple(emitter, emitter.value(value, at), others)
    code = named(emitter, value, at)
    members = emitter.module.members(others)
    text = (
        f"not isinstance({code.bare}, (bool, list, dict)) and {code.name} in {members}"
    )
    if not bools:
        return value_code(text, code.after, Level.AND)
    is_bool = f"isinstance({code.name}, bool)"
    if len(set(bools)) == 1:
        is_bool = f"{code.name} is {bools[0]}"
    return value_code(f"{text} or {is_bool}", code.after, Level.OR)
