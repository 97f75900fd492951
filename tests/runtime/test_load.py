"""Programs, from text and from JSON: one workspace, or all that is wrong."""

from __future__ import annotations

import json
import pickle
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import SecretStr

from fql.compiler.schema import Schema
from fql.grammar.codes import ExampleKind, pages
from fql.grammar.diagnostics import Code, FqlError, Severity
from fql.grammar.source import Source
from fql.runtime.assemble import Terms
from fql.runtime.destinations.registry import shipped_registry
from fql.runtime.filter_actions import AllowProperties, Drop, DropProperties, Sample
from fql.runtime.filters import Order
from fql.runtime.load import check_program, compile_filter, is_json, load

if TYPE_CHECKING:
    from pathlib import Path

    from fql.compiler.values import Json
    from fql.grammar.codes import CodePage
    from fql.grammar.diagnostics import Diagnostic
    from fql.runtime.workspace import Workspace

TEXT = """
workspace { plan: business }
source web { write_key: env("WEB_KEY") }
source app { }

destination crm: webhook from web {
  settings { shared_secret: env("SECRET"), retries: 3, tags: ["a", "b"] }
  filter "tests" when contains(event, "Test") { drop }
  filter "PII" when all {
    drop_properties context.traits [email, phone]
    drop_properties "" [userId]
  }
  disabled filter "half" when type = "page" { sample 0.5 by context.ip }
  filter "sums" when type = "track" { allow_properties properties [total] }
  mapping "Orders" when event = "Order Completed" send order {
    id: messageId
    total: properties.total
  }
  disabled mapping "Pages" when type = "page" send page { title: name }
}
disabled destination log: file { mapping "All" when all send line { whole: $ } }
"""

DATA: dict[str, Any] = {
    "workspace": {"plan": "business"},
    "sources": [
        {"id": "s1", "slug": "web", "writeKeys": [{"$env": "WEB_KEY"}]},
        {"slug": "app", "name": "App"},
    ],
    "destinations": [
        {
            "name": "crm",
            "metadata": {"slug": "webhook", "name": "Webhook", "logos": {}},
            "sourceId": "s1",
            "enabled": True,
            "settings": {
                "shared_secret": {"$env": "SECRET"},
                "retries": 3,
                "tags": ["a", "b"],
            },
            "filters": [
                {
                    "title": "tests",
                    "if": 'contains(event, "Test")',
                    "actions": [{"type": "drop_event"}],
                },
                {
                    "title": "PII",
                    "if": "all",
                    "actions": [
                        {
                            "type": "DROP_PROPERTIES",
                            "fields": {
                                "context.traits": ["email", "phone"],
                                "": ["userId"],
                            },
                        }
                    ],
                },
                {
                    "title": "half",
                    "if": 'type = "page"',
                    "enabled": False,
                    "actions": [
                        {"type": "SAMPLE", "percent": 0.5, "path": "context.ip"}
                    ],
                },
                {
                    "title": "sums",
                    "if": 'type = "track"',
                    "actions": [
                        {
                            "type": "whitelist_fields",
                            "fields": {"properties": ["total"]},
                        }
                    ],
                },
            ],
            "subscriptions": [
                {
                    "name": "Orders",
                    "trigger": 'event = "Order Completed"',
                    "actionSlug": "order",
                    "actionId": "a1",
                    "settings": {
                        "id": {"@path": "$.messageId"},
                        "total": {"@path": "$.properties.total"},
                    },
                    "enabled": True,
                },
                {
                    "name": "Pages",
                    "trigger": 'type = "page"',
                    "actionSlug": "page",
                    "settings": {"title": {"@path": "$.name"}},
                    "enabled": False,
                },
            ],
        },
        {
            "name": "log",
            "kind": "file",
            "enabled": False,
            "subscriptions": [
                {
                    "name": "All",
                    "trigger": "all",
                    "actionSlug": "line",
                    "settings": {"whole": {"@path": "$."}},
                }
            ],
        },
    ],
}

ENVIRONMENT = {"WEB_KEY": "k1", "SECRET": "s1"}

EVENTS: list[dict[str, Json]] = [
    {
        "type": "track",
        "event": "Order Completed",
        "userId": "u1",
        "messageId": "m1",
        "properties": {"total": 5, "id": 1},
        "context": {"traits": {"email": "a@example.com"}},
    },
    {"type": "track", "event": "Test", "userId": "u1", "messageId": "m2"},
    {"type": "page", "userId": "u1", "messageId": "m3"},
    {"type": "page", "messageId": "m4"},
]


def codes(findings: list[Diagnostic] | tuple[Diagnostic, ...]) -> list[Code]:
    return [each.code for each in findings]


def errors_of(program: Any) -> list[Code]:
    with pytest.raises(FqlError) as caught:
        load(program, environment={})
    return [each.code for each in caught.value.diagnostics if each.is_error]


@pytest.fixture(params=["text", "data", "json"])
def workspace(request: pytest.FixtureRequest) -> Workspace:
    programs: dict[str, Any] = {
        "text": Source(TEXT),
        "data": DATA,
        "json": Source(json.dumps(DATA)),
    }
    return load(programs[request.param], environment=ENVIRONMENT)


# --- one workspace ----------------------------------------------------------------


def test_text_and_json_give_the_same_sources(workspace: Workspace) -> None:
    assert workspace.plan == "business"
    assert workspace.order is Order.STAGES
    assert [each.name for each in workspace.sources] == ["web", "app"]


def test_text_and_json_give_the_same_destinations(workspace: Workspace) -> None:
    crm, log = workspace.destinations
    assert (crm.name, crm.kind, crm.sources, crm.is_enabled) == (
        *("crm", "webhook", ("web",), True),
    )
    assert (log.name, log.kind, log.sources, log.is_enabled) == (
        *("log", "file", (), False),
    )
    assert crm.settings == {
        "shared_secret": SecretStr("s1"),
        "retries": 3,
        "tags": ["a", "b"],
    }


def test_text_and_json_give_the_same_filters(workspace: Workspace) -> None:
    filters = workspace.destinations[0].filters
    assert [(each.title, each.condition.text, each.is_enabled) for each in filters] == [
        ("tests", 'contains(event, "Test")', True),
        ("PII", "all", True),
        ("half", 'type = "page"', False),
        ("sums", 'type = "track"', True),
    ]
    assert [each.actions for each in filters] == [
        (Drop(),),
        (
            DropProperties(("context", "traits"), frozenset({"email", "phone"})),
            DropProperties((), frozenset({"userId"})),
        ),
        (Sample(0.5, ("context", "ip")),),
        (AllowProperties(("properties",), frozenset({"total"})),),
    ]


def test_text_and_json_give_the_same_mappings(workspace: Workspace) -> None:
    mappings = workspace.destinations[0].mappings
    told = [(each.name, each.action, each.is_enabled) for each in mappings]
    assert told == [("Orders", "order", True), ("Pages", "page", False)]
    event: dict[str, Json] = {"messageId": "m1", "properties": {"total": 5}}
    assert mappings[0].build(event) == {"id": "m1", "total": 5}


def test_text_and_json_give_the_same_outcomes(workspace: Workspace) -> None:
    outcomes = [
        [each.to_dict() for each in workspace.process(event)] for event in EVENTS
    ]
    expected = load(Source(TEXT), environment=ENVIRONMENT)
    assert outcomes == [
        [each.to_dict() for each in expected.process(event)] for event in EVENTS
    ]
    assert outcomes[0][0]["payload"] == {"id": "m1", "total": 5}
    assert [each[0]["decision"] for each in outcomes] == [
        *("built", "filtered", "discarded", "rejected"),
    ]


def test_a_workspace_without_warnings_has_none(workspace: Workspace) -> None:
    assert workspace.diagnostics == ()


def test_the_listed_order_can_be_chosen() -> None:
    text = load(Source("workspace { filter_order: listed }"))
    data = load({"workspace": {"filterOrder": "listed"}})
    assert text.order is data.order is Order.LISTED


def test_a_program_is_loaded_from_its_path(tmp_path: Path) -> None:
    (tmp_path / "a.fql").write_text(TEXT, encoding="utf-8")
    (tmp_path / "a.json").write_text(json.dumps(DATA), encoding="utf-8-sig")
    for name in ("a.fql", "a.json"):
        named = load(tmp_path / name, environment=ENVIRONMENT)
        assert load(str(tmp_path / name), environment=ENVIRONMENT).sources
        assert [each.name for each in named.destinations] == ["crm", "log"]


def test_sources_that_are_not_listed_are_implied() -> None:
    data = {
        "destinations": [
            {**DATA["destinations"][1], "name": "a", "sourceId": "s1"},
            {**DATA["destinations"][1], "name": "b", "sources": ["s2", "s1"]},
        ]
    }
    assert [each.name for each in load(data).sources] == ["s1", "s2"]


def test_a_tracking_plan_and_strictness_reach_every_part() -> None:
    plan: dict[str, Json] = {
        "Order Completed": {
            "type": "object",
            "properties": {"total": {"type": "number"}},
            "additionalProperties": False,
        }
    }
    text = """
    destination crm: webhook {
      mapping "a" when event = "Order Completed" and properties.totl > 5 send a {}
    }
    """
    terms = Terms(schema=Schema.from_tracking_plan(plan))
    (found,) = load(Source(text), terms=terms).diagnostics
    assert found.code is Code.UNKNOWN_FIELD
    strict = Terms(schema=Schema.from_tracking_plan(plan), is_strict=True)
    with pytest.raises(FqlError):
        load(Source(text), terms=strict)


# --- the environment --------------------------------------------------------------


def test_the_environment_is_the_processs_own_by_default(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("WEB_KEY", "k2")
    monkeypatch.delenv("SECRET", raising=False)
    web, crm = load(Source(TEXT)).sources[0], load(Source(TEXT)).destinations[0]
    assert web.settings == {"write_key": SecretStr("k2")}
    assert crm.settings["shared_secret"] is None


def test_a_variable_that_is_not_set_is_a_warning_of_loading_alone() -> None:
    for program in (Source(TEXT), DATA):
        found = load(program, environment={}).diagnostics
        assert codes(found) == [Code.MISSING_ENVIRONMENT] * 2
        assert {each.severity for each in found} == {Severity.WARNING}
        assert check_program(program) == []


def test_secrets_are_not_shown(workspace: Workspace) -> None:
    shown = f"{workspace!r} {workspace.sources} {workspace.destinations}"
    assert "s1'" not in shown.replace("SecretStr('**********')", "")
    assert "k1" not in shown


# --- all that is wrong ------------------------------------------------------------

TWELVE = """
workspace { plan: self_servise, plna: business }
source web { write_key: "abcdef" }
source web { region: properties.region }
destination crm: webhook from wbe {
  settings { retries: 3, retries: 4 }
  filter "a" when contians(event, "x") { drop }
  filter "b" when type == "track" { drop }
  filter "c" when (properties.total >= ) { drop }
  mapping "d" when "a" < 5 send order { id: usrId(), total: 1, total: 2 }
  mapping "e" when length(event, 1) = 2 send order { id: replace(event) }
}
destination crm: webhook { mapping "f" when 1 and true send a {} }
"""


def test_many_different_mistakes_are_all_reported() -> None:
    found = errors_of(Source(TWELVE))
    assert len(found) >= 12
    assert set(found) >= {
        Code.BAD_MODEL,
        Code.UNKNOWN_KEY,
        Code.SECRET_IN_FILE,
        Code.DUPLICATE_NAME,
        Code.NOT_CONSTANT,
        Code.UNKNOWN_SOURCE,
        Code.DUPLICATE_MEMBER,
        Code.UNKNOWN_FUNCTION,
        Code.DOUBLE_EQUALS,
        Code.MISSING_OPERAND,
        Code.TYPE_MISMATCH,
        Code.WRONG_ARITY,
        Code.NOT_BOOLEAN,
    }


def test_many_different_mistakes_in_json_are_all_reported() -> None:
    good = DATA["destinations"][0]
    filters = [
        {"title": "a", "if": "contians(event, 'x')", "actions": [{"type": "DROP"}]},
        {"title": "b", "if": "type == 'track'", "actions": [{"type": "DRP"}]},
        {"title": "c", "if": 5, "actions": []},
        {"titel": "d", "if": "all", "actions": [{"type": "SAMPLE"}]},
        {"title": "e", "if": "1 and true", "actions": 7},
    ]
    data = {
        "workspace": {"plan": "self_servise"},
        "sources": [{"slug": "web", "writeKeys": ["abc"]}],
        "destinations": [
            {**good, "sourceId": "wbe", "filters": filters, "enabled": "yes"},
            {**good, "filters": filters, "settings": {"apiKey": "abc"}},
            {"kind": "file"},
            {**good, "subscriptions": [{"name": "g", "trigger": "a =", "action": 1}]},
        ],
    }
    found = errors_of(data)
    assert set(found) >= {
        Code.BAD_MODEL,
        Code.UNKNOWN_KEY,
        Code.SECRET_IN_FILE,
        Code.UNKNOWN_FUNCTION,
        Code.UNKNOWN_SOURCE,
        Code.DOUBLE_EQUALS,
    }


@pytest.mark.parametrize(
    ("part", "code"),
    [
        ('mapping "a" when all send a { id: lowr(userId) }', Code.UNKNOWN_FUNCTION),
        ('mapping "a" when all send a { id: 1, id: 2 }', Code.DUPLICATE_MEMBER),
        ('mapping "a" when 1 and true send a { }', Code.NOT_BOOLEAN),
        ('filter "a" when "a" < 5 { drop }', Code.TYPE_MISMATCH),
    ],
)
def test_what_reads_well_and_means_nothing_is_an_error(part: str, code: Code) -> None:
    assert errors_of(Source(f"destination d: file {{ {part} }}")) == [code]


def test_a_plan_limits_conditions_in_json_too() -> None:
    data = {
        "workspace": {"plan": "self_service"},
        "destinations": [
            {
                "name": "d",
                "kind": "file",
                "subscriptions": [
                    {"name": "m", "trigger": "a or b or c", "actionSlug": "s"}
                ],
            }
        ],
    }
    (only,) = check_program(data)
    assert only.code is Code.TOO_MANY_CONDITIONS
    assert only.pointer == "/destinations/0/subscriptions/0/trigger"
    assert only.source.slice(only.span) == '"a or b or c"'


def test_findings_stand_in_source_order() -> None:
    found = check_program(Source(TWELVE))
    assert [each.span for each in found] == sorted(each.span for each in found)


def test_a_mistake_in_json_points_into_the_file(tmp_path: Path) -> None:
    file = tmp_path / "shop.json"
    file.write_text(
        '{"destinations": [{"name": "crm", "kind": "webhook", "filters": [\n'
        '  {"title": "a", "if": "event = \\"\\u00e9\\" and contians(a, b)",\n'
        '   "actions": [{"type": "DROP"}]}]}]}',
        encoding="utf-8",
    )
    found = [each for each in check_program(file) if each.is_error]
    assert codes(found) == [Code.UNKNOWN_FUNCTION]
    assert found[0].pointer == "/destinations/0/filters/0/if"
    assert found[0].source.name == str(file)
    assert found[0].line == 2
    column = found[0].source.line_text(2).index("contians") + 1
    assert found[0].column == column
    assert found[0].source.slice(found[0].span) == "contians"


def test_a_mistake_in_directives_points_into_the_file() -> None:
    text = json.dumps(
        {
            "destinations": [
                {
                    "name": "crm",
                    "kind": "webhook",
                    "subscriptions": [
                        {
                            "name": "a",
                            "trigger": "all",
                            "actionSlug": "send",
                            "settings": {"x": {"@oops": 1}},
                        }
                    ],
                }
            ]
        },
        indent=1,
    )
    (found,) = [each for each in check_program(Source(text)) if each.is_error]
    assert found.pointer is not None
    assert found.pointer.startswith("/destinations/0/subscriptions/0/settings/x")
    assert "@oops" in found.source.line_text(found.line)


PROGRAM_PAGES = [page for page in pages().values() if page.kind is ExampleKind.PROGRAM]


@pytest.mark.parametrize("page", PROGRAM_PAGES, ids=lambda page: page.code)
def test_the_example_of_a_code_gives_exactly_that(page: CodePage) -> None:
    terms = Terms(registry=shipped_registry())
    found = check_program(Source(page.failing), terms=terms)
    assert set(codes(found)) == {page.code}
    assert check_program(Source(page.fixed), terms=terms) == []


# --- what is no program -----------------------------------------------------------


@pytest.mark.parametrize("text", ["", " \n", "# only a comment\n"])
def test_an_empty_program_is_no_program(text: str) -> None:
    assert errors_of(Source(text)) == [Code.EMPTY_TEXT]
    assert errors_of(Source(text, "a.json"))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", Code.BAD_JSON),
        ("[]", Code.BAD_MODEL),
        ('{"a": NaN}', Code.BAD_JSON),
        ('{"sources": [], "sources": []}', Code.DUPLICATE_MEMBER),
        ('{"destinations": "crm"}', Code.BAD_MODEL),
        ('{"destinatons": []}', Code.UNKNOWN_KEY),
        ('{"workspace": ' + "[" * 300, Code.TOO_DEEP),
    ],
)
def test_json_that_is_no_program_says_so(text: str, code: Code) -> None:
    assert code in errors_of(Source(text))


def test_json_in_a_file_of_that_name_may_be_anything() -> None:
    assert errors_of(Source("null", "a.json")) == [Code.BAD_MODEL]
    assert errors_of(Source("destination", "a.json")) == [Code.BAD_JSON]


def test_a_file_that_is_not_there_is_reported(tmp_path: Path) -> None:
    for path in (tmp_path / "gone.fql", tmp_path, "a\0b"):
        assert errors_of(path) == [Code.FILE_UNREADABLE]


def test_a_file_that_is_not_utf8_is_reported(tmp_path: Path) -> None:
    (tmp_path / "latin.fql").write_bytes("# é\nsource web { }".encode("latin-1"))
    assert errors_of(tmp_path / "latin.fql") == [Code.NOT_UTF8]


def test_data_that_is_no_json_is_reported() -> None:
    endless: dict[str, Any] = {}
    endless["sources"] = endless
    deep: Any = {}
    for _ in range(50_000):
        deep = {"sources": deep}
    assert errors_of({"sources": {1, 2}}) == [Code.BAD_MODEL]
    assert errors_of({"sources": float("nan")})[0] == Code.BAD_JSON
    assert set(errors_of(endless)) <= {Code.BAD_MODEL, Code.TOO_DEEP}
    assert errors_of(deep) == [Code.TOO_DEEP]


def test_names_decide_what_is_json() -> None:
    assert is_json(Source("", "a.json"))
    assert is_json(Source(" \n{}"))
    assert not is_json(Source("source web { }"))


MUTILATED = st.integers(0, len(TEXT) - 1).flatmap(
    lambda start: st.integers(1, 40).map(
        lambda size: TEXT[:start] + TEXT[start + size :]
    )
)


def findings_of(source: Source) -> tuple[Diagnostic, ...]:
    """Return what loading *source* finds, errors among it if it is refused."""
    try:
        return load(source, environment={}).diagnostics
    except FqlError as error:
        return error.diagnostics


@given(MUTILATED | st.text(max_size=60))
@example("destination a: b { filter")
def test_any_text_is_a_program_or_has_findings(text: str) -> None:
    for each in findings_of(Source(text)):
        assert 0 <= each.span.start <= each.span.end <= len(each.source.text)


JSON_TEXT = json.dumps(DATA)


@given(
    st.integers(0, len(JSON_TEXT) - 1),
    st.integers(0, 30),
    st.sampled_from(["", "{", "]", '"', "1", "null", ","]),
)
def test_any_json_is_a_program_or_has_findings(at: int, size: int, new: str) -> None:
    text = JSON_TEXT[:at] + new + JSON_TEXT[at + size :]
    for each in findings_of(Source(text, "a.json")):
        assert 0 <= each.span.start <= each.span.end <= len(each.source.text)


# --- single filters ---------------------------------------------------------------


def test_a_filter_of_the_api_is_compiled_with_all_its_keys() -> None:
    only = compile_filter(
        {
            "id": "f1",
            "sourceId": "s1",
            "destinationId": "d1",
            "title": "tests",
            "description": "all of them",
            "enabled": True,
            "if": "event = 'Test'",
            "actions": [{"type": "DROP"}],
            "createdAt": "2026-01-01",
            "updatedAt": "2026-01-01",
        }
    )
    assert (only.title, only.source, only.diagnostics) == ("tests", "s1", ())


def test_a_filter_has_a_title_if_only_its_id() -> None:
    bare: dict[str, Any] = {"if": "all", "actions": [{"type": "DROP"}]}
    assert compile_filter({**bare, "id": "f1"}).title == "f1"
    assert compile_filter(bare).title == "filter"


@pytest.mark.parametrize(
    ("name", "action"),
    [
        ("drop_event", Drop()),
        ("sample_event", Sample(0.5)),
        ("whitelist_fields", AllowProperties(("a",), frozenset({"b"}))),
        ("blacklist_fields", DropProperties(("a",), frozenset({"b"}))),
        ("blocklist_fields", DropProperties(("a",), frozenset({"b"}))),
    ],
)
def test_old_names_of_actions_are_rewritten(name: str, action: object) -> None:
    given: dict[str, Any] = {"type": name}
    if isinstance(action, Sample):
        given["percent"] = 0.5
    elif not isinstance(action, Drop):
        given["fields"] = {"a": ["b"]}
    assert compile_filter({"if": "all", "actions": [given]}).actions == (action,)


def test_a_filter_with_a_warning_keeps_it() -> None:
    only = compile_filter(
        {
            "if": "type = 'trak'",
            "actions": [{"type": "DROP_PROPERTIES", "fields": {"": ["traits.email"]}}],
        }
    )
    assert codes(only.diagnostics) == [Code.NEVER_TRUE, Code.DOTTED_NAME]
    assert [each.pointer for each in only.diagnostics] == [
        "/if",
        "/actions/0/fields//0",
    ]
    assert '`"traits": ["email"]`' in only.diagnostics[1].help


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        ({}, {Code.BAD_MODEL}),
        ({"if": "all"}, {Code.BAD_MODEL}),
        ({"if": "a = ", "actions": [{"type": "DROP"}]}, {Code.MISSING_OPERAND}),
        (
            {"if": "a = ", "actions": [{"type": "DRP"}], "titel": "x"},
            {Code.MISSING_OPERAND, Code.BAD_MODEL, Code.UNKNOWN_KEY},
        ),
        ({"if": "all", "actions": [{"type": "SAMPLE"}]}, {Code.BAD_MODEL}),
        (
            {"if": "all", "actions": [{"type": "SAMPLE", "percent": "0.5"}]},
            {Code.BAD_MODEL},
        ),
        ({"if": "all", "actions": [{"type": "HASH_PROPERTIES"}]}, {Code.BAD_MODEL}),
    ],
)
def test_a_filter_with_errors_is_refused(
    definition: dict[str, Any], expected: set[Code]
) -> None:
    with pytest.raises(FqlError) as caught:
        compile_filter(definition)
    assert {each.code for each in caught.value.diagnostics} == expected


def test_a_filter_may_come_as_text() -> None:
    only = compile_filter(Source('{"if": "all", "actions": [{"type": "DROP"}]}'))
    assert only({}) is None
    assert pickle.loads(pickle.dumps(only)) == only  # noqa: S301 - our own bytes
