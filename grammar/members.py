"""Repairs of objects and of what a program declares.

Keys and their values, what stands between members, names and titles, words that are
almost keywords, pieces of a declaration that are missing. Each rule is a pure function
of the trouble.
"""

from __future__ import annotations

import difflib
import re

from fql.grammar import member_errors, slip_errors
from fql.grammar.declarations import declaration
from fql.grammar.lookahead import bracket_end
from fql.grammar.source import Span
from fql.grammar.tokens import END, Token
from fql.grammar.trouble import (
    CLOSERS,
    VALUES,
    Repair,
    Rule,
    Trouble,
    make_token,
    put_in,
)

_STAND_INS = {"STRING": '""', "NUMBER": "1", "NAME": "_", "PATH": "_"}
_PIECES = ("COLON", "LBRACE", "LSQB", "NAME", "NUMBER", "PATH", "STRING")
_JOINTS: tuple[str, ...] = ("THEN", "SEND", "LBRACE")
_OPTIONAL = frozenset({"_FROM", "_BY", "DISABLED", "EVERY", "TABLE"})
_ACTIONS = frozenset({"DROP", "SAMPLE", "DROP_PROPERTIES", "ALLOW_PROPERTIES"})
_A_TITLE = frozenset({"STRING"})
_A_NUMBER = frozenset({"NUMBER"})
_ALWAYS_ON = frozenset({"SOURCE", "WORKSPACE", "SETTINGS", "DELIVERY", "ENRICH"})
_JOINERS = frozenset({"EQ", "DOUBLE_EQUALS", "ARROW"})
_NAMES = frozenset({"NAME", "PATH"})
_FOREIGN_WORDS = {
    "iff": "if",
    "elif": "if",
    "when": "if",
    "unless": "if",
    "for": "each",
    "foreach": "each",
    "map": "each",
}

_KEY = re.compile(r"[ \t]*:")
_BRACE = re.compile(r"\s*\{")
_PLAIN = re.compile(r"[^\W\d][\w\-]*")
_MEMBER = re.compile(r"[^,\n(){}\[\]\"'#]*")
_THEN = re.compile(r"[^,{}:]{0,2000}?\bthen\b")
_TITLE_REST = re.compile(r"(?:[ \t]+(?!when\b)[\w\-]+)*")


# --- words -------------------------------------------------------------------------


def _keyword(trouble: Trouble) -> Repair | None:
    """Read a word as the keyword that fits: the scanner took it for a name."""
    kind = trouble.keyword
    if kind is None or kind == trouble.token.type or kind not in trouble.accepts:
        return None
    return Repair(None, replace=make_token(kind, str(trouble.token), trouble.token))


def _path(trouble: Trouble) -> Repair | None:
    """Read a path anew: the scanner took its first part for a name."""
    if trouble.token.type != "NAME" or "NAME" in trouble.accepts:
        return None
    is_path = "PATH" in trouble.accepts
    return Repair(None, skip_to=trouble.span.start) if is_path else None


def _name(trouble: Trouble) -> Repair | None:
    """Read a word as a name: the scanner took it for a keyword or for a path."""
    token = trouble.token
    if not trouble.is_word or trouble.wants_value or trouble.wants_operator:
        return None
    kind = next((each for each in ("NAME", "PATH") if each in trouble.accepts), None)
    if kind is None or kind == token.type:
        return None
    name = make_token(kind, str(token), token)
    if not trouble.is_in_object or token.type in _NAMES or trouble.ahead(_KEY):
        return Repair(None, replace=name)
    finding = member_errors.keyword_as_key(trouble.source, trouble.span)
    return Repair(finding, replace=name)


def _name_behind_value(trouble: Trouble) -> Repair | None:
    """Read a word behind a member's value as the next key."""
    token = trouble.token
    if token.type != "PATH" or "NAME" not in trouble.accepts or not trouble.is_word:
        return None
    return Repair(None, replace=make_token("NAME", str(token), token))


def _misspelled(trouble: Trouble) -> Repair | None:
    token = trouble.token
    if token.type not in _NAMES:
        return None
    candidates = {
        trouble.words[kind]: kind for kind in trouble.accepts if kind in trouble.words
    }
    near = difflib.get_close_matches(token.lower(), candidates, n=1, cutoff=0.7)
    if not near:
        return None
    return Repair(
        member_errors.misspelled_keyword(trouble.source, trouble.span, near[0]),
        replace=make_token(candidates[near[0]], near[0], token),
    )


def _foreign_word(trouble: Trouble) -> Repair | None:
    """``iff a then b``, ``for items { ... }``: the word has been read as a value."""
    last = trouble.last
    if last is None or last.type != "PATH" or trouble.token.type not in VALUES:
        return None
    word = _FOREIGN_WORDS.get(last)
    if word is None or "RBRACE" not in trouble.accepts or "\n" in trouble.gap:
        return None
    rest = trouble.ahead(_MEMBER)
    end = rest.end() if rest else trouble.span.end
    text = trouble.source.text
    if text.startswith("{", end):
        end = bracket_end(text, end) or end
    finding = member_errors.misspelled_keyword(trouble.source, last.span, word)
    hole = Token("PATH", "", Span(last.span.start, end))
    unread = text[trouble.span.start : end]
    return Repair(finding, amend=hole, skip_to=end, unread=unread)


# --- keys and values ---------------------------------------------------------------


def _sign_for_colon(trouble: Trouble) -> Repair | None:
    """``{ id = userId }``."""
    token = trouble.token
    if token.type not in _JOINERS or "COLON" not in trouble.accepts:
        return None
    if trouble.wants_operator:
        return None
    finding = member_errors.sign_for_colon(trouble.source, trouble.span)
    return Repair(finding, replace=make_token("COLON", ":", token))


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
    return _insert(trouble, "COLON")


def _odd_key(trouble: Trouble) -> Repair | None:
    """``{ 1: a }``, ``{ : a }``."""
    token = trouble.token
    if not trouble.is_in_object or "NAME" not in trouble.accepts:
        return None
    if token.type == "COLON" and "COLON" not in trouble.accepts:
        return _insert(trouble, "NAME")
    if token.type not in {"NUMBER", "BAD_NUMBER"} or not trouble.ahead(_KEY):
        return None
    finding = member_errors.number_as_key(trouble.source, trouble.span)
    return Repair(finding, replace=make_token("STRING", f'"{token}"', token))


def _without_braces(trouble: Trouble) -> Repair | None:
    """``a: b`` as a whole mapping."""
    last = trouble.last
    if trouble.token.type != "COLON" or trouble.brackets or last is None:
        return None
    if last.type not in {"PATH", "STRING"} or "EACH" not in trouble.words:
        return None
    finding = member_errors.without_braces(trouble.source, last.span, trouble.span)
    return Repair(finding, skip_to=len(trouble.source.text))


def _missing_separator(trouble: Trouble) -> Repair | None:
    token, last = trouble.token, trouble.last
    if "_COMMA" not in trouble.accepts or trouble.wants_value or last is None:
        return None
    is_member = "NAME" in trouble.accepts and token.type in {"NAME", "STRING"}
    is_name = not trouble.wants_operator and token.type in {*_NAMES, "STRING"}
    if not (is_member or is_name):
        return None
    finding = member_errors.missing_separator(trouble.source, trouble.span, last.span)
    return Repair(finding, insert=(put_in("_COMMA", ",", trouble),))


def _stray_comma(trouble: Trouble) -> Repair | None:
    if trouble.token.type != "_COMMA" or trouble.wants_value:
        return None
    finding = member_errors.stray_comma(trouble.source, trouble.span)
    return Repair(finding, skip_to=trouble.span.end)


# --- declarations ------------------------------------------------------------------


def _title(trouble: Trouble) -> Repair | None:
    """``filter internal when``: a title without quotes."""
    if trouble.accepts != _A_TITLE or not trouble.is_word or trouble.keyword:
        return None
    rest = trouble.ahead(_TITLE_REST)
    span = Span(trouble.span.start, rest.end() if rest else trouble.span.end)
    title = f'"{trouble.source.slice(span)}"'
    return Repair(
        member_errors.title_without_quotes(trouble.source, span, title),
        replace=make_token("STRING", title, span),
        skip_to=span.end,
    )


def _not_a_number(trouble: Trouble) -> Repair | None:
    """``sample half``."""
    token = trouble.token
    if trouble.accepts != _A_NUMBER or trouble.keyword:
        return None
    if token.type not in {*_NAMES, "STRING"}:
        return None
    finding = slip_errors.bad_number(trouble.source, trouble.span, None)
    return Repair(finding, replace=make_token("NUMBER", "1", token))


def _quoted_name(trouble: Trouble) -> Repair | None:
    """``source "website"``: a name in quotes."""
    token = trouble.token
    if token.type != "STRING" or "NAME" not in trouble.accepts:
        return None
    if "STRING" in trouble.accepts or not _PLAIN.fullmatch(token[1:-1]):
        return None
    finding = member_errors.quoted_name(trouble.source, trouble.span, token[1:-1])
    return Repair(finding, replace=make_token("NAME", token[1:-1], token))


def _not_disabled(trouble: Trouble) -> Repair | None:
    """``disabled source``."""
    last = trouble.last
    if last is None or last.type != "DISABLED" or trouble.keyword not in _ALWAYS_ON:
        return None
    finding = member_errors.not_disabled(
        trouble.source, last.span, trouble.span, trouble.found
    )
    return Repair(finding, drops_last=True)


def _value_before_send(trouble: Trouble) -> Repair | None:
    """``when a and send order``: the word has been read as the missing value."""
    last = trouble.last
    if last is None or last.type != "PATH" or last != "send":
        return None
    if "SEND" not in trouble.accepts or trouble.token.type not in _NAMES:
        return None
    finding = member_errors.value_before_send(trouble.source, last.span)
    return Repair(finding, insert=(put_in("SEND", "send", trouble),))


def _missing_body(trouble: Trouble) -> Repair | None:
    """``when a drop``, ``when a { ... }``, ``if a b else c``: what joins is missing."""
    if not trouble.wants_operator:
        return None
    if "LBRACE" in trouble.accepts and trouble.keyword in _ACTIONS:
        return _insert(trouble, "LBRACE")
    if "SEND" in trouble.accepts and trouble.is_word and trouble.ahead(_BRACE):
        return _insert(trouble, "SEND")
    if "SEND" in trouble.accepts and trouble.token.type == "LBRACE":
        finding = member_errors.missing_piece(
            trouble.source, trouble.span, "`send` with an action", trouble.found
        )
        pieces = (put_in("SEND", "send", trouble), put_in("NAME", "_", trouble))
        return Repair(finding, insert=pieces)
    is_branch = "THEN" in trouble.accepts and trouble.token.type in VALUES
    return _insert(trouble, "THEN") if is_branch and not trouble.ahead(_THEN) else None


def _missing_piece(trouble: Trouble) -> Repair | None:
    accepts = trouble.accepts
    if trouble.wants_operator:
        if trouble.token.type not in {END, *CLOSERS} and not trouble.keyword:
            return None
        fitting = [kind for kind in _JOINTS if kind in accepts]
    elif "_BY" in accepts and trouble.token.type == "PATH":
        fitting = ["_BY"]
    else:
        fitting = [kind for kind in accepts - _OPTIONAL if kind in trouble.words]
        fitting = fitting or [kind for kind in _PIECES if kind in accepts]
        fitting = ["PATH"] if fitting == ["PATH", "STRING"] else fitting
    return _insert(trouble, fitting[0]) if len(fitting) == 1 else None


def _unfinished(trouble: Trouble) -> Repair | None:
    """Put something in at the end of the text, so that what was read is kept."""
    if trouble.token.type != END:
        return None
    closing = sorted(CLOSERS & trouble.accepts)
    return _insert(trouble, (closing or sorted(trouble.accepts))[0])


def _insert(trouble: Trouble, kind: str) -> Repair:
    piece = trouble.spelled(kind)
    if trouble.accepts == _A_TITLE:
        piece = "a title in quotes"
    finding = member_errors.missing_piece(
        trouble.source, trouble.span, piece, trouble.found
    )
    return Repair(finding, insert=(put_in(kind, _STAND_INS.get(kind, ""), trouble),))


WORD_RULES: tuple[Rule, ...] = (
    declaration,
    _keyword,
    _path,
    _name,
    _odd_key,
    _sign_for_colon,
    _title,
)
"""Rules that come before any other: what they read differently is no mistake yet."""

MEMBER_RULES: tuple[Rule, ...] = (
    _foreign_word,
    _value_before_send,
    _not_disabled,
    _missing_colon,
    _without_braces,
    _misspelled,
    _missing_separator,
    _quoted_name,
    _not_a_number,
    _name_behind_value,
    _missing_body,
)
"""In order: the most telling first."""

LAST_RULES: tuple[Rule, ...] = (_stray_comma, _missing_piece, _unfinished)
"""Rules for what no other knows."""
