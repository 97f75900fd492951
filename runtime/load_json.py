"""From JSON in the public API's shapes to the drafts that program texts give too.

Findings have a JSON pointer, and line and column in the text. Data that is no text (a
dict) is written out first, so that its findings can be shown as well.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from fql.grammar.diagnostics import Diagnostic, FqlError
from fql.grammar.source import Source
from fql.runtime import errors, models
from fql.runtime.draft_json import JsonDrafting
from fql.runtime.model_errors import Mistake, located, mistakes_of, without_echoes
from fql.runtime.salvage import without

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from fql.grammar.json_places import JsonDocument
    from fql.runtime.drafts import FilterDraft, WorkspaceDraft

DraftT = TypeVar("DraftT")
ModelT = TypeVar("ModelT", bound=BaseModel)

JSON_NAME = "<json>"
"""What diagnostics call JSON that did not come from a file."""

_WORKSPACE_MODELS = (
    models.WorkspaceSettings,
    models.SourceModel,
    models.DestinationModel,
    models.SubscriptionModel,
    models.EnrichmentModel,
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


@dataclass(frozen=True, slots=True)
class Drafted(Generic[DraftT]):
    """What a document says.

    Attributes:
        draft: The draft, or None where the document cannot be read at all.
        findings: What is wrong with how it says it.
        is_complete: Whether everything that it says is in the draft.
    """

    draft: DraftT | None
    findings: list[Diagnostic]
    is_complete: bool = True


def draft_json(document: JsonDocument) -> Drafted[WorkspaceDraft]:
    """Return what a program in JSON says."""
    others = (*_WORKSPACE_MODELS, *_FILTER_MODELS)
    return _draft(document, models.WorkspaceModel, others, JsonDrafting.workspace)


def draft_filter(document: JsonDocument) -> Drafted[FilterDraft]:
    """Return what one filter in JSON says."""
    return _draft(
        document, models.FilterModel, _FILTER_MODELS, JsonDrafting.only_filter
    )


def _draft(
    document: JsonDocument,
    kind: type[ModelT],
    others: Sequence[type[BaseModel]],
    draft: Callable[[JsonDrafting, ModelT], DraftT],
) -> Drafted[DraftT]:
    """Return what *document* says, read as *kind*, which has parts of *others*.

    Parts that do not fit are reported and left out.
    """
    findings = list(document.diagnostics)
    value: object = document.value
    if findings and value is None:
        return Drafted(None, findings, is_complete=False)
    model, mistakes = _validated(value, kind, others)
    if model is None:
        model, _ = _validated(without(value, mistakes), kind, others)
    is_complete = not mistakes
    drafted = None
    if model is not None:
        drafting = JsonDrafting(document)
        drafted = draft(drafting, model)
        mistakes = without_echoes([*mistakes, *drafting.mistakes])
    findings += [located(each, document) for each in mistakes]
    return Drafted(drafted, findings, is_complete)


def _validated(
    value: object, kind: type[ModelT], others: Sequence[type[BaseModel]]
) -> tuple[ModelT | None, list[Mistake]]:
    """Return *value* as a model, or what is wrong with it."""
    try:
        return kind.model_validate(value), []
    except ValidationError as error:
        return None, mistakes_of(error, value, (kind, *others), _ACTION_TYPES)


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
