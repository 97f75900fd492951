"""Filters that miss their aim are warned of, and others are not."""

from __future__ import annotations

import pytest

from fql.grammar.diagnostics import Code, Severity
from fql.grammar.source import Source
from fql.runtime.load import check_program, compile_filter


def found(inside: str) -> list[tuple[Code, str]]:
    """Return the warnings of a destination's filters, and the texts they stand at."""
    text = f"""destination d: file {{
      {inside}
      mapping "m" when all send a {{}}
    }}"""
    findings = check_program(Source(text))
    assert {each.severity for each in findings} <= {Severity.WARNING}
    return [(each.code, each.source.slice(each.span)) for each in findings]


def of_actions(actions: str) -> list[tuple[Code, str]]:
    return found(f'filter "f" when type = "track" {{ {actions} }}')


# --- one filter -------------------------------------------------------------------


@pytest.mark.parametrize(
    "actions",
    [
        "drop",
        "sample 0.5",
        "sample 0 by userId",
        "drop_properties traits [email]",
        r"drop_properties traits [a\.b]",
        'drop_properties "" [userId]',
        "allow_properties properties [a, b]",
        "allow_properties properties [a, b] allow_properties properties [b, c]",
        "allow_properties properties [a] allow_properties traits [b]",
        "allow_properties properties [a, b] drop_properties properties [b]",
        'allow_properties "" [type, userId]',
        "sample 1 drop_properties traits [email]",
    ],
)
def test_filters_that_do_something_are_fine(actions: str) -> None:
    assert of_actions(actions) == []


@pytest.mark.parametrize("actions", ["", "sample 1", "sample 1.0 sample 1 by userId"])
def test_a_filter_that_does_nothing_is_warned_of(actions: str) -> None:
    assert of_actions(actions) == [(Code.NO_EFFECT, '"f"')]


@pytest.mark.parametrize("percent", ["50", "-0.1", "1.5"])
def test_a_sample_is_a_fraction(percent: str) -> None:
    assert of_actions(f"sample {percent}") == [(Code.BAD_PERCENT, percent)]


@pytest.mark.parametrize("verb", ["drop_properties", "allow_properties"])
def test_a_name_with_a_dot_says_the_right_spelling(verb: str) -> None:
    text = f"""destination d: file {{
      filter "f" when type = "track" {{ {verb} context [traits.email, ip] }}
      mapping "m" when all send a {{}}
    }}"""
    (only,) = check_program(Source(text))
    assert only.code is Code.DOTTED_NAME
    assert "context.traits [email]" in only.help


@pytest.mark.parametrize(
    ("actions", "at"),
    [
        (
            "allow_properties a [b] allow_properties a [c]",
            "allow_properties a [c]",
        ),
        (
            "allow_properties a [b, c] drop_properties a [c, b]",
            "allow_properties a [b, c]",
        ),
        ('allow_properties "" [userId]', 'allow_properties "" [userId]'),
    ],
)
def test_lists_that_leave_nothing_needed_are_warned_of(actions: str, at: str) -> None:
    assert of_actions(actions) == [(Code.EMPTIED_OBJECT, at)]


def test_an_empty_list_in_json_leaves_nothing() -> None:
    action = {"type": "ALLOW_PROPERTIES", "fields": {"traits": []}}
    only = compile_filter({"if": "type = 'track'", "actions": [action]})
    assert [(each.code, each.pointer) for each in only.diagnostics] == [
        (Code.EMPTIED_OBJECT, "/actions/0/fields/traits")
    ]


# --- filters together -------------------------------------------------------------


def pair(one: str, other: str) -> str:
    return f'filter "one" when {one} {{ drop }} filter "two" when {other} {{ drop }}'


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('type != "track"', 'type != "page"'),
        ('!(type = "track")', '!(type = "page" and event = "A")'),
        ('!(type in ["track", "page"])', 'type != "group" or userId = "a"'),
        ('!(type = "track" or type = "page")', '!(type in ["group"])'),
        ("contains(event, 'A')", "!contains(event, 'A')"),
        ("!(contains(event, 'A'))", "(contains(event, 'A'))"),
        ("received_at < '2026-01-01'", "!(received_at < '2026-01-01')"),
        ("properties.n != 1", "properties.n != 2"),
        ("properties.n != 1", "properties.n != true"),
    ],
)
def test_filters_that_spare_different_events_let_nothing_pass(
    one: str, other: str
) -> None:
    assert found(pair(one, other)) == [(Code.NOTHING_PASSES, '"two"')]
    assert found(pair(other, one)) == [(Code.NOTHING_PASSES, '"two"')]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('type != "track"', 'type != "track"'),
        ('type != "track"', 'event != "A"'),
        ('!(type in ["track", "page"])', 'type != "track"'),
        ('!(type = "track" or event = "A")', 'type != "page"'),
        ('type = "track"', 'type = "page"'),
        ("properties.n != 1", "properties.n != 1.0"),
        ("contains(event, 'A')", "!contains(event, 'B')"),
        ('type != "track"', "type != event"),
        ('!(type = "track")', '!(type in [event, "page"])'),
    ],
)
def test_filters_that_spare_some_event_together_are_fine(one: str, other: str) -> None:
    assert found(pair(one, other)) == []


def test_three_filters_may_shut_together() -> None:
    inside = "".join(
        f'filter "{each}" when !(type in [{names}]) {{ drop }}\n'
        for each, names in (
            ("a", '"track", "page"'),
            ("b", '"page", "group"'),
            ("c", '"group", "track"'),
        )
    )
    assert found(inside) == [(Code.NOTHING_PASSES, '"c"')]


@pytest.mark.parametrize(
    "inside",
    [
        """filter "one" when type != "track" { drop }
           disabled filter "two" when type != "page" { drop }""",
        """filter "one" when type != "track" { drop }
           filter "two" when type != "page" { sample 0.5 }""",
    ],
)
def test_only_enabled_filters_that_drop_count(inside: str) -> None:
    assert found(inside) == []


@pytest.mark.parametrize(("other", "count"), [("s2", 0), ("s1", 1)])
def test_filters_of_different_sources_do_not_meet(other: str, count: int) -> None:
    filters = [
        {
            "title": source,
            "sourceId": source,
            "if": f"type != '{kind}'",
            "actions": [{"type": "DROP"}],
        }
        for source, kind in (("s1", "track"), (other, "page"))
    ]
    mapping = {"name": "m", "trigger": "all", "actionSlug": "a"}
    data = {
        "destinations": [
            {
                "name": "d",
                "kind": "file",
                "filters": filters,
                "subscriptions": [mapping],
            }
        ]
    }
    codes = [each.code for each in check_program(data)]
    assert codes.count(Code.NOTHING_PASSES) == count
