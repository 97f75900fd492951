"""What the documents show is right: links lead somewhere, programs are sound.

Examples that are Python are run by ``test_doctests.py``.
"""

from __future__ import annotations

import json
import re
import tomllib
from typing import TYPE_CHECKING, NamedTuple

import pytest

from fql.grammar.format import format_program
from fql.grammar.parse import parse_program
from fql.grammar.source import Source
from fql.runtime.assemble import Terms
from fql.runtime.destinations.registry import shipped_registry
from fql.runtime.load import check_program
from tests.cli.shown import (
    ROOT,
    Session,
    check_shown,
    posix_only,
    printed_by,
    sessions,
)

if TYPE_CHECKING:
    from pathlib import Path

DOCUMENTS = [
    document
    for folder in (ROOT, ROOT / "docs", ROOT / "docs" / "codes", ROOT / "benchmarks")
    for document in sorted(folder.glob("*.md"))
]
GUIDES = [document for document in DOCUMENTS if document.parent.name != "codes"]

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]\n]*(?:\n[^\]\n]*)?\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
DECLARATION = re.compile(r"(?:workspace|source|destination) ")


class Block(NamedTuple):
    """A fenced block of a document."""

    document: Path
    language: str
    text: str


def name_of(document: Path) -> str:
    return document.relative_to(ROOT).as_posix()


def anchor(heading: str) -> str:
    """Return what a link to *heading* says after ``#``."""
    kept = re.sub(r"[^\w\- ]", "", heading.strip().lower())
    return kept.replace(" ", "-")


BLOCKS = [
    Block(document, found[1], found[2])
    for document in GUIDES
    for found in FENCE.finditer(document.read_text(encoding="utf-8"))
]
PROGRAMS = [
    block for block in BLOCKS if not block.language and DECLARATION.match(block.text)
]


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_links_between_documents_lead_somewhere(document: Path) -> None:
    text = FENCE.sub("", document.read_text(encoding="utf-8"))
    broken = []
    for link in LINK.findall(text):
        if link.startswith(("https://", "http://")):
            continue
        path, _, place = link.partition("#")
        target = (document.parent / path).resolve() if path else document
        if not target.exists():
            broken.append(link)
        elif place:
            headings = HEADING.findall(target.read_text(encoding="utf-8"))
            if place not in map(anchor, headings):
                broken.append(link)
    assert broken == []


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda block: name_of(block.document))
def test_a_program_in_a_document_is_sound_and_canonical(program: Block) -> None:
    source = Source(program.text, name_of(program.document))
    terms = Terms(registry=shipped_registry())
    assert [str(found) for found in check_program(source, terms=terms)] == []
    assert format_program(parse_program(source)) == program.text


@pytest.mark.parametrize(
    "block",
    [block for block in BLOCKS if block.language in {"json", "toml"}],
    ids=lambda block: name_of(block.document),
)
def test_data_in_a_document_can_be_read(block: Block) -> None:
    data = (json if block.language == "json" else tomllib).loads(block.text)
    if "destinations" in data:
        assert check_program(Source(block.text, "a.json")) == []


@posix_only
@pytest.mark.parametrize(
    "session", sessions("README.md"), ids=lambda session: session.command
)
def test_a_command_in_the_readme_prints_what_is_shown(session: Session) -> None:
    check_shown(session, printed_by(session.command))


def test_there_are_documents_and_programs() -> None:
    assert {"README.md", "docs/language.md", "docs/program.md"} <= set(
        map(name_of, GUIDES)
    )
    assert {"README.md", "docs/program.md"} <= {
        name_of(block.document) for block in PROGRAMS
    }


@pytest.mark.parametrize("document", GUIDES, ids=name_of)
def test_every_guide_can_be_reached_from_the_readme(document: Path) -> None:
    reached: set[Path] = set()
    waiting = [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached or page.suffix != ".md" or not page.is_file():
            continue
        reached.add(page)
        links = LINK.findall(page.read_text(encoding="utf-8"))
        waiting += [(page.parent / each.partition("#")[0]).resolve() for each in links]
    assert document in reached
