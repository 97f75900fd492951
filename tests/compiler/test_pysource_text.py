"""Generated Python reads well, and what a program wrote never becomes a part of it."""

from __future__ import annotations

import ast
import builtins
import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fql.compiler import ir
from fql.compiler.closures import compile_condition, compile_value
from fql.compiler.globs import read_glob
from fql.compiler.payload_functions import PAYLOAD_FUNCTIONS
from fql.compiler.pysource import (
    compile_condition_source,
    compile_value_source,
    condition_source,
    generate_condition,
    value_source,
    write_condition,
    write_value,
)
from fql.compiler.trigger import compile_tree
from fql.compiler.types import Type
from tests.compiler.generating import condition, load, mapping
from tests.compiler.ir_strategies import ONE_OF_TWO, TWICE, refuse_texts
from tests.compiler.tree_strategies import nested_trees

if TYPE_CHECKING:
    from fql.compiler.ir import Ir
    from fql.compiler.values import Json
    from fql.grammar.condition_tree import Group


def test_a_condition_reads_like_python_written_by_hand() -> None:
    text = 'type = "track" and event = "Ordered" and p.n >= 100'
    assert (
        condition_source(condition(text), "big orders")
        == """\
from fql.compiler.values import IS_NUMBER, read

EMPTY = {}


def matches(event):
    'big orders'
    try:
        return (
            event.get('event') == 'Ordered'
            and event.get('type') == 'track'
            and IS_NUMBER[type(v1 := (event.get('p') or EMPTY).get('n'))] and v1 >= 100
        )
    except (AttributeError, TypeError, ValueError):
        return exactly(event)


def exactly(event):
    'The same, for events that hold no object where one goes.'
    return (
        read(event, ('event',)) == 'Ordered'
        and read(event, ('type',)) == 'track'
        and IS_NUMBER[type(v1 := read(event, ('p', 'n')))] and v1 >= 100
    )
"""
    )


def test_a_payload_reads_like_python_written_by_hand() -> None:
    text = """{
      kind: 'order'
      id: properties.order_id
      title: "Order {{properties.order_id}}"
      buyer: userId ?? anonymousId
    }"""
    assert (
        value_source(mapping(text), "orders")
        == """\
from fql.compiler.missing import MISSING
from fql.compiler.payload_texts import text_of

EMPTY = {}


def build(event):
    'orders'
    v1 = {'kind': 'order'}
    v4 = event if isinstance(event, dict) else EMPTY
    v3 = v4.get('properties')
    if not isinstance(v3, dict):
        v3 = EMPTY
    if (v2 := v3.get('order_id', MISSING)) is not MISSING:
        v1['id'] = v2
    v1['title'] = f'Order {v2 if type(v2) is str else text_of(v2)}'
    v5 = v4.get('userId')
    if v5 is None:
        v5 = v4.get('anonymousId', MISSING)
    if v5 is not MISSING:
        v1['buyer'] = v5
    return v1
"""
    )


def test_a_member_that_is_copied_is_looked_for_and_then_read() -> None:
    text = "{ id: userId, at: received_at, plan: traits.plan, n: list.0 }"
    assert (
        value_source(mapping(text), "copies").partition("isinstance")[2]
        == """\
(event, dict) else EMPTY
    if 'userId' in v2:
        v1['id'] = v2['userId']
    if (v3 := v2.get('received_at', v2.get('receivedAt', MISSING))) is not MISSING:
        v1['at'] = v3
    v4 = v2.get('traits')
    if not isinstance(v4, dict):
        v4 = EMPTY
    if 'plan' in v4:
        v1['plan'] = v4['plan']
    if (v5 := fetch(v2.get('list'), ('0',))) is not MISSING:
        v1['n'] = v5
    return v1
"""
    )


def matches_of(text: str) -> str:
    """Return the swift function of a condition alone."""
    return generate_condition(condition(text), "part").python.text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("userId = null", "event.get('userId') is None"),
        ("exists(userId)", "event.get('userId') is not None"),
        ("a = true", "event.get('a') is True"),
        ("a = 5", "event.get('a') == 5"),
        ("a = 1", "(v1 := event.get('a')) == 1 and v1 is not True"),
        ("a != 'x'", "event.get('a') != 'x'"),
        ("a", "event.get('a') is True"),
        ("type in ['page', 'screen']", "event.get('type') in {'page', 'screen'}"),
        ("!(type in ['a', 'b'])", "event.get('type') not in {'a', 'b'}"),
        ("type = 'a' or type = 'b'", "event.get('type') in {'a', 'b'}"),
        ("typeof(a) = 'string'", "isinstance(event.get('a'), str)"),
        ("'x' in a", "isinstance(v1 := event.get('a'), list) and 'x' in v1"),
        ("match(a, 'x')", "event.get('a') == 'x'"),
        ("match(a, 'x*')", "isinstance(v1 := event.get('a'), str) and v1.startswith("),
        (
            "match(a, '*x')",
            "isinstance(v1 := event.get('a'), str) and v1.endswith('x')",
        ),
        ("match(a, '*x*')", "isinstance(v1 := event.get('a'), str) and 'x' in v1"),
        ("contains(a, 'x')", "isinstance(v1 := event.get('a'), str) and 'x' in v1"),
        ("match(a, 'x*x')", "len(v1) >= 2 and v1.startswith('x') and v1.endswith('x')"),
        ("match(a, 'x*') or match(a, 'y*')", "v1.startswith(('x', 'y'))"),
        ("a > 5 and a < 9", "IS_NUMBER[type(v1 := event.get('a'))] and v1 > 5"),
        ("lowercase(a) = 'x'", "v1.lower() if isinstance(v1 := event.get('a'), str)"),
        ("received_at > '2020-01-01'", "read_usual(v1) > moment1"),
        ("received_at > '2020-01-01'", "instant1 = instant('2020-01-01')"),
    ],
)
def test_a_test_is_the_cheapest_exact_one(text: str, expected: str) -> None:
    assert expected in matches_of(text)


def test_a_shared_prefix_is_fetched_once() -> None:
    text = "properties.a = 'x' and properties.b.c = 'y' and properties.b.d = 'z'"
    assert matches_of(text).count("'properties'") == 1
    assert matches_of(text).count("'b'") == 1


def test_a_prefix_that_only_some_paths_need_is_kept_once_it_is_there() -> None:
    text = "type = 'x' and properties.a = 'x' or event = 'y' and properties.b = 'y'"
    assert "v1 = None" in matches_of(text)
    assert "(v1 or (v1 := event.get('properties') or EMPTY))" in matches_of(text)


def test_what_an_earlier_test_proves_is_not_asked_again() -> None:
    text = "properties.a > 10 and properties.a < 20 and properties.a != 15"
    assert matches_of(text).count("IS_NUMBER") == 1


def test_a_literal_alone_decides() -> None:
    assert "    return False" in condition_source(condition("1 = 2"), "never")
    assert compile_condition_source(condition("all"), "always")({}) is True


def test_a_long_title_is_cut_and_an_odd_one_harmless() -> None:
    source = condition_source(condition("a"), "x\n'\"\\" * 1_000)
    assert max(map(len, source.splitlines())) < 500
    assert ast.parse(source)


# --- nothing gets in --------------------------------------------------------------

NASTY = (
    "'); __import__('os').abort() #",
    "'''\n__import__('os').abort()\n'''",
    '"""\nraise SystemExit\n"""',
    "\\'); abort()",
    "\n    raise SystemExit",
    "\r\x0c\x1c\u2028raise SystemExit",
    "{__import__('os')}",
    "{{v1}}",
    "\x00",
    "\ud83d",
    "# -*- coding: rot13 -*-",
    "__class__",
    "%s",
    "v1",
    "",
)
nasty = st.one_of(st.sampled_from(NASTY), st.text(max_size=6))

_NAMES = re.compile(r"(v|item|part|call|constant|instant|moment)[0-9]+")
_KNOWN = {
    *("matches", "exactly", "build", "event", "items", "element"),
    *("EMPTY", "IS_NUMBER", "MARKS", "END", "MISSING"),
    *("isinstance", "type", "len", "frozenset", "str", "int", "float", "bool"),
    *("dict", "list", "AttributeError", "TypeError", "ValueError"),
}
_METHODS = {
    "get",
    "startswith",
    "endswith",
    "lower",
    "upper",
    "replace",
    "append",
    "join",
}


def assert_holds_only_our_names(text: str) -> None:
    module = ast.parse(text)
    imported = set()
    for node in ast.walk(module):
        if isinstance(node, ast.ImportFrom):
            assert (node.module or "").startswith("fql.compiler.")
            imported |= {alias.asname or alias.name for alias in node.names}
        assert not isinstance(node, ast.Import | ast.Global | ast.ClassDef | ast.Delete)
    for node in ast.walk(module):
        if isinstance(node, ast.Name):
            known = node.id in _KNOWN | imported
            assert known or _NAMES.fullmatch(node.id), node.id
        elif isinstance(node, ast.Attribute):
            assert node.attr in _METHODS
        elif isinstance(node, ast.arg):
            assert node.arg in _KNOWN or _NAMES.fullmatch(node.arg)


@given(nasty, nasty, nasty)
def test_no_text_of_a_condition_becomes_code(one: str, two: str, title: str) -> None:
    found = ir.Load(ir.EVENT, (one, two), title)
    listed: list[Json] = [one, {two: [one]}]
    node = ir.Or(
        (
            ir.Equal(found, ir.Constant(two)),
            ir.Equal(found, ir.Constant({one: [two]})),
            ir.Element(load("a"), ir.Constant([one, two, title])),
            ir.Element(load("b"), ir.Constant(listed)),
            ir.GlobTest(found, read_glob(one)),
            ir.GlobTest(load("c"), read_glob(f"{one}*?{two}")),
            ir.Order("<", ir.ScriptLoad((one, two)), ir.Constant(two)),
            ir.Equal(ir.Apply(TWICE, (ir.Constant(one),)), ir.Constant(listed)),
            ir.Quantify(ONE_OF_TWO, found, 1, ir.IsTrue(ir.Load(1, (one,)))),
        )
    )
    python = write_condition(node, title)
    assert_holds_only_our_names(python.text)
    assert set(python.bound).isdisjoint(vars(builtins))
    event: Json = {one: {two: one}, "a": title, "c": f"{one}-{two}"}
    slow, fast = compile_condition(node), compile_condition_source(node, title)
    assert fast(event) is slow(event)


@given(nasty, nasty, nasty)
def test_no_text_of_a_payload_becomes_code(one: str, two: str, title: str) -> None:
    replace = PAYLOAD_FUNCTIONS["replace"]
    kept = ir.Load(ir.EVENT, (one, two), keeps_missing=True)
    node = ir.MakeObject(
        (
            (one, kept),
            (f"{two}.", ir.Join((one, kept, two, load("a")))),
            (
                "replaced",
                ir.Invoke(title, replace.bind({one: two}), (kept, kept, kept)),
            ),
            ("called", ir.Invoke(title, refuse_texts, (ir.Constant(1),))),
            ("flat", invoke("flatten", {"separator": one}, kept)),
            ("constant", ir.Constant([one, {two: [title]}])),
            ("rows", ir.ForEach(load("rows"), 1, ir.MakeObject(((two, kept),)))),
        )
    )
    python = write_value(node, title)
    assert_holds_only_our_names(python.text)
    event: Json = {one: {two: {one: two}}, "a": title, "rows": [1]}
    slow, fast = compile_value(node), compile_value_source(node, title)
    assert repr(fast(event)) == repr(slow(event))


@given(nasty, nasty, nasty)
def test_no_key_of_a_member_becomes_code(one: str, two: str, title: str) -> None:
    """What is read once is looked for by its key, in objects that have variables."""

    def kept(*keys: str, slot: int = ir.EVENT) -> ir.Load:
        return ir.Load(slot, keys, keeps_missing=True)

    otherwise = ir.MakeObject(((two, kept("chosen", two)),))
    node = ir.MakeObject(
        (
            (one, kept("copied", one)),
            (f"{two}.", kept("copied", two, one)),
            ("first", ir.FirstOf((kept("first", one), kept("first", two)))),
            ("let", ir.Let(1, kept("let"), kept(one, two, slot=1))),
            (
                "chosen",
                ir.Choose(
                    ir.And(
                        (
                            ir.HasType(load("typed"), Type.STRING),
                            ir.InstantOrder("<", load("typed"), ir.Constant(one)),
                            ir.InstantOrder(">", kept("at", two), kept("at", one)),
                        )
                    ),
                    kept("chosen", one),
                    otherwise,
                ),
            ),
        )
    )
    python = write_value(node, title)
    assert_holds_only_our_names(python.text)
    inner: dict[str, Json] = {one: {two: one}, two: {one: two}}
    event: Json = dict.fromkeys(("copied", "first", "let", "chosen", "at"), inner)
    slow, fast = compile_value(node), compile_value_source(node, title)
    samples: list[Json] = [event, {}, {"copied": [one], "let": two, "typed": one}]
    for sample in samples:
        assert repr(fast(sample)) == repr(slow(sample))


@settings(max_examples=60)
@given(nested_trees())
def test_no_tree_of_the_engine_becomes_code(tree: Group) -> None:
    trigger = compile_tree(tree)
    assert_holds_only_our_names(trigger.python_source)


def invoke(name: str, options: dict[str, Json], argument: Ir) -> ir.Invoke:
    """Return a call of a payload function with options."""
    return ir.Invoke(name, PAYLOAD_FUNCTIONS[name].bind(options), (argument,))


class Written(str):
    """A string that says of itself that it is code."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "abort()"

    def __str__(self) -> str:
        return self


class Counted(int):
    """A number that says of itself that it is code."""

    def __repr__(self) -> str:
        return "abort()"


def test_only_values_of_the_very_types_are_written() -> None:
    text, number = Written("x"), Counted(7)
    node = ir.Or(
        (
            ir.Equal(ir.Load(ir.EVENT, (text,)), ir.Constant(number)),
            ir.Element(load("a"), ir.Constant([text, number])),
            ir.Equal(load("b"), ir.Constant([text, {text: number}])),
        )
    )
    source = condition_source(node, text)
    assert "abort" not in source
    test = compile_condition_source(node, text)
    assert test({"x": 7}) is True
    assert test({"a": 7}) is True
    assert test({"b": ["x", {"x": 7}]}) is True


@pytest.mark.parametrize(
    ("number", "written"),
    [
        pytest.param(10**5_000, f"event.get('a') == {10**5_000:#x}", id="huge"),
        (float("inf"), "constant1 = float('inf')"),
        (float("-inf"), "constant1 = float('-inf')"),
    ],
)
def test_odd_numbers_are_written_too(number: float, written: str) -> None:
    node = ir.Equal(load("a"), ir.Constant(number))
    assert written in condition_source(node, "n")
    test = compile_condition_source(node, "n")
    assert test({"a": number}) is True
    assert test({"a": 1}) is False


def test_a_set_with_an_odd_number_is_made_once() -> None:
    node = ir.Element(load("a"), ir.Constant([1, 2, float("inf")]))
    assert "constant2 = frozenset([1, 2, constant1])" in condition_source(node, "n")
