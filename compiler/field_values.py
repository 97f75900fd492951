"""How one value is read as what its field holds: coercion, then choices and bounds.

The rules are those of Ajv 8 with ``coerceTypes: "array"``, observed from its answers:

======== ==============================================================================
to       from
======== ==============================================================================
string   numbers, printed as JavaScript prints them; true and false; null is ``""``
number   texts that JavaScript reads as a finite number (blanks alone are 0, ``0x1f``);
         true is 1, false and null are 0
integer  the same where the result is whole; ``3.0`` is, and is sent as ``3``
boolean  ``"true"``, 1; ``"false"``, 0 and null
datetime true, false and null as for a string; then it must look like a date
object   nothing
null     where it is allowed and nothing above fits: ``""``, 0 and false
======== ==============================================================================

A list of one element is read as that element, by the same table; where a type is one
of several (a datetime, or anything that may be null) only if the element has to be
coerced itself.

Two differences, both where the original would send a number that is none: a text such
as ``"Infinity"`` is not a number here, and whole numbers keep all their digits.

Lists and the members of objects are put together in `fields.py`.
"""

from __future__ import annotations

import math
import re
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias, assert_never

from fql.compiler.date_texts import is_date_like
from fql.compiler.field_errors import (
    not_a_choice,
    out_of_bounds,
    wrong_format,
    wrong_type,
)
from fql.compiler.field_specs import FieldType
from fql.compiler.formats import format_test
from fql.compiler.values import equals, number_text
from fql.grammar import javascript
from fql.grammar.javascript import BLANKS
from fql.grammar.limits import MAX_DIGITS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from fql.compiler.field_errors import Finding
    from fql.compiler.field_specs import FieldSpec
    from fql.compiler.values import Json


class Wrong(Enum):
    """The answer of a cast that a value does not fit."""

    WRONG = "wrong"


Convert: TypeAlias = "Callable[[Json, list[Finding]], Json]"
"""Reads a value, or adds why it cannot; then the value returned means nothing."""

Cast: TypeAlias = "Callable[[Json], Json | Wrong]"
"""Reads a value as one type, without changing it."""

Check: TypeAlias = "Callable[[Json, Json, list[Finding]], None]"
"""Adds what is wrong with a value of the right type, showing it as it was given."""

_WRONG = Wrong.WRONG

_EXACT_FLOATS = 2**53
"""Up to here a whole float is one integer and no other."""


def compile_value(spec: FieldSpec, *, is_element: bool = False) -> Convert:
    """Return the function that reads one value as *spec* says, its members aside.

    Of an element of a list only type and choices are checked: what a declaration says
    of format and bounds it says of a single value, as in the original.
    """
    cast = _cast_of(spec)
    native = _NATIVE_TYPES[spec.type]
    checks = tuple(_checks_of(spec, is_element=is_element))
    if not checks:
        return _unchecked(spec, cast, native)

    def convert(value: Json, findings: list[Finding]) -> Json:
        read = value if type(value) is native else cast(value)
        if read is _WRONG:
            findings.append(wrong_type(spec, value))
            return None
        if read is None:
            return None
        for check in checks:
            check(read, value, findings)
        return read

    return convert


def unchecked_type(spec: FieldSpec) -> type | None:
    """Return the Python type whose values *spec* sends as they are, None for none."""
    if spec.is_multiple or spec.has_members or any(_checks_of(spec, is_element=False)):
        return None
    return _NATIVE_TYPES[spec.type]


def _unchecked(spec: FieldSpec, cast: Cast, native: type) -> Convert:
    def convert(value: Json, findings: list[Finding]) -> Json:
        if type(value) is native:
            return value
        read = cast(value)
        if read is _WRONG:
            findings.append(wrong_type(spec, value))
            return None
        return read

    return convert


# --- casts ------------------------------------------------------------------------


def to_text(value: Json) -> str | Wrong:
    """Return *value* as a string, or WRONG for lists, objects, not-a-number."""
    match value:
        case str():
            return value
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int():
            return number_text(value)
        case float() if math.isfinite(value):
            return number_text(value)
        case _:
            return _WRONG


def to_number(value: Json) -> int | float | Wrong:
    """Return *value* as a finite number, or WRONG."""
    match value:
        case float() if math.isfinite(value):
            return value
        case str():
            return _WRONG if (number := number_of_text(value)) is None else number
        case None:
            return 0
        case int():
            return int(value)
        case _:
            return _WRONG


def to_integer(value: Json) -> int | float | Wrong:
    """Return *value* as a whole number, or WRONG.

    A whole float becomes an int where it stands for one integer only.
    """
    number = to_number(value)
    if not isinstance(number, float):
        return number
    if not number.is_integer():
        return _WRONG
    return int(number) if abs(number) <= _EXACT_FLOATS else number


def to_boolean(value: Json) -> bool | Wrong:
    """Return *value* as true or false, or WRONG."""
    if isinstance(value, bool):
        return value
    if value == "true" or value == 1:
        return True
    if value is None or value == "false" or value == 0:
        return False
    return _WRONG


def to_date_value(value: Json) -> str | int | float | Wrong:
    """Return *value* as the string or number that a date is sent as, or WRONG."""
    if isinstance(value, bool) or value is None:
        return to_text(value)
    return value if isinstance(value, str) else to_number(value)


def to_object(value: Json) -> dict[str, Json] | Wrong:
    """Return *value* if it is an object, else WRONG."""
    return value if isinstance(value, dict) else _WRONG


def is_null_like(value: Json) -> bool:
    """Return whether *value*, perhaps alone in a list, is null or is read as null."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    return value is None or _is_empty(value)


def _is_empty(value: Json) -> bool:
    """Return whether *value* is what is coerced to null."""
    return value is False or value == "" or equals(value, 0)


_NATIVE_TYPES: dict[FieldType, type] = {
    FieldType.STRING: str,
    FieldType.TEXT: str,
    FieldType.PASSWORD: str,
    FieldType.NUMBER: int,
    FieldType.INTEGER: int,
    FieldType.BOOLEAN: bool,
    FieldType.DATETIME: str,
    FieldType.OBJECT: dict,
}
"""The Python type whose values need no cast."""


def _cast_of(spec: FieldSpec) -> Cast:
    cast = _plain_cast(spec.type)
    if spec.type is FieldType.DATETIME:
        return _one_of_types(cast, _to_other_date, is_nullable=spec.is_nullable)
    if spec.is_nullable:
        return _one_of_types(cast, _coercing(cast, spec.type), is_nullable=True)
    return cast if spec.type is FieldType.OBJECT else _unwrapping(cast)


_OWN_TYPES: dict[FieldType, tuple[type, ...]] = {
    FieldType.STRING: (str,),
    FieldType.TEXT: (str,),
    FieldType.PASSWORD: (str,),
    FieldType.NUMBER: (int, float),
    FieldType.INTEGER: (int, float),
    FieldType.BOOLEAN: (bool,),
    FieldType.DATETIME: (str,),
    FieldType.OBJECT: (dict,),
}
"""The Python types whose values are of the type already."""


def _plain_cast(wanted: FieldType) -> Cast:
    match wanted:
        case FieldType.STRING | FieldType.TEXT | FieldType.PASSWORD:
            return to_text
        case FieldType.NUMBER:
            return to_number
        case FieldType.INTEGER:
            return to_integer
        case FieldType.BOOLEAN:
            return to_boolean
        case FieldType.DATETIME:
            return to_date_value
        case FieldType.OBJECT:
            return to_object
        case _:
            assert_never(wanted)


def _unwrapping(cast: Cast) -> Cast:
    def unwrap(value: Json) -> Json | Wrong:
        if isinstance(value, list) and len(value) == 1:
            value = value[0]
        return cast(value)

    return unwrap


def _coercing(cast: Cast, wanted: FieldType) -> Cast:
    """Return *cast* for values of other types only; its own are WRONG."""
    own = _OWN_TYPES[wanted]
    return lambda value: _WRONG if type(value) in own else cast(value)


def _to_other_date(value: Json) -> str | int | float | Wrong:
    """Return *value* as what a date may be and *value* is not: number or string."""
    return to_number(value) if isinstance(value, str) else to_text(value)


def _one_of_types(cast: Cast, cast_element: Cast, *, is_nullable: bool) -> Cast:
    """Return the cast to a type that is a choice of several.

    A list of one element is read only where the element has to be coerced; one that
    is of a right type already is refused, as in the original.
    """

    def read(value: Json) -> Json | Wrong:
        if isinstance(value, list) and len(value) == 1:
            value = value[0]
            found = cast_element(value)
        elif value is None and is_nullable:
            return None
        else:
            found = cast(value)
        is_null = found is _WRONG and is_nullable and _is_empty(value)
        return None if is_null else found

    return read


# --- texts as numbers -------------------------------------------------------------

_WHOLE = re.compile(r"[+-]?\d++", re.ASCII)


def number_of_text(text: str) -> int | float | None:
    """Return the finite number that JavaScript reads *text* as, or None.

    Blanks alone are 0; no text at all is None, for it is never coerced. A row of
    digits gives the exact integer, where JavaScript keeps 53 bits of it.

    >>> number_of_text(" 12.50 "), number_of_text("0x1F"), number_of_text("1e3")
    (12.5, 31, 1000)
    >>> number_of_text("5 apples") is number_of_text("Infinity") is None
    True
    """
    number = javascript.to_number(text)
    if not text or not math.isfinite(number):
        return None
    digits = text.strip(BLANKS)
    if len(digits) <= MAX_DIGITS and _WHOLE.fullmatch(digits):
        return int(digits)
    is_exact = number.is_integer() and abs(number) <= _EXACT_FLOATS
    return int(number) if is_exact else number


# --- checks -----------------------------------------------------------------------


def _checks_of(spec: FieldSpec, *, is_element: bool) -> Iterator[Check]:
    if spec.choices is not None:
        yield _choice_check(spec, spec.choices)
    if is_element:
        return
    if has_shape := _shape_test(spec):
        yield _shape_check(spec, has_shape)
    if spec.type in (FieldType.STRING, FieldType.NUMBER):
        # A bound of 0 is none, as in the original.
        if spec.minimum:
            yield _bound_check(spec, spec.minimum, is_low=True)
        if spec.maximum:
            yield _bound_check(spec, spec.maximum, is_low=False)


def _choice_check(spec: FieldSpec, choices: Sequence[Json]) -> Check:
    texts = frozenset(choice for choice in choices if isinstance(choice, str))
    others = tuple(choice for choice in choices if not isinstance(choice, str))

    def check(value: Json, given: Json, findings: list[Finding]) -> None:
        if isinstance(value, str):
            is_choice = value in texts
        else:
            is_choice = any(equals(value, choice) for choice in others)
        if not is_choice:
            findings.append(not_a_choice(spec, given))

    return check


def _shape_test(spec: FieldSpec) -> Callable[[str], bool] | None:
    """Return the test of the text's shape; a type may have a shape of its own."""
    if spec.type is FieldType.DATETIME:
        return is_date_like
    if spec.type is FieldType.STRING and spec.format is not None:
        return format_test(spec.format)
    return None


def _shape_check(spec: FieldSpec, has_shape: Callable[[str], bool]) -> Check:
    def check(value: Json, given: Json, findings: list[Finding]) -> None:
        if isinstance(value, str) and not has_shape(value):
            findings.append(wrong_format(spec, given))

    return check


def _bound_check(spec: FieldSpec, bound: float, *, is_low: bool) -> Check:
    def check(value: Json, given: Json, findings: list[Finding]) -> None:
        if isinstance(value, str):
            size: float = len(value)
        elif isinstance(value, int | float):
            size = value
        else:  # pragma: no cover - bounds are for strings and numbers only
            return
        if size < bound if is_low else size > bound:
            findings.append(out_of_bounds(spec, size, given, is_low=is_low))

    return check
