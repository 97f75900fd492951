"""The pages that explain the codes, read from ``codes.toml``.

`Code` says which codes there are; ``codes.toml`` says what each means, with a text that
gives it and one that does not. ``python -m fql.grammar.codes docs/codes`` writes the
pages as Markdown. This module finds nothing in any text.
"""

from __future__ import annotations

import sys
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from fql.grammar.diagnostics import Code

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FAMILIES = MappingProxyType(
    {
        "1": "Syntax",
        "2": "Names",
        "3": "Types and meaning",
        "4": "Limits",
        "5": "Running",
        "6": "Delivery",
        "7": "Portability",
        "8": "Tests",
    }
)
"""What the first digit of a code stands for."""


class ExampleKind(StrEnum):
    """What the examples of a page are, and so which check they go through."""

    FQL = "fql"
    """A condition."""
    MAPPING = "mapping"
    """A mapping text, or directive JSON."""
    PROGRAM = "program"
    """A program file, or its JSON."""
    RUN = "run"
    """A file of events, one JSON object a line."""
    SUITE = "suite"
    """A file of tests."""
    GENERATED = "generated"
    """Too long to print: code makes it."""
    COMMAND = "command"
    """Needs more than a text: a file, a plan, the environment."""


@dataclass(frozen=True, slots=True)
class CodePage:
    """What is known of one code.

    Attributes:
        code: The code.
        title: A short name, without a full stop.
        text: What it means, why it is reported and what to do, in plain sentences.
        kind: What the examples are.
        failing: A text that gives exactly this code; may be empty where `kind` is
            generated or command.
        fixed: A text that does not give it; may be empty likewise.
        failing_note: What the failing example is or needs, when the text is not all.
    """

    code: Code
    title: str
    text: str
    kind: ExampleKind
    failing: str = ""
    fixed: str = ""
    failing_note: str = ""

    @property
    def path(self) -> str:
        """Where the page is written, relative to the root of the project."""
        return f"docs/codes/{self.code}.md"


@cache
def pages() -> Mapping[Code, CodePage]:
    """Return the page of every code, in the order of the codes."""
    text = files("fql.grammar").joinpath("codes.toml").read_text(encoding="utf-8")
    return MappingProxyType(read_pages(text))


def read_pages(text: str) -> dict[Code, CodePage]:
    """Return the pages that *text*, in TOML, describes, in the order of the codes.

    Raises:
        ValueError: A table is no known code, or lacks what it must have.
    """
    tables = tomllib.loads(text)
    return {code: _page(code, tables[code]) for code in sorted(map(Code, tables))}


def _page(code: Code, table: Mapping[str, str]) -> CodePage:
    """Return the page that one TOML table describes."""
    if unknown := table.keys() - _KEYS:
        raise ValueError(f"codes.toml: {code}: unknown {', '.join(sorted(unknown))}")
    kind = ExampleKind(table["kind"])
    required = _KEYS_OF_TEXTS if kind in _TEXTS else _KEYS_OF_NOTES
    if missing := required - table.keys():
        raise ValueError(f"codes.toml: {code}: no {', '.join(sorted(missing))}")
    return CodePage(
        code=code,
        title=table["title"],
        text=table["text"].strip(),
        kind=kind,
        failing=table.get("failing", "").strip(),
        fixed=table.get("fixed", "").strip(),
        failing_note=table.get("failing_note", "").strip(),
    )


_TEXTS = frozenset(ExampleKind) - {ExampleKind.GENERATED, ExampleKind.COMMAND}
_KEYS_OF_TEXTS = frozenset({"title", "text", "kind", "failing", "fixed"})
_KEYS_OF_NOTES = frozenset({"title", "text", "kind", "failing_note"})
_KEYS = _KEYS_OF_TEXTS | _KEYS_OF_NOTES


# --- Markdown ---------------------------------------------------------------------


def page_markdown(page: CodePage) -> str:
    """Return *page* as a Markdown document."""
    parts = [f"# {page.code}: {page.title}", page.text, "## Reported"]
    if page.failing_note:
        parts.append(page.failing_note)
    if page.failing:
        parts.append(_fenced(page.failing, page.kind))
    if page.fixed:
        parts += ("## Not reported", _fenced(page.fixed, page.kind))
    return "\n\n".join(parts) + "\n"


def index_markdown(all_pages: Sequence[CodePage]) -> str:
    """Return the list of *all_pages* by family as a Markdown document."""
    parts = [
        "# Codes",
        "Every finding has a code that never changes its meaning. "
        "`fql explain-code FQL204` prints a page of this folder.",
    ]
    for digit, family in FAMILIES.items():
        members = [page for page in all_pages if page.code[3] == digit]
        lines = [f"- [{each.code}]({each.code}.md) {each.title}" for each in members]
        if lines:
            parts += (f"## {digit}xx {family}", "\n".join(lines))
    return "\n\n".join(parts) + "\n"


def _fenced(text: str, kind: ExampleKind) -> str:
    """Return *text* as a block of code."""
    if kind is ExampleKind.SUITE:
        return f"```yaml\n{text}\n```"
    language = "json" if kind is ExampleKind.RUN or text.startswith('{"') else "fql"
    return f"```{language}\n{text}\n```"


def documents() -> dict[str, str]:
    """Return the text of every generated file by its name in the folder."""
    known = list(pages().values())
    named = {f"{page.code}.md": page_markdown(page) for page in known}
    return named | {"README.md": index_markdown(known)}


def write_documents(folder: Path) -> None:
    """Write the generated files to *folder*, and remove those of codes now gone."""
    folder.mkdir(parents=True, exist_ok=True)
    texts = documents()
    for stale in folder.glob("FQL*.md"):
        if stale.name not in texts:
            stale.unlink()
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write_documents(Path(sys.argv[1]))
