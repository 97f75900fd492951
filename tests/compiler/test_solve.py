"""Solving conditions: what is found matches, what is impossible is so."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fql.compiler import ir
from fql.compiler.check import check_condition
from fql.compiler.closures import compile_condition
from fql.compiler.functions import FUNCTIONS
from fql.compiler.lower import lower_condition
from fql.compiler.payload_functions import PAYLOAD_FUNCTIONS
from fql.compiler.solve import Found, Impossible, Unknown, solve
from fql.compiler.solve_store import EVENT, Memory, Place, Store
from fql.compiler.trigger import compile_engine_text, compile_trigger
from fql.grammar.parse import parse_expression
from fql.grammar.source import Source
from tests.compiler.aimed_events import aimed_events
from tests.compiler.finite import is_finite
from tests.compiler.ir_strategies import ONE_OF_TWO
from tests.compiler.shouting import SHOUT
from tests.compiler.strategies import conditions, events

if TYPE_CHECKING:
    from fql.compiler.ir import Ir
    from fql.compiler.values import Json


def lowered(text: str) -> Ir:
    checked = check_condition(parse_expression(Source(text)))
    return lower_condition(checked.root, checked.types)


CONDITIONS = conditions()
SHORT_CONDITIONS = conditions(1)
ANY_EVENTS = events()


# --- laws -------------------------------------------------------------------------


@settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(CONDITIONS, st.data())
def test_an_answer_is_right(text: str, data: st.DataObject) -> None:
    """What is found matches; where it is impossible, no event does."""
    node = lowered(text)
    holds = compile_condition(node)
    answer = solve(node)
    if isinstance(answer, Found):
        assert holds(answer.event)
    elif isinstance(answer, Impossible):
        aimed = aimed_events(node)
        for each in (ANY_EVENTS, aimed, aimed, aimed):
            event = data.draw(each)
            assert not (is_finite(event) and holds(event))


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(SHORT_CONDITIONS, SHORT_CONDITIONS, st.data())
def test_what_contradicts_never_holds(
    one: str, other: str, data: st.DataObject
) -> None:
    """Of two conditions with common fields and literals, many exclude each other."""
    node = ir.And((lowered(one), ir.Not(lowered(other)), lowered(one)))
    holds = compile_condition(node)
    answer = solve(node, budget=200)
    if isinstance(answer, Found):
        assert holds(answer.event)
    elif isinstance(answer, Impossible):
        aimed = aimed_events(node)
        for _ in range(6):
            assert not holds(data.draw(aimed))


# --- a fixed sample ---------------------------------------------------------------

FIELDS = ("event", "properties.a", "properties.b", "properties.items.0", "received_at")
TESTS = (
    *('{0} = "Order Completed"', "{0} = {n}", "{0} != {n}", "{0} in [1, 2, 'x', null]"),
    *("{0} > {n}", "{0} <= {n}", '{0} < "m"', '{0} >= "2023-04-21T00:00:00Z"'),
    *('match({0}, "Order *")', '!match({0}, "*ed")', 'contains({0}, "er")'),
    *("length({0}) > {n}", 'typeof({0}) = "string"', "exists({0})", "{0} = {1}"),
    *('lowercase({0}) = "abc"', "number({0}) < {n}", "bool({0})", "{0} < {1}"),
    *("any({0}, item.p > {n})", "all({0}, item != {n})", '"x" in {0}'),
    *('semver({0}, ">=", "1.2")', "string({0}) = '{n}'", '!contains({0}, "q")'),
)


def sampled(random: Random) -> str:
    """Return a condition of two to five tests."""
    parts = [
        random.choice(TESTS).format(
            random.choice(FIELDS), random.choice(FIELDS), n=random.randrange(-1, 4)
        )
        for _ in range(random.randrange(2, 6))
    ]
    text = parts[0]
    for part in parts[1:]:
        text = f"({text} {random.choice(('and', 'and', 'or'))} {part})"
    return text


def test_nearly_all_conditions_get_an_answer() -> None:
    """Of those that somebody may write, hardly any is out of reach."""
    answers = {Found: 0, Impossible: 0, Unknown: 0}
    for seed in range(300):
        node = lowered(sampled(Random(seed)))  # noqa: S311
        answer = solve(node)
        answers[type(answer)] += 1
        if isinstance(answer, Found):
            assert compile_condition(node)(answer.event)
    assert answers[Unknown] <= 6
    assert answers[Impossible] >= 20


# --- single conditions ------------------------------------------------------------

FOUND = [
    "all",
    'type = "track" and properties.total >= 10',
    "a = 1 and a = 1.0",
    "a <= 5 and a >= 5",
    "!(a < 5) and !(a >= 5)",
    "a in [1, 2, 'x'] and a in ['x', 3]",
    "a in [[1, 2], [2]] and a.0 = 2",
    'match(event, "Order *") and match(event, "* Completed") and !contains(event, "x")',
    'received_at >= "2023-01-01" and received_at < "2023-01-02"',
    'received_at = "2023-01-02" and receivedAt != "2023-01-02"',
    "received_at = null and receivedAt = 5",
    "length(a) > 3 and length(a) < 5 and typeof(a) = 'list'",
    "length(a) = 0 and a != null",
    "any(properties.products, item.price > 10 and item.category = 'Hats')",
    "!all(properties.products, item.price > 10)",
    "any(p, item.a = 1) and any(p, item.a = 2) and length(p) = 2",
    "any(p, item.id = q) and q = 'm1'",
    "any(p, item.a = item.b and item.a != null)",
    "any(p, any(item.q, item > 3))",
    "any(p, item = 1) and p.1 = 2",
    "all(p, item > 3) and p.1 != null",
    "all(p, item > 3) and length(p) = 2",
    "p.01 = 1 and typeof(p) = 'list'",
    "a = b and a != null",
    "a != b",
    "a < b and b < c",
    "received_at < timestamp",
    "'x' in tags and 'y' in tags and length(tags) = 2",
    "a in b and a = 4",
    "a in [b, 'x'] and a = 3",
    "lowercase(a) = 'abc' and a != 'abc'",
    "uppercase(a) = 'ABC' and length(a) = 3",
    "semver(v, '>=', '2.1') and semver(v, '<', '2.1.5')",
    "number(a) > 5 and typeof(a) = 'string'",
    "string(a) = '5' and typeof(a) = 'number'",
    "string(a) = 'true' and a != 'true'",
    "bool(a) and a != true and typeof(a) = 'string'",
    "bool(a) and typeof(a) = 'object'",
    "!bool(a) and typeof(a) = 'object'",
    "typeof(a) = 'object' and a.b = 1 and a.0 = 2",
    "contains('abc', a) and length(a) = 2",
    "match('abc', a)",
    "(a = 1 or b = 2) and (a = 2 or b = 3) and (a = 1 or b = 2)",
    "a = (b > 3) and a != null",
    "timestamp(a) = null and a > 'b'",
    "titlecase(a) = 'Ab' and length(snakecase(a)) = 2",
    "length(a) > 100 and match(a, 'x*')",
    "typeof(p) = 'list' and p.0 != q and p.0 = r and r = 'a'",
    "typeof(p) = 'list' and p.0 < q and p.0 > 'm'",
    "typeof(p) = 'list' and length(p) = 1 and p != [null]",
    "length([a, b]) = 2 and a = 1",
    "typeof((a > 1)) = 'bool' and b = 1",
    "all([1, 2], item < a)",
]
IMPOSSIBLE = [
    "a = 1 and a = 2",
    "a = 1 and a = true",
    "a < 5 and a > 5",
    "a < 5 and typeof(a) = 'string'",
    "a = 'x' and a.b = 1",
    "a = null and a.b = 1",
    "a in [[1, 2], [2]] and a.0 = 3",
    "a in [[1], [2]] and typeof(a) = 'string'",
    "a = [1] and a != [1]",
    'match(event, "Order *") and match(event, "Cart *")',
    'match(event, "Order *") and event = "Cart"',
    'match(event, "[^a]*") and contains(event, "a") and length(event) = 1',
    'received_at >= "2023-01-02" and received_at < "2023-01-01"',
    "timestamp != null and !(timestamp > '2020-01-01') and !(timestamp <= '2020-01-01')"
    " and timestamp(timestamp) != null",
    "length(a) > 3 and length(a) < 4",
    "length(a) < 0",
    "length(a) = 1.5",
    "any(p, item.price > 10 and item.price < 5)",
    "any(p, item.price > 10) and all(p, item.price < 5)",
    "any(p, item > 10) and length(p) = 0",
    "all(p, item > 10) and p.0 = 3 and typeof(p) = 'list'",
    "any(p, item > 10) and typeof(p) = 'object'",
    "any([1, 2], item > 2)",
    "a = b and a != b",
    "a = b and a = 1 and b = 2",
    "a < b and b < a",
    "a <= b and b <= a and a != b",
    "a < a",
    "received_at < timestamp and timestamp < received_at",
    "'x' in tags and !('x' in tags)",
    "a in b and typeof(b) = 'string'",
    "lowercase(a) = 'ABC'",
    "snakecase(a) = 'a b'",
    "lowercase(a) = 'abc' and lowercase(a) = 'abd'",
    "event = 'Order Completed' and lowercase(event) = 'order'",
    "semver(v, '>=', '2.1') and semver(v, '<', '2')",
    "semver(v, '=', '2') and v = null",
    "typeof(a) = 'text'",
    "typeof(p) = 'list' and p.a = 1",
    "typeof(p) = 'list' and p.3.a = 1 and length(p) < 4",
    "(a = 1 or a = 2) and (a = 3 or a = 4)",
    "(a = 1 and b = 1 or a = 2 and b = 2) and a != b",
    "exists(a) and a = null",
    "string(a) = '5' and a = '6'",
    "bool(a) and a = ''",
    "a = (b > 3) and a = 7",
    "(a > 1) < 5",
    "a < (b > 3)",
    "contains(event, a) and !contains(event, a)",
    "number(a) = 5 and number(a) = 6",
    "!exists([a, b])",
    "!bool(a) and a.b = 1",
    "(a = 1 or (b = 1 and b = 2)) and a = 3",
    "length([a, b]) = 'x'",
    "a in [[1, 2], [2, 3]] and a.0 = 1 and a.1 = 3",
    "p.0 = 1 and p.00 = 2 and typeof(p) = 'list'",
    "(a = 1 or b = 1) and (a = 1 or b = 2) and a = 3",
    "any([1, 2], item = a) and a > 2",
]
IMPOSSIBLE_WITH_REASON = [each for each in IMPOSSIBLE if "a != b" not in each]


@pytest.mark.parametrize("text", FOUND)
def test_an_event_is_found(text: str) -> None:
    node = lowered(text)
    answer = solve(node)
    assert isinstance(answer, Found)
    assert compile_condition(node)(answer.event)


@pytest.mark.parametrize("text", IMPOSSIBLE_WITH_REASON)
def test_that_there_is_no_event_is_proved(text: str) -> None:
    assert solve(lowered(text)) == Impossible()


@pytest.mark.parametrize(
    "text",
    [
        "a < b and b < c and c < a",
        "lowercase(a) = 'abc' and match(a, 'B*')",
        "any(p, item > q and item < q)",
        "length(a) > 1000000000",
        "typeof(p) = 'list' and p.99999999 = 1",
        "a > 1.0 and a < 1.0000000000000002",
        "any(p, item.a < item.b and item.b < item.c and item.c < item.a)",
        "length(p) = 1 and all(p, item = 1) and p != [1] and p.0 != null",
        "contains(a, b) and b > a and a = 'xy' and length(b) = 1 and b = 'z'",
    ],
)
def test_what_is_out_of_reach_is_unknown(text: str) -> None:
    assert solve(lowered(text)) in (Unknown(), Impossible())
    assert not isinstance(solve(lowered(text)), Found)


def test_too_many_combinations_are_given_up() -> None:
    either = " and ".join(f"(a{n} < b{n} or c{n} < d{n})" for n in range(12))
    text = f"{either} and x < y and y < z and z < x"
    assert solve(lowered(text), budget=30) == Unknown()
    assert solve(lowered("a = 1 or b = 2"), budget=0) == Unknown()


@pytest.mark.parametrize("length", [40, 150, 400, 20_000])
def test_long_paths_take_no_room_on_the_stack(length: int) -> None:
    path = ".".join(["a"] * length)
    answer = solve(lowered(f"{path} = 1"))
    assert isinstance(answer, Found if length == 40 else Unknown)
    assert solve(lowered(f"{path} = 1 and {path} = 2")) == Impossible()
    found = solve(compile_engine_text(f"properties.{path} = 'x'").node)
    assert isinstance(found, Found if length == 40 else Unknown)


def test_a_found_event_has_only_what_is_asked_for() -> None:
    answer = solve(lowered('type = "page" and context.page.path != "/"'))
    assert answer == Found({"type": "page"})


def test_a_base_is_kept_where_it_may_be() -> None:
    base: dict[str, Json] = {"type": "page", "a": 1, "items": [{"n": 1}, {"n": 2}]}
    answer = solve(lowered("a > 3 and any(items, item.n > 1)"), base=base)
    assert isinstance(answer, Found)
    assert answer.event["type"] == "page"
    assert base["a"] == 1
    same = solve(lowered('type = "page"'), base=base)
    assert same == Found(base)
    assert isinstance(same, Found)
    assert same.event is not base


def test_a_member_is_taken_away_where_it_must_be() -> None:
    base: dict[str, Json] = {"a": {"b": 1, "c": 2}, "n": 0, "l": [1, 2, 3]}
    answer = solve(lowered("a.b = null and length(l) = 2 and a.c = 2"), base=base)
    assert answer == Found({"a": {"c": 2}, "n": 0, "l": [1, 2]})


def test_objects_get_other_members_where_they_have_to_differ() -> None:
    same = ir.Equal(ir.Load(0, ("a",)), ir.Constant({"b": 1}))
    condition = ir.And((lowered("a.b = 1 and typeof(a) = 'object'"), ir.Not(same)))
    answer = solve(condition)
    assert isinstance(answer, Found)
    assert compile_condition(condition)(answer.event)
    empty = ir.Equal(ir.Load(0, ("a",)), ir.Constant({}))
    filled = lowered("!bool(a) and typeof(a) = 'object'")
    assert solve(ir.And((filled, ir.Not(empty)))) == Unknown()
    assert solve(empty, base={"a": {"b": 1}}) == Found({"a": {}})


def test_members_are_taken_out_where_there_may_be_none() -> None:
    node = lowered("!bool(a) and typeof(a) = 'object'")
    assert solve(node, base={"a": {"b": 1}}) == Found({"a": {}})


def test_elements_are_left_out_where_none_may_be() -> None:
    node = lowered("all(p, item > 1 and item < 0)")
    assert solve(node, base={"p": [1, 2]}) == Found({"p": []})


def test_lists_differ_where_they_have_to() -> None:
    text = "a != [] and typeof(a) = 'list' and a != [null]"
    assert isinstance(solve(lowered(text)), Found)


# --- functions and dialects -------------------------------------------------------


def test_functions_of_embedders_are_tried() -> None:
    table = FUNCTIONS.extended(SHOUT)
    trigger = compile_trigger('shout(a) = "x!" and a in ["y", "x"]', functions=table)
    assert solve(trigger.node) == Found({"a": "x"})
    words = [f"w{number}" for number in range(40)]
    several = compile_trigger(f'shout(a) = "w19!" and a in {words}', functions=table)
    assert solve(several.node) == Found({"a": "w19"})
    late = compile_trigger(f'shout(a) = "w9!" and a in {words}', functions=table)
    assert solve(late.node) == Unknown()
    never = compile_trigger('shout(a) = "x!" and shout(a) = "y!"', functions=table)
    assert solve(never.node) == Impossible()
    call = ir.Apply(SHOUT, (ir.Load(0, ("a",)),))
    assert solve(ir.Order("<", call, ir.Constant(5))) == Impossible()


@pytest.mark.parametrize(
    "text",
    [
        'event = "Order Completed" and properties.total > "5"',
        'type = "track" and properties.a.b = "x"',
        'properties.name contains "a"',
    ],
)
def test_the_trigger_engine_is_solved_too(text: str) -> None:
    trigger = compile_engine_text(text.replace("properties.name contains", "event ="))
    answer = solve(trigger.node)
    assert isinstance(answer, Found)
    assert trigger(answer.event)


def test_many_walks_of_the_trigger_engine_are_solved_together() -> None:
    parts = [f'properties.p{number} = "x"' for number in range(6)]
    trigger = compile_engine_text(" and ".join([*parts, "properties.a.b > 3"]))
    answer = solve(trigger.node, base={"properties": {"p1": "x", "a": [1]}})
    assert isinstance(answer, Found)
    assert trigger(answer.event)


def test_quantifiers_of_embedders_are_left_open() -> None:
    inner = ir.IsTrue(ir.Load(1, ()))
    for items in (ir.Load(0, ("p",)), ir.Constant([True, False])):
        node = ir.Quantify(ONE_OF_TWO, items, 1, inner)
        asked = ir.And((node, ir.Equal(ir.Load(0, ("a",)), ir.Constant(1))))
        assert isinstance(solve(asked), Found | Unknown)


def test_only_terms_are_narrowed() -> None:
    store = Store(Place(0, ()), EVENT, Memory())
    with pytest.raises(AssertionError, match="no term"):
        store.narrow(ir.Join(("a",)), EVENT)


def test_walks_of_the_trigger_engine_contradict_themselves() -> None:
    trigger = compile_engine_text('properties.a = "x" and properties.a = "y"')
    assert solve(trigger.node) == Impossible()


def test_values_of_mappings_are_left_open() -> None:
    lower = PAYLOAD_FUNCTIONS["lower"]
    made = ir.Invoke("lower", lower.bind({}), (ir.Load(0, ("a",)),))
    condition = ir.Equal(made, ir.Constant("x"))
    answer = solve(condition)
    assert isinstance(answer, Found)
    assert compile_condition(condition)(answer.event)
    joined = ir.Equal(ir.Join(("a", ir.Load(0, ("b",)))), ir.Constant(5))
    assert solve(joined) == Impossible()
    built = ir.Equal(ir.MakeObject((("a", ir.Load(0, ("b",))),)), ir.Constant([1]))
    assert solve(built) == Impossible()
