"""The wording of everything that reading a text can find.

One function a finding: data in, `Diagnostic` out. Messages say what is wrong in the
author's words; help says what to type.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fql.grammar.diagnostics import Code, Diagnostic, Edit, Label
from fql.grammar.source import Source, Span

if TYPE_CHECKING:
    from collections.abc import Sequence


def shorten(text: str, width: int = 40) -> str:
    """Return *text* on one line, cut to *width* code points."""
    line = " ".join(text.split())
    return line if len(line) <= width else line[: width - 1] + "…"


def quoted(text: str) -> str:
    """Return *text* shortened and in backticks."""
    return f"`{shorten(text)}`"


def replacing(
    code: Code, source: Source, fix: Edit, message: str, *, help_: str
) -> Diagnostic:
    """Return a finding at the place of *fix*, which is sure."""
    return Diagnostic(code, message, fix.span, source, help=help_, edits=(fix,))


# --- structure ---------------------------------------------------------------------


def empty_text(source: Source) -> Diagnostic:
    """Nothing but blanks and comments."""
    return Diagnostic(
        Code.EMPTY_TEXT,
        "there is no expression in this text",
        Span(0, len(source.text)),
        source,
        help="write a condition, or `all` for every event",
    )


def missing_operand(
    source: Source, span: Span, before: Span | None, found: str
) -> Diagnostic:
    """A place that wants a value and has none.

    Args:
        source: The text.
        span: What stands there instead.
        before: What the value was to follow, or None at the start of the text.
        found: What stands there instead, in words.
    """
    if before is None:
        message = f"a value is missing before {found}"
        return Diagnostic(Code.MISSING_OPERAND, message, span, source, help=_VALUE_HELP)
    after = source.slice(before)
    return Diagnostic(
        Code.MISSING_OPERAND,
        f"a value is missing between {quoted(after)} and {found}",
        before,
        source,
        help=_VALUE_HELP,
        labels=(Label(span, "instead of a value"),) if span != before else (),
    )


_VALUE_HELP = "add a field, a literal or a function call"


def trailing_comma(source: Source, comma: Span) -> Diagnostic:
    """``[1, 2,]``."""
    return replacing(
        Code.MISSING_OPERAND,
        source,
        Edit(comma, ""),
        "a value is missing after this comma",
        help_="add a value, or remove the comma",
    )


def doubled_word(source: Source, span: Span) -> Diagnostic:
    """``and and``, ``= =``: the same operator twice."""
    written = source.slice(span)
    return replacing(
        Code.MISSING_OPERAND,
        source,
        Edit(span, ""),
        f"`{written}` stands here twice",
        help_="remove one of them",
    )


def split_operator(source: Source, span: Span, whole: str) -> Diagnostic:
    """``> =``: an operator with a blank inside."""
    return replacing(
        Code.SYNTAX,
        source,
        Edit(span, whole),
        f"the operator `{whole}` has a blank in it",
        help_=f"write `{whole}`",
    )


def comma_for_and(source: Source, span: Span) -> Diagnostic:
    """``a = 1, b = 2``."""
    return replacing(
        Code.COMMA_FOR_AND,
        source,
        Edit(span, " and"),
        "a comma does not join conditions",
        help_="write `and`, or `or` if one of them is enough",
    )


def missing_operator(source: Source, left: Span, right: Span, help_: str) -> Diagnostic:
    """Two values side by side."""
    first, second = quoted(source.slice(left)), quoted(source.slice(right))
    return Diagnostic(
        Code.MISSING_OPERATOR,
        f"an operator is missing between {first} and {second}",
        right,
        source,
        help=help_,
    )


def word_operator(source: Source, span: Span, help_: str) -> Diagnostic:
    """``event contains "x"``: a word where an operator belongs."""
    return Diagnostic(
        Code.MISSING_OPERATOR,
        f"{quoted(source.slice(span))} is not an operator",
        span,
        source,
        help=help_,
    )


def chained_comparison(source: Source, span: Span) -> Diagnostic:
    """``1 < x < 5``."""
    return Diagnostic(
        Code.CHAINED_COMPARISON,
        f"a second comparison {quoted(source.slice(span))} follows the first",
        span,
        source,
        help="join two comparisons with `and`, or put one in parentheses",
    )


def unclosed_bracket(source: Source, opening: Span, found: str) -> Diagnostic:
    """An opening bracket without its partner."""
    bracket = source.slice(opening)
    closing = _PARTNER[bracket]
    return Diagnostic(
        Code.UNCLOSED_BRACKET,
        f"this `{bracket}` is not closed before {found}",
        opening,
        source,
        help=f"add a `{closing}`",
    )


_PARTNER = {"(": ")", "[": "]", "{": "}"}


def wrong_bracket(source: Source, span: Span, opening: Span) -> Diagnostic:
    """``(a]``."""
    wanted = _PARTNER[source.slice(opening)]
    written = source.slice(span)
    return Diagnostic(
        Code.UNCLOSED_BRACKET,
        f"`{written}` cannot close `{source.slice(opening)}`",
        span,
        source,
        help=f"write `{wanted}`",
        labels=(Label(opening, "opened here"),),
        edits=(Edit(span, wanted),),
    )


def unexpected_closing(source: Source, span: Span) -> Diagnostic:
    """A closing bracket that nothing opened."""
    written = source.slice(span)
    return replacing(
        Code.UNEXPECTED_CLOSING,
        source,
        Edit(span, ""),
        f"nothing was opened that this `{written}` could close",
        help_="remove it, or add the opening bracket",
    )


def missing_separator(source: Source, span: Span) -> Diagnostic:
    """Two members of an object on one line without a comma."""
    return Diagnostic(
        Code.MISSING_SEPARATOR,
        f"a comma is missing before {quoted(source.slice(span))}",
        span,
        source,
        help="put a comma or a line break between members",
        edits=(Edit(Span(span.start, span.start), ", "),),
    )


def bad_template(source: Source, span: Span) -> Diagnostic:
    """``{{a + b}}``: braces around something that is no path."""
    return Diagnostic(
        Code.BAD_TEMPLATE,
        f"{quoted(source.slice(span))} is not a path in double braces",
        span,
        source,
        help="write `{{properties.name}}`; in single quotes, braces are plain text",
    )


def misspelled_keyword(source: Source, span: Span, suggestion: str) -> Diagnostic:
    """``destinaton``: almost a word that may stand here."""
    return replacing(
        Code.SYNTAX,
        source,
        Edit(span, suggestion),
        f"{quoted(source.slice(span))} is no word of the language",
        help_=f"did you mean `{suggestion}`?",
    )


def missing_piece(source: Source, span: Span, piece: str, found: str) -> Diagnostic:
    """A token that must stand before the one found."""
    return Diagnostic(
        Code.SYNTAX,
        f"{piece} is missing before {found}",
        span,
        source,
        help=f"add {piece}",
    )


def misplaced(source: Source, span: Span, expected: Sequence[str]) -> Diagnostic:
    """Something that cannot stand where it stands, for want of a better finding."""
    written = quoted(source.slice(span)) if span.start < span.end else "the end"
    choices = ", ".join(expected[:6])
    help_ = f"here may stand: {choices}" if choices else "remove it"
    return Diagnostic(
        Code.SYNTAX, f"{written} cannot stand here", span, source, help=help_
    )
