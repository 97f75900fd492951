"""``delivery { ... }``: what a program says of how a destination is delivered to."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from fql.grammar.diagnostics import Code
from fql.grammar.source import Source
from fql.runtime.convert_program import program_as_json, program_as_text
from fql.runtime.delivery.options import USUAL_OPTIONS, DeliveryOptions
from fql.runtime.delivery_settings import OPTION_NAMES, is_target, spelled_in_json
from fql.runtime.load import check_program, load

if TYPE_CHECKING:
    from fql.grammar.diagnostics import Diagnostic

ALL = {
    "allow": ["127.0.0.0/8", "::1", "crm.internal"],
    "attempts": 3,
    "batch_bytes": 5_000,
    "batch_seconds": 0.5,
    "batch_size": 100,
    "breaker_failures": 7,
    "breaker_seconds": 2,
    "concurrency": 4,
    "hours": 1,
    "ordered": True,
    "rate": 2.5,
    "timeout": 3,
}
BODY = 'send { url: "https://crm.example.com", method: "POST" }'


def text_of(options: str) -> Source:
    mapping = f'mapping "m" when all send {BODY}'
    return Source(f"destination d: webhook {{ delivery {{ {options} }}\n{mapping} }}")


def written(options: dict[str, Any]) -> str:
    return ", ".join(f"{key}: {json.dumps(value)}" for key, value in options.items())


def data_of(options: dict[str, Any]) -> dict[str, Any]:
    mapping = {
        "name": "m",
        "trigger": "all",
        "actionSlug": "send",
        "settings": {"url": "https://crm.example.com", "method": "POST"},
    }
    crm = {"name": "d", "kind": "webhook", "subscriptions": [mapping]}
    return {"destinations": [{**crm, "delivery": options}]}


def options_of(program: Source | dict[str, Any]) -> DeliveryOptions:
    (destination,) = load(program, environment={}).destinations
    return destination.delivery


def told(findings: list[Diagnostic]) -> list[tuple[Code, str, str]]:
    return [(each.code, each.source.slice(each.span), each.help) for each in findings]


EXPECTED = DeliveryOptions(**{**ALL, "allow": tuple(ALL["allow"])})  # type: ignore[arg-type]


def test_the_example_has_every_option() -> None:
    assert tuple(sorted(ALL)) == OPTION_NAMES
    assert set(OPTION_NAMES) == set(DeliveryOptions.__dataclass_fields__)


def test_every_option_is_read_in_a_text() -> None:
    assert options_of(text_of(written(ALL))) == EXPECTED


def test_every_option_is_read_in_json() -> None:
    said = {spelled_in_json(name): value for name, value in ALL.items()}
    assert options_of(data_of(said)) == EXPECTED


def test_nothing_said_is_the_usual() -> None:
    assert options_of(text_of("")) == USUAL_OPTIONS
    assert options_of(data_of({})) == USUAL_OPTIONS


def test_whole_numbers_may_be_written_as_fractions() -> None:
    options = options_of(text_of("concurrency: 4.0"))
    assert options.concurrency == 4
    assert isinstance(options.concurrency, int)


@pytest.mark.parametrize(
    ("option", "place", "help_"),
    [
        ("concurrency: 0", "0", "write a whole number from 1 to 1000"),
        ("concurrency: 1.5", "1.5", "write a whole number from 1 to 1000"),
        ('rate: "100"', '"100"', "write a number from 0.001 to 1000000"),
        ("timeout: 121", "121", "write a number from 0.1 to 120"),
        ("timeout: true", "true", "write a number from 0.1 to 120"),
        ("hours: null", "null", "write a number from 0 to 168"),
        ("ordered: 1", "1", "write true or false"),
        ('ordered: env("X")', 'env("X")', "write true or false"),
        ("attempts: { n: 1 }", "attempts", "write a whole number from 1 to 100"),
        ("attempts: [1]", "attempts", "write a whole number from 1 to 100"),
        (
            'allow: "10.0.0.0/8"',
            '"10.0.0.0/8"',
            'write a list: `["10.0.0.0/8", "crm.internal"]`',
        ),
        (
            'allow: ["10.0.0.0/99"]',
            '"10.0.0.0/99"',
            'write a network (`"10.0.0.0/8"`), an address or the name of a host',
        ),
        (
            "allow: ['crm.internal', 1]",
            "1",
            'write a network (`"10.0.0.0/8"`), an address or the name of a host',
        ),
    ],
)
def test_what_an_option_cannot_be_is_told(option: str, place: str, help_: str) -> None:
    assert told(check_program(text_of(option))) == [(Code.BAD_DELIVERY, place, help_)]


def test_unknown_options_are_told_in_the_spelling_of_the_program() -> None:
    (found,) = check_program(text_of("bach_size: 10"))
    assert (found.code, found.help) == (Code.UNKNOWN_KEY, "did you mean `batch_size`?")
    (found,) = check_program(data_of({"batch_size": 10}))
    assert (found.code, found.help) == (Code.UNKNOWN_KEY, "did you mean `batchSize`?")
    assert found.pointer == "/destinations/0/delivery/batch_size"


def test_an_option_is_said_once() -> None:
    text = "timeout: 1 } delivery { timeout: 2"
    assert [each.code for each in check_program(text_of(text))] == [
        Code.DUPLICATE_MEMBER
    ]


def test_options_survive_both_conversions() -> None:
    text = f"""\
destination d: webhook {{
  delivery {{
    concurrency: 4
    batch_size: 100
    ordered: true
    allow: ["127.0.0.0/8"]
  }}

  mapping "m" when all send {BODY}
}}
"""
    as_json = program_as_json(Source(text))
    assert as_json["destinations"][0]["delivery"] == {  # type: ignore[index, call-overload]
        "concurrency": 4,
        "batchSize": 100,
        "ordered": True,
        "allow": ["127.0.0.0/8"],
    }
    assert program_as_text(Source(json.dumps(as_json), "p.json")) == text


@pytest.mark.parametrize(
    "value",
    ["", "a b", ".", "http://a", "a..b", "10.0.0.0/99", "::1/129", "a:80", 5, None],
)
def test_what_is_no_target(value: object) -> None:
    assert not is_target(value)


@pytest.mark.parametrize(
    "value", ["10.0.0.0/8", "10.0.0.1", "fd00::/8", "crm", "a.b_c"]
)
def test_what_is_a_target(value: str) -> None:
    assert is_target(value)
