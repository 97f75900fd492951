"""From the IR to IR that gives the same answers with less work.

Evaluation is total and pure, so what decides nothing may go and the cheapest test may
come first. Each pass takes any node and gives one that every back end can run.
"""

from __future__ import annotations

from operator import le
from typing import TYPE_CHECKING

from fql.compiler import ir
from fql.compiler.fold import fold, negated
from fql.compiler.settle import settle
from fql.compiler.types import Type
from fql.compiler.walk import rewrite, value_key
from fql.compiler.weigh import Weights

if TYPE_CHECKING:
    from collections.abc import Callable

    from fql.compiler.ir import Ir
    from fql.compiler.values import Json
    from fql.compiler.walk import Change, Key


_LEAVES = (ir.Constant, ir.Load, ir.ScriptLoad)
"""Nodes that no pass has anything to say about."""


def optimize(root: Ir) -> Ir:
    """Return a tree that gives what *root* gives for every event.

    The passes are done together, node by node from the leaves upwards; so each finds
    the children of a node done by all.
    """
    weights = Weights()

    def change(node: Ir) -> Ir:
        if isinstance(node, _LEAVES):
            return node
        for each in PASSES:
            node = each(node)
        return order_terms(node, weights)

    return rewrite(root, change)


# --- the passes -------------------------------------------------------------------


def fold_constants(node: Ir) -> Ir:
    """Compute what no event changes; flatten; undo double negation.

    Guarantees: a constant stands to the right of a comparison, no `And` or `Or` stands
    in its like, none has fewer than two terms or a constant among them.
    """
    return fold(node)


def settle_missing(node: Ir) -> Ir:
    """Let loads give null at once where the place takes missing for null.

    Guarantees: no element of a list that is built may be missing.
    """
    return settle(node)


def merge_tests(node: Ir) -> Ir:
    """Join tests of one value that stand side by side.

    Needs: `fold_constants`. Equalities become one membership, negated tests one
    negated `Or`, and tests of strings or numbers stand behind one test of the type.
    """
    match node:
        case ir.Or(terms):
            merged = _with_guards(_with_memberships(terms))
        case ir.And(terms):
            merged = _with_negations(terms)
        case _:
            return node
    if merged is terms:
        return node
    return merged[0] if len(merged) == 1 else type(node)(merged)


PASSES: tuple[Change, ...] = (fold_constants, settle_missing, merge_tests)
"""What is done to a node, in order, before its terms are ordered."""


def order_terms(node: Ir, weights: Weights) -> Ir:
    """Put first what decides most for the least work; equals keep their order."""
    match node:
        case ir.And(terms):
            ranks = [weights.of(term).rank_to_refuse for term in terms]
            return node if _is_rising(ranks) else ir.And(_sorted(terms, ranks))
        case ir.Or(terms):
            ranks = [weights.of(term).rank_to_accept for term in terms]
            return node if _is_rising(ranks) else ir.Or(_sorted(terms, ranks))
        case _:
            return node


def _is_rising(ranks: list[float]) -> bool:
    return all(map(le, ranks, ranks[1:]))


def _sorted(terms: tuple[Ir, ...], ranks: list[float]) -> tuple[Ir, ...]:
    return tuple([terms[at] for at in sorted(range(len(terms)), key=ranks.__getitem__)])


# --- merging ----------------------------------------------------------------------


def _grouped(
    terms: tuple[Ir, ...],
    key_of: Callable[[Ir], Key | None],
    join: Callable[[list[Ir]], Ir],
) -> tuple[Ir, ...]:
    """Return *terms* with those of one key joined, where the first of them stood."""
    keys = [key_of(term) for term in terms]
    given = [key for key in keys if key is not None]
    if len(given) == len(set(given)):
        return terms
    groups: dict[Key, list[Ir]] = {}
    for key, term in zip(keys, terms, strict=True):
        if key is not None:
            groups.setdefault(key, []).append(term)
    result: list[Ir] = []
    for key, term in zip(keys, terms, strict=True):
        group = [term] if key is None else groups.pop(key, [])
        if group:
            result.append(term if len(group) == 1 else join(group))
    return tuple(result)


def _with_memberships(terms: tuple[Ir, ...]) -> tuple[Ir, ...]:
    """Join ``x = 1 or x in [2, 3]`` to one membership."""
    return _grouped(terms, _membership_key, _join_memberships)


def _membership_key(term: Ir) -> Key | None:
    match term:
        case ir.Equal(value, ir.Constant(wanted)) if not isinstance(
            wanted, list | dict
        ):
            return value_key(value)
        case ir.Element(value, ir.Constant(list() as wanted)):
            is_plain = not any(isinstance(each, list | dict) for each in wanted)
            return value_key(value) if is_plain else None
        case _:
            return None


def _join_memberships(group: list[Ir]) -> Ir:
    wanted: list[Json] = []
    value: Ir = group[0]
    for term in group:
        match term:
            case ir.Equal(value, ir.Constant(each)):
                wanted.append(each)
            case ir.Element(value, ir.Constant(list() as several)):
                wanted += several
            case _:
                raise AssertionError(f"no membership: {term}")
    return ir.Element(value, ir.Constant(wanted))


def _with_guards(terms: tuple[Ir, ...]) -> tuple[Ir, ...]:
    """Let string tests of one value stand behind one test of its type."""
    return _grouped(terms, _guarded_key, _join_guarded)


def _guarded_key(term: Ir) -> Key | None:
    guarded = _guarded(term)
    if guarded is None:
        return None
    value, kind = guarded
    key = value_key(value)
    return None if key is None else (kind, *key)


def _guarded(term: Ir) -> tuple[Ir, Type] | None:
    """Return what *term* tests and of which type that must be for it to hold."""
    match term:
        case ir.GlobTest(value, _):
            return value, Type.STRING
        case ir.Order(_, value, ir.Constant(limit)):
            return value, Type.STRING if isinstance(limit, str) else Type.NUMBER
        case _:
            return None


def _join_guarded(group: list[Ir]) -> Ir:
    guarded = _guarded(group[0])
    if guarded is None:
        raise AssertionError(f"no guarded test: {group[0]}")
    return ir.And((ir.HasType(*guarded), ir.Or(tuple(group))))


def _with_negations(terms: tuple[Ir, ...]) -> tuple[Ir, ...]:
    """Join ``!match(x, "a*") and !match(x, "b*")`` to one negation."""
    return _grouped(terms, _negated_key, _join_negations)


def _negated_key(term: Ir) -> Key | None:
    match term:
        case ir.Not(inner):
            return _membership_key(inner) or _guarded_key(inner)
        case _:
            return None


def _join_negations(group: list[Ir]) -> Ir:
    inner = tuple([negated(term) for term in group])
    return negated(merge_tests(ir.Or(inner)))
