"""From JSON in the public API's shapes to the drafts that program texts give too.

Every word keeps its place: a JSON pointer, and line and column in the text. Data that
is no text (a dict) is written out first, so that its findings can be shown as well.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, assert_never

from pydantic import ValidationError

from fql.grammar import nodes
from fql.grammar.diagnostics import Code, Diagnostic, FqlError
from fql.grammar.json_places import inside
from fql.grammar.parse import parse_expression
from fql.grammar.source import Source
from fql.runtime import errors, models
from fql.runtime.drafts import (
    Condition,
    Constant,
    DestinationDraft,
    FilterDraft,
    Group,
    MappingDraft,
    Sequence,
    SettingDraft,
    SourceDraft,
    Variable,
    Word,
    WorkspaceDraft,
)
from fql.runtime.model_errors import model_findings
from fql.runtime.places import JsonPart, JsonString, place_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pydantic import BaseModel

    from fql.grammar.json_places import Json, JsonDocument

JSON_NAME = "<json>"
"""What diagnostics call JSON that did not come from a file."""

VARIABLE_KEY = "$env"
"""The key of an object that stands for a variable: ``{"$env": "CRM_SECRET"}``."""

_SEPARATOR = re.compile(r"(?<!\\)\.")
_ESCAPED = re.compile(r"\\([\\.])")

_WORKSPACE_MODELS = (
    models.WorkspaceModel,
    models.WorkspaceSettings,
    models.SourceModel,
    models.DestinationModel,
    models.SubscriptionModel,
)
_FILTER_MODELS = (
    models.FilterModel,
    models.SampleAction,
    models.PropertiesAction,
)
_ACTION_TYPES = ("ALLOW_PROPERTIES", "DROP", "DROP_PROPERTIES", "SAMPLE")


def as_text(value: Mapping[str, object]) -> Source:
    """Return JSON data as a text.

    Raises:
        FqlError: It holds what JSON cannot say, or nests too deeply.
    """
    try:
        return Source(json.dumps(value, indent=2, ensure_ascii=False), JSON_NAME)
    except RecursionError as error:
        raise FqlError([errors.too_deep(JSON_NAME)]) from error
    except (TypeError, ValueError) as error:
        raise FqlError([errors.not_json(JSON_NAME, str(error))]) from error


def path_keys(path: str) -> tuple[str, ...]:
    r"""Return the keys that a *path* in JSON names; ``\\.`` is a dot in a key.

    >>> path_keys("context.traits"), path_keys("")
    (('context', 'traits'), ())
    """
    if not path:
        return ()
    if "\\" not in path:
        return tuple(path.split("."))
    return tuple(_ESCAPED.sub(r"\1", part) for part in _SEPARATOR.split(path))


def draft_json(document: JsonDocument) -> tuple[WorkspaceDraft, list[Diagnostic]]:
    """Return what a program in JSON says, and what is wrong with how it says it."""
    findings = list(document.diagnostics)
    if findings and document.value is None:
        return WorkspaceDraft(), findings
    kinds = (*_WORKSPACE_MODELS, *_FILTER_MODELS)
    try:
        model = models.WorkspaceModel.model_validate(document.value)
    except ValidationError as error:
        findings += model_findings(error, document, kinds, _ACTION_TYPES)
        return WorkspaceDraft(), findings
    drafting = _Drafting(document)
    draft = drafting.workspace(model)
    return draft, findings + drafting.findings


def draft_filter(document: JsonDocument) -> tuple[FilterDraft | None, list[Diagnostic]]:
    """Return what one filter in JSON says, and what is wrong with how it says it."""
    findings = list(document.diagnostics)
    if findings and document.value is None:
        return None, findings
    try:
        model = models.FilterModel.model_validate(document.value)
    except ValidationError as error:
        findings += model_findings(error, document, _FILTER_MODELS, _ACTION_TYPES)
        return None, findings
    return _Drafting(document).filter(model, "", title="filter"), findings


class _Drafting:
    """One walk over one document that has the right form."""

    def __init__(self, document: JsonDocument) -> None:
        self._document = document
        self.findings: list[Diagnostic] = []

    def _word(self, text: str, pointer: str) -> Word:
        return Word(text, place_in(self._document, pointer))

    def _missing(self, key: str, pointer: str) -> Word:
        """Report that *key* is missing in the object at *pointer*."""
        place = place_in(self._document, pointer)
        message = f"`{key}` is missing"
        self.findings.append(errors.finding(Code.BAD_MODEL, message, place))
        return Word("", place)

    def _name(self, model: BaseModel, keys: Iterable[str], pointer: str) -> Word:
        """Return the first of the names that *model* has; the first is the usual."""
        names = list(keys)
        for key in names:
            text = getattr(model, key)
            if text:
                return self._word(text, f"{pointer}/{key}")
        return self._missing(names[0], pointer)

    # --- workspaces ---

    def workspace(self, model: models.WorkspaceModel) -> WorkspaceDraft:
        """Return the draft of a whole program."""
        settings = model.workspace
        destinations = [
            self._destination(each, f"/destinations/{index}")
            for index, each in enumerate(model.destinations)
        ]
        sources = [
            self._source(each, f"/sources/{index}")
            for index, each in enumerate(model.sources)
        ]
        if "sources" not in model.model_fields_set:
            sources = _implied_sources(destinations)
        return WorkspaceDraft(
            self._optional(settings.plan, "/workspace/plan"),
            self._optional(settings.filter_order, "/workspace/filterOrder"),
            tuple(sources),
            tuple(destinations),
        )

    def _optional(self, text: str | None, pointer: str) -> Word | None:
        return None if text is None else self._word(text, pointer)

    def _source(self, model: models.SourceModel, pointer: str) -> SourceDraft:
        name = self._name(model, ("slug", "name", "id"), pointer)
        names = (model.id, model.slug, model.name)
        settings = self._settings(model.settings, f"{pointer}/settings")
        if model.write_keys:
            key_pointer = f"{pointer}/writeKeys"
            keys = self._setting(model.write_keys, key_pointer)
            member = self._word("write_keys", key_pointer), keys
            settings = Group((member, *settings.members))
        aliases = frozenset(each for each in names if each)
        return SourceDraft(name, settings, aliases, model.enabled)

    def _destination(
        self, model: models.DestinationModel, pointer: str
    ) -> DestinationDraft:
        sources = [
            self._word(text, f"{pointer}/sources/{index}")
            for index, text in enumerate(model.sources)
        ]
        if model.source_id is not None:
            sources.append(self._word(model.source_id, f"{pointer}/sourceId"))
        return DestinationDraft(
            self._name(model, ("name", "id"), pointer),
            self._kind(model, pointer),
            tuple(sources),
            self._settings(model.settings, f"{pointer}/settings"),
            tuple(
                self.filter(each, f"{pointer}/filters/{index}")
                for index, each in enumerate(model.filters)
            ),
            tuple(
                self._mapping(each, f"{pointer}/subscriptions/{index}")
                for index, each in enumerate(model.subscriptions)
            ),
            model.enabled,
        )

    def _kind(self, model: models.DestinationModel, pointer: str) -> Word:
        slug = model.metadata.slug if model.metadata else None
        if not model.kind and slug:
            return self._word(slug, f"{pointer}/metadata/slug")
        return self._name(model, ("kind",), pointer)

    def _mapping(self, model: models.SubscriptionModel, pointer: str) -> MappingDraft:
        return MappingDraft(
            self._word(model.name, f"{pointer}/name"),
            self._condition(model.trigger, f"{pointer}/trigger"),
            self._word(model.action_slug, f"{pointer}/actionSlug"),
            JsonPart(self._document, f"{pointer}/settings", dict(model.settings)),
            model.enabled,
        )

    # --- filters ---

    def filter(
        self, model: models.FilterModel, pointer: str, *, title: str = ""
    ) -> FilterDraft:
        """Return the draft of a filter. *title*: what it is called if it is not."""
        name = (
            self._word(title, pointer)
            if title and not (model.title or model.id)
            else self._name(model, ("title", "id"), pointer)
        )
        actions = [
            action
            for index, each in enumerate(model.actions)
            for action in self._actions(each, f"{pointer}/actions/{index}")
        ]
        return FilterDraft(
            name,
            self._condition(model.condition, f"{pointer}/if"),
            tuple(actions),
            self._optional(model.source_id, f"{pointer}/sourceId"),
            model.enabled,
        )

    def _condition(self, text: str, pointer: str) -> Condition:
        source = Source(text, self._document.source.name)
        return Condition(parse_expression(source), JsonString(self._document, pointer))

    def _actions(
        self, model: models.FilterAction, pointer: str
    ) -> Iterable[nodes.FilterAction]:
        """Return what a program text would say for one action."""
        find = self._document.span
        match model:
            case models.DropAction():
                return [nodes.Drop(span=find(pointer))]
            case models.SampleAction():
                return [self._sample(model, pointer)]
            case models.PropertiesAction():
                fields = model.fields.items()
                return [self._properties(model, *each, pointer) for each in fields]
            case _:
                assert_never(model)

    def _sample(self, model: models.SampleAction, pointer: str) -> nodes.Sample:
        find = self._document.span
        percent = nodes.Number(model.percent, span=find(f"{pointer}/percent"))
        path = None
        if model.path is not None:
            path = nodes.Path(path_keys(model.path), span=find(f"{pointer}/path"))
        return nodes.Sample(percent, path, span=find(pointer))

    def _properties(
        self,
        model: models.PropertiesAction,
        target: str,
        names: Iterable[str],
        pointer: str,
    ) -> nodes.DropProperties | nodes.AllowProperties:
        """Return the action on one of the objects that *model* names."""
        document = self._document
        at = inside(f"{pointer}/fields", target)
        is_drop = model.type == "DROP_PROPERTIES"
        kind = nodes.DropProperties if is_drop else nodes.AllowProperties
        return kind(
            path_keys(target),
            tuple(
                nodes.Name(name, span=document.span(f"{at}/{index}"))
                for index, name in enumerate(names)
            ),
            target_span=document.key_span(at),
            span=document.span(at),
        )

    # --- settings ---

    def _settings(self, values: Mapping[str, Json], pointer: str) -> Group:
        members = [
            (self._word(name, at), self._setting(value, at))
            for name, value in values.items()
            for at in [inside(pointer, name)]
        ]
        return Group(tuple(members))

    def _setting(self, value: Json, pointer: str) -> SettingDraft:
        place = place_in(self._document, pointer)
        if isinstance(value, list):
            items = enumerate(value)
            return Sequence(
                tuple(
                    self._setting(item, f"{pointer}/{index}") for index, item in items
                )
            )
        if not isinstance(value, dict):
            return Constant(value, place)
        variable = value.get(VARIABLE_KEY)
        if isinstance(variable, str) and len(value) == 1:
            return Variable(variable, place)
        return self._settings(value, pointer)


def _implied_sources(destinations: Iterable[DestinationDraft]) -> list[SourceDraft]:
    """Return the sources that destinations refer to, where none are declared."""
    words = [
        word
        for each in destinations
        for word in (*each.sources, *(filter_.source for filter_ in each.filters))
        if word is not None
    ]
    first = {word.text: word for word in reversed(words)}
    return [SourceDraft(word) for word in reversed(first.values())]


def with_pointers(
    findings: Iterable[Diagnostic], document: JsonDocument
) -> list[Diagnostic]:
    """Return findings in a document with the pointers that belong to their spans."""
    pointers: dict[object, str] = {}
    for pointer, place in document.places.items():
        pointers[place.span] = pointer
        pointers[place.key] = pointer
    return [
        replace(each, pointer=pointers.get(each.span))
        if each.pointer is None and each.source is document.source
        else each
        for each in findings
    ]
