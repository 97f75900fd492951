"""The wording of limits: texts, trees, lists and numbers that are too large."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fql.grammar import limits
from fql.grammar.diagnostics import Code, Diagnostic
from fql.grammar.errors import quoted
from fql.grammar.source import Span

if TYPE_CHECKING:
    from fql.grammar.source import Source


def text_too_long(source: Source, limit: int) -> Diagnostic:
    """A text of more than *limit* code points."""
    return Diagnostic(
        Code.TEXT_TOO_LONG,
        f"the text has {len(source.text):,} characters; at most {limit:,} are read",
        Span(0, 0),
        source,
        help="split it into several conditions, filters or files",
    )


def too_deep(source: Source, span: Span) -> Diagnostic:
    """More levels of brackets and prefixes than allowed."""
    return Diagnostic(
        Code.TOO_DEEP,
        f"brackets and prefixes nest deeper than {limits.MAX_NESTING} levels",
        span,
        source,
        help="remove parentheses that change nothing, or split the condition",
    )


def too_many_nodes(source: Source, span: Span) -> Diagnostic:
    """More parts in one expression than allowed."""
    return Diagnostic(
        Code.TOO_MANY_NODES,
        f"the expression has more than {limits.MAX_NODES:,} parts",
        span,
        source,
        help="compare with a list (`x in [...]`), or split the condition",
    )


def list_too_long(source: Source, span: Span) -> Diagnostic:
    """A list literal with more elements than allowed."""
    return Diagnostic(
        Code.LIST_TOO_LONG,
        f"the list has more than {limits.MAX_LIST:,} elements",
        span,
        source,
        help="split it into two lists joined with `or`",
    )


def number_too_long(source: Source, span: Span, digits: int) -> Diagnostic:
    """An integer literal with more digits than allowed."""
    return Diagnostic(
        Code.NUMBER_TOO_LONG,
        f"the number has {digits:,} digits; at most {limits.MAX_DIGITS} are read",
        span,
        source,
        help="put it in quotes if it is an identifier",
    )


def number_out_of_range(source: Source, span: Span) -> Diagnostic:
    """A float literal beyond what a double holds."""
    return Diagnostic(
        Code.BAD_NUMBER,
        f"{quoted(source.slice(span))} is larger than any number in JSON can be",
        span,
        source,
        help="the largest is about 1.8e308",
    )
