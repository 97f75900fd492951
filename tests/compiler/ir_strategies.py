"""Hypothesis strategies for trees of the IR, over the events of `strategies.py`.

Loads are drawn from few paths, so that trees read the same things again and again, and
constants are what such events hold. Trees need not be what any text is lowered to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

from fql.compiler import ir
from fql.compiler.functions import FUNCTIONS
from fql.compiler.globs import Glob, GlobKind, read_glob
from fql.compiler.payload_functions import PAYLOAD_FUNCTIONS, replacer
from fql.compiler.signatures import Example, Function, Parameter
from fql.compiler.types import Type
from tests.compiler.strategies import GLOBS, ONE_VALUE, SAMPLES, TIMES, VERSIONS

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import DrawFn, SearchStrategy

    from fql.compiler.ir import Ir
    from fql.compiler.payload_functions import Value
    from fql.compiler.values import Json

_PATHS: tuple[tuple[str, ...], ...] = (
    *((), ("type",), ("event",), ("properties",), ("traits",), ("a.b",)),
    *(("properties", "a"), ("properties", "b"), ("properties", "items")),
    *(("properties", "items", "0"), ("properties", "items", "0", "a")),
    *(("properties", "a", "b"), ("properties", "a", "0"), ("0",), ("item", "name")),
    ("properties", "a", "b", "a", "b", "a", "b", "a", "b", "a"),
)
_SCRIPT_PATHS: tuple[tuple[str, ...], ...] = (
    *(("type",), ("event",), ("properties",), ("properties", "a")),
    *(("properties", "b"), ("properties", "a", "b"), ("properties", "items", "0")),
    *(("properties", "items", "length"), ("properties", "toString"), ("constructor",)),
)
_ORDERS: tuple[ir.OrderOp, ...] = ("<", "<=", ">", ">=")
_GLOBS = (*GLOBS, "", "a", "*a*", "a*b", "ab*ba", "a*b*c", "Order Completed", "tr*ck")
_DEPTH = 3


def twice(value: Json) -> Json:
    """Return a list of *value*: a function that only an embedder has."""
    return [value, value]


def one_of_two(elements: Json, predicate: Callable[[Json], Json]) -> bool:
    """Return whether the condition holds of one of the first two elements."""
    first = elements[:2] if isinstance(elements, list) else []
    return any(predicate(element) is True for element in first)


_LIST = Parameter("list", Type.LIST)
_VALUE = Parameter("value", Type.ANY)
TWICE = Function(
    "twice",
    (_VALUE,),
    Type.LIST,
    "A list of the value.",
    "the same",
    twice,
    (Example("twice(1)", [1, 1]),),
)
ONE_OF_TWO = Function(
    "one_of_two",
    (_LIST, Parameter("condition", Type.BOOL, is_condition=True)),
    Type.BOOL,
    "Whether the condition holds of one of the first two elements.",
    "false",
    one_of_two,
    (Example("one_of_two([1], true)", result=True),),
)


# --- values -----------------------------------------------------------------------


@st.composite
def loads(draw: DrawFn, slots: int) -> Ir:
    """Draw a load from the event or from one of *slots* elements."""
    if draw(st.integers(0, 9)) == 0:
        return ir.ScriptLoad(draw(st.sampled_from(_SCRIPT_PATHS)))
    slot = draw(st.integers(0, slots))
    segments = draw(st.sampled_from(_PATHS))
    fallback = None
    if segments and draw(st.integers(0, 9)) == 0:
        fallback = draw(st.sampled_from(["event", "other"]))
    return ir.Load(slot, segments, fallback, draw(st.booleans()))


def constants() -> SearchStrategy[Ir]:
    """Draw a constant."""
    return st.sampled_from(SAMPLES).map(ir.Constant)


@st.composite
def _applies(draw: DrawFn, depth: int, slots: int) -> Ir:
    """Draw a call of a function of the table."""
    inner = plain_values(depth - 1, slots)
    kind = draw(st.integers(0, 9))
    if kind == 0:
        return ir.Apply(TWICE, (draw(inner),), draw(st.booleans()))
    if kind == 1:
        name = draw(st.sampled_from(["contains", "match"]))
        return ir.Apply(FUNCTIONS[name], (draw(inner), draw(inner)))
    if kind == 2:
        texts = draw(st.sampled_from(["<", "=", "?"])), draw(st.sampled_from(VERSIONS))
        arguments = (draw(inner), *map(ir.Constant, texts))
        return ir.Apply(FUNCTIONS["semver"], arguments)
    function = FUNCTIONS[draw(st.sampled_from(ONE_VALUE))]
    return ir.Apply(function, (draw(inner),), draw(st.booleans()))


def plain_values(depth: int, slots: int) -> SearchStrategy[Ir]:
    """Draw what conditions compute with."""
    simple = st.one_of(loads(slots), loads(slots), constants())
    if depth <= 0:
        return simple
    return st.one_of(
        simple,
        simple,
        _applies(depth, slots),
        _applies(depth, slots),
        st.deferred(lambda: ir_conditions(depth - 1, slots)),
        st.deferred(lambda: payload_values(depth - 1, slots)),
    )


# --- conditions -------------------------------------------------------------------


@st.composite
def _tests(draw: DrawFn, depth: int, slots: int) -> Ir:
    """Draw a test of one value against a constant."""
    value = draw(plain_values(max(depth - 1, 1), slots))
    match draw(st.integers(0, 6)):
        case 0:
            return ir.IsTrue(value)
        case 1:
            kinds = [Type.STRING, Type.NUMBER, Type.BOOL]
            return ir.HasType(value, draw(st.sampled_from(kinds)))
        case 2:
            wanted = draw(st.lists(st.sampled_from(SAMPLES), max_size=4))
            return ir.Element(value, ir.Constant(wanted))
        case 3:
            text = draw(st.sampled_from(["a", "Order", ""]))
            kinds_of_glob = [GlobKind.PREFIX, GlobKind.SUFFIX, GlobKind.SUBSTRING]
            kind = draw(st.sampled_from(kinds_of_glob))
            return ir.GlobTest(value, Glob(text, kind, (text,)))
        case 4:
            return ir.GlobTest(value, read_glob(draw(st.sampled_from(_GLOBS))))
        case 5:
            limit = ir.Constant(draw(st.sampled_from(TIMES)))
            return ir.InstantOrder(draw(st.sampled_from(_ORDERS)), value, limit)
        case _:
            limit = ir.Constant(draw(st.sampled_from(SAMPLES)))
            return ir.Order(draw(st.sampled_from(_ORDERS)), value, limit)


@st.composite
def _comparisons(draw: DrawFn, depth: int, slots: int) -> Ir:
    """Draw a test of two values."""
    left = draw(plain_values(max(depth - 1, 1), slots))
    right = draw(plain_values(depth - 1, slots))
    match draw(st.integers(0, 4)):
        case 0:
            return ir.Element(left, right)
        case 1:
            return ir.Order(draw(st.sampled_from(_ORDERS)), left, right)
        case 2:
            return ir.InstantOrder(draw(st.sampled_from(_ORDERS)), left, right)
        case _:
            return ir.Equal(left, right)


@st.composite
def _quantified(draw: DrawFn, depth: int, slots: int) -> Ir:
    function = draw(st.sampled_from([FUNCTIONS["any"], FUNCTIONS["all"], ONE_OF_TWO]))
    items = draw(st.one_of(loads(slots), st.just(ir.Load(0, ("properties", "items")))))
    condition = draw(ir_conditions(depth - 1, slots + 1))
    return ir.Quantify(function, items, slots + 1, condition)


def ir_conditions(depth: int = _DEPTH, slots: int = 0) -> SearchStrategy[Ir]:
    """Draw a condition inside *slots* loops."""
    tests = st.one_of(_tests(depth, slots), _tests(depth, slots))
    if depth <= 0:
        return st.one_of(tests, _comparisons(depth, slots))
    inner = st.deferred(lambda: ir_conditions(depth - 1, slots))
    terms = st.lists(inner, min_size=1, max_size=4).map(tuple)
    return st.one_of(
        tests,
        _comparisons(depth, slots),
        terms.map(ir.And),
        terms.map(ir.Or),
        inner.map(ir.Not),
        _quantified(depth, slots),
    )


# --- payloads ---------------------------------------------------------------------


class Refusal(Exception):  # noqa: N818 - it stands for any error of any name
    """What a payload function raises."""


def refuse_texts(value: Value) -> Value:
    """Return *value*, or raise if it is a text."""
    if isinstance(value, str):
        raise Refusal(value)
    return value


_INVOKED = tuple(
    (name, PAYLOAD_FUNCTIONS[name].bind({}))
    for name in (
        *("lower", "upper", "drop_null", "flatten", "to_json", "from_json"),
        *("filled", "literal"),
    )
)


@st.composite
def _invocations(draw: DrawFn, depth: int, slots: int) -> Ir:
    inner = payload_values(depth - 1, slots)
    match draw(st.integers(0, 6)):
        case 0:
            several = tuple(draw(st.lists(inner, min_size=2, max_size=3)))
            merge = PAYLOAD_FUNCTIONS[draw(st.sampled_from(["merge", "merge_left"]))]
            return ir.Invoke(merge.name, merge.bind({}), several)
        case 1:
            pair = (ir.Constant("a"), ir.Constant("'b'\n{"))
            implementation = replacer({"ignorecase": True})
            return ir.Invoke("replace", implementation, (draw(inner), *pair))
        case 2:
            return ir.Invoke("refuse", refuse_texts, (draw(inner),))
        case _:
            name, implementation = draw(st.sampled_from(_INVOKED))
            return ir.Invoke(name, implementation, (draw(inner),))


@st.composite
def _objects(draw: DrawFn, depth: int, slots: int) -> Ir:
    names = draw(st.lists(st.sampled_from(["a", "b", "c", "a'\n{}", ""]), max_size=4))
    inner = payload_values(depth - 1, slots)
    return ir.MakeObject(tuple((name, draw(inner)) for name in names))


@st.composite
def _joins(draw: DrawFn, depth: int, slots: int) -> Ir:
    texts = st.sampled_from(["", "Order ", "{}", "'\n", "\\", "{{a}}"])
    parts = st.one_of(texts, payload_values(depth - 1, slots))
    return ir.Join(tuple(draw(st.lists(parts, max_size=4))))


@st.composite
def _loops(draw: DrawFn, depth: int, slots: int) -> Ir:
    items = st.one_of(
        st.just(ir.Load(0, ("properties", "items"), keeps_missing=True)),
        payload_values(depth - 1, slots),
    )
    body = payload_values(depth - 1, slots + 1)
    if draw(st.booleans()):
        return ir.ForEach(draw(items), slots + 1, draw(body))
    return ir.Let(slots + 1, draw(items), draw(body))


@st.composite
def _choices(draw: DrawFn, depth: int, slots: int) -> Ir:
    inner = payload_values(depth - 1, slots)
    condition = draw(ir_conditions(min(depth - 1, 1), slots))
    return ir.Choose(condition, draw(inner), draw(st.one_of(st.none(), inner)))


def payload_values(depth: int = _DEPTH, slots: int = 0) -> SearchStrategy[Ir]:
    """Draw what payloads are built of, inside *slots* loops."""
    simple = st.one_of(loads(slots), loads(slots), constants())
    if depth <= 0:
        return simple
    inner = st.deferred(lambda: payload_values(depth - 1, slots))
    return st.one_of(
        simple,
        _objects(depth, slots),
        _objects(depth, slots),
        st.lists(inner, max_size=3).map(lambda drawn: ir.MakeList(tuple(drawn))),
        st.lists(inner, min_size=1, max_size=3).map(
            lambda drawn: ir.FirstOf(tuple(drawn))
        ),
        _joins(depth, slots),
        _loops(depth, slots),
        _choices(depth, slots),
        _invocations(depth, slots),
        st.deferred(lambda: plain_values(depth - 1, slots)),
    )
