"""Programs from texts to JSON and back: what runs is the same."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from fql.grammar.diagnostics import Code, FqlError
from fql.grammar.source import Source
from fql.runtime.convert_program import program_as_json, program_as_text
from fql.runtime.draft_json import path_keys
from fql.runtime.load import load
from fql.runtime.print_json import path_text

PROGRAM = """\
workspace { plan: "business", filter_order: "listed" }

source website {
  write_key: env("KEY")
  list: [1, null, { deep: true }]
}

source app {}

destination crm: webhook from website, app {
  settings { secret: env("SECRET"), retries: 3 }

  filter "PII" when all {
    drop_properties context.traits [email, phone]
    drop_properties "" [userId]
  }
  disabled filter "half" when type = "page" and a.b\\.c = 1 { sample 0.5 by a.b\\.c }
  filter "few" when event = "x" { allow_properties properties [total] }
  filter "tests" when contains(event, "Test") { drop }

  mapping "Order" when type = "track" and event = "Order" send send {
    url: "x"
    nested: { id: userId ?? anonymousId }
  }

  disabled mapping "Page" when type = "page" send send { url: "y" }
}

disabled destination other: webhook {}
"""


def as_text(whole: Any, **options: bool) -> str:
    return program_as_text(Source(json.dumps(whole), "p.json"), **options)


def as_json(text: str, **options: bool) -> Any:
    return program_as_json(Source(text, "p.fql"), **options)


def test_a_program_is_the_same_after_both_ways() -> None:
    assert as_text(as_json(PROGRAM)) == PROGRAM


def test_json_has_the_shapes_of_the_public_api() -> None:
    whole = as_json(PROGRAM)
    assert whole["workspace"] == {"plan": "business", "filterOrder": "listed"}
    assert whole["sources"][0] == {
        "slug": "website",
        "enabled": True,
        "settings": {
            "write_key": {"$env": "KEY"},
            "list": [1, None, {"deep": True}],
        },
    }
    crm, other = whole["destinations"]
    assert (other["enabled"], "sources" in other) == (False, False)
    assert crm["sources"] == ["website", "app"]
    assert crm["filters"][0] == {
        "title": "PII",
        "if": "all",
        "actions": [
            {
                "type": "DROP_PROPERTIES",
                "fields": {"context.traits": ["email", "phone"]},
            },
            {"type": "DROP_PROPERTIES", "fields": {"": ["userId"]}},
        ],
        "enabled": True,
    }
    assert crm["filters"][1]["actions"] == [
        {"type": "SAMPLE", "percent": 0.5, "path": r"a.b\.c"}
    ]
    assert crm["subscriptions"][1] == {
        "name": "Page",
        "trigger": 'type = "page"',
        "actionSlug": "send",
        "settings": {"url": "y"},
        "enabled": False,
    }


def test_what_runs_is_the_same() -> None:
    event: Any = {"type": "track", "event": "Order", "userId": "u", "anonymousId": "a"}
    environment = {"KEY": "k", "SECRET": "s"}
    outcomes = [
        load(source, environment=environment).process(event)
        for source in (
            Source(PROGRAM, "p.fql"),
            Source(as_text(as_json(PROGRAM)), "q.fql"),
        )
    ]
    assert [each.to_dict() for each in outcomes[0]] == [
        each.to_dict() for each in outcomes[1]
    ]


MAPPED: dict[str, Any] = {
    "sources": [{"id": "s1", "slug": "web"}],
    "destinations": [
        {
            "name": "crm",
            "kind": "webhook",
            "sourceId": "s1",
            "filters": [{"title": "f", "if": "all", "actions": [], "sourceId": "s1"}],
            "subscriptions": [
                {
                    "name": "M",
                    "trigger": 'type = "track"',
                    "actionSlug": "send",
                    "settings": {
                        "url": {"@path": "$.userId"},
                        "data": {"@path": "$.properties.total"},
                        "__proto__": 1,
                    },
                }
            ],
        }
    ],
}


def test_members_that_need_it_are_wrapped_each() -> None:
    text = as_text(MAPPED)
    assert "    url: userId\n    data: original(properties.total)\n" in text
    assert "from web {" in text
    plain = as_text(MAPPED, is_exact=False)
    assert "{ url: userId, data: properties.total }" in plain


def disable_the_source(whole: Any) -> None:
    whole["sources"][0].update(enabled=False)


def widen_the_filter(whole: Any) -> None:
    whole["destinations"][0].pop("sourceId")


def map_the_whole_event(whole: Any) -> None:
    whole["destinations"][0]["subscriptions"][0].update(settings={"@path": "$."})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (disable_the_source, "a program text has no disabled sources"),
        (widen_the_filter, "a program text has no filters for a single source"),
        (
            map_the_whole_event,
            "no text says `@path` in a program, whose mappings are objects",
        ),
    ],
)
def test_what_a_text_cannot_say_is_refused(change: Any, message: str) -> None:
    whole = copy.deepcopy(MAPPED)
    change(whole)
    with pytest.raises(FqlError) as caught:
        as_text(whole)
    (found,) = caught.value.diagnostics
    assert (found.code, found.message) == (Code.NO_TEXT, message)
    assert found.pointer


def test_what_directives_cannot_say_is_refused_at_its_place() -> None:
    text = PROGRAM.replace("userId ?? anonymousId", "number(a)")
    with pytest.raises(FqlError) as caught:
        as_json(text)
    (found,) = caught.value.diagnostics
    assert found.source.slice(found.span) == "number"
    with pytest.raises(FqlError):
        as_json(PROGRAM.replace('url: "x"', "url: a.b"), is_exact=True)


def test_a_program_with_errors_is_refused() -> None:
    with pytest.raises(FqlError):
        as_json("destination {")
    with pytest.raises(FqlError):
        program_as_text(Source("[]", "p.json"))


@pytest.mark.parametrize("keys", [(), ("a",), ("a.b", "c\\"), ("a", "\\.")])
def test_paths_in_json_read_back(keys: tuple[str, ...]) -> None:
    assert path_keys(path_text(keys)) == keys
