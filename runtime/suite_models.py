"""Files of tests as models: the keys that they may have, and of which kind.

What keys mean together, and whether the program has what a test names, is checked in
`suites.py`.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    StrictBool,
    StrictStr,
)

_STAGES = ("accept", "route", "filter", "match", "build")
_DECISIONS = ("rejected", "filtered", "discarded", "built")

WORDS = (*_STAGES, *_DECISIONS, "fql", "trigger")
"""What stands in such files as one of a few words, for suggestions."""

Name: TypeAlias = Annotated[StrictStr, Field(min_length=1)]
JsonObject: TypeAlias = dict[str, JsonValue]


class Part(BaseModel):
    """A part of a file of tests: immutable, and without keys that nobody knows."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    def has(self, key: str) -> bool:
        """Return whether the file has *key*, be its value null."""
        return key in self.model_fields_set


class ExpectedLeft(Part):
    """What filters are to leave of an event: all of it, or a part."""

    left: JsonObject | None = None
    left_part: JsonObject | None = None


class ExpectedPayload(ExpectedLeft):
    """What a payload is to be, or what is to be wrong with it."""

    payload: JsonValue = None
    part: JsonValue = None
    snapshot: StrictBool = False
    problems: list[JsonObject] | None = None


class ExpectedOutcome(ExpectedPayload):
    """An outcome that there has to be: all that is named has to agree."""

    destination: Name
    mapping: StrictStr | None = None
    action: StrictStr | None = None
    stage: Literal["accept", "route", "filter", "match", "build"] | None = None
    decision: Literal["rejected", "filtered", "discarded", "built"] | None = None
    reason: StrictStr | None = None
    filter: StrictStr | None = None


def _spelled_out(value: object) -> object:
    """Return what stands for the short forms of an expectation."""
    match value:
        case bool():
            return {"matches": value}
        case list():
            return {"mappings": value}
        case _:
            return value


class Expected(ExpectedPayload):
    """What is expected of one event."""

    matches: StrictBool | None = None
    mappings: list[Name] | None = None
    refused: Name | None = None
    dropped: StrictBool | None = None
    outcomes: list[ExpectedOutcome] = []


EventSpec: TypeAlias = JsonValue
"""An event, or the name of one."""


class Row(Part):
    """One event, and what is expected of it; a row of a table of such."""

    name: Name | None = None
    event: EventSpec = None
    set: dict[str, JsonValue] = {}
    unset: list[StrictStr] = []
    expect: Annotated[Expected | None, BeforeValidator(_spelled_out)] = None


class Case(Row):
    """A test; with `rows`, one for each of them, which begin from what it says."""

    of: Name | None = None
    source: Name | None = None
    before: list[EventSpec] = []
    rows: Annotated[list[Row], Field(min_length=1)] | None = None


class SuiteFile(Part):
    """A file of tests."""

    program: Name | None = None
    trigger: StrictStr | None = None
    dialect: Literal["fql", "trigger"] = "fql"
    filter: JsonObject | None = None
    mapping: StrictStr | JsonObject | None = None
    source: Name | None = None
    events: dict[str, EventSpec] = {}
    tests: list[Case]


MODELS: tuple[type[BaseModel], ...] = (SuiteFile, Case, Row, Expected, ExpectedOutcome)
"""All of them, for suggestions of keys."""
