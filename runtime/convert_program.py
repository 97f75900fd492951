"""Programs from one spelling into the other: texts to JSON, JSON to texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fql.grammar.diagnostics import FqlError, has_errors
from fql.grammar.json_places import read_json
from fql.grammar.parse import parse_program
from fql.runtime.load import check_program, is_json
from fql.runtime.load_json import draft_json
from fql.runtime.load_program import draft_program
from fql.runtime.print_json import workspace_json
from fql.runtime.print_program import program_text

if TYPE_CHECKING:
    from fql.compiler.values import Json
    from fql.grammar.source import Source
    from fql.runtime.drafts import WorkspaceDraft


def program_as_text(source: Source, *, is_exact: bool = True) -> str:
    """Return a program, text or JSON, as a program text, formatted.

    Args:
        source: The program.
        is_exact: Whether mappings give the same for every event.

    Raises:
        FqlError: The program has errors, or a part of it has no form in a text.
    """
    return program_text(draft_of(source), is_exact=is_exact)


def program_as_json(source: Source, *, is_exact: bool = False) -> dict[str, Json]:
    """Return a program, text or JSON, as JSON in the public API's shapes.

    Args:
        source: The program.
        is_exact: Whether mappings give the same for every event.

    Raises:
        FqlError: The program has errors, or a mapping has no directives.
    """
    return workspace_json(draft_of(source), is_exact=is_exact)


def draft_of(source: Source) -> WorkspaceDraft:
    """Return what a program without errors says.

    Raises:
        FqlError: The program has errors; all findings are in it.
    """
    found = check_program(source)
    if has_errors(found):
        raise FqlError(found)
    if not is_json(source):
        return draft_program(parse_program(source))[0]
    draft = draft_json(read_json(source)).draft
    if draft is None:
        raise AssertionError("a program without errors has a draft")
    return draft
