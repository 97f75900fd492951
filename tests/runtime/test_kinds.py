"""Programs compared with the kinds of their destinations."""

from __future__ import annotations

import json
import pickle
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import SecretStr

import fql
from fql.grammar.diagnostics import Code, FqlError
from fql.grammar.source import Source
from fql.runtime.assemble import Terms
from fql.runtime.destinations.registry import Registry, shipped_registry
from fql.runtime.kinds import beside
from fql.runtime.load import check_program, load
from tests.runtime.destinations.declaring import TICKETS, declared

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from fql.grammar.diagnostics import Diagnostic
    from fql.runtime.destinations.definitions import Definition
    from fql.runtime.workspace import Workspace

TERMS = Terms(registry=shipped_registry().with_(declared()))
MAPPING = (
    'mapping "m" when type = "track" and exists(userId) send create { id: userId }'
)


def tickets(settings: str, mapping: str = MAPPING) -> Source:
    return Source(f"destination t: tickets {{ {settings} {mapping} }}", "a.fql")


def checked(source: Source) -> list[Diagnostic]:
    return check_program(source, terms=TERMS)


def codes(source: Source) -> list[Code]:
    return [each.code for each in checked(source)]


def loaded(source: Source, environment: Mapping[str, str]) -> Workspace:
    return load(source, environment=environment, terms=TERMS)


GOOD = 'settings { host: "h", token: env("TOKEN") }'


def test_a_program_that_fits_has_no_findings() -> None:
    assert checked(tickets(GOOD)) == []


@pytest.mark.parametrize(
    ("settings", "code", "at", "said"),
    [
        ('host: "h"', Code.BAD_SETTING, "t", "`token` is required but is missing"),
        ('host: 1, token: env("T"), retries: "x"', Code.BAD_SETTING, '"x"', "whole"),
        ('host: ["a", "b"], token: env("T")', Code.BAD_SETTING, "host", "one value"),
        ('host: "h", token: "abc"', Code.SECRET_IN_FILE, '"abc"', "stands in the file"),
        (
            'host: "h", token: env("T"), hosts: 1',
            Code.UNKNOWN_SETTING,
            "hosts",
            "unknown setting `hosts`",
        ),
        (
            'host: { a: 1 }, token: env("T")',
            Code.BAD_SETTING,
            "host",
            "must be a string",
        ),
    ],
)
def test_a_setting_that_does_not_fit_is_named(
    settings: str, code: Code, at: str, said: str
) -> None:
    (found,) = checked(tickets(f"settings {{ {settings} }}"))
    assert (found.code, found.source.slice(found.span)) == (code, at)
    assert said in found.message


def test_help_names_what_is_near_or_what_there_is() -> None:
    def helped(kind: str) -> str:
        source = Source(f"destination d: {kind} {{ }}")
        found = [each for each in checked(source) if each.code is Code.UNKNOWN_KIND]
        return found[0].help

    assert helped("webhok") == "did you mean `webhook`?"
    assert helped("zzz") == (
        "the kinds are `amplitude`, `file`, `http`, `slack`, `stdout`, `tickets`, "
        "`webhook`"
    )
    action = tickets(GOOD, "mapping 'm' when all send creat { id: 'a' }")
    assert checked(action)[0].help == "did you mean `create`?"
    setting = Source(
        "destination d: slack { settings { a: 1 } "
        "mapping 'm' when all send postToChannel "
        "{ url: 'https://a.example.com', text: 'a' } }"
    )
    assert checked(setting)[0].help == "this kind has no settings"


def test_a_secret_is_one_whatever_it_is_called(tmp_path: Path) -> None:
    kind = {**TICKETS, "settings": {"pin": {"type": "password"}}}
    kind |= {"authentication": {"scheme": "bearer", "token": "settings.pin"}}
    text = json.dumps(kind).replace("{{settings.host}}", "a.example.com")
    (tmp_path / "kind.json").write_text(text)
    body = f'destination t: tickets {{ settings {{ pin: "1234" }} {MAPPING} }}'
    head = 'workspace { definitions: "kind.json" }\n'
    source = Source(head + body, str(tmp_path / "a.fql"))
    assert codes(source) == [Code.SECRET_IN_FILE]
    shown = Source(source.text.replace('"1234"', 'env("PIN")'), source.name)
    (destination,) = loaded(shown, {"PIN": "1234"}).destinations
    assert destination.settings == {"pin": SecretStr("1234")}


def test_settings_are_as_their_kind_takes_them() -> None:
    source = tickets('settings { HOST: env("HOST"), token: env("T"), retries: "5" }')
    (destination,) = loaded(source, {"HOST": "h", "T": "x"}).destinations
    assert destination.settings == {
        "host": "h",
        "token": SecretStr("x"),
        "retries": 5,
    }
    (destination,) = loaded(tickets(GOOD), {"TOKEN": "x"}).destinations
    assert destination.settings["retries"] == 3
    assert destination.definition is not None
    assert destination.definition.name == "tickets"


def test_a_variable_that_does_not_fit_is_not_shown() -> None:
    source = tickets('settings { host: "h", token: env("T"), retries: env("N") }')
    with pytest.raises(FqlError) as caught:
        loaded(source, {"T": "x", "N": "planted-secret"})
    (found,) = caught.value.diagnostics
    assert found.code is Code.BAD_SETTING
    assert "`N`" in found.message
    assert "planted" not in str(found)


def test_a_variable_that_is_not_set_is_a_warning() -> None:
    workspace = loaded(tickets(GOOD), {})
    assert [each.code for each in workspace.diagnostics] == [Code.MISSING_ENVIRONMENT]
    assert workspace.destinations[0].settings["token"] is None


@pytest.mark.parametrize(
    ("mapping", "code"),
    [
        ("mapping 'm' when all send create { title: event }", Code.REQUIRED_FIELD),
        ("mapping 'm' when all send create { id: 'a', titel: 1 }", Code.NO_SUCH_FIELD),
        ("mapping 'm' when all send create { id: {} }", Code.FIELD_TYPE),
        ("mapping 'm' when all send create { id: userId }", Code.REQUIRED_FIELD),
        ("mapping 'm' when all send creat { id: userId }", Code.UNKNOWN_ACTION),
    ],
)
def test_mappings_are_proved_against_their_action(mapping: str, code: Code) -> None:
    assert codes(tickets(GOOD, mapping)) == [code]


def test_the_trigger_tells_the_proof_what_events_have() -> None:
    mapping = "mapping 'm' when exists(userId) send create { id: userId }"
    assert codes(tickets(GOOD, mapping)) == []


def program_json(directives: dict[str, Any]) -> Source:
    subscription = {
        "name": "m",
        "trigger": 'type = "track"',
        "actionSlug": "create",
        "settings": directives,
    }
    destination = {
        "name": "t",
        "kind": "tickets",
        "settings": {"host": "h", "token": {"$env": "T"}},
        "subscriptions": [subscription],
    }
    return Source(json.dumps({"destinations": [destination]}), "a.json")


def test_directives_are_proved_too() -> None:
    (found,) = checked(program_json({"id": "a", "titel": "b"}))
    assert found.code is Code.NO_SUCH_FIELD
    assert found.pointer == "/destinations/0/subscriptions/0/settings/titel"
    assert checked(program_json({"id": "a"})) == []
    assert codes(program_json({"id": {"@nope": 1}}))[0] is not None


def test_payloads_are_validated_and_converted() -> None:
    mapping = "mapping 'm' when all send create { id: properties.id, labels: 'a' }"
    workspace = loaded(tickets(GOOD, mapping), {"TOKEN": "x"})
    event: dict[str, Any] = {"type": "track", "event": "E", "userId": "u"}
    (good,) = workspace.process({**event, "properties": {"id": 7}})
    assert good.payload == {"id": "7", "labels": ["a"]}
    (bad,) = workspace.process(event)
    assert (bad.decision.value, bad.reason) == ("discarded", "INVALID_PAYLOAD")
    assert bad.problems[0]["field"] == "id"


def test_a_loaded_program_can_be_pickled() -> None:
    text = f"""{tickets(GOOD).text}
    destination f: file {{
      settings {{ path: "a" }} mapping 'm' when all send send {{ }}
    }}
    destination s: stdout {{ mapping 'm' when all send send {{ }} }}"""
    workspace = loaded(Source(text), {"TOKEN": "x"})
    again = pickle.loads(pickle.dumps(workspace))  # noqa: S301 - our own
    assert again.destinations == workspace.destinations
    assert again.destinations[0].definition.name == "tickets"


@pytest.mark.parametrize(
    ("definitions", "found"),
    [
        ('"kinds"', []),
        ('["kinds/tickets.json"]', []),
        ('"gone.json"', [Code.FILE_UNREADABLE]),
        ('"bad.json"', [Code.BAD_MODEL]),
        ("1", [Code.UNKNOWN_KIND, Code.NOT_CONSTANT]),
    ],
)
def test_programs_name_files_that_declare_kinds(
    tmp_path: Path, definitions: str, found: list[Code]
) -> None:
    (tmp_path / "kinds").mkdir()
    (tmp_path / "kinds" / "tickets.json").write_text(json.dumps(TICKETS))
    (tmp_path / "bad.json").write_text("{}")
    text = f"workspace {{ definitions: {definitions} }}\n{tickets(GOOD).text}"
    source = Source(text, str(tmp_path / "a.fql"))
    terms = Terms(registry=shipped_registry())
    assert sorted(each.code for each in check_program(source, terms=terms)) == found
    if not found:
        data = fql.load(source, environment={"TOKEN": "x"})
        assert data.destinations[0].definition is not None


def test_programs_in_json_name_files_too(tmp_path: Path) -> None:
    path = tmp_path / "tickets.json"
    path.write_text(json.dumps(TICKETS))
    program = json.loads(program_json({"id": "a"}).text)
    program["workspace"] = {"definitions": [str(path)]}
    workspace = fql.load(program, environment={"T": "x"})
    assert workspace.destinations[0].definition is not None


def test_a_path_starts_beside_its_program() -> None:
    assert (
        beside("programs/a.fql", "kinds/b.json").as_posix() == "programs/kinds/b.json"
    )
    assert beside("<stdin>", "b.json").as_posix() == "b.json"
    assert beside("a.fql", "/kinds/b.json").as_posix() == "/kinds/b.json"


def test_a_text_with_mistakes_is_not_said_to_lack_settings() -> None:
    assert codes(tickets('settings { host: "h" token == }')) != []
    found = codes(tickets("settings { host: = }"))
    assert Code.BAD_SETTING not in found


def test_without_a_registry_kinds_are_not_looked_at() -> None:
    source = Source("destination d: nothing { mapping 'm' when all send x { a: 1 } }")
    assert check_program(source) == []
    with pytest.raises(FqlError) as caught:
        fql.load(source)
    assert [each.code for each in caught.value.diagnostics] == [Code.UNKNOWN_KIND]


def test_a_kind_that_does_not_load_is_named() -> None:
    def broken() -> Definition:
        raise ImportError("no module named 'acme_crm'")

    terms = Terms(registry=Registry({"broken": broken}))
    source = Source("destination d: broken { mapping 'm' when all send x { a: 1 } }")
    (found,) = check_program(source, terms=terms)
    assert found.code is Code.BAD_DEFINITION
    assert "no module named 'acme_crm'" in found.message


def test_a_destination_without_a_kind_was_reported_before() -> None:
    data = {"destinations": [{"name": "d", "subscriptions": []}]}
    found = check_program(data, terms=TERMS)
    assert Code.UNKNOWN_KIND not in [each.code for each in found]
