"""The wording of what does not fit between a destination and its kind.

One function a finding: data in, `Diagnostic` out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fql.compiler.errors import listed
from fql.grammar.diagnostics import Code, Diagnostic, Severity
from fql.grammar.errors import quoted
from fql.runtime.errors import did_you_mean, finding

if TYPE_CHECKING:
    from collections.abc import Collection

    from fql.runtime.drafts import Word
    from fql.runtime.places import Place


def unknown_kind(
    word: Word, known: Collection[str], suggestion: str | None
) -> Diagnostic:
    """A kind that no package, file or program offers."""
    return finding(
        Code.UNKNOWN_KIND,
        f"unknown kind of destination {quoted(word.text)}",
        word.place,
        did_you_mean(suggestion, f"the kinds are {listed(known)}"),
    )


def broken_kind(word: Word, reason: str) -> Diagnostic:
    """A kind that a package offers, and that does not load. *reason*: what happened."""
    return finding(
        Code.BAD_DEFINITION,
        f"the kind {quoted(word.text)} does not load: {reason}",
        word.place,
        "update the package that it comes with, or tell those who maintain it",
    )


def unknown_action(
    place: Place, name: str, known: Collection[str], suggestion: str | None
) -> Diagnostic:
    """A mapping that sends what its destination has no action for."""
    return finding(
        Code.UNKNOWN_ACTION,
        f"unknown action {quoted(name)}",
        place,
        did_you_mean(suggestion, f"the actions are {listed(known)}"),
    )


def unknown_setting(
    word: Word, known: Collection[str], suggestion: str | None
) -> Diagnostic:
    """A setting that nothing reads."""
    rest = f"the settings are {listed(known)}" if known else "this kind has no settings"
    return finding(
        Code.UNKNOWN_SETTING,
        f"unknown setting {quoted(word.text)}",
        word.place,
        did_you_mean(suggestion, rest),
        severity=Severity.WARNING,
    )


def bad_setting(place: Place, message: str) -> Diagnostic:
    """A setting that is missing or does not fit. *message*: what validation says."""
    return finding(
        Code.BAD_SETTING,
        f"the setting {message}",
        place,
        "`fql destinations KIND` says what a setting may be",
    )


def bad_variable(place: Place, name: str, variable: str) -> Diagnostic:
    """A setting whose variable has a value that does not fit, and is not shown."""
    return finding(
        Code.BAD_SETTING,
        f"the variable {quoted(variable)} has no value that the setting "
        f"{quoted(name)} takes",
        place,
        "`fql destinations KIND` says what a setting may be",
    )


def exposed(word: Word, place: Place) -> Diagnostic:
    """A secret that stands in the file, by what its kind says of it."""
    is_text = place.pointer is None
    instead = 'env("NAME")' if is_text else '{"$env": "NAME"}'
    return finding(
        Code.SECRET_IN_FILE,
        f"the secret {quoted(word.text)} stands in the file",
        place,
        f"write `{instead}` and set that variable where the program runs",
    )
