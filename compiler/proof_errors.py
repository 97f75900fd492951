"""The wording of what the proof of a mapping against its action's fields finds.

One function a finding. *field* is the way to it in the payload, joined by dots. Where
a finding rests on a schema alone, *severity* is the caller's to choose.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fql.compiler.errors import listed
from fql.compiler.types import describe
from fql.grammar.diagnostics import Code, Diagnostic, Severity
from fql.grammar.errors import shorten

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from fql.compiler.types import Type
    from fql.grammar.source import Source, Span

_MAX_PATHS = 6
"""Paths that a message names."""


def not_mapped(source: Source, span: Span, field: str, reason: str) -> Diagnostic:
    """A required field that no member fills. *reason*: why it is required, or empty."""
    return Diagnostic(
        Code.REQUIRED_FIELD,
        f"required field `{shorten(field)}` is not mapped{reason}",
        span,
        source,
        help=f"add `{shorten(field.rpartition('.')[2])}: ...`",
    )


def always_missing(source: Source, span: Span, field: str) -> Diagnostic:
    """A required field whose value is null, an empty text or nothing."""
    return Diagnostic(
        Code.REQUIRED_FIELD,
        f"required field `{shorten(field)}` is always missing",
        span,
        source,
        help="null and an empty text count as missing",
    )


def can_be_missing(
    source: Source,
    span: Span,
    field: str,
    *,
    paths: Sequence[str],
    types: Sequence[str],
) -> Diagnostic:
    """A required field that some events leave out.

    Args:
        source: The text.
        span: The value of the field.
        field: Its name.
        paths: The fields of the event that decide, as they are written.
        types: The types of events that the mapping gets; empty for any.
    """
    message = f"required field `{shorten(field)}` can be missing"
    if paths:
        where = f" on {_joined([f'`{name}`' for name in types], 'or')}" if types else ""
        message = f"{message}: {_not_always(paths)} always present{where}"
    return Diagnostic(
        Code.REQUIRED_FIELD,
        message,
        span,
        source,
        Severity.WARNING,
        help="give a fallback with `??`, or ask for it in the trigger",
    )


def _not_always(paths: Sequence[str]) -> str:
    names = [f"`{shorten(path)}`" for path in paths[:_MAX_PATHS]]
    if len(paths) > _MAX_PATHS:
        names.append("…")
    match names:
        case [only]:
            return f"{only} is not"
        case [one, other]:
            return f"neither {one} nor {other} is"
        case _:
            return f"none of {', '.join(names)} is"


def _joined(names: Sequence[str], word: str) -> str:
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {word} {names[-1]}"


def unknown(
    source: Source, span: Span, field: str, *, known: Collection[str], near: str | None
) -> Diagnostic:
    """A member that the action, or an object field of it, does not declare.

    Objects are often declared in part: there it is a warning.
    """
    holder, _, name = field.rpartition(".")
    rest = f"it has {listed(known)}" if known else "it has no fields"
    where = f"in `{shorten(holder)}`" if holder else "in the action"
    return Diagnostic(
        Code.NO_SUCH_FIELD,
        f"there is no field `{shorten(name)}` {where}",
        span,
        source,
        Severity.WARNING if holder else Severity.ERROR,
        help=f"did you mean `{near}`?" if near else f"{rest}; it would not be sent",
    )


def wrong_value(
    source: Source, span: Span, message: str, *, is_choice: bool, near: str = ""
) -> Diagnostic:
    """A literal that the field refuses. *message*: what validation says of it."""
    return Diagnostic(
        Code.NOT_A_CHOICE if is_choice else Code.FIELD_TYPE,
        message,
        span,
        source,
        help=f'did you mean "{near}"?' if near else "",
    )


def wrong_type(
    source: Source,
    span: Span,
    names: tuple[str, str],
    kinds: Type,
    *,
    severity: Severity,
) -> Diagnostic:
    """A value of kinds that the field cannot take. *names*: the field, what it is."""
    field, wanted = names
    return Diagnostic(
        Code.FIELD_TYPE,
        f"`{shorten(field)}` must be {wanted} but this is {describe(kinds)}",
        span,
        source,
        severity,
    )


def no_payload(
    source: Source, span: Span, kinds: Type, *, severity: Severity
) -> Diagnostic:
    """A whole mapping that gives no object. *kinds*: what it can give."""
    return Diagnostic(
        Code.FIELD_TYPE,
        f"the payload must be an object but this is {describe(kinds)}",
        span,
        source,
        severity,
        help="name the members of the payload: `{ id: userId }`",
    )


def list_for_one(
    source: Source, span: Span, field: str, *, severity: Severity
) -> Diagnostic:
    """A list where the field takes one value."""
    return Diagnostic(
        Code.FIELD_TYPE,
        f"`{shorten(field)}` takes one value but this is a list",
        span,
        source,
        severity,
        help="pick an element, such as `items.0`",
    )
