"""Repairs of slips: tokens that no rule of the grammars holds.

What other languages write, typographic quotes, strings, numbers and paths that do not
end well. Characters that begin no token have a module of their own. Each rule is a
pure function of the trouble.
"""

from __future__ import annotations

import re

from fql.grammar import slip_errors
from fql.grammar.characters import odd_character
from fql.grammar.diagnostics import Code
from fql.grammar.lookahead import PATH, comparison_end, operand_end
from fql.grammar.source import Span
from fql.grammar.tokens import Token
from fql.grammar.trouble import VALUES, Repair, Rule, Trouble, make_token

_SIGNS = {
    "DOUBLE_EQUALS": Code.DOUBLE_EQUALS,
    "ANGLE_BRACKETS": Code.ANGLE_BRACKETS,
    "AMPERSANDS": Code.AMPERSANDS,
    "PIPES": Code.PIPES,
    "ARROW": Code.SYNTAX,
}
_MEANT = {
    "==": ("EQ", "="),
    "===": ("EQ", "="),
    "!==": ("NE", "!="),
    "<>": ("NE", "!="),
    "&": ("_AND", "and"),
    "&&": ("_AND", "and"),
    "|": ("_OR", "or"),
    "||": ("_OR", "or"),
    "=>": ("GE", ">="),
    "=<": ("LE", "<="),
}
_DOUBLE = "\u201c\u201d\u201e\u201f\u00ab\u00bb"
_SINGLE = "\u2018\u2019\u201a\u201b"
_BACK = "`\u00b4"
_TYPOGRAPHIC = frozenset(_DOUBLE + _SINGLE + _BACK)
_CLOSING = {
    '"': re.compile(f"[{_DOUBLE}]"),
    "'": re.compile(rf"[{_SINGLE}{_BACK}](?!\w)"),
}

_PATH_REST = re.compile(
    r"""(?:
        \.+
      | \[\x20*+(?:"[^"\n]*"|'[^'\n]*'|[\w*\-]*)(?:\x20*+\])?
      | [\w\-]+
      | \\[\s\S]
    )+""",
    re.VERBOSE,
)
_BLANK_BEHIND_DOT = re.compile(rf"\.[ \t]+(?!(?i:and|or|in)\b)({PATH})")
_BLANKS = re.compile(r"\s*")
_IN = re.compile(r"\s+in(?=[\s\[])", re.IGNORECASE)


# --- operators ---------------------------------------------------------------------


def _sign(trouble: Trouble) -> Repair | None:
    token = trouble.token
    code = _SIGNS.get(token.type)
    if code is None:
        return None
    kind, text = _MEANT[token]
    return Repair(
        slip_errors.foreign_operator(code, trouble.source, trouble.span, text),
        replace=make_token(kind, text, token),
    )


def _not_word(trouble: Trouble) -> Repair | None:
    if trouble.token.type != "NOT_WORD":
        return None
    if trouble.wants_value:
        return _negation(trouble)
    return _not_in(trouble)


def _negation(trouble: Trouble) -> Repair:
    """``not a``, ``not a = 1``: only a value alone may be read as negated."""
    span, source = trouble.span, trouble.source
    ending = comparison_end(source.text, span.end)
    if ending is None:
        finding = slip_errors.not_word(source, span)
        return Repair(finding, skip_to=span.end)
    end, is_comparison = ending
    blanks = trouble.ahead(_BLANKS)
    word = Span(span.start, blanks.end() if blanks else span.end)
    if is_comparison:
        finding = slip_errors.not_comparison(source, word, Span(word.end, end))
        hole = make_token("INVALID", "", Span(span.start, end))
        return Repair(finding, replace=hole, skip_to=end)
    finding = slip_errors.not_value(source, word, Span(word.end, end))
    return Repair(finding, replace=make_token("BANG", "!", trouble.token))


def _not_in(trouble: Trouble) -> Repair:
    """``a not in [1]``."""
    span, source, last = trouble.span, trouble.source, trouble.last
    operator = trouble.ahead(_IN)
    end = operand_end(source.text, operator.end()) if operator else None
    if operator is None or end is None or last is None or last.type != "PATH":
        return Repair(slip_errors.not_word(source, span), skip_to=span.end)
    whole = Span(last.span.start, end)
    finding = slip_errors.not_in(source, span, whole)
    return Repair(finding, amend=Token("PATH", "", whole), skip_to=end)


# --- strings -----------------------------------------------------------------------


def _smart_string(trouble: Trouble) -> Repair | None:
    token = trouble.token
    if token.type != "SMART_STRING":
        return None
    literal = _straight(token[1:-1], token[0])
    return Repair(
        slip_errors.smart_quotes(trouble.source, trouble.span, literal),
        replace=make_token("STRING", literal, token),
    )


def _straight(inner: str, opening: str) -> str:
    """Return *inner* in straight quotes, with its escapes as they are.

    Single ones stay single where it matters: braces mean nothing between those.
    """
    quote = "'" if opening in _SINGLE and "{{" in inner else '"'
    escaped = re.sub(
        rf"\\[\s\S]|\\\Z|{quote}",
        lambda found: found[0] if len(found[0]) == 2 else "\\" + found[0],
        inner,
    )
    return f"{quote}{escaped}{quote}"


def _open_string(trouble: Trouble) -> Repair | None:
    token = trouble.token
    if token.type != "OPEN_STRING":
        return None
    if token[0] in _TYPOGRAPHIC:
        return _lone_quote(trouble)
    closing = _CLOSING[token[0]].search(token, 1)
    if closing is not None:
        span = Span(trouble.span.start, trouble.span.start + closing.end())
        literal = token[: closing.start()] + token[0]
        finding = slip_errors.smart_quotes(trouble.source, span, literal)
        string = Token("STRING", literal, span)
        return Repair(finding, replace=string, skip_to=span.end)
    return Repair(
        slip_errors.unterminated_string(trouble.source, trouble.span),
        replace=_stand_in(trouble),
        unread=token,
    )


def _lone_quote(trouble: Trouble) -> Repair:
    """A typographic quote without its partner on the line."""
    quote = Span(trouble.span.start, trouble.span.start + 1)
    finding = slip_errors.lone_smart_quote(trouble.source, quote)
    if not trouble.wants_value:
        return Repair(finding, skip_to=quote.end)
    return Repair(finding, replace=_stand_in(trouble), unread=trouble.token)


def _stand_in(trouble: Trouble) -> Token:
    """Return a token for a literal that cannot be read."""
    if not trouble.wants_value and "STRING" in trouble.accepts:
        return make_token("STRING", '""', trouble.token)
    return make_token("INVALID", "", trouble.token)


def _text_after_string(trouble: Trouble) -> Repair | None:
    """``"it"s"``: a quote inside a string that was not escaped."""
    last, token = trouble.last, trouble.token
    if last is None or last.type != "STRING" or not (last and trouble.is_attached):
        return None
    is_string = token.type in {"STRING", "OPEN_STRING"}
    if not (token[:1].isalnum() or is_string):
        return None
    text, start = trouble.source.text, trouble.span.start
    if "\n" in last:
        return _string_over_lines(trouble, last)
    line_end = text.find("\n", start)
    end = line_end if line_end >= 0 else len(text)
    quote = last[-1]
    if token.type == "STRING":
        end = trouble.span.end
    elif text.count(quote, start, end) % 2 == 1:
        end = text.index(quote, start) + 1
    return Repair(
        slip_errors.text_after_string(trouble.source, last.span, trouble.span, quote),
        skip_to=end,
        unread=text[start:end],
    )


def _string_over_lines(trouble: Trouble, string: Token) -> Repair:
    """Go back to the end of the line that the string begins on."""
    text, start = trouble.source.text, string.span.start
    end = text.index("\n", start)
    line = text[start:end]
    return Repair(
        slip_errors.string_over_lines(trouble.source, string.span, trouble.span),
        amend=Token("STRING", f"{line}{line[0]}", Span(start, end)),
        skip_to=end,
        unread=line,
    )


# --- numbers and paths -------------------------------------------------------------


def _bad_number(trouble: Trouble) -> Repair | None:
    token = trouble.token
    if token.type != "BAD_NUMBER":
        return None
    fixed = _fixed_number(token)
    finding = slip_errors.bad_number(trouble.source, trouble.span, fixed)
    if trouble.wants_value or "NUMBER" not in trouble.accepts:
        return Repair(finding, replace=make_token("INVALID", "", token))
    return Repair(finding, replace=make_token("NUMBER", fixed or "1", token))


def _fixed_number(written: str) -> str | None:
    """Return what was meant by ``.5`` and ``5.``."""
    body = written.lstrip("+-")
    if body.startswith(".") and body[1:].isdecimal() and body.isascii():
        return written.replace(".", "0.", 1)
    if body.endswith(".") and body[:-1].isdecimal() and body.isascii():
        return written[:-1]
    return None


def _percent(trouble: Trouble) -> Repair | None:
    """``50%``."""
    last = trouble.last
    if trouble.token != "%" or last is None or last.type != "NUMBER":
        return None
    if not trouble.is_attached:
        return None
    span = last.span.to(trouble.span)
    finding = slip_errors.percent(trouble.source, span, last)
    return Repair(finding, skip_to=trouble.span.end)


def _bad_path(trouble: Trouble) -> Repair | None:
    """``a..b``, ``a.``, ``a["b"]``, ``$a``."""
    last, token = trouble.last, trouble.token
    if last is None or last.type not in {"PATH", "EVENT_PATH", "NAME"} or not last:
        return None
    if not trouble.is_attached:
        return None
    is_glued = last[-1] in "]$" and (token[:1].isalnum() or token[:1] in "_\\")
    if token[:1] not in {".", "["} and not is_glued:
        return None
    if last.type == "NAME":
        return _path_for_name(trouble, last)
    text, start = trouble.source.text, trouble.span.start
    parted = _BLANK_BEHIND_DOT.match(text, start)
    if parted is not None:
        whole = Token(
            last.type, f"{last}.{parted[1]}", Span(last.span.start, parted.end())
        )
        finding = slip_errors.blank_in_path(trouble.source, whole.span, whole)
        return Repair(finding, amend=whole, skip_to=parted.end())
    rest = _rest_of_path(trouble)
    fixed = slip_errors.fixed_rest(trouble.source.slice(rest))
    path = "" if fixed is None else last + fixed
    finding = slip_errors.bad_path(trouble.source, last.span, rest)
    whole = Token(last.type, path, last.span.to(rest))
    return Repair(finding, amend=whole, skip_to=rest.end)


def _path_for_name(trouble: Trouble, name: Token) -> Repair:
    """``{ a.b: c }``, ``source a.b``."""
    span = name.span.to(_rest_of_path(trouble))
    if not trouble.takes("COLON", "INVALID"):
        finding = slip_errors.path_as_name(trouble.source, span)
        return Repair(finding, skip_to=span.end)
    key = Token("STRING", f'"{trouble.source.slice(span)}"', span)
    finding = slip_errors.path_as_key(trouble.source, span)
    return Repair(finding, amend=key, skip_to=span.end)


def _rest_of_path(trouble: Trouble) -> Span:
    """Return the span of what follows a path and looks like more of it."""
    rest = _PATH_REST.match(trouble.source.text, trouble.span.start)
    return trouble.span if rest is None else Span(*rest.span())


def _mapping_word(trouble: Trouble) -> Repair | None:
    """``if a then b`` in a language that has no such words."""
    last = trouble.last
    if last is None or last not in {"if", "each"} or "IF" in trouble.words:
        return None
    if trouble.token.type not in VALUES:
        return None
    finding = slip_errors.mapping_syntax(
        trouble.source,
        last.span,
        f"`{last}`",
        "spell the cases out with `and` and `or`, or use `any(list, ...)`",
    )
    return Repair(finding, skip_to=len(trouble.source.text))


SLIP_RULES: tuple[Rule, ...] = (
    _text_after_string,
    _sign,
    _not_word,
    _smart_string,
    _open_string,
    _percent,
    _bad_path,
    _bad_number,
    odd_character,
    _mapping_word,
)
"""In order: the most telling first."""
