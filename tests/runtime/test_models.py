"""The JSON of the public API, and what is said where it does not fit."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from fql.grammar.diagnostics import Code
from fql.runtime import models
from fql.runtime.draft_json import path_keys
from fql.runtime.model_errors import mistakes_of
from fql.runtime.salvage import sound, without

FILTER: dict[str, Any] = {
    "sourceId": "s1",
    "if": "all",
    "actions": [{"type": "DROP"}],
    "title": "t",
    "enabled": True,
}
STORED: dict[str, Any] = {
    **FILTER,
    "id": "f1",
    "destinationId": "d1",
    "description": "d",
    "createdAt": "2026-01-01T00:00:00Z",
    "updatedAt": "2026-01-01T00:00:00Z",
}


@pytest.mark.parametrize(
    ("model", "data"),
    [
        (models.FilterCreation, FILTER),
        (models.FilterModel, STORED),
        (
            models.FilterList,
            {
                "data": {
                    "filters": [STORED, STORED],
                    "pagination": {"current": "a", "totalEntries": 2},
                }
            },
        ),
        (
            models.FilterPreview,
            {
                "filter": {"if": "all", "actions": [{"type": "SAMPLE", "percent": 1}]},
                "payload": {"type": "track"},
            },
        ),
        (models.FilterPreviewResult, {"inputPayload": {}, "result": None}),
        (
            models.SubscriptionModel,
            {
                "id": "m1",
                "name": "n",
                "actionId": "a1",
                "actionSlug": "send",
                "destinationId": "d1",
                "enabled": False,
                "settings": {"a": {"@path": "$.b"}},
                "trigger": "all",
                "modelId": "r1",
                "reverseETLSchedule": {"strategy": "PERIODIC"},
            },
        ),
    ],
)
def test_what_the_api_says_is_read_and_written_back(
    model: type[BaseModel], data: dict[str, Any]
) -> None:
    read = model.model_validate(data)
    assert read.model_dump(by_alias=True, exclude_unset=True, mode="json") == data


def mistakes(data: object) -> list[tuple[Code, str, tuple[str | int, ...], str]]:
    """Return what is wrong with a filter: code, message, path, suggestion."""
    try:
        models.FilterModel.model_validate(data)
    except ValidationError as error:
        kinds = (models.FilterModel, models.SampleAction, models.PropertiesAction)
        found = mistakes_of(error, data, kinds, ["DROP", "SAMPLE"])
        return [(each.code, each.message, each.path, each.suggestion) for each in found]
    return []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"if": 5}, (Code.BAD_MODEL, "`if` must be a string but is 5", ("if",), "")),
        (
            {"enabled": "yes"},
            (
                Code.BAD_MODEL,
                '`enabled` must be true or false but is "yes"',
                ("enabled",),
                "",
            ),
        ),
        (
            {"titel": "x"},
            (Code.UNKNOWN_KEY, "unknown key `titel`", ("titel",), "title"),
        ),
        (
            {"sourceID": "x"},
            (Code.UNKNOWN_KEY, "unknown key `sourceID`", ("sourceID",), "sourceId"),
        ),
        ({"zzz": 1}, (Code.UNKNOWN_KEY, "unknown key `zzz`", ("zzz",), "")),
        (
            {"actions": "drop"},
            (
                Code.BAD_MODEL,
                '`actions` must be a list but is "drop"',
                ("actions",),
                "",
            ),
        ),
        (
            {"actions": [5]},
            (
                Code.BAD_MODEL,
                "element 1 must be an object but is 5",
                ("actions", 0),
                "",
            ),
        ),
        (
            {"actions": [{}]},
            (Code.BAD_MODEL, "`type` is missing", ("actions", 0), ""),
        ),
        (
            {"actions": [{"type": "DRP"}]},
            (
                Code.BAD_MODEL,
                "`type` must be one of `DROP`, `SAMPLE`, `ALLOW_PROPERTIES`, "
                "`DROP_PROPERTIES`, not `DRP`",
                ("actions", 0, "type"),
                "DROP",
            ),
        ),
        (
            {"actions": [{"type": "SAMPLE"}]},
            (Code.BAD_MODEL, "`percent` is missing", ("actions", 0), ""),
        ),
        (
            {"actions": [{"type": "SAMPLE", "percent": True}]},
            (
                Code.BAD_MODEL,
                "`percent` must be a number but is true",
                ("actions", 0, "percent"),
                "",
            ),
        ),
        (
            {"actions": [{"type": "SAMPLE", "percent": 1, "path": ""}]},
            (
                Code.BAD_MODEL,
                '`path` must be a text that is not empty but is ""',
                ("actions", 0, "path"),
                "",
            ),
        ),
        (
            {"actions": [{"type": "DROP_PROPERTIES", "fields": {"a": ["b", 1]}}]},
            (
                Code.BAD_MODEL,
                "element 2 must be a string but is 1",
                ("actions", 0, "fields", "a", 1),
                "",
            ),
        ),
    ],
)
def test_a_mistake_is_told_in_plain_words(
    change: dict[str, Any], expected: tuple[object, ...]
) -> None:
    assert mistakes({**FILTER, **change}) == [expected]


def test_a_misspelled_key_is_not_missing_as_well() -> None:
    data = {"if": "all", "actoins": []}
    assert mistakes(data) == [
        (Code.UNKNOWN_KEY, "unknown key `actoins`", ("actoins",), "actions")
    ]


def test_all_mistakes_are_told() -> None:
    found = mistakes({"actions": [{"type": "DRP"}, 5], "enabled": 1, "x": 2})
    assert len(found) == 5


# --- what is left -----------------------------------------------------------------


def validated(data: object) -> models.WorkspaceModel:
    """Return what fits the model once the mistakes are taken out."""
    try:
        return models.WorkspaceModel.model_validate(data)
    except ValidationError as error:
        found = mistakes_of(error, data, [models.WorkspaceModel])
        return models.WorkspaceModel.model_validate(without(data, found))


def test_the_smallest_part_with_a_mistake_is_taken_out() -> None:
    good = {"if": "all", "actions": [{"type": "DROP"}], "title": "good"}
    data = {
        "workspace": {"plan": 5, "name": "w"},
        "destinations": [
            {"name": "a", "filters": [{"if": 1}, good, {**good, "x": 1}]},
            {"name": 5},
            {"name": "b", "filters": [{**good, "actions": [{"type": "X"}, good]}]},
        ],
        "x": 1,
    }
    before = repr(data)
    left = validated(data)
    assert repr(data) == before
    assert left.workspace.name == "w"
    found = list(sound(left.destinations))
    assert [(index, each.name) for index, each in found] == [(0, "a"), (2, "b")]
    filters = list(sound(found[0][1].filters))
    assert [(index, each.title) for index, each in filters] == [
        (1, "good"),
        (2, "good"),
    ]
    assert list(sound(found[1][1].filters[0].actions)) == []


@pytest.mark.parametrize("value", [[], 5, "a", None])
def test_nothing_can_be_saved_of_what_is_no_object(value: object) -> None:
    with pytest.raises(ValidationError):
        validated(value)


# --- paths ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "keys"),
    [
        ("", ()),
        ("a", ("a",)),
        ("context.traits", ("context", "traits")),
        ("a.", ("a", "")),
        (".a", ("", "a")),
        (r"a\.b.c", ("a.b", "c")),
        (r"a\\.b", ("a\\", "b")),
        (r"a\b.c", (r"a\b", "c")),
        ("product 1.é", ("product 1", "é")),
        ("a\\", ("a\\",)),
    ],
)
def test_a_path_names_keys(path: str, keys: tuple[str, ...]) -> None:
    assert path_keys(path) == keys
