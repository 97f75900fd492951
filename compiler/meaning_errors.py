"""The wording of what is legal but reads otherwise than it looks, or decides nothing.

One function a finding: data in, `Diagnostic` out. Where a finding rests on a schema
alone, *severity* is the caller's to choose; the rest are warnings.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fql.compiler.values import compact_json
from fql.grammar.diagnostics import Code, Diagnostic, Edit, Label, Severity
from fql.grammar.errors import shorten
from fql.grammar.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fql.compiler.shapes import Shape
    from fql.compiler.values import Json
    from fql.grammar.source import Source

_LISTED = 8
"""Choices shown where none is near."""


def literal(value: Json) -> str:
    """Return *value* as a message shows it."""
    return shorten(compact_json(value))


def verdict(
    source: Source,
    span: Span,
    why: str,
    *,
    answer: bool,
    help_: str,
    severity: Severity = Severity.WARNING,
    labels: tuple[Label, ...] = (),
    edits: tuple[Edit, ...] = (),
) -> Diagnostic:
    """A condition that has the same *answer* for every event. *why*: the message."""
    return Diagnostic(
        Code.ALWAYS_TRUE if answer else Code.NEVER_TRUE,
        why,
        span,
        source,
        severity,
        help_,
        labels,
        edits,
    )


def _outcome(*, answer: bool) -> str:
    return "always true" if answer else "never true"


# --- always and never -------------------------------------------------------------


def decided(source: Source, span: Span, *, answer: bool) -> Diagnostic:
    """``1 = 2``, ``true``: literals alone."""
    return verdict(
        source,
        span,
        f"this is {_outcome(answer=answer)}, whatever the event holds",
        answer=answer,
        help_="write `all` to match every event"
        if answer
        else "compare with a field of the event",
    )


def same_sides(source: Source, span: Span, *, answer: bool) -> Diagnostic:
    """``event = event``."""
    return verdict(
        source,
        span,
        f"both sides are the same field, so this is {_outcome(answer=answer)}",
        answer=answer,
        help_="compare it with another field or with a literal",
    )


def empty_list(source: Source, span: Span) -> Diagnostic:
    """``event in []``."""
    return verdict(
        source,
        span,
        "nothing is in an empty list, so this is never true",
        answer=False,
        help_="write the values between the brackets",
    )


def impossible_choice(
    source: Source,
    span: Span,
    value: tuple[str, Json],
    choices: Sequence[Json],
    *,
    suggestion: str | None,
    answer: bool,
    is_sure: bool,
    severity: Severity,
) -> Diagnostic:
    """``type = "trak"``. *value*: the expression's text, and the literal beside it."""
    text, written = value
    shown = ", ".join(map(literal, choices[:_LISTED]))
    help_ = f"it is one of {shown}{', …' if len(choices) > _LISTED else ''}"
    edits: tuple[Edit, ...] = ()
    if suggestion is not None:
        help_ = f"did you mean {literal(suggestion)}?"
        edits = (Edit(span, compact_json(suggestion)),) if is_sure else ()
    rest = ", so this is always true" if answer else ""
    return verdict(
        source,
        span,
        f"`{shorten(text)}` is never {literal(written)}{rest}",
        answer=answer,
        help_=help_,
        severity=severity,
        edits=edits,
    )


def other_case(
    source: Source, span: Span, name: str, given: str, *, answer: bool
) -> Diagnostic:
    """``lowercase(event) = "Order"``. *given*: what *name* makes of the literal."""
    return verdict(
        source,
        span,
        f"`{name}` never gives this text, so this is {_outcome(answer=answer)}",
        answer=answer,
        help_=f"write {literal(given)}",
        edits=(Edit(span, compact_json(given)),),
    )


def out_of_bounds(
    source: Source,
    span: Span,
    text: str,
    shape: Shape,
    *,
    answer: bool,
    severity: Severity,
) -> Diagnostic:
    """``properties.rating > 9`` where ratings end at 5."""
    least, most, excluded = shape.minimum, shape.maximum, shape.excluded
    words = []
    if least is not None:
        words.append(
            f"{'more than' if least in excluded else 'at least'} {literal(least)}"
        )
    if most is not None:
        words.append(
            f"{'less than' if most in excluded else 'at most'} {literal(most)}"
        )
    return verdict(
        source,
        span,
        f"`{shorten(text)}` is {' and '.join(words)} by the tracking plan, "
        f"so this is {_outcome(answer=answer)}",
        answer=answer,
        help_="write a number that it can be",
        severity=severity,
    )


def unlike(
    source: Source,
    span: Span,
    text: str,
    kind: str,
    *,
    answer: bool,
    severity: Severity,
) -> Diagnostic:
    """``traits.email = "bob"``. *kind*: what the plan says that the value is."""
    return verdict(
        source,
        span,
        f"`{shorten(text)}` is {kind} by its schema, "
        f"so this is {_outcome(answer=answer)}",
        answer=answer,
        help_="compare it with a value that it can have",
        severity=severity,
    )


def contradiction(
    source: Source, span: Span, text: str, values: tuple[Json, Json], *, first: Span
) -> Diagnostic:
    """``type = "page" and type = "screen"``. *first*: the earlier of the two."""
    one, other = map(literal, values)
    return verdict(
        source,
        span,
        f"`{shorten(text)}` cannot be {one} and {other} at once",
        answer=False,
        help_=f"write `{shorten(text)} in [{one}, {other}]` for one or the other",
        labels=(Label(first, f"it is {one} here"),),
    )


def opposites(
    source: Source, span: Span, text: str, value: Json, *, first: Span, answer: bool
) -> Diagnostic:
    """``a = 1 and a != 1``, ``a = 1 or a != 1``. *first*: the other of the two."""
    word = "either" if answer else "cannot both"
    join = "or differs" if answer else "and differ"
    is_ = "is" if answer else "be"
    return verdict(
        source,
        span,
        f"`{shorten(text)}` {word} {is_} {literal(value)} {join} from it",
        answer=answer,
        help_="remove one of the two",
        labels=(Label(first, "the opposite is here"),),
    )


def tautology(
    source: Source, span: Span, text: str, values: tuple[Json, Json], *, first: Span
) -> Diagnostic:
    """``type != "page" or type != "screen"``. *first*: the earlier of the two."""
    one, other = map(literal, values)
    return verdict(
        source,
        span,
        f"`{shorten(text)}` always differs from {one} or from {other}",
        answer=True,
        help_=f"write `and`, or `!({shorten(text)} in [{one}, {other}])`",
        labels=(Label(first, "every other value passes here"),),
    )


def absorbed(source: Source, span: Span, operand: Span, *, answer: bool) -> Diagnostic:
    """``x and false``, ``x or true``. *operand*: the literal that decides."""
    word = "or" if answer else "and"
    return verdict(
        source,
        span,
        f"this `{word}` is {_outcome(answer=answer)}",
        answer=answer,
        help_=f"remove `{shorten(source.slice(operand))}`",
        labels=(Label(operand, "this alone decides it"),),
    )


# --- texts that look like something else ------------------------------------------


def number_as_text(source: Source, span: Span, op: str, text: str) -> Diagnostic:
    """``properties.total >= "10"``."""
    return Diagnostic(
        Code.NUMBER_AS_TEXT,
        f"this is a text, and `{op}` orders texts character by character",
        span,
        source,
        Severity.WARNING,
        f"write `{text.strip()}` without quotes to compare numbers",
    )


def no_offset(source: Source, span: Span) -> Diagnostic:
    """``receivedAt < "2023-04-21T19:55:00"``. *span*: the literal, with its quotes."""
    before_quote = Span(span.end - 1, span.end - 1)
    return Diagnostic(
        Code.NO_OFFSET,
        "this time has no offset and is read as UTC",
        span,
        source,
        Severity.WARNING,
        "add `Z`, or an offset such as `+02:00`",
        edits=(Edit(before_quote, "Z"),),
    )


def bad_timestamp(
    source: Source, span: Span, why: str, *, severity: Severity
) -> Diagnostic:
    """``receivedAt < "yesterday"``. *why*: what becomes of it, for the message."""
    return Diagnostic(
        Code.BAD_TIMESTAMP,
        f"this is not a timestamp, {why}",
        span,
        source,
        severity,
        "write it as `2023-04-21T19:55:00Z`, or a day as `2023-04-21`",
    )


# --- patterns and versions --------------------------------------------------------


def swapped_match(source: Source, pattern: Span, text: Span) -> Diagnostic:
    """``match("Order *", event)``."""
    first, second = source.slice(pattern), source.slice(text)
    return Diagnostic(
        Code.SWAPPED_MATCH,
        "`match` takes the text first and the pattern second",
        pattern,
        source,
        Severity.WARNING,
        f"write `match({shorten(second)}, {shorten(first)})`",
        edits=(Edit(pattern, second), Edit(text, first)),
    )


def bad_glob(source: Source, span: Span) -> Diagnostic:
    """``match(event, "[Order*")``."""
    return Diagnostic(
        Code.BAD_GLOB,
        "this pattern is not well-formed and matches nothing",
        span,
        source,
        Severity.WARNING,
        "write a class as `[abc]`, `[a-z]` or `[^a-z]`, and `\\[` for the bracket",
    )


def bad_semver_operator(source: Source, span: Span, known: Iterable[str]) -> Diagnostic:
    """``semver(context.app.version, "=>", "2")``."""
    return Diagnostic(
        Code.BAD_SEMVER_OPERATOR,
        f"{shorten(source.slice(span))} does not compare versions",
        span,
        source,
        Severity.WARNING,
        f"write one of {', '.join(map(literal, known))}",
    )
