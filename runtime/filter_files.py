"""Filters out of files: programs, and JSON in every shape that the public API has.

A program gives the filters of its destinations; JSON may be a filter, a request to try
one (``{"filter": ...}``), an answer (``{"data": {"filters": [...]}}``), or a list.
Nothing here runs a filter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from fql.grammar.diagnostics import FqlError
from fql.grammar.json_places import inside, read_json
from fql.grammar.parse import parse_program
from fql.grammar.source import Source
from fql.runtime import errors
from fql.runtime.filters import Filter, FilterChain, Order
from fql.runtime.load import compile_filter, is_json, load
from fql.runtime.load_json import draft_filter, draft_json
from fql.runtime.load_program import draft_program
from fql.runtime.places import place_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from fql.grammar.diagnostics import Diagnostic
    from fql.grammar.json_places import JsonDocument
    from fql.runtime.drafts import FilterDraft, WorkspaceDraft
    from fql.runtime.workspace import Workspace

_PROGRAM_KEYS = frozenset({"destinations", "sources", "workspace"})
_WRAPPINGS = ("data", "filter", "filters")
_NOT_A_LINE_END = re.compile(r"[^\n]")


@dataclass(frozen=True, slots=True)
class WrittenFilter:
    """A filter, and what a file says of it.

    Attributes:
        filter: The filter, compiled.
        draft: The same with the place of every word.
        pointer: The way to it in a JSON document of which the draft is but a part.
    """

    filter: Filter
    draft: FilterDraft
    pointer: str = ""

    def located(self, findings: Iterable[Diagnostic]) -> list[Diagnostic]:
        """Return what was found in the condition, as found in the file."""
        return _within(self.draft.condition.located(findings), self.pointer)


@dataclass(frozen=True, slots=True)
class Chain:
    """The filters that one destination has, in the order of the file.

    Attributes:
        destination: What the file calls the destination, or None where it names none.
        filters: All of them, those that are not enabled too.
        order: How they act.
        is_enabled: Whether the destination gets events at all.
        sources: The names of the sources that feed it; empty for all.
    """

    destination: str | None
    filters: tuple[WrittenFilter, ...]
    order: Order = Order.STAGES
    is_enabled: bool = True
    sources: tuple[str, ...] = ()

    def in_use(self, source: str | None = None) -> tuple[WrittenFilter, ...]:
        """Return the enabled filters that act on events of *source*; None: of any."""
        return tuple(
            each
            for each in self.filters
            if each.filter.is_enabled
            and (source is None or each.filter.source in {None, source})
        )

    def compiled(self, source: str | None = None) -> FilterChain:
        """Return the filters in use as one chain."""
        return FilterChain(
            [each.filter for each in self.in_use(source)], order=self.order
        )


@dataclass(frozen=True, slots=True)
class FilterFile:
    """The filters of a file.

    Attributes:
        chains: One a destination; one alone where the file names no destinations.
        diagnostics: The warnings that reading and compiling gave.
    """

    chains: tuple[Chain, ...]
    diagnostics: tuple[Diagnostic, ...] = field(default=(), compare=False, repr=False)


def read_filter_file(source: Source) -> FilterFile:
    """Return the filters that *source*, a program or JSON, holds.

    Raises:
        FqlError: It has errors, or holds no filters in a shape that is known.
    """
    if not is_json(source):
        workspace = load(source)
        draft, _ = draft_program(parse_program(source))
        return _of_workspace(workspace, draft)
    document = read_json(source)
    value: object = document.value
    if isinstance(value, dict) and _PROGRAM_KEYS & value.keys():
        workspace, drafted = load(source), draft_json(document)
        assert drafted.draft is not None, "it was loaded"  # noqa: S101
        return _of_workspace(workspace, drafted.draft)
    if any(each.is_error for each in document.diagnostics):
        raise FqlError(document.diagnostics)
    return _of_filters(document)


# --- programs ---------------------------------------------------------------------


def _of_workspace(workspace: Workspace, draft: WorkspaceDraft) -> FilterFile:
    pairs = zip(workspace.destinations, draft.destinations, strict=True)
    chains = [
        Chain(
            destination.name,
            tuple(map(WrittenFilter, destination.filters, drafted.filters)),
            workspace.order,
            destination.is_enabled,
            destination.sources,
        )
        for destination, drafted in pairs
    ]
    return FilterFile(tuple(chains), workspace.diagnostics)


# --- filters in JSON --------------------------------------------------------------


def _of_filters(document: JsonDocument) -> FilterFile:
    pointers = list(_filters_in(document.value, ""))
    if not pointers:
        raise FqlError([errors.no_filters(place_in(document, ""))])
    written: list[WrittenFilter] = []
    findings: list[Diagnostic] = []
    for pointer in pointers:
        alone = _alone(document, pointer)
        try:
            compiled = compile_filter(alone)
        except FqlError as error:
            findings.extend(_within(error.diagnostics, pointer))
            continue
        findings.extend(_within(compiled.diagnostics, pointer))
        drafted = draft_filter(read_json(alone)).draft
        assert drafted is not None, "it was compiled"  # noqa: S101
        written.append(WrittenFilter(compiled, drafted, pointer))
    if len(written) < len(pointers):
        raise FqlError(findings)
    return FilterFile((Chain(None, tuple(written)),), tuple(findings))


def _filters_in(value: object, pointer: str) -> Iterator[str]:
    """Yield the pointers of what should be filters in *value*."""
    if isinstance(value, list):
        for index, _ in enumerate(value):
            yield f"{pointer}/{index}"
    elif isinstance(value, dict):
        key = next((each for each in _WRAPPINGS if each in value), None)
        if key is None or "if" in value:
            yield from [pointer] if "if" in value or "actions" in value else ()
        else:
            yield from _filters_in(value[key], inside(pointer, key))


def _alone(document: JsonDocument, pointer: str) -> Source:
    """Return the value at *pointer* as a text of its own, with blanks before it.

    So that lines and columns stay those of the whole.
    """
    source, span = document.source, document.span(pointer)
    before = _NOT_A_LINE_END.sub(" ", source.text[: span.start])
    return Source(before + source.slice(span), source.name)


def _within(findings: Iterable[Diagnostic], pointer: str) -> list[Diagnostic]:
    """Return findings in the part at *pointer* as findings in the whole."""
    return [
        each if each.pointer is None else replace(each, pointer=pointer + each.pointer)
        for each in findings
    ]


def names_of(chains: Sequence[Chain]) -> list[str]:
    """Return the names of the destinations of *chains*."""
    return [each.destination for each in chains if each.destination is not None]
