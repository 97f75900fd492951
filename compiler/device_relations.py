"""Comparisons and tests that device mode answers otherwise for some event.

Each function takes the operands of one construct and yields what is wrong with it.
What is wrong with an operand alone (its path, its literal) is reported elsewhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeGuard

from fql.compiler import device_errors as errors
from fql.compiler.device_operands import Constant, Field, Result, Truth, Unknown
from fql.compiler.device_texts import glob_fault, has_wide_character, version_fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fql.compiler.device_errors import Finding
    from fql.compiler.device_operands import Operand
    from fql.compiler.values import Json
    from fql.grammar.nodes import Compare

_OTHER_NAMES = frozenset({"bool", "boolean", "list", "null", "object", "undefined"})
"""What ``typeof`` says here or there, but not of the same values."""

_FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


# --- = and != ---------------------------------------------------------------------


def check_equality(left: Operand, right: Operand) -> Iterator[Finding]:
    """Yield what is wrong with ``=`` or ``!=``, whose sides may change places."""
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return
    if isinstance(left, Constant):
        yield from _check_equal_constant(right, left)
    elif isinstance(right, Constant):
        yield from _check_equal_constant(left, right)
    elif not (isinstance(left, Truth) or isinstance(right, Truth)):
        yield from _check_equal_values(left, right)


def _check_equal_constant(operand: Operand, constant: Constant) -> Iterator[Finding]:
    value = constant.value
    match operand:
        case Field() | Result(name="length") if value is None:
            yield errors.missing_is_not_null(operand.node)
        case Field() if isinstance(value, list):
            yield errors.list_equality(constant.node)
        case Result(name="length"):
            if not _is_impossible_length(value):
                yield errors.length_equality(operand.node)
        case Result(name="typeof"):
            if isinstance(value, str) and value in _OTHER_NAMES:
                yield errors.type_name(constant.node, value)
        case _:
            pass


def _check_equal_values(left: Operand, right: Operand) -> Iterator[Finding]:
    names = [each.name for each in (left, right) if isinstance(each, Result)]
    if names == ["lowercase", "lowercase"]:
        return
    if "typeof" in names:
        yield errors.type_names(left.node)
    else:
        yield errors.missing_are_not_equal(right.node)


# --- < <= > >= --------------------------------------------------------------------


def check_order(
    node: Compare, left: Operand, right: Operand, *, is_instant: bool
) -> Iterator[Finding]:
    """Yield what is wrong with an ordering. *is_instant*: it is one of timestamps."""
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return
    if isinstance(left, Truth) or isinstance(right, Truth):
        return
    if is_instant:
        is_number = _is_number_constant(left) or _is_number_constant(right)
        yield errors.number_order(node) if is_number else errors.instant_order(node)
    elif isinstance(left, Constant):
        yield from _check_order_to(_FLIPPED[node.op.value], right, left)
    elif isinstance(right, Constant):
        yield from _check_order_to(node.op.value, left, right)
    else:
        yield errors.order_of_values(node)


def _check_order_to(op: str, operand: Operand, constant: Constant) -> Iterator[Finding]:
    """Yield what is wrong with ``operand op constant``."""
    is_length = isinstance(operand, Result) and operand.name == "length"
    if isinstance(constant.value, str) and not is_length:
        yield errors.string_order(constant.node)
    elif is_length and _is_number(constant.value):
        yield from _check_length(op, operand, constant.value)


def _check_length(op: str, operand: Operand, number: float) -> Iterator[Finding]:
    """Yield what is wrong with ``length(x) op number``.

    There, what is missing has no length at all, and text is counted in UTF-16 units.
    So one question is safe, whether anything is there, and a question whose answer is
    no for missing and empty values goes wrong with text beyond ASCII only.
    """
    match op:
        case "<":
            is_sound = is_alike = number <= 0
        case "<=":
            is_sound = is_alike = number < 0
        case ">":
            is_sound, is_alike = number >= 0, 0 <= number < 1
        case _:
            is_sound, is_alike = number > 0, 0 < number <= 1
    if not is_sound:
        yield errors.length_order(operand.node)
    elif not is_alike:
        yield errors.length_in_units(operand.node)


def _is_number_constant(operand: Operand) -> bool:
    return isinstance(operand, Constant) and _is_number(operand.value)


def _is_number(value: Json) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_impossible_length(value: Json) -> bool:
    """Return whether nothing is ever as long as *value*."""
    return not _is_number(value) or value < 0 or value != int(value)


# --- in ---------------------------------------------------------------------------


def check_element(left: Operand, right: Operand) -> Iterator[Finding]:
    """Yield what is wrong with ``left in right``."""
    if isinstance(right, Field | Result | Truth):
        yield errors.list_in_event(right.node)
        return
    if isinstance(left, Result | Truth):
        yield errors.nested_result(left.node)
    if not isinstance(right, Constant) or not isinstance(right.value, list):
        return
    if any(isinstance(element, list) for element in right.value):
        yield errors.list_equality(right.node)
    if isinstance(left, Field) and None in right.value:
        yield errors.missing_is_not_null(right.node)


# --- tests ------------------------------------------------------------------------


def check_contains(text: Operand, part: Operand) -> Iterator[Finding]:
    """Yield what is wrong with ``contains(text, part)``."""
    if not isinstance(part, Field):
        return
    is_wide = isinstance(text, Constant) and has_wide_character(text.value)
    if is_wide or isinstance(text, Field):
        yield errors.part_in_event(part.node)


def check_match(text: Operand, pattern: Operand) -> Iterator[Finding]:
    """Yield what is wrong with ``match(text, pattern)``."""
    if isinstance(pattern, Field):
        yield errors.pattern_in_event(pattern.node)
    elif isinstance(pattern, Constant) and isinstance(pattern.value, str):
        fault = glob_fault(pattern.value)
        if fault is not None:
            yield fault.about(pattern.node)


def check_semver(
    version: Operand, operator: Operand, other: Operand
) -> Iterator[Finding]:
    """Yield what is wrong with ``semver(version, operator, other)``."""
    if isinstance(version, Field) and isinstance(other, Field):
        yield errors.versions_in_event(other.node)
    for each in (version, other):
        if isinstance(each, Constant) and isinstance(each.value, str):
            fault = version_fault(each.value)
            if fault is not None:
                yield fault.about(each.node)
