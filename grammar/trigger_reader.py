"""From a trigger text's tokens to its condition tree, as the original engine does it.

It reads from left to right, takes what it knows where it meets it and passes over all
else: words that name no field, commas, a ``)`` too many, a ``!`` before anything but a
function. The last ``and`` or ``or`` decides for the whole group, parentheses do not
nest, and operators and values are whatever tokens stand there. `trigger_lexer.py`
cuts the tokens, `condition_tree.py` says what a tree means.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, NoReturn, assert_never

from fql.grammar.condition_tree import (
    INHERITED,
    ROOTS,
    Child,
    Condition,
    Group,
    GroupOperator,
    Kind,
)
from fql.grammar.javascript import (
    Scalar,
    from_units,
    json_number,
    to_number,
    to_text,
)
from fql.grammar.source import Span
from fql.grammar.trigger_lexer import Token, TokenKind, UnreadableText, tokenize

if TYPE_CHECKING:
    from collections.abc import Sequence

_KINDS: Final = {root.key: kind for kind, root in ROOTS.items()}
_FUNCTIONS: Final = frozenset({"contains", "match"})
_FUNCTION_KINDS: Final = (Kind.EVENT, Kind.NAME, Kind.USER_ID)
_PATH_KINDS: Final = (Kind.PROPERTY, Kind.TRAIT, Kind.CONTEXT)
_TEST_OF_NULL: Final = {"=": "not_exists", "!=": "exists"}
_TEST_OF_BOOL: Final = {"true": "is_true", "false": "is_false"}
_TEST_OF_NUMBER: Final = {"=": "number_equals", "!=": "number_not_equals"}
_KNOWN: Final = ", ".join(_KINDS)


def read_text(text: str) -> Group:
    """Return the original's condition tree of *text*. Linear in the text.

    Raises:
        UnreadableText: The original cannot read it.
    """
    tokens = _join_paths(tokenize(text))
    found = _Reader(tokens).read()
    if found is None:
        message = f"no condition here: the trigger engine knows {_KNOWN}"
        raise UnreadableText(message if text else "the text is empty", 0, len(text))
    if isinstance(found, Group):
        return found
    return Group(GroupOperator.AND, (found,), span=found.span)


def _join_paths(tokens: Sequence[Token]) -> list[Token]:
    """Make one word of words with single dots between them; blanks do not matter."""
    joined: list[Token] = []
    index = 0
    while index < len(tokens):
        last = index
        while _goes_on(tokens, last):
            last += 2
        joined.append(tokens[index] if last == index else _path(tokens, index, last))
        index = last + 1
    return joined


def _goes_on(tokens: Sequence[Token], index: int) -> bool:
    return (
        tokens[index].kind is TokenKind.WORD
        and index + 2 < len(tokens)
        and tokens[index + 1].kind is TokenKind.DOT
        and tokens[index + 2].kind is TokenKind.WORD
    )


def _path(tokens: Sequence[Token], first: int, last: int) -> Token:
    text = "".join(token.text for token in tokens[first : last + 1])
    return Token(TokenKind.WORD, text, tokens[first].start, tokens[last].end)


class _Reader:
    """Reads the conditions of one group: the whole text or one pair of parentheses."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._operator = GroupOperator.AND
        self._children: list[Child] = []

    def read(self) -> Child:
        """Return what was read: a group if it is more than one thing."""
        start = self._tokens[0].start
        while (token := self._shift()) is not None and token.kind is not TokenKind.END:
            self._take(token)
        match self._children:
            case []:
                return None
            case [only]:
                return only
            case children:
                span = Span(start, self._end())
                return Group(self._operator, tuple(children), span=span)

    def _take(self, token: Token) -> None:
        match token.kind:
            case TokenKind.WORD:
                self._take_word(token)
            case TokenKind.OPERATOR:
                self._take_negation(token)
            case TokenKind.LEFT:
                self._take_parentheses(token)
            case TokenKind.CONDITIONAL:
                self._operator = GroupOperator(token.text)
            case (
                TokenKind.NUMBER
                | TokenKind.STRING
                | TokenKind.NULL
                | TokenKind.DOT
                | TokenKind.RIGHT
                | TokenKind.OTHER
                | TokenKind.END
            ):
                pass
            case _:
                assert_never(token.kind)

    def _shift(self) -> Token | None:
        if self._at >= len(self._tokens):
            return None
        self._at += 1
        return self._tokens[self._at - 1]

    def _end(self) -> int:
        return self._tokens[self._at - 1].end

    def _take_word(self, word: Token) -> None:
        first = word.text.partition(".")[0]
        if first in _KINDS:
            operator, value = self._operator_and_value(word)
            kind = _KINDS[first]
            self._add(_comparison(kind, word, operator, value), word)
        elif first in INHERITED:
            # Looked up in a JavaScript object, these are found as if they were fields,
            # and then lead to no condition.
            self._operator_and_value(word)
        elif word.text in _FUNCTIONS:
            self._take_call(word, word, is_negated=False)

    def _operator_and_value(self, word: Token) -> tuple[Token, Token]:
        operator, value = self._shift(), self._shift()
        if operator is None or value is None:
            self._fail(f"`{_short(word)}` needs an operator and a value", word)
        return operator, value

    def _take_negation(self, token: Token) -> None:
        if token.text != "!":
            return
        name = self._tokens[self._at]  # there is one: a `!` never stands last
        if name.kind is TokenKind.WORD and name.text in _FUNCTIONS:
            self._at += 1
            self._take_call(name, token, is_negated=True)

    def _take_call(self, name: Token, start: Token, *, is_negated: bool) -> None:
        """Read ``(``, a field, ``,``, a value and ``)``, whatever stands for them."""
        self._shift()
        field = self._shift()
        self._shift()
        value = self._shift()
        if field is None or value is None:
            self._fail(f"`{name.text}` needs a field and a value", start)
        self._shift()
        test, text = _text_test(name.text, value)
        kind = _called_kind(field.text)
        if kind is not None:
            operator = f"not_{test}" if is_negated else test
            self._add(_condition(kind, field.text, operator, text), start)

    def _take_parentheses(self, left: Token) -> None:
        first = self._at
        while (token := self._shift()) is not None:
            if token.kind is TokenKind.RIGHT:
                inner = list(self._tokens[first : self._at - 1])
                end = Token(TokenKind.END, "eos", token.start, token.start)
                self._children.append(_Reader([*inner, end]).read())
                return
        self._fail("these parentheses do not end; the trigger engine nests none", left)

    def _add(self, condition: Condition, start: Token) -> None:
        span = Span(start.start, self._end())
        self._children.append(replace(condition, span=span))

    def _fail(self, message: str, start: Token) -> NoReturn:
        raise UnreadableText(message, start.start, self._end())


def _short(word: Token) -> str:
    return from_units(word.text[:40])


def _comparison(kind: Kind, word: Token, operator: Token, value: Token) -> Condition:
    """Return the condition for ``word operator value``."""
    test = _special_test(kind, operator.text, value)
    if test is not None:
        return _condition(kind, word.text, test, None)
    given = _value(value)
    if not ROOTS[kind].has_path:
        return _condition(kind, word.text, operator.text, to_text(given))
    if value.kind is TokenKind.NUMBER:
        test = _TEST_OF_NUMBER.get(operator.text)
    return _condition(kind, word.text, test or operator.text, given)


def _special_test(kind: Kind, operator: str, value: Token) -> str | None:
    """Return the test for ``= null``, ``!= null``, ``= true`` and ``= false``.

    ``type`` and ``event`` know none of them, ``name`` only those of null.
    """
    if kind in (Kind.EVENT_TYPE, Kind.EVENT):
        return None
    if value.text == "null":
        return _TEST_OF_NULL.get(operator)
    if operator == "=" and kind is not Kind.NAME:
        return _TEST_OF_BOOL.get(value.text)
    return None


def _condition(
    kind: Kind, field: str, operator: str, value: Scalar | None
) -> Condition:
    name = None
    if ROOTS[kind].has_path:
        name = from_units(field.removeprefix(ROOTS[kind].key + "."))
    if isinstance(value, str):
        value = from_units(value)
    return Condition(kind, from_units(operator), name, value)


def _called_kind(field: str) -> Kind | None:
    """Return what a function's first argument asks about: paths by mere prefix."""
    for kind in _FUNCTION_KINDS:
        if field == ROOTS[kind].key:
            return kind
    for kind in _PATH_KINDS:
        if field.startswith(ROOTS[kind].key):
            return kind
    return None


def _text_test(function: str, value: Token) -> tuple[str, str]:
    """Return the operator and the text that a function and its second argument give.

    Of a glob, the last character goes if it is ``*``, else the first, whatever it is.
    """
    text = to_text(_value(value))
    if function == "contains":
        return "contains", text
    if value.text.endswith('*"'):
        return "starts_with", text[:-1]
    return "ends_with", text[1:]


def _value(token: Token) -> Scalar:
    """Return what a token stands for; only double quotes are taken off."""
    match token.kind:
        case TokenKind.STRING:
            return token.text.removeprefix('"').removesuffix('"')
        case TokenKind.NUMBER:
            return json_number(to_number(token.text))
        case TokenKind.WORD if token.text in _TEST_OF_BOOL:
            return token.text == "true"
        case _:
            return token.text
