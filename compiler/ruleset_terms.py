"""Rules as conjunctions: what has to hold, all of it, for a rule to match an event.

A trigger becomes one *entry*, or several where it is a choice whose alternatives can be
found by what an event holds. Terms are made simple only as far as is needed to find
the rule; a bucket of rules finishes them when the first event comes to it.

Functions that an embedder adds may fail, and then a rule fails as its trigger would. So
a rule that calls one is only found by what its trigger asks before the call; whether it
matches, the trigger itself says.
"""

from __future__ import annotations

import math
from itertools import takewhile
from typing import TYPE_CHECKING

from fql.compiler import ir, script
from fql.compiler.fold import negated
from fql.compiler.functions import FUNCTIONS
from fql.compiler.globs import GlobKind
from fql.compiler.optimize import optimize
from fql.compiler.ruleset_entries import Entry
from fql.compiler.ruleset_keys import Strength, strength_of, texts_of
from fql.compiler.walk import children

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fql.compiler.ir import Ir
    from fql.compiler.ruleset_entries import Terms, Texts
    from fql.compiler.trigger import Trigger
    from fql.compiler.values import Json

MAX_ALTERNATIVES = 64
"""A choice of more alternatives than this is tried as a whole."""

_SIMPLE_GLOBS = (
    *(GlobKind.PREFIX, GlobKind.SUFFIX, GlobKind.SUBSTRING),
    *(GlobKind.AROUND, GlobKind.IN_ORDER, GlobKind.PIECES),
)

_LEAVES = frozenset({ir.Load, ir.ScriptLoad, ir.Constant})

_CALLS = frozenset({ir.Apply, ir.Quantify, ir.Invoke})

_JOINT = frozenset({ir.And, ir.Not})


def entries_of(
    number: int, trigger: Trigger, texts_seen: dict[Texts, Texts]
) -> list[Entry]:
    """Return the entries of a rule that asks *trigger*; none if it never holds.

    The terms of one that is found by an equality are as they were written.
    """
    node = trigger.node
    terms = node.terms if type(node) is ir.And else (node,)
    if not _JOINT.isdisjoint(map(type, terms)):
        terms = flat_terms(terms)
    if trigger.functions is not FUNCTIONS and any(map(_may_fail, terms)):
        asked_before = tuple(takewhile(lambda term: not _may_fail(term), terms))
        settled = settled_terms(asked_before)
        return (
            []
            if settled is None
            else [Entry(~number, settled, False, texts_of(settled))]
        )
    texts = texts_of(terms)
    if texts or strength_of(terms) is Strength.VALUE:
        texts = texts_seen.setdefault(texts, texts)  # many rules ask for the same
        return [Entry(number, terms, is_plain=True, texts=texts)]
    settled = settled_terms(terms)
    if settled is None:
        return []
    found = alternatives(settled)
    is_plain = len(found) == 1
    return [Entry(number, each, is_plain, texts_of(each)) for each in found]


def _may_fail(term: Ir) -> bool:
    """Return whether *term* calls what an embedder added."""
    pending = [term]
    while pending:
        node = pending.pop()
        if type(node) in _CALLS and _is_foreign(node):
            return True
        below = children(node)
        if not _LEAVES.issuperset(map(type, below)):
            pending += below
    return False


def _is_foreign(node: Ir) -> bool:
    match node:
        case ir.Apply(function) | ir.Quantify(function):
            return FUNCTIONS.get(function.name) is not function
        case ir.Invoke(_, implementation):
            return implementation not in (script.units, script.double)
        case _:
            return False


# --- conjunctions -----------------------------------------------------------------


def flat_terms(terms: Iterable[Ir]) -> Terms:
    """Return *terms* with those of each `And` in its place, negations pushed inwards.

    In the order of evaluation.
    """
    if isinstance(terms, tuple) and len(terms) == 1 and isinstance(terms[0], ir.And):
        terms = terms[0].terms
    if isinstance(terms, tuple) and _JOINT.isdisjoint(map(type, terms)):
        return terms
    flat: list[Ir] = []
    pending = [*terms][::-1]
    while pending:
        match pending.pop():
            case ir.And(inner):
                pending += inner[::-1]
            case ir.Not(ir.Or(inner)):
                pending += [negated(each) for each in inner[::-1]]
            case ir.Not(ir.Not(inner_term)):
                pending.append(inner_term)
            case term:
                flat.append(term)
    return tuple(flat)


def settled_terms(terms: Iterable[Ir]) -> Terms | None:
    """Return *terms* optimised one by one, or None where they cannot hold together."""
    settled: list[Ir] = []
    for term in flat_terms(terms):
        if _is_settled(term):
            settled.append(term)
            continue
        for each in flat_terms((optimize(term),)):
            if not isinstance(each, ir.Constant):
                settled.append(each)
            elif not each.value:
                return None
    return tuple(settled)


def _is_settled(term: Ir) -> bool:
    """Return whether nothing is to be done about *term*: it is usual, and simple."""
    match term:
        case ir.Equal(ir.Load() | ir.ScriptLoad(), ir.Constant(value)):
            return value == value and not isinstance(value, list | dict)
        case ir.Order(_, ir.Load() | ir.ScriptLoad(), ir.Constant(value)):
            return _has_order(value)
        case ir.GlobTest(ir.Load() | ir.ScriptLoad(), glob):
            return glob.kind in _SIMPLE_GLOBS
        case ir.IsTrue(ir.Load() | ir.ScriptLoad()):
            return True
        case ir.Not(ir.Equal() as inner):
            return _is_settled(inner)
        case _:
            return False


def _has_order(value: Json) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return isinstance(value, str)
    return not (isinstance(value, float) and math.isnan(value))


# --- alternatives -----------------------------------------------------------------


def alternatives(terms: Terms) -> list[Terms]:
    """Return conjunctions of which one holds where *terms* do: split if it helps.

    It helps where each alternative can be found by something more telling than what
    the terms together have.
    """
    best, least = [terms], strength_of(terms)
    if least is Strength.VALUE:
        return best
    for index, term in enumerate(terms):
        choice = _choice(term)
        if len(choice) < 2:
            continue
        rest = (*terms[:index], *terms[index + 1 :])
        split = [settled_terms((each, *rest)) for each in choice]
        possible = [each for each in split if each is not None]
        weakest = min(map(strength_of, possible), default=Strength.VALUE)
        if weakest > least:
            best, least = possible, weakest
    return best


def _choice(term: Ir) -> Sequence[Ir]:
    """Return the alternatives of *term*, if it has some and not too many."""
    match term:
        case ir.Or(terms) if len(terms) <= MAX_ALTERNATIVES:
            return terms
        case ir.Not(ir.And(terms)) if len(terms) <= MAX_ALTERNATIVES:
            return [negated(each) for each in terms]
        case _:
            return ()
