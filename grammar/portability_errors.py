"""The wording of portability: what the original engines read otherwise.

One function a finding. *reading* is what the trigger engine makes of the part, in its
own spelling, or empty where it reads nothing there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fql.grammar.diagnostics import Code, Diagnostic, Edit, Severity
from fql.grammar.errors import quoted, shorten
from fql.grammar.source import Source, Span

if TYPE_CHECKING:
    from fql.grammar.condition_tree import Unreadable

_ROOTS = (
    "it knows `type`, `event`, `name`, `userId`, `properties.…`, `traits.…`, "
    "`context.…`"
)
_WIDTH = 72


def unreadable(
    source: Source, tree: Unreadable, *, severity: Severity = Severity.ERROR
) -> Diagnostic:
    """A text that the trigger engine fails on."""
    return Diagnostic(
        Code.UNREADABLE_TRIGGER,
        f"the trigger engine cannot read this: {tree.message}",
        tree.span or Span(0, len(source.text)),
        source,
        severity,
        help="there it matches no event; rewrite it, or use the dialect `fql`",
    )


def reads(reading: str) -> str:
    """Return what the engine reads, in words."""
    return f"the trigger engine {_reads(reading)}"


def _reads(reading: str) -> str:
    if not reading:
        return "reads nothing here"
    return f"reads this as `{shorten(reading, _WIDTH)}`"


def _warning(
    code: Code,
    source: Source,
    span: Span,
    message: str,
    *,
    help_: str = "",
    edits: tuple[Edit, ...] = (),
) -> Diagnostic:
    severity = Severity.WARNING
    return Diagnostic(code, message, span, source, severity, help=help_, edits=edits)


def _note(code: Code, source: Source, span: Span, message: str) -> Diagnostic:
    return Diagnostic(code, message, span, source, Severity.NOTE)


# --- the whole text ---------------------------------------------------------------


def misread(source: Source, span: Span, reading: str, text: str = "") -> Diagnostic:
    """A part that is read otherwise, for want of a better finding."""
    return _warning(
        Code.MISREAD,
        source,
        span,
        reads(reading),
        help_=f"write `{shorten(text, _WIDTH)}`" if text else "",
    )


def no_language(source: Source, reading: str) -> Diagnostic:
    """A text that only the trigger engine reads."""
    return _warning(
        Code.MISREAD,
        source,
        Span(0, len(source.text)),
        f"this is no condition, but {reads(reading)}",
        help_="correct the text, so that it says what is meant",
    )


# --- what joins conditions --------------------------------------------------------


def negation_lost(source: Source, span: Span, reading: str) -> Diagnostic:
    """``!( ... )``."""
    return _warning(
        Code.NEGATION_LOST,
        source,
        span,
        f"{reads(reading)}: without the negation",
        help_="turn the conditions inside around: `=` to `!=`, `and` to `or`",
    )


def mixed_operators(
    source: Source, span: Span, last: str, groups: tuple[Span, ...]
) -> Diagnostic:
    """``a and b or c``. *last*: what joins all; *groups*: what wants parentheses."""
    edits = [
        edit
        for group in groups
        for edit in (
            Edit(Span(group.start, group.start), "("),
            Edit(Span(group.end, group.end), ")"),
        )
    ]
    return _warning(
        Code.MIXED_OPERATORS,
        source,
        span,
        f"the trigger engine joins all of these by the last word, `{last}`",
        help_="put what `and` joins in parentheses",
        edits=tuple(edits),
    )


def nested_parentheses(source: Source, span: Span) -> Diagnostic:
    """``(contains(a, "b") or c)``, ``((a))``."""
    return _warning(
        Code.NESTED_PARENTHESES,
        source,
        span,
        "for the trigger engine the outer parentheses end at the `)` in here",
        help_="it reads one level of parentheses, and calls outside of them",
    )


def keyword_not_read(source: Source, span: Span) -> Diagnostic:
    """``AND``, ``OR``, ``TRUE``."""
    written = source.slice(span)
    word = written.lower()
    edit = Edit(span, word)
    if word == "and":
        message = "the trigger engine passes over `{}`: it means `and` by luck"
        severity = Severity.NOTE
    elif word == "or":
        message = "the trigger engine passes over `{}`, so that it does not mean `or`"
        severity = Severity.WARNING
    else:
        message = "the trigger engine reads `{}` as a word without a meaning"
        severity = Severity.WARNING
    return Diagnostic(
        Code.KEYWORD_NOT_READ,
        message.format(written),
        span,
        source,
        severity,
        help=f"write `{word}`",
        edits=(edit,),
    )


def comma_ignored(source: Source, span: Span, *, is_luck: bool) -> Diagnostic:
    """``a = "b", c = "d"``."""
    luck = ": here it means `and` by luck" if is_luck else ""
    return Diagnostic(
        Code.COMMA_IGNORED,
        f"the trigger engine passes over this comma{luck}",
        span,
        source,
        Severity.NOTE if is_luck else Severity.WARNING,
        help="write `and`",
        edits=(Edit(span, " and"),),
    )


# --- single tests -----------------------------------------------------------------


def second_equals(source: Source, span: Span, reading: str) -> Diagnostic:
    """``event == "Order"``. *span*: the two signs."""
    return _warning(
        Code.SECOND_EQUALS,
        source,
        span,
        f"{reads(reading)}: the second `=` is its value, so that it never matches",
        help_="write one `=`",
        edits=(Edit(span, "="),),
    )


def single_quotes(source: Source, span: Span, value: str, reading: str) -> Diagnostic:
    """``type = 'track'``. *value*: what stands between the quotes."""
    is_plain = '"' not in value and "\\" not in value
    return _warning(
        Code.SINGLE_QUOTES,
        source,
        span,
        f"{reads(reading)}: the single quotes are a part of the value",
        help_="write double quotes"
        if is_plain
        else "no text of that engine has this value; test a part of it",
        edits=(Edit(span, f'"{value}"'),) if is_plain else (),
    )


def field_vanishes(source: Source, span: Span, root: str) -> Diagnostic:
    """``anonymousId != null``."""
    return _warning(
        Code.FIELD_VANISHES,
        source,
        span,
        f"the trigger engine does not know {quoted(root)} and passes over this "
        "condition",
        help_=f"{_ROOTS}; test other fields in a filter",
    )


def not_understood(source: Source, span: Span, reading: str) -> Diagnostic:
    """``in``, functions, lists, fields on the right or alone."""
    return _warning(
        Code.NOT_UNDERSTOOD,
        source,
        span,
        f"the trigger engine does not know this test and {_reads(reading)}",
        help_="it compares a field with a constant, and knows contains and match",
    )


def path_misread(source: Source, span: Span, reading: str) -> Diagnostic:
    r"""``properties.a\.b``, ``properties.0``, ``properties``."""
    return _warning(
        Code.PATH_MISREAD,
        source,
        span,
        f"this path leads elsewhere there: {reads(reading)}",
        help_=f"{_ROOTS}, without dots in keys, positions and lengths",
    )


def glob_misread(source: Source, span: Span, reading: str) -> Diagnostic:
    """``match(event, "a*b")``."""
    return _warning(
        Code.GLOB_MISREAD,
        source,
        span,
        f"{reads(reading)}: it knows a star at one end only",
        help_='write `"text*"`, `"*text"` or contains(field, "text")',
    )


def null_as_text(source: Source, span: Span, reading: str) -> Diagnostic:
    """``event != null``."""
    answer = "nearly always true" if "!=" in source.slice(span) else "never true"
    return _warning(
        Code.NULL_AS_TEXT,
        source,
        span,
        f"{reads(reading)}: it compares with the text `null` and is {answer}",
        help_='contains(field, "") is true for every text, in both',
    )


def bool_as_text(source: Source, span: Span, reading: str) -> Diagnostic:
    """``properties.a != true``, ``name = true``."""
    return _warning(
        Code.BOOL_AS_TEXT,
        source,
        span,
        f"{reads(reading)}, and compares with a text: no bool is equal to it",
        help_="compare with `=`, and only userId and what is below the other fields",
    )


def negated_missing(source: Source, span: Span, instead: str) -> Diagnostic:
    """``!contains(event, "a")``. *instead*: what the engine means, in both."""
    return _warning(
        Code.NEGATED_MISSING,
        source,
        span,
        "the trigger engine says no where the field is missing or of another type",
        help_=f"`{instead}` means in both what that engine means",
    )


def text_order(source: Source, span: Span, reading: str) -> Diagnostic:
    """``properties.date > "2024-01-01"``."""
    return _warning(
        Code.TEXT_ORDER,
        source,
        span,
        f"{reads(reading)}, and orders numbers only",
        help_="compare numbers, or put this condition in a filter",
    )


def number_misread(source: Source, span: Span, reading: str) -> Diagnostic:
    """``1e3``, ``userId = 5``."""
    return _warning(
        Code.NUMBER_MISREAD,
        source,
        span,
        reads(reading),
        help_="write digits, not more than 15, for what is below properties, traits "
        "and context; a text in double quotes for the other fields",
    )


def text_misread(source: Source, span: Span, reading: str) -> Diagnostic:
    r"""``"a\"b"``."""
    return _warning(
        Code.TEXT_MISREAD,
        source,
        span,
        f"{reads(reading)}: its strings have no escapes",
        help_='no text of that engine has `"`, two backslashes in a row or one at '
        "the end",
    )


def word_as_text(source: Source, span: Span, reading: str) -> Diagnostic:
    """``type = track``. *span*: the word."""
    return _warning(
        Code.WORD_AS_TEXT,
        source,
        span,
        f"{reads(reading)}; here this is the field {quoted(source.slice(span))}",
        help_="put a text in double quotes",
        edits=(Edit(span, f'"{source.slice(span)}"'),),
    )


def falsy_parent(source: Source, span: Span) -> Diagnostic:
    """``properties.a.b != null``."""
    return _note(
        Code.FALSY_PARENT,
        source,
        span,
        "where this path meets false, 0 or an empty text before its end, the trigger "
        "engine finds that value",
    )


# --- what its shop allows ---------------------------------------------------------


def plan_conditions(source: Source, span: Span, count: int, limit: int) -> Diagnostic:
    """A third condition. *span*: where the conditions beyond the limit begin."""
    return _warning(
        Code.PLAN_CONDITIONS,
        source,
        span,
        f"this trigger has {count} conditions, and self-service plans have {limit}",
        help_="split the trigger, or put conditions in a filter",
    )


def refused_character(source: Source, span: Span, character: str) -> Diagnostic:
    """A value with ``"`` or ``~``."""
    return _warning(
        Code.REFUSED_CHARACTER,
        source,
        span,
        f"the visual builder does not save a value with `{character}`",
        help_="set this trigger through the public API",
    )


def order_of_texts(source: Source, span: Span) -> Diagnostic:
    """``received_at < '2023-04-21T19:55:00.933Z'`` in a filter."""
    return _warning(
        Code.ORDER_OF_TEXTS,
        source,
        span,
        "the documented filter language orders numbers only: this is never true there",
        help_="compare numbers; device-mode filters cannot order timestamps at all",
    )
