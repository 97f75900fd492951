"""Settings: which are secret, and what they are where the program runs.

A secret comes from the environment and is wrapped so that it is never shown; a literal
in its place is refused. Which settings a destination has is its definition's to say and
not looked at here: what a setting is called tells whether it is secret.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, assert_never

from pydantic import SecretStr

from fql.runtime import drafts, errors

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from fql.grammar.diagnostics import Diagnostic
    from fql.runtime.workspace_parts import Setting

_SECRET_WORDS = frozenset(
    {
        "apikey",
        "credential",
        "key",
        "passphrase",
        "password",
        "secret",
        "token",
    }
)

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def is_secret(name: str) -> bool:
    """Return whether a setting of this *name* is a secret.

    >>> is_secret("sharedSecret"), is_secret("API_KEYS"), is_secret("monkey")
    (True, True, False)
    """
    words = (word.lower() for word in _WORD.findall(name))
    return any(word.removesuffix("s") in _SECRET_WORDS for word in words)


def variable_name(name: str) -> str:
    """Return what the variable for a setting may be called: ``API_KEY``."""
    return "_".join(_WORD.findall(name)).upper()


def check_settings(settings: drafts.SettingGroup) -> Iterator[Diagnostic]:
    """Yield each secret that stands in the file."""
    for name, value in settings.members:
        yield from _exposed(name, value, is_hidden=is_secret(name.text))


def _exposed(
    name: drafts.Word, value: drafts.SettingDraft, *, is_hidden: bool
) -> Iterator[Diagnostic]:
    """Yield each literal in a setting that is, or is in, a secret."""
    match value:
        case drafts.Constant(None | True | False | ""):
            return
        case drafts.Constant():
            if is_hidden:
                variable = variable_name(name.text)
                yield errors.secret_in_file(name, value.place, variable)
        case drafts.SettingList(items):
            for item in items:
                yield from _exposed(name, item, is_hidden=is_hidden)
        case drafts.SettingGroup(members):
            for inner, member in members:
                is_inner_hidden = is_hidden or is_secret(inner.text)
                yield from _exposed(inner, member, is_hidden=is_inner_hidden)
        case drafts.Variable():
            return
        case _:
            assert_never(value)


def resolve_settings(
    settings: drafts.SettingGroup,
    environment: Mapping[str, str],
    hidden: Collection[str] = (),
) -> tuple[dict[str, Setting], list[Diagnostic]]:
    """Return the values of *settings*, and which variables are not set.

    A setting whose variable is not set is null.

    Args:
        settings: What a program says.
        environment: Where variables are found.
        hidden: The settings that are secrets whatever they are called.
    """
    resolving = _Resolving(environment)
    values = {
        name.text: resolving.value(
            value, is_hidden=name.text in hidden or is_secret(name.text)
        )
        for name, value in settings.members
    }
    return values, resolving.findings


class _Resolving:
    """One look at the environment."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self.findings: list[Diagnostic] = []

    def value(self, draft: drafts.SettingDraft, *, is_hidden: bool) -> Setting:
        """Return what *draft* stands for; *is_hidden*: it is, or is in, a secret."""
        match draft:
            case drafts.Constant(value):
                return value
            case drafts.Variable():
                return self._variable(draft, is_hidden=is_hidden)
            case drafts.SettingList(items):
                return [self.value(item, is_hidden=is_hidden) for item in items]
            case drafts.SettingGroup(members):
                return {
                    name.text: self.value(
                        member, is_hidden=is_hidden or is_secret(name.text)
                    )
                    for name, member in members
                }
            case _:
                assert_never(draft)

    def _variable(self, draft: drafts.Variable, *, is_hidden: bool) -> Setting:
        found = self._environment.get(draft.name)
        if found is None:
            self.findings.append(errors.missing_variable(draft.place, draft.name))
            return None
        return SecretStr(found) if is_hidden else found
