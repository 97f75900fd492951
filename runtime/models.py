"""Programs in JSON, in the shapes of the public API, as models.

Filters and subscriptions (mappings) are as the API answers them; destinations hold
their own, and a workspace holds everything. Keys that nobody knows are refused. Old
names of filter actions are read and rewritten. What the words mean together (unknown
sources, conditions with errors) is checked later, as for program texts.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    StrictBool,
    StrictStr,
)
from pydantic.alias_generators import to_camel

from fql.runtime.salvage import Parts

if TYPE_CHECKING:
    from collections.abc import Mapping

OLD_ACTION_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "allow_properties": "ALLOW_PROPERTIES",
        "blacklist_fields": "DROP_PROPERTIES",
        "blocklist_fields": "DROP_PROPERTIES",
        "drop": "DROP",
        "drop_event": "DROP",
        "drop_properties": "DROP_PROPERTIES",
        "sample": "SAMPLE",
        "sample_event": "SAMPLE",
        "whitelist_fields": "ALLOW_PROPERTIES",
    }
)
"""What older interfaces call the actions of filters, and their names now."""


class Model(BaseModel):
    """A part of a program: immutable, and without keys that nobody knows."""

    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=to_camel)


class Answer(BaseModel):
    """A part of an API's answer that is read for a few of its keys."""

    model_config = ConfigDict(extra="ignore", frozen=True, alias_generator=to_camel)


Name: TypeAlias = Annotated[StrictStr, Field(min_length=1)]

# --- filters ----------------------------------------------------------------------


class DropAction(Model):
    """``{"type": "DROP"}``."""

    type: Literal["DROP"]


class SampleAction(Model):
    """``{"type": "SAMPLE", "percent": 0.05, "path": "userId"}``."""

    type: Literal["SAMPLE"]
    percent: Annotated[float, Field(strict=True, allow_inf_nan=False)]
    path: Name | None = None


class PropertiesAction(Model):
    """``{"type": "DROP_PROPERTIES", "fields": {"context.traits": ["email"]}}``.

    The keys of ``fields`` are paths to objects, ``""`` being the event itself; the
    names in the lists are keys of that object, not paths.
    """

    type: Literal["ALLOW_PROPERTIES", "DROP_PROPERTIES"]
    fields: dict[StrictStr, list[StrictStr]]


def _with_new_name(action: object) -> object:
    """Return the JSON of an action with its name of today."""
    if not isinstance(action, dict):
        return action
    name = action.get("type")
    new = OLD_ACTION_NAMES.get(name) if isinstance(name, str) else None
    return action if new is None else {**action, "type": new}


FilterAction: TypeAlias = Annotated[
    Annotated[
        DropAction | SampleAction | PropertiesAction, Field(discriminator="type")
    ],
    BeforeValidator(_with_new_name),
]


class FilterModel(Model):
    """A filter, as far as it says what it does: ``{"if": ..., "actions": [...]}``.

    Everything else that the API has for filters may be there and is kept.
    """

    condition: StrictStr = Field(alias="if")
    actions: Parts[FilterAction]
    title: StrictStr | None = None
    description: StrictStr | None = None
    enabled: StrictBool = True
    id: StrictStr | None = None
    source_id: StrictStr | None = None
    destination_id: StrictStr | None = None
    created_at: StrictStr | None = None
    updated_at: StrictStr | None = None


class FilterCreation(Model):
    """What the API takes to create a filter."""

    source_id: Name
    condition: StrictStr = Field(alias="if")
    actions: Parts[FilterAction]
    title: Name
    enabled: StrictBool
    description: StrictStr | None = None


class FilterPreview(Model):
    """What the API takes to try a filter on a payload."""

    filter: FilterModel
    payload: dict[str, JsonValue]


class FilterPreviewResult(Model):
    """What the API answers to `FilterPreview`; a dropped event has no result."""

    input_payload: dict[str, JsonValue]
    result: dict[str, JsonValue] | None


class Pagination(Answer):
    """Where a list goes on."""

    current: StrictStr | None = None
    next: StrictStr | None = None
    previous: StrictStr | None = None
    total_entries: int | None = None


class FilterListData(Answer):
    """The inside of `FilterList`."""

    filters: Parts[FilterModel]
    pagination: Pagination | None = None


class FilterList(Answer):
    """What the API answers when asked for the filters of a destination."""

    data: FilterListData


# --- subscriptions ----------------------------------------------------------------


class SubscriptionModel(Model):
    """A mapping, as the API answers it: its trigger, its action and its settings."""

    name: Name
    trigger: StrictStr
    action_slug: Name
    settings: dict[str, JsonValue] = Field(default_factory=dict)
    enabled: StrictBool = True
    id: StrictStr | None = None
    action_id: StrictStr | None = None
    destination_id: StrictStr | None = None
    model_id: StrictStr | None = None
    reverse_etl_model_id: StrictStr | None = Field(
        default=None, alias="reverseETLModelId"
    )
    reverse_etl_schedule: JsonValue = Field(default=None, alias="reverseETLSchedule")


# --- workspaces -------------------------------------------------------------------


class Metadata(Answer):
    """What kind of source or destination it is."""

    id: StrictStr | None = None
    name: StrictStr | None = None
    slug: StrictStr | None = None


class SourceModel(Model):
    """A source. Events name it by its slug, or its name where it has none."""

    id: StrictStr | None = None
    slug: Name | None = None
    name: Name | None = None
    enabled: StrictBool = True
    write_keys: list[JsonValue] = Field(default_factory=list)
    settings: dict[str, JsonValue] = Field(default_factory=dict)
    metadata: Metadata | None = None
    workspace_id: StrictStr | None = None
    labels: list[JsonValue] = Field(default_factory=list)


class DestinationModel(Model):
    """A destination with its filters and its mappings.

    Its kind is ``kind``, or the slug in ``metadata``. The sources that feed it are
    those of ``sources``, or the one of ``sourceId``; with neither, all feed it.
    """

    name: Name | None = None
    kind: Name | None = None
    id: Name | None = None
    enabled: StrictBool = True
    source_id: Name | None = None
    sources: list[Name] = Field(default_factory=list)
    metadata: Metadata | None = None
    settings: dict[str, JsonValue] = Field(default_factory=dict)
    filters: Parts[FilterModel] = Field(default_factory=list)
    subscriptions: Parts[SubscriptionModel] = Field(default_factory=list)
    delivery: dict[str, JsonValue] = Field(default_factory=dict)


class EnrichmentModel(Model):
    """A table that events are joined to: a ``file``, or a ``table`` of a ``database``.

    ``key`` is the path of an event to what stands in ``column``; ``every`` is how often
    the table is read again, such as ``1 h``.
    """

    name: Name
    file: Name | None = None
    table: Name | None = None
    database: JsonValue = None
    column: Name
    key: Name
    every: Name | None = None


class WorkspaceSettings(Model):
    """What holds for the workspace as a whole."""

    id: StrictStr | None = None
    slug: StrictStr | None = None
    name: StrictStr | None = None
    plan: Name | None = None
    filter_order: Name | None = None
    definitions: list[Name] = Field(default_factory=list)


class WorkspaceModel(Model):
    """A whole program."""

    workspace: WorkspaceSettings = WorkspaceSettings()
    sources: Parts[SourceModel] = Field(default_factory=list)
    destinations: Parts[DestinationModel] = Field(default_factory=list)
    enrichments: Parts[EnrichmentModel] = Field(default_factory=list)
