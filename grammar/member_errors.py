"""The wording of findings about objects and declarations.

One function a finding: data in, `Diagnostic` out.
"""

from __future__ import annotations

from fql.grammar.diagnostics import Code, Diagnostic, Edit
from fql.grammar.errors import quoted, removing, replacing
from fql.grammar.source import Source, Span


def keyword_as_key(source: Source, span: Span) -> Diagnostic:
    """``{ and }``: a keyword that is to be a field and its own key."""
    written = source.slice(span)
    return Diagnostic(
        Code.SYNTAX,
        f"`{written}` is a word of the language, not the name of a field",
        span,
        source,
        help=f"write `\\{written}` for a field of that name",
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


def sign_for_colon(source: Source, span: Span) -> Diagnostic:
    """``{ id = userId }``."""
    return replacing(
        Code.SYNTAX,
        source,
        Edit(span, ":"),
        f"{quoted(source.slice(span))} does not follow a name here",
        help_="write `:` between a name and what belongs to it",
    )


def number_as_key(source: Source, span: Span) -> Diagnostic:
    """``{ 1: a }``."""
    written = source.slice(span)
    return replacing(
        Code.SYNTAX,
        source,
        Edit(span, f'"{written}"'),
        f"{quoted(written)} cannot be a key",
        help_=f'a key is a word or a string: write `"{written}"`',
    )


def without_braces(source: Source, key: Span, colon: Span) -> Diagnostic:
    """``a: b`` as a whole mapping."""
    return Diagnostic(
        Code.SYNTAX,
        f"the key {quoted(source.slice(key))} stands outside of braces",
        key.to(colon),
        source,
        help="put `{` before the first key and `}` after the last value",
    )


def missing_separator(source: Source, span: Span, last: Span) -> Diagnostic:
    """Two members of an object on one line, or two names, without a comma."""
    return Diagnostic(
        Code.MISSING_SEPARATOR,
        f"a comma is missing before {quoted(source.slice(span))}",
        span,
        source,
        help=f"put a comma after {quoted(source.slice(last))}",
        edits=(Edit(Span(last.end, last.end), ","),),
    )


def stray_comma(source: Source, span: Span) -> Diagnostic:
    """A comma where nothing is enumerated, or before anything is."""
    return replacing(
        Code.SYNTAX,
        source,
        removing(source, span),
        "no comma belongs here",
        help_="remove it",
    )


def title_without_quotes(source: Source, span: Span, title: str) -> Diagnostic:
    """``filter internal when``. *title*: the same in quotes."""
    return replacing(
        Code.SYNTAX,
        source,
        Edit(span, title),
        f"the title {quoted(source.slice(span))} has no quotes",
        help_=f"write `{title}`",
    )


def quoted_name(source: Source, span: Span, name: str) -> Diagnostic:
    """``source "website"``."""
    return replacing(
        Code.SYNTAX,
        source,
        Edit(span, name),
        f"the name {quoted(source.slice(span))} stands in quotes",
        help_=f"write `{name}`",
    )


def not_disabled(source: Source, word: Span, span: Span, found: str) -> Diagnostic:
    """``disabled source``. *word*: the first; *span* and *found*: the second."""
    return Diagnostic(
        Code.SYNTAX,
        f"{found} cannot be disabled",
        word,
        source,
        help="remove `disabled`; destinations, filters and mappings can be",
        edits=(Edit(Span(word.start, span.start), ""),),
    )


def value_before_send(source: Source, span: Span) -> Diagnostic:
    """``when a = send order``. *span*: the word ``send``."""
    return Diagnostic(
        Code.MISSING_OPERAND,
        "a value is missing before `send`",
        span,
        source,
        help="complete the condition, or write `all` for every event",
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
