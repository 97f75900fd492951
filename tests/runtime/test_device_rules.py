"""Rules for device mode do what the filters do, or are refused."""

from __future__ import annotations

import json
from math import isfinite
from typing import TYPE_CHECKING, Any

from hypothesis import assume, given
from hypothesis import strategies as st

from fql.grammar.diagnostics import Code, Severity
from fql.grammar.source import Source
from fql.runtime.device_rules import device_rules
from fql.runtime.filter_files import read_filter_file
from tests.compiler.strategies import events
from tests.runtime.device_rules_runner import run

if TYPE_CHECKING:
    from fql.compiler.values import Json
    from fql.runtime.device_rules import DeviceRules


def exported(text: str, *, source: str | None = None) -> DeviceRules:
    return device_rules(read_filter_file(Source(text)).chains, source=source)


def program(filters: str, *, order: str = "stages") -> str:
    return (
        f"workspace {{ filter_order: {order} }}\n"
        f"source web {{}}\nsource ios {{}}\n"
        f"destination crm: webhook {{ {filters}\n"
        'mapping "m" when all send send { id: userId } }'
    )


def codes_of(text: str) -> list[tuple[Code, str]]:
    return [
        (each.code, each.source.slice(each.span)) for each in exported(text).diagnostics
    ]


DROP_STAFF = 'filter "staff" when userId = "staff" { drop }'
DROP_PLAN = 'filter "plan" when type = "track" { drop_properties properties [plan] }'


def test_a_filter_becomes_a_rule() -> None:
    (rule,) = exported(program(DROP_STAFF)).rules
    assert rule == {
        "scope": "destinations",
        "target_type": "workspace::project::destination::config",
        "matchers": [
            {
                "type": "fql",
                "ir": '["=","userId",{"value":"staff"}]',
                "config": {"expr": 'userId = "staff"'},
            }
        ],
        "transformers": [[{"type": "drop"}]],
        "destinationName": "crm",
    }


def test_the_filter_for_everything_has_no_condition() -> None:
    (rule,) = exported('{"if": "all", "actions": [{"type": "DROP"}]}').rules
    assert rule["matchers"] == [{"type": "all", "ir": "", "config": {"expr": "all"}}]
    assert "destinationName" not in rule


def test_every_action_has_a_transformer() -> None:
    text = program(
        'filter "f" when all { allow_properties traits [plan] sample 1 by userId\n'
        "drop_properties context.traits [email] }"
    )
    assert exported(text).rules[0]["transformers"] == [
        [
            {
                "type": "sample_event",
                "config": {"sample": {"percent": 1, "path": "userId"}},
            },
            {
                "type": "drop_properties",
                "config": {"drop": {"context.traits": ["email"]}},
            },
            {"type": "allow_properties", "config": {"allow": {"traits": ["plan"]}}},
        ]
    ]


def test_filters_that_are_not_in_use_are_left_out() -> None:
    off = {"if": "all", "actions": [{"type": "DROP"}], "enabled": False}
    web = {"if": "all", "actions": [{"type": "DROP"}], "sourceId": "web"}
    assert exported(json.dumps(off)).rules == ()
    assert exported(json.dumps(web), source="ios").rules == ()
    assert len(exported(json.dumps(web), source="web").rules) == 1
    away = program(DROP_STAFF).replace("webhook {", "webhook from web {")
    assert exported(away, source="ios").rules == ()
    assert len(exported(away, source="web").rules) == 1


def test_conditions_that_differ_are_refused_at_their_place() -> None:
    text = program('filter "none" when type = "page" and userId = null { drop }')
    assert codes_of(text) == [(Code.DEVICE_MISSING, "userId")]


def test_warnings_are_kept_beside_the_rules() -> None:
    found = exported(program('filter "late" when received_at > 100 { drop }'))
    assert len(found.rules) == 1
    assert [(each.code, each.severity) for each in found.diagnostics] == [
        (Code.DEVICE_PATH, Severity.WARNING),
        (Code.DEVICE_ORDER, Severity.WARNING),
    ]


def test_places_in_json_are_those_of_the_whole_file() -> None:
    text = json.dumps(
        {
            "data": {
                "filters": [
                    {"if": "all", "actions": [{"type": "DROP"}]},
                    {"if": "userId = null", "actions": [{"type": "DROP"}]},
                ]
            }
        },
        indent=1,
    )
    (finding,) = exported(text).diagnostics
    assert finding.pointer == "/data/filters/1/if"
    assert text.splitlines()[finding.line - 1].strip().startswith('"if": "userId')


def test_samples_that_keep_some_are_refused() -> None:
    text = program('filter "half" when all { sample 0.5 by userId }')
    assert codes_of(text) == [(Code.DEVICE_SAMPLE, "sample 0.5 by userId")]


def test_objects_behind_dotted_keys_are_refused() -> None:
    text = program(r'filter "f" when all { drop_properties traits.a\.b [c] }')
    assert codes_of(text) == [(Code.DEVICE_PATH, r"traits.a\.b")]


def test_a_filter_that_reads_what_another_changes_is_refused() -> None:
    reader = (
        'filter "pro" when properties.plan = "pro" { drop_properties traits [age] }'
    )
    first = exported(program(DROP_PLAN + reader)).diagnostics
    assert [each.code for each in first] == [Code.DEVICE_SEQUENCE]
    assert [label.text for label in first[0].labels] == ["the earlier filter"]
    assert exported(program(reader + DROP_PLAN)).diagnostics == ()
    assert exported(program(DROP_PLAN + reader, order="listed")).diagnostics == ()


def test_filters_that_drop_come_before_those_that_change() -> None:
    reader = 'filter "pro" when properties.plan = "pro" { drop }'
    rules = exported(program(DROP_PLAN + reader))
    assert rules.diagnostics == ()
    event = {"type": "track", "properties": {"plan": "pro"}}
    assert run(rules.rules, event, "crm") is None


# --- the law ----------------------------------------------------------------------

CONDITIONS = (
    *("all", "type = 'track'", "properties.a = 1", "contains(properties.b, 'a')"),
    *("!(userId = 'a')", "properties.items.a", "traits.a != true", "event in ['a', 1]"),
)
ACTIONS: tuple[Json, ...] = (
    {"type": "DROP"},
    {"type": "SAMPLE", "percent": 0},
    {"type": "SAMPLE", "percent": 1, "path": "userId"},
    {"type": "DROP_PROPERTIES", "fields": {"properties": ["a"], "": ["userId"]}},
    {"type": "DROP_PROPERTIES", "fields": {"properties.items": ["a", "0"]}},
    {"type": "ALLOW_PROPERTIES", "fields": {"properties": ["b", "items"]}},
    {"type": "ALLOW_PROPERTIES", "fields": {"traits": ["b"]}},
)

filters = st.fixed_dictionaries(
    {
        "if": st.sampled_from(CONDITIONS),
        "actions": st.lists(st.sampled_from(ACTIONS), min_size=1, max_size=2),
    }
)


def as_accepted(event: dict[str, Any]) -> dict[str, Any]:
    """Return *event* with objects where those that get in have objects."""
    return {
        key: value
        for key, value in event.items()
        if key not in {"properties", "traits"} or isinstance(value, dict)
    }


def is_json(value: Json) -> bool:
    if isinstance(value, float):
        return isfinite(value)
    if isinstance(value, dict):
        return all(map(is_json, value.values()))
    return not isinstance(value, list) or all(map(is_json, value))


@given(
    st.lists(filters, max_size=3),
    st.sampled_from(["stages", "listed"]),
    events().filter(is_json).map(as_accepted),
)
def test_rules_leave_what_the_filters_leave(
    given_filters: list[dict[str, Any]], order: str, event: dict[str, Any]
) -> None:
    titled = [each | {"title": str(at)} for at, each in enumerate(given_filters)]
    destination = {"name": "crm", "kind": "webhook", "filters": titled}
    whole = {"workspace": {"filterOrder": order}, "destinations": [destination]}
    (chain,) = read_filter_file(Source(json.dumps(whole))).chains
    rules = device_rules([chain])
    assume(not rules.diagnostics)
    event = json.loads(json.dumps(event))
    assert run(rules.rules, event, "crm") == chain.compiled()(event).event
