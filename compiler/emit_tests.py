"""Tests of one value, or of two, as generated Python: the cheapest exact one each.

A test that needs a string or a number stands behind a guard that says whether its
operand is one, unless an earlier test has proved that already.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fql.compiler import ir, values
from fql.compiler.emit_calls import (
    Operand,
    is_text_or_null,
    method_of,
    number_operand,
    number_test,
    string_operand,
    write_call,
)
from fql.compiler.emitter import named
from fql.compiler.glob_texts import needed_text
from fql.compiler.globs import GlobKind, compile_glob, glob_matcher, read_glob
from fql.compiler.pytext import (
    NUMBER,
    STRING,
    Code,
    Level,
    assignment,
    enclosed,
    literal,
    value_code,
)
from fql.compiler.types import Type

if TYPE_CHECKING:
    from fql.compiler.emitter import At, Emitter
    from fql.compiler.globs import Glob
    from fql.compiler.ir import Ir
    from fql.compiler.values import Json

PROVED = "True"
"""The text of a test whose answer is known to be yes."""

_SELDOM = (0, 1)
"""The numbers that Python takes a bool for."""


# --- types ------------------------------------------------------------------------


def write_is_true(emitter: Emitter, node: ir.IsTrue, at: At) -> Code:
    """Return the code of the test whether a value is exactly true."""
    return _identity(emitter.value(node.value, at), "True")


def _identity(code: Code, constant: str) -> Code:
    text = enclosed(code, Level.ATOM)
    return Code(
        f"{text} is {constant}",
        Level.COMPARISON,
        code.after,
        code.after,
        inverse=f"{text} is not {constant}",
    )


def write_has_type(emitter: Emitter, node: ir.HasType, at: At) -> Code:
    """Return the code of the test whether a value is of one kind."""
    kind = STRING if node.type is Type.STRING else NUMBER
    if isinstance(node.value, ir.Apply) and method_of(node.value):
        operand = string_operand(emitter, node.value, at)
        if kind is STRING and operand.guard:
            return Code(operand.guard, true=operand.proved, false=operand.refused)
    code = emitter.value(node.value, at)
    if node.type is Type.BOOL:
        return value_code(f"isinstance({code.bare}, bool)", code.after)
    if (code.name, kind) in at.facts:
        return value_code(PROVED, at.facts)
    proved = emitter.variables.knowing(code.after, code.name, kind)
    if kind is STRING:
        return Code(f"isinstance({code.bare}, str)", true=proved, false=code.after)
    return Code(number_test(emitter, code), true=proved, false=code.after)


# --- equality ---------------------------------------------------------------------


def write_equal(emitter: Emitter, node: ir.Equal, at: At) -> Code:
    """Return the code of the test whether two values are equal."""
    left, right = node.left, node.right
    if isinstance(right, ir.Constant):
        return write_equal_constant(emitter, left, right.value, at)
    if is_text_or_null(left) or is_text_or_null(right):
        one = emitter.value(left, at)
        other = emitter.value(right, at.knowing(one.after))
        return _comparison("==", "!=", (one, other))
    equals = emitter.module.function(values.equals, "equality")
    return write_call(emitter, equals, (left, right), at)


def _comparison(word: str, opposite: str, codes: tuple[Code, Code]) -> Code:
    left, right = (enclosed(code, Level.ATOM) for code in codes)
    return Code(
        f"{left} {word} {right}",
        Level.COMPARISON,
        codes[1].after,
        codes[1].after,
        inverse=f"{left} {opposite} {right}",
    )


def write_equal_constant(emitter: Emitter, value: Ir, constant: Json, at: At) -> Code:
    """Return the code of the test whether *value* equals *constant*."""
    if constant is None or isinstance(constant, bool):
        return _identity(emitter.value(value, at), repr(constant))
    if isinstance(constant, str):
        return _equal_scalar(emitter, emitter.value(value, at), constant, STRING)
    if not isinstance(constant, list | dict):
        if constant in _SELDOM:
            return _equal_bit(emitter, value, constant, at)
        return _equal_scalar(emitter, emitter.value(value, at), constant, NUMBER)
    equals = emitter.module.function(values.equals, "equality")
    code = emitter.value(value, at)
    text = f"{equals}({code.text}, {emitter.module.whole(constant)})"
    return value_code(text, code.after)


def _equal_scalar(emitter: Emitter, code: Code, constant: Json, kind: str) -> Code:
    """Compare with what no value of another type equals in Python."""
    text, scalar = enclosed(code, Level.ATOM), emitter.module.scalar(constant)
    return Code(
        f"{text} == {scalar}",
        Level.COMPARISON,
        emitter.variables.knowing(code.after, code.name, kind),
        code.after,
        inverse=f"{text} != {scalar}",
    )


def _equal_bit(emitter: Emitter, value: Ir, constant: Json, at: At) -> Code:
    """Compare with a number that a bool equals in Python, but not here."""
    code = named(emitter, value, at)
    test = _equal_scalar(emitter, code, constant, NUMBER)
    if (code.name, NUMBER) in at.facts:
        return test
    text = f"{test.text} and {code.name} is not {bool(constant)}"
    return Code(text, Level.AND, test.true, test.false)


# --- order ------------------------------------------------------------------------

ORDERS = {
    "<": (values.less, False),
    "<=": (values.less_equal, False),
    ">": (values.less, True),
    ">=": (values.less_equal, True),
}
"""The function of each order, and whether it takes the right side first."""


def write_order(emitter: Emitter, node: ir.Order, at: At) -> Code:
    """Return the code of the order of two strings or two numbers."""
    if not isinstance(node.right, ir.Constant):
        function, is_reversed = ORDERS[node.op]
        name = emitter.module.function(function, "an order")
        sides = (node.right, node.left) if is_reversed else (node.left, node.right)
        return write_call(emitter, name, sides, at)
    limit = node.right.value
    find = string_operand if isinstance(limit, str) else number_operand
    operand = find(emitter, node.left, at)
    scalar = emitter.module.scalar(limit)
    value = enclosed(operand.code, Level.ATOM)
    return _behind_guard(operand, f"{value} {node.op} {scalar}", Level.COMPARISON)


def _behind_guard(operand: Operand, test: str, level: Level) -> Code:
    """Return *test*, which mentions the operand, behind the operand's guard."""
    if not operand.guard:
        return Code(test, level, operand.code.after, operand.code.after)
    text = f"{operand.guard} and {test}"
    refused = operand.refused & operand.code.after
    return Code(text, Level.AND, operand.code.after, refused)


# --- globs ------------------------------------------------------------------------


def write_glob_test(emitter: Emitter, node: ir.GlobTest, at: At) -> Code:
    """Return the code of the cheapest test that decides a glob."""
    operand = string_operand(emitter, node.value, at)
    glob = node.glob
    text = enclosed(operand.code, Level.ATOM)
    match glob.kind:
        case GlobKind.PREFIX:
            test = f"{text}.startswith({_texts(emitter, glob)})"
        case GlobKind.SUFFIX:
            test = f"{text}.endswith({_texts(emitter, glob)})"
        case GlobKind.SUBSTRING:
            part = emitter.module.scalar(glob.texts[0])
            return _behind_guard(operand, f"{part} in {text}", Level.COMPARISON)
        case GlobKind.AROUND:
            return _around(emitter, operand, glob)
        case _:
            return _matched(emitter, operand, glob)
    return _behind_guard(operand, test, Level.ATOM)


def _texts(emitter: Emitter, glob: Glob) -> str:
    """Return the text of one string, or of a tuple of several."""
    texts = [emitter.module.scalar(text) for text in glob.texts]
    return texts[0] if len(texts) == 1 else f"({', '.join(texts)})"


def _around(emitter: Emitter, operand: Operand, glob: Glob) -> Code:
    """Return the test of both ends, which must not share a character."""
    start, end = glob.texts
    operand = _renamed(emitter, operand)
    code = operand.code
    text = (
        f"len({code.bare}) >= {len(start) + len(end)}"
        f" and {code.name}.startswith({emitter.module.scalar(start)})"
        f" and {code.name}.endswith({emitter.module.scalar(end)})"
    )
    return _behind_guard(operand, text, Level.AND)


def _matched(emitter: Emitter, operand: Operand, glob: Glob) -> Code:
    """Return the call of a matcher, behind a look for what every match holds."""
    needed = needed_text(glob)
    matcher = _matcher(emitter, glob)
    if not needed:
        return _behind_guard(operand, f"{matcher}({operand.code.bare})", Level.ATOM)
    operand = _renamed(emitter, operand)
    text = f"{emitter.module.scalar(needed)} in {operand.code.text}"
    return _behind_guard(
        operand, f"{text} and {matcher}({operand.code.name})", Level.AND
    )


def _renamed(emitter: Emitter, operand: Operand) -> Operand:
    """Return *operand* with a variable for its value."""
    if operand.code.name:
        return operand
    name = emitter.variables.fresh()
    code = assignment(name, operand.code.text, operand.code.after)
    return operand._replace(code=code)


def _matcher(emitter: Emitter, glob: Glob) -> str:
    """Return the name of the function that decides a glob."""
    written = literal(glob.pattern)
    if written is None or read_glob(glob.pattern) != glob:
        matcher = glob_matcher(glob)
        return emitter.module.bind(matcher, "call", f"the glob {glob.pattern}")
    name = emitter.module.function(compile_glob, "a glob")
    return emitter.module.constant(f"{name}({written})", "call")
