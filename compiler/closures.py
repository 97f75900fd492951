"""Back end 1: a tree of closures.

Cheap to build and plain to read: the back end of one-shot evaluation, and the oracle
that the generated code is tested against. Everything that can be decided while
building is decided there; a closure looks up no names and tests no types of nodes.

A closure takes its *scope*. Outside loops that is the event itself; inside, a tuple of
the event and the elements of the loops around, by slot.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias, assert_never

from fql.compiler import ir, library, values
from fql.compiler.closure_conditions import (
    ORDERS,
    all_of,
    any_of,
    contains,
    element_of,
    equals_constant,
    glob_test,
    has_type,
    instant_order_of,
    is_true,
    negation,
    order_of,
)
from fql.compiler.closure_loads import equals_at, one_of_texts_at, walk_of
from fql.compiler.missing import MISSING
from fql.compiler.script import script_read
from fql.compiler.timestamps import instant

if TYPE_CHECKING:
    from fql.compiler.ir import Ir
    from fql.compiler.payload_functions import Value
    from fql.compiler.values import Json

_Scope: TypeAlias = Any
"""The event, or a tuple of the event and elements: which, is known while building."""

_Closure: TypeAlias = Callable[[_Scope], Any]


def compile_condition(node: Ir) -> Callable[[Json], bool]:
    """Return a function of the event that says whether the condition *node* holds."""
    return _build(node, 0)


def compile_value(node: Ir) -> Callable[[Json], Value]:
    """Return a function of the event that gives the value of *node*, or missing.

    Objects and lists that it makes are new on every call; those taken whole from the
    event are the event's own.
    """
    return _build(node, 0)


def _build(node: Ir, depth: int) -> _Closure:
    """Return the closure of *node* inside *depth* loops."""
    match node:
        case ir.Constant(value):
            return _constant(value)
        case ir.Load():
            return _load(node, depth)
        case ir.ScriptLoad(segments):
            return _script_load(segments, depth)
        case ir.Apply() | ir.Invoke():
            return _call(node, depth)
        case ir.Quantify():
            return _quantify(node, depth)
        case ir.IsTrue(value):
            return is_true(_build(value, depth))
        case ir.Equal(left, right):
            return _equal(left, right, depth)
        case ir.Order() | ir.InstantOrder():
            return _order(node, depth)
        case ir.Element(value, items):
            return _element(value, items, depth)
        case ir.GlobTest(value, glob):
            return glob_test(_build(value, depth), glob)
        case ir.HasType(value, kind):
            return has_type(_build(value, depth), kind)
        case ir.Not(term):
            return negation(_build(term, depth))
        case ir.And(terms):
            return all_of([_build(term, depth) for term in terms])
        case ir.Or(terms):
            return any_of([_build(term, depth) for term in terms])
        case ir.MakeObject(members):
            return _object([(key, _build(each, depth)) for key, each in members])
        case ir.MakeList(items):
            return _list([_build(item, depth) for item in items])
        case ir.Join(parts):
            return _join(parts, depth)
        case ir.FirstOf(operands):
            return _first_of([_build(operand, depth) for operand in operands])
        case ir.Choose():
            return _choose(node, depth)
        case ir.ForEach():
            return _for_each(node, depth)
        case ir.Let():
            return _let(node, depth)
        case _:
            assert_never(node)


# --- values -----------------------------------------------------------------------


def _constant(value: Json) -> _Closure:
    if isinstance(value, list | dict):
        return lambda _: copy_json(value)
    return lambda _: value


def copy_json(value: Json) -> Json:
    """Return a copy of *value* that shares nothing mutable with it, at any depth."""
    root = [value]
    pending: list[Any] = [root]
    while pending:
        holder = pending.pop()
        members = holder.items() if isinstance(holder, dict) else enumerate(holder)
        for place, member in members:
            if isinstance(member, list | dict):
                copied = dict(member) if isinstance(member, dict) else list(member)
                holder[place] = copied
                pending.append(copied)
    return root[0]


def _load(node: ir.Load, depth: int) -> _Closure:
    walk = walk_of(node)
    if depth == 0:
        return walk
    slot = node.slot
    return lambda scope: walk(scope[slot])


def _script_load(segments: tuple[str, ...], depth: int) -> _Closure:
    if depth:
        return lambda scope: script_read(scope[ir.EVENT], segments)
    return lambda event: script_read(event, segments)


def _call(node: ir.Apply | ir.Invoke, depth: int) -> _Closure:
    if isinstance(node, ir.Apply) and node.function.implementation is library.contains:
        match node.arguments:
            case (text, ir.Constant(str() as part)):
                return contains(_build(text, depth), part)
            case _:
                pass
    arguments = [_build(argument, depth) for argument in node.arguments]
    if isinstance(node, ir.Invoke):
        return _spread(node.implementation, arguments)
    function = node.function.implementation
    if node.passes_missing:
        (argument,) = arguments

        def apply_if_there(scope: _Scope) -> Value:
            value = argument(scope)
            return MISSING if value is MISSING else function(value)

        return apply_if_there
    return _spread(function, arguments)


def _spread(function: Callable[..., Any], arguments: list[_Closure]) -> _Closure:
    match arguments:
        case [one]:
            return lambda scope: function(one(scope))
        case [one, two]:
            return lambda scope: function(one(scope), two(scope))
        case _:
            return lambda scope: function(*[each(scope) for each in arguments])


def _quantify(node: ir.Quantify, depth: int) -> _Closure:
    function = node.function.implementation
    items = _build(node.items, depth)
    condition = _build(node.condition, depth + 1)
    extend = _extender(depth)

    def quantify(scope: _Scope) -> Json:
        def holds(item: Json) -> Json:
            answer: Json = condition(extend(scope, item))
            return answer

        return function(items(scope), holds)

    return quantify


def _extender(depth: int) -> Callable[[_Scope, Any], _Scope]:
    """Return how a scope inside *depth* loops takes in one more element."""
    if depth == 0:
        return lambda event, item: (event, item)
    return lambda scope, item: (*scope, item)


# --- conditions -------------------------------------------------------------------


def _equal(left: Ir, right: Ir, depth: int) -> _Closure:
    if isinstance(left, ir.Constant) and not isinstance(right, ir.Constant):
        left, right = right, left
    if isinstance(right, ir.Constant):
        fused = None
        if depth == 0 and isinstance(left, ir.Load):
            fused = equals_at(left, right.value)
        return fused or equals_constant(_build(left, depth), right.value)
    value, other = _build(left, depth), _build(right, depth)
    equals = values.equals
    return lambda scope: equals(value(scope), other(scope))


def _order(node: ir.Order | ir.InstantOrder, depth: int) -> _Closure:
    is_instant = isinstance(node, ir.InstantOrder)
    if isinstance(node.right, ir.Constant):
        limit = node.right.value
        value = _build(node.left, depth)
        if is_instant:
            return instant_order_of(value, node.op, instant(limit))
        return order_of(value, node.op, limit)
    compare = ORDERS[node.op]
    build = _instant if is_instant else _build
    left, right = build(node.left, depth), build(node.right, depth)
    return lambda scope: compare(left(scope), right(scope))


def _instant(node: Ir, depth: int) -> _Closure:
    """Return the closure of a timestamp's instant; null, which has no order, else."""
    if isinstance(node, ir.Constant):
        return _constant(instant(node.value))
    value = _build(node, depth)
    return lambda scope: instant(value(scope))


def _element(value: Ir, items: Ir, depth: int) -> _Closure:
    if isinstance(items, ir.Constant) and isinstance(items.value, list):
        fused = None
        if depth == 0 and isinstance(value, ir.Load):
            fused = one_of_texts_at(value, items.value)
        return fused or element_of(_build(value, depth), items.value)
    wanted = _build(value, depth)
    listed = _build(items, depth)
    contains = values.contains_element
    return lambda scope: contains(listed(scope), wanted(scope))


# --- building payloads ------------------------------------------------------------


def _object(members: list[tuple[str, _Closure]]) -> _Closure:
    def make(scope: _Scope) -> Json:
        made: dict[str, Json] = {}
        for key, member in members:
            value = member(scope)
            if value is not MISSING:
                made[key] = value
        return made

    return make


def _list(items: list[_Closure]) -> _Closure:
    def make(scope: _Scope) -> Json:
        given = [item(scope) for item in items]
        return [None if value is MISSING else value for value in given]

    return make


def _join(parts: tuple[str | Ir, ...], depth: int) -> _Closure:
    texts = [
        _constant(part) if isinstance(part, str) else _text(_build(part, depth))
        for part in parts
    ]
    return lambda scope: "".join([text(scope) for text in texts])


def _text(value: _Closure) -> _Closure:
    def text(scope: _Scope) -> str:
        given = value(scope)
        return "" if given is MISSING else library.to_string(given) or ""

    return text


def _first_of(operands: list[_Closure]) -> _Closure:
    *preferred, last = operands

    def first(scope: _Scope) -> Value:
        for operand in preferred:
            value: Value = operand(scope)
            if value is not None and value is not MISSING:
                return value
        final: Value = last(scope)
        return final

    return first


def _choose(node: ir.Choose, depth: int) -> _Closure:
    condition, then = _build(node.condition, depth), _build(node.then, depth)
    if node.otherwise is None:
        return lambda scope: then(scope) if condition(scope) else MISSING
    otherwise = _build(node.otherwise, depth)
    return lambda scope: then(scope) if condition(scope) else otherwise(scope)


def _for_each(node: ir.ForEach, depth: int) -> _Closure:
    items = _build(node.items, depth)
    shape = _build(node.shape, depth + 1)
    extend = _extender(depth)

    def shape_all(scope: _Scope) -> Value:
        given: Value = items(scope)
        if isinstance(given, dict):
            given = [given]
        if not isinstance(given, list):
            return given
        return [shape(extend(scope, item)) for item in given]

    return shape_all


def _let(node: ir.Let, depth: int) -> _Closure:
    value, body = _build(node.value, depth), _build(node.body, depth + 1)
    extend = _extender(depth)

    def bind(scope: _Scope) -> Value:
        given = value(scope)
        result: Value = body(extend(scope, None if given is MISSING else given))
        return result

    return bind
