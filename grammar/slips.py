"""Repairs of slips: tokens that no rule of the grammars holds.

What other languages write, typographic quotes, strings and numbers that do not end
well, characters that mean nothing here. Each rule is a pure function.
"""

from __future__ import annotations

import re

from fql.grammar import slip_errors
from fql.grammar.diagnostics import Code
from fql.grammar.source import Span
from fql.grammar.trouble import VALUES, Repair, Rule, Trouble, make_token, span_of

_PATH_REST = re.compile(r"""(?:\.+|\[[^\]\s]*\]?|[\w\-]+|\\[\s\S])+""")


def _slip(trouble: Trouble) -> Repair | None:
    code_and_kind = {
        "DOUBLE_EQUALS": (Code.DOUBLE_EQUALS, "EQ", "="),
        "ANGLE_BRACKETS": (Code.ANGLE_BRACKETS, "NE", "!="),
        "AMPERSANDS": (Code.AMPERSANDS, "_AND", "and"),
        "PIPES": (Code.PIPES, "_OR", "or"),
        "ARROW": (Code.SYNTAX, "GE", ">="),
    }.get(trouble.token.type)
    if code_and_kind is None:
        return None
    code, kind, text = code_and_kind
    if trouble.token == "=<":
        kind, text = "LE", "<="
    elif trouble.token == "!==":
        kind, text = "NE", "!="
    return Repair(
        slip_errors.foreign_operator(code, trouble.source, trouble.span, text),
        replace=make_token(kind, text, trouble.token),
    )


def _not_word(trouble: Trouble) -> Repair | None:
    token = trouble.token
    if token.type != "NOT_WORD":
        return None
    rest = trouble.source.text[trouble.span.end :]
    is_sure = trouble.wants_value and re.match(r"\s*(?:\(|\w+\()", rest) is not None
    blanks = len(rest) - len(rest.lstrip()) if is_sure else 0
    span = Span(trouble.span.start, trouble.span.end + blanks)
    finding = slip_errors.not_word(trouble.source, span, is_sure=is_sure)
    if trouble.wants_value:
        bang = make_token("BANG", "!", token)
        return Repair(finding, replace=bang)
    return Repair(finding, skip_to=trouble.span.end)


def _smart_string(trouble: Trouble) -> Repair | None:
    token = trouble.token
    if token.type != "SMART_STRING":
        return None
    inner = token[1:-1].replace("\\", "\\\\").replace('"', '\\"')
    literal = f'"{inner}"'
    return Repair(
        slip_errors.smart_quotes(trouble.source, trouble.span, literal),
        replace=make_token("STRING", literal, token),
    )


def _open_string(trouble: Trouble) -> Repair | None:
    token = trouble.token
    if token.type != "OPEN_STRING":
        return None
    return Repair(
        slip_errors.unterminated_string(trouble.source, trouble.span),
        replace=make_token("INVALID", "", token),
        is_muting=True,
    )


def _bad_number(trouble: Trouble) -> Repair | None:
    token = trouble.token
    if token.type != "BAD_NUMBER":
        return None
    return Repair(
        slip_errors.bad_number(trouble.source, trouble.span),
        replace=make_token("INVALID", "", token),
    )


def _text_after_string(trouble: Trouble) -> Repair | None:
    last, token = trouble.last, trouble.token
    if last is None or last.type != "STRING" or last.end_pos != token.start_pos:
        return None
    if not (token[:1].isalnum() or token.type in {"STRING", "OPEN_STRING"}):
        return None
    line_end = trouble.source.text.find("\n", trouble.span.start)
    return Repair(
        slip_errors.text_after_string(trouble.source, span_of(last), trouble.span),
        skip_to=len(trouble.source.text) if line_end < 0 else line_end,
        is_muting=True,
    )


def _bad_path(trouble: Trouble) -> Repair | None:
    last, token = trouble.last, trouble.token
    if last is None or last.type not in {"PATH", "EVENT_PATH", "NAME"}:
        return None
    if last.end_pos != token.start_pos or token[:1] not in {".", "["}:
        return None
    rest = _PATH_REST.match(trouble.source.text, trouble.span.start)
    end = rest.end() if rest else trouble.span.end
    span = Span(span_of(last).start, end)
    if last.type == "NAME" and "COLON" in trouble.accepts:
        help_ = 'a key is one word or a quoted string: `"a.b": value`'
    elif token[:1] == "[":
        help_ = "an index is a number: `a[0]`; a key follows a dot: `a.key`"
    else:
        help_ = "between two dots stands a name, a number or an escaped character"
    return Repair(slip_errors.bad_path(trouble.source, span, help_), skip_to=end)


def _foreign_character(trouble: Trouble) -> Repair | None:
    if trouble.token.type != "JUNK":
        return None
    source, start = trouble.source, trouble.span.start
    foreign = next(
        (
            (match, what, kind)
            for pattern, what, kind in _MAPPING_SPELLINGS
            if (match := pattern.match(source.text, start))
        ),
        None,
    )
    if foreign is None:
        joint = make_token("_AND", "and", trouble.token)
        is_joint = trouble.token == ";" and trouble.wants_operator
        return Repair(
            slip_errors.bad_character(source, trouble.span),
            replace=joint if is_joint else None,
            skip_to=trouble.span.end,
        )
    match, what, kind = foreign
    finding = slip_errors.mapping_syntax(source, Span(start, match.end()), what)
    stand_in = make_token(kind, kind.strip("_").lower(), trouble.token)
    fits = kind in trouble.accepts
    return Repair(finding, replace=stand_in if fits else None, skip_to=match.end())


_MAPPING_SPELLINGS = (
    (re.compile(r"\?\?"), "`??`", "_OR"),
    (re.compile(r"\$[\w.\[\]]*"), "`$`", "INVALID"),
    (re.compile(r"\{[^{}]*\}?"), "an object", "INVALID"),
)


def _mapping_word(trouble: Trouble) -> Repair | None:
    """``if a then b`` in a language that has no such words."""
    last = trouble.last
    if last is None or last not in {"if", "each"} or "IF" in trouble.words:
        return None
    if trouble.token.type not in VALUES:
        return None
    finding = slip_errors.mapping_syntax(trouble.source, span_of(last), f"`{last}`")
    return Repair(finding, skip_to=len(trouble.source.text))


SLIP_RULES: tuple[Rule, ...] = (
    _text_after_string,
    _slip,
    _not_word,
    _smart_string,
    _open_string,
    _bad_number,
    _bad_path,
    _foreign_character,
    _mapping_word,
)
"""In order: the most telling first."""
