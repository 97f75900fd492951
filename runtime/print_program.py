"""From drafts to program texts: the counterpart of `load_program.py`.

What a program text does not hold (ids, descriptions, dates of change) is left out: it
changes nothing that runs. What would change something is refused at its place.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar, assert_never

from fql.compiler.check_directives import check_directives
from fql.compiler.convert import body_of
from fql.compiler.convert_errors import no_program
from fql.grammar import nodes
from fql.grammar.diagnostics import FqlError, arrange, has_errors
from fql.grammar.format import format_program, write
from fql.grammar.parse import parse_program
from fql.grammar.source import Source, Span
from fql.runtime import drafts
from fql.runtime.check_workspace import source_names
from fql.runtime.delivery_settings import spelled_in_text
from fql.runtime.places import JsonPart

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fql.grammar.diagnostics import Diagnostic
    from fql.runtime.places import Place

_HERE = Span(0, 0)
_Given = TypeVar("_Given")


def program_text(draft: drafts.WorkspaceDraft, *, is_exact: bool = True) -> str:
    """Return the program text of a draft, formatted.

    Args:
        draft: What to write, without errors.
        is_exact: Whether mappings give the same for every event, see
            `fql.compiler.convert.text_of`.

    Raises:
        FqlError: Something has no form in a program text; all findings are in it.
    """
    printer = _Printer(source_names(draft.sources), is_exact)
    program = printer.program(draft)
    if printer.findings:
        raise FqlError(arrange(printer.findings))
    parsed = parse_program(Source(write(program, language="program")))
    if has_errors(parsed.diagnostics):
        raise FqlError(parsed.diagnostics)
    return format_program(parsed)


@dataclass(frozen=True, slots=True)
class _Printer:
    """One draft on its way to a tree, whose spans mean nothing."""

    names: Mapping[str, str]
    is_exact: bool
    findings: list[Diagnostic] = field(default_factory=list)

    def program(self, draft: drafts.WorkspaceDraft) -> nodes.Program:
        """Return the tree of the whole."""
        words = {"plan": draft.plan, "filter_order": draft.order}
        said = [
            (key, _text(word.text)) for key, word in words.items() if word is not None
        ]
        paths = tuple(_text(word.text) for word in draft.definitions)
        if paths:
            said.append(("definitions", nodes.ListLiteral(paths, span=_HERE)))
        settings = _object(said)
        workspace = nodes.WorkspaceDeclaration(settings, span=_HERE)
        declarations: list[nodes.Declaration] = [workspace] if said else []
        declarations += [self._source(each) for each in draft.sources]
        declarations += [self._enrichment(each) for each in draft.enrichments]
        declarations += [self._destination(each) for each in draft.destinations]
        return nodes.Program(tuple(declarations), span=_HERE)

    def _refuse(self, place: Place, what: str) -> None:
        found = no_program(place.source, place.span, what, place.pointer)
        self.findings.append(found)

    def _source(self, draft: drafts.SourceDraft) -> nodes.SourceDeclaration:
        if not draft.is_enabled:
            what = "a program text has no disabled sources"
            self._refuse(draft.name.place, what)
        settings = self._settings(draft.settings)
        return nodes.SourceDeclaration(self._name(draft.name), settings, span=_HERE)

    def _enrichment(self, draft: drafts.EnrichmentDraft) -> nodes.EnrichDeclaration:
        origin: nodes.Name | nodes.DatabaseTable = self._name(draft.origin)
        if draft.database is not None:
            database = self._setting(draft.database)
            origin = nodes.DatabaseTable(self._name(draft.origin), database, span=_HERE)
        interval = None
        if draft.interval is not None:
            count = nodes.Number(draft.interval.count, span=_HERE)
            unit = self._name(draft.interval.unit)
            interval = nodes.Interval(count, unit, span=_HERE)
        return nodes.EnrichDeclaration(
            self._name(draft.name),
            origin,
            self._name(draft.column),
            nodes.Path(draft.key, span=_HERE),
            interval,
            span=_HERE,
        )

    def _destination(
        self, draft: drafts.DestinationDraft
    ) -> nodes.DestinationDeclaration:
        settings = self._settings(draft.settings)
        return nodes.DestinationDeclaration(
            self._name(draft.name),
            self._name(draft.kind),
            tuple(nodes.Name(each, span=_HERE) for each in self._sources(draft)),
            (settings,) if settings.members else (),
            tuple(self._filter(each, self._sources(draft)) for each in draft.filters),
            tuple(self._whole(map(self._mapping, draft.mappings))),
            draft.is_enabled,
            self._delivery(draft.delivery),
            span=_HERE,
        )

    def _whole(self, given: Iterable[_Given | None]) -> Iterable[_Given]:
        return [each for each in given if each is not None]

    def _sources(self, draft: drafts.DestinationDraft) -> list[str]:
        return [self.names.get(each.text, each.text) for each in draft.sources]

    def _name(self, word: drafts.Word) -> nodes.Name:
        return nodes.Name(word.text, span=_HERE)

    def _filter(
        self, draft: drafts.FilterDraft, sources: list[str]
    ) -> nodes.FilterDeclaration:
        if draft.source is not None:
            only = self.names.get(draft.source.text, draft.source.text)
            if sources != [only]:
                what = "a program text has no filters for a single source"
                self._refuse(draft.source.place, what)
        return nodes.FilterDeclaration(
            self._name(draft.title),
            draft.condition.parsed.root,
            draft.actions,
            draft.is_enabled,
            span=_HERE,
        )

    def _mapping(self, draft: drafts.MappingDraft) -> nodes.MappingDeclaration | None:
        body = self._body(draft.body)
        if body is None:
            return None
        return nodes.MappingDeclaration(
            self._name(draft.title),
            draft.trigger.parsed.root,
            self._name(draft.action),
            body,
            draft.is_enabled,
            span=_HERE,
        )

    def _body(self, body: drafts.Body) -> nodes.Object | None:
        if not isinstance(body, JsonPart):
            return body.root if isinstance(body.root, nodes.Object) else None
        read = check_directives(body.document, body.pointer)
        try:
            return body_of(read, is_exact=self.is_exact)
        except FqlError as error:
            self.findings.extend(error.diagnostics)
            return None

    # --- settings ---

    def _settings(self, draft: drafts.SettingGroup) -> nodes.Object:
        members = draft.members
        return _object([(name.text, self._setting(value)) for name, value in members])

    def _delivery(
        self, draft: drafts.SettingGroup
    ) -> tuple[nodes.DeliveryDeclaration, ...]:
        said = [
            (spelled_in_text(name.text), self._setting(value))
            for name, value in draft.members
        ]
        return (nodes.DeliveryDeclaration(_object(said), span=_HERE),) if said else ()

    def _setting(self, draft: drafts.SettingDraft) -> nodes.Expr:
        match draft:
            case drafts.Variable(name):
                return nodes.Call("env", (_text(name),), name_span=_HERE, span=_HERE)
            case drafts.Constant(value):
                return _constant(value)
            case drafts.SettingList(items):
                values = tuple([self._setting(each) for each in items])
                return nodes.ListLiteral(values, span=_HERE)
            case drafts.SettingGroup():
                return self._settings(draft)
            case _:
                assert_never(draft)


def _object(members: Iterable[tuple[str, nodes.Expr]]) -> nodes.Object:
    made = [
        nodes.Member(key, value, key_span=_HERE, span=_HERE) for key, value in members
    ]
    return nodes.Object(tuple(made), span=_HERE)


def _text(value: str) -> nodes.Expr:
    return nodes.String(value, span=_HERE)


def _constant(value: bool | float | str | None) -> nodes.Expr:
    match value:
        case None:
            return nodes.Null(span=_HERE)
        case bool():
            return nodes.Bool(value, span=_HERE)
        case str():
            return _text(value)
        case _:
            return nodes.Number(value, span=_HERE)
