"""The closures of conditions, made from the closures of their parts.

Each gives true or false. What can be decided while building is: a comparison with a
constant, for one, knows its kind.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from fql.compiler import values
from fql.compiler.glob_texts import needed_text
from fql.compiler.globs import Glob, GlobKind, glob_matcher
from fql.compiler.timestamps import instant
from fql.compiler.types import Type
from fql.compiler.usual_times import (
    END,
    ENDING,
    MARKED,
    MARKS,
    is_reliable,
    moment_of,
    read_usual,
)

if TYPE_CHECKING:
    from fql.compiler import ir
    from fql.compiler.values import Json

_Scope: TypeAlias = Any
"""What a closure takes: the event, or the event and the elements of loops."""

_NUMBER = (int, float)

ORDERS: dict[ir.OrderOp, Callable[[Json, Json], bool]] = {
    "<": values.less,
    "<=": values.less_equal,
    ">": values.greater,
    ">=": values.greater_equal,
}
"""What each order means for any two values."""

_STANDS: dict[ir.OrderOp, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}

Part: TypeAlias = Callable[[_Scope], Any]
Test: TypeAlias = Callable[[_Scope], bool]


def is_true(value: Part) -> Test:
    """Return whether *value* gives exactly true."""
    return lambda scope: value(scope) is True


def equals_constant(value: Part, constant: Json) -> Test:
    """Return whether *value* gives what equals *constant*."""
    if constant is None or isinstance(constant, bool):
        return lambda scope: value(scope) is constant
    if isinstance(constant, str):
        return lambda scope: value(scope) == constant
    if isinstance(constant, int | float):

        def is_number(scope: _Scope) -> bool:
            number = value(scope)
            return number == constant and not isinstance(number, bool)

        return is_number
    equals = values.equals
    return lambda scope: equals(value(scope), constant)


def element_of(value: Part, items: list[Json]) -> Test:
    """Return whether *value* gives what equals one of *items*."""
    if all(isinstance(item, str) for item in items):
        strings = frozenset(items)

        def is_listed(scope: _Scope) -> bool:
            wanted = value(scope)
            return isinstance(wanted, str) and wanted in strings

        return is_listed
    contains = values.contains_element
    return lambda scope: contains(items, value(scope))


def glob_test(value: Part, glob: Glob) -> Test:
    """Return whether *value* gives a string that *glob* matches."""
    match glob.kind:
        case GlobKind.PREFIX:
            return _starts_with(value, glob.texts[0])
        case GlobKind.SUBSTRING:
            return contains(value, glob.texts[0])
        case _:
            return _matches(value, glob)


def _matches(value: Part, glob: Glob) -> Test:
    matches, needed = glob_matcher(glob), needed_text(glob)

    def test(scope: _Scope) -> bool:
        text = value(scope)
        return isinstance(text, str) and needed in text and matches(text)

    return test


def _starts_with(value: Part, prefix: str) -> Test:
    def test(scope: _Scope) -> bool:
        text = value(scope)
        return isinstance(text, str) and text.startswith(prefix)

    return test


def contains(value: Part, part: str) -> Test:
    """Return whether *value* gives a string that holds *part*."""

    def test(scope: _Scope) -> bool:
        text = value(scope)
        return isinstance(text, str) and part in text

    return test


def order_of(value: Part, op: ir.OrderOp, limit: Json) -> Test:
    """Return whether *value* gives what stands in this order to *limit*."""
    is_number = isinstance(limit, int | float) and not isinstance(limit, bool)
    if not is_number:
        compare = ORDERS[op]
        return lambda scope: compare(value(scope), limit)
    stands = _STANDS[op]

    def test(scope: _Scope) -> bool:
        number = value(scope)
        kind = type(number)
        if kind is float or kind is int:
            return stands(number, limit)
        return (
            isinstance(number, _NUMBER) and kind is not bool and stands(number, limit)
        )

    return test


def instant_order_of(value: Part, op: ir.OrderOp, limit: int | None) -> Test:
    """Return whether *value* gives a timestamp that stands in this order to *limit*."""
    compare = ORDERS[op]
    moment = None if limit is None else moment_of(limit)
    if moment is None or not is_reliable():
        return lambda scope: compare(instant(value(scope)), limit)
    stands = _STANDS[op]

    def test(scope: _Scope) -> bool:
        text = value(scope)
        if not isinstance(text, str):
            return False
        if text[MARKS] == MARKED and text[END] == ENDING:
            try:
                return stands(read_usual(text), moment)
            except ValueError:
                pass  # a leap second, or no timestamp at all
        return compare(instant(text), limit)

    return test


def has_type(value: Part, kind: Type) -> Test:
    """Return whether *value* gives a string, a bool or a number, as *kind* says."""
    if kind is Type.STRING:
        return lambda scope: isinstance(value(scope), str)
    if kind is Type.BOOL:
        return lambda scope: isinstance(value(scope), bool)

    def is_number(scope: _Scope) -> bool:
        given = value(scope)
        return isinstance(given, int | float) and not isinstance(given, bool)

    return is_number


def negation(term: Part) -> Test:
    """Return whether *term* does not hold."""
    return lambda scope: not term(scope)


def all_of(terms: list[Part]) -> Test:
    """Return whether all *terms* hold; they are asked in order."""
    match terms:
        case [one, two]:
            return lambda scope: one(scope) and two(scope)
        case [one, two, three]:
            return lambda scope: one(scope) and two(scope) and three(scope)
        case _:

            def test(scope: _Scope) -> bool:
                for term in terms:  # noqa: SIM110 - a generator costs a frame
                    if not term(scope):
                        return False
                return True

            return test


def any_of(terms: list[Part]) -> Test:
    """Return whether one of *terms* holds; they are asked in order."""
    match terms:
        case [one, two]:
            return lambda scope: one(scope) or two(scope)
        case [one, two, three]:
            return lambda scope: one(scope) or two(scope) or three(scope)
        case _:

            def test(scope: _Scope) -> bool:
                for term in terms:  # noqa: SIM110 - a generator costs a frame
                    if term(scope):
                        return True
                return False

            return test
