"""Previews: the result, and who decided."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from fql.grammar.diagnostics import Code, FqlError
from fql.grammar.source import Source
from fql.runtime.filter_files import read_filter_file
from fql.runtime.load import compile_filter
from fql.runtime.previews import event_in, payload_in, preview
from tests.runtime.failing import FAILING

if TYPE_CHECKING:
    from fql.runtime.previews import Preview

DROP: dict[str, Any] = {"type": "DROP"}
STAFF: dict[str, Any] = {
    "title": "staff",
    "if": "type = 'page' or userId = 'staff'",
    "actions": [DROP],
}
PLAN: dict[str, Any] = {
    "title": "plan",
    "if": "exists(userId)",
    "actions": [{"type": "DROP_PROPERTIES", "fields": {"": ["userId"]}}],
}


def previewed(value: object, event: dict[str, Any]) -> Preview:
    (chain,) = read_filter_file(Source(json.dumps(value))).chains
    return preview(chain, event)


def test_the_condition_that_dropped_the_event_is_named() -> None:
    given = previewed([PLAN, STAFF], {"userId": "staff"})
    assert given.result is None
    assert given.reasons().splitlines() == [
        'dropped by "staff" (DROP), which matches because',
        "  true   userId = 'staff'   (userId is the string \"staff\")",
    ]


def test_what_let_the_event_pass_is_named_for_every_filter() -> None:
    event: dict[str, Any] = {"userId": "u1", "type": "track"}
    given = previewed([PLAN, STAFF], event)
    assert given.result == {"type": "track"}
    assert given.reasons().splitlines() == [
        '"plan" (DROP_PROPERTIES) matches because',
        '  true   exists(userId)   (userId is the string "u1")',
        '"staff" does not match because',
        "  false  type = 'page'   (type is the string \"track\")",
        "  false  userId = 'staff'   (userId is the string \"u1\")",
    ]
    assert event == {"userId": "u1", "type": "track"}


def test_the_json_has_the_shape_of_the_public_api() -> None:
    event: dict[str, Any] = {"userId": "u1"}
    assert previewed(PLAN, event).to_dict() == {"inputPayload": event, "result": {}}
    assert previewed(STAFF, {"type": "page"}).to_dict()["result"] is None


def test_filters_alone_take_part_though_they_are_not_enabled() -> None:
    assert previewed(STAFF | {"enabled": False}, {"type": "page"}).result is None


def test_disabled_filters_of_a_program_take_no_part() -> None:
    destination = {
        "name": "crm",
        "kind": "webhook",
        "filters": [STAFF | {"enabled": False}],
    }
    given = previewed({"destinations": [destination]}, {"type": "page"})
    assert given.result == {"type": "page"}
    assert given.reasons() == "there is no filter"


def test_listed_filters_are_asked_about_what_is_left() -> None:
    reader = {"title": "anonymous", "if": "!exists(userId)", "actions": [DROP]}
    destination = {"name": "crm", "kind": "webhook", "filters": [PLAN, reader, STAFF]}
    whole = {"destinations": [destination]}
    staged = previewed(whole, {"userId": "u1"})
    listed = previewed(
        whole | {"workspace": {"filterOrder": "listed"}}, {"userId": "u1"}
    )
    assert staged.result == {}
    assert listed.result is None
    assert [each.filter.title for each in listed.judgements] == ["plan", "anonymous"]


def test_a_filter_that_cannot_be_evaluated_is_named() -> None:
    (chain,) = read_filter_file(Source(json.dumps(STAFF))).chains
    broken = compile_filter(STAFF | {"if": "failing(userId)"}, terms=FAILING)
    written = replace(chain.filters[0], filter=broken)
    given = preview(replace(chain, filters=(written,)), {"userId": "boom"})
    assert given.result is None
    expected = 'dropped by "staff", which cannot be evaluated: out of order'
    assert given.reasons() == expected


# --- the files --------------------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    [
        STAFF,
        [STAFF],
        {"filters": [STAFF]},
        {"data": {"filters": [STAFF], "pagination": {"current": "x"}}},
        {"data": {"filter": STAFF}},
        {"filter": STAFF, "payload": {}},
        STAFF | {"id": "f1", "sourceId": "s", "destinationId": "d", "createdAt": "x"},
    ],
)
def test_every_shape_of_the_public_api_is_read(value: Any) -> None:
    (chain,) = read_filter_file(Source(json.dumps(value))).chains
    assert [each.filter.title for each in chain.filters] == ["staff"]
    assert chain.destination is None


@pytest.mark.parametrize("text", ["[]", "{}", "[1, 2", '{"data": {"filters": []}}'])
def test_what_holds_no_filter_is_refused(text: str) -> None:
    with pytest.raises(FqlError):
        read_filter_file(Source(text))


def test_errors_of_all_filters_are_reported_at_their_pointers() -> None:
    value = [STAFF | {"if": "a ="}, STAFF, {"if": "b =", "actions": []}]
    with pytest.raises(FqlError) as caught:
        read_filter_file(Source(json.dumps(value)))
    pointers = {each.pointer for each in caught.value.diagnostics if each.is_error}
    assert pointers == {"/0/if", "/2/if"}


def test_an_event_is_an_object() -> None:
    assert event_in(Source('{"a": 1}')) == {"a": 1}
    with pytest.raises(FqlError) as caught:
        event_in(Source("[1]"))
    assert [each.code for each in caught.value.diagnostics] == [Code.EVENT_NOT_OBJECT]
    with pytest.raises(FqlError):
        event_in(Source("{"))


def test_a_request_to_preview_brings_its_payload() -> None:
    assert payload_in(Source('{"filter": {}, "payload": {"a": 1}}')) == {"a": 1}
    assert payload_in(Source('{"if": "all"}')) is None
    assert payload_in(Source("source web {}")) is None
