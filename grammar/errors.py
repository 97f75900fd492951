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


def removing(source: Source, span: Span) -> Edit:
    """Return the edit that takes *span* out and leaves its neighbours apart."""
    before, after = _neighbours(source, span)
    is_apart = before in _APART or after in _APART
    return Edit(span, "" if is_apart else " ")


def joining(source: Source, span: Span, word: str) -> Edit:
    """Return the edit that puts *word* in place of *span*, between blanks."""
    before, after = _neighbours(source, span)
    left = "" if before.isspace() else " "
    return Edit(span, left + word + ("" if after.isspace() else " "))


def _neighbours(source: Source, span: Span) -> tuple[str, str]:
    """Return the characters on both sides of *span*; beyond the text are blanks."""
    before = source.text[span.start - 1 : span.start]
    return before or " ", source.text[span.end : span.end + 1] or " "


_APART = frozenset("()[]{}, \t\r\n")


# --- structure ---------------------------------------------------------------------


def empty_text(source: Source, *, is_mapping: bool) -> Diagnostic:
    """Nothing but blanks and comments, where a mapping or a condition is wanted."""
    wanted = "mapping" if is_mapping else "expression"
    help_text = "write a condition, or `all` for every event"
    if is_mapping:
        help_text = "write an object with the members of the payload: `{ id: userId }`"
    return Diagnostic(
        Code.EMPTY_TEXT,
        f"there is no {wanted} in this text",
        Span(0, len(source.text)),
        source,
        help=help_text,
    )


def missing_first(source: Source, span: Span, found: str) -> Diagnostic:
    """An operator or a bracket with no value before it, at the start of the text."""
    return Diagnostic(
        Code.MISSING_OPERAND,
        f"a value is missing before {found}",
        span,
        source,
        help=_VALUE_HELP,
    )


def missing_operand(source: Source, span: Span, before: Span, found: str) -> Diagnostic:
    """A place that wants a value and has none.

    Args:
        source: The text.
        span: What stands there instead.
        before: What the value was to follow.
        found: What stands there instead, in words.
    """
    return Diagnostic(
        Code.MISSING_OPERAND,
        f"a value is missing between {quoted(source.slice(before))} and {found}",
        before,
        source,
        help=_VALUE_HELP,
        labels=(Label(span, "instead of a value"),),
    )


_VALUE_HELP = 'add a field, a value such as `10` or `"text"`, or a function call'


def trailing_comma(source: Source, comma: Span, *, is_sure: bool) -> Diagnostic:
    """``[1, 2,]``. *is_sure*: no value is wanted, so the comma is one too many."""
    return Diagnostic(
        Code.MISSING_OPERAND,
        "a value is missing after this comma",
        comma,
        source,
        help="add a value, or remove the comma",
        edits=(removing(source, comma),) if is_sure else (),
    )


def doubled_word(source: Source, span: Span, removed: Span) -> Diagnostic:
    """``and and``, ``= =``: the same again. *removed*: it with the blanks behind it."""
    return Diagnostic(
        Code.MISSING_OPERAND,
        f"{quoted(source.slice(span))} stands here twice",
        span,
        source,
        help="remove one of them",
        edits=(removing(source, removed),),
    )


def split_operator(source: Source, span: Span, whole: str) -> Diagnostic:
    """``> =``: an operator with a blank inside."""
    return replacing(
        Code.SYNTAX,
        source,
        Edit(span, whole),
        f"the operator `{whole}` is written without a blank",
        help_=f"write `{whole}`",
    )


def split_unequal(source: Source, span: Span) -> Diagnostic:
    """``< >``."""
    return replacing(
        Code.ANGLE_BRACKETS,
        source,
        Edit(span, "!="),
        f"{quoted(source.slice(span))} is not an operator here",
        help_="write `!=`",
    )


def comma_for_and(source: Source, span: Span) -> Diagnostic:
    """``a = 1, b = 2``."""
    return replacing(
        Code.COMMA_FOR_AND,
        source,
        joining(source, span, "and"),
        "a comma does not join conditions",
        help_="write `and`, or `or` if one of them is enough",
    )


def list_in_parentheses(source: Source, span: Span, *, is_sure: bool) -> Diagnostic:
    """``x in (1, 2)``. *span*: all of it if *is_sure*, else the opening one."""
    edits: tuple[Edit, ...] = ()
    if is_sure:
        opening, closing = (
            Span(span.start, span.start + 1),
            Span(span.end - 1, span.end),
        )
        edits = (Edit(opening, "["), Edit(closing, "]"))
    return Diagnostic(
        Code.SYNTAX,
        "a list does not stand in parentheses",
        span,
        source,
        help="write a list in square brackets: `x in [1, 2]`",
        edits=edits,
    )


def missing_operator(
    source: Source, left: Span, right: Span, name: str | None
) -> Diagnostic:
    """Two values side by side. *name*: how both would be written as one, if any."""
    help_ = "put `=` or another operator between them, or `and` / `or`"
    if name is not None:
        help_ += f"; a blank in a name is written `{shorten(name)}`"
    return Diagnostic(
        Code.MISSING_OPERATOR,
        _between("an operator is missing", source, left, right),
        right,
        source,
        help=help_,
    )


def missing_comma(source: Source, left: Span, right: Span) -> Diagnostic:
    """Two values side by side in a list or among arguments."""
    return Diagnostic(
        Code.MISSING_OPERATOR,
        _between("a comma or an operator is missing", source, left, right),
        right,
        source,
        help="put a comma between them, or an operator",
    )


def _between(what: str, source: Source, left: Span, right: Span) -> str:
    first, second = quoted(source.slice(left)), quoted(source.slice(right))
    return f"{what} between {first} and {second}"


def word_for_sign(source: Source, span: Span, sign: str) -> Diagnostic:
    """``a is 1``, ``a is not 1``, ``a gt 1``: a word that *sign* stands for."""
    return replacing(
        Code.MISSING_OPERATOR,
        source,
        Edit(span, sign),
        f"{quoted(source.slice(span))} is not an operator here",
        help_=f"write `{sign}`",
    )


def word_operator(
    source: Source, span: Span, help_: str, fix: tuple[Span, str] | None
) -> Diagnostic:
    """``event contains "x"``: a word where an operator belongs.

    Args:
        source: The text.
        span: The word.
        help_: What to write in general.
        fix: What to write here and in place of what, if that is sure.
    """
    return Diagnostic(
        Code.MISSING_OPERATOR,
        f"{quoted(source.slice(span))} is not an operator here",
        span,
        source,
        help=help_ if fix is None else f"write `{shorten(fix[1])}`",
        edits=() if fix is None else (Edit(*fix),),
    )


def chained_comparison(source: Source, span: Span, middle: str | None) -> Diagnostic:
    """``1 < x < 5``. *middle*: the value between, where both comparisons want it."""
    help_ = "join two comparisons with `and`, or put one in parentheses"
    edits: tuple[Edit, ...] = ()
    if middle is not None:
        help_ = f"compare twice: `... and {shorten(middle)} {source.slice(span)} ...`"
        edits = (Edit(Span(span.start, span.start), f"and {middle} "),)
    return Diagnostic(
        Code.CHAINED_COMPARISON,
        f"a second comparison {quoted(source.slice(span))} follows the first",
        span,
        source,
        help=help_,
        edits=edits,
    )


def unclosed_bracket(
    source: Source, opening: Span, found: str, others: Sequence[Span] = ()
) -> Diagnostic:
    """An opening bracket without its partner. *others*: more of them."""
    bracket = source.slice(opening)
    closing = _PARTNER[bracket]
    return Diagnostic(
        Code.UNCLOSED_BRACKET,
        f"this `{bracket}` is not closed before {found}",
        opening,
        source,
        help=f"add a `{closing}`",
        labels=tuple(Label(each, "nor is this one") for each in others[-5:]),
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
        removing(source, span),
        f"nothing was opened that this `{written}` could close",
        help_="remove it, or add the opening bracket",
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


def misplaced(source: Source, span: Span, expected: Sequence[str]) -> Diagnostic:
    """Something that cannot stand where it stands, for want of a better finding."""
    written = quoted(source.slice(span)) if span.start < span.end else "the end"
    choices = ", ".join(expected[:6])
    help_ = f"here may stand: {choices}" if choices else "remove it"
    return Diagnostic(
        Code.SYNTAX, f"{written} cannot stand here", span, source, help=help_
    )
