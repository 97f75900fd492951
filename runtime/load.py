"""From a program to a workspace, or to everything that is wrong with it.

A program is a text in the program language or JSON in the public API's shapes; both
give the same workspace. Nothing is sent anywhere, and nothing but the given file and
the given environment is read.
"""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from fql.grammar.diagnostics import Diagnostic, FqlError, arrange, has_errors
from fql.grammar.json_places import read_json
from fql.grammar.parse import parse_program
from fql.grammar.source import Source
from fql.runtime import errors
from fql.runtime.assemble import USUAL_TERMS, Assembly, Terms
from fql.runtime.check_filters import check_effect, check_filter
from fql.runtime.check_workspace import check_workspace
from fql.runtime.load_program import draft_program
from fql.runtime.read_source import read_source
from fql.runtime.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fql.runtime.drafts import WorkspaceDraft
    from fql.runtime.filters import Filter

ProgramLike: TypeAlias = "str | os.PathLike[str] | Source | Mapping[str, object]"
"""A path, a text with its name, or JSON data."""


def load(
    program: ProgramLike,
    *,
    environment: Mapping[str, str] | None = None,
    terms: Terms = USUAL_TERMS,
) -> Workspace:
    """Load a program.

    Warnings are in the workspace's ``diagnostics``. A variable that is not set is one
    of them: its setting is null, and everything but sending works.

    Args:
        program: The path of a program text or of its JSON, a `Source`, or the JSON
            as data.
        environment: Where settings find their variables; the process's own by default.
        terms: What conditions and mappings are compiled by.

    Raises:
        FqlError: The program has errors, or cannot be read. All findings, of all
            parts, are in ``diagnostics``.
    """
    variables = os.environ if environment is None else environment
    workspace, findings = _compile(_as_source(program), terms, variables)
    arranged = arrange(findings)
    if has_errors(arranged):
        raise FqlError(arranged)
    return replace(workspace, diagnostics=tuple(arranged))


def check_program(
    program: ProgramLike, *, terms: Terms = USUAL_TERMS
) -> list[Diagnostic]:
    """Return everything that is wrong or doubtful in a program, in source order.

    The environment is not looked at: a program can be checked anywhere. What only
    analysis finds (`analyze_program.py`) is here and not among what `load` finds.

    Raises:
        FqlError: The program is a file that cannot be read.
    """
    return arrange(_compile(_as_source(program), terms, None, is_analyzed=True)[1])


def compile_filter(
    definition: Mapping[str, object] | Source, *, terms: Terms = USUAL_TERMS
) -> Filter:
    """Compile a filter in the public API's shape.

    >>> drop_tests = compile_filter(
    ...     {"if": "contains(event, 'Test')", "actions": [{"type": "DROP"}]}
    ... )
    >>> drop_tests({"event": "Test Event"}), drop_tests({"event": "Order Completed"})
    (None, {'event': 'Order Completed'})

    Args:
        definition: The filter's JSON, as data or as text.
        terms: What its condition is compiled by.

    Raises:
        FqlError: The filter has errors; all findings are in ``diagnostics``.
    """
    from fql.runtime.load_json import draft_filter, with_pointers

    document = read_json(_as_source(definition))
    drafted = draft_filter(document)
    findings, compiled = drafted.findings, None
    if drafted.draft is not None:
        findings += check_filter(drafted.draft)
        if drafted.is_complete:
            findings += check_effect(drafted.draft)
        assembly = Assembly(terms)
        compiled = assembly.filter(drafted.draft, {})
        findings += assembly.findings
    arranged = arrange(with_pointers(findings, document))
    if compiled is None or has_errors(arranged):
        raise FqlError(arranged)
    return replace(compiled, diagnostics=tuple(arranged))


def _as_source(program: ProgramLike) -> Source:
    if isinstance(program, Source):
        return program
    if isinstance(program, str | os.PathLike):
        return read_source(program)
    from fql.runtime.load_json import as_text

    return as_text(program)


def is_json(source: Source) -> bool:
    """Return whether *source* is read as JSON, by its name or its first character."""
    return source.name.endswith(".json") or source.text.lstrip()[:1] in {"{", "["}


def _compile(
    source: Source,
    terms: Terms,
    environment: Mapping[str, str] | None,
    *,
    is_analyzed: bool = False,
) -> tuple[Workspace, list[Diagnostic]]:
    """Return the workspace, or what could be made of it, and all findings."""
    if not source.text.strip():
        return Workspace(), [errors.empty_program(source)]
    if is_json(source):
        return _compile_json(source, terms, environment, is_analyzed=is_analyzed)
    parsed = parse_program(source)
    draft, findings = draft_program(parsed)
    is_sound = not has_errors(parsed.diagnostics)
    assembly = Assembly(terms, environment, is_sound, is_analyzed)
    workspace = assembly.workspace(draft)
    found = [
        *parsed.diagnostics,
        *findings,
        *check_workspace(draft, is_complete=is_sound),
        *assembly.findings,
    ]
    if is_analyzed:
        found += _analyzed(draft, workspace, terms, found)
    return workspace, found


def _analyzed(
    draft: WorkspaceDraft,
    workspace: Workspace,
    terms: Terms,
    findings: Sequence[Diagnostic],
) -> list[Diagnostic]:
    """Return what the parts come to together; nothing where some have errors."""
    from fql.runtime.analyze_program import analyze_program

    if has_errors(findings):
        return []
    return list(analyze_program(draft, workspace, schema=terms.schema))


def _compile_json(
    source: Source,
    terms: Terms,
    environment: Mapping[str, str] | None,
    *,
    is_analyzed: bool,
) -> tuple[Workspace, list[Diagnostic]]:
    """Return the same as `_compile`, from JSON."""
    from fql.runtime.load_json import draft_json, with_pointers

    document = read_json(source)
    drafted = draft_json(document)
    if drafted.draft is None:
        return Workspace(), drafted.findings
    assembly = Assembly(terms, environment, is_analyzed=is_analyzed)
    workspace = assembly.workspace(drafted.draft)
    checks = check_workspace(drafted.draft, is_complete=drafted.is_complete)
    findings = [*drafted.findings, *checks, *assembly.findings]
    if is_analyzed:
        findings += _analyzed(drafted.draft, workspace, terms, findings)
    return workspace, with_pointers(findings, document)
