"""What a program says of a destination, and what its kind takes: do they fit?

Kinds, actions and settings are looked at here; whether a mapping's payload fits its
action is proved where the mapping is compiled (`assemble.py`).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, assert_never, cast

from pydantic import SecretStr

from fql.compiler.field_errors import PayloadError
from fql.compiler.field_specs import FieldType
from fql.compiler.suggest import nearest
from fql.grammar.diagnostics import FqlError
from fql.runtime import drafts, kind_errors
from fql.runtime.destinations.registry import DefinitionError
from fql.runtime.destinations.request_templates import revealed
from fql.runtime.fields import compile_fields
from fql.runtime.settings import is_secret

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from fql.compiler.fields import Fields
    from fql.compiler.values import Json
    from fql.grammar.diagnostics import Diagnostic
    from fql.runtime.destinations.definitions import Definition
    from fql.runtime.destinations.registry import Registry
    from fql.runtime.fields import FieldDeclaration
    from fql.runtime.workspace_parts import Setting

    Settings: TypeAlias = Mapping[str, Setting]


@dataclass(slots=True)
class Kinds:
    """The kinds that a program may use, and what was found on the way.

    Attributes:
        registry: Which kinds there are.
        findings: What does not fit.
        is_whole: Whether all files were read that declare kinds. If not, nothing is
            said of kinds that are not there.
    """

    registry: Registry
    findings: list[Diagnostic]
    is_whole: bool = True
    _fields: dict[tuple[str, str], Fields] = field(default_factory=dict)

    def definition(self, draft: drafts.DestinationDraft) -> Definition | None:
        """Return what kind a destination is; None, which is reported, for no kind."""
        name = draft.kind
        if not name.text:
            return None
        try:
            found = self.registry.get(name.text)
        except DefinitionError as error:
            self.findings.append(kind_errors.broken_kind(name, error.reason))
            return None
        if found is None and self.is_whole:
            known = sorted(self.registry)
            near = nearest(name.text, known)
            self.findings.append(kind_errors.unknown_kind(name, known, near))
        return found

    def fields(self, name: drafts.Word, definition: Definition) -> Fields | None:
        """Return the compiled fields of an action.

        None where it takes anything, or there is none of that name, which is reported.
        """
        found = definition.action(name.text)
        if found is None:
            known = [each.name for each in definition.actions]
            near = nearest(name.text, known)
            self.findings.append(
                kind_errors.unknown_action(name.place, name.text, known, near)
            )
            return None
        if found.is_open:
            return None
        key = definition.name, found.name
        if key not in self._fields:
            self._fields[key] = compile_fields(found.fields)
        return self._fields[key]

    def settings(
        self, draft: drafts.SettingGroup, definition: Definition
    ) -> drafts.SettingGroup:
        """Return settings by the names that the kind has for them.

        What it has no name for is reported, and stays.
        """
        declared = definition.settings
        names = {_plain(name): name for name in declared}
        members = []
        for word, value in draft.members:
            name = word.text if word.text in declared else names.get(_plain(word.text))
            if name is None:
                near = nearest(word.text, declared)
                self.findings.append(
                    kind_errors.unknown_setting(word, list(declared), near)
                )
            elif declared[name].type is FieldType.PASSWORD:
                self.findings.extend(_exposed(word, value))
            members.append((replace(word, text=name or word.text), value))
        return drafts.SettingGroup(tuple(members))

    def values(
        self,
        draft: drafts.DestinationDraft,
        settings: drafts.SettingGroup,
        values: Settings | None,
        definition: Definition,
    ) -> dict[str, Setting]:
        """Return the values of settings as the kind takes them, defaults included.

        Args:
            draft: The destination.
            settings: What it says, by the names that its kind has.
            values: What that comes to where the program runs; None where it is only
                checked. A null is a variable that is not set, and was reported.
            definition: Its kind.
        """
        given = _constants(settings) if values is None else dict(values)
        places = dict(_by_name(settings))
        unknown = {
            name
            for name, (_, value) in places.items()
            if isinstance(value, drafts.Variable) and given.get(name) is None
        }
        taken: dict[str, Json] = {}
        try:
            taken = compile_fields(definition.settings)(revealed(given))
        except PayloadError as error:
            for problem in error.problems:
                name = problem.field.partition(".")[0]
                if name not in unknown:
                    where = places.get(name)
                    self.findings.append(_unfit(draft.name, problem.message, where))
        return _settled(given, taken, definition.settings)


def secret_names(definition: Definition) -> frozenset[str]:
    """Return the settings that a kind declares to be secrets."""
    return frozenset(
        name
        for name, each in definition.settings.items()
        if each.type is FieldType.PASSWORD
    )


def _plain(name: str) -> str:
    """Return what two spellings of a setting have in common.

    >>> _plain("shared_secret") == _plain("sharedSecret")
    True
    """
    return name.replace("_", "").replace("-", "").lower()


def _by_name(
    settings: drafts.SettingGroup,
) -> Iterator[tuple[str, tuple[drafts.Word, drafts.SettingDraft]]]:
    for word, value in settings.members:
        yield word.text, (word, value)


def _exposed(word: drafts.Word, value: drafts.SettingDraft) -> Iterator[Diagnostic]:
    """Yield a secret that stands in the file, where its name does not tell."""
    is_known = is_secret(word.text)
    if isinstance(value, drafts.Constant) and value.value and not is_known:
        yield kind_errors.exposed(word, value.place)


def _unfit(
    destination: drafts.Word,
    message: str,
    where: tuple[drafts.Word, drafts.SettingDraft] | None,
) -> Diagnostic:
    """Return that a setting is missing or does not fit."""
    if where is None:
        return kind_errors.bad_setting(destination.place, message)
    word, value = where
    match value:
        case drafts.Constant():
            return kind_errors.bad_setting(value.place, message)
        case drafts.Variable():
            return kind_errors.bad_variable(value.place, word.text, value.name)
        case _:
            return kind_errors.bad_setting(word.place, message)


def _constants(settings: drafts.SettingGroup) -> dict[str, Setting]:
    """Return what stands in the file; null for what the environment has."""
    return {name: _constant(value) for name, (_, value) in _by_name(settings)}


def _constant(value: drafts.SettingDraft) -> Setting:
    match value:
        case drafts.Constant(constant):
            return constant
        case drafts.SettingList(items):
            return [_constant(each) for each in items]
        case drafts.SettingGroup():
            return _constants(value)
        case drafts.Variable():
            return None
        case _:
            assert_never(value)


def _settled(
    given: Settings,
    taken: Mapping[str, Json],
    declared: Mapping[str, FieldDeclaration],
) -> dict[str, Setting]:
    """Return the settings that were *given*, converted and with defaults."""
    settled = {
        name: each.default
        for name, each in declared.items()
        if each.has_default and name not in given
    }
    values = cast("dict[str, Setting]", settled)
    for name, value in given.items():
        values[name] = _converted(value, taken.get(name))
    return values


def _converted(value: Setting, taken: Json) -> Setting:
    """Return a value as its field takes it; secrets stay secret."""
    if taken is None or isinstance(value, list | dict):
        return value
    if isinstance(value, SecretStr):
        return SecretStr(taken) if isinstance(taken, str) else value
    return cast("Setting", taken)


def registry_of(
    registry: Registry, named: Iterable[drafts.Word], findings: list[Diagnostic]
) -> Registry:
    """Return *registry* with the kinds of the files that a program names.

    Those with errors are left out; what is wrong is added to *findings*.
    """
    for word in named:
        try:
            registry = registry.with_files(beside(word.place.source.name, word.text))
        except FqlError as error:
            findings.extend(error.diagnostics)
    return registry


def beside(program: str, path: str) -> Path:
    """Return a *path* that starts in the folder of a program.

    Args:
        program: The program's path; a name in angle brackets is none.
        path: What the program says.
    """
    return Path(path) if program.startswith("<") else Path(program).parent / path
