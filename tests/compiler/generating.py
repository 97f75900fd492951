"""Trees of the IR for tests of generated code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fql.compiler import ir
from fql.compiler.check import check_condition, check_value
from fql.compiler.lower import lower_condition, lower_value
from fql.grammar.diagnostics import has_errors
from fql.grammar.parse import parse_expression, parse_mapping
from fql.grammar.source import Source

if TYPE_CHECKING:
    from fql.compiler.ir import Ir


def condition(text: str) -> Ir:
    """Return what the condition *text*, which parses, is lowered to."""
    parsed = parse_expression(Source(text))
    assert not has_errors(parsed.diagnostics), text
    checked = check_condition(parsed)
    return lower_condition(checked.root, checked.types)


def mapping(text: str) -> Ir:
    """Return what the mapping *text*, which parses, is lowered to."""
    parsed = parse_mapping(Source(text))
    assert not has_errors(parsed.diagnostics), text
    checked = check_value(parsed)
    return lower_value(checked.root, checked.types)


def load(path: str, slot: int = ir.EVENT, *, kept: bool = False) -> ir.Load:
    """Return the load of a dotted path."""
    return ir.Load(slot, tuple(path.split(".")) if path else (), None, kept)
