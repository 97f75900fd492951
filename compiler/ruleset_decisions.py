"""How a bucket's rules are decided: which conditions are asked first, and for whom.

Rules that share a condition stand behind it together, the most frequent one outermost;
tests that need a string or a number stand behind one test of the type. Orders of one
value against different bounds, with nothing else to ask, become one `Bounds`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from fql.compiler import ir
from fql.compiler.ruleset_keys import Kind, accesses
from fql.compiler.types import Type
from fql.compiler.walk import children, value_key

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fql.compiler.ir import Ir
    from fql.compiler.ruleset_entries import Entry
    from fql.compiler.values import Json
    from fql.compiler.walk import Key

MAX_BLOCKS = 12
"""Conditions are shared in blocks that nest no deeper than this."""

MANY_BOUNDS = 6
"""From here on a search is faster than one comparison after the other."""

_COMPARED_LEVELS = 6
"""Conditions are compared with each other down to this depth."""


class Answer(NamedTuple):
    """What a rule that holds adds to the answers.

    Attributes:
        number: What is added.
        is_plain: Whether that needs no second look.
    """

    number: int
    is_plain: bool


@dataclass(frozen=True, slots=True)
class Decide:
    """Where all *conditions* hold: the answers, then further steps."""

    conditions: tuple[Ir, ...]
    answers: tuple[Answer, ...]
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Bounds:
    """The answers whose bounds *operand*, of their kind for certain, keeps.

    Attributes:
        operand: What is compared.
        op: How it has to stand to a bound.
        limits: The bounds, rising.
        answers: One a bound.
    """

    operand: Ir
    op: ir.OrderOp
    limits: tuple[Json, ...]
    answers: tuple[int, ...]


Step: TypeAlias = Decide | Bounds


@dataclass(eq=False, slots=True)
class _Term:
    """A condition; equal conditions are one of these.

    Attributes:
        node: The condition.
        gate: What has to hold for it to, and is cheaper to ask.
    """

    node: Ir
    gate: _Term | None = None


class _Rule(NamedTuple):
    """A rule, and what is still to be asked for it."""

    answer: Answer
    terms: tuple[_Term, ...]


def arrange(entries: Iterable[Entry]) -> list[Step]:
    """Return the steps that decide *entries*."""
    intern = _Interned().term
    rules = [
        _Rule(
            Answer(entry.answer, entry.is_plain),
            tuple(dict.fromkeys(map(intern, entry.terms))),
        )
        for entry in entries
    ]
    return _arrange(rules, frozenset(), 0)


def _arrange(rules: list[_Rule], given: frozenset[_Term], depth: int) -> list[Step]:
    """Return the steps for *rules* where *given* holds."""
    decided = [rule.answer for rule in rules if not rule.terms]
    steps: list[Step] = [Decide((), tuple(decided))] if decided else []
    rules = [rule for rule in rules if rule.terms]
    searches, rules = _split_bounds(rules, given)
    steps += searches
    if depth < MAX_BLOCKS:
        shared, rules = _share(rules, given, depth)
        steps += shared
    steps += [
        Decide(tuple([term.node for term in rule.terms]), (rule.answer,))
        for rule in rules
    ]
    return steps


# --- sharing ----------------------------------------------------------------------


def _share(
    rules: list[_Rule], given: frozenset[_Term], depth: int
) -> tuple[list[Step], list[_Rule]]:
    """Return steps for the rules that share something, and the other rules."""
    steps: list[Step] = []
    asked = {rule: _asked(rule, given) for rule in rules}
    counts = Counter([term for terms in asked.values() for term in terms])
    while counts:
        term, count = max(counts.items(), key=_preference)
        if count < 2:
            break
        group = [rule for rule, terms in asked.items() if term in terms]
        common = asked[group[0]].intersection(*[asked[rule] for rule in group[1:]])
        for rule in group:
            counts.subtract(asked.pop(rule))
        counts = +counts
        steps.append(_behind(common, group, given, depth))
    return steps, [*asked]


def _preference(counted: tuple[_Term, int]) -> tuple[int, bool]:
    """Return what is asked first: what most rules ask, at best a rule's own term."""
    term, count = counted
    return count, term.gate is not None or not isinstance(term.node, ir.HasType)


def _asked(rule: _Rule, given: frozenset[_Term]) -> set[_Term]:
    asked = set(rule.terms)
    asked.update([term.gate for term in rule.terms if term.gate is not None])
    return asked - given


def _behind(
    common: set[_Term], group: list[_Rule], given: frozenset[_Term], depth: int
) -> Decide:
    """Return the step that asks *common* for all rules of *group*."""
    needed = [term for term in group[0].terms if term in common]
    gates = [term for term in common if term not in group[0].terms]
    gates = [gate for gate in gates if all(gate is not term.gate for term in needed)]
    inner = [
        rule._replace(terms=tuple([term for term in rule.terms if term not in common]))
        for rule in group
    ]
    answers = tuple([rule.answer for rule in inner if not rule.terms])
    rest = [rule for rule in inner if rule.terms]
    conditions = tuple([term.node for term in (*gates, *needed)])
    steps = _arrange(rest, given | common, depth + 1)
    return Decide(conditions, answers, tuple(steps))


# --- bounds -----------------------------------------------------------------------


def _split_bounds(
    rules: list[_Rule], given: frozenset[_Term]
) -> tuple[list[Step], list[_Rule]]:
    """Return searches for the rules that only ask for an order, and the others."""
    groups: dict[Key, list[_Rule]] = {}
    for rule in rules:
        key = _bounds_key(rule, given)
        if key is not None:
            groups.setdefault(key, []).append(rule)
    many = [group for group in groups.values() if len(group) >= MANY_BOUNDS]
    searched = {rule for group in many for rule in group}
    return [*map(_bounds, many)], [rule for rule in rules if rule not in searched]


def _bounds_key(rule: _Rule, given: frozenset[_Term]) -> Key | None:
    match rule:
        case _Rule(
            Answer(_, True), (_Term(ir.Order(op, operand, ir.Constant()), gate),)
        ):
            return (op, gate, value_key(operand)) if gate in given else None
        case _:
            return None


def _bounds(rules: list[_Rule]) -> Bounds:
    first = rules[0].terms[0].node
    if not isinstance(first, ir.Order):
        raise AssertionError(f"no order: {first}")
    pairs = sorted([(_limit(rule), rule.answer.number) for rule in rules])
    limits, answers = zip(*pairs, strict=True)
    return Bounds(first.left, first.op, limits, answers)


def _limit(rule: _Rule) -> Any:
    """Return the bound of a rule; those behind one gate are of one kind."""
    match rule.terms[0].node:
        case ir.Order(_, _, ir.Constant(limit)):
            return limit
        case node:
            raise AssertionError(f"no order: {node}")


# --- equal conditions -------------------------------------------------------------


_GATES = {Kind.NUMBER: Type.NUMBER, Kind.STRING: Type.STRING}


class _Interned:
    """Conditions, each once."""

    def __init__(self) -> None:
        self._terms: dict[Key, _Term] = {}

    def term(self, node: Ir) -> _Term:
        """Return the term of *node*, the same for an equal node."""
        key = condition_key(node)
        term = self._terms.get(key)
        if term is None:
            term = self._terms[key] = _Term(node, self._gate(node))
        return term

    def _gate(self, node: Ir) -> _Term | None:
        if isinstance(node, ir.HasType):
            return None
        for access in accesses(node):
            if access.kind in _GATES:
                return self.term(ir.HasType(access.operand, _GATES[access.kind]))
        return None


def condition_key(node: Ir, levels: int = _COMPARED_LEVELS) -> Key:
    """Return what is equal for conditions that are the same; mostly so, if deep."""
    if not levels:
        return (id(node),)
    match node:
        case ir.Constant(value):
            return (type(value), repr(value))
        case ir.Load() | ir.ScriptLoad():
            return value_key(node) or ()
        case ir.Apply(function, _, passes_missing):
            own: Key = (id(function), passes_missing)
        case ir.Quantify(function, _, slot):
            own = (id(function), slot)
        case ir.GlobTest(_, glob):
            own = (glob,)
        case ir.Order(op) | ir.InstantOrder(op):
            own = (op,)
        case ir.HasType(_, kind):
            own = (kind,)
        case ir.Invoke(_, implementation):
            own = (id(implementation),)
        case _:
            own = ()
    below = [condition_key(child, levels - 1) for child in children(node)]
    return (type(node), *own, *below)
