"""Checks of whole programs: names, titles, limits of plans, destinations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fql.grammar.diagnostics import Code, Severity
from fql.grammar.parse import parse_expression
from fql.grammar.source import Source
from fql.runtime.check_workspace import count_conditions
from fql.runtime.load import check_program

if TYPE_CHECKING:
    from fql.grammar.diagnostics import Diagnostic

MAPPING = 'mapping "m" when all send a {}'


def found(text: str) -> list[Diagnostic]:
    return check_program(Source(text))


def told(text: str) -> list[tuple[Code, str]]:
    """Return the codes of the findings, and the texts that they stand at."""
    return [(each.code, each.source.slice(each.span)) for each in found(text)]


def destination(inside: str, *, plan: str = "") -> str:
    head = f"workspace {{ plan: {plan} }}\n" if plan else ""
    return f"{head}destination d: file {{\n{inside}\n}}"


# --- names ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("source a {}\nsource b {}\nsource a {}", "a"),
        (
            f"destination d: file {{ {MAPPING} }}\ndestination d: file {{ {MAPPING} }}",
            "d",
        ),
    ],
)
def test_two_sources_or_destinations_of_one_name_are_errors(text: str, at: str) -> None:
    (only,) = found(text)
    assert (only.code, only.severity) == (Code.DUPLICATE_NAME, Severity.ERROR)
    assert only.source.slice(only.span) == at
    (label,) = only.labels
    assert label.span < only.span


@pytest.mark.parametrize(
    "inside",
    [
        'mapping "m" when all send a {}\nmapping "m" when all send b {}',
        f"""filter "f" when type = "page" {{ drop }}
            filter "f" when type = "group" {{ drop }} {MAPPING}""",
    ],
)
def test_two_filters_or_mappings_of_one_name_are_warned_of(inside: str) -> None:
    (only,) = found(destination(inside))
    assert (only.code, only.severity) == (Code.DUPLICATE_NAME, Severity.WARNING)


def test_names_of_different_kinds_may_be_the_same() -> None:
    filter_ = 'filter "m" when a = 1 { drop }'
    text = f"source a {{}}\ndestination a: a {{ {filter_} {MAPPING} }}"
    assert found(text) == []


def test_two_destinations_may_have_filters_of_one_name() -> None:
    filter_ = f'filter "f" when userId = "a" {{ drop }} {MAPPING}'
    assert (
        found(f"destination a: f {{ {filter_} }} destination b: f {{ {filter_} }}")
        == []
    )


def test_the_workspace_is_declared_once() -> None:
    text = "workspace { plan: business }\nworkspace { plan: business }"
    ((code, at),) = told(text)
    assert (code, at) == (Code.DUPLICATE_NAME, "workspace { plan: business }")


@pytest.mark.parametrize(
    ("text", "code", "at", "help_"),
    [
        (
            "workspace { plan: selfservice }",
            Code.BAD_MODEL,
            "selfservice",
            "did you mean `self_service`?",
        ),
        ("workspace { plan: 'gold' }", Code.BAD_MODEL, "'gold'", "write one of"),
        (
            "workspace { filter_order: listd }",
            Code.BAD_MODEL,
            "listd",
            "did you mean `listed`?",
        ),
        ("workspace { plans: business }", Code.UNKNOWN_KEY, "plans", "`plan`"),
        ("workspace { owner: 'me' }", Code.UNKNOWN_KEY, "owner", "a workspace has"),
        ("workspace { plan: 5 }", Code.NOT_CONSTANT, "5", "literal"),
        ("workspace { plan: a.b }", Code.NOT_CONSTANT, "a.b", "literal"),
    ],
)
def test_what_a_workspace_says_is_checked(
    text: str, code: Code, at: str, help_: str
) -> None:
    (only,) = found(text)
    assert (only.code, only.source.slice(only.span)) == (code, at)
    assert help_ in only.help


def test_a_word_that_did_not_parse_is_reported_once() -> None:
    findings = found("workspace { plan: == }")
    assert findings
    assert Code.NOT_CONSTANT not in {each.code for each in findings}


def test_unknown_sources_are_errors_with_a_suggestion() -> None:
    text = f"source web {{}}\ndestination d: file from wbe, app {{ {MAPPING} }}"
    near, far = found(text)
    assert {near.code, far.code} == {Code.UNKNOWN_SOURCE}
    assert near.help == "did you mean `web`?"
    assert far.help == "the sources are `web`"


def test_without_sources_none_can_be_named() -> None:
    (only,) = found(f"destination d: file from web {{ {MAPPING} }}")
    assert (only.code, only.help) == (Code.UNKNOWN_SOURCE, "no source is declared")


# --- destinations -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("inside", "help_"),
    [("", "add a mapping"), (f"disabled {MAPPING}", "enable one of its mappings")],
)
def test_a_destination_that_sends_nothing_is_warned_of(inside: str, help_: str) -> None:
    (only,) = found(destination(inside))
    assert (only.code, only.severity) == (Code.NO_ENABLED_MAPPING, Severity.WARNING)
    assert only.source.slice(only.span) == "d"
    assert only.help.startswith(help_)
    assert found(f"disabled {destination(inside)}") == []


@pytest.mark.parametrize(("length", "count"), [(64, 0), (65, 2)])
def test_titles_have_64_characters(length: int, count: int) -> None:
    title = "é" * length
    inside = f"""filter "{title}" when type = "page" {{ drop }}
                 mapping "{title}" when all send a {{}}"""
    codes = [each.code for each in found(destination(inside))]
    assert codes == [Code.TITLE_LONG] * count


def test_nothing_is_missed_in_a_text_that_could_not_be_read() -> None:
    text = destination('filter "f" when all { }\nmapping "m" when = 1 send a {')
    assert {each.severity for each in found(text)} == {Severity.ERROR}


# --- plans ------------------------------------------------------------------------


def mappings(count: int) -> str:
    lines = [
        f'mapping "m{number}" when all send a{number} {{}}' for number in range(count)
    ]
    return "\n".join(lines)


def filters(count: int) -> str:
    lines = [
        f'filter "f{number}" when event = "{number}" {{ drop }}'
        for number in range(count)
    ]
    return "\n".join([*lines, MAPPING])


CONDITIONS = 'mapping "m" when type = "track" and a = 1 and b = 2 send a {}'


@pytest.mark.parametrize("plan", ["self_service", "business"])
@pytest.mark.parametrize(
    ("inside", "code", "at"),
    [
        (mappings(51), Code.TOO_MANY_MAPPINGS, '"m50"'),
        (filters(11), Code.TOO_MANY_FILTERS, '"f10"'),
    ],
)
def test_a_plan_limits_filters_and_mappings(
    plan: str, inside: str, code: Code, at: str
) -> None:
    assert told(destination(inside, plan=plan)) == [(code, at)]
    assert found(destination(inside)) == []


@pytest.mark.parametrize("inside", [mappings(50), filters(10)])
def test_what_a_plan_allows_is_allowed(inside: str) -> None:
    assert found(destination(inside, plan="self_service")) == []


def test_only_the_smallest_plan_limits_conditions() -> None:
    whole = 'type = "track" and a = 1 and b = 2'
    limited = told(destination(CONDITIONS, plan="self_service"))
    assert limited == [(Code.TOO_MANY_CONDITIONS, whole)]
    assert found(destination(CONDITIONS, plan="business")) == []
    assert found(destination(CONDITIONS)) == []


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("all", 0),
        ("a", 1),
        ("!a", 1),
        ("a = 1 and (b = 2 or !(c = 3 and d))", 4),
        ("contains(a, 'b') or any(c, item = 1 and item = 2)", 2),
        ("a in [1, 2, 3]", 1),
    ],
)
def test_conditions_are_what_and_and_or_join(text: str, count: int) -> None:
    assert count_conditions(parse_expression(Source(text)).root) == count
