"""Repairs of brackets: not closed, not opened, of the wrong kind.

Each rule is a pure function of the trouble.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fql.grammar import errors
from fql.grammar.source import Span
from fql.grammar.tokens import END, Token
from fql.grammar.trouble import CLOSERS, CLOSING, Repair, Trouble, make_token

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_MAX_CLOSED = 8
"""Brackets that one keyword may close: more is no slip of the hand."""

_KEY = re.compile(r"[ \t]*:")


def closed_before(
    takes: Callable[..., bool], brackets: Sequence[Token], kind: str
) -> int:
    """Return how many open brackets must be closed before *kind* fits, 0 for never."""
    innermost = [CLOSING[each.type] for each in reversed(brackets[-_MAX_CLOSED:])]
    for count in range(1, len(innermost) + 1):
        if takes(*innermost[:count], kind):
            return count
    return 0


def wrong_closing(trouble: Trouble) -> Repair | None:
    """A closing bracket that nothing opened, or that closes another kind."""
    token = trouble.token
    if token.type not in CLOSERS:
        return None
    unexpected = errors.unexpected_closing(trouble.source, trouble.span)
    if not trouble.brackets:
        return Repair(unexpected, skip_to=trouble.span.end)
    innermost = trouble.brackets[-1]
    wanted = CLOSING[innermost.type]
    if token.type == wanted or wanted not in trouble.accepts:
        return None
    if any(CLOSING[opening.type] == token.type for opening in trouble.brackets):
        return _close_innermost(trouble)
    if innermost.type == "LBRACE" or not innermost:
        return Repair(unexpected, skip_to=trouble.span.end)
    return Repair(
        errors.wrong_bracket(trouble.source, trouble.span, innermost.span),
        replace=make_token(wanted, "", token),
    )


def _close_innermost(trouble: Trouble) -> Repair:
    innermost = trouble.brackets[-1]
    at = trouble.span.start if trouble.last is None else trouble.last.span.end
    closing = Token(CLOSING[innermost.type], "", Span(at, at))
    if not innermost:
        return Repair(None, insert=(closing,))
    is_end = trouble.token.type == END
    others = [each.span for each in trouble.brackets[:-1] if each and is_end]
    finding = errors.unclosed_bracket(
        trouble.source, innermost.span, trouble.found, others
    )
    # A brace that is closed for a keyword may well have its partner further on.
    unread = "" if is_end or innermost.type != "LBRACE" else "{"
    return Repair(finding, insert=(closing,), unread=unread)


def unclosed(trouble: Trouble) -> Repair | None:
    """Something that can only stand behind the innermost bracket, which is open."""
    if not trouble.brackets:
        return None
    if CLOSING[trouble.brackets[-1].type] not in trouble.accepts:
        return None
    if trouble.token.type == END or _starts_member(trouble) or _fits_outside(trouble):
        return _close_innermost(trouble)
    return None


def _fits_outside(trouble: Trouble) -> bool:
    """Say whether the token would fit once a bracket or a few were closed."""
    kind = trouble.keyword or trouble.token.type
    if kind not in trouble.words and kind != "LBRACE":
        return False
    return closed_before(trouble.takes, trouble.brackets, kind) > 0


def _starts_member(trouble: Trouble) -> bool:
    """Say whether a key of an object stands here, inside a bracket left open."""
    if trouble.is_in_object or trouble.token.type not in {"PATH", "NAME", "STRING"}:
        return False
    if not any(each.type == "LBRACE" for each in trouble.brackets):
        return False
    is_option = "_COMMA" in trouble.accepts and "\n" not in trouble.gap
    return not is_option and trouble.ahead(_KEY) is not None
