"""The laws by which a condition becomes shorter, each sound for every event.

Conditions have two answers, never three: a test of a field that is missing or of
another type is false, and its negation true. So the laws of two-valued logic hold as
they stand. What does not hold is left alone: ``!(a < 5)`` is true of what is no number,
and is not ``a >= 5``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from fql.compiler.scopes import ungrouped
from fql.compiler.simplify_values import all_of, any_of, choice_of
from fql.grammar import nodes
from fql.grammar.format import write
from fql.grammar.nodes import CompareOp

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from fql.grammar.nodes import Expr

Junction: TypeAlias = nodes.And | nodes.Or

Found: TypeAlias = Iterator[tuple[str, "Expr"]]
"""What a law makes of a node, with the law's name; nothing where it does not fit."""


# --- of one part ------------------------------------------------------------------


def key(node: Expr) -> str:
    """Return a text that is the same for parts that mean the same and look alike."""
    return write(_plain(node))


def _plain(node: Expr) -> Expr:
    """Return *node* without parentheses around what ``and``, ``or``, ``!`` join."""
    match node:
        case nodes.Group(inner):
            return _plain(inner)
        case nodes.And(operands) | nodes.Or(operands):
            return replace(node, operands=tuple(_plain(each) for each in operands))
        case nodes.Not(operand):
            return replace(node, operand=_plain(operand))
        case _:
            return node


def double_negation(node: nodes.Not) -> Found:
    """``!!a`` is ``a``."""
    inner = ungrouped(node.operand)
    if isinstance(inner, nodes.Not):
        yield "double negation", ungrouped(inner.operand)
    if isinstance(inner, nodes.Bool):
        yield "negated constant", replace(inner, value=not inner.value)


def negated_test(node: nodes.Not) -> Found:
    """``!(a = b)`` is ``a != b``: the two are opposites for all values."""
    inner = ungrouped(node.operand)
    if isinstance(inner, nodes.Compare) and inner.op in _OPPOSITES:
        yield "negated comparison", replace(inner, op=_OPPOSITES[inner.op])


_OPPOSITES = {CompareOp.EQ: CompareOp.NE, CompareOp.NE: CompareOp.EQ}


def de_morgan(node: nodes.Not) -> Found:
    """``!(!a and !b)`` is ``a or b``."""
    inner = ungrouped(node.operand)
    if isinstance(inner, nodes.And | nodes.Or):
        turned = tuple(_operand(opposite(each)) for each in inner.operands)
        other = nodes.Or if isinstance(inner, nodes.And) else nodes.And
        yield "negations moved out", other(turned, span=node.span)


def opposite(node: Expr) -> Expr:
    """Return the negation of *node*, as short as can be."""
    inner = ungrouped(node)
    match inner:
        case nodes.Not(operand):
            return ungrouped(operand)
        case nodes.Compare(op=op) if op in _OPPOSITES:
            return replace(inner, op=_OPPOSITES[op])
        case _:
            grouped = nodes.Group(inner, span=inner.span)
            is_call = isinstance(inner, nodes.Call | nodes.Path)
            return nodes.Not(inner if is_call else grouped, span=node.span)


def values_of_one(node: Expr) -> Found:
    """``a in [1]`` is ``a = 1``; ``a in [1, 1, 2]`` is ``a in [1, 2]``."""
    choice = choice_of(node)
    if choice is not None:
        yield "fewer values", choice.node(node)


# --- of what `and` and `or` join --------------------------------------------------


def _operand(node: Expr) -> Expr:
    """Return *node* as a part of a junction."""
    if isinstance(node, nodes.And | nodes.Or):
        return nodes.Group(node, span=node.span)
    return node


def _joined(like: Junction, operands: Sequence[Expr]) -> Expr:
    """Return the junction of *operands*; the one that there is, or the neutral."""
    if not operands:
        return nodes.Bool(isinstance(like, nodes.And), span=like.span)
    if len(operands) == 1:
        return ungrouped(operands[0])
    return replace(like, operands=tuple(map(_operand, operands)))


def without(node: Junction, places: Collection[int]) -> Expr:
    """Return *node* without the parts at *places*."""
    return _joined(
        node, [part for at, part in enumerate(node.operands) if at not in places]
    )


def literal_parts(node: Junction) -> Found:
    """``a and true`` is ``a``; ``a and false`` is false; dually for ``or``."""
    neutral = isinstance(node, nodes.And)
    bools = [e for e in map(ungrouped, node.operands) if isinstance(e, nodes.Bool)]
    deciding = [each for each in bools if each.value is not neutral]
    if deciding:
        yield "constant part", deciding[0]
    elif bools:
        kept = [e for e in node.operands if not isinstance(ungrouped(e), nodes.Bool)]
        yield "constant part", _joined(node, kept)


def _nested(node: Junction) -> Found:
    """``a and (b and c)`` is ``a and b and c``."""
    flat: list[Expr] = []
    for each in node.operands:
        inner = ungrouped(each)
        if isinstance(inner, nodes.And | nodes.Or) and type(inner) is type(node):
            flat += inner.operands
        else:
            flat.append(each)
    if len(flat) > len(node.operands):
        yield "needless parentheses", replace(node, operands=tuple(flat))


def _duplicates(node: Junction) -> Found:
    """``a and a`` is ``a``."""
    kept = {key(each): each for each in reversed(node.operands)}
    if len(kept) < len(node.operands):
        first = [kept.pop(k) for k in map(key, node.operands) if k in kept]
        yield "repeated part", _joined(node, first)


def _complements(node: Junction) -> Found:
    """``a and !a`` is false, ``a or !a`` is true."""
    keys = {key(each) for each in node.operands}
    if any(key(opposite(each)) in keys for each in node.operands):
        answer = isinstance(node, nodes.Or)
        yield "a part and its opposite", nodes.Bool(answer, span=node.span)


def _inner(node: Junction, operand: Expr) -> tuple[Expr, ...]:
    """Return the parts of *operand* under the other operator, itself if there are none.

    ``b`` and ``c`` of ``a or (b and c)``.
    """
    inner = ungrouped(operand)
    other = nodes.Or if isinstance(node, nodes.And) else nodes.And
    return inner.operands if isinstance(inner, other) else (operand,)


def _absorbed(node: Junction) -> Found:
    """``a or (a and b)`` is ``a``; ``a and (a or b)`` is ``a``."""
    sets = [frozenset(map(key, _inner(node, each))) for each in node.operands]
    absorbed = {
        at
        for at, one in enumerate(sets)
        if one in sets[:at] or any(other < one for other in sets)
    }
    if absorbed:
        yield "absorbed part", without(node, absorbed)


def _absorbed_opposites(node: Junction) -> Found:
    """``a or (!a and b)`` is ``a or b``."""
    keys = {key(opposite(each)) for each in node.operands}
    for at, each in enumerate(node.operands):
        inner = ungrouped(each)
        if not isinstance(inner, nodes.And | nodes.Or):
            continue
        kept = [part for part in inner.operands if key(part) not in keys]
        if len(kept) < len(inner.operands):
            new = _operand(_joined(inner, kept))
            operands = (*node.operands[:at], new, *node.operands[at + 1 :])
            yield "settled part", replace(node, operands=operands)


def _common_factor(node: Junction) -> Found:
    """``(a and b) or (a and c)`` is ``a and (b or c)``."""
    parts = [_inner(node, each) for each in node.operands]
    # A dict, not a set: among equally common ones the first is taken, in every run.
    counts = Counter(k for each in parts for k in dict.fromkeys(map(key, each)))
    for shared, count in counts.most_common(3):
        if count > 1:
            yield "common part", _factored(node, parts, shared)


def _factored(node: Junction, parts: Sequence[tuple[Expr, ...]], shared: str) -> Expr:
    """Return *node* with the part of the key *shared* before those that have it.

    *parts* are those of each operand under the other operator.
    """
    rests: list[Expr] = []
    others: list[Expr] = []
    factors: list[Expr] = []
    other = nodes.Or if isinstance(node, nodes.And) else nodes.And
    for operand, inner in zip(node.operands, parts, strict=True):
        found = [part for part in inner if key(part) == shared]
        if not found:
            others.append(operand)
            continue
        factors += found
        rest = [_operand(part) for part in inner if key(part) != shared]
        like = other(tuple(inner), span=operand.span)
        rests.append(_operand(_joined(like, rest)))
    alternatives = _operand(_joined(node, rests))
    product = other((_operand(factors[0]), alternatives), span=node.span)
    return _joined(node, [product, *others]) if others else product


def _values(node: Junction) -> Found:
    """``a = 1 or a = 2`` is ``a in [1, 2]``; ``a = 1 and a = 2`` is false."""
    found: dict[str, list[int]] = {}
    choices = [choice_of(each) for each in node.operands]
    for at, choice in enumerate(choices):
        if choice is not None:
            found.setdefault(write(choice.subject), []).append(at)
    join = all_of if isinstance(node, nodes.And) else any_of
    for places in found.values():
        if len(places) > 1:
            joined = join([each for at in places if (each := choices[at])])
            operands = list(node.operands)
            operands[places[0]] = joined.node(node.operands[places[0]])
            kept = [each for at, each in enumerate(operands) if at not in places[1:]]
            yield "values of one field", _joined(node, kept)


JUNCTION_LAWS: tuple[Callable[[Junction], Found], ...] = (
    literal_parts,
    _nested,
    _duplicates,
    _complements,
    _absorbed,
    _absorbed_opposites,
    _values,
    _common_factor,
)
"""In the order in which they are tried: those that drop parts come first."""
