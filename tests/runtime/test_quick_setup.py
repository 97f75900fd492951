"""Quick set-up: programs that are sound and canonical from the start."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from fql.grammar.diagnostics import has_errors
from fql.grammar.format import format_program
from fql.grammar.parse import parse_program
from fql.grammar.source import Source
from fql.runtime.assemble import Terms
from fql.runtime.destinations.registry import shipped_registry
from fql.runtime.load import check_program
from fql.runtime.quick_setup import FILL_IN, quick_setup
from tests.runtime.destinations.declaring import changed, declared

if TYPE_CHECKING:
    from fql.runtime.destinations.definitions import Definition

SHIPPED = sorted(shipped_registry())


def kind(name: str) -> Definition:
    found = shipped_registry().get(name)
    assert found is not None
    return found


@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize("is_blank", [False, True])
def test_a_program_for_a_shipped_kind_is_sound(name: str, *, is_blank: bool) -> None:
    text = quick_setup(kind(name), is_blank=is_blank)
    found = check_program(Source(text), terms=Terms(registry=shipped_registry()))
    assert not has_errors(found)
    assert format_program(parse_program(Source(text))) == text
    assert ("\n  mapping " in text) is not is_blank


def test_secrets_come_from_the_environment() -> None:
    text = quick_setup(kind("amplitude"), name="analytics")
    assert "destination analytics: amplitude {" in text
    assert 'apiKey: env("ANALYTICS_API_KEY")' in text
    assert 'endpoint: "north_america"' in text


def test_settings_that_are_not_needed_are_comments() -> None:
    text = quick_setup(kind("webhook"))
    assert '    # sharedSecret: env("WEBHOOK_SHARED_SECRET")' in text
    assert "settings" not in quick_setup(kind("stdout"))


def test_a_blank_program_names_the_actions() -> None:
    assert "# The actions are send." in quick_setup(kind("http"), is_blank=True)


def bare(**fields: Any) -> str:
    given = changed("/presets", [])
    action = given["actions"]["create"]
    action["fields"] = {
        name: {"required": True, **each} for name, each in fields.items()
    }
    action["request"] = {"url": '"https://a.example.com"'}
    del action["batch"]
    definition = declared(given)
    text = quick_setup(definition)
    terms = Terms(registry=shipped_registry().with_(definition))
    assert not has_errors(check_program(Source(text), terms=terms))
    return text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ({"type": "string"}, '"{{event}}"'),
        ({"type": "string", "format": "uri"}, '"https://example.com/"'),
        ({"type": "string", "format": "email"}, '"somebody@example.com"'),
        ({"type": "string", "choices": ["a", "b"]}, '"a"'),
        ({"type": "string", "multiple": True}, '["{{event}}"]'),
        ({"type": "integer"}, "0"),
        ({"type": "boolean"}, "false"),
        ({"type": "datetime"}, "timestamp"),
        ({"type": "object"}, "properties"),
    ],
)
def test_what_is_required_is_to_be_filled_in(field: dict[str, Any], value: str) -> None:
    assert f"x: {value}  # {FILL_IN}" in bare(x=field)


def test_an_action_is_filled_in_with_its_defaults() -> None:
    text = bare(
        **{"a b": {"type": "string", "default": {"@path": "$.event"}}},
        whole={"type": "object", "default": {"@path": "$.properties"}},
    )
    assert 'mapping "Create ticket" when type = "track" send create {' in text
    assert '"a b": event' in text
    assert FILL_IN not in text


def test_a_declared_kind_is_named_by_its_file() -> None:
    text = quick_setup(declared(), declared_in="kinds/tickets.json")
    assert 'workspace { definitions: "kinds/tickets.json" }' in text
    assert "`fql destinations kinds/tickets.json`" in text


@pytest.mark.parametrize("name", ["", "a b", "1a", 'a"', "a: b {"])
def test_a_name_has_to_be_one(name: str) -> None:
    with pytest.raises(ValueError, match="is no name"):
        quick_setup(kind("slack"), name=name)
