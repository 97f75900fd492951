"""Declared kinds: what is read, and what is wrong at which place."""

from __future__ import annotations

import json
import pickle
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fql.grammar.diagnostics import Code, FqlError
from fql.grammar.source import Source
from fql.runtime.destinations.definitions import Scheme
from fql.runtime.destinations.read_declared import read_declared
from tests.runtime.destinations.declaring import TICKETS, call, changed, declared

if TYPE_CHECKING:
    from pathlib import Path

    from fql.grammar.diagnostics import Diagnostic

CREATE = "/actions/create"


def nested(depth: int) -> dict[str, Any]:
    field: dict[str, Any] = {"type": "string"}
    for _ in range(depth):
        field = {"type": "object", "properties": {"a": field}}
    return field


def findings(given: dict[str, Any]) -> list[Diagnostic]:
    with pytest.raises(FqlError) as caught:
        declared(given)
    return list(caught.value.diagnostics)


def test_a_declaration_is_a_definition() -> None:
    tickets = declared()
    assert (tickets.name, tickets.title) == ("tickets", "Tickets")
    assert tickets.scheme is Scheme.BEARER
    assert [each.name for each in tickets.actions] == ["create"]
    action = tickets.action("create")
    assert action is not None
    assert action.default_trigger == 'type = "track"'
    assert action.default_mapping() == {"id": {"@path": "$.userId"}}
    assert action.batch is not None
    assert (action.batch.size, action.batch.keys) == (10, ("title",))
    assert tickets.diagnostics == ()


def test_a_kind_without_a_name_is_called_like_its_file() -> None:
    unnamed = declared(changed("/name", None))
    assert unnamed.name == "tickets"


def test_it_is_read_from_a_path_from_text_and_from_data(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(TICKETS), encoding="utf-8")
    assert read_declared(path).name == read_declared(str(path)).name == "tickets"
    assert read_declared(TICKETS).name == "tickets"


def test_a_pickle_makes_the_same_requests() -> None:
    tickets = declared()
    again = pickle.loads(pickle.dumps(tickets))  # noqa: S301 - our own
    one = call(id="a")
    assert again.actions[0].perform(one) == tickets.actions[0].perform(one)


@pytest.mark.parametrize(
    ("pointer", "value", "code", "at"),
    [
        ("/actions", {}, Code.BAD_MODEL, ""),
        (f"{CREATE}/request", None, Code.BAD_MODEL, CREATE),
        (f"{CREATE}/request/url", None, Code.BAD_MODEL, f"{CREATE}/request"),
        (f"{CREATE}/request/url", "payload.nope", Code.UNKNOWN_FIELD, "url"),
        (f"{CREATE}/request/json", "{ a = 1 }", Code.SYNTAX, "json"),
        (f"{CREATE}/request/json", "setings.host", Code.UNKNOWN_FIELD, "json"),
        (f"{CREATE}/request/headers/x-key", "nope(1)", Code.UNKNOWN_FUNCTION, "x-key"),
        (f"{CREATE}/request/form", "payload", Code.BAD_MODEL, "form"),
        (f"{CREATE}/request/method", "FETCH", Code.BAD_MODEL, "method"),
        (f"{CREATE}/request", "{ url: payload.nope }", Code.UNKNOWN_FIELD, "request"),
        (f"{CREATE}/requst", {}, Code.UNKNOWN_KEY, "requst"),
        (f"{CREATE}/trigger", "type == 1", Code.DOUBLE_EQUALS, "trigger"),
        (f"{CREATE}/fields/title/type", "strng", Code.BAD_MODEL, "type"),
        (f"{CREATE}/fields/title", nested(40), Code.TOO_DEEP, "fields"),
        (f"{CREATE}/result", "payload", Code.UNKNOWN_FIELD, "result"),
        (f"{CREATE}/batch/keys", ["titel"], Code.UNKNOWN_KEY, "0"),
        (f"{CREATE}/batch/keys", ["id"] * 4, Code.BAD_MODEL, "keys"),
        (f"{CREATE}/batch/size", 0, Code.BAD_MODEL, "size"),
        (f"{CREATE}/batch/request/json", "payload", Code.UNKNOWN_FIELD, "json"),
        (f"{CREATE}/batch/results", "{", Code.UNCLOSED_BRACKET, "results"),
        ("/authentication/scheme", "berer", Code.BAD_MODEL, "scheme"),
        ("/authentication/token", "settings.tokn", Code.UNKNOWN_FIELD, "token"),
        ("/test/url", "payload.id", Code.UNKNOWN_FIELD, "url"),
        ("/delete/url", "userId", Code.UNKNOWN_FIELD, "url"),
        ("/presets/0/action", "creat", Code.UNKNOWN_ACTION, "action"),
        ("/presets/0/trigger", "all all", Code.MISSING_OPERATOR, "trigger"),
        ("/presets/0/mapping", "{ title: event }", Code.REQUIRED_FIELD, "mapping"),
        ("/presets/0/mapping", {"id": {"@path": 1}}, Code.BAD_MODEL, "@path"),
        ("/presets/0/mapping", {"titel": "a"}, Code.NO_SUCH_FIELD, "titel"),
    ],
)
def test_a_mistake_is_named_at_its_place(
    pointer: str, value: object, code: Code, at: str
) -> None:
    found = findings(changed(pointer, value))
    assert code in [each.code for each in found]
    place = next(each.pointer for each in found if each.code is code)
    assert place is not None
    assert place.endswith(at)
    assert found[0].source.name == "kinds/tickets.json"


def test_all_mistakes_are_found_at_once() -> None:
    given = changed(f"{CREATE}/request/url", "payload.nope")
    given["test"]["url"] = "settings.nope"
    given["presets"][0]["action"] = "nope"
    assert len(findings(given)) == 3


def test_deep_fields_hide_no_other_mistake() -> None:
    given = changed(f"{CREATE}/fields/more", nested(40))
    given["test"]["url"] = "settings.nope"
    codes = {each.code for each in findings(given)}
    assert {Code.TOO_DEEP, Code.UNKNOWN_FIELD} <= codes


def test_warnings_do_not_keep_it_from_being_read() -> None:
    mapping = {"id": {"@path": "$.userId"}, "title": {"@path": "$.event"}}
    given = changed("/presets/0/mapping", mapping)
    assert declared(given).diagnostics == ()
    given["presets"][0]["trigger"] = 'type = "track"'
    (warning,) = declared(given).diagnostics
    assert warning.code is Code.REQUIRED_FIELD


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"actions": {"a": 1}}'])
def test_what_is_no_declaration_is_a_finding(text: str) -> None:
    with pytest.raises(FqlError):
        read_declared(Source(text, "a.json"))


def test_a_file_that_is_not_there_is_a_finding(tmp_path: Path) -> None:
    with pytest.raises(FqlError) as caught:
        read_declared(tmp_path / "gone.json")
    assert caught.value.diagnostics[0].code is Code.FILE_UNREADABLE


TEXTS = [
    *("/actions/create/request/url", "/actions/create/request/json"),
    *("/actions/create/batch/results", "/authentication/token", "/presets/0/mapping"),
]


@settings(max_examples=100)
@given(st.sampled_from(TEXTS), st.text(max_size=20))
def test_any_text_gives_a_definition_or_findings(pointer: str, text: str) -> None:
    """Law: a text in a declaration is compiled, or is a finding inside the file."""
    given = changed(pointer, text)
    try:
        declared(given)
    except FqlError as error:
        for found in error.diagnostics:
            assert 0 <= found.span.start <= found.span.end <= len(found.source.text)
