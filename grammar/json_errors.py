"""The wording of what is wrong with JSON texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fql.grammar import limits
from fql.grammar.diagnostics import Code, Diagnostic, Edit, Label
from fql.grammar.errors import quoted
from fql.grammar.limit_errors import (
    number_out_of_range,
    number_too_long,
    text_too_long,
)
from fql.grammar.source import Span

if TYPE_CHECKING:
    from fql.grammar.source import Source

_CLOSED = {"]": "list", "}": "object"}


def too_long(source: Source) -> Diagnostic:
    """A text of more characters than are read."""
    return text_too_long(source, limits.MAX_PROGRAM)


def too_deep(source: Source, span: Span, pointer: str | None = None) -> Diagnostic:
    """More lists and objects inside each other than are read."""
    return Diagnostic(
        Code.TOO_DEEP,
        f"lists and objects nest deeper than {limits.MAX_NESTING} levels",
        span,
        source,
        help="take the inner part out",
        pointer=pointer,
    )


def too_large(source: Source, span: Span) -> Diagnostic:
    """``1e999``."""
    return number_out_of_range(source, span)


def too_many_digits(source: Source, span: Span, digits: int) -> Diagnostic:
    """An integer of more digits than are read."""
    return number_too_long(source, span, digits)


def no_token(source: Source, start: int) -> Diagnostic:
    """Something that JSON has no use for, such as a comment or a single quote."""
    rest = source.text[start : start + 2]
    span = Span(start, start + 1)
    if rest.startswith('"'):
        message = "this string does not end, or a line ends in it"
        return _bad(source, span, message, 'add the closing `"`')
    if rest.startswith("'"):
        message = "JSON has no single quotes"
        return _bad(source, span, message, 'write `"` around texts and keys')
    if rest in {"//", "/*"} or rest.startswith("#"):
        message = "JSON has no comments"
        return _bad(source, span, message, "remove the comment")
    if rest[:1].isdigit() or rest[:1] in {"-", "+", "."}:
        message = "this is not how JSON writes a number"
        help_ = "digits stand before and after the point, and no 0 before the first"
        return _bad(source, span, message, help_)
    return _bad(source, span, f"JSON has no place for {quoted(rest[:1])} here", "")


def value_wanted(source: Source, span: Span) -> Diagnostic:
    """A place for a value, and none there."""
    message = f"a value is missing before {_found(source, span)}"
    return _bad(source, span, message, "write a value, such as `null`")


def unknown_word(source: Source, span: Span) -> Diagnostic:
    """``NaN``, ``undefined``, ``True``."""
    word = source.slice(span)
    replacement = _WORDS.get(word, "")
    help_ = f"write `{replacement}`" if replacement else 'texts stand in `"`'
    edits = (Edit(span, replacement),) if word in {"True", "False", "None"} else ()
    message = f"{quoted(word)} is not JSON"
    return Diagnostic(Code.BAD_JSON, message, span, source, help=help_, edits=edits)


_WORDS = {
    "True": "true",
    "False": "false",
    "None": "null",
    "undefined": "null",
    "NaN": "null",
    "Infinity": "null",
    "-Infinity": "null",
}


def bad_escape(source: Source, span: Span) -> Diagnostic:
    r"""``"\x"``."""
    help_ = r'after a backslash stand `"`, `\`, `/`, b, f, n, r, t, or u and 4 digits'
    return _bad(source, span, "JSON does not know an escape in this string", help_)


def key_wanted(source: Source, span: Span) -> Diagnostic:
    """A member that does not start with a string."""
    message = f"a key in double quotes is missing before {_found(source, span)}"
    return _bad(source, span, message, 'write `"key": value`')


def colon_wanted(source: Source, span: Span) -> Diagnostic:
    """A key without its value."""
    message = f"`:` is missing before {_found(source, span)}"
    return _bad(source, span, message, 'write `"key": value`')


def comma_wanted(source: Source, span: Span, opening: Span, closing: str) -> Diagnostic:
    """Two parts side by side, or a container that is not closed."""
    kind = _CLOSED[closing]
    if span.start >= len(source.text):
        message = f"this {kind} is not closed"
        return _bad(source, opening, message, f"add `{closing}` at its end")
    found = _found(source, span)
    return Diagnostic(
        Code.BAD_JSON,
        f"`,` or `{closing}` is missing before {found}",
        span,
        source,
        help=f"write `,` between two parts, `{closing}` after the last",
        labels=(Label(opening, f"the {kind} starts here"),),
    )


def comma_at_end(source: Source, comma: Span) -> Diagnostic:
    """``[1, 2,]``."""
    return Diagnostic(
        Code.BAD_JSON,
        "JSON has no comma after the last part",
        comma,
        source,
        help="remove the comma",
        edits=(Edit(comma, ""),),
    )


def key_twice(source: Source, span: Span, first: Span, pointer: str) -> Diagnostic:
    """Two members of one name: only the last would count."""
    return Diagnostic(
        Code.DUPLICATE_MEMBER,
        f"the key {source.slice(span)} stands twice in one object",
        span,
        source,
        help="only the last one would count: remove one, or rename it",
        labels=(Label(first, "first here"),),
        pointer=pointer,
    )


def text_after(source: Source, span: Span) -> Diagnostic:
    """Something after the end of the value."""
    return _bad(
        source,
        span,
        f"{_found(source, span)} stands after the end of the value",
        "a JSON text is one value; remove the rest",
    )


def _found(source: Source, span: Span) -> str:
    if span.start >= len(source.text):
        return "the end of the text"
    return quoted(source.slice(span))


def _bad(source: Source, span: Span, message: str, help_: str) -> Diagnostic:
    return Diagnostic(Code.BAD_JSON, message, span, source, help=help_)
