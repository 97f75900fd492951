"""From the expressions of Liquid templates to functions.

The tree is python-liquid's; nodes are told apart by the names of their classes, so
that nothing here needs the library. What they mean is in `liquid_values.py` and in the
modules of filters.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from fql.compiler import liquid_dates, liquid_lists, liquid_texts
from fql.compiler.liquid_values import (
    ELEMENT_COST,
    Budget,
    Liquid,
    RenderError,
    Word,
    contains,
    equals,
    is_ordered,
    is_true,
    member,
    number,
    plain,
    text,
)
from fql.compiler.missing import MISSING

if TYPE_CHECKING:
    from fql.compiler.directive_values import Value

Tree: TypeAlias = Any
"""A node or an expression of python-liquid."""

DISABLED_FILTERS: Final = frozenset(
    {
        *("array_to_sentence_string", "concat", "find", "find_exp", "find_index"),
        *("find_index_exp", "group_by", "group_by_exp", "has", "has_exp", "map"),
        *("newline_to_br", "reject", "reject_exp", "reverse", "sort"),
        *("sort_natural", "type", "uniq", "where_exp"),
    }
)
"""The filters that fail."""

FILTERS: Final[dict[str, Callable[..., Liquid]]] = {
    **liquid_texts.FILTERS,
    **liquid_lists.FILTERS,
    **liquid_dates.FILTERS,
}
"""The filters that do something; any other name leaves the value as it is."""

_MAX_RANGE: Final = 1_000_000
_ESCAPE: Final = re.compile(r"\\(?:u([0-9a-fA-F]{0,4})|([0-7]{1,3})|(.))?", re.DOTALL)
_ESCAPES: Final = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


@dataclass(slots=True)
class Run:
    """One rendering.

    Attributes:
        event: What variables are read from.
        budget: What may still be made.
        deadline: When to give up, on the clock of the budget.
        own: The variables that the template has set.
        counts: The variables that it counts.
        turns: How far each cycle is.
        is_stopped: Whether nothing more is rendered.
    """

    event: dict[str, Value]
    budget: Budget
    deadline: float
    own: dict[str, Liquid] = field(default_factory=dict)
    counts: dict[str, float] = field(default_factory=dict)
    turns: dict[str, int] = field(default_factory=dict)
    is_stopped: bool = False


Evaluate: TypeAlias = Callable[[Run], Liquid]


class UnknownNodeError(Exception):
    """The library gave a node that the original does not know."""


def expression(node: Tree) -> Evaluate:
    """Return the function that evaluates an expression."""
    name = type(node).__name__
    if name in _WORDS:
        word = _WORDS[name]
        return lambda _: word
    if name in _COMPARISONS:
        return _comparison(node, _COMPARISONS[name])
    compile_expression = _EXPRESSIONS.get(name)
    if compile_expression is None:
        raise UnknownNodeError(name)
    return compile_expression(node)


_WORDS: Final[dict[str, Liquid]] = {
    "Nil": Word.NIL,
    "Empty": Word.EMPTY,
    "Blank": Word.BLANK,
    "TrueLiteral": True,
    "FalseLiteral": False,
}


def _literal(node: Tree) -> Evaluate:
    value: Liquid = node.value
    return lambda _: value


def _string(node: Tree) -> Evaluate:
    value = _ESCAPE.sub(_unescaped, node.value)
    return lambda _: value


def _unescaped(found: re.Match[str]) -> str:
    hexadecimal, octal, sign = found.groups()
    if hexadecimal is not None:
        return chr(int(hexadecimal or "0", 16))
    if octal is not None:
        return chr(int(octal, 8))
    return _ESCAPES.get(sign or "", sign or "")


def _range(node: Tree) -> Evaluate:
    start, stop = expression(node.start), expression(node.stop)

    def count(run: Run) -> Liquid:
        low, high = number(start(run)), number(stop(run))
        if not high - low < _MAX_RANGE:
            raise RenderError("the range is too long")
        size = max(int(high - low) + 1, 0)
        run.budget.use(size * ELEMENT_COST)
        return [low + step for step in range(size)]

    return count


def _path(node: Tree) -> Evaluate:
    first, *rest = [_segment(each) for each in node.path]

    def look_up(run: Run) -> Liquid:
        found = _variable(run, plain(first(run)))
        for key in rest:
            found = member(plain(found), plain(key(run)))
        return found

    return look_up


def _segment(segment: Tree) -> Evaluate:
    if isinstance(segment, str | int):
        key = str(segment) if isinstance(segment, str) else segment
        return lambda _: key
    return expression(segment)


def _variable(run: Run, key: Value) -> Liquid:
    name = text(key)
    if name in run.own:
        return run.own[name]
    if name in run.counts:
        return run.counts[name]
    if name in run.event:
        return run.event[name]
    return 0 if name == "size" else MISSING


def _comparison(node: Tree, test: Callable[[Liquid, Liquid], bool]) -> Evaluate:
    left, right = expression(node.left), expression(node.right)
    return lambda run: test(left(run), right(run))


def _order(test: Callable[..., bool]) -> Callable[[Liquid, Liquid], bool]:
    return lambda left, right: is_ordered(left, right, test)


_JUNCTIONS: Final[dict[str, Callable[[Liquid, Liquid], bool]]] = {
    "LogicalAndExpression": lambda left, right: is_true(left) and is_true(right),
    "LogicalOrExpression": lambda left, right: is_true(left) or is_true(right),
}
_COMPARISONS: Final[dict[str, Callable[[Liquid, Liquid], bool]]] = {
    "EqExpression": equals,
    "NeExpression": lambda left, right: not equals(left, right),
    "LtExpression": _order(operator.lt),
    "LeExpression": _order(operator.le),
    "GtExpression": _order(operator.gt),
    "GeExpression": _order(operator.ge),
    "ContainsExpression": contains,
    **_JUNCTIONS,
}


def _boolean(node: Tree) -> Evaluate:
    return expression(node.expression)


def _negation(node: Tree) -> Evaluate:
    """Negate the first operand: the library negates all that follows."""
    combine = _JUNCTIONS.get(type(node.right).__name__)
    if combine is None:
        inner = expression(node.right)
        return lambda run: not is_true(inner(run))
    left, right = expression(node.right.left), expression(node.right.right)
    return lambda run: combine(not is_true(left(run)), right(run))


def _filtered(node: Tree) -> Evaluate:
    evaluate = expression(node.left)
    for each in node.filters or ():
        evaluate = _filter(evaluate, each)
    return evaluate


def _filter(evaluate: Evaluate, node: Tree) -> Evaluate:
    name: str = node.name
    if name in DISABLED_FILTERS:
        return _failing(f"the filter `{name}` is disabled")
    function = FILTERS.get(name)
    if function is None:
        return evaluate
    given = [expression(each.value) for each in node.args if _name_of(each) is None]
    given = given[: _ARGUMENTS.get(name, len(given))]
    options = {
        option: expression(each.value)
        for each in node.args
        if (option := _name_of(each) or "") in _OPTIONS.get(name, ())
    }

    def apply(run: Run) -> Liquid:
        arguments = [each(run) for each in given]
        named = {option: each(run) for option, each in options.items()}
        return function(run.budget, evaluate(run), *arguments, **named)

    return apply


def _name_of(argument: Tree) -> str | None:
    """Return the name of an argument that has one."""
    return getattr(argument, "name", None)


def _failing(message: str) -> Evaluate:
    def fail(_: Run) -> Liquid:
        raise RenderError(message)

    return fail


_OPTIONS: Final = {"default": ("allow_false",)}
_ARGUMENTS: Final = {
    name: code.co_argcount - 2
    for name, function in FILTERS.items()
    if not (code := function.__code__).co_flags & 0x04
}
"""How many arguments a filter looks at, where that is a fixed number."""

_EXPRESSIONS: Final[dict[str, Callable[[Tree], Evaluate]]] = {
    "BooleanExpression": _boolean,
    "FilteredExpression": _filtered,
    "FloatLiteral": _literal,
    "IntegerLiteral": _literal,
    "LogicalNotExpression": _negation,
    "Path": _path,
    "RangeLiteral": _range,
    "StringLiteral": _string,
}
