"""The registry of codes and the pages made from it."""

from __future__ import annotations

import re
import runpy
import sys
from pathlib import Path

import pytest

from fql.grammar.codes import (
    FAMILIES,
    CodePage,
    ExampleKind,
    documents,
    page_markdown,
    pages,
    read_pages,
    write_documents,
)
from fql.grammar.diagnostics import Code

DOCS = Path(__file__).parents[2] / "docs" / "codes"

PAGE = """
[FQL204]
title = "Unknown function"
text = "There is no such function. Take another."
kind = "fql"
failing = "f()"
fixed = "all"
"""


def test_every_code_has_a_page_and_every_page_a_code() -> None:
    assert list(pages()) == sorted(Code)


def test_pages_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        pages()[Code.SYNTAX] = pages()[Code.BAD_PATH]  # type: ignore[index] # the point


@pytest.mark.parametrize("page", pages().values(), ids=lambda page: page.code)
def test_a_page_reads_well(page: CodePage) -> None:
    prose = re.sub(r"`[^`]*`", "x", page.text)
    assert page.title
    assert not page.title.endswith(".")
    assert 2 <= len(re.findall(r"[.?!](?:\s|$)", prose)) <= 6
    assert page.failing != page.fixed or page.kind in ("generated", "command")
    assert max(map(len, page_markdown(page).splitlines())) <= 92


def test_every_code_belongs_to_a_family() -> None:
    assert {code[3] for code in Code} <= FAMILIES.keys()


def test_the_documents_are_up_to_date() -> None:
    on_disk = {
        path.name: path.read_text(encoding="utf-8") for path in DOCS.glob("*.md")
    }
    assert on_disk == documents(), "run: python -m fql.grammar.codes docs/codes"


def test_the_index_names_every_code() -> None:
    index = documents()["README.md"]
    assert re.findall(r"\((FQL\d+)\.md\)", index) == sorted(Code)


def test_writing_removes_the_pages_of_codes_now_gone(tmp_path: Path) -> None:
    (tmp_path / "FQL999.md").write_text("gone", encoding="utf-8")
    (tmp_path / "notes.md").write_text("kept", encoding="utf-8")
    write_documents(tmp_path)
    write_documents(tmp_path)
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {*documents(), "notes.md"}


def test_the_module_writes_the_documents(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "new"
    monkeypatch.setattr(sys, "argv", ["codes", str(folder)])
    monkeypatch.delitem(sys.modules, "fql.grammar.codes")
    runpy.run_module("fql.grammar.codes", run_name="__main__")
    assert {path.name for path in folder.iterdir()} == documents().keys()


def test_a_page_as_markdown() -> None:
    page = read_pages(PAGE)[Code.UNKNOWN_FUNCTION]
    assert page_markdown(page) == (
        "# FQL204: Unknown function\n\n"
        "There is no such function. Take another.\n\n"
        "## Reported\n\n```fql\nf()\n```\n\n"
        "## Not reported\n\n```fql\nall\n```\n"
    )


def test_a_page_without_texts_shows_its_note() -> None:
    page = CodePage(
        Code.TOO_DEEP, "Deep", "It is.", ExampleKind.GENERATED, failing_note="Many."
    )
    assert page_markdown(page).endswith("## Reported\n\nMany.\n")


def test_json_examples_are_marked_as_json() -> None:
    assert "```json\n{" in page_markdown(pages()[Code.BAD_JSON])
    assert "```json\n[" in page_markdown(pages()[Code.EVENT_NOT_OBJECT])


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("FQL204", "FQL000", "'FQL000' is not a valid Code"),
        ('kind = "fql"', 'kind = "sql"', "'sql' is not a valid ExampleKind"),
        ('kind = "fql"', 'kind = "generated"', "FQL204: no failing_note"),
        ('fixed = "all"', "", "FQL204: no fixed"),
        ("fixed", "fixd", "FQL204: unknown fixd"),
    ],
)
def test_a_wrong_registry_is_refused(old: str, new: str, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        read_pages(PAGE.replace(old, new))
