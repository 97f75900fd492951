"""Triggers: what one is asked, compared, sent elsewhere and shared."""

from __future__ import annotations

import copy
import pickle
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from fql.compiler.functions import FUNCTIONS
from fql.compiler.schema import Schema
from fql.compiler.signatures import Example, Function, FunctionTable, Parameter
from fql.compiler.trigger import (
    Trigger,
    check_trigger,
    compile_engine_text,
    compile_tree,
    compile_trigger,
)
from fql.compiler.types import Type
from fql.grammar.condition_tree import from_json
from fql.grammar.diagnostics import Code, FqlError, has_errors
from fql.grammar.nodes import DestinationDeclaration
from fql.grammar.parse import Parsed, parse_expression, parse_program
from fql.grammar.source import Source, Span
from tests.compiler import reference
from tests.compiler.compiling import compiled
from tests.compiler.strategies import conditions, events

if TYPE_CHECKING:
    from fql.compiler.values import Json

TEXT = 'type = "track" and properties.total >= 10'


def shouted(text: Json) -> str | None:
    return f"{text.upper()}!" if isinstance(text, str) else None


SHOUT = Function(
    "shout",
    (Parameter("text", Type.STRING),),
    Type.STRING | Type.NULL,
    "The text, shouted.",
    "null",
    shouted,
    (Example('shout("a")', "A!"),),
)
TABLE = FUNCTIONS.extended(SHOUT)
PLAN = Schema.from_tracking_plan(
    {
        "Order": {
            "type": "object",
            "properties": {
                "at": {"type": "string", "format": "date-time"},
                "total": {"type": "number"},
            },
        }
    }
)
GROUP: dict[str, object] = {
    "type": "group",
    "operator": "and",
    "children": [
        {"type": "event-type", "operator": "=", "value": "track"},
        {"type": "event-property", "name": "a.b", "operator": ">", "value": 5},
    ],
}


def triggers() -> list[Trigger]:
    """Return one trigger of each making."""
    return [
        compile_trigger(TEXT),
        compile_trigger("all"),
        compile_trigger('shout(event) = "A!"', functions=TABLE),
        compile_trigger('event = "Order" and properties.at > sentAt', schema=PLAN),
        compile_trigger(TEXT, is_strict=True),
        compile_engine_text('type = "track" OR properties.a = 5'),
        compile_tree(from_json(GROUP)),
        compile_tree(from_json({"error": "no text"})),
    ]


SAMPLES: list[dict[str, Json]] = [
    {},
    {"type": "track", "properties": {"total": 10, "a": 5}},
    {"type": "track", "event": "a", "properties": {"a": {"b": 6}}},
    {
        "event": "Order",
        "sentAt": "2023-04-21T19:55:00.9Z",
        "properties": {"at": "2023-04-21T21:55:01+02:00"},
    },
]

# --- compiling --------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", [TEXT, Source(TEXT, "file.fql"), parse_expression(Source(TEXT))]
)
def test_a_text_a_source_or_a_tree_is_compiled(text: str) -> None:
    trigger = compile_trigger(text)
    assert trigger({"type": "track", "properties": {"total": 10}}) is True
    assert trigger({"type": "track", "properties": {"total": 9.5}}) is False
    assert (trigger.text, trigger.dialect) == (TEXT, "fql")


@pytest.mark.parametrize("other", [None, 5, b"all", ["all"]])
def test_what_is_no_text_is_a_mistake_of_the_caller(other: Any) -> None:
    for compile_ in (compile_trigger, compile_engine_text):
        with pytest.raises(TypeError, match="a condition is a text, not"):
            compile_(other)


def test_a_text_is_kept_as_it_was_written_without_what_is_around_it() -> None:
    trigger = compile_trigger("  # why\n type   =  'track' # so\n")
    assert trigger.text == "type   =  'track'"
    assert repr(trigger) == "<Trigger \"type   =  'track'\">"


def test_a_part_of_a_program_is_compiled_in_its_place() -> None:
    text = 'destination d: w { filter "f" when typ = "track" { drop } }'
    program = parse_program(Source(text))
    (destination,) = program.root.declarations
    assert isinstance(destination, DestinationDeclaration)
    part = Parsed(program.source, destination.filters[0].condition, (), ())
    trigger = compile_trigger(part)
    assert trigger.text == 'typ = "track"'
    (warning,) = trigger.diagnostics
    assert warning.source.slice(warning.span) == "typ"
    assert compile_trigger(trigger.text) == trigger
    assert pickle.loads(pickle.dumps(trigger)) == trigger  # noqa: S301 - just made


def test_all_findings_are_in_the_error_in_source_order() -> None:
    with pytest.raises(FqlError) as caught:
        compile_trigger('contians(event, "a") and typ = 1 and length() == "a" < 5')
    found = caught.value.diagnostics
    codes = [each.code for each in found]
    assert {Code.UNKNOWN_FUNCTION, Code.UNKNOWN_FIELD, Code.DOUBLE_EQUALS} <= set(codes)
    assert [each.span for each in found] == sorted(each.span for each in found)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", Code.EMPTY_TEXT),
        ("type =", Code.MISSING_OPERAND),
        ('"a" < 5', Code.TYPE_MISMATCH),
        ("1 and true", Code.NOT_BOOLEAN),
        ('lowercase("x") in 3', Code.TYPE_MISMATCH),
        ("nothing(event)", Code.UNKNOWN_FUNCTION),
        ("length()", Code.WRONG_ARITY),
        ("{ a: event }", Code.MAPPING_SYNTAX),
        ("a ?? b", Code.MAPPING_SYNTAX),
        ("(" * 300 + "a" + ")" * 300, Code.TOO_DEEP),
        ("a" * 70_000, Code.TEXT_TOO_LONG),
    ],
)
def test_what_can_mean_nothing_does_not_compile(text: str, code: Code) -> None:
    with pytest.raises(FqlError) as caught:
        compile_trigger(text)
    assert code in {each.code for each in caught.value.diagnostics}
    assert has_errors(caught.value.diagnostics)


def test_warnings_are_kept_and_stop_nothing() -> None:
    trigger = compile_trigger("type = track and userId > 5")
    codes = [each.code for each in trigger.diagnostics]
    assert codes == [Code.BARE_WORD, Code.TYPE_MISMATCH]
    assert not has_errors(trigger.diagnostics)
    assert check_trigger(trigger.text).diagnostics == trigger.diagnostics


def test_what_a_schema_rules_out_is_an_error_only_when_strict() -> None:
    text = 'event = "Order" and properties.total = "a"'
    assert compile_trigger(text).diagnostics == ()
    assert len(compile_trigger(text, schema=PLAN).diagnostics) == 1
    with pytest.raises(FqlError):
        compile_trigger(text, schema=PLAN, is_strict=True)


def test_a_schema_makes_fields_instants_where_it_is_known_to_hold() -> None:
    late: dict[str, Json] = {
        "at": "2023-04-21T21:00:00+02:00",
        "b": "2023-04-21T20:00Z",
    }
    event: dict[str, Json] = {"event": "Order", "properties": late}
    late["b"] = "2023-04-21T20:00:00Z"
    narrowed = 'event = "Order" and properties.at < properties.b'
    assert compile_trigger(narrowed, schema=PLAN)(event) is True
    assert compile_trigger(narrowed)(event) is False
    assert compile_trigger("properties.at < properties.b", schema=PLAN)(event) is False


@given(st.text(max_size=20) | conditions())
def test_any_text_compiles_or_says_why_not(text: str) -> None:
    try:
        trigger = compile_trigger(text)
    except FqlError as error:
        assert has_errors(error.diagnostics)  # noqa: PT017 - either may happen
    else:
        assert isinstance(trigger({}), bool)


@settings(max_examples=60)
@given(conditions(), events())
def test_a_trigger_answers_as_its_condition(text: str, event: dict[str, Json]) -> None:
    checked = check_trigger(text)
    assume(not has_errors(checked.diagnostics))
    answer = compile_trigger(text)(event)
    assert answer is reference.holds(checked.root, event)
    assert answer is compiled(text)(event)


# --- being the same ---------------------------------------------------------------


def test_triggers_are_equal_when_they_were_made_alike() -> None:
    for one, other in zip(triggers(), triggers(), strict=True):
        assert one == other
        assert hash(one) == hash(other)
    assert len(set(triggers())) == len(triggers())


def test_triggers_differ_by_text_dialect_and_settings() -> None:
    text = 'type = "track"'
    different: list[object] = [
        compile_trigger(text),
        compile_trigger(text, is_strict=True),
        compile_trigger(text, schema=PLAN),
        compile_trigger(text, functions=TABLE),
        compile_trigger('type  = "track"'),
        compile_engine_text(text),
        text,
    ]
    for at, one in enumerate(different):
        assert [one == other for other in different].index(True) == at


@pytest.mark.parametrize("index", range(len(triggers())))
@pytest.mark.parametrize("protocol", [2, pickle.HIGHEST_PROTOCOL])
def test_a_pickled_trigger_is_the_same_afterwards(index: int, protocol: int) -> None:
    trigger = triggers()[index]
    restored = pickle.loads(pickle.dumps(trigger, protocol))  # noqa: S301 - just made
    assert restored == trigger
    assert restored.text == trigger.text
    assert restored.fields == trigger.fields
    assert restored.diagnostics == trigger.diagnostics
    assert [restored(event) for event in SAMPLES] == [trigger(each) for each in SAMPLES]


def test_a_pickle_holds_the_text_and_not_the_languages_own_functions() -> None:
    assert len(pickle.dumps(compile_trigger(TEXT))) < len(TEXT) + 100


def test_an_empty_table_is_kept_by_a_pickle() -> None:
    trigger = compile_trigger('type = "track"', functions=FunctionTable())
    assert pickle.loads(pickle.dumps(trigger)) == trigger  # noqa: S301 - just made


@pytest.mark.parametrize("index", range(len(triggers())))
def test_a_copy_is_equal(index: int) -> None:
    trigger = triggers()[index]
    assert copy.copy(trigger) == trigger
    assert copy.deepcopy(trigger) == trigger


# --- fields -----------------------------------------------------------------------


def test_fields_are_the_paths_in_source_order() -> None:
    text = (
        r"b.c = 1 and (a\.b or any(items, item.x = b.c and d)) or $type or received_at"
    )
    trigger = compile_trigger(text.replace("$type", "type"))
    expected = ("b.c", r"a\.b", "items", "d", "type", "received_at", "receivedAt")
    assert trigger.fields == expected
    assert trigger.paths == (
        (("b", "c"), None),
        (("a.b",), None),
        (("items",), None),
        (("d",), None),
        (("type",), None),
        (("received_at",), ("receivedAt",)),
    )


@settings(max_examples=60)
@given(conditions(), events())
def test_only_the_fields_of_a_trigger_decide(text: str, event: dict[str, Json]) -> None:
    assume(not has_errors(check_trigger(text).diagnostics))
    trigger = compile_trigger(text)
    roots = {first_key(field) for field in trigger.fields}
    kept = {key: value for key, value in event.items() if key in roots}
    assert trigger(kept) is trigger(event)


def first_key(path: str) -> str:
    root = parse_expression(Source(path)).root
    keys: tuple[str, ...] = getattr(root, "segments", ("all",))
    return keys[0]


# --- the trigger engine's dialect -------------------------------------------------


def test_a_text_is_read_as_the_engine_reads_it() -> None:
    trigger = compile_engine_text('type = "track" OR event = "A"')
    assert trigger.dialect == "trigger"
    assert trigger({"type": "track", "event": "A"}) is True
    assert trigger({"type": "track"}) is False  # there, OR means and
    assert trigger.fields == ("type", "event")


def test_what_the_engine_cannot_read_is_refused_in_its_dialect() -> None:
    with pytest.raises(FqlError) as caught:
        compile_engine_text('anonymousId = "a"')
    (found,) = caught.value.diagnostics
    assert found.code is Code.UNREADABLE_TRIGGER
    assert Span(0, len(found.source.text)).contains(found.span)


def test_a_tree_of_an_error_matches_nothing() -> None:
    trigger = compile_tree(from_json({"error": "no text"}))
    assert [trigger(event) for event in SAMPLES] == [False] * len(SAMPLES)
    assert (trigger.text, trigger.fields) == ("", ())


def test_a_tree_has_the_text_that_the_engine_gives_it() -> None:
    trigger = compile_tree(from_json(GROUP))
    assert trigger.text == 'type = "track" and properties.a.b > 5'
    assert [trigger(event) for event in SAMPLES] == [False, False, True, False]


# --- sharing ----------------------------------------------------------------------


def fields_of(trigger: Trigger) -> tuple[str, ...]:
    return trigger.fields


def test_threads_share_a_trigger() -> None:
    trigger = compile_trigger(
        "any(properties.items, item.n > 5 and item.n = properties.n)"
    )
    given: list[dict[str, Json]] = [
        {"properties": {"n": n, "items": [{"n": n - 1}, {"n": n}]}} for n in range(50)
    ]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(trigger, given * 100))
        fields = set(pool.map(fields_of, [trigger] * 50))
    assert answers == [n % 50 > 5 for n in range(5_000)]
    assert fields == {("properties.items", "properties.n")}
