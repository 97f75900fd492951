"""Audits for people and for programs: text, JSON, and findings for SARIF."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from fql.grammar.cells import visible
from fql.grammar.diagnostics import Severity
from fql.grammar.report import render, to_json
from fql.runtime.audit import FAILING, Status
from fql.runtime.audit_entries import EntryKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fql.compiler.differences import Difference
    from fql.grammar.diagnostics import Diagnostic
    from fql.runtime.audit import Audit, Verdict

_HEADLINES: Final[Mapping[Status, str]] = {
    Status.FINE: "does what it says",
    Status.LUCK: "does what it says by luck",
    Status.DOUBTFUL: "is read otherwise, and no event was found that shows it",
    Status.BROKEN: "has mistakes",
    Status.MISREAD: "does not do what it says",
}
_COUNTED: Final[Mapping[Status, str]] = {
    Status.MISREAD: "misread",
    Status.BROKEN: "broken",
    Status.DOUBTFUL: "doubtful",
    Status.LUCK: "right by luck",
    Status.FINE: "fine",
}


def audit_text(audit: Audit, *, shows_fine: bool = False) -> str:
    """Return an audit for people: a block for each entry that is not fine, a summary.

    Args:
        audit: The audit.
        shows_fine: Whether entries that are fine have a line of their own, too.
    """
    blocks = [
        "\n".join(_block(verdict))
        for verdict in audit.verdicts
        if shows_fine or verdict.status is not Status.FINE
    ]
    if audit.diagnostics:
        blocks.append(render(audit.diagnostics))
    return "\n\n".join([*blocks, audit_summary(audit)])


def audit_summary(audit: Audit) -> str:
    """Return the number of entries of each kind: ``2 texts: 1 misread, 1 fine``."""
    total = len(audit.verdicts)
    counts = [(audit.count(status), word) for status, word in _COUNTED.items()]
    named = ", ".join(f"{count} {word}" for count, word in counts if count)
    texts = "1 text" if total == 1 else f"{total} texts"
    return f"{texts}: {named}" if named else texts


def _block(verdict: Verdict) -> Iterator[str]:
    entry = verdict.entry
    name = f" {json.dumps(entry.name, ensure_ascii=False)}" if entry.name else ""
    place = f"{entry.document.name}:{entry.line}"
    yield visible(f"{place}: {entry.kind}{name} {_HEADLINES[verdict.status]}")
    yield _line("text", entry.text)
    if verdict.status is Status.FINE:
        return
    if verdict.says is not None and verdict.says != entry.text:
        yield _line("says", verdict.says)
    yield _line("reads", verdict.reads)
    if verdict.difference is not None:
        yield from _shown(verdict.difference)
    if verdict.edited is not None:
        yield _line("write", verdict.edited)
    for finding in verdict.findings:
        yield _line("why", f"[{finding.code}] {finding.message}")


def _shown(difference: Difference) -> Iterator[str]:
    event = json.dumps(difference.event, ensure_ascii=False)
    yield _line("event", event)
    text, original = map(_answer, (difference.first, difference.second))
    yield _line("", f"the text {text}, the original {original}")


def _answer(answer: bool) -> str:
    return "matches it" if answer else "does not"


def _line(title: str, text: str) -> str:
    label = f"{title}:" if title else ""
    one_line = " ".join(text.split("\n"))
    return visible(f"  {label:<6} {one_line}")


# --- for programs -----------------------------------------------------------------


def audit_json(audit: Audit) -> dict[str, object]:
    """Return an audit as a JSON object: all entries, findings about files, counts."""
    return {
        "entries": [_verdict_json(verdict) for verdict in audit.verdicts],
        "diagnostics": [dict(to_json(each)) for each in audit.diagnostics],
        "summary": {status.value: audit.count(status) for status in Status},
    }


def _verdict_json(verdict: Verdict) -> dict[str, object]:
    entry = verdict.entry
    position = entry.document.position(entry.span.start)
    return {
        "file": entry.document.name,
        "line": position.line,
        "column": position.column,
        "pointer": entry.pointer,
        "name": entry.name,
        "kind": entry.kind.value,
        "text": entry.text,
        "status": verdict.status.value,
        "says": verdict.says,
        "reads": verdict.reads,
        "difference": _difference_json(verdict.difference),
        "edited": verdict.edited,
        "findings": [dict(to_json(each)) for each in verdict.findings],
    }


def _difference_json(difference: Difference | None) -> dict[str, object] | None:
    if difference is None:
        return None
    return {
        "event": difference.event,
        "text": difference.first,
        "original": difference.second,
    }


def audit_diagnostics(audit: Audit) -> list[Diagnostic]:
    """Return what an audit found as findings at their places in the files.

    What misreads is an error. The places are those of the texts, as their parts cannot
    be told from the escapes of JSON.
    """
    found = list(audit.diagnostics)
    for verdict in audit.verdicts:
        if verdict.status is Status.FINE:
            continue
        is_failing = verdict.status in FAILING
        found += [
            replace(
                finding,
                source=verdict.entry.document,
                span=verdict.entry.span,
                pointer=verdict.entry.pointer,
                severity=_severity(finding, is_failing=is_failing),
                help=_help(verdict),
                labels=(),
                edits=(),
            )
            for finding in verdict.findings
        ]
    return found


def _severity(finding: Diagnostic, *, is_failing: bool) -> Severity:
    is_note = finding.severity is Severity.NOTE
    return Severity.ERROR if is_failing and not is_note else finding.severity


def _help(verdict: Verdict) -> str:
    if verdict.edited is not None:
        return f"write {verdict.edited}"
    if verdict.entry.kind is EntryKind.FILTER:
        return "compare numbers"
    return "no text says this to both"
