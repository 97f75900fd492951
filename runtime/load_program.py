"""From the tree of a program text to a draft.

Only what a program text needs: settings become constants and variables, words find
their places. Names are compared in `check_workspace.py`, which also serves JSON.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fql.compiler.suggest import nearest
from fql.grammar import nodes
from fql.grammar.parse import Parsed
from fql.runtime import errors
from fql.runtime.drafts import (
    Condition,
    Constant,
    DestinationDraft,
    EnrichmentDraft,
    FilterDraft,
    IntervalDraft,
    MappingDraft,
    SettingDraft,
    SettingGroup,
    SettingList,
    SourceDraft,
    Variable,
    Word,
    WorkspaceDraft,
)
from fql.runtime.places import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fql.grammar.diagnostics import Diagnostic
    from fql.grammar.source import Span

WORKSPACE_KEYS = ("definitions", "filter_order", "plan")
"""What a workspace declaration may say."""

PATHS = "definitions"
"""The one of them that is a path, or a list of paths."""


def draft_program(
    parsed: Parsed[nodes.Program],
) -> tuple[WorkspaceDraft, list[Diagnostic]]:
    """Return what a program says, and what is wrong with how it says it.

    Parts that did not parse have been reported and are passed over.
    """
    drafting = _Drafting(parsed)
    draft = drafting.workspace(parsed.root.declarations)
    if not parsed.root.declarations and not parsed.diagnostics:
        drafting.findings.append(errors.empty_program(parsed.source))
    return draft, drafting.findings


class _Drafting:
    """One walk over one program."""

    def __init__(self, parsed: Parsed[nodes.Program]) -> None:
        self._source = parsed.source
        self._broken = [each.span for each in parsed.diagnostics]
        self.findings: list[Diagnostic] = []

    def _place(self, span: Span) -> Place:
        return Place(self._source, span)

    def _word(self, name: nodes.Name) -> Word:
        return Word(name.text, self._place(name.span))

    # --- declarations ---

    def workspace(self, declarations: Iterable[nodes.Declaration]) -> WorkspaceDraft:
        """Return the draft of all *declarations*."""
        workspaces: list[nodes.WorkspaceDeclaration] = []
        sources: list[SourceDraft] = []
        destinations: list[DestinationDraft] = []
        enrichments: list[EnrichmentDraft] = []
        for each in declarations:
            if isinstance(each, nodes.WorkspaceDeclaration):
                workspaces.append(each)
            elif isinstance(each, nodes.SourceDeclaration):
                sources.append(self._draft_source(each))
            elif isinstance(each, nodes.EnrichDeclaration):
                enrichments.append(self._enrichment(each))
            else:
                destinations.append(self._destination(each))
        for extra in workspaces[1:]:
            places = self._place(extra.span), self._place(workspaces[0].span)
            self.findings.append(errors.workspace_twice(*places))
        words = self._workspace_words(workspaces[:1])
        return WorkspaceDraft(
            words.get("plan"),
            words.get("filter_order"),
            tuple(sources),
            tuple(destinations),
            tuple(enrichments),
            self._paths(workspaces[:1]),
        )

    def _workspace_words(
        self, declared: Iterable[nodes.WorkspaceDeclaration]
    ) -> dict[str, Word]:
        """Return the words that the workspace is set to, by their keys."""
        words: dict[str, Word] = {}
        for declaration in declared:
            for key, member in self._members((declaration.settings,)):
                if key.text not in WORKSPACE_KEYS:
                    near = nearest(key.text, WORKSPACE_KEYS)
                    self.findings.append(
                        errors.unknown_key(key, "a workspace", WORKSPACE_KEYS, near)
                    )
                elif key.text == PATHS:
                    continue
                elif (word := self._bare_word(key, member.value)) is not None:
                    words[key.text] = word
        return words

    def _paths(
        self, declared: Iterable[nodes.WorkspaceDeclaration]
    ) -> tuple[Word, ...]:
        """Return the paths of the files that declare kinds of destinations."""
        given = [
            (Word(each.key, self._place(each.key_span)), each.value)
            for declaration in declared
            for each in declaration.settings.members
            if each.key == PATHS
        ][:1]
        words = [
            self._bare_word(key, item)
            for key, value in given
            for item in (
                value.items if isinstance(value, nodes.ListLiteral) else (value,)
            )
        ]
        return tuple(word for word in words if word is not None)

    def _bare_word(self, key: Word, value: nodes.Expr) -> Word | None:
        """Return the word that stands as *value*, with quotes or without."""
        match value:
            case nodes.String(text):
                return Word(text, self._place(value.span))
            case nodes.Path((text,)):
                return Word(text, self._place(value.span))
            case _:
                self._report_value(key, value)
                return None

    def _draft_source(self, declared: nodes.SourceDeclaration) -> SourceDraft:
        return SourceDraft(
            self._word(declared.name), self._settings((declared.settings,))
        )

    def _destination(self, declared: nodes.DestinationDeclaration) -> DestinationDraft:
        return DestinationDraft(
            self._word(declared.name),
            self._word(declared.kind),
            tuple(map(self._word, declared.sources)),
            self._settings(declared.settings),
            tuple(map(self._filter, declared.filters)),
            tuple(map(self._mapping, declared.mappings)),
            declared.is_enabled,
            delivery=self._settings(each.options for each in declared.delivery),
        )

    def _enrichment(self, declared: nodes.EnrichDeclaration) -> EnrichmentDraft:
        origin, interval = declared.origin, declared.interval
        database: SettingDraft | None = None
        if isinstance(origin, nodes.DatabaseTable):
            found = self._setting(self._word(origin.name), origin.database)
            database = SettingGroup() if found is None else found
            origin = origin.name
        every = None
        if interval is not None:
            every = IntervalDraft(interval.count.value, self._word(interval.unit))
        return EnrichmentDraft(
            self._word(declared.name),
            self._word(origin),
            self._word(declared.column),
            declared.key.segments,
            database,
            every,
        )

    def _filter(self, declared: nodes.FilterDeclaration) -> FilterDraft:
        return FilterDraft(
            self._word(declared.title),
            Condition(self._part(declared.condition)),
            declared.actions,
            is_enabled=declared.is_enabled,
        )

    def _mapping(self, declared: nodes.MappingDeclaration) -> MappingDraft:
        return MappingDraft(
            self._word(declared.title),
            Condition(self._part(declared.condition)),
            self._word(declared.action),
            self._part(declared.body),
            declared.is_enabled,
        )

    def _part(self, root: nodes.Expr) -> Parsed[nodes.Expr]:
        """Return one part of the program, its places being those in the whole."""
        return Parsed(self._source, root, (), ())

    # --- settings ---

    def _settings(self, blocks: Iterable[nodes.Object]) -> SettingGroup:
        members = []
        for name, member in self._members(blocks):
            value = self._setting(name, member.value)
            if value is not None:
                members.append((name, value))
        return SettingGroup(tuple(members))

    def _members(
        self, blocks: Iterable[nodes.Object]
    ) -> Iterator[tuple[Word, nodes.Member]]:
        """Yield each member with its name; a second one of a name is reported."""
        first: dict[str, Word] = {}
        for block in blocks:
            for member in block.members:
                name = Word(member.key, self._place(member.key_span))
                if member.key in first:
                    self.findings.append(errors.setting_twice(name, first[member.key]))
                else:
                    first[member.key] = name
                    yield name, member

    def _setting(self, name: Word, value: nodes.Expr) -> SettingDraft | None:
        """Return the value of a setting; None where it is none, and was reported."""
        place = self._place(value.span)
        match value:
            case nodes.Null():
                return Constant(None, place)
            case nodes.Bool(constant) | nodes.Number(constant) | nodes.String(constant):
                return Constant(constant, place)
            case nodes.Group(inner):
                return self._setting(name, inner)
            case nodes.ListLiteral(items):
                drafts = [self._setting(name, item) for item in items]
                return SettingList(tuple(each for each in drafts if each is not None))
            case nodes.Object():
                return self._settings((value,))
            case nodes.Call("env", (nodes.String(variable),), ()):
                return Variable(variable, place)
            case _:
                self._report_value(name, value)
                return None

    def _report_value(self, name: Word, value: nodes.Expr) -> None:
        """Report a *value* that is no constant, unless it could not even be read."""
        if any(value.span.contains(span) for span in self._broken):
            return
        is_word = isinstance(value, nodes.Path) and len(value.segments) == 1
        place = self._place(value.span)
        self.findings.append(
            errors.setting_not_constant(place, name.text, is_word=is_word)
        )
