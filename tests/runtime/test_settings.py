"""Settings: secrets, variables, constants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pydantic import SecretStr

from fql.grammar.diagnostics import Code
from fql.grammar.source import Source
from fql.runtime.load import check_program, load
from fql.runtime.settings import is_secret

if TYPE_CHECKING:
    from fql.grammar.diagnostics import Diagnostic


def text_of(settings: str) -> Source:
    mapping = 'mapping "m" when all send a {}'
    return Source(f"destination d: file {{ settings {{ {settings} }}\n{mapping} }}")


def data_of(settings: dict[str, Any]) -> dict[str, Any]:
    mapping = {"name": "m", "trigger": "all", "actionSlug": "a"}
    return {
        "destinations": [
            {
                "name": "d",
                "kind": "file",
                "settings": settings,
                "subscriptions": [mapping],
            }
        ]
    }


def told(findings: list[Diagnostic]) -> list[tuple[Code, str]]:
    return [(each.code, each.source.slice(each.span)) for each in findings]


@pytest.mark.parametrize(
    "name",
    [
        *("secret", "shared_secret", "sharedSecret", "CLIENT_SECRET", "secret2"),
        *("token", "accessToken", "tokens", "password", "dbPassword", "passphrase"),
        *("key", "api_key", "apiKey", "APIKey", "apikey", "write_key", "writeKeys"),
        *("credentials", "credential"),
    ],
)
def test_names_of_secrets_are_known(name: str) -> None:
    assert is_secret(name)


@pytest.mark.parametrize(
    "name", ["", "endpoint", "monkey", "keyboard", "keywords", "secretary", "region"]
)
def test_other_names_are_no_secrets(name: str) -> None:
    assert not is_secret(name)


@pytest.mark.parametrize(
    ("settings", "at"),
    [
        ('api_key: "abc"', ['"abc"']),
        ("api_key: 12345", ["12345"]),
        ('tokens: ["abc", env("A"), "def"]', ['"abc"', '"def"']),
        ('oauth: { client_secret: "abc", id: "x" }', ['"abc"']),
        ('accounts: [{ password: "abc" }]', ['"abc"']),
        ('credentials: { user: "me" }', ['"me"']),
    ],
)
def test_a_secret_in_the_file_is_an_error(settings: str, at: list[str]) -> None:
    found = check_program(text_of(settings))
    assert told(found) == [(Code.SECRET_IN_FILE, each) for each in at]
    assert "abc" not in " ".join(f"{each.message} {each.help}" for each in found)


@pytest.mark.parametrize(
    "settings",
    [
        'api_key: ""',
        "api_key: null",
        "use_api_key: true",
        'region: "eu"',
        "key: env('K')",
    ],
)
def test_what_reveals_nothing_may_stand_in_the_file(settings: str) -> None:
    assert check_program(text_of(settings)) == []


def test_help_names_a_variable_in_the_spelling_at_hand() -> None:
    (in_text,) = check_program(text_of('apiKey: "abc"'))
    (in_json,) = check_program(data_of({"apiKey": "abc"}))
    assert '`env("API_KEY")`' in in_text.help
    assert '`{"$env": "API_KEY"}`' in in_json.help
    assert in_json.pointer == "/destinations/0/settings/apiKey"


ENVIRONMENT = {"KEY": "k1", "REGION": "eu", "EMPTY": ""}


@pytest.mark.parametrize(
    "program",
    [
        text_of(
            """
            api_key: env("KEY"), region: env("REGION"), empty: env('EMPTY')
            size: -1.5, on: true, off: (false), nothing: null
            list: ["a", 1, env("REGION")]
            token: { value: env("KEY"), kinds: [] }
            """
        ),
        data_of(
            {
                "api_key": {"$env": "KEY"},
                "region": {"$env": "REGION"},
                "empty": {"$env": "EMPTY"},
                "size": -1.5,
                "on": True,
                "off": False,
                "nothing": None,
                "list": ["a", 1, {"$env": "REGION"}],
                "token": {"value": {"$env": "KEY"}, "kinds": []},
            }
        ),
    ],
    ids=["text", "json"],
)
def test_settings_are_what_they_are_where_the_program_runs(program: Any) -> None:
    settings = load(program, environment=ENVIRONMENT).destinations[0].settings
    assert settings == {
        "api_key": SecretStr("k1"),
        "region": "eu",
        "empty": "",
        "size": -1.5,
        "on": True,
        "off": False,
        "nothing": None,
        "list": ["a", 1, "eu"],
        "token": {"value": SecretStr("k1"), "kinds": []},
    }


@pytest.mark.parametrize(
    ("settings", "at", "help_"),
    [
        ("region: eu", "eu", 'write `"eu"`'),
        ("region: properties.region", "properties.region", "write a literal"),
        ("region: lower('EU')", "lower('EU')", 'or `env("NAME")`'),
        ("region: env(REGION)", "env(REGION)", 'or `env("NAME")`'),
        ("region: env('A', 'B')", "env('A', 'B')", 'or `env("NAME")`'),
        ("region: 1 = 1", "1 = 1", "write a literal"),
        ("list: ['a', b.c]", "b.c", "write a literal"),
        ("inner: { a: $.b }", "$.b", "write a literal"),
    ],
)
def test_settings_are_constants(settings: str, at: str, help_: str) -> None:
    (only,) = check_program(text_of(settings))
    assert told([only]) == [(Code.NOT_CONSTANT, at)]
    assert help_ in only.help


def test_a_bare_word_is_quoted_by_its_fix() -> None:
    (only,) = check_program(text_of("region: eu"))
    assert [each.text for each in only.edits] == ['"eu"']


@pytest.mark.parametrize(
    "settings",
    ["a: 1, a: 2", "a: 1\n}\nsettings { a: 2", "inner: { a: 1, a: 2 }"],
)
def test_a_setting_is_set_once(settings: str) -> None:
    (only,) = check_program(text_of(settings))
    assert told([only]) == [(Code.DUPLICATE_MEMBER, "a")]
    assert len(only.labels) == 1


def test_several_blocks_of_settings_are_one() -> None:
    program = text_of("a: 1\n}\nsettings { b: 2")
    assert load(program).destinations[0].settings == {"a": 1, "b": 2}


def test_an_object_with_more_than_a_variable_is_an_object() -> None:
    settings = {"a": {"$env": "X", "b": 1}, "c": {"$env": 5}}
    loaded = load(data_of(settings), environment={"X": "x"})
    assert loaded.destinations[0].settings == settings


def test_missing_variables_are_all_named() -> None:
    program = text_of('a: env("ONE"), b: [env("TWO")], c: { d: env("ONE") }')
    found = load(program, environment={}).diagnostics
    assert [each.code for each in found] == [Code.MISSING_ENVIRONMENT] * 3
    assert [each.message for each in found] == [
        *("the variable `ONE` is not set", "the variable `TWO` is not set"),
        "the variable `ONE` is not set",
    ]
