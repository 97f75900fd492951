"""From the models of JSON programs to drafts.

Every word keeps its place in the document. A filter's action becomes what a program
text would say, so that both are checked and compiled alike.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, assert_never

from fql.grammar import nodes
from fql.grammar.build import read_number
from fql.grammar.json_places import inside, without_text
from fql.grammar.parse import parse_expression
from fql.grammar.source import Source
from fql.runtime import models
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
from fql.runtime.model_errors import Mistake, missing_key
from fql.runtime.places import JsonPart, JsonString, place_in
from fql.runtime.salvage import sound

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pydantic import BaseModel

    from fql.grammar.json_places import Json, JsonDocument

UNTITLED = "filter"
"""The title of a filter that is compiled alone and has none."""

VARIABLE_KEY = "$env"
"""The key of an object that stands for a variable: ``{"$env": "CRM_SECRET"}``."""

_INTERVAL = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})?) ?([a-z]+)")

_PATH_PIECE = re.compile(r"\\[\\.]|\.|[^\\.]+|\\")


def path_keys(path: str) -> tuple[str, ...]:
    r"""Return the keys that a *path* in JSON names; ``\\.`` is a dot in a key.

    >>> path_keys("context.traits"), path_keys(""), path_keys(r"a\.b.c")
    (('context', 'traits'), (), ('a.b', 'c'))
    """
    if not path:
        return ()
    keys = [""]
    for piece in _PATH_PIECE.findall(path):
        if piece == ".":
            keys.append("")
        else:
            keys[-1] += piece[1:] if piece in {"\\\\", "\\."} else piece
    return tuple(keys)


class JsonDrafting:
    """One walk over one document that has the right form."""

    def __init__(self, document: JsonDocument) -> None:
        self._document = document
        self.mistakes: list[Mistake] = []

    def _word(self, text: str, pointer: str) -> Word:
        return Word(text, place_in(self._document, pointer))

    def _missing(self, key: str, pointer: str) -> Word:
        """Report that *key* is missing in the object at *pointer*."""
        keys = pointer.split("/")[1:]
        path = tuple(int(each) if each.isdigit() else each for each in keys)
        self.mistakes.append(missing_key(key, path))
        return self._word("", pointer)

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
            for index, each in sound(model.destinations)
        ]
        sources = [
            self._source(each, f"/sources/{index}")
            for index, each in sound(model.sources)
        ]
        if "sources" not in model.model_fields_set:
            sources = _implied_sources(destinations)
        return WorkspaceDraft(
            self._optional(settings.plan, "/workspace/plan"),
            self._optional(settings.filter_order, "/workspace/filterOrder"),
            tuple(sources),
            tuple(destinations),
            tuple(
                self._enrichment(each, f"/enrichments/{index}")
                for index, each in sound(model.enrichments)
            ),
            tuple(
                self._word(each, f"/workspace/definitions/{index}")
                for index, each in enumerate(settings.definitions)
            ),
        )

    def _enrichment(
        self, model: models.EnrichmentModel, pointer: str
    ) -> EnrichmentDraft:
        is_table = model.table is not None
        database: SettingDraft | None = None
        if is_table:
            database = self._setting(model.database, f"{pointer}/database")
            if not isinstance(database, Variable):
                database = Constant(None, place_in(self._document, pointer))
        return EnrichmentDraft(
            self._word(model.name, f"{pointer}/name"),
            self._name(model, ("table",) if is_table else ("file",), pointer),
            self._word(model.column, f"{pointer}/column"),
            path_keys(model.key),
            database,
            None if model.every is None else self._interval(model.every, pointer),
        )

    def _interval(self, text: str, pointer: str) -> IntervalDraft:
        """Return an interval; a text that is none is taken for its unit."""
        found = _INTERVAL.fullmatch(text)
        count, unit = found.groups() if found else ("1", text)
        return IntervalDraft(read_number(count), self._word(unit, f"{pointer}/every"))

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
            settings = SettingGroup((member, *settings.members))
        aliases = frozenset(each for each in names if each)
        return SourceDraft(name, settings, aliases, model.enabled)

    def _destination(
        self, model: models.DestinationModel, pointer: str
    ) -> DestinationDraft:
        sources = [
            self._word(text, f"{pointer}/sources/{index}")
            for index, text in sound(model.sources)
        ]
        if model.source_id is not None:
            sources.append(self._word(model.source_id, f"{pointer}/sourceId"))
        return DestinationDraft(
            self._name(model, ("name", "id"), pointer),
            self._kind(model, pointer),
            tuple(sources),
            self._settings(model.settings, f"{pointer}/settings"),
            tuple(
                self._filter(each, f"{pointer}/filters/{index}")
                for index, each in sound(model.filters)
            ),
            tuple(
                self._mapping(each, f"{pointer}/subscriptions/{index}")
                for index, each in sound(model.subscriptions)
            ),
            model.enabled,
            (model.metadata.name,) if model.metadata and model.metadata.name else (),
            self._settings(model.delivery, f"{pointer}/delivery"),
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
            self._body(model, f"{pointer}/settings"),
            model.enabled,
        )

    def _body(self, model: models.SubscriptionModel, pointer: str) -> JsonPart:
        if "settings" in model.model_fields_set:
            return JsonPart(self._document, pointer)
        return JsonPart(without_text({}), "")

    # --- filters ---

    def only_filter(self, model: models.FilterModel) -> FilterDraft:
        """Return the draft of a filter that is the whole document."""
        if model.title or model.id:
            return self._filter(model, "")
        return self._filter(model, "", self._word(UNTITLED, ""))

    def _filter(
        self, model: models.FilterModel, pointer: str, title: Word | None = None
    ) -> FilterDraft:
        name = title or self._name(model, ("title", "id"), pointer)
        actions = [
            action
            for index, each in sound(model.actions)
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

    def _settings(self, values: Mapping[str, Json], pointer: str) -> SettingGroup:
        members = [
            (self._word(name, at), self._setting(value, at))
            for name, value in values.items()
            for at in [inside(pointer, name)]
        ]
        return SettingGroup(tuple(members))

    def _setting(self, value: Json, pointer: str) -> SettingDraft:
        place = place_in(self._document, pointer)
        if isinstance(value, list):
            items = enumerate(value)
            return SettingList(
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
    first: dict[str, Word] = {}
    for word in words:
        first.setdefault(word.text, word)
    return [SourceDraft(word) for word in first.values()]
