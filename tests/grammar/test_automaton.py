"""The automaton takes what Lark's own runner takes, and loses nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lark.exceptions import UnexpectedToken
from lark.lexer import Token as LarkToken

from fql.grammar import nodes
from fql.grammar.automaton import Automaton
from fql.grammar.languages import parser, table
from fql.grammar.source import Span
from fql.grammar.tokens import END, Token
from tests.grammar.reading import LANGUAGES

if TYPE_CHECKING:
    from fql.grammar.languages import Language

TEXTS = {
    "PATH": "a",
    "NAME": "a",
    "EVENT_PATH": "$",
    "STRING": '"a"',
    "NUMBER": "1",
    "EQ": "=",
    "NE": "!=",
    "LT": "<",
    "LE": "<=",
    "GT": ">",
    "GE": ">=",
    "IN": "in",
}


def automaton(*kinds: str, language: Language = "fql") -> Automaton:
    """Return an automaton that has taken tokens of these *kinds*."""
    made = Automaton(table(language))
    for kind in kinds:
        assert made.feed(token(kind))
    return made


def token(kind: str) -> Token:
    return Token(kind, TEXTS.get(kind, ""), Span(0, len(TEXTS.get(kind, ""))))


@pytest.mark.parametrize("language", LANGUAGES)
@settings(max_examples=100)
@given(data=st.data())
def test_it_accepts_what_lark_accepts(language: Language, data: st.DataObject) -> None:
    """On any path through the grammar, both take the same terminals."""
    ours = Automaton(table(language))
    theirs = parser(language).parse_interactive("")
    for _ in range(data.draw(st.integers(0, 12))):
        accepted = ours.accepts()
        assert accepted == theirs.accepts()  # type: ignore[no-untyped-call]
        kinds = sorted(accepted - {END})
        if not kinds:
            return
        kind = data.draw(st.sampled_from(kinds))
        assert ours.feed(token(kind))
        # Lark's tokens carry the span too, for the nodes that are built of them.
        theirs.feed_token(_lark_token(kind))


def _lark_token(kind: str) -> LarkToken:
    made: LarkToken = _SpannedToken(kind, TEXTS.get(kind, ""))
    return made


class _SpannedToken(LarkToken):
    span = Span(0, 0)


@pytest.mark.parametrize(
    ("taken", "refused"),
    [
        (["PATH"], "PATH"),
        (["PATH", "_AND", "PATH", "_AND", "PATH"], "RPAR"),
        (["LPAR", "PATH", "_OR", "PATH", "_OR", "PATH"], "RSQB"),
        (["PATH", "LPAR", "PATH", "_COMMA", "PATH", "_AND", "PATH"], "RSQB"),
        ([], "EQ"),
    ],
)
def test_a_token_that_does_not_fit_changes_nothing(
    taken: list[str], refused: str
) -> None:
    """Lark's runner reduces first: what it reduced would stand in the tree twice."""
    tried, untried = automaton(*taken), automaton(*taken)
    before = tried.accepts()
    assert not tried.feed(token(refused))
    assert tried.position == untried.position
    assert tried.accepts() == before == untried.accepts()
    for kind in _completion(before):
        assert tried.feed(token(kind))
        assert untried.feed(token(kind))
    assert tried.root == untried.root


def _completion(accepts: frozenset[str]) -> list[str]:
    closing = [kind for kind in ("RPAR", "RSQB") if kind in accepts]
    value = ["PATH"] if "PATH" in accepts else []
    return [*value, *closing, END]


def test_lark_is_why_there_is_an_automaton() -> None:
    """As long as this holds, Lark's runner cannot try a token and go back."""
    theirs = parser("fql").parse_interactive("")
    for kind in ("PATH", "_AND", "PATH", "_AND", "PATH"):
        theirs.feed_token(_lark_token(kind))
    before = len(theirs.parser_state.value_stack)
    with pytest.raises(UnexpectedToken):
        theirs.feed_token(_lark_token("RPAR"))
    assert len(theirs.parser_state.value_stack) < before


def test_it_says_what_it_would_take_in_turn() -> None:
    opened = automaton("PATH", "EQ")
    assert opened.takes("PATH", "_AND", "LPAR", "PATH", "RPAR", END)
    assert not opened.takes("PATH", "EQ")
    assert not opened.takes(END)
    assert opened.takes()
    assert automaton("LPAR", "PATH").takes("RPAR", "_OR")


def test_the_last_token_may_be_amended_or_taken_back() -> None:
    made = automaton("PATH", "EQ", "PATH")
    made.amend(Token("PATH", "b", Span(4, 5)))
    assert made.feed(token("_AND"))
    made.take_back()
    assert made.feed(token(END))
    assert isinstance(made.root, nodes.Compare)
    assert made.root.right == nodes.Path(("b",), span=Span(4, 5))


def test_runs_do_not_disturb_one_another() -> None:
    one, other = automaton("LPAR"), automaton("PATH")
    assert one.feed(token("PATH"))
    assert other.feed(token(END))
    assert one.feed(token("RPAR"))
    assert one.feed(token(END))
    assert isinstance(other.root, nodes.Path)
    assert isinstance(one.root, nodes.Group)
