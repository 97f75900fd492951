"""Comparisons: types that never fit, answers that are always the same.

Of one comparison, only the first kind of finding is reported: what comes later would
say the same in other words.
"""

from __future__ import annotations

from functools import reduce
from operator import or_
from types import MappingProxyType
from typing import TYPE_CHECKING

from fql.compiler import library, meaning_errors
from fql.compiler.check_orderings import check_ordering
from fql.compiler.check_sides import (
    Side,
    Sides,
    can_be_equal,
    is_beyond,
    out_of_bounds,
    sides_of,
)
from fql.compiler.likeness import unlike
from fql.compiler.suggest import nearest, plain_name
from fql.compiler.types import Type, describe, overlaps
from fql.compiler.values import contains_element, equals
from fql.grammar import nodes
from fql.grammar.diagnostics import Severity
from fql.grammar.errors import shorten
from fql.grammar.nodes import CompareOp

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fql.compiler.facts import Facts
    from fql.compiler.values import Json
    from fql.grammar.diagnostics import Diagnostic
    from fql.grammar.nodes import Expr

_FOLDING = MappingProxyType(
    {"lowercase": library.lowercase, "uppercase": library.uppercase}
)
"""Functions that give back unchanged what they once gave."""

_FOREIGN_TYPE_NAMES = MappingProxyType(
    {
        "array": "list",
        "boolean": "bool",
        "dict": "object",
        "float": "number",
        "int": "number",
        "integer": "number",
        "map": "object",
        "none": "null",
        "str": "string",
        "text": "string",
        "undefined": "null",
    }
)
"""What other languages call the types that ``typeof`` names."""


def check_comparison(node: nodes.Compare, facts: Facts) -> Iterator[Diagnostic]:
    """Yield what is wrong with *node*; nothing where a side did not parse."""
    sides = sides_of(node, facts)
    if any(isinstance(side.node, nodes.Invalid) for side in sides):
        return
    if node.op is CompareOp.IN:
        yield from _check_membership(sides)
    elif node.op in (CompareOp.EQ, CompareOp.NE):
        yield from _check_equality(sides, answer=node.op is CompareOp.NE)
    else:
        yield from check_ordering(sides)


# --- equality ---------------------------------------------------------------------


def _check_equality(sides: Sides, *, answer: bool) -> Iterator[Diagnostic]:
    """Yield what is wrong. *answer*: what the operator says of different values."""
    left, right = sides.left.fact, sides.right.fact
    if not can_be_equal(left.certain, right.certain):
        yield _different(sides, is_certain=True)
    elif left.constant is not None and right.constant is not None:
        is_equal = equals(left.constant.value, right.constant.value)
        yield sides.decided(answer=is_equal is not answer)
    elif sides.is_same_path:
        yield meaning_errors.same_sides(
            sides.source, sides.node.span, answer=not answer
        )
    elif not can_be_equal(left.expected, right.expected):
        yield _different(sides, is_certain=False)
    else:
        for side, other in sides.both_ways():
            yield from _check_literal(side, other, sides.facts, answer=answer)


def _different(sides: Sides, *, is_certain: bool) -> Diagnostic:
    """Return the finding that no value is of the types of both sides."""
    if sides.node.op is CompareOp.EQ:
        return sides.mismatch(is_certain=is_certain)
    return sides.always_different(is_certain=is_certain)


def _check_literal(
    side: Side, literal: Side, facts: Facts, *, answer: bool
) -> Iterator[Diagnostic]:
    """Yield that *side* never is what *literal* says, where that is known."""
    if literal.fact.constant is None or literal.fact.constant.value is None:
        return
    value = literal.fact.constant.value
    choices = side.fact.shape.choices
    if choices and not contains_element(list(choices), value):
        yield _impossible_choice(side, (literal, value), facts, answer=answer)
    elif is_beyond(side, CompareOp.EQ, value):
        yield out_of_bounds(side, facts, literal.node, answer=answer)
    elif kind := unlike(side.fact.shape, value):
        yield meaning_errors.unlike(
            facts.source,
            literal.node.span,
            facts.text(side.node),
            kind,
            answer=answer,
            severity=Severity.WARNING if answer else facts.schema_severity,
        )
    elif isinstance(side.node, nodes.Call) and side.node.name in _FOLDING:
        name = side.node.name
        given = _FOLDING[name](value)
        if given is not None and given != value:
            yield meaning_errors.other_case(
                facts.source, literal.node.span, name, given, answer=answer
            )


def _impossible_choice(
    side: Side, literal: tuple[Side, Json], facts: Facts, *, answer: bool
) -> Diagnostic:
    written, value = literal
    choices = side.fact.shape.choices
    is_call = isinstance(side.node, nodes.Call)
    near = None
    if isinstance(value, str):
        foreign = _FOREIGN_TYPE_NAMES.get(value.lower()) if is_call else None
        near = foreign or nearest(value, (x for x in choices if isinstance(x, str)))
    return meaning_errors.impossible_choice(
        facts.source,
        written.node.span,
        (facts.text(side.node), value),
        choices,
        suggestion=near,
        answer=answer,
        is_sure=near is not None and plain_name(near) == plain_name(str(value)),
        severity=Severity.WARNING if answer or is_call else facts.schema_severity,
    )


# --- membership -------------------------------------------------------------------


def _check_membership(sides: Sides) -> Iterator[Diagnostic]:
    right = sides.right
    if Type.LIST not in right.fact.certain:
        yield _no_list(sides, is_certain=True)
    elif isinstance(right.node, nodes.ListLiteral):
        yield from _check_elements(sides, right.node.items)
    elif Type.LIST not in right.fact.expected:
        yield _no_list(sides, is_certain=False)
    elif right.fact.shape.items is not None:
        elements = right.fact.shape.items.type
        if not overlaps(elements, sides.left.fact.expected):
            yield _no_element(sides, elements, is_certain=False)


def _no_list(sides: Sides, *, is_certain: bool) -> Diagnostic:
    kind = describe(sides.right.kind(is_certain=is_certain))
    text = shorten(sides.facts.text(sides.node.right))
    return sides.mismatched(
        f"`in` needs a list on its right, and this is {kind}",
        f"write `[{text}]` for a list of one",
        is_certain=is_certain,
    )


def _no_element(sides: Sides, elements: Type, *, is_certain: bool) -> Diagnostic:
    left = describe(sides.left.kind(is_certain=is_certain))
    return sides.mismatched(
        f"no element of this list is {left}; each is {describe(elements)}",
        "compare values of one type",
        is_certain=is_certain,
    )


def _check_elements(sides: Sides, items: Sequence[Expr]) -> Iterator[Diagnostic]:
    facts, left = sides.facts, sides.left
    elements = [Side(item, facts.of(item)) for item in items]
    certain = reduce(or_, (each.fact.certain for each in elements), Type(0))
    expected = reduce(or_, (each.fact.expected for each in elements), Type(0))
    constant = sides.right.fact.constant
    if not elements:
        yield meaning_errors.empty_list(sides.source, sides.right.node.span)
    elif not overlaps(left.fact.certain, certain):
        yield _no_element(sides, certain, is_certain=True)
    elif left.fact.constant is not None and constant is not None:
        answer = contains_element(constant.value, left.fact.constant.value)
        yield sides.decided(answer=answer)
    elif not overlaps(left.fact.expected, expected):
        yield _no_element(sides, expected, is_certain=False)
    else:
        for element in elements:
            yield from _check_literal(left, element, facts, answer=False)
