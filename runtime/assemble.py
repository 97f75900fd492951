"""From a draft to a workspace: every condition and mapping compiled.

Nothing stops at the first mistake: every part is compiled or at least checked, and all
findings are handed back together.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, assert_never

from fql.compiler.check import Checked
from fql.compiler.functions import FUNCTIONS
from fql.compiler.payload import Mapping as Builder
from fql.compiler.payload import (
    check_mapping_text,
    compile_mapping_text,
    mapping_of,
)
from fql.compiler.trigger import check_trigger, compile_trigger
from fql.grammar import nodes
from fql.grammar.diagnostics import Diagnostic, FqlError, has_errors
from fql.runtime.check_enrichments import Enriched
from fql.runtime.check_workspace import source_names
from fql.runtime.delivery_settings import read_delivery
from fql.runtime.filter_actions import AllowProperties, Drop, DropProperties, Sample
from fql.runtime.filters import Filter, Order
from fql.runtime.kinds import Kinds, registry_of, secret_names
from fql.runtime.load_enrichments import load_enrichment
from fql.runtime.places import JsonPart
from fql.runtime.settings import resolve_settings
from fql.runtime.workspace import Workspace
from fql.runtime.workspace_parts import Destination, DestinationMapping, Source

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from fql.compiler.fields import Fields
    from fql.compiler.schema import Schema
    from fql.compiler.signatures import FunctionTable
    from fql.compiler.trigger import Trigger
    from fql.grammar.parse import Parsed
    from fql.runtime import drafts
    from fql.runtime.destinations.definitions import Definition
    from fql.runtime.destinations.registry import Registry
    from fql.runtime.enrichments import Enrichment
    from fql.runtime.filter_actions import Action
    from fql.runtime.workspace_parts import Setting


@dataclass(frozen=True, slots=True)
class Terms:
    """What conditions and mappings are compiled by.

    Attributes:
        functions: What they may call.
        schema: What is known of events beyond the event spec.
        is_strict: Whether what only the schema makes impossible is an error.
        registry: Which kinds of destinations there are; None where destinations are
            not compared with their kinds.
    """

    functions: FunctionTable = field(default_factory=lambda: FUNCTIONS)
    schema: Schema | None = None
    is_strict: bool = False
    registry: Registry | None = None

    def trigger(self, parsed: Parsed[nodes.Expr]) -> Trigger:
        """Compile a condition. Raises: FqlError, if it has errors."""
        return compile_trigger(
            parsed,
            functions=self.functions,
            schema=self.schema,
            is_strict=self.is_strict,
        )

    def check_trigger(self, parsed: Parsed[nodes.Expr]) -> tuple[Diagnostic, ...]:
        """Return what is wrong with a condition."""
        return check_trigger(
            parsed,
            functions=self.functions,
            schema=self.schema,
            is_strict=self.is_strict,
        ).diagnostics

    def analyze(self, trigger: Trigger) -> list[Diagnostic]:
        """Return what can be proved of the parts of a condition."""
        from fql.compiler.analyze import analyze

        checked = trigger.tree
        assert isinstance(checked, Checked)  # noqa: S101 - compiled from a text above
        return analyze(checked, functions=self.functions, schema=self.schema)

    def builder(
        self,
        body: Parsed[nodes.Expr],
        *,
        fields: Fields | None = None,
        condition: nodes.Expr | None = None,
    ) -> Builder:
        """Compile a mapping.

        Args:
            body: Its text.
            fields: The fields of its action, where they are known.
            condition: Its trigger.

        Raises:
            FqlError: It has errors, or cannot fit the fields.
        """
        return compile_mapping_text(
            body,
            functions=self.functions,
            schema=self.schema,
            is_strict=self.is_strict,
            fields=fields,
            condition=None if fields is None else condition,
        )

    def check_builder(self, body: Parsed[nodes.Expr]) -> tuple[Diagnostic, ...]:
        """Return what is wrong with a mapping."""
        return check_mapping_text(
            body,
            functions=self.functions,
            schema=self.schema,
            is_strict=self.is_strict,
        ).diagnostics


USUAL_TERMS = Terms()


@dataclass(slots=True)
class Assembly:
    """One run over one draft.

    Attributes:
        terms: What conditions and mappings are compiled by.
        environment: Where settings find their variables; None leaves settings out.
        is_sound: Whether the whole text could be read. If not, trees may have holes:
            they are checked, and nothing is compiled.
        is_analyzed: Whether what can be proved of conditions is among the findings.
        findings: What was found so far, in no order.
        enriched: The enrichments of the program, once they are loaded.
        kinds: The kinds that the program may use; None where they are not asked for.
    """

    terms: Terms = USUAL_TERMS
    environment: Mapping[str, str] | None = field(default=None, repr=False)
    is_sound: bool = True
    is_analyzed: bool = False
    findings: list[Diagnostic] = field(default_factory=list)
    enriched: Enriched = field(default_factory=lambda: Enriched({}))
    kinds: Kinds | None = None

    def workspace(self, draft: drafts.WorkspaceDraft) -> Workspace:
        """Return the workspace; parts with errors are missing from it."""
        names = source_names(draft.sources)
        enrichments = self._load(draft.enrichments)
        self.kinds = self._known_kinds(draft)
        return Workspace(
            tuple(self._source(each) for each in draft.sources),
            tuple(self._destination(each, names) for each in draft.destinations),
            plan=draft.plan.text if draft.plan else None,
            order=_order(draft.order),
            enrichments=enrichments,
        )

    def _load(
        self, drafted: Iterable[drafts.EnrichmentDraft]
    ) -> tuple[Enrichment, ...]:
        """Return the enrichments of a program, which its mappings read from now on."""
        known: dict[str, Enrichment] = {}
        for draft in drafted:
            enrichment, findings = load_enrichment(draft, self.environment)
            self.findings.extend(findings)
            known.setdefault(draft.name.text, enrichment)
        self.enriched = Enriched(known)
        return tuple(known.values())

    def _known_kinds(self, draft: drafts.WorkspaceDraft) -> Kinds | None:
        registry = self.terms.registry
        if registry is None:
            return None
        before = len(self.findings)
        registry = registry_of(registry, draft.definitions, self.findings)
        is_whole = not has_errors(self.findings[before:])
        return Kinds(registry, self.findings, is_whole)

    def filter(
        self, draft: drafts.FilterDraft, sources: Mapping[str, str]
    ) -> Filter | None:
        """Return a filter, or None where its condition has errors."""
        before = len(self.findings)
        condition = self._trigger(draft.condition)
        if condition is None:
            return None
        return Filter(
            draft.title.text,
            condition,
            tuple(map(_action, draft.actions)),
            _source_name(draft.source, sources),
            draft.is_enabled,
            tuple(self.findings[before:]),
        )

    def _source(self, draft: drafts.SourceDraft) -> Source:
        settings = self._settings(draft.settings)
        return Source(draft.name.text, settings, draft.is_enabled)

    def _destination(
        self, draft: drafts.DestinationDraft, sources: Mapping[str, str]
    ) -> Destination:
        kind = None if self.kinds is None else self.kinds.definition(draft)
        filters = [self.filter(each, sources) for each in draft.filters]
        mappings = [self._mapping(each, kind) for each in draft.mappings]
        return Destination(
            draft.name.text,
            draft.kind.text,
            tuple(sources.get(each.text, each.text) for each in draft.sources),
            self._settings_of(draft, kind),
            tuple(each for each in filters if each is not None),
            tuple(each for each in mappings if each is not None),
            draft.is_enabled,
            draft.aliases,
            read_delivery(draft.delivery)[0],
            kind,
        )

    def _settings_of(
        self, draft: drafts.DestinationDraft, kind: Definition | None
    ) -> dict[str, Setting]:
        """Return the settings of a destination, as its kind takes them."""
        if kind is None or self.kinds is None:
            return self._settings(draft.settings)
        settings = self.kinds.settings(draft.settings, kind)
        values = self._settings(settings, secret_names(kind))
        if not self.is_sound:
            return values
        is_checked = self.environment is None
        return self.kinds.values(draft, settings, None if is_checked else values, kind)

    def _settings(
        self, draft: drafts.SettingGroup, hidden: Collection[str] = ()
    ) -> dict[str, Setting]:
        if self.environment is None:
            return {}
        settings, findings = resolve_settings(draft, self.environment, hidden)
        self.findings.extend(findings)
        return settings

    def _mapping(
        self, draft: drafts.MappingDraft, kind: Definition | None
    ) -> DestinationMapping | None:
        fields = None
        if kind is not None and self.kinds is not None:
            fields = self.kinds.fields(draft.action, kind)
        trigger = self._trigger(draft.trigger)
        build = self._builder(
            draft.body,
            None if trigger is None else fields,
            draft.trigger.parsed.root,
        )
        if trigger is None or build is None:
            return None
        return DestinationMapping(
            draft.title.text,
            trigger,
            draft.action.text,
            build,
            draft.is_enabled,
            self.enriched.read_by(build.node),
        )

    # --- conditions and mappings ---

    def _trigger(self, condition: drafts.Condition) -> Trigger | None:
        """Return a compiled condition, or None where it has errors."""
        reads = self.enriched.in_condition(condition.parsed)
        self.findings.extend(condition.located(reads))
        if not self.is_sound:
            findings = self.terms.check_trigger(condition.parsed)
            self.findings.extend(condition.located(findings))
            return None
        try:
            trigger = self.terms.trigger(condition.parsed)
        except FqlError as error:
            self.findings.extend(condition.located(error.diagnostics))
            return None
        self.findings.extend(condition.located(trigger.diagnostics))
        if self.is_analyzed:
            self.findings.extend(condition.located(self.terms.analyze(trigger)))
        return trigger

    def _builder(
        self, body: drafts.Body, fields: Fields | None, condition: nodes.Expr
    ) -> Builder | None:
        """Return what builds a payload, or None where the mapping has errors."""
        if isinstance(body, JsonPart):
            return self._from_directives(body, fields, condition)
        self.findings.extend(self.enriched.in_text(body))
        if not self.is_sound:
            self.findings.extend(self._payload_terms().check_builder(body))
            return None
        try:
            builder = self._payload_terms().builder(
                body, fields=fields, condition=condition
            )
        except FqlError as error:
            self.findings.extend(error.diagnostics)
            return None
        self.findings.extend(builder.diagnostics)
        return builder

    def _payload_terms(self) -> Terms:
        """Return what mappings are compiled by."""
        return replace(self.terms, schema=self.enriched.schema(self.terms.schema))

    def _from_directives(
        self, body: JsonPart, fields: Fields | None, condition: nodes.Expr
    ) -> Builder | None:
        """Return what builds a payload by directives, or None where they are wrong."""
        from fql.compiler.check_directives import check_directives

        directives = check_directives(body.document, body.pointer)
        if has_errors(directives.diagnostics):
            self.findings.extend(directives.diagnostics)
            return None
        self.findings.extend(self.enriched.in_directives(directives))
        try:
            builder = mapping_of(
                directives,
                schema=self._payload_terms().schema if fields else None,
                is_strict=self.terms.is_strict,
                fields=fields,
                condition=condition if fields else None,
            )
        except FqlError as error:
            self.findings.extend(error.diagnostics)
            return None
        self.findings.extend(builder.diagnostics)
        return builder


def _order(word: drafts.Word | None) -> Order:
    is_known = word is not None and word.text in tuple(Order)
    return Order(word.text) if word is not None and is_known else Order.STAGES


def _source_name(word: drafts.Word | None, names: Mapping[str, str]) -> str | None:
    return None if word is None else names.get(word.text, word.text)


def _action(action: nodes.FilterAction) -> Action:
    """Return what the runtime does for an action as it is written."""
    match action:
        case nodes.Drop():
            return Drop()
        case nodes.Sample(percent, path):
            return Sample(percent.value, None if path is None else path.segments)
        case nodes.DropProperties(target, names):
            return DropProperties(target, frozenset(name.text for name in names))
        case nodes.AllowProperties(target, names):
            return AllowProperties(target, frozenset(name.text for name in names))
        case _:
            assert_never(action)
