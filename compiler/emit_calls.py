"""Calls as generated Python, and operands that have to be strings or numbers.

A few functions are so small that their text stands in the place of the call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fql.compiler import ir, library, payload_functions, values
from fql.compiler.emitter import named
from fql.compiler.pytext import (
    NUMBER,
    STRING,
    Code,
    Facts,
    Level,
    enclosed,
    in_brackets,
    name_code,
    value_code,
)
from fql.compiler.walk import value_key

if TYPE_CHECKING:
    from fql.compiler.emitter import At, Emitter
    from fql.compiler.ir import Ir

_METHODS = {
    library.lowercase: "lower()",
    library.uppercase: "upper()",
    library.snakecase: "replace(' ', '_')",
    library.kebabcase: "replace(' ', '-')",
}
"""Functions that are a method of strings, and null for anything else."""

_PAYLOAD_METHODS = {
    payload_functions.lower: "lower()",
    payload_functions.upper: "upper()",
}
"""Functions that are a method of strings, and the value itself for anything else."""


class Operand(NamedTuple):
    """A value that has to be of one type for a test to hold.

    Attributes:
        guard: The condition under which it is, or nothing where it always is.
        code: The value, once the guard holds.
        proved: What is known where the guard holds, before the value is asked for.
        refused: What is known where it does not hold.
        source: The variable that the guard looks at.
    """

    guard: str
    code: Code
    proved: Facts
    refused: Facts
    source: str = ""


# --- operands ---------------------------------------------------------------------


def string_operand(emitter: Emitter, node: Ir, at: At) -> Operand:
    """Return *node* as a string, and the guard that says whether it is one."""
    if isinstance(node, ir.Apply):
        method = method_of(node)
        if method:
            return _called(emitter, node, method, at)
    if _is_text(node):
        code = emitter.value(node, at)
        return Operand("", code, at.facts, code.after)
    code = named(emitter, node, at)
    if (code.name, STRING) in at.facts:
        return Operand("", code, at.facts, code.after, code.name)
    return _guarded(emitter, code, f"isinstance({code.bare}, str)", STRING)


def number_operand(emitter: Emitter, node: Ir, at: At) -> Operand:
    """Return *node* as a number, and the guard that says whether it is one."""
    code = named(emitter, node, at)
    if (code.name, NUMBER) in at.facts:
        return Operand("", code, at.facts, code.after, code.name)
    if _is_number_or_null(node):
        return _guarded(emitter, code, f"{code.text} is not None", NUMBER)
    return _guarded(emitter, code, number_test(emitter, code), NUMBER)


def number_test(emitter: Emitter, code: Code) -> str:
    """Return the text of the test whether a value is a number."""
    return f"{emitter.module.imported(values, 'IS_NUMBER')}[type({code.bare})]"


def _guarded(emitter: Emitter, code: Code, guard: str, kind: str) -> Operand:
    proved = emitter.variables.knowing(code.after, code.name, kind)
    named_code = name_code(code.name, proved)
    return Operand(guard, named_code, proved, code.after, code.name)


def method_of(node: ir.Apply) -> str | None:
    """Return the method of strings that the function is, or None."""
    for function, method in _METHODS.items():
        if node.function.implementation is function:
            return method
    return None


def _called(emitter: Emitter, node: ir.Apply, method: str, at: At) -> Operand:
    """Return the operand that a method of a string is."""
    argument = node.arguments[0]
    if _differs(argument, node):
        code = named(emitter, argument, at)
        inner = _guarded(emitter, code, f"isinstance({code.bare}, str)", STRING)
    else:
        inner = string_operand(emitter, argument, at)

    def call() -> Code:
        text = f"{enclosed(inner.code, Level.ATOM)}.{method}"
        return value_code(text, inner.code.after)

    code = emitter.variables.shared(value_key(node), inner.code.after, call)
    return inner._replace(code=code)


def _differs(argument: Ir, call: ir.Apply) -> bool:
    """Return whether one call passes *missing* on and the other does not."""
    if not isinstance(argument, ir.Apply):
        return False
    return argument.passes_missing != call.passes_missing


def _is_text(node: Ir) -> bool:
    """Return whether *node* gives a string for every event."""
    if isinstance(node, ir.Apply) and not node.passes_missing:
        return node.function.implementation is library.type_name
    return isinstance(node, ir.Join)


def _is_number_or_null(node: Ir) -> bool:
    """Return whether *node* is a call that gives a number or null."""
    if not isinstance(node, ir.Apply) or node.passes_missing:
        return False
    return node.function.implementation in (library.to_number, library.length)


def is_text_or_null(node: Ir) -> bool:
    """Return whether *node* gives only what Python's ``==`` compares as it should."""
    if not isinstance(node, ir.Apply) or node.passes_missing:
        return False
    return node.function.implementation in (
        *_METHODS,
        library.titlecase,
        library.type_name,
        library.to_string,
        library.timestamp,
    )


# --- calls ------------------------------------------------------------------------


def write_apply(emitter: Emitter, node: ir.Apply, at: At) -> Code:
    """Return the code of a call of a function of the table."""
    implementation = node.function.implementation
    if method_of(node):
        return _method_or_null(emitter, node, at)
    if implementation in (library.to_number, library.to_string):
        return _converted(emitter, node, at)
    name = _function(emitter, node)
    if not node.passes_missing:
        return write_call(emitter, name, node.arguments, at)
    argument = named(emitter, node.arguments[0], at)
    missing = emitter.module.missing()
    text = f"{missing} if {argument.text} is {missing} else {name}({argument.name})"
    return value_code(text, argument.after, Level.CHOICE)


def _function(emitter: Emitter, node: ir.Apply) -> str:
    return emitter.module.function(
        node.function.implementation, f"the function {node.function.name}"
    )


def _method_or_null(emitter: Emitter, node: ir.Apply, at: At) -> Code:
    operand = string_operand(emitter, node, at)
    if not operand.guard:
        return operand.code
    otherwise = "None"
    if node.passes_missing:
        missing = emitter.module.missing()
        otherwise = f"{missing} if {operand.source} is {missing} else None"
    text = f"{operand.code.text} if {operand.guard} else {otherwise}"
    return value_code(text, operand.refused & operand.code.after, Level.CHOICE)


def _converted(emitter: Emitter, node: ir.Apply, at: At) -> Code:
    """Return a conversion that leaves what is of the type already as it is."""
    is_number = node.function.implementation is library.to_number
    argument = named(emitter, node.arguments[0], at)
    if (argument.name, NUMBER if is_number else STRING) in at.facts:
        return argument
    test = f"isinstance({argument.bare}, str)"
    if is_number:
        test = number_test(emitter, argument)
    text = f"{argument.name} if {test} else "
    if node.passes_missing:
        missing = emitter.module.missing()
        text += f"{missing} if {argument.name} is {missing} else "
    text += f"{_function(emitter, node)}({argument.name})"
    return value_code(text, argument.after, Level.CHOICE)


def write_invoke(emitter: Emitter, node: ir.Invoke, at: At) -> Code:
    """Return the code of a call of a function that only mappings have."""
    for function, method in _PAYLOAD_METHODS.items():
        if node.implementation is function:
            argument = named(emitter, node.arguments[0], at)
            test = f"isinstance({argument.bare}, str)"
            text = f"{argument.name}.{method} if {test} else {argument.name}"
            return value_code(text, argument.after, Level.CHOICE)
    name = emitter.module.function(node.implementation, f"the function {node.name}")
    return write_call(emitter, name, node.arguments, at)


def write_call(emitter: Emitter, name: str, arguments: tuple[Ir, ...], at: At) -> Code:
    """Return the code of the call of a function that has a name."""
    facts = at.facts
    codes: list[Code] = []
    for argument in arguments:
        code = emitter.value(argument, at.inside.knowing(facts))
        facts = code.after
        codes.append(code)
    texts = [code.bare if len(codes) == 1 else code.text for code in codes]
    if len(texts) == 1:
        return value_code(f"{name}({texts[0]})", facts)
    return value_code(in_brackets(f"{name}(", texts, ")"), facts)
