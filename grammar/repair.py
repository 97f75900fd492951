"""How reading goes on behind a mistake.

`find_repair` looks at the token that does not fit and at what the parser would take
there, and answers what to report and how to continue: tokens to put in, a token to
read instead, text to pass over. Rules are tried in order, most telling first; each is
a pure function. Nothing here moves the parser: `parse.py` does.
"""

from __future__ import annotations

import difflib
import re

from fql.grammar import errors
from fql.grammar.slips import SLIP_RULES
from fql.grammar.trouble import (
    CLOSING,
    COMPARISONS,
    END,
    JOINS,
    VALUES,
    Repair,
    Rule,
    Trouble,
    make_token,
    span_of,
)

_SPELLING = {
    "_COMMA": "`,`",
    "COLON": "`:`",
    "LBRACE": "`{`",
    "RBRACE": "`}`",
    "LPAR": "`(`",
    "RPAR": "`)`",
    "LSQB": "`[`",
    "RSQB": "`]`",
    "EQ": "an operator",
    "_AND": "`and`",
    "_OR": "`or`",
    "_COALESCE": "`??`",
    "STRING": "a string",
    "NUMBER": "a number",
    "PATH": "a field",
    "NAME": "a name",
    END: "the end of the text",
}
_MENDABLE = ("COLON", "LBRACE", "RBRACE", "STRING", "NAME", "PATH", "LSQB", "RSQB")
_WORD_OPERATORS = {
    "is": "write `=` (or `!=`)",
    "equals": "write `=`",
    "eq": "write `=`",
    "ne": "write `!=`",
    "gt": "write `>`",
    "lt": "write `<`",
    "contains": 'write `contains(field, "text")`',
    "includes": 'write `contains(field, "text")`, or `value in list`',
    "like": 'write `match(field, "pattern*")`',
    "match": 'write `match(field, "pattern*")`',
    "matches": 'write `match(field, "pattern*")`',
    "startswith": 'write `match(field, "text*")`',
    "starts_with": 'write `match(field, "text*")`',
    "endswith": 'write `match(field, "*text")`',
    "ends_with": 'write `match(field, "*text")`',
    "exists": "write `exists(field)`",
    "between": "write `low <= field and field <= high`",
}
_COMPARISON_NEXT = re.compile(r"\s*(?:[=<>]|!=|in\b)")


def find_repair(trouble: Trouble) -> Repair:
    """Return how to go on; some rule always knows."""
    for rule in RULES:
        repair = rule(trouble)
        if repair is not None:
            return repair
    raise AssertionError("the last rule takes everything")


# --- brackets ----------------------------------------------------------------------


def _wrong_closing(trouble: Trouble) -> Repair | None:
    token = trouble.token
    if token.type not in CLOSING.values():
        return None
    if not trouble.brackets:
        finding = errors.unexpected_closing(trouble.source, trouble.span)
        return Repair(finding, skip_to=trouble.span.end)
    innermost = trouble.brackets[-1]
    wanted = CLOSING[innermost.type]
    if token.type == wanted or wanted not in trouble.accepts:
        return None
    if any(CLOSING[opening.type] == token.type for opening in trouble.brackets):
        return _close_innermost(trouble)
    if trouble.brackets[-1].type == "LBRACE":
        finding = errors.unexpected_closing(trouble.source, trouble.span)
        return Repair(finding, skip_to=trouble.span.end)
    return Repair(
        errors.wrong_bracket(trouble.source, trouble.span, span_of(innermost)),
        replace=make_token(wanted, "", token),
    )


def _close_innermost(trouble: Trouble) -> Repair:
    innermost = trouble.brackets[-1]
    at = trouble.span.start if trouble.last is None else span_of(trouble.last).end
    closing = make_token(CLOSING[innermost.type], "", trouble.token, start=at)
    opening = span_of(innermost)
    if opening.start == opening.end:
        return Repair(None, insert=(closing,))
    finding = errors.unclosed_bracket(trouble.source, opening, trouble.found)
    return Repair(finding, insert=(closing,))


def _unclosed(trouble: Trouble) -> Repair | None:
    if not trouble.brackets:
        return None
    if CLOSING[trouble.brackets[-1].type] not in trouble.accepts:
        return None
    is_keyword = trouble.token.type in trouble.words and not trouble.wants_value
    if trouble.token.type == END or is_keyword or _starts_member(trouble):
        return _close_innermost(trouble)
    return None


def _starts_member(trouble: Trouble) -> bool:
    """Say whether a key of an object stands here, inside a bracket left open."""
    if trouble.brackets[-1].type == "LBRACE":
        return False
    if trouble.token.type not in {"PATH", "NAME", "STRING"}:
        return False
    rest = trouble.source.text[trouble.span.end :]
    return re.match(r"[ \t]*:", rest) is not None


# --- values and operators ----------------------------------------------------------


def _split_operator(trouble: Trouble) -> Repair | None:
    last, token = trouble.last, trouble.token
    if last is None or token.type != "EQ":
        return None
    span = span_of(last).to(trouble.span)
    if last.type in {"LT", "GT"} and last.end_pos != token.start_pos:
        finding = errors.split_operator(trouble.source, span, f"{last}=")
        return Repair(finding, skip_to=trouble.span.end)
    return None


def _doubled(trouble: Trouble) -> Repair | None:
    last, token = trouble.last, trouble.token
    if last is None or token.type != last.type:
        return None
    if token.type not in JOINS | COMPARISONS:
        return None
    finding = errors.doubled_word(trouble.source, trouble.span)
    return Repair(finding, skip_to=trouble.span.end)


def _missing_operand(trouble: Trouble) -> Repair | None:
    token, last = trouble.token, trouble.last
    is_stop = token.type in JOINS | COMPARISONS | {
        *CLOSING.values(),
        "_COMMA",
        "_COALESCE",
        "THEN",
        "ELSE",
        "WHEN",
        "SEND",
        END,
    }
    is_block = token.type == "LBRACE" and last is not None and last.type == "WHEN"
    if not trouble.wants_value or not (is_stop or is_block):
        return None
    hole = make_token("INVALID", "", token, start=trouble.span.start)
    if last is None and token.type == END:
        return Repair(errors.empty_text(trouble.source), insert=(hole,))
    if last is not None and last.type == "_COMMA" and token.type in CLOSING.values():
        return Repair(
            errors.trailing_comma(trouble.source, span_of(last)), insert=(hole,)
        )
    before = None if last is None else span_of(last)
    return Repair(
        errors.missing_operand(trouble.source, trouble.span, before, trouble.found),
        insert=(hole,),
    )


def _comma(trouble: Trouble) -> Repair | None:
    token = trouble.token
    if token.type != "_COMMA" or not trouble.wants_operator:
        return None
    return Repair(
        errors.comma_for_and(trouble.source, trouble.span),
        replace=make_token("_AND", "and", token),
    )


def _chained(trouble: Trouble) -> Repair | None:
    token = trouble.token
    if token.type not in COMPARISONS or not trouble.wants_operator:
        return None
    joint = make_token("_AND", "and", token, start=trouble.span.start)
    hole = make_token("INVALID", "", token, start=trouble.span.start)
    return Repair(
        errors.chained_comparison(trouble.source, trouble.span), insert=(joint, hole)
    )


def _word_operator(trouble: Trouble) -> Repair | None:
    token = trouble.token
    if token.type not in {"PATH", "NAME"} or "EQ" not in trouble.accepts:
        return None
    help_ = _WORD_OPERATORS.get(token.lower())
    if help_ is None:
        return None
    return Repair(
        errors.word_operator(trouble.source, trouble.span, help_),
        replace=make_token("EQ", "=", token),
    )


def _missing_operator(trouble: Trouble) -> Repair | None:
    last, token = trouble.last, trouble.token
    if last is None or token.type not in VALUES or not trouble.wants_operator:
        return None
    if "_COMMA" in trouble.accepts and trouble.brackets[-1].type != "LBRACE":
        comma = make_token("_COMMA", ",", token, start=trouble.span.start)
        finding = errors.missing_operator(
            trouble.source,
            span_of(last),
            trouble.span,
            "put a comma between them, or an operator",
        )
        return Repair(finding, insert=(comma,))
    help_ = "put `=` or another operator between them, or `and` / `or`"
    is_pair = last.type == "PATH" and token.type in {"PATH", "NUMBER", "NAME"}
    if is_pair and trouble.source.text[span_of(last).end : trouble.span.start] == " ":
        help_ += f"; a blank in a name is written `{last}\\ {token}`"
    is_compared = _COMPARISON_NEXT.match(trouble.source.text, trouble.span.end)
    is_value = "EQ" in trouble.accepts and not is_compared
    kind, text = ("EQ", "=") if is_value else ("_AND", "and")
    joint = make_token(kind, text, token, start=trouble.span.start)
    finding = errors.missing_operator(
        trouble.source, span_of(last), trouble.span, help_
    )
    return Repair(finding, insert=(joint,))


# --- everything else ---------------------------------------------------------------


def _other_reading(trouble: Trouble) -> Repair | None:
    """Read a word as the kind of word that fits: the lexer guessed from its shape."""
    token = trouble.token
    if not re.fullmatch(r"[^\W\d][\w\-]*", token):
        return None
    for kind in ("NAME", "PATH"):
        if kind in trouble.accepts and token.type != kind:
            return Repair(None, replace=make_token(kind, str(token), token))
    return None


def _missing_colon(trouble: Trouble) -> Repair | None:
    """``{ id userId }``: a key and its value, or two keys? A blank decides."""
    last, token = trouble.last, trouble.token
    if last is None or last.type not in {"NAME", "STRING"}:
        return None
    if "COLON" not in trouble.accepts or token.type not in VALUES:
        return None
    after = trouble.source.text[trouble.span.end : trouble.span.end + 1]
    if last.type == "NAME" and token.type == "NAME" and after not in {"(", ".", "["}:
        return None
    return _insert(trouble, "COLON", ":")


def _missing_separator(trouble: Trouble) -> Repair | None:
    if not {"_COMMA", "NAME"} <= trouble.accepts:
        return None
    if trouble.token.type not in {"NAME", "STRING"}:
        return None
    comma = make_token("_COMMA", ",", trouble.token, start=trouble.span.start)
    finding = errors.missing_separator(trouble.source, trouble.span)
    return Repair(finding, insert=(comma,))


def _misspelled(trouble: Trouble) -> Repair | None:
    token = trouble.token
    if token.type not in {"PATH", "NAME"}:
        return None
    candidates = {
        trouble.words[kind]: kind for kind in trouble.accepts if kind in trouble.words
    }
    near = difflib.get_close_matches(token.lower(), candidates, n=1, cutoff=0.7)
    if not near:
        return None
    return Repair(
        errors.misspelled_keyword(trouble.source, trouble.span, near[0]),
        replace=make_token(candidates[near[0]], near[0], token),
    )


def _missing_piece(trouble: Trouble) -> Repair | None:
    if trouble.wants_value:
        return None
    if trouble.wants_operator:
        joints = ("THEN", "SEND")
        fitting: list[str] = [kind for kind in joints if kind in trouble.accepts]
        if not fitting and "LBRACE" in trouble.accepts:
            fitting = ["LBRACE"]
    else:
        fitting = [kind for kind in trouble.accepts if kind in trouble.words]
        fitting = fitting or [kind for kind in _MENDABLE if kind in trouble.accepts]
    if len(fitting) != 1:
        return None
    (kind,) = fitting
    return _insert(
        trouble, kind, {"STRING": '""', "NAME": "_", "PATH": "_"}.get(kind, "")
    )


def _insert(trouble: Trouble, kind: str, text: str) -> Repair:
    piece = f"`{trouble.words[kind]}`" if kind in trouble.words else _SPELLING[kind]
    hole = make_token(kind, text, trouble.token, start=trouble.span.start)
    finding = errors.missing_piece(trouble.source, trouble.span, piece, trouble.found)
    return Repair(finding, insert=(hole,))


def _misplaced(trouble: Trouble) -> Repair:
    expected = [
        f"`{trouble.words[kind]}`" if kind in trouble.words else _SPELLING[kind]
        for kind in sorted(trouble.accepts, key=lambda kind: (kind == END, kind))
        if kind in trouble.words or kind in _SPELLING
    ]
    finding = errors.misplaced(trouble.source, trouble.span, expected)
    return Repair(finding, skip_to=trouble.span.end)


RULES: tuple[Rule, ...] = (
    *SLIP_RULES,
    _wrong_closing,
    _split_operator,
    _doubled,
    _missing_operand,
    _comma,
    _chained,
    _unclosed,
    _word_operator,
    _missing_colon,
    _misspelled,
    _missing_separator,
    _other_reading,
    _missing_operator,
    _missing_piece,
    _misplaced,
)
