"""The wording of slips: what other languages write, strings, numbers, paths.

One function a finding: data in, `Diagnostic` out.
"""

from __future__ import annotations

import re
from decimal import Decimal

from fql.grammar.diagnostics import Code, Diagnostic, Edit, Label, Severity
from fql.grammar.errors import joining, quoted, replacing, shorten
from fql.grammar.source import Source, Span

# --- operators ---------------------------------------------------------------------


def foreign_operator(
    code: Code, source: Source, span: Span, replacement: str
) -> Diagnostic:
    """``==``, ``&&``, ``||``, ``<>``: another language's spelling of an operator."""
    is_word = replacement.isalpha()
    fix = joining(source, span, replacement) if is_word else Edit(span, replacement)
    return replacing(
        code,
        source,
        fix,
        f"{quoted(source.slice(span))} is not an operator here",
        help_=f"write `{replacement}`",
    )


def not_word(source: Source, span: Span) -> Diagnostic:
    """``not``, before something of which the end is not plain to see."""
    return _not(source, span, "write `!( ... )` around the whole condition it negates")


def not_value(source: Source, word: Span, value: Span) -> Diagnostic:
    """``not a``. *word* includes the blanks before *value*."""
    help_ = f"write `{shorten('!' + source.slice(value))}`"
    return _not(source, word, help_, Edit(word, "!"))


def not_comparison(source: Source, word: Span, comparison: Span) -> Diagnostic:
    """``not a = 1``. *word* includes the blanks before *comparison*."""
    help_ = f"write `{shorten(f'!({source.slice(comparison)})')}`"
    end = Span(comparison.end, comparison.end)
    return _not(source, word, help_, Edit(word, "!("), Edit(end, ")"))


def not_in(source: Source, word: Span, comparison: Span) -> Diagnostic:
    """``a not in [1]``. *comparison*: all of it."""
    before = source.text[comparison.start : word.start]
    after = source.text[word.end : comparison.end].lstrip()
    fixed = f"!({before}{after})"
    return _not(source, word, f"write `{shorten(fixed)}`", Edit(comparison, fixed))


def _not(source: Source, span: Span, help_: str, *edits: Edit) -> Diagnostic:
    written = source.slice(span).rstrip()
    return Diagnostic(
        Code.NOT_WORD,
        f"`{written}` is not an operator here",
        Span(span.start, span.start + len(written)),
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


# --- strings -----------------------------------------------------------------------


def smart_quotes(source: Source, span: Span, literal: str) -> Diagnostic:
    """A string in other quotes. *literal*: the same text in straight ones."""
    return replacing(
        Code.SMART_QUOTES,
        source,
        Edit(span, literal),
        f"{_quotes(source.slice(span))} do not make a string",
        help_=f"write `{shorten(literal)}` with straight quotes",
    )


def _quotes(written: str) -> str:
    return "backquotes" if written[0] in "`\u00b4" else "typographic quotes"


def lone_smart_quote(source: Source, span: Span) -> Diagnostic:
    """A typographic quote without its partner."""
    return Diagnostic(
        Code.SMART_QUOTES,
        f"{_quotes(source.slice(span))} do not make a string",
        span,
        source,
        help="put the text between two straight quotes",
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


def string_over_lines(source: Source, string: Span, span: Span) -> Diagnostic:
    """A string that goes on for lines, up to the quote that begins another."""
    quote = source.text[string.start]
    return Diagnostic(
        Code.UNTERMINATED_STRING,
        "this string is not closed on its line",
        Span(string.start, string.start + 1),
        source,
        help=f"add a closing `{quote}`",
        labels=(
            Label(
                Span(string.end - 1, string.end),
                f"it ends here, right before {quoted(source.slice(span))}",
            ),
        ),
    )


def text_after_string(
    source: Source, string: Span, span: Span, quote: str
) -> Diagnostic:
    """A word right behind a closing *quote*: one inside was not escaped."""
    return Diagnostic(
        Code.UNTERMINATED_STRING,
        f"the string ends at this quote, right before {quoted(source.slice(span))}",
        Span(string.end - 1, string.end),
        source,
        help=f"close every string; inside one, write `\\{quote}` for a quote",
        labels=(Label(Span(string.start, string.start + 1), "it starts here"),),
    )


# --- numbers -----------------------------------------------------------------------


def bad_number(source: Source, span: Span, fixed: str | None) -> Diagnostic:
    """``.5``, ``5.``, ``1.2.3``, ``1e``, ``12px``. *fixed*: what was meant, if sure."""
    written = source.slice(span)
    if fixed is not None:
        help_ = f"write `{fixed}`"
    elif written.count(".") > 1:
        text = shorten(f'"{written}"')
        help_ = f"write `{text}` for a text; versions compare with `semver(...)`"
    else:
        help_ = "a number is digits, with a fraction or an exponent: `10`, `0.5`, `1e6`"
    return _not_a_number(source, span, help_, fixed)


def separated_number(source: Source, span: Span, number: str) -> Diagnostic:
    """``1,000``. *number*: the same without commas."""
    return _not_a_number(source, span, f"write `{number}`", number)


def percent(source: Source, span: Span, number: str) -> Diagnostic:
    """``50%``. *number*: what stands before the sign."""
    share = format(Decimal(number) / 100, "f") if len(number) < 20 else "0.5"
    return _not_a_number(source, span, f"write a share of one, such as `{share}`", None)


def amount(source: Source, span: Span, number: str) -> Diagnostic:
    """``$10``. *number*: the same without the currency."""
    return _not_a_number(source, span, f"write `{number}`", number)


def _not_a_number(
    source: Source, span: Span, help_: str, fixed: str | None
) -> Diagnostic:
    return Diagnostic(
        Code.BAD_NUMBER,
        f"{quoted(source.slice(span))} is not a number",
        span,
        source,
        help=help_,
        edits=() if fixed is None else (Edit(span, fixed),),
    )


# --- paths -------------------------------------------------------------------------

_QUOTED_KEY = re.compile(r"""\.*\[\s*(["'])([^"'\\]+)\1\s*\]""")
_BLANK_INDEX = re.compile(r"\.*\[\s*([0-9]+)\s*\]")
_DOTS = re.compile(r"\.\.+")
_ODD = re.compile(r"\A-|[^\w\-]")
_TAIL = re.compile(r"(?:\.(?:\w|\\.)(?:[\w\-]|\\.)*|\[[0-9]+\])+")


def bad_path(source: Source, path: Span, rest: Span) -> Diagnostic:
    """``a..b``, ``a.``, ``a[b]``, ``$a``.

    Args:
        source: The text.
        path: What reads as a path.
        rest: What follows it directly and does not.
    """
    written = source.slice(rest)
    fixed = fixed_rest(written)
    if fixed is not None:
        help_ = f"write `{shorten(source.slice(path) + fixed)}`"
    elif written.startswith("[-"):
        help_ = "elements count from the start, from 0: `a[0]`"
    elif written.startswith(("[*", "[]")):
        help_ = "`any(a, item.b = 1)` looks at every element; `a[0]` is the first"
    elif written.startswith("["):
        help_ = "an index is a number: `a[0]`; a key follows a dot: `a.key`"
    elif written.startswith(".") and not written.strip("."):
        help_ = "remove the dot, or name what belongs after it"
    elif written.startswith("."):
        help_ = "after a dot comes a letter, a digit, `_`, or a backslash and a sign"
    else:
        help_ = "put a dot between the parts of a path: `a[0].b`"
    return Diagnostic(
        Code.BAD_PATH,
        f"{quoted(source.slice(path.to(rest)))} is not a path",
        path.to(rest),
        source,
        help=help_,
        edits=() if fixed is None else (Edit(rest, fixed),),
    )


def fixed_rest(written: str) -> str | None:
    """Return what was meant by the end of a path, if that is sure."""
    fixed = _QUOTED_KEY.sub(lambda key: "." + _ODD.sub(r"\\\g<0>", key[2]), written)
    fixed = _BLANK_INDEX.sub(r"[\1]", fixed)
    fixed = _DOTS.sub(".", fixed)
    if not fixed.startswith((".", "[")):
        fixed = "." + fixed
    return fixed if _TAIL.fullmatch(fixed) else None


def path_as_key(source: Source, span: Span) -> Diagnostic:
    """``{ a.b: c }``."""
    written = source.slice(span)
    help_ = 'a key is one word or a string: `"a.b": value`'
    edits: tuple[Edit, ...] = ()
    if '"' not in written and "\\" not in written:
        help_, edits = f'write `"{shorten(written)}"`', (Edit(span, f'"{written}"'),)
    return Diagnostic(
        Code.BAD_PATH,
        f"{quoted(written)} cannot be a key",
        span,
        source,
        help=help_,
        edits=edits,
    )


def path_as_name(source: Source, span: Span) -> Diagnostic:
    """``source a.b``."""
    return Diagnostic(
        Code.BAD_PATH,
        f"{quoted(source.slice(span))} cannot be a name",
        span,
        source,
        help="a name is one word of letters, digits, `_` and `-`",
    )


def leading_dot(source: Source, span: Span) -> Diagnostic:
    """``.a``."""
    return replacing(
        Code.BAD_PATH,
        source,
        Edit(span, ""),
        "a path does not begin with a dot",
        help_="remove the dot",
    )


def blank_in_path(source: Source, span: Span, path: str) -> Diagnostic:
    """``a . b``. *path*: the same without the blanks."""
    return replacing(
        Code.BAD_PATH,
        source,
        Edit(span, path),
        "a path has no blanks around its dots",
        help_=f"write `{shorten(path)}`",
    )


# --- mappings ----------------------------------------------------------------------


def mapping_syntax(
    source: Source,
    span: Span,
    what: str,
    help_: str = "write a condition over the event's fields",
) -> Diagnostic:
    """``??``, ``{ }``, ``if``: spelled as in mappings, but this is a condition."""
    return Diagnostic(
        Code.MAPPING_SYNTAX,
        f"{what} belongs to mappings, not to conditions",
        span,
        source,
        help=help_,
    )


def event_path(source: Source, mark: Span) -> Diagnostic:
    """``$.a``. *mark*: the ``$.``."""
    return replacing(
        Code.MAPPING_SYNTAX,
        source,
        Edit(mark, ""),
        "`$` belongs to mappings, not to conditions",
        help_="leave it out: every path here begins at the event",
    )
