"""Findings as a SARIF 2.1.0 log, the form that code hosts and editors read.

Lines and columns are 1-based and count code points; an end column is not part of the
place. A finding of JSON names its JSON pointer as a logical location. This module
writes no file, and leaves out whatever no finding uses.
"""

from __future__ import annotations

from pathlib import PureWindowsPath
from typing import TYPE_CHECKING
from urllib.parse import quote

from fql.grammar.codes import pages

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fql.grammar.codes import CodePage
    from fql.grammar.diagnostics import Code, Diagnostic, Edit, Label
    from fql.grammar.source import Source, Span

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif_log(
    diagnostics: Iterable[Diagnostic], *, version: str = ""
) -> dict[str, object]:
    """Return one log with one run that holds all findings in the order given.

    Args:
        diagnostics: What was found, in any number of sources.
        version: The version of the tool, left out when empty.
    """
    findings = list(diagnostics)
    codes = sorted({finding.code for finding in findings})
    places = {code: index for index, code in enumerate(codes)}
    run: dict[str, object] = {
        "tool": {"driver": _driver(codes, version)},
        "columnKind": "unicodeCodePoints",
        "results": [_result(each, places[each.code]) for each in findings],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _driver(codes: Sequence[Code], version: str) -> dict[str, object]:
    """Return the tool with the rules that its findings name."""
    known = pages()
    rules = [_rule(known[code]) for code in codes]
    named: dict[str, object] = {"name": "fql", "rules": rules}
    return named | {"version": version} if version else named


def _rule(page: CodePage) -> dict[str, object]:
    return {
        "id": page.code.value,
        "name": page.code.name.title().replace("_", ""),
        "shortDescription": _message(page.title),
        "fullDescription": _message(" ".join(page.text.split())),
        "help": _message(f"See {page.path}."),
    }


def _result(diagnostic: Diagnostic, rule: int) -> dict[str, object]:
    """Return one finding; `rule` is its rule's place among the rules."""
    said = [diagnostic.message, *diagnostic.help.splitlines()]
    location = _location(diagnostic.source, diagnostic.span)
    if diagnostic.pointer is not None:
        location["logicalLocations"] = [{"fullyQualifiedName": diagnostic.pointer}]
    result: dict[str, object] = {
        "ruleId": diagnostic.code.value,
        "ruleIndex": rule,
        "level": diagnostic.severity.value,
        "message": _message("\n".join(said)),
        "locations": [location],
    }
    if diagnostic.labels:
        result["relatedLocations"] = [
            _related(diagnostic.source, label, number)
            for number, label in enumerate(diagnostic.labels, start=1)
        ]
    if diagnostic.edits:
        result["fixes"] = [_fix(diagnostic)]
    return result


def _related(source: Source, label: Label, number: int) -> dict[str, object]:
    named: dict[str, object] = {"id": number, "message": _message(label.text)}
    return named | _location(source, label.span)


def _fix(diagnostic: Diagnostic) -> dict[str, object]:
    source = diagnostic.source
    change = {
        "artifactLocation": {"uri": _uri(source.name)},
        "replacements": [_replacement(source, edit) for edit in diagnostic.edits],
    }
    said = diagnostic.help or "apply the fix"
    return {"description": _message(said), "artifactChanges": [change]}


def _replacement(source: Source, edit: Edit) -> dict[str, object]:
    deleted: dict[str, object] = {"deletedRegion": _region(source, edit.span)}
    return deleted | {"insertedContent": {"text": edit.text}} if edit.text else deleted


def _location(source: Source, span: Span) -> dict[str, object]:
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": _uri(source.name)},
            "region": _region(source, span),
        }
    }


def _region(source: Source, span: Span) -> dict[str, int]:
    start, end = source.position(span.start), source.position(span.end)
    return {
        "startLine": start.line,
        "startColumn": start.column,
        "endLine": end.line,
        "endColumn": end.column,
    }


def _message(text: str) -> dict[str, str]:
    """Return a message; SARIF reads single braces as placeholders (3.11.5)."""
    return {"text": text.replace("{", "{{").replace("}", "}}")}


def _uri(name: str) -> str:
    """Return a reference for a file or for a made-up name such as ``<fql>``."""
    windows = PureWindowsPath(name)
    if windows.is_absolute():
        return f"file:///{quote(windows.as_posix(), safe='/:', errors='replace')}"
    path = quote(name, safe="/", errors="replace")
    return f"file://{path}" if path.startswith("/") else path
