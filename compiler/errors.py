"""The wording of what checking finds about names and types.

One function a finding: data in, `Diagnostic` out. Messages say what is wrong in the
author's words; help says what to type. What is legal but reads otherwise than it looks
is worded in `meaning_errors.py`.

Where a finding rests on a schema alone, *severity* is the caller's to choose.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fql.compiler.types import Type, describe
from fql.grammar.diagnostics import Code, Diagnostic, Edit, Label, Severity
from fql.grammar.errors import shorten
from fql.grammar.limits import LONG_TEXT, MAX_LOOPS

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from fql.compiler.signatures import Parameter
    from fql.grammar.source import Source, Span

_LISTED = 8
"""Known names shown where none is near."""

_FUNCTIONS = 20
"""Known functions shown where none is near: all that conditions have."""


def listed(names: Collection[str], limit: int = _LISTED) -> str:
    """Return *names* for a sentence, at most *limit* of them.

    >>> listed(["b", "a"]), listed(["b", "a"], 1)
    ('`a`, `b`', '`a`, …')
    """
    shown = ", ".join(f"`{shorten(name)}`" for name in sorted(names)[:limit])
    return f"{shown}, …" if len(names) > limit else shown


def _did_you_mean(suggestion: str | None, otherwise: str) -> str:
    return otherwise if suggestion is None else f"did you mean `{suggestion}`?"


# --- names ------------------------------------------------------------------------


def unknown_field(
    source: Source,
    span: Span,
    name: str,
    suggestion: str,
    *,
    severity: Severity,
    labels: tuple[Label, ...] = (),
) -> Diagnostic:
    """``userID``: no known field, but the name is near one."""
    return Diagnostic(
        Code.UNKNOWN_FIELD,
        f"unknown field `{shorten(name)}`",
        span,
        source,
        severity,
        f"did you mean `{suggestion}`?",
        labels,
    )


def unplanned_field(
    source: Source,
    span: Span,
    names: tuple[str, str],
    known: Collection[str],
    *,
    labels: tuple[Label, ...],
) -> Diagnostic:
    """A field that the plan allows and does not have. *names*: the holder's, its own.

    The schema leaves room for it, so that it is a warning at most.
    """
    holder, name = names
    return Diagnostic(
        Code.UNKNOWN_FIELD,
        f"the tracking plan has no `{shorten(name)}` in `{shorten(holder)}`",
        span,
        source,
        Severity.WARNING,
        f"it knows {listed(known)}",
        labels,
    )


def forbidden_field(
    source: Source,
    span: Span,
    names: tuple[str, str],
    known: Collection[str],
    *,
    suggestion: str | None,
    severity: Severity,
    is_planned: bool = True,
    labels: tuple[Label, ...] = (),
) -> Diagnostic:
    """A field that a plan or a form rules out. *names*: the holder's, the field's."""
    holder, name = names
    whose = "the tracking plan knows" if is_planned else "there are"
    rest = f"{whose} {listed(known)}" if known else "it has no fields"
    inside = f" in `{shorten(holder)}`" if holder else ""
    return Diagnostic(
        Code.UNKNOWN_FIELD,
        f"unknown field `{shorten(name)}`{inside}",
        span,
        source,
        severity,
        _did_you_mean(suggestion, rest),
        labels,
    )


def field_of_scalar(
    source: Source,
    span: Span,
    names: tuple[str, str],
    kind: Type,
    *,
    severity: Severity,
) -> Diagnostic:
    """``event.name``: a path through what has no fields."""
    holder, name = names
    return Diagnostic(
        Code.UNKNOWN_FIELD,
        f"`{shorten(holder)}` is {describe(kind)} and has no field `{shorten(name)}`",
        span,
        source,
        severity,
        "the whole path is always null",
    )


def field_of_list(
    source: Source, span: Span, names: tuple[str, str], *, severity: Severity
) -> Diagnostic:
    """``properties.products.price``: a path that goes through a list by name."""
    holder, name = names
    return Diagnostic(
        Code.UNKNOWN_FIELD,
        f"`{shorten(holder)}` is a list and has no field `{shorten(name)}`",
        span,
        source,
        severity,
        f"write `{holder}.0.{name}` for its first element, "
        f"or `any({holder}, item.{name} ...)`",
    )


def unknown_event(
    source: Source, span: Span, name: str, suggestion: str, *, severity: Severity
) -> Diagnostic:
    """An event name that the tracking plan lacks, but nearly has."""
    return Diagnostic(
        Code.UNKNOWN_EVENT,
        f'no event "{shorten(name)}" in the tracking plan',
        span,
        source,
        severity,
        f'did you mean "{suggestion}"?',
    )


def bare_word(source: Source, span: Span, word: str, near: str | None) -> Diagnostic:
    """``type = track``: a word without quotes. *near*: a field that it may mean."""
    quote = "'" if '"' in word or "{{" in word else '"'
    escaped = word.replace("\\", "\\\\").replace(quote, f"\\{quote}")
    literal = f"{quote}{escaped}{quote}"
    help_ = f"write `{literal}` for a text"
    if near is not None:
        help_ = f"{help_}, or `{near}` for that field"
    return Diagnostic(
        Code.BARE_WORD,
        f"`{shorten(word)}` is the name of a field here, not a text",
        span,
        source,
        Severity.WARNING,
        help_,
        edits=(Edit(span, literal),) if near is None else (),
    )


def unknown_function(
    source: Source,
    span: Span,
    name: str,
    known: Collection[str],
    *,
    suggestion: str | None,
    is_sure: bool,
) -> Diagnostic:
    """``contians(...)``. *is_sure*: the suggestion differs in letter case alone."""
    edits = (Edit(span, suggestion),) if suggestion and is_sure else ()
    return Diagnostic(
        Code.UNKNOWN_FUNCTION,
        f"unknown function `{shorten(name)}`",
        span,
        source,
        help=_did_you_mean(suggestion, f"there are {listed(known, _FUNCTIONS)}"),
        edits=edits,
    )


def foreign_function(source: Source, span: Span, name: str, instead: str) -> Diagnostic:
    """``startsWith(...)``: a function of other languages. *instead*: what to write."""
    return Diagnostic(
        Code.UNKNOWN_FUNCTION,
        f"unknown function `{shorten(name)}`",
        span,
        source,
        help=f"write `{instead}`",
    )


def wrong_arity(
    source: Source, span: Span, signature: str, counts: tuple[str, int]
) -> Diagnostic:
    """Too few or too many arguments. *counts*: what it takes, in words; what it got."""
    expected, given = counts
    name = signature.partition("(")[0]
    return Diagnostic(
        Code.WRONG_ARITY,
        f"`{name}` takes {expected}, not {given}",
        span,
        source,
        help=f"write `{signature}`",
    )


def unknown_option(
    source: Source, span: Span, name: str, known: Collection[str], *, near: str | None
) -> Diagnostic:
    """``replace(x, "a", "b", ignore_case: true)``."""
    rest = (
        f"it takes {listed(known)}"
        if known
        else "remove it: this function has no options"
    )
    return Diagnostic(
        Code.UNKNOWN_OPTION,
        f"unknown option `{shorten(name)}`",
        span,
        source,
        help=_did_you_mean(near, rest),
    )


def duplicate_member(source: Source, span: Span, key: str, first: Span) -> Diagnostic:
    """``{ id: userId, id: anonymousId }``."""
    return Diagnostic(
        Code.DUPLICATE_MEMBER,
        f"`{shorten(key)}` occurs twice in this object",
        span,
        source,
        help="remove or rename one of them; `a ?? b` takes the first that is there",
        labels=(Label(first, "first here"),),
    )


# --- types ------------------------------------------------------------------------


def type_mismatch(
    source: Source,
    span: Span,
    message: str,
    labels: tuple[Label, ...],
    *,
    help_: str,
    severity: Severity,
) -> Diagnostic:
    """An operator between values that it is never true between."""
    return Diagnostic(
        Code.TYPE_MISMATCH, message, span, source, severity, help_, labels
    )


def argument_mismatch(
    source: Source,
    span: Span,
    taker: tuple[str, Parameter],
    kind: Type,
    *,
    otherwise: str,
    severity: Severity,
) -> Diagnostic:
    """``contains(5, "a")``: legal, but answered as a wrong type always is.

    *taker*: the name of the function or option, and what it takes. *otherwise*: what
    a wrong type gives, in words, or empty where that is an error.
    """
    name, parameter = taker
    wanted = describe(parameter.type)
    place = "" if name == parameter.name else f" as `{parameter.name}`"
    return Diagnostic(
        Code.TYPE_MISMATCH,
        f"`{name}` takes {wanted}{place}, and this is {describe(kind)}",
        span,
        source,
        severity,
        f"anything else gives {otherwise}" if otherwise else f"write {wanted}",
    )


def not_boolean(
    source: Source, span: Span, kind: Type, *, is_literal: bool, severity: Severity
) -> Diagnostic:
    """``1 and true``, ``event and x``: a condition that is never true or false."""
    text = shorten(source.slice(span))
    help_ = f"compare it with something, or write `exists({text})`"
    if is_literal:
        help_ = f"compare it with a field, as in `properties.x = {text}`"
    return Diagnostic(
        Code.NOT_BOOLEAN,
        f"a condition is needed here, and this is {describe(kind)}",
        span,
        source,
        severity,
        help_,
    )


def not_constant(source: Source, span: Span, name: str, wanted: str) -> Diagnostic:
    """``flatten(x, separator: event)``. *name*: what the value is given for."""
    return Diagnostic(
        Code.NOT_CONSTANT,
        f"`{shorten(name)}` is fixed when the mapping is compiled",
        span,
        source,
        help=f"write {wanted}",
    )


# --- limits -----------------------------------------------------------------------


def text_long(source: Source, span: Span, size: int) -> Diagnostic:
    """A condition of *size* bytes, more than the original takes."""
    return Diagnostic(
        Code.TEXT_LONG,
        f"this condition has {size:,} bytes",
        span,
        source,
        Severity.WARNING,
        f"keep it within {LONG_TEXT:,} bytes, which is all that the original takes",
    )


def too_many_loops(source: Source, span: Span) -> Diagnostic:
    """A list gone through inside more others than allowed."""
    return Diagnostic(
        Code.TOO_MANY_LOOPS,
        f"lists are gone through inside one another more than {MAX_LOOPS} deep",
        span,
        source,
        help="ask each list on its own, and join the answers with `and` or `or`",
    )


# --- actions of filters -----------------------------------------------------------


def bad_percent(source: Source, span: Span, percent: float) -> Diagnostic:
    """``sample 50``: not a fraction, so that all or nothing passes."""
    fate = "keeps every event" if percent > 1 else "drops every event"
    fraction = percent / 100
    return Diagnostic(
        Code.BAD_PERCENT,
        f"a sample is a fraction from 0 to 1; this {fate}",
        span,
        source,
        Severity.WARNING,
        f"write `{fraction:g}` for {percent:g} percent"
        if 1 < percent <= 100
        else "write a number from 0 to 1",
    )


def dotted_name(
    source: Source, span: Span, name: str, target: Sequence[str]
) -> Diagnostic:
    """``drop_properties traits [address.city]``: a name is one key, never a path."""
    *path, last = name.split(".")
    holder = ".".join([*target, *path])
    return Diagnostic(
        Code.DOTTED_NAME,
        f"`{shorten(name)}` is one key here, not a path, and likely matches nothing",
        span,
        source,
        Severity.WARNING,
        f"write `{holder} [{last}]` for a path; `\\.` in a name says that it is meant",
    )
