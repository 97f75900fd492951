"""The examples on the pages of the codes give, or do not give, what they say.

The pages themselves are tested in ``tests/grammar/test_codes.py``. Here every floor
takes part, since a page may be about any of them.
"""

from __future__ import annotations

from functools import partial
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest

import fql
from fql.cli.inputs import Input
from fql.cli.lines import read_events
from fql.cli.outboxes import opened_outbox
from fql.compiler.payload import check_mapping_text
from fql.grammar.codes import CodePage, ExampleKind, pages
from fql.grammar.diagnostics import Code, Diagnostic, FqlError
from fql.grammar.directives import read_directives
from fql.grammar.limits import MAX_DIAGNOSTICS
from fql.grammar.source import Source
from fql.runtime import enrichment_files
from fql.runtime.assemble import Terms
from fql.runtime.destinations.registry import Registry, shipped_registry
from fql.runtime.enrichment_tables import keyed
from fql.runtime.load import check_program, load
from fql.runtime.read_source import decode, read_source
from tests.cli.running import PROGRAM

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fql.runtime.destinations.definitions import Definition

MAPPING = """
mapping "{name}" when all send send {{ url: 'https://crm.example.com', method: 'POST' }}
"""


def of_program(text: str) -> Sequence[Diagnostic]:
    terms = Terms(registry=shipped_registry())
    return check_program(Source(text, "example.fql"), terms=terms)


def of_mapping(text: str) -> Sequence[Diagnostic]:
    if text.startswith('{"'):
        return read_directives(Source(text)).diagnostics
    return check_mapping_text(text).diagnostics


def of_events(text: str) -> Sequence[Diagnostic]:
    found: list[Diagnostic] = []
    stream = BytesIO(text.encode())
    whole = Input("a.ndjson", stream, None, is_live=False, position=stream.tell)
    list(read_events(whole, found.append))
    return found


def of_suite(text: str) -> Sequence[Diagnostic]:
    with TemporaryDirectory() as name:
        Path(name, "shop.fql").write_text(PROGRAM, encoding="utf-8")
        suite = Path(name, "tests.yaml")
        suite.write_text(text, encoding="utf-8")
        return fql.run_tests(suite).diagnostics


CHECKS: dict[ExampleKind, Callable[[str], Sequence[Diagnostic]]] = {
    ExampleKind.FQL: fql.check,
    ExampleKind.MAPPING: of_mapping,
    ExampleKind.PROGRAM: of_program,
    ExampleKind.RUN: of_events,
    ExampleKind.SUITE: of_suite,
}


def codes_of(found: Sequence[Diagnostic]) -> list[Code]:
    return [each.code for each in found]


def raised(action: Callable[[], object]) -> Sequence[Diagnostic]:
    with pytest.raises(FqlError) as caught:
        action()
    return caught.value.diagnostics


PAGES = [
    pytest.param(page, id=page.code) for page in pages().values() if page.kind in CHECKS
]


@pytest.mark.parametrize("page", PAGES)
def test_a_failing_example_gives_its_code_and_no_other(page: CodePage) -> None:
    assert codes_of(CHECKS[page.kind](page.failing)) == [page.code]


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(each, id=each.code)
        for each in pages().values()
        if each.kind in CHECKS
    ],
)
def test_a_fixed_example_gives_nothing(page: CodePage) -> None:
    assert codes_of(CHECKS[page.kind](page.fixed)) == []


# --- examples that need more than their text --------------------------------------

FIELDS: dict[Code, dict[str, object]] = {
    Code.REQUIRED_FIELD: {"user_id": {"type": "string", "required": True}},
    Code.NO_SUCH_FIELD: {"email": {"type": "string"}},
    Code.FIELD_TYPE: {"total": {"type": "number"}},
    Code.NOT_A_CHOICE: {"currency": {"type": "string", "choices": ["EUR", "USD"]}},
}
"""What the notes of pages about the fields of an action describe."""


def of_payload(text: str, fields: dict[str, object]) -> Sequence[Diagnostic]:
    try:
        return fql.compile_mapping(text, fields=fields).diagnostics
    except FqlError as error:
        return error.diagnostics


@pytest.mark.parametrize("code", FIELDS)
def test_examples_about_fields_give_their_code_with_these_fields(code: Code) -> None:
    page, fields = pages()[code], FIELDS[code]
    assert codes_of(of_payload(page.failing, fields)) == [code]
    assert codes_of(of_payload(page.fixed, fields)) == []


WEBSITE = 'source website { write_key: env("WEBSITE_WRITE_KEY") }'
PLAN = {"Order Completed": {"type": "object"}}


def of_destination(parts: str) -> Sequence[Diagnostic]:
    head = "workspace { plan: self_service }\n\ndestination crm: webhook {\n"
    return of_program(f"{head}{parts}\n}}\n")


def many_mappings(count: int) -> str:
    return "".join(MAPPING.format(name=f"number {n}") for n in range(count))


def many_filters(count: int) -> str:
    filters = (f'filter "{n}" when event = "{n}" {{ drop }}\n' for n in range(count))
    return "".join(filters) + MAPPING.format(name="all")


def broken_lines(count: int) -> str:
    return "".join(
        f"filter \"{n}\" when type == 'page' {{ drop }}\n" for n in range(count)
    )


ENRICH = 'enrich plan from "plans.csv" on id = traits.plan_id\n'
RICH = """
destination a: webhook {{
  mapping "Rich" when {when} send send {{ url: "https://a.example", data: {data} }}
}}
"""


def of_enrichment(
    table: str, *, when: str = "all", data: str = "{}"
) -> Sequence[Diagnostic]:
    with TemporaryDirectory() as name:
        Path(name, "plans.csv").write_text(table, encoding="utf-8")
        text = ENRICH + RICH.format(when=when, data=data)
        return check_program(Source(text, str(Path(name, "shop.fql"))))


def of_large_table() -> Sequence[Diagnostic]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(enrichment_files, "keyed", partial(keyed, limit=3))
        return of_enrichment("id\n1\n2\n3\n4\n")


def of_missing_outbox() -> Sequence[Diagnostic]:
    pytest.importorskip("sqlalchemy")
    with TemporaryDirectory() as name:
        outbox = opened_outbox(str(Path(name, "gone.db")))
        return raised(outbox.__enter__)


def _broken() -> Definition:
    raise ImportError("no module named 'acme_crm'")


OTHERS: dict[Code, Callable[[], Sequence[Diagnostic]]] = {
    Code.NOT_UTF8: lambda: raised(lambda: decode(b"\xff\xfe{", "a.fql")),
    Code.UNKNOWN_EVENT: lambda: fql.check(
        pages()[Code.UNKNOWN_EVENT].failing, schema=PLAN
    ),
    Code.UNHANDLED_EVENT: lambda: check_program(
        Source(pages()[Code.UNHANDLED_EVENT].failing, "example.fql"),
        terms=Terms(schema=fql.Schema.from_tracking_plan({**PLAN, "Song Played": {}})),
    ),
    Code.TEXT_TOO_LONG: lambda: fql.check('event = "' + "a" * 65_528),
    Code.TEXT_LONG: lambda: fql.check(f'event = "{"a" * 5_111}"'),
    Code.TOO_DEEP: lambda: fql.check("(" * 201 + "exists(event)" + ")" * 201),
    Code.TOO_MANY_NODES: lambda: fql.check(" or ".join(f"a={n}" for n in range(5_000))),
    Code.LIST_TOO_LONG: lambda: fql.check(f"a in [{','.join('1' * 10_001)}]"),
    Code.NUMBER_TOO_LONG: lambda: fql.check("a = " + "1" * 401),
    Code.FILE_UNREADABLE: lambda: raised(lambda: read_source("gone.fql")),
    Code.MISSING_ENVIRONMENT: lambda: (
        load(Source(WEBSITE, "a.fql"), environment={}).diagnostics
    ),
    Code.BAD_DEFINITION: lambda: check_program(
        Source("destination d: broken { mapping 'a' when all send b {} }", "a.fql"),
        terms=Terms(registry=Registry({"broken": _broken})),
    ),
    Code.UNREADABLE_TRIGGER: lambda: raised(
        lambda: fql.compile(pages()[Code.UNREADABLE_TRIGGER].failing, dialect="trigger")
    ),
    Code.TOO_MANY_MAPPINGS: lambda: of_destination(many_mappings(51)),
    Code.TOO_MANY_FILTERS: lambda: of_destination(many_filters(11)),
    Code.UNKNOWN_ENRICHMENT: lambda: of_enrichment(
        "id,price\np1,10\n", data="enrichments.plam.price"
    ),
    Code.ENRICHMENT_IN_CONDITION: lambda: of_enrichment(
        "id,price\np1,10\n", when="enrichments.plan.price > 100"
    ),
    Code.TOO_MANY_ROWS: of_large_table,
    Code.BAD_TABLE_ROW: lambda: of_enrichment("id,price\np1,10,EUR\n"),
    Code.NO_KEY_COLUMN: lambda: of_enrichment("plan_id,price\np1,10\n"),
    Code.DUPLICATE_KEY: lambda: of_enrichment("id,price\np1,10\np1,20\n"),
    Code.OUTBOX_UNUSABLE: of_missing_outbox,
}

BESIDES = {
    Code.TOO_MANY_NODES: {Code.TEXT_LONG},
    Code.LIST_TOO_LONG: {Code.TEXT_LONG},
}
"""What a text of that size cannot but give as well."""


@pytest.mark.parametrize("code", OTHERS)
def test_what_a_page_describes_gives_its_code_and_no_other(code: Code) -> None:
    found = set(codes_of(OTHERS[code]()))
    assert found - BESIDES.get(code, set()) == {code}


def test_findings_beyond_the_bound_are_counted() -> None:
    found = of_destination(broken_lines(MAX_DIAGNOSTICS + 2) + many_mappings(1))
    assert len(found) == MAX_DIAGNOSTICS + 1
    assert found[-1].code is Code.TOO_MANY_DIAGNOSTICS


def test_every_page_is_tried() -> None:
    tried = {page.code for page in pages().values() if page.kind in CHECKS}
    elsewhere = {
        Code.TOO_MANY_DIAGNOSTICS,
        Code.MISSING_EXTRA,
        Code.METRICS_UNSERVED,  # in tests/cli/test_overview.py
    }
    portability = {code for code in Code if code.startswith("FQL7")}
    assert tried | OTHERS.keys() | FIELDS.keys() | elsewhere | portability == set(
        pages()
    )
