"""Texts that come again: the same trigger or mapping, as long as all is the same."""

from __future__ import annotations

import gc
import weakref
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings

import fql
from fql.compiler.functions import FUNCTIONS
from fql.compiler.recent import (
    KEPT,
    KEPT_WITH_SCHEMA,
    LONGEST,
    recent_engine_text,
    recent_mapping,
    recent_trigger,
)
from fql.compiler.schema import Schema
from fql.compiler.trigger import compile_trigger
from fql.grammar.source import Source
from tests.compiler.strategies import conditions

if TYPE_CHECKING:
    from collections.abc import Callable

TEXT = 'type = "track"'
BODY = "{ id: userId }"
PLAN: dict[str, Any] = {"Order": {"type": "object", "properties": {}}}


@pytest.mark.parametrize(
    ("compile_", "text"),
    [(recent_trigger, TEXT), (recent_engine_text, TEXT), (recent_mapping, BODY)],
)
def test_a_text_that_comes_again_is_not_compiled_again(
    compile_: Callable[[str | Source], object], text: str
) -> None:
    first = compile_(text)
    assert compile_("".join(text)) is first
    named = compile_(Source(text, "file.fql"))
    assert named is not first
    assert compile_(Source(text, "file.fql")) is not named
    long = f"{text}{' ' * LONGEST}"
    assert compile_(long) is not compile_(long)


def test_the_public_functions_share_what_is_recent() -> None:
    assert fql.compile(TEXT) is fql.compile(TEXT)
    assert fql.compile(TEXT, dialect="trigger") is fql.compile(TEXT, dialect="trigger")
    assert fql.compile_mapping(BODY) is fql.compile_mapping(BODY)
    assert fql.compile_mapping(BODY, when=TEXT) is fql.compile_mapping(BODY, when=TEXT)


def test_every_setting_tells_triggers_apart() -> None:
    schema = Schema.from_tracking_plan(PLAN)
    settings_: list[dict[str, Any]] = [
        {},
        {"dialect": "trigger"},
        {"strict": True},
        {"functions": FUNCTIONS.extended()},
        {"schema": schema},
        {"schema": Schema.from_tracking_plan(PLAN)},
        {"schema": schema, "strict": True},
    ]
    made = [fql.compile(TEXT, **each) for each in settings_]
    again = [fql.compile(TEXT, **each) for each in settings_]
    assert [*map(id, made)] == [*map(id, again)]
    assert len({*map(id, made)}) == len(made)
    assert fql.compile(TEXT, schema=PLAN) is not fql.compile(TEXT, schema=PLAN)


def test_every_setting_tells_mappings_apart() -> None:
    fields = fql.compile_fields({"id": {"type": "string"}})
    settings_: list[dict[str, Any]] = [
        {},
        {"strict": True},
        {"functions": FUNCTIONS.extended()},
        {"schema": Schema.from_tracking_plan(PLAN)},
        {"fields": fields},
        {"fields": fql.compile_fields({"id": {"type": "string"}})},
        {"when": TEXT},
        {"when": TEXT, "fields": fields},
    ]
    made = [fql.compile_mapping(BODY, **each) for each in settings_]
    again = [fql.compile_mapping(BODY, **each) for each in settings_]
    assert [*map(id, made)] == [*map(id, again)]
    assert len({*map(id, made)}) == len(made)
    long: dict[str, Any] = {"when": f"{TEXT}{' ' * LONGEST}"}
    assert fql.compile_mapping(BODY, **long) is not fql.compile_mapping(BODY, **long)


def test_a_text_with_errors_says_so_each_time() -> None:
    found = []
    for _ in range(2):
        with pytest.raises(fql.FqlError) as caught:
            fql.compile("nothing(event)")
        found.append(caught.value)
    assert found[0] is not found[1]
    assert found[0].diagnostics == found[1].diagnostics


def test_no_more_than_a_few_are_kept() -> None:
    schema = Schema()
    kept = weakref.ref(recent_trigger("a = 0"))
    with_schema = weakref.ref(recent_trigger("a = 0", schema=schema))
    for number in range(1, KEPT_WITH_SCHEMA + 1):
        recent_trigger(f"a = {number}", schema=schema)
    for number in range(1, KEPT):
        recent_trigger(f"a = {number}")
    gc.collect()
    assert kept() is not None
    assert with_schema() is None
    recent_trigger(f"a = {KEPT}")
    gc.collect()
    assert kept() is None


@settings(max_examples=60)
@given(conditions())
def test_what_is_recent_is_what_compiling_gives(text: str) -> None:
    try:
        wanted = compile_trigger(text)
    except fql.FqlError as error:
        with pytest.raises(fql.FqlError) as caught:
            recent_trigger(text)
        assert caught.value.diagnostics == error.diagnostics  # noqa: PT017 - either
    else:
        found = recent_trigger(text)
        assert found == wanted
        assert found.diagnostics == wanted.diagnostics


def test_threads_may_ask_for_the_same() -> None:
    texts = [f"thread = {number % 7}" for number in range(700)]
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(recent_trigger, texts))
    assert [each.text for each in made] == texts
    assert [each({"thread": 3}) for each in made] == [n % 7 == 3 for n in range(700)]
