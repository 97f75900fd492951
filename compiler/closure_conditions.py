"""The closures of conditions, made from the closures of their parts.

Each gives true or false. What can be decided while building is: a comparison with a
constant, for one, knows its kind.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from fql.compiler import values
from fql.compiler.types import Type

if TYPE_CHECKING:
    from fql.compiler.values import Json

_Scope: TypeAlias = Any
"""What a closure takes: the event, or the event and the elements of loops."""

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


def glob_test(value: Part, matches: Callable[[str], bool]) -> Test:
    """Return whether *value* gives a string that *matches*."""

    def test(scope: _Scope) -> bool:
        text = value(scope)
        return isinstance(text, str) and matches(text)

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
