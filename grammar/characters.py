"""Repairs of characters that begin no token.

Some belong to a spelling of another language, with its own way to say it here; of the
rest can only be said that they mean nothing. The rule is a pure function.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fql.grammar import character_errors, errors, slip_errors
from fql.grammar.lookahead import NUMBER, PATH, bracket_end, operand_end
from fql.grammar.source import Span
from fql.grammar.tokens import Token
from fql.grammar.trouble import Repair, Trouble, make_token

if TYPE_CHECKING:
    from fql.grammar.diagnostics import Diagnostic

_COMMENT = re.compile(r"//[^\n]*|--[^\n]*|/\*[\s\S]*?(?:\*/|\Z)")
_NOTHING = re.compile(r"(?:\s|#[^\n]*)*+")
_ARITHMETIC = frozenset("+-*/%^")
_SIGNED = re.compile(rf"-\s+({NUMBER})")
_ALTERNATIVE = re.compile(r"\?(?!\?)[^,\n(){}\[\]\"'#?]*")
_MATCHES = re.compile(r"=?~\*?")
_DOTTED = re.compile(rf"\.\s*(?!(?i:and|or|in)\b)({PATH})")
_EVENT_PATH = re.compile(rf"\$\.{PATH}")
_AMOUNT = re.compile(rf"\$({NUMBER})")
_OBJECT_REST = re.compile(r"\{[^{}\n]*\}?")


def odd_character(trouble: Trouble) -> Repair | None:
    """Report a character, with what it begins where that is known."""
    if trouble.token.type != "JUNK":
        return None
    for rule in _RULES:
        repair = rule(trouble)
        if repair is not None:
            return repair
    finding = character_errors.bad_character(trouble.source, trouble.span)
    return Repair(finding, skip_to=trouble.span.end)


def _span_of(trouble: Trouble, pattern: re.Pattern[str]) -> Span | None:
    found = pattern.match(trouble.source.text, trouble.span.start)
    return None if found is None else Span(*found.span())


def _comment(trouble: Trouble) -> Repair | None:
    """``// why``, ``-- why``."""
    span = _span_of(trouble, _COMMENT)
    if span is None or (trouble.token == "-" and not _begins_line(trouble)):
        return None
    finding = character_errors.foreign_comment(trouble.source, span)
    return Repair(finding, skip_to=span.end)


def _begins_line(trouble: Trouble) -> bool:
    return trouble.last is None or "\n" in trouble.gap or trouble.wants_operator


def _semicolon(trouble: Trouble) -> Repair | None:
    """``a = 1; b = 2``: what it separates says what it stands for."""
    source, span = trouble.source, trouble.span
    if trouble.token != ";":
        return None
    if trouble.is_in_object and "_COMMA" in trouble.accepts:
        finding = character_errors.semicolon(source, span, ",")
        comma = make_token("_COMMA", ",", trouble.token)
        return Repair(finding, replace=comma, skip_to=span.end)
    rest = trouble.ahead(_NOTHING)
    is_last = rest is not None and rest.end() == len(source.text)
    if is_last or not trouble.wants_operator:
        return Repair(character_errors.semicolon(source, span, ""), skip_to=span.end)
    finding = character_errors.semicolon(source, span, "and")
    joint = make_token("_AND", "and", trouble.token)
    return Repair(finding, replace=joint, skip_to=span.end)


def _sign(trouble: Trouble) -> Repair | None:
    """``- 5``: a sign with a blank behind it."""
    found = _SIGNED.match(trouble.source.text, trouble.span.start)
    if found is None or not trouble.wants_value:
        return None
    span = Span(*found.span())
    literal = "-" + found[1].lstrip("+-")
    finding = character_errors.split_sign(trouble.source, span, literal)
    hole = make_token("INVALID", "", span)
    return Repair(finding, replace=hole, skip_to=span.end)


def _arithmetic(trouble: Trouble) -> Repair | None:
    """``a + 1``."""
    if trouble.token not in _ARITHMETIC or trouble.wants_value:
        return None
    source, start = trouble.source, trouble.span.end
    end = operand_end(source.text, start) or start
    finding = character_errors.arithmetic(source, trouble.span)
    return Repair(finding, skip_to=end, unread=source.text[start:end])


def _alternative(trouble: Trouble) -> Repair | None:
    """``a ? b : c``."""
    span = _span_of(trouble, _ALTERNATIVE)
    if span is None or not trouble.wants_operator:
        return None
    is_mapping = "IF" in trouble.words
    finding = character_errors.question_mark(
        trouble.source, trouble.span, is_mapping=is_mapping
    )
    return Repair(finding, skip_to=span.end)


def _matches(trouble: Trouble) -> Repair | None:
    """``a ~ "x"``, ``a =~ "x"``."""
    last = trouble.last
    if trouble.token != "~" or last is None:
        return None
    is_behind_sign = last == "=" and trouble.is_attached
    if not (is_behind_sign or trouble.wants_operator):
        return None
    span = last.span.to(trouble.span) if is_behind_sign else trouble.span
    finding = character_errors.match_operator(trouble.source, span)
    joint = None if is_behind_sign else make_token("EQ", "=", trouble.token)
    return Repair(finding, replace=joint, skip_to=trouble.span.end)


def _detached_path(trouble: Trouble) -> Repair | None:
    """``a . b``, ``.a``."""
    found = _DOTTED.match(trouble.source.text, trouble.span.start)
    last = trouble.last
    if found is None or "\n" in found[0]:
        return None
    if trouble.wants_value:
        finding = slip_errors.leading_dot(trouble.source, trouble.span)
        return Repair(finding, skip_to=trouble.span.end)
    if last is None or last.type != "PATH" or "\n" in trouble.gap:
        return None
    span = Span(last.span.start, found.end())
    whole = Token("PATH", f"{last}.{found[1]}", span)
    finding = slip_errors.blank_in_path(trouble.source, span, whole)
    return Repair(finding, amend=whole, skip_to=span.end)


def _mapping_spelling(trouble: Trouble) -> Repair | None:
    """``??``, ``$.a``, ``{ ... }`` in a condition."""
    source, start = trouble.source, trouble.span.start
    if source.text.startswith("??", start):
        span = Span(start, start + 2)
        help_ = "compare each field by itself, and join both with `or`"
        finding = slip_errors.mapping_syntax(source, span, "`??`", help_)
        return _standing_for(trouble, finding, "_OR")
    if trouble.token == "$":
        return _event_path(trouble)
    if trouble.token == "}":
        finding = errors.unexpected_closing(source, trouble.span)
        return Repair(finding, skip_to=trouble.span.end)
    if trouble.token == "{":
        rest = _OBJECT_REST.match(source.text, start)
        end = bracket_end(source.text, start) or (rest.end() if rest else start + 1)
        finding = slip_errors.mapping_syntax(source, Span(start, end), "an object")
        return _standing_for(trouble, finding, "INVALID")
    return None


def _event_path(trouble: Trouble) -> Repair:
    """``$.a``: the path means the same without its beginning; ``$10`` is no path."""
    source, start = trouble.source, trouble.span.start
    amount = _AMOUNT.match(source.text, start)
    if amount is not None:
        finding = slip_errors.amount(source, Span(*amount.span()), amount[1])
        return Repair(finding, skip_to=start + 1)
    path = _EVENT_PATH.match(source.text, start)
    if path is None or not trouble.wants_value:
        finding = slip_errors.mapping_syntax(source, trouble.span, "`$`")
        return _standing_for(trouble, finding, "INVALID")
    mark = Span(start, start + 2)
    return Repair(slip_errors.event_path(source, mark), skip_to=mark.end)


def _standing_for(trouble: Trouble, finding: Diagnostic, kind: str) -> Repair:
    """Read what *finding* marks as a token of *kind*, where one fits."""
    token = make_token(kind, kind.strip("_").lower(), finding.span)
    fits = kind in trouble.accepts
    return Repair(finding, replace=token if fits else None, skip_to=finding.span.end)


_RULES = (
    _comment,
    _semicolon,
    _sign,
    _arithmetic,
    _alternative,
    _matches,
    _detached_path,
    _mapping_spelling,
)
