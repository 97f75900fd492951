"""Loads as generated Python.

`write_swift` trusts events: what has members is an object. Where that is wrong, the
text raises one of `pysource.CAUGHT`, and the function that it stands in leaves the
event to its careful twin. `write_careful` raises nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from fql.compiler import ir, missing, script, values
from fql.compiler.emitter import MAX_STEPS, At, Emitter, object_key, shortened, walked
from fql.compiler.pytext import (
    ASSIGNED,
    Code,
    Facts,
    assignment,
    name_code,
    path_tuple,
    value_code,
)
from fql.compiler.walk import value_key
from fql.grammar.condition_tree import INHERITED

if TYPE_CHECKING:
    from collections.abc import Callable

Load: TypeAlias = ir.Load | ir.ScriptLoad

_LENGTH = "length"
"""What the trigger engine finds in lists and texts as well."""


def write_swift(emitter: Emitter, load: Load, at: At) -> Code:
    """Return the code of *load*, which may raise where an event is not as usual."""
    if isinstance(load, ir.ScriptLoad):
        return _swift_script(emitter, load, at)
    return write_walk(emitter, load, at, _object)


def write_walk(
    emitter: Emitter,
    load: ir.Load,
    at: At,
    write_object: Callable[[Emitter, ir.Load, int, Facts], Code],
) -> Code:
    """Return the code of *load*, walked with ``get`` from object to object.

    *write_object* gives the object that a number of keys lead to.
    """
    steps = walked(load)
    if load.fallback is not None and not steps:
        return write_careful(emitter, load, at)
    if steps < len(load.segments):
        return _rest(emitter, load, emitter.value(shortened(load, steps), at))
    if not load.segments:
        return name_code(emitter.variables.slots[load.slot], at.facts)
    holder = write_object(emitter, load, steps - 1, at.facts)
    default = emitter.module.missing() if load.keeps_missing else ""
    text = get_text(holder.text, load, steps - 1, default)
    return value_code(text, holder.after)


def _rest(emitter: Emitter, load: ir.Load, start: Code) -> Code:
    """Return the walk of the keys that the text does not walk."""
    function = missing.fetch if load.keeps_missing else values.read
    name = emitter.module.function(function, "a walk")
    rest = path_tuple(load.segments[walked(load) :])
    return value_code(f"{name}({start.bare}, {rest})", start.after)


def get_text(holder: str, load: ir.Load, index: int, default: str = "") -> str:
    """Return the ``get`` of the key at *index*, the first of two where it has two."""
    rest = f", {default}" if default else ""
    key = str.__repr__(load.segments[index])
    if index or load.fallback is None:
        return f"{holder}.get({key}{rest})"
    other = f"{holder}.get({str.__repr__(load.fallback)}{rest})"
    return f"{holder}.get({key}, {other})"


def _object(emitter: Emitter, load: ir.Load, length: int, facts: Facts) -> Code:
    """Return the code of something to ``get`` from after *length* keys.

    What is not there, or null, is as good as an empty object.
    """
    if length == 0:
        return name_code(emitter.variables.slots[load.slot], facts)
    variables = emitter.variables
    key = object_key(load, length)
    name = variables.names.get(key)
    if name is not None and (name, ASSIGNED) in facts:
        return name_code(name, facts)
    empty = emitter.module.empty()
    whole_key = value_key(shortened(load, length))
    if variables.uses.count(whole_key):
        whole = variables.shared(
            whole_key, facts, lambda: _step(emitter, load, length, facts)
        )
        return value_code(f"({whole.text} or {empty})", whole.after)
    if not variables.uses.is_shared(key):
        step = _step(emitter, load, length, facts)
        return value_code(f"({step.text} or {empty})", step.after)
    return _shared_object(emitter, load, length, facts)


def _shared_object(emitter: Emitter, load: ir.Load, length: int, facts: Facts) -> Code:
    """Return the code that walks to an object, once, and keeps it."""
    variables = emitter.variables
    key = object_key(load, length)
    may_be_assigned = key in variables.names
    name = variables.named(key)
    step = _step(emitter, load, length, facts)
    after = step.after | {(name, ASSIGNED)}
    text = f"{step.text} or {emitter.module.empty()}"
    if not may_be_assigned:
        return assignment(name, text, after)
    if name not in variables.initial:
        variables.initial.append(name)
    return value_code(f"({name} or ({name} := {text}))", after)


def _step(emitter: Emitter, load: ir.Load, length: int, facts: Facts) -> Code:
    holder = _object(emitter, load, length - 1, facts)
    return value_code(get_text(holder.text, load, length - 1), holder.after)


def _swift_script(emitter: Emitter, load: ir.ScriptLoad, at: At) -> Code:
    is_plain = walked(load) == len(load.segments) <= MAX_STEPS and not any(
        segment in INHERITED or segment == _LENGTH for segment in load.segments
    )
    if not is_plain:
        return write_careful(emitter, load, at)
    return _script_step(emitter, load, len(load.segments), at.facts)


def _script_step(
    emitter: Emitter, load: ir.ScriptLoad, length: int, facts: Facts
) -> Code:
    """Return the ``get`` of the last of *length* keys.

    What is not there counts as an empty object; null does not, for there the walk ends
    with null, and nothing else falsy does either.
    """
    is_last = length == len(load.segments)
    holder = (
        name_code(emitter.variables.slots[ir.EVENT], facts)
        if length == 1
        else _script_object(emitter, load, length - 1, facts)
    )
    key = str.__repr__(load.segments[length - 1])
    rest = "" if is_last else f", {emitter.module.empty()}"
    return value_code(f"{holder.text}.get({key}{rest})", holder.after)


def _script_object(
    emitter: Emitter, load: ir.ScriptLoad, length: int, facts: Facts
) -> Code:
    variables = emitter.variables
    key = object_key(load, length)
    if not variables.uses.is_shared(key):
        return _script_step(emitter, load, length, facts)
    name = variables.named(key)
    if (name, ASSIGNED) in facts:
        return name_code(name, facts)
    step = _script_step(emitter, load, length, facts)
    return assignment(name, step.text, step.after | {(name, ASSIGNED)})


def write_careful(emitter: Emitter, load: Load, at: At) -> Code:
    """Return the code of *load* for any event whatever."""
    if isinstance(load, ir.ScriptLoad):
        name = emitter.module.function(script.script_read, "a walk")
        event = emitter.variables.slots[ir.EVENT]
        return value_code(f"{name}({event}, {path_tuple(load.segments)})", at.facts)
    slot = emitter.variables.slots[load.slot]
    if not load.segments:
        return name_code(slot, at.facts)
    function = missing.fetch if load.keeps_missing else values.read
    name = emitter.module.function(function, "a walk")
    path = path_tuple(load.segments)
    if load.fallback is not None:
        own = str.__repr__(load.segments[0])
        other = path_tuple((load.fallback, *load.segments[1:]))
        has_own = f"not isinstance({slot}, dict) or {own} in {slot}"
        path = f"{path} if {has_own} else {other}"
    return value_code(f"{name}({slot}, {path})", at.facts)
