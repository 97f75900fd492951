"""Compiling texts and values as tests need it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fql.compiler.check import check_condition
from fql.compiler.closures import compile_condition, compile_value
from fql.compiler.lower import lower_condition, lower_plain
from fql.grammar.diagnostics import has_errors
from fql.grammar.parse import parse_expression
from fql.grammar.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable

    from fql.compiler.values import Json
    from fql.grammar.nodes import Expr


def tree(text: str) -> Expr:
    """Return the tree of a condition that parses."""
    parsed = parse_expression(Source(text))
    assert not has_errors(parsed.diagnostics), text
    return parsed.root


def compiled(text: str) -> Callable[[Json], bool]:
    """Compile *text*, even if the checker has something against its meaning."""
    checked = check_condition(parse_expression(Source(text)))
    return compile_condition(lower_condition(checked.root, checked.types))


def compiled_value(text: str) -> Callable[[Json], object]:
    """Compile *text* to a function that gives its value."""
    checked = check_condition(parse_expression(Source(text)))
    return compile_value(lower_plain(checked.root, checked.types))


def exactly(value: object) -> object:
    """Return *value* so that ``==`` tells types, NaN and signs of zero."""
    if isinstance(value, list):
        return [exactly(each) for each in value]
    if isinstance(value, dict):
        return {key: exactly(each) for key, each in value.items()}
    return type(value), repr(value)
