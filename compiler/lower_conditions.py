"""From condition trees to the IR: the trigger engine's answers, exactly.

What a tree means is written down in `fql.grammar.condition_tree`; this says the same
with the IR's nodes. Two things have no node of their own. Where the engine fails while
it decides, an event is not matched, whatever stands around: see `_Outcome`. And
numbers beyond 2**53, and texts beyond U+FFFF, are converted before they are compared.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

from fql.compiler import ir, script
from fql.compiler.functions import FUNCTIONS
from fql.compiler.globs import Glob, GlobKind
from fql.compiler.types import Type
from fql.grammar.condition_tree import (
    MEANINGS,
    ROOTS,
    Child,
    Condition,
    Group,
    GroupOperator,
    Meaning,
    Tree,
    Unreadable,
    path_keys,
)
from fql.grammar.javascript import NOT_A_NUMBER, to_number, to_text, to_units

if TYPE_CHECKING:
    from fql.compiler.ir import Ir

_NEVER = ir.Constant(value=False)
_ALWAYS = ir.Constant(value=True)
_EXACT = 2**53
"""Below this, a double holds every integer, so that nothing needs rounding."""

_TYPES = {"text": Type.STRING, "number": Type.NUMBER, "bool": Type.BOOL}
_ORDERS: dict[str, ir.OrderOp] = {
    "less": "<",
    "less_equal": "<=",
    "greater": ">",
    "greater_equal": ">=",
}
_GLOB_KINDS = {"starts_with": GlobKind.PREFIX, "ends_with": GlobKind.SUFFIX}


def lower_tree(tree: Tree) -> Ir:
    """Return the IR of a condition tree; it gives a bool."""
    if isinstance(tree, Unreadable):
        return _NEVER
    return _group(tree).holds


@dataclass(frozen=True, slots=True)
class _Outcome:
    """When a part of a tree is true, and when asking it makes the engine fail."""

    holds: Ir
    fails: Ir = _NEVER


def _group(group: Group) -> _Outcome:
    outcomes = [_child(child) for child in group.children]
    match group.operator:
        case GroupOperator.AND:
            return _conjunction(outcomes)
        case GroupOperator.OR:
            return _disjunction(outcomes)
        case _:
            assert_never(group.operator)


def may_fail(child: Child) -> bool:
    """Return whether the engine may fail where it asks *child*: all is false then."""
    if isinstance(child, Group):
        return any(may_fail(each) for each in child.children)
    return _child(child).fails != _NEVER


def _child(child: Child) -> _Outcome:
    match child:
        case None:
            return _Outcome(_NEVER, fails=_ALWAYS)
        case Group():
            return _group(child)
        case Condition(kind, _, name, _):
            if ROOTS[kind].has_path and name and not path_keys(name):
                return _Outcome(_NEVER, fails=_ALWAYS)
            return _Outcome(_condition(child))
        case _:
            assert_never(child)


def _conjunction(outcomes: list[_Outcome]) -> _Outcome:
    fails = [
        _all([*(each.holds for each in outcomes[:index]), outcome.fails])
        for index, outcome in enumerate(outcomes)
        if outcome.fails != _NEVER
    ]
    return _Outcome(_all([each.holds for each in outcomes]), _any(fails))


def _disjunction(outcomes: list[_Outcome]) -> _Outcome:
    if all(each.fails == _NEVER for each in outcomes):
        return _Outcome(_any([each.holds for each in outcomes]))
    holds: list[Ir] = []
    fails: list[Ir] = []
    untouched: list[Ir] = []
    for outcome in outcomes:
        holds.append(_all([*untouched, outcome.holds]))
        fails.append(_all([*untouched, outcome.fails]))
        untouched += [ir.Not(outcome.holds), ir.Not(outcome.fails)]
    return _Outcome(_any(holds), _any(fails))


def _all(terms: list[Ir]) -> Ir:
    needed = tuple(term for term in terms if term != _ALWAYS)
    if _NEVER in needed:
        return _NEVER
    return _join(ir.And, needed, _ALWAYS)


def _any(terms: list[Ir]) -> Ir:
    needed = tuple(term for term in terms if term != _NEVER)
    if _ALWAYS in needed:
        return _ALWAYS
    return _join(ir.Or, needed, _NEVER)


def _join(kind: type[ir.And] | type[ir.Or], terms: tuple[Ir, ...], empty: Ir) -> Ir:
    match terms:
        case ():
            return empty
        case (only,):
            return only
        case _:
            return kind(terms)


# --- one condition ----------------------------------------------------------------


def _condition(condition: Condition) -> Ir:
    meaning = MEANINGS.get(condition.operator)
    if meaning is None:
        return _NEVER
    test = _test(_found(condition), meaning, condition)
    if not meaning.is_negated:
        return test
    if meaning.needs == "any":
        return ir.Not(test)
    return ir.And((ir.HasType(_found(condition), _TYPES[meaning.needs]), ir.Not(test)))


def _found(condition: Condition) -> Ir:
    root = ROOTS[condition.kind]
    if not root.has_path:
        return ir.Load(ir.EVENT, (root.key,))
    if not condition.name:
        return ir.Constant(None)
    return ir.ScriptLoad((root.key, *path_keys(condition.name)))


def _test(found: Ir, meaning: Meaning, condition: Condition) -> Ir:
    match meaning.operand:
        case "none":
            return ir.Not(ir.Equal(found, ir.Constant(None)))
        case "true":
            return ir.Equal(found, _ALWAYS)
        case "false":
            return ir.Equal(found, _NEVER)
        case "text":
            return _text_test(found, meaning.test, to_text(condition.value))
        case "number":
            value = condition.value
            number = NOT_A_NUMBER if value is None else to_number(value)
            return _number_test(found, meaning.test, number)
        case _:
            assert_never(meaning.operand)


def _text_test(found: Ir, test: str, text: str) -> Ir:
    if any(character > "\ud7ff" for character in text):
        found = ir.Invoke("units", script.units, (found,))
        text = to_units(text)
    if test == "equal":
        return ir.Equal(found, ir.Constant(text))
    if test == "contains":
        return ir.Apply(FUNCTIONS["contains"], (found, ir.Constant(text)))
    kind = _GLOB_KINDS[test]
    return ir.GlobTest(found, Glob(pattern=text, kind=kind, texts=(text,)))


def _number_test(found: Ir, test: str, number: float) -> Ir:
    if not -_EXACT < number < _EXACT:
        found = ir.Invoke("double", script.double, (found,))
    if test == "equal":
        return ir.Equal(found, ir.Constant(number))
    return ir.Order(_ORDERS[test], found, ir.Constant(number))
