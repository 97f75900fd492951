"""The wording of what loading a program can find.

One function a finding: data in, `Diagnostic` out. What is wrong inside conditions and
mappings is worded where they are compiled; filters that miss their aim are worded in
`filter_errors.py`, JSON of another form in `model_errors.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fql.compiler.errors import listed
from fql.grammar.diagnostics import Code, Diagnostic, Edit, Label, Severity
from fql.grammar.errors import quoted, shorten
from fql.grammar.source import Source, Span

if TYPE_CHECKING:
    from collections.abc import Collection

    from fql.runtime.drafts import Word
    from fql.runtime.places import Place

_WARNING = Severity.WARNING


def finding(
    code: Code,
    message: str,
    place: Place,
    help_: str = "",
    *,
    severity: Severity = Severity.ERROR,
    labels: tuple[Label, ...] = (),
    edits: tuple[Edit, ...] = (),
) -> Diagnostic:
    """Return a finding at *place*."""
    return Diagnostic(
        code,
        message,
        place.span,
        place.source,
        severity,
        help_,
        labels,
        edits,
        place.pointer,
    )


def did_you_mean(suggestion: str | None, otherwise: str) -> str:
    """Return the help for an unknown name."""
    return otherwise if suggestion is None else f"did you mean `{suggestion}`?"


# --- files ------------------------------------------------------------------------


def unreadable(name: str, reason: str) -> Diagnostic:
    """A file that is not there, or must not be read. *reason*: the system's words."""
    return Diagnostic(
        Code.FILE_UNREADABLE,
        f"cannot read {quoted(name)}: {reason}",
        Span(0, 0),
        Source("", name),
        help="check the path, which starts from the current folder, and the rights",
    )


def not_utf8(source: Source, span: Span, byte: int) -> Diagnostic:
    """Bytes that are no UTF-8. *source*: the text with a mark in their place."""
    return Diagnostic(
        Code.NOT_UTF8,
        f"the byte 0x{byte:02x} is no part of a UTF-8 text",
        span,
        source,
        help="save the file as UTF-8",
    )


def empty_program(source: Source) -> Diagnostic:
    """A program without any declaration."""
    return Diagnostic(
        Code.EMPTY_TEXT,
        "there is no declaration in this program",
        Span(0, len(source.text)),
        source,
        help="declare a destination: `destination crm: webhook { ... }`",
    )


# --- names ------------------------------------------------------------------------


def name_twice(
    word: Word, first: Word, kind: str, *, severity: Severity = Severity.ERROR
) -> Diagnostic:
    """Two things of one *kind* under one name."""
    return finding(
        Code.DUPLICATE_NAME,
        f"two {kind}s are named {quoted(word.text)}",
        word.place,
        f"give each {kind} a name of its own",
        severity=severity,
        labels=(Label(first.place.span, "the first one"),),
    )


def workspace_twice(place: Place, first: Place) -> Diagnostic:
    """Two declarations of the workspace."""
    return finding(
        Code.DUPLICATE_NAME,
        "the workspace is declared twice",
        place,
        "join the two declarations",
        labels=(Label(first.span, "the first one"),),
    )


def unknown_source(
    word: Word, known: Collection[str], suggestion: str | None
) -> Diagnostic:
    """A destination or filter that refers to no source."""
    rest = f"the sources are {listed(known)}" if known else "no source is declared"
    return finding(
        Code.UNKNOWN_SOURCE,
        f"unknown source {quoted(word.text)}",
        word.place,
        did_you_mean(suggestion, rest),
    )


def unknown_key(
    word: Word, holder: str, known: Collection[str], suggestion: str | None
) -> Diagnostic:
    """A key that nothing reads. *holder*: what has it, in words."""
    rest = f"{holder} has {listed(known)}"
    return finding(
        Code.UNKNOWN_KEY,
        f"unknown key {quoted(word.text)}",
        word.place,
        did_you_mean(suggestion, rest),
    )


def unknown_choice(
    word: Word, what: str, known: Collection[str], suggestion: str | None
) -> Diagnostic:
    """A word that is none of those that may stand here. *what*: what it names."""
    return finding(
        Code.BAD_MODEL,
        f"unknown {what} {quoted(word.text)}",
        word.place,
        did_you_mean(suggestion, f"write one of {listed(known)}"),
    )


# --- settings ---------------------------------------------------------------------


def setting_twice(word: Word, first: Word) -> Diagnostic:
    """Two values for one setting."""
    return finding(
        Code.DUPLICATE_MEMBER,
        f"{quoted(word.text)} is set twice",
        word.place,
        "remove one of them",
        labels=(Label(first.place.span, "first here"),),
    )


def setting_not_constant(
    place: Place, name: str, *, is_word: bool = False
) -> Diagnostic:
    """A setting that is no literal. *is_word*: it is a word without quotes."""
    literal = f'"{place.source.slice(place.span)}"'
    return finding(
        Code.NOT_CONSTANT,
        f"{quoted(name)} is fixed before any event comes, and this is not",
        place,
        f"write `{literal}`" if is_word else 'write a literal, or `env("NAME")`',
        edits=(Edit(place.span, literal),) if is_word else (),
    )


def secret_in_file(word: Word, place: Place, variable: str) -> Diagnostic:
    """A literal as the value of a secret.

    Args:
        word: The setting's name.
        place: Where the literal stands.
        variable: A name for the variable to take it from.
    """
    instead = (
        f'env("{variable}")' if place.pointer is None else f'{{"$env": "{variable}"}}'
    )
    return finding(
        Code.SECRET_IN_FILE,
        f"the secret {quoted(word.text)} stands in the file",
        place,
        f"write `{instead}` and set that variable where the program runs",
    )


def missing_variable(place: Place, name: str) -> Diagnostic:
    """A setting from a variable that is not set."""
    return finding(
        Code.MISSING_ENVIRONMENT,
        f"the variable {quoted(name)} is not set",
        place,
        "set it where the program runs; until then the setting has no value",
        severity=_WARNING,
    )


# --- destinations -----------------------------------------------------------------


def no_enabled_mapping(name: Word, disabled: int) -> Diagnostic:
    """A destination that sends nothing. *disabled*: how many mappings it has."""
    return finding(
        Code.NO_ENABLED_MAPPING,
        "this destination sends nothing: no mapping is enabled",
        name.place,
        "enable one of its mappings" if disabled else "add a mapping, or disable it",
        severity=_WARNING,
    )


def title_long(title: Word, limit: int) -> Diagnostic:
    """A title that the original does not take."""
    return finding(
        Code.TITLE_LONG,
        f"this title has {len(title.text)} characters",
        title.place,
        f"keep it within {limit}, which is all that the original takes",
        severity=_WARNING,
    )


# --- limits of a plan ---------------------------------------------------------------


def too_many_mappings(title: Word, count: int, limit: int) -> Diagnostic:
    """More mappings than the plan allows. *title*: of the first one too many."""
    return finding(
        Code.TOO_MANY_MAPPINGS,
        f"the destination has {count} mappings; the plan allows {limit}",
        title.place,
        "join mappings, or add a second destination",
    )


def too_many_filters(title: Word, count: int, limit: int) -> Diagnostic:
    """More filters than the plan allows. *title*: of the first one too many."""
    return finding(
        Code.TOO_MANY_FILTERS,
        f"the destination has {count} filters; the plan allows {limit}",
        title.place,
        "join filters that do the same with `or`",
    )


def too_many_conditions(place: Place, count: int, limit: int) -> Diagnostic:
    """A trigger of more conditions than the plan allows."""
    return finding(
        Code.TOO_MANY_CONDITIONS,
        f"this trigger has {count} conditions; the plan allows {limit}",
        place,
        "several values of one field are one condition: `event in [...]`",
    )


def too_deep(name: str) -> Diagnostic:
    """Data that nests too deeply to be written as JSON."""
    return Diagnostic(
        Code.TOO_DEEP,
        "lists and objects nest too deeply",
        Span(0, 0),
        Source("", name),
        help="take the inner part out",
    )


def not_json(name: str, reason: str) -> Diagnostic:
    """Data that JSON cannot say. *reason*: the encoder's words."""
    return Diagnostic(
        Code.BAD_MODEL,
        f"this is not JSON: {shorten(reason, 80)}",
        Span(0, 0),
        Source("", name),
        help="use objects, lists, texts, numbers, true, false and null alone",
    )


def no_filters(place: Place) -> Diagnostic:
    """JSON that is no program and holds no filter."""
    return finding(
        Code.BAD_MODEL,
        "there is no filter in this",
        place,
        'a filter is an object: `{"if": ..., "actions": [...]}`',
    )


def event_not_object(place: Place) -> Diagnostic:
    """A file of one event that holds something else."""
    return finding(
        Code.EVENT_NOT_OBJECT,
        "an event is an object, and this is none",
        place,
        'write the event as an object: `{"type": "track", ...}`',
    )
