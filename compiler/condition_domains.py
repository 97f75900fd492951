"""Single tests as sets: which values of what they look at make them true.

A test that looks at one value, by whatever constants, is a `Claim` that this value is
in a `Domain`. Tests of two values, and calls of functions that take several, are none.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from fql.compiler import ir, library, ranges
from fql.compiler.closure_conditions import ORDERS
from fql.compiler.domains import (
    ANY_VALUE,
    Containers,
    Domain,
    ElementTest,
    complement,
    of_type,
    of_values,
)
from fql.compiler.globs import GlobKind
from fql.compiler.optimize import optimize
from fql.compiler.semver import compare_semver, parse_version
from fql.compiler.text_sets import (
    ANY_TEXT,
    NO_TEXT,
    Matching,
    OneOf,
    Ordered,
    Texts,
    View,
    Viewed,
)
from fql.compiler.timestamps import instant
from fql.compiler.types import Type
from fql.compiler.values import read
from fql.compiler.walk import rewrite

if TYPE_CHECKING:
    from fql.compiler.globs import Glob
    from fql.compiler.ir import Ir
    from fql.compiler.values import Json

_MIRROR: dict[ir.OrderOp, ir.OrderOp] = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


_MAX_ELEMENTS = 50
"""Elements of a constant list that a condition is said for one by one."""

_MAX_PARTS = 40
"""Characters of a text whose parts are listed."""


class Claim(NamedTuple):
    """That the value of *node* is in *domain*; nothing else makes the test true."""

    node: Ir
    domain: Domain


def claim_of(test: Ir, *, wanted: bool) -> Claim | None:
    """Return what *test* being true, or being false, comes to; None if no claim."""
    claim = _claim(test)
    if claim is None or wanted:
        return claim
    return Claim(claim.node, complement(claim.domain))


def _claim(test: Ir) -> Claim | None:
    match test:
        case ir.IsTrue(value):
            return Claim(value, of_values([True]))
        case ir.Equal(value, ir.Constant(wanted)) | ir.Equal(
            ir.Constant(wanted), value
        ):
            return Claim(value, of_values([wanted]))
        case ir.Element(value, ir.Constant(wanted)):
            return Claim(value, of_values(wanted if isinstance(wanted, list) else []))
        case ir.Element(ir.Constant(wanted), items):
            return Claim(items, _holding(wanted))
        case ir.Order(op, value, ir.Constant(limit)):
            return Claim(value, _ordered(op, limit))
        case ir.Order(op, ir.Constant(limit), value):
            return Claim(value, _ordered(_MIRROR[op], limit))
        case ir.InstantOrder(op, value, ir.Constant(limit)):
            return Claim(value, _ordered_instant(op, limit))
        case ir.InstantOrder(op, ir.Constant(limit), value):
            return Claim(value, _ordered_instant(_MIRROR[op], limit))
        case ir.GlobTest(value, glob):
            return Claim(value, Domain(texts=_matching(glob)))
        case ir.HasType(value, kind):
            return Claim(value, of_type(kind))
        case _:
            return _claim_of_call(test)


def _claim_of_call(test: Ir) -> Claim | None:
    match test:
        case ir.Quantify(function, items, slot, condition):
            return _quantified(function.implementation, items, slot, condition)
        case ir.Apply(function, (value, ir.Constant(op), ir.Constant(other))) if (
            function.implementation is compare_semver
        ):
            return Claim(value, _of_version(op, other))
        case ir.Apply(function, (ir.Constant(str() as text), value)) if (
            function.implementation is library.contains and len(text) <= _MAX_PARTS
        ):
            return Claim(value, Domain(texts=OneOf(_parts_of(text))))
        case ir.Apply(function, (_,)) if function.result == Type.BOOL:
            return Claim(test, of_values([True]))
        case _:
            return None


def rewritten(test: Ir) -> Ir | None:
    """Return *test* said in simpler conditions, or None if there is no such way.

    Conditions that are compared as values become the cases that there are, those over
    the elements of a constant list one for each element.
    """
    match test:
        case ir.Equal(left, right) if isinstance(left, ir.CONDITIONS):
            return _as_cases(left, right)
        case ir.Equal(left, right) if isinstance(right, ir.CONDITIONS):
            return _as_cases(right, left)
        case ir.Quantify(function, ir.Constant(list() as items), slot, condition) if (
            len(items) <= _MAX_ELEMENTS
        ):
            tests = tuple(_of_element(condition, slot, item) for item in items)
            if function.implementation is library.any_element:
                return optimize(ir.Or(tests))
            if function.implementation is library.all_elements:
                return optimize(ir.And(tests))
            return None
        case _:
            claim = _claim(test)
            return None if claim is None else _as_condition(claim)


def _as_cases(condition: Ir, value: Ir) -> Ir:
    is_true = ir.Equal(value, ir.Constant(value=True))
    is_false = ir.Equal(value, ir.Constant(value=False))
    return ir.Or((ir.And((condition, is_true)), ir.And((ir.Not(condition), is_false))))


def _of_element(condition: Ir, slot: int, item: Json) -> Ir:
    def change(node: Ir) -> Ir:
        match node:
            case ir.Load(own, segments) if own == slot:
                return ir.Constant(read(item, segments))
            case _:
                return node

    return rewrite(condition, change)


def _as_condition(claim: Claim) -> Ir | None:
    """Return what a claim of a condition's own answer comes to, if it is one."""
    if not isinstance(claim.node, ir.CONDITIONS):
        return None
    if len(claim.domain.bools) == 1:
        return claim.node if True in claim.domain.bools else ir.Not(claim.node)
    return ir.Constant(bool(claim.domain.bools))


# --- one test ---------------------------------------------------------------------


def _ordered(op: ir.OrderOp, limit: Json) -> Domain:
    if isinstance(limit, str):
        return Domain(texts=Ordered(op, limit))
    if isinstance(limit, bool) or not isinstance(limit, int | float):
        return Domain()
    return Domain(numbers=ranges.ordered(op, limit)) if limit == limit else Domain()


def _ordered_instant(op: ir.OrderOp, limit: Json) -> Domain:
    moment = instant(limit)
    if moment is None:
        return Domain()
    return Domain(texts=Viewed(View.INSTANT, ranges.ordered(op, moment)))


def _matching(glob: Glob) -> Texts:
    match glob.kind:
        case GlobKind.MALFORMED | GlobKind.NEVER:
            return NO_TEXT
        case GlobKind.ALWAYS:
            return ANY_TEXT
        case GlobKind.EQUAL:
            return OneOf(frozenset(glob.texts))
        case _:
            return Matching(glob)


def _parts_of(text: str) -> frozenset[str]:
    ends = range(len(text) + 1)
    return frozenset(text[start:end] for start in ends for end in ends[start:])


def _of_version(op: Json, other: Json) -> Domain:
    version = parse_version(other)
    if version is None or not isinstance(op, str) or op not in {"=", "!=", *ORDERS}:
        return Domain()
    return Domain(texts=Viewed(View.VERSION, ranges.compared(op, version)))


# --- lists ------------------------------------------------------------------------

_ELEMENT = -1
"""The slot of an element that no loop of the condition goes through."""


def _holding(wanted: Json) -> Domain:
    """Return the lists that hold *wanted*."""
    test = ir.Equal(ir.Load(_ELEMENT, ()), ir.Constant(wanted))
    return Domain(lists=Containers(some=(ElementTest(_ELEMENT, test),)))


def _quantified(
    implementation: object, items: Ir, slot: int, condition: Ir
) -> Claim | None:
    test = ElementTest(slot, condition)
    if implementation is library.any_element:
        return Claim(items, Domain(lists=Containers(some=(test,))))
    if implementation is library.all_elements:
        return Claim(items, replace(ANY_VALUE, lists=Containers(every=(test,))))
    return None
