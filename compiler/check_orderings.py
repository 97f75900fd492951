"""Orderings: what cannot be ordered, times that are none, numbers in quotes."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

from fql.compiler import meaning_errors
from fql.compiler.check_sides import can_be_ordered, is_beyond, out_of_bounds
from fql.compiler.timestamps import instant, is_timestamp, lacks_offset
from fql.compiler.types import Type
from fql.compiler.values import (
    greater,
    greater_equal,
    less,
    less_equal,
    parse_json_number,
)
from fql.grammar.diagnostics import Severity
from fql.grammar.nodes import CompareOp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from fql.compiler.check_sides import Sides
    from fql.compiler.values import Json
    from fql.grammar.diagnostics import Diagnostic

_ORDERS: Mapping[CompareOp, Callable[[Json, Json], bool]] = MappingProxyType(
    {
        CompareOp.LT: less,
        CompareOp.LE: less_equal,
        CompareOp.GT: greater,
        CompareOp.GE: greater_equal,
    }
)
_MIRRORED = MappingProxyType(
    {
        CompareOp.LT: CompareOp.GT,
        CompareOp.LE: CompareOp.GE,
        CompareOp.GT: CompareOp.LT,
        CompareOp.GE: CompareOp.LE,
    }
)
_STARTS_LIKE_A_DATE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?![0-9])")


def check_ordering(sides: Sides) -> Iterator[Diagnostic]:
    """Yield what is wrong with an ordering of *sides*."""
    left, right = sides.left.fact, sides.right.fact
    is_by_instant = left.is_timestamp or right.is_timestamp
    if not can_be_ordered(left.certain, right.certain):
        yield sides.mismatch(is_certain=True)
    elif is_by_instant and (found := _no_timestamp(sides)):
        yield found
    elif left.constant is not None and right.constant is not None:
        both = (left.constant.value, right.constant.value)
        answer = _answer(sides.node.op, both, is_by_instant=is_by_instant)
        yield sides.decided(answer=answer)
    elif sides.is_same_path and sides.node.op in (CompareOp.LT, CompareOp.GT):
        yield meaning_errors.same_sides(sides.source, sides.node.span, answer=False)
    elif not can_be_ordered(left.expected, right.expected):
        yield sides.mismatch(is_certain=False)
    elif found := _out_of_bounds(sides):
        yield found
    else:
        yield from _odd_texts(sides, is_by_instant=is_by_instant)


def _answer(op: CompareOp, sides: tuple[Json, Json], *, is_by_instant: bool) -> bool:
    """Return what *op* says of two literals that it can order."""
    left, right = map(instant, sides) if is_by_instant else sides
    return _ORDERS[op](left, right)


def _no_timestamp(sides: Sides) -> Diagnostic | None:
    """Return the finding that a literal beside a timestamp is none."""
    for side, other in sides.both_ways():
        text = side.text
        if text is not None and not is_timestamp(text):
            is_certain = other.kind(is_certain=True) == Type.TIMESTAMP
            return meaning_errors.bad_timestamp(
                sides.source,
                side.node.span,
                "so this is never true",
                severity=Severity.ERROR if is_certain else sides.facts.schema_severity,
            )
    return None


def _out_of_bounds(sides: Sides) -> Diagnostic | None:
    for side, other in sides.both_ways():
        constant = other.fact.constant
        op = sides.node.op if side is sides.left else _MIRRORED[sides.node.op]
        if constant is not None and is_beyond(side, op, constant.value):
            return out_of_bounds(side, sides.facts, other.node, answer=False)
    return None


def _odd_texts(sides: Sides, *, is_by_instant: bool) -> Iterator[Diagnostic]:
    """Yield the literals that are read otherwise than they look."""
    for side in sides:
        text, span = side.text, side.node.span
        if text is None:
            continue
        if is_by_instant:
            if lacks_offset(text):
                yield meaning_errors.no_offset(sides.source, span)
        elif parse_json_number(text) is not None:
            yield meaning_errors.number_as_text(sides.source, span, sides.node.op, text)
        elif _STARTS_LIKE_A_DATE.match(text):
            yield meaning_errors.bad_timestamp(
                sides.source,
                span,
                "so this compares texts",
                severity=Severity.WARNING,
            )
