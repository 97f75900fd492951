"""The wording of findings about characters that begin no token.

One function a finding: data in, `Diagnostic` out.
"""

from __future__ import annotations

from fql.grammar.diagnostics import Code, Diagnostic, Edit
from fql.grammar.errors import joining, quoted, removing, replacing
from fql.grammar.source import Source, Span


def bad_character(source: Source, span: Span) -> Diagnostic:
    """A character that no part of the language uses."""
    written = source.slice(span)
    name = f"`{written}`"
    help_ = "remove it; in the name of a field, write a backslash before it"
    if not written.isprintable():
        name = f"the invisible character U+{ord(written):04X}"
        help_ = "remove it, or type the text around it anew"
    elif written == ":":
        help_ = "write `=` between a field and a value"
    elif written == "\\":
        help_ = "remove it; a backslash stands before the character that it escapes"
    return Diagnostic(
        Code.BAD_CHARACTER, f"{name} means nothing here", span, source, help=help_
    )


def foreign_comment(source: Source, span: Span) -> Diagnostic:
    """``// why``, ``-- why``, ``/* why */``."""
    written = source.slice(span)
    mark = Span(span.start, span.start + 2)
    is_line = not written.startswith("/*")
    return Diagnostic(
        Code.BAD_CHARACTER,
        f"`{written[:2]}` does not begin a comment",
        mark,
        source,
        help="write `#` before a comment, on each of its lines",
        edits=(Edit(mark, "#"),) if is_line else (),
    )


def semicolon(source: Source, span: Span, joint: str) -> Diagnostic:
    """``a = 1;``. *joint*: ``and`` or a comma to write instead, or nothing."""
    help_ = f"write `{joint}`" if joint else "remove it"
    fix = Edit(span, joint) if joint else removing(source, span)
    if joint == "and":
        help_ += ", or `or` if one of them is enough"
        fix = joining(source, span, joint)
    return replacing(
        Code.BAD_CHARACTER, source, fix, "`;` means nothing here", help_=help_
    )


def split_sign(source: Source, span: Span, number: str) -> Diagnostic:
    """``- 5``. *number*: the same without the blank."""
    return replacing(
        Code.BAD_NUMBER,
        source,
        Edit(span, number),
        f"{quoted(source.slice(span))} is not a number",
        help_=f"write `{number}`",
    )


def arithmetic(source: Source, span: Span) -> Diagnostic:
    """``a + 1``."""
    return Diagnostic(
        Code.BAD_CHARACTER,
        f"`{source.slice(span)}` is not an operator here",
        span,
        source,
        help="compare values as they are; nothing is calculated",
    )


def question_mark(source: Source, span: Span, *, is_mapping: bool) -> Diagnostic:
    """``a ? b : c``."""
    if is_mapping:
        help_ = "write `if a then b else c`; `a ?? b` is b where a is missing"
    else:
        help_ = "write `(a and b) or (!a and c)` for `a ? b : c`"
    return Diagnostic(
        Code.BAD_CHARACTER, "`?` is not an operator here", span, source, help=help_
    )


def match_operator(source: Source, span: Span) -> Diagnostic:
    """``a ~ "x"``."""
    return Diagnostic(
        Code.BAD_CHARACTER,
        f"{quoted(source.slice(span))} is not an operator here",
        span,
        source,
        help='write `match(field, "pattern*")`',
    )
