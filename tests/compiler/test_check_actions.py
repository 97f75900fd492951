"""Tests of the checks of filter actions."""

from __future__ import annotations

import pytest

from fql.compiler.check_actions import check_action
from fql.grammar import nodes
from fql.grammar.diagnostics import Code, Diagnostic
from fql.grammar.parse import parse_program
from fql.grammar.source import Source


def findings(action: str) -> list[Diagnostic]:
    text = f'destination a: webhook {{ filter "f" when all {{ {action} }} }}'
    source = Source(text)
    parsed = parse_program(source)
    assert parsed.diagnostics == ()
    (destination,) = parsed.root.declarations
    assert isinstance(destination, nodes.DestinationDeclaration)
    (only,) = destination.filters[0].actions
    return list(check_action(source, only))


@pytest.mark.parametrize(
    "action",
    [
        "drop",
        "sample 0",
        "sample 1 by userId",
        "sample 0.05",
        "drop_properties context.traits [email, phone]",
        'allow_properties "" [userId]',
        "drop_properties traits [address\\.city]",
    ],
)
def test_a_plain_action_is_left_alone(action: str) -> None:
    assert findings(action) == []


@pytest.mark.parametrize(
    ("action", "message", "help_"),
    [
        (
            "sample 50 by userId",
            "a sample is a fraction from 0 to 1; this keeps every event",
            "write `0.5` for 50 percent",
        ),
        (
            "sample 400",
            "a sample is a fraction from 0 to 1; this keeps every event",
            "write a number from 0 to 1",
        ),
        (
            "sample -0.5",
            "a sample is a fraction from 0 to 1; this drops every event",
            "write a number from 0 to 1",
        ),
    ],
)
def test_a_sample_is_a_fraction(action: str, message: str, help_: str) -> None:
    (found,) = findings(action)
    assert (found.code, found.message, found.help) == (
        Code.BAD_PERCENT,
        message,
        help_,
    )


@pytest.mark.parametrize(
    ("action", "name", "spelling"),
    [
        (
            "drop_properties traits [address.city]",
            "address.city",
            "traits.address [city]",
        ),
        ('drop_properties "" [id, "a.b.c"]', '"a.b.c"', "a.b [c]"),
        ("allow_properties properties [cart.id]", "cart.id", "properties.cart [id]"),
    ],
)
def test_a_name_with_a_dot_gets_the_right_spelling(
    action: str, name: str, spelling: str
) -> None:
    (found,) = findings(action)
    assert found.code is Code.DOTTED_NAME
    assert not found.is_error
    assert found.source.slice(found.span) == name
    assert f"`{spelling}`" in found.help
