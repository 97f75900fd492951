"""What a program says, before it is checked and compiled.

Program texts and JSON are both read into these drafts, so that everything after is
written once. A draft keeps the place of every word, and has no meaning yet: names may
be unknown, titles may occur twice, settings are not looked up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from fql.runtime.places import JsonPart, JsonString, Place

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fql.grammar import nodes
    from fql.grammar.diagnostics import Diagnostic
    from fql.grammar.parse import Parsed


@dataclass(frozen=True, slots=True)
class Word:
    """A name or a title, and where it stands."""

    text: str
    place: Place


# --- settings ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Variable:
    """A value that the environment has: ``env("CRM_SECRET")``."""

    name: str
    place: Place


@dataclass(frozen=True, slots=True)
class Constant:
    """A null, a bool, a number or a string."""

    value: bool | float | str | None
    place: Place


@dataclass(frozen=True, slots=True)
class SettingList:
    """A list of values."""

    items: tuple[SettingDraft, ...]


@dataclass(frozen=True, slots=True)
class SettingGroup:
    """Named values: the settings of a destination, or an object among them."""

    members: tuple[tuple[Word, SettingDraft], ...] = ()


SettingDraft: TypeAlias = Variable | Constant | SettingList | SettingGroup


# --- filters and mappings ---------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Condition:
    """The condition of a filter or the trigger of a mapping.

    Attributes:
        parsed: Its tree, and what reading it found.
        string: The JSON string that it stands in, or None in a program text.
    """

    parsed: Parsed[nodes.Expr]
    string: JsonString | None = None

    @property
    def place(self) -> Place:
        """Where the condition stands."""
        if self.string is not None:
            return self.string.place
        return Place(self.parsed.source, self.parsed.root.span)

    def located(self, findings: Iterable[Diagnostic]) -> list[Diagnostic]:
        """Return what was found in the condition, as found in the program."""
        if self.string is None:
            return list(findings)
        return [self.string.locate(each) for each in findings]


@dataclass(frozen=True, slots=True)
class FilterDraft:
    """One filter.

    Attributes:
        title: Its name.
        condition: Which events it acts on.
        actions: What it does; spans are places in the source of the title.
        source: The only source whose events it acts on, or None.
        is_enabled: Whether it is in use.
    """

    title: Word
    condition: Condition
    actions: tuple[nodes.FilterAction, ...]
    source: Word | None = None
    is_enabled: bool = True


Body: TypeAlias = "Parsed[nodes.Expr] | JsonPart"
"""What a mapping builds: its text, or its directives in JSON."""


@dataclass(frozen=True, slots=True)
class MappingDraft:
    """One mapping.

    Attributes:
        title: Its name.
        trigger: Which events it takes.
        action: The action that it sends.
        body: What it builds.
        is_enabled: Whether it is in use.
    """

    title: Word
    trigger: Condition
    action: Word
    body: Body
    is_enabled: bool = True


# --- workspaces -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SourceDraft:
    """One source.

    Attributes:
        name: What events are said to come from.
        settings: Its settings.
        aliases: Other names that refer to it: its id in the public API.
        is_enabled: Whether it is in use.
    """

    name: Word
    settings: SettingGroup = SettingGroup()
    aliases: frozenset[str] = frozenset()
    is_enabled: bool = True


@dataclass(frozen=True, slots=True)
class DestinationDraft:
    """One destination.

    Attributes:
        name: What reports call it.
        kind: The name of its definition.
        sources: The sources that feed it, as they were referred to; empty for all.
        settings: Its settings.
        filters: In the order of the file.
        mappings: In the order of the file.
        is_enabled: Whether it is in use.
        aliases: Other names by which events may switch it off.
        delivery: How it is delivered to.
    """

    name: Word
    kind: Word
    sources: tuple[Word, ...] = ()
    settings: SettingGroup = SettingGroup()
    filters: tuple[FilterDraft, ...] = ()
    mappings: tuple[MappingDraft, ...] = ()
    is_enabled: bool = True
    aliases: tuple[str, ...] = ()
    delivery: SettingGroup = SettingGroup()


@dataclass(frozen=True, slots=True)
class IntervalDraft:
    """How often something is done: a count of units of time."""

    count: float
    unit: Word


@dataclass(frozen=True, slots=True)
class EnrichmentDraft:
    """A table that events are joined to.

    Attributes:
        name: What mappings call it.
        origin: The path of a file, or the name of a table in a database.
        column: The column of the keys.
        key: The path to the key in an event.
        database: Where the database is; None for a file.
        interval: How often the table is read again, or None for never.
    """

    name: Word
    origin: Word
    column: Word
    key: tuple[str, ...]
    database: SettingDraft | None = None
    interval: IntervalDraft | None = None


@dataclass(frozen=True, slots=True)
class WorkspaceDraft:
    """A whole program.

    Attributes:
        plan: The plan whose limits hold, or None.
        order: How the filters of a destination act, or None for the usual order.
        sources: In the order of the file.
        destinations: In the order of the file.
        enrichments: In the order of the file.
        definitions: Paths of files that declare kinds, or of folders with such files.
    """

    plan: Word | None = None
    order: Word | None = None
    sources: tuple[SourceDraft, ...] = ()
    destinations: tuple[DestinationDraft, ...] = ()
    enrichments: tuple[EnrichmentDraft, ...] = ()
    definitions: tuple[Word, ...] = ()
