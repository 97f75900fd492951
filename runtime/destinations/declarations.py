"""Destinations as JSON: settings, actions with their fields, and presets.

The keys of fields are those of public action definitions (`fql.runtime.fields`).
"""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StrictStr

from fql.runtime.destinations.definitions import Preset
from fql.runtime.fields import FieldDeclaration

if TYPE_CHECKING:
    from collections.abc import Sequence


class _Declared(BaseModel):
    """A part of a declaration: immutable, and without keys that nobody knows."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ActionDeclaration(_Declared):
    """One action: what it is called, when it is usual, what it takes."""

    title: StrictStr = ""
    description: StrictStr = ""
    trigger: StrictStr | None = None
    fields: dict[str, FieldDeclaration] = Field(default_factory=dict)


class PresetDeclaration(_Declared):
    """A mapping that quick set-up makes."""

    name: StrictStr
    action: StrictStr
    trigger: StrictStr
    mapping: dict[str, JsonValue]

    def preset(self) -> Preset:
        """Return it as definitions hold it."""
        return Preset(self.name, self.action, self.trigger, self.mapping)


class DestinationDeclaration(_Declared):
    """A whole kind of destination, less the requests that it makes."""

    title: StrictStr = ""
    description: StrictStr = ""
    settings: dict[str, FieldDeclaration] = Field(default_factory=dict)
    actions: dict[str, ActionDeclaration] = Field(default_factory=dict)
    presets: tuple[PresetDeclaration, ...] = ()

    def all_presets(self) -> Sequence[Preset]:
        """Return the presets as definitions hold them."""
        return tuple(each.preset() for each in self.presets)


def shipped(name: str) -> DestinationDeclaration:
    """Return a declaration that is part of this package."""
    text = files(__package__).joinpath(f"{name}.json").read_text(encoding="utf-8")
    return DestinationDeclaration.model_validate_json(text)
