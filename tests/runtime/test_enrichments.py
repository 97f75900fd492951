"""Enrichments: events with the rows of tables, and tables read again."""

from __future__ import annotations

import json
import logging
import pickle
import threading
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest

import fql
from fql.grammar.diagnostics import Code, Diagnostic, FqlError
from fql.grammar.source import Source
from fql.runtime.convert_program import program_as_json, program_as_text
from fql.runtime.enrichment_tables import KeyedTable, TableError
from fql.runtime.enrichments import Enrichment, Held, joined
from fql.runtime.load import check_program, load

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fql.compiler.values import Json
    from fql.runtime.workspace import Workspace

CSV = "id,price,name\np1,10,Gold\np2,,Silver\n"
MAPPING = "{ price: enrichments.plan.price, name: enrichments.plan.name ?? 'none' }"


def program(
    body: str = MAPPING,
    *,
    when: str = "all",
    enrich: str = 'enrich plan from "plans.csv" on id = traits.plan_id',
    more: str = "",
) -> str:
    """Return a program whose one mapping builds *body*."""
    built = f'{{ url: "https://x.example", data: {body} }}'
    mapping = f'mapping "m" when {when} send send {built}'
    return f"{enrich}\ndestination a: webhook {{\n  {more}\n  {mapping}\n}}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a table of plans."""
    tmp_path.joinpath("plans.csv").write_text(CSV)
    return tmp_path


def loaded(folder: Path, text: str, **variables: str) -> Workspace:
    """Return a program that stands in *folder*."""
    source = Source(text, str(folder / "shop.fql"))
    return replace(load(source, environment=variables), window=None)


def found(folder: Path, text: str) -> list[tuple[Code, str]]:
    """Return what is wrong with a program in *folder*: codes and places."""
    source = Source(text, str(folder / "shop.fql"))
    return [(each.code, told(each)) for each in check_program(source)]


def told(finding: Diagnostic) -> str:
    """Return the text that a finding points at."""
    return finding.source.slice(finding.span)


def event(plan: Json = "p1", **more: Json) -> dict[str, Json]:
    """Return an identify of somebody who has *plan*."""
    return {
        "type": "identify",
        "userId": "u1",
        "traits": {"plan_id": plan},
        **more,
    }


def data(workspace: Workspace, given: dict[str, Json]) -> Json:
    """Return the data of the one payload for an event."""
    (outcome,) = workspace.process(given)
    assert outcome.is_built, outcome
    assert isinstance(outcome.payload, dict)
    return outcome.payload["data"]


# --- mappings -------------------------------------------------------------------------


def test_mappings_read_the_row_of_the_event(folder: Path) -> None:
    workspace = loaded(folder, program())
    assert data(workspace, event("p1")) == {"price": "10", "name": "Gold"}
    assert data(workspace, event("p2")) == {"price": None, "name": "Silver"}


@pytest.mark.parametrize("plan", ["p9", None, [], ""])
def test_a_missing_row_is_a_missing_value_and_counted(folder: Path, plan: Json) -> None:
    workspace = loaded(folder, program())
    (outcome,) = workspace.process(event(plan))
    assert data(workspace, event(plan)) == {"name": "none"}
    assert outcome.missing_rows == ("plan",)
    assert outcome.to_dict()["missingRows"] == ["plan"]


def test_the_event_is_never_written_to(folder: Path) -> None:
    workspace = loaded(folder, program("{ all: $, row: enrichments.plan }"))
    given = event()
    data(workspace, given)
    assert given == event()


def test_the_whole_event_holds_rows_only_where_they_are_read(folder: Path) -> None:
    row = {"id": "p1", "price": "10", "name": "Gold"}
    body = "{ whole: $, n: enrichments.plan.name }"
    with_rows = {**event(), "enrichments": {"plan": row}}
    assert data(loaded(folder, program(body)), event()) == {
        "whole": with_rows,
        "n": "Gold",
    }
    assert data(loaded(folder, program("{ whole: $ }")), event()) == {"whole": event()}


def test_a_mapping_gets_the_tables_that_it_names(folder: Path) -> None:
    enrich = "\n".join(
        f'enrich {name} from "plans.csv" on id = traits.plan_id' for name in "ab"
    )
    one = loaded(folder, program("{ r: $.enrichments.b.name }", enrich=enrich))
    all_ = loaded(folder, program("{ r: enrichments }", enrich=enrich))
    named = [each.name for each in one.destinations[0].mappings[0].enrichments]
    assert named == ["b"]
    assert data(one, event()) == {"r": "Gold"}
    rows = data(all_, event())
    assert isinstance(rows, dict)
    assert isinstance(rows["r"], dict)
    assert list(rows["r"]) == ["a", "b"]


def test_liquid_templates_read_rows(folder: Path) -> None:
    pytest.importorskip("liquid")
    body = "{ n: liquid('{{ enrichments.plan.name | upcase }}!'), e: event }"
    assert data(loaded(folder, program(body)), event()) == {"n": "GOLD!"}
    plain = loaded(folder, program("{ n: liquid('{{ userId }}') }"))
    assert plain.destinations[0].mappings[0].enrichments == ()
    assert data(plain, event()) == {"n": "u1"}


def test_the_key_is_read_from_what_the_filters_left(folder: Path) -> None:
    drop = 'filter "f" when all { drop_properties traits [plan_id] }'
    workspace = loaded(folder, program(more=drop))
    assert data(workspace, event()) == {"name": "none"}


def test_directives_read_rows_as_well(folder: Path) -> None:
    source = Source(program("{ n: enrichments.plan.name }"), str(folder / "p.fql"))
    as_json = program_as_json(source)
    assert as_json["enrichments"] == [
        {"name": "plan", "file": "plans.csv", "column": "id", "key": "traits.plan_id"}
    ]
    text = Source(fql_json(as_json), str(folder / "p.json"))
    workspace = replace(load(text, environment={}), window=None)
    assert data(workspace, event()) == {"n": "Gold"}


def fql_json(value: object) -> str:
    """Return *value* as JSON."""
    return json.dumps(value)


@pytest.mark.parametrize(
    "enrich",
    [
        'enrich plan from "plans.csv" on id = traits.plan_id every 1.5 h',
        'enrich plan from table "s.plans" in env("DB") on "the id" = a.b every 2 min',
    ],
)
def test_programs_keep_enrichments_through_json(folder: Path, enrich: str) -> None:
    text = program("{ n: userId }", enrich=enrich)
    source = Source(text, str(folder / "p.fql"))
    there = Source(fql_json(program_as_json(source)), str(folder / "p.json"))
    back = program_as_text(there, is_exact=False)
    assert enrich in " ".join(back.split())


def test_tests_and_previews_of_mappings_read_rows(folder: Path) -> None:
    workspace = loaded(folder, program())
    mapping = workspace.destinations[0].mappings[0]
    payload = mapping.payload(event())
    assert isinstance(payload, dict)
    assert payload["data"] == {"price": "10", "name": "Gold"}


def test_a_workspace_with_tables_can_be_pickled(folder: Path) -> None:
    workspace = loaded(folder, program(enrich=f"{ENRICH} every 1 h"))
    copy = pickle.loads(pickle.dumps(workspace))  # noqa: S301 - made just here
    assert copy == workspace
    assert data(copy, event()) == {"price": "10", "name": "Gold"}


ENRICH = 'enrich plan from "plans.csv" on id = traits.plan_id'


# --- findings -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            program("{ a: enrichments.plam.x }"),
            [(Code.UNKNOWN_ENRICHMENT, "plam")],
        ),
        (
            program("{ a: $.enrichments.plan.prize, b: enrichments }"),
            [(Code.UNKNOWN_ENRICHMENT, "prize")],
        ),
        (
            program('{ a: "{{enrichments.plan.zzzzzz}}" }'),
            [(Code.UNKNOWN_ENRICHMENT, "zzzzzz")],
        ),
        (program("{ a: each properties.items { b: enrichments.no.x } }"), []),
        (
            program(when="enrichments.plan.price = 1"),
            [(Code.ENRICHMENT_IN_CONDITION, "enrichments.plan.price")],
        ),
        (
            program(more='filter "f" when enrichments.plan.price = 1 { drop }'),
            [(Code.ENRICHMENT_IN_CONDITION, "enrichments.plan.price")],
        ),
        (
            program(enrich=f"{ENRICH}\n{ENRICH}"),
            [(Code.DUPLICATE_NAME, "plan")],
        ),
        (program(enrich=f"{ENRICH} every 2 weeks"), [(Code.BAD_INTERVAL, "weeks")]),
        (program(enrich=f"{ENRICH} every 0 s"), [(Code.BAD_INTERVAL, "s")]),
        (program(enrich=f"{ENRICH} every 900 d"), [(Code.BAD_INTERVAL, "d")]),
        (
            program("{ }", enrich='enrich plan from "gone.csv" on id = a'),
            [(Code.TABLE_UNREADABLE, '"gone.csv"')],
        ),
        (
            program("{ }", enrich='enrich plan from "plans.csv" on ID = a'),
            [(Code.NO_KEY_COLUMN, "ID")],
        ),
        (
            program(
                "{ }", enrich='enrich plan from table "t" in "sqlite://" on id = a'
            ),
            [(Code.SECRET_IN_FILE, '"t"')],
        ),
        (
            program("{ }", enrich='enrich plan from table "t" in db on id = a'),
            [(Code.NOT_CONSTANT, "db")],
        ),
        (program("{ }", enrich='enrich plan from table "t" in env("D") on id = a'), []),
        (
            program("{ a: enrichments.plan.price > 5 }"),
            [(Code.TYPE_MISMATCH, ">")],
        ),
    ],
)
def test_what_is_wrong_is_told_at_its_place(
    folder: Path, text: str, expected: list[tuple[Code, str]]
) -> None:
    assert found(folder, text) == expected


def test_what_directives_read_is_checked_too(folder: Path) -> None:
    program_ = {
        "destinations": [
            {
                "name": "a",
                "kind": "webhook",
                "subscriptions": [
                    {
                        "name": "m",
                        "trigger": "type = 'track'",
                        "actionSlug": "send",
                        "settings": {
                            "url": "https://x.example",
                            "data": {"x": {"@path": "$.enrichments.plam.x"}},
                        },
                    }
                ],
            }
        ],
        "enrichments": [
            {"name": "plan", "file": "plans.csv", "column": "id", "key": "a"}
        ],
    }
    source = Source(fql_json(program_), str(folder / "p.json"))
    (finding,) = check_program(source)
    assert finding.code is Code.UNKNOWN_ENRICHMENT
    assert finding.pointer == "/destinations/0/subscriptions/0/settings/data/x"


def test_directives_that_no_text_says_are_left_alone(folder: Path) -> None:
    case: Json = {"@case": {"operator": "x", "value": {"@path": "$.enrichments.no.x"}}}
    subscription: Json = {
        "name": "m",
        "trigger": "type = 'track'",
        "actionSlug": "send",
        "settings": {"url": "https://x.example", "data": case},
    }
    given: Json = {
        "destinations": [
            {"name": "a", "kind": "webhook", "subscriptions": [subscription]}
        ],
        "enrichments": [
            {"name": "plan", "file": "plans.csv", "column": "id", "key": "a"}
        ],
    }
    source = Source(fql_json(given), str(folder / "p.json"))
    found_ = [each.code for each in check_program(source)]
    assert Code.UNKNOWN_ENRICHMENT not in found_


@pytest.mark.parametrize(
    ("enrichment", "pointer"),
    [
        ({"name": "p", "column": "id", "key": "a"}, "/enrichments/0"),
        (
            {
                "name": "p",
                "file": "plans.csv",
                "column": "id",
                "key": "a",
                "every": "1h!",
            },
            "/enrichments/0/every",
        ),
        ({"name": "p", "file": "plans.csv", "key": "a"}, "/enrichments/0"),
    ],
)
def test_json_of_another_form_is_told(
    folder: Path, enrichment: dict[str, Json], pointer: str
) -> None:
    given: dict[str, Json] = {"destinations": [], "enrichments": [enrichment]}
    source = Source(fql_json(given), str(folder / "p.json"))
    assert pointer in [each.pointer for each in check_program(source)]


def test_where_no_table_is_declared_events_may_have_enrichments(folder: Path) -> None:
    text = program("{ a: enrichments.plam.x }", when="enrichments.a = 1", enrich="")
    assert found(folder, text) == []
    given = event(enrichments={"a": 1, "plam": {"x": 2}})
    assert data(loaded(folder, text), given) == {"a": 2}


def test_a_program_with_a_table_that_fails_is_not_loaded(folder: Path) -> None:
    text = program(enrich='enrich plan from "gone.csv" on id = a')
    with pytest.raises(FqlError) as caught:
        loaded(folder, text)
    assert [each.code for each in caught.value.diagnostics] == [Code.TABLE_UNREADABLE]


def test_programs_that_are_data_find_tables_in_the_current_folder(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    given: dict[str, object] = {
        "destinations": [],
        "enrichments": [{"name": "p", "file": "plans.csv", "column": "id", "key": "a"}],
    }
    assert fql.load(given).enrichments[0].columns == ("id", "price", "name")


def test_a_database_is_read_where_the_program_is_loaded(folder: Path) -> None:
    pytest.importorskip("sqlalchemy")
    import sqlite3

    with sqlite3.connect(folder / "p.db") as connection:
        connection.execute("CREATE TABLE plans (id TEXT, price TEXT, name TEXT)")
        connection.execute("INSERT INTO plans VALUES ('p1', '7', 'Base')")
    connection.close()
    enrich = 'enrich plan from table "plans" in env("DB") on id = traits.plan_id'
    workspace = loaded(folder, program(enrich=enrich), DB=f"sqlite:///{folder}/p.db")
    assert data(workspace, event()) == {"price": "7", "name": "Base"}


def test_a_database_without_its_variable_has_no_rows(folder: Path) -> None:
    enrich = (
        'enrich plan from table "plans" in env("DB") on id = traits.plan_id every 1 s'
    )
    workspace = loaded(folder, program(enrich=enrich))
    assert [each.code for each in workspace.diagnostics] == [Code.MISSING_ENVIRONMENT]
    assert data(workspace, event()) == {"name": "none"}
    assert not workspace.enrichments[0].refresh()


# --- reading again --------------------------------------------------------------------


@dataclass
class Reading:
    """A table that is another one each time, and a clock."""

    prices: list[Json]
    now: float = 0.0
    begun: list[Callable[[], object]] = field(default_factory=list)

    def __call__(self) -> KeyedTable:
        price = self.prices.pop(0)
        if price is None:
            raise TableError(Code.TABLE_UNREADABLE, "the disk is gone")
        return KeyedTable(("price",), {"p1": {"price": price}})

    def enrichment(self, every: float | None = 10.0) -> Enrichment:
        """Return an enrichment that reads from here."""
        held = Held(self(), every, clock=lambda: self.now, start=self.begun.append)
        return Enrichment("plan", ("plan",), self, every, held)


def price(enrichment: Enrichment) -> Json:
    """Return the price of the plan p1."""
    row = enrichment.row({"plan": "p1"})
    assert isinstance(row, dict)
    return row["price"]


def test_a_table_is_read_again_when_its_time_has_come() -> None:
    reading = Reading([1, 2, 3])
    enrichment = reading.enrichment()
    reading.now = 9.9
    assert (price(enrichment), reading.begun) == (1, [])
    reading.now = 10.0
    assert price(enrichment) == 1, "events do not wait for it"
    (work,) = reading.begun
    work()
    assert price(enrichment) == 2
    reading.now = 19.9
    assert len(reading.begun) == 1
    reading.now = 20.0
    price(enrichment)
    assert len(reading.begun) == 2


def test_a_table_is_read_once_at_a_time() -> None:
    reading = Reading([1, 2])
    enrichment = reading.enrichment()
    for reading.now in (10.0, 30.0, 50.0):
        price(enrichment)
    assert len(reading.begun) == 1


def test_a_failed_reading_keeps_the_old_rows_and_is_told(
    caplog: pytest.LogCaptureFixture,
) -> None:
    reading = Reading([1, None, 3])
    enrichment = reading.enrichment()
    with caplog.at_level(logging.WARNING, "fql.enrichments"):
        assert not enrichment.refresh()
    assert price(enrichment) == 1
    assert enrichment.error is not None
    assert caplog.messages == ["enrichment plan keeps its old rows: the disk is gone"]
    assert enrichment.refresh()
    assert price(enrichment) == 3
    assert not enrichment.error


def test_without_an_interval_a_table_is_read_once() -> None:
    reading = Reading([1])
    enrichment = reading.enrichment(None)
    reading.now = 1e9
    assert (price(enrichment), reading.begun) == (1, [])


def test_a_table_is_read_again_in_the_background() -> None:
    done = threading.Event()

    def read() -> KeyedTable:
        done.set()
        return KeyedTable(("price",), {"p1": {"price": 2}})

    held = Held(KeyedTable((), {"p1": {"price": 1}}), 0.0)
    enrichment = Enrichment("plan", ("plan",), read, 0.0, held)
    price(enrichment)
    assert done.wait(10)


def test_what_is_joined_is_another_event() -> None:
    enrichment = Reading([1]).enrichment()
    given: dict[str, Json] = {"plan": "p1"}
    assert joined(given, [enrichment]) == (
        {"plan": "p1", "enrichments": {"plan": {"price": 1}}},
        (),
    )
    assert given == {"plan": "p1"}
    assert joined({}, [enrichment]) == ({"enrichments": {}}, ("plan",))
