"""The findings of the checker, as pages in ``tests/diagnostics``.

A page has a section a case: a text with ``# error: [CODE]`` or ``# warning: [CODE]`` at
the end of the lines that have findings, and what is shown for it. The word after the
language may be ``strict``. A block of JSON marked ``plan`` is the tracking plan of its
page. ``pytest --update-golden`` writes what is shown.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from fql.compiler.check import check_condition, check_value
from fql.compiler.schema import Schema
from fql.grammar.parse import parse_expression, parse_mapping
from fql.grammar.report import render
from fql.grammar.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fql.grammar.diagnostics import Diagnostic

PAGES = Path(__file__).resolve().parent.parent / "diagnostics"

SECTION = re.compile(
    r"## (?P<title>[^\n]+)\n\n"
    r"```(?P<language>fql|mapping)(?P<strict> strict)?\n(?P<text>.*?)\n```\n"
    r"(?:\n```text\n(?P<shown>.*?)\n```\n)?",
    re.DOTALL,
)
PLAN = re.compile(r"```json plan\n(.*?)\n```\n", re.DOTALL)
EXPECTED = re.compile(r"#\s*(error|warning):((?:\s*\[FQL[0-9]{3}\])+)")


class Case(NamedTuple):
    """One section of a page."""

    page: Path
    title: str
    language: str
    is_strict: bool
    text: str
    shown: str
    plan: str | None

    @property
    def name(self) -> str:
        return f"{self.page.stem}: {self.title}"


def cases() -> Iterator[Case]:
    for page in sorted(PAGES.glob("*.md")):
        content = page.read_text(encoding="utf-8")
        plan = PLAN.search(content)
        for found in SECTION.finditer(content):
            yield Case(
                page,
                found["title"],
                found["language"],
                found["strict"] is not None,
                found["text"],
                found["shown"] or "",
                plan and plan[1],
            )


CASES = list(cases())


def findings(case: Case) -> Sequence[Diagnostic]:
    schema = Schema.from_tracking_plan(json.loads(case.plan)) if case.plan else None
    source = Source(case.text)
    if case.language == "mapping":
        checked = check_value(
            parse_mapping(source), schema=schema, is_strict=case.is_strict
        )
    else:
        checked = check_condition(
            parse_expression(source), schema=schema, is_strict=case.is_strict
        )
    return checked.diagnostics


def expected(case: Case) -> Counter[tuple[int, str, str]]:
    found: Counter[tuple[int, str, str]] = Counter()
    for number, line in enumerate(case.text.splitlines(), 1):
        for severity, codes in EXPECTED.findall(line):
            for code in re.findall(r"FQL[0-9]{3}", codes):
                found[number, severity, code] += 1
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_findings_are_those_that_the_page_says(case: Case) -> None:
    actual = Counter(
        (each.line, str(each.severity), str(each.code)) for each in findings(case)
    )
    assert actual == expected(case)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_they_are_shown_as_the_page_shows_them(
    case: Case, request: pytest.FixtureRequest
) -> None:
    shown = render(findings(case))
    if request.config.getoption("--update-golden", default=False):
        write(case, shown)
        return
    assert shown == case.shown


def write(case: Case, shown: str) -> None:
    """Put *shown* below the text of *case* in its page."""

    def section(found: re.Match[str]) -> str:
        if found["title"] != case.title:
            return found[0]
        head = found[0].partition("\n```\n")[0] + "\n```\n"
        return f"{head}\n```text\n{shown}\n```\n" if shown else head

    content = SECTION.sub(section, case.page.read_text(encoding="utf-8"))
    case.page.write_text(content, encoding="utf-8", newline="\n")


def test_there_are_pages() -> None:
    assert len(CASES) > 50
    assert len({case.name for case in CASES}) == len(CASES)
