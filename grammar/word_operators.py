"""Repairs of words that other languages use as operators: ``a is not null``.

Each has its own way to say it here. Where the text around the word leaves no doubt,
the finding carries it as a fix.
"""

from __future__ import annotations

import re

from fql.grammar import errors
from fql.grammar.lookahead import NUMBER, PATH, STRING
from fql.grammar.source import Span
from fql.grammar.tokens import Token
from fql.grammar.trouble import Repair, Trouble, make_token

_SIGNS = {
    "is": "=",
    "equals": "=",
    "eq": "=",
    "ne": "!=",
    "neq": "!=",
    "gt": ">",
    "ge": ">=",
    "gte": ">=",
    "lt": "<",
    "le": "<=",
    "lte": "<=",
}
_KINDS = {"=": "EQ", "!=": "NE", ">": "GT", ">=": "GE", "<": "LT", "<=": "LE"}
_CALLS = {
    "contains": 'write `contains(field, "text")`',
    "includes": 'write `contains(field, "text")`, or `value in list`',
    "like": 'write `match(field, "pattern*")`',
    "match": 'write `match(field, "pattern*")`',
    "matches": 'write `match(field, "pattern*")`',
    "startswith": 'write `match(field, "text*")`',
    "starts_with": 'write `match(field, "text*")`',
    "endswith": 'write `match(field, "*text")`',
    "ends_with": 'write `match(field, "*text")`',
}
_FIXES = {
    "contains": ("contains", "", ""),
    "startswith": ("match", "", "*"),
    "starts_with": ("match", "", "*"),
    "endswith": ("match", "*", ""),
    "ends_with": ("match", "*", ""),
}
_GLOB_SIGN = re.compile(r"[*?\[\\]")
_VALUE = rf"(({STRING})|({NUMBER})|{PATH})"
_STARTS_VALUE = re.compile(r"\s*[\"'\w\[(!$+\-\\]")
_KEY = re.compile(r"[ \t]*:")
_NOT = re.compile(r"\s+not\b", re.IGNORECASE)
_STRING = re.compile(rf"\s*({STRING})")
_RANGE = re.compile(rf"\s+{_VALUE}\s+and\s+{_VALUE}", re.IGNORECASE)


def word_operator(trouble: Trouble) -> Repair | None:
    """Read the word as what it would be called here, or pass over its operand."""
    if "EQ" not in trouble.accepts or not trouble.is_word:
        return None
    if trouble.ahead(_KEY):
        return None
    word = trouble.token.lower()
    if word == "exists":
        return _exists(trouble)
    if not trouble.ahead(_STARTS_VALUE):
        return None
    if word in _SIGNS:
        return _sign(trouble, _SIGNS[word])
    if word == "between":
        return _between(trouble)
    return _call(trouble, word) if word in _CALLS else None


def _sign(trouble: Trouble, sign: str) -> Repair:
    negation = trouble.ahead(_NOT) if sign == "=" else None
    if negation is None:
        finding = errors.word_for_sign(trouble.source, trouble.span, sign)
        return Repair(finding, replace=make_token(_KINDS[sign], sign, trouble.token))
    span = Span(trouble.span.start, negation.end())
    finding = errors.word_for_sign(trouble.source, span, "!=")
    return Repair(finding, replace=make_token("NE", "!=", span), skip_to=span.end)


def _call(trouble: Trouble, word: str) -> Repair:
    last, text = trouble.last, trouble.ahead(_STRING)
    pattern = None if text is None else _pattern(text, word)
    if last is not None and last.type == "PATH" and pattern is not None:
        return _as_call(trouble, _FIXES[word][0], last, pattern)
    finding = errors.word_operator(trouble.source, trouble.span, _CALLS[word], None)
    return Repair(finding, skip_to=text.end() if text else trouble.span.end)


def _pattern(text: re.Match[str], word: str) -> Token | None:
    """Return the second argument of the call that says the same, if that is sure."""
    function, before, after = _FIXES.get(word, ("", "", ""))
    quote, inner = text[1][0], text[1][1:-1]
    if not function or (function == "match" and _GLOB_SIGN.search(inner)):
        return None
    literal = f"{quote}{before}{inner}{after}{quote}"
    return Token("STRING", literal, Span(*text.span(1)))


def _exists(trouble: Trouble) -> Repair | None:
    last = trouble.last
    if last is None or last.type != "PATH":
        return None
    return _as_call(trouble, "exists", last)


def _as_call(trouble: Trouble, function: str, *arguments: Token) -> Repair:
    """Read ``field word "text"`` as the call that says the same."""
    start = arguments[0].span.start
    end = max(trouble.span.end, arguments[-1].span.end)
    between = [Token("_COMMA", ",", trouble.span), *arguments[1:]]
    fix = f"{function}({', '.join(arguments)})"
    finding = errors.word_operator(
        trouble.source, trouble.span, "", (Span(start, end), fix)
    )
    return Repair(
        finding,
        amend=Token("PATH", function, Span(start, start)),
        insert=(
            Token("LPAR", "", Span(start, start)),
            arguments[0],
            *(between if len(arguments) > 1 else ()),
            Token("RPAR", "", Span(end, end)),
        ),
        skip_to=end,
    )


def _between(trouble: Trouble) -> Repair:
    last, bounds = trouble.last, trouble.ahead(_RANGE)
    if bounds is None or last is None or last.type != "PATH":
        help_ = "write `low <= field and field <= high`"
        finding = errors.word_operator(trouble.source, trouble.span, help_, None)
        return Repair(finding, skip_to=trouble.span.end)
    span = Span(trouble.span.start, bounds.end())
    fix = f">= {bounds[1]} and {last} <= {bounds[4]}"
    finding = errors.word_operator(trouble.source, trouble.span, "", (span, fix))
    at = Span(bounds.start(4), bounds.start(4))
    return Repair(
        finding,
        insert=(
            Token("GE", ">=", trouble.span),
            _bound(bounds, 1),
            Token("_AND", "and", at),
            Token("PATH", str(last), at),
            Token("LE", "<=", at),
            _bound(bounds, 4),
        ),
        skip_to=span.end,
    )


def _bound(bounds: re.Match[str], group: int) -> Token:
    """Return one end of a range, whose groups are followed by one for each kind."""
    if bounds[group + 1] is not None:
        kind = "STRING"
    else:
        kind = "PATH" if bounds[group + 2] is None else "NUMBER"
    return Token(kind, bounds[group], Span(*bounds.span(group)))
