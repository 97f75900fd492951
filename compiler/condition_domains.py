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

if TYPE_CHECKING:
    from fql.compiler.globs import Glob
    from fql.compiler.ir import Ir
    from fql.compiler.values import Json

_MIRROR: dict[ir.OrderOp, ir.OrderOp] = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


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
        case ir.Apply(function, (_,)) if function.result == Type.BOOL:
            return Claim(test, of_values([True]))
        case _:
            return None


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
