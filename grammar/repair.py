"""How reading goes on behind a mistake.

`find_repair` looks at the token that does not fit and at what the parser would take
there, and answers what to report and how to continue: tokens to put in, a token to
read instead, text to pass over. Rules are tried in order, most telling first; each is
a pure function. Nothing here moves the parser: `parse.py` does.

The rules for values and operators, and the last resort, are here; those for slips,
words, brackets and members are in modules of their own.
"""

from __future__ import annotations

import re

from fql.grammar import errors, slip_errors
from fql.grammar.brackets import unclosed, wrong_closing
from fql.grammar.lookahead import FLAT_LIST, LIST_ITEM, THOUSANDS
from fql.grammar.members import (
    LAST_RULES,
    MEMBER_RULES,
    WORD_RULES,
)
from fql.grammar.slips import SLIP_RULES
from fql.grammar.source import Span
from fql.grammar.tokens import END, Token
from fql.grammar.trouble import (
    CLOSERS,
    COMPARISONS,
    JOINS,
    VALUES,
    Repair,
    Rule,
    Trouble,
    make_token,
    put_in,
)
from fql.grammar.word_operators import word_operator

_STOPS = (
    JOINS
    | COMPARISONS
    | CLOSERS
    | {"_COMMA", "_COALESCE", "COLON", "THEN", "ELSE", "WHEN", "SEND", END}
)
"""What ends a place where a value was wanted."""

_ORDERINGS = frozenset({"LT", "LE", "GT", "GE"})
_SPLIT = {
    ("LT", "EQ"): "<=",
    ("GT", "EQ"): ">=",
    ("EQ", "LT"): "<=",
    ("EQ", "GT"): ">=",
}
_KINDS = {"<=": "LE", ">=": "GE"}
_CONSTANTS = frozenset({"true", "false", "null"})
_ENDS_WITH_IN = re.compile(r"\bin\s*\Z", re.IGNORECASE)
_COMPARISON_NEXT = re.compile(r"\s*(?:[=<>]|!=|in\b)")
_EQUALS_NEXT = re.compile(r"\s*=(?!=)")
_KEY = re.compile(r"[ \t]*:")
_BLANKS = re.compile(r"[ \t]*")


def find_repair(trouble: Trouble) -> Repair:
    """Return how to go on; some rule always knows."""
    for rule in RULES:
        repair = rule(trouble)
        if repair is not None:
            return repair
    return _misplaced(trouble)


# --- values ------------------------------------------------------------------------


def _missing_operand(trouble: Trouble) -> Repair | None:
    token, last = trouble.token, trouble.last
    if not trouble.wants_value or not _is_stop(trouble):
        return None
    if token.type == END and CLOSERS & trouble.accepts:
        return None
    hole = put_in("INVALID", "", trouble)
    if last is None and token.type == END:
        is_mapping = "LBRACE" in trouble.accepts
        finding = errors.empty_text(trouble.source, is_mapping=is_mapping)
        return Repair(finding, insert=(hole,))
    if last is None:
        finding = errors.missing_first(trouble.source, trouble.span, trouble.found)
    elif last.type == "_COMMA" and token.type in CLOSERS:
        is_list = bool(trouble.brackets) and trouble.brackets[-1].type == "LSQB"
        finding = errors.trailing_comma(trouble.source, last.span, is_sure=is_list)
        if is_list:
            return Repair(finding, drops_last=True)
    else:
        finding = errors.missing_operand(
            trouble.source, trouble.span, last.span, trouble.found
        )
    return Repair(finding, insert=(hole,))


def _is_stop(trouble: Trouble) -> bool:
    """Say whether the token can only stand behind a value, or begins a member."""
    kind = trouble.token.type
    if kind in {"PATH", "STRING", "NUMBER"}:
        return trouble.is_in_object and trouble.ahead(_KEY) is not None
    is_block = kind == "LBRACE" and trouble.takes("INVALID", kind)
    return kind in _STOPS or is_block


# --- operators ---------------------------------------------------------------------


def _split_operator(trouble: Trouble) -> Repair | None:
    """``> =``, ``! =``, ``< >``: an operator with a blank inside."""
    last, token = trouble.last, trouble.token
    if last is None or (trouble.is_attached and token.type != "BANG"):
        return None
    equals = trouble.ahead(_EQUALS_NEXT)
    if token.type == "BANG" and "NE" in trouble.accepts and equals:
        span = Span(trouble.span.start, equals.end())
        finding = errors.split_operator(trouble.source, span, "!=")
        return Repair(finding, replace=make_token("NE", "!=", span), skip_to=span.end)
    span = last.span.to(trouble.span)
    if (last.type, token.type) == ("LT", "GT"):
        finding = errors.split_unequal(trouble.source, span)
        unequal = Token("NE", "!=", span)
        return Repair(finding, amend=unequal, skip_to=span.end)
    whole = _SPLIT.get((last.type, token.type))
    if whole is None:
        return None
    finding = errors.split_operator(trouble.source, span, whole)
    amended = Token(_KINDS[whole], whole, span)
    return Repair(finding, amend=amended, skip_to=span.end)


def _doubled(trouble: Trouble) -> Repair | None:
    last, token = trouble.last, trouble.token
    if last is None or token.type != last.type:
        return None
    if token.type not in JOINS | COMPARISONS | {"_COMMA"}:
        return None
    blanks = trouble.ahead(_BLANKS)
    rest = Span(trouble.span.start, blanks.end() if blanks else trouble.span.end)
    finding = errors.doubled_word(trouble.source, trouble.span, rest)
    return Repair(finding, skip_to=trouble.span.end)


def _thousands(trouble: Trouble) -> Repair | None:
    """``total > 1,000``, ``{ total: 1,000 }``."""
    groups = trouble.ahead(THOUSANDS)
    if trouble.token.type != "NUMBER" or groups is None:
        return None
    span = Span(trouble.span.start, groups.end())
    number = trouble.source.slice(span).replace(",", "")
    return Repair(
        slip_errors.separated_number(trouble.source, span, number),
        replace=Token("NUMBER", number, span),
        skip_to=span.end,
    )


def _list_in_parentheses(trouble: Trouble) -> Repair | None:
    """``x in (1, 2)``."""
    token, text = trouble.token, trouble.source.text
    last = trouble.last
    if token.type == "LPAR" and last is not None and last.type == "IN":
        whole = FLAT_LIST.match(text, trouble.span.start)
        return None if whole is None else _flat_list(trouble, Span(*whole.span()))
    if token.type != "_COMMA" or not trouble.wants_operator or not trouble.brackets:
        return None
    opening = trouble.brackets[-1].span
    before = text[max(0, opening.start - 20) : opening.start]
    if not text.startswith("(", opening.start) or not _ENDS_WITH_IN.search(before):
        return None
    is_first = "," not in text[opening.start : trouble.span.start]
    finding = errors.list_in_parentheses(trouble.source, opening, is_sure=False)
    return Repair(
        finding if is_first else None, replace=make_token("_AND", "and", token)
    )


def _flat_list(trouble: Trouble, span: Span) -> Repair:
    inner = Span(span.start + 1, span.end - 1)
    tokens = [Token("LSQB", "", Span(span.start, inner.start))]
    for found in LIST_ITEM.finditer(trouble.source.text, *inner):
        kind = found.lastgroup or "_COMMA"
        word = found[0].upper() if found[0] in _CONSTANTS else kind
        tokens.append(Token(word, found[0], Span(*found.span())))
    tokens.append(Token("RSQB", "", Span(inner.end, span.end)))
    finding = errors.list_in_parentheses(trouble.source, span, is_sure=True)
    return Repair(finding, insert=tuple(tokens), skip_to=span.end)


def _comma(trouble: Trouble) -> Repair | None:
    token = trouble.token
    if token.type != "_COMMA" or not trouble.wants_operator:
        return None
    return Repair(
        errors.comma_for_and(trouble.source, trouble.span),
        replace=make_token("_AND", "and", token),
    )


def _chained(trouble: Trouble) -> Repair | None:
    token, last = trouble.token, trouble.last
    if token.type not in COMPARISONS or not trouble.wants_operator:
        return None
    is_range = token.type in _ORDERINGS and last is not None and last.type == "PATH"
    finding = errors.chained_comparison(
        trouble.source, trouble.span, str(last) if is_range else None
    )
    middle = put_in("PATH", str(last), trouble) if is_range else None
    hole = middle or put_in("INVALID", "", trouble)
    return Repair(finding, insert=(put_in("_AND", "and", trouble), hole))


def _missing_operator(trouble: Trouble) -> Repair | None:
    last, token = trouble.last, trouble.token
    if last is None or token.type not in VALUES or not trouble.wants_operator:
        return None
    if "_COMMA" in trouble.accepts and not trouble.is_in_object:
        finding = errors.missing_comma(trouble.source, last.span, trouble.span)
        return Repair(finding, insert=(put_in("_COMMA", ",", trouble),))
    is_pair = last.type == "PATH" and token[:1].isalnum() and trouble.gap == " "
    name = f"{last}\\ {token}" if is_pair else None
    is_compared = trouble.ahead(_COMPARISON_NEXT)
    is_value = "EQ" in trouble.accepts and not is_compared
    kind, text = ("EQ", "=") if is_value else ("_AND", "and")
    finding = errors.missing_operator(trouble.source, last.span, trouble.span, name)
    return Repair(finding, insert=(put_in(kind, text, trouble),))


# --- everything else ---------------------------------------------------------------


def _misplaced(trouble: Trouble) -> Repair:
    kinds = sorted(trouble.accepts, key=lambda kind: (kind == END, kind))
    expected = list(filter(None, map(trouble.spelled, kinds)))
    finding = errors.misplaced(trouble.source, trouble.span, expected)
    return Repair(finding, skip_to=trouble.span.end)


RULES: tuple[Rule, ...] = (
    *WORD_RULES,
    *SLIP_RULES,
    wrong_closing,
    _thousands,
    _split_operator,
    _doubled,
    _missing_operand,
    _list_in_parentheses,
    _comma,
    _chained,
    unclosed,
    word_operator,
    *MEMBER_RULES,
    _missing_operator,
    *LAST_RULES,
)
