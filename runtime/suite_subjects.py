"""What the head of a file of tests names, compiled: its subject, and parts of one."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fql.compiler.functions import FUNCTIONS
from fql.compiler.payload import compile_directives, compile_mapping_text
from fql.compiler.trigger import compile_engine_text, compile_trigger
from fql.grammar.diagnostics import FqlError
from fql.grammar.source import Source, Span
from fql.runtime import suite_errors
from fql.runtime.assemble import Terms
from fql.runtime.destinations.registry import installed_registry
from fql.runtime.load import compile_filter, load
from fql.runtime.suite_targets import (
    FilterTarget,
    Key,
    MappingTarget,
    ProgramTarget,
    TriggerTarget,
    Unit,
    filter_units,
    mapping_units,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from fql.compiler.signatures import FunctionTable
    from fql.compiler.values import Json
    from fql.grammar.json_places import JsonDocument
    from fql.runtime.suite_models import SuiteFile
    from fql.runtime.suite_targets import Target

SUBJECTS = ("program", "trigger", "filter", "mapping")
"""The keys of which a file of tests has one."""


@dataclass(slots=True)
class Library:
    """What several files of tests share: programs that were loaded once.

    Attributes:
        functions: What conditions and mappings may call.
        programs: The programs by their paths.
    """

    functions: FunctionTable = field(default_factory=lambda: FUNCTIONS)
    programs: dict[str, ProgramTarget] = field(default_factory=dict)

    def program(self, path: str) -> ProgramTarget:
        """Return the program at *path*. Settings find no variables: none are needed.

        Raises:
            FqlError: It has errors, or cannot be read.
        """
        if path not in self.programs:
            terms = Terms(self.functions, registry=installed_registry())
            workspace = load(path, environment={}, terms=terms)
            self.programs[path] = ProgramTarget.of(path, workspace)
        return self.programs[path]


def subject_of(
    model: SuiteFile, document: JsonDocument, folder: Path, library: Library
) -> Target:
    """Return what a file of tests tests.

    Args:
        model: What the file says.
        document: The file.
        folder: Where the path of a program starts.
        library: What is shared with other files.

    Raises:
        FqlError: It names nothing, or several things, or what it names has errors.
    """
    found = [name for name in SUBJECTS if getattr(model, name) is not None]
    if len(found) != 1:
        span = Span(0, 0)
        if found:
            span = document.key_span(f"/{found[1]}")
        raise FqlError([suite_errors.one_subject(document.source, span, found)])
    if model.program is not None:
        return library.program(os.path.normpath(folder / model.program))
    if model.trigger is not None:
        return _trigger(model.trigger, model.dialect, document.source.name, library)
    if model.filter is not None:
        return _filter(model.filter, document, library)
    return _mapping(model.mapping, document.source.name, library)


def _trigger(text: str, dialect: str, name: str, library: Library) -> TriggerTarget:
    source = Source(text, f"{name} (trigger)")
    trigger = (
        compile_engine_text(source)
        if dialect == "trigger"
        else compile_trigger(source, functions=library.functions)
    )
    return TriggerTarget(Unit(Key(name, "", "trigger", 0), "trigger", trigger))


def _filter(
    definition: Mapping[str, object], document: JsonDocument, library: Library
) -> FilterTarget:
    compiled = compile_filter(definition, terms=Terms(library.functions))
    key = Key(document.source.name, "", "filter", 0)
    return FilterTarget(Unit(key, "filter", compiled.condition), compiled)


def _mapping(body: Json, name: str, library: Library) -> MappingTarget:
    if isinstance(body, str):
        source = Source(body, f"{name} (mapping)")
        build = compile_mapping_text(source, functions=library.functions)
        return MappingTarget(None, build)
    return MappingTarget(None, compile_directives(body))


def part_of(subject: Target, name: str, document: JsonDocument, pointer: str) -> Target:
    """Return the mapping or the filter of a program that *name* means.

    Args:
        subject: What the file tests.
        name: ``destination/title``.
        document: The file.
        pointer: Where the name stands in it.

    Raises:
        FqlError: There is none, or the subject is no program.
    """
    span = document.span(pointer)
    if not isinstance(subject, ProgramTarget):
        why = "names a part of a program, and no program is tested"
        raise FqlError([suite_errors.misplaced(document.source, span, "of", why)])
    parts = dict(reversed(list(_parts(subject))))
    if name not in parts:
        finding = suite_errors.no_such_part(
            document.source, span, "enabled mapping or filter", name, known=parts.keys()
        )
        raise FqlError([finding])
    return parts[name]


def _parts(program: ProgramTarget) -> Iterator[tuple[str, Target]]:
    """Yield the mappings and filters of a program by their names, mappings first."""
    for destination in program.workspace.destinations:
        for unit in mapping_units(program.file, destination):
            mapping = destination.mappings[unit.key.place]
            yield unit.title, MappingTarget(unit, mapping.payload)
        for unit in filter_units(program.file, destination):
            filter = destination.filters[unit.key.place]
            yield unit.title, FilterTarget(unit, filter)
