"""From drafts to JSON in the public API's shapes: the counterpart of `draft_json.py`.

What a draft does not hold (ids, descriptions, dates of change) is not in the JSON.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, assert_never

from fql.compiler.check import check_value
from fql.compiler.convert import directives_of
from fql.grammar import nodes
from fql.grammar.diagnostics import FqlError, arrange
from fql.grammar.directives import read_directives, to_json
from fql.grammar.format import write
from fql.grammar.spelling import number_text
from fql.runtime import drafts
from fql.runtime.delivery_settings import spelled_in_json
from fql.runtime.draft_json import VARIABLE_KEY
from fql.runtime.places import JsonPart

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fql.compiler.values import Json
    from fql.grammar.diagnostics import Diagnostic

_Object = dict[str, "Json"]


def workspace_json(
    draft: drafts.WorkspaceDraft, *, is_exact: bool = False
) -> dict[str, Json]:
    """Return a draft as JSON.

    Args:
        draft: What to write, without errors.
        is_exact: Whether mappings give the same for every event, see
            `fql.compiler.convert.directives_of`.

    Raises:
        FqlError: Directives cannot say a mapping; all findings are in it.
    """
    printer = _Printer(is_exact)
    whole = printer.workspace(draft)
    if printer.findings:
        raise FqlError(arrange(printer.findings))
    return whole


def path_text(keys: Sequence[str]) -> str:
    r"""Return the path in JSON that leads along *keys*; a dot in a key is ``\.``.

    >>> path_text(("context", "traits")), path_text(()), path_text(("a.b", "c"))
    ('context.traits', '', 'a\\.b.c')
    """
    return ".".join(key.replace("\\", "\\\\").replace(".", "\\.") for key in keys)


@dataclass(frozen=True, slots=True)
class _Printer:
    """One draft on its way to JSON."""

    is_exact: bool
    findings: list[Diagnostic] = field(default_factory=list)

    def workspace(self, draft: drafts.WorkspaceDraft) -> _Object:
        """Return the JSON of the whole."""
        words = {"plan": draft.plan, "filterOrder": draft.order}
        said: _Object = {key: word.text for key, word in words.items() if word}
        if draft.definitions:
            said["definitions"] = [word.text for word in draft.definitions]
        whole: _Object = {"workspace": said} if said else {}
        whole["sources"] = [_source(each) for each in draft.sources]
        whole["destinations"] = [self._destination(each) for each in draft.destinations]
        if draft.enrichments:
            whole["enrichments"] = [_enrichment(each) for each in draft.enrichments]
        return whole

    def _destination(self, draft: drafts.DestinationDraft) -> Json:
        made: _Object = {
            "name": draft.name.text,
            "kind": draft.kind.text,
            "enabled": draft.is_enabled,
        }
        if draft.sources:
            made["sources"] = [each.text for each in draft.sources]
        return {
            **made,
            "settings": _settings(draft.settings),
            **_delivery(draft.delivery),
            "filters": [_filter(each) for each in draft.filters],
            "subscriptions": [self._mapping(each) for each in draft.mappings],
        }

    def _mapping(self, draft: drafts.MappingDraft) -> Json:
        return {
            "name": draft.title.text,
            "trigger": _condition(draft.trigger),
            "actionSlug": draft.action.text,
            "settings": self._body(draft.body),
            "enabled": draft.is_enabled,
        }

    def _body(self, body: drafts.Body) -> Json:
        if isinstance(body, JsonPart):
            return to_json(read_directives(body.document, body.pointer).root)
        try:
            return {**directives_of(check_value(body), is_exact=self.is_exact)}
        except FqlError as error:
            self.findings.extend(error.diagnostics)
            return None


def _source(draft: drafts.SourceDraft) -> Json:
    return {
        "slug": draft.name.text,
        "enabled": draft.is_enabled,
        "settings": _settings(draft.settings),
    }


def _enrichment(draft: drafts.EnrichmentDraft) -> Json:
    made: _Object = {"name": draft.name.text}
    if draft.database is None:
        made["file"] = draft.origin.text
    else:
        made |= {"table": draft.origin.text, "database": _setting(draft.database)}
    made |= {"column": draft.column.text, "key": path_text(draft.key)}
    if draft.interval is not None:
        count = number_text(draft.interval.count)
        made["every"] = f"{count} {draft.interval.unit.text}"
    return made


def _condition(condition: drafts.Condition) -> str:
    return write(condition.parsed.root, language="fql")


def _filter(draft: drafts.FilterDraft) -> Json:
    made: _Object = {
        "title": draft.title.text,
        "if": _condition(draft.condition),
        "actions": [_action(each) for each in draft.actions],
        "enabled": draft.is_enabled,
    }
    if draft.source is not None:
        made["sourceId"] = draft.source.text
    return made


def _action(action: nodes.FilterAction) -> Json:
    match action:
        case nodes.Drop():
            return {"type": "DROP"}
        case nodes.Sample(percent, path):
            sampled: _Object = {"type": "SAMPLE", "percent": percent.value}
            by: _Object = {} if path is None else {"path": path_text(path.segments)}
            return {**sampled, **by}
        case nodes.DropProperties(target, names):
            return _properties("DROP_PROPERTIES", target, names)
        case nodes.AllowProperties(target, names):
            return _properties("ALLOW_PROPERTIES", target, names)
        case _:
            assert_never(action)


def _properties(kind: str, target: Sequence[str], names: Sequence[nodes.Name]) -> Json:
    fields: _Object = {path_text(target): [name.text for name in names]}
    return {"type": kind, "fields": fields}


def _settings(draft: drafts.SettingGroup) -> _Object:
    return {name.text: _setting(value) for name, value in draft.members}


def _delivery(draft: drafts.SettingGroup) -> _Object:
    said = _settings(draft)
    options: _Object = {spelled_in_json(name): said[name] for name in said}
    return {"delivery": options} if options else {}


def _setting(draft: drafts.SettingDraft) -> Json:
    match draft:
        case drafts.Variable(name):
            return {VARIABLE_KEY: name}
        case drafts.Constant(value):
            return value
        case drafts.SettingList(items):
            return [_setting(each) for each in items]
        case drafts.SettingGroup():
            return _settings(draft)
        case _:
            assert_never(draft)
