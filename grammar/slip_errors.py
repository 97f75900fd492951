"""The wording of slips: what other languages write, quotes, numbers, characters."""

from __future__ import annotations

from fql.grammar.diagnostics import Code, Diagnostic, Edit, Label, Severity
from fql.grammar.errors import quoted, replacing, shorten
from fql.grammar.source import Source, Span


def foreign_operator(
    code: Code, source: Source, span: Span, replacement: str
) -> Diagnostic:
    """``==``, ``&&``, ``||``, ``<>``: another language's spelling of an operator."""
    written = quoted(source.slice(span))
    return replacing(
        code,
        source,
        Edit(span, replacement),
        f"{written} is not an operator here",
        help_=f"write `{replacement}`",
    )


def not_word(source: Source, span: Span, *, is_sure: bool) -> Diagnostic:
    """``not x``. *is_sure*: ``!`` in its place means the same."""
    if is_sure:
        return replacing(
            Code.NOT_WORD,
            source,
            Edit(span, "!"),
            "`not` is not an operator here",
            help_="write `!` right before what it negates",
        )
    return Diagnostic(
        Code.NOT_WORD,
        "`not` is not an operator here",
        span,
        source,
        help="write `!( ... )` around the whole condition that it negates",
    )


def smart_quotes(source: Source, span: Span, literal: str) -> Diagnostic:
    """A string in typographic quotes. *literal*: the same text in straight ones."""
    return replacing(
        Code.SMART_QUOTES,
        source,
        Edit(span, literal),
        "typographic quotes do not make a string",
        help_=f"write {shorten(literal)} with straight quotes",
    )


def unterminated_string(source: Source, span: Span) -> Diagnostic:
    """A quote that is never closed. *span*: from the quote to the end of its line."""
    quote = source.text[span.start]
    return Diagnostic(
        Code.UNTERMINATED_STRING,
        "this string is never closed",
        Span(span.start, span.start + 1),
        source,
        help=f"add a closing `{quote}`",
    )


def text_after_string(source: Source, string: Span, span: Span) -> Diagnostic:
    """A word right behind a closing quote: a quote inside was not escaped."""
    quote = source.text[string.end - 1]
    return Diagnostic(
        Code.UNTERMINATED_STRING,
        f"the string ends at this quote, right before {quoted(source.slice(span))}",
        Span(string.end - 1, string.end),
        source,
        help=f"close every string; inside one, write `\\{quote}` for a quote",
        labels=(Label(Span(string.start, string.start + 1), "it starts here"),),
    )


def bad_number(source: Source, span: Span) -> Diagnostic:
    """``.5``, ``5.``, ``1.2.3``, ``1e``, ``12px``."""
    written = source.slice(span)
    body = written.lstrip("+-")
    help_ = "a number is digits, with a fraction or an exponent: `10`, `0.5`, `1e6`"
    edits: tuple[Edit, ...] = ()
    fixed = None
    if body.startswith(".") and body[1:].isdecimal():
        fixed = written.replace(".", "0.", 1)
    elif body.endswith(".") and body[:-1].isdecimal():
        fixed = written[:-1]
    if fixed is not None:
        help_, edits = f"write `{fixed}`", (Edit(span, fixed),)
    elif body.count(".") > 1:
        help_ = f'write `"{written}"` for a text; versions compare with semver(...)'
    return Diagnostic(
        Code.BAD_NUMBER,
        f"{quoted(written)} is not a number",
        span,
        source,
        help=help_,
        edits=edits,
    )


def keyword_case(source: Source, span: Span) -> Diagnostic:
    """``AND``: understood, but the original reads it otherwise."""
    written = source.slice(span)
    return Diagnostic(
        Code.KEYWORD_CASE,
        f"the keyword `{written}` is not in lower case",
        span,
        source,
        Severity.WARNING,
        help=f"write `{written.lower()}`",
        edits=(Edit(span, written.lower()),),
    )


def bad_path(source: Source, span: Span, help_: str) -> Diagnostic:
    """``a..b``, ``a.``, ``a[b]``."""
    return Diagnostic(
        Code.BAD_PATH,
        f"{quoted(source.slice(span))} is not a path",
        span,
        source,
        help=help_,
    )


def bad_character(source: Source, span: Span) -> Diagnostic:
    """A character that no part of the language uses."""
    written = source.slice(span)
    name = f"`{written}`" if written.isprintable() else f"U+{ord(written):04X}"
    help_ = "remove it; in a field name, write a backslash before it"
    return Diagnostic(
        Code.BAD_CHARACTER, f"{name} means nothing here", span, source, help=help_
    )


def mapping_syntax(source: Source, span: Span, what: str) -> Diagnostic:
    """``??``, ``{ }``, ``$``: spelled as in mappings, but this is a condition."""
    return Diagnostic(
        Code.MAPPING_SYNTAX,
        f"{what} belongs to mappings, not to conditions",
        span,
        source,
        help="write a condition over the event's fields",
    )
