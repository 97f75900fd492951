"""From text to tree, with everything that is wrong on the way.

Tokens are read one by one and fed to Lark's LALR parser. A token that does not fit is
reported and repaired (`repair.py`), and reading goes on, so that one run finds every
independent mistake. What names and values mean is not looked at here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, NoReturn, TypeVar, cast

from lark import Token
from lark.exceptions import UnexpectedCharacters, UnexpectedToken

from fql.grammar import limit_errors, limits, nodes, slip_errors
from fql.grammar.bounds import Bounds
from fql.grammar.diagnostics import Code
from fql.grammar.languages import SLIPS, Language, parser, words
from fql.grammar.repair import find_repair
from fql.grammar.source import Source, Span
from fql.grammar.templates import with_templates
from fql.grammar.trouble import CLOSING, END, Trouble, make_token, span_of

if TYPE_CHECKING:
    from lark.lexer import LineCounter

    from fql.grammar.diagnostics import Diagnostic
    from fql.grammar.nodes import Comment, Expr, Program

Root = TypeVar("Root", bound="Expr | Program")

_ATTEMPTS = 60
"""Repairs at one place before it is passed over: every repair must lead on."""

_MAX_REPAIRS = 1_000
"""Repairs after which a text is not read further: it is in some other language."""

_KEYWORDS = frozenset({"_AND", "_OR", "IN", "TRUE", "FALSE", "NULL"})
_BRACKETS = frozenset({Code.UNCLOSED_BRACKET, Code.UNEXPECTED_CLOSING})
_ENDS_OF_VALUES = frozenset(
    [
        "PATH",
        "EVENT_PATH",
        "NAME",
        "STRING",
        "NUMBER",
        "TRUE",
        "FALSE",
        "NULL",
        "RPAR",
        "RSQB",
        "RBRACE",
        "INVALID",
    ]
)


@dataclass(frozen=True, slots=True)
class Parsed(Generic[Root]):
    """What reading a text gave.

    Attributes:
        source: The text.
        root: The tree. Parts that did not parse are `Invalid` nodes.
        comments: The comments in source order.
        diagnostics: Everything that was wrong, unsorted; empty for a clean text.
    """

    source: Source
    root: Root
    comments: tuple[Comment, ...]
    diagnostics: tuple[Diagnostic, ...]


def parse_expression(source: Source) -> Parsed[Expr]:
    """Read the condition of a trigger or a filter."""
    reader = _Reader(source, "fql", limits.MAX_TEXT)
    root = cast("Expr | None", reader.read())
    return reader.parsed(_condition(source, root or _hole(source)))


def parse_mapping(source: Source) -> Parsed[Expr]:
    """Read the text of a mapping."""
    reader = _Reader(source, "mapping", limits.MAX_TEXT)
    root = cast("Expr | None", reader.read())
    if root is not None:
        root = with_templates(root, source, reader.findings)
    return reader.parsed(root or _hole(source))


def parse_program(source: Source) -> Parsed[Program]:
    """Read a program."""
    reader = _Reader(source, "program", limits.MAX_PROGRAM)
    root = cast("Program | None", reader.read())
    if root is None:
        root = nodes.Program((), span=Span(0, len(source.text)))
    declarations = tuple(
        _finish_destination(each, source, reader.findings)
        if isinstance(each, nodes.DestinationDeclaration)
        else each
        for each in root.declarations
    )
    return reader.parsed(nodes.Program(declarations, span=root.span))


def _hole(source: Source) -> nodes.Invalid:
    return nodes.Invalid(span=Span(0, len(source.text)))


def _condition(source: Source, root: Expr) -> Expr:
    """Return *root*, or `Everything` where the whole condition is the word ``all``."""
    if isinstance(root, nodes.Path) and source.slice(root.span) == "all":
        return nodes.Everything(span=root.span)
    return root


def _finish_destination(
    destination: nodes.DestinationDeclaration,
    source: Source,
    findings: list[Diagnostic],
) -> nodes.DestinationDeclaration:
    """Give the conditions and bodies of *destination* their final form."""
    filters = tuple(
        nodes.FilterDeclaration(
            each.title,
            _condition(source, each.condition),
            each.actions,
            each.is_enabled,
            span=each.span,
        )
        for each in destination.filters
    )
    mappings = tuple(
        nodes.MappingDeclaration(
            each.title,
            _condition(source, each.condition),
            each.action,
            with_templates(each.body, source, findings),
            each.is_enabled,
            span=each.span,
        )
        for each in destination.mappings
    )
    return nodes.DestinationDeclaration(
        destination.name,
        destination.kind,
        destination.sources,
        destination.settings,
        filters,
        mappings,
        destination.is_enabled,
        span=destination.span,
    )


class _GaveUp(Exception):  # noqa: N818 - a jump out of the loop, not an error
    """Reading stopped: a limit was passed, or nothing fits any more."""


class _Reader:
    """One run over one text: feeds tokens, keeps the limits, asks for repairs."""

    def __init__(self, source: Source, language: Language, max_text: int) -> None:
        self.source = source
        self.findings: list[Diagnostic] = []
        self.comments: list[Comment] = []
        self._language = language
        self._max_text = max_text
        self._interactive = parser(language).parse_interactive(source.text)
        self._state = self._interactive.parser_state
        self._last: Token | None = None
        self._brackets: list[Token] = []
        self._bounds = Bounds(source, self._give_up)
        self._is_fresh = True
        """Whether a token fitted since the last report: else findings are echoes."""
        self._is_muted = False
        self._skipping = 0
        self._repairs = 0

    def parsed(self, root: Root) -> Parsed[Root]:
        """Return *root* with what was found."""
        return Parsed(self.source, root, tuple(self.comments), tuple(self.findings))

    def read(self) -> object | None:
        """Return the root, or None where reading had to stop."""
        if len(self.source.text) > self._max_text:
            self.findings.append(
                limit_errors.text_too_long(self.source, self._max_text)
            )
            return None
        try:
            while not self._read_on():
                pass
            return self._finish()
        except _GaveUp:
            return None

    # --- reading ---

    def _read_on(self) -> bool:
        """Read until the end (true) or until a mistake has been dealt with (false)."""
        try:
            for token in self._interactive.lexer_thread.lex(  # type: ignore[no-untyped-call]
                self._state
            ):
                if not (self._skipping and self._is_skipped(token)):
                    self._feed(token)
        except UnexpectedToken as found:
            self._recover(found.token)
        except UnexpectedCharacters as found:
            self._recover(self._take_character(found.pos_in_stream or 0))
        else:
            return True
        return False

    def _finish(self) -> object:
        """Feed the end, repairing as long as it does not fit, and return the root."""
        end = len(self.source.text)
        at = self._last or Token("", "", 0, 1, 1, 1, 1, 0)
        token = make_token(END, "", at, start=end)
        state = self._state
        while True:
            states, values = state.state_stack[:], state.value_stack[:]
            try:
                return state.feed_token(token, is_end=True)
            except UnexpectedToken:
                state.state_stack, state.value_stack = states, values
                if self._repair(token) is None:
                    raise _GaveUp from None

    def _feed(self, token: Token) -> None:
        kind = token.type
        if kind == "COMMENT":
            self._keep_comment(token)
            return
        if kind == "NUMBER":
            token = self._bounds.number(token, self.findings)
        self._advance(token)
        self._is_fresh = True
        if kind in CLOSING:
            self._brackets.append(token)
        elif self._brackets and CLOSING[self._brackets[-1].type] == kind:
            self._brackets.pop()
        self._bounds.count(token)
        if kind in _KEYWORDS and not token.islower():
            self.findings.append(slip_errors.keyword_case(self.source, span_of(token)))
        self._last = token

    def _advance(self, token: Token) -> None:
        """Feed *token*; where it does not fit, leave the parser as it was.

        An LALR parser may reduce before it sees that a token does not fit, and what it
        would have taken instead is lost then.
        """
        state = self._state
        states, values = state.state_stack[:], state.value_stack[:]
        is_body = token.type == "LBRACE" and self._last_type == "WHEN"
        try:
            if is_body or self._lacks_separator(token):
                raise UnexpectedToken(token, set())  # type: ignore[no-untyped-call]
            state.feed_token(token)
        except UnexpectedToken:
            state.state_stack, state.value_stack = states, values
            raise

    @property
    def _last_type(self) -> str:
        return "" if self._last is None else self._last.type

    def _keep_comment(self, token: Token) -> None:
        text = token[1:].strip()
        self.comments.append(nodes.Comment(text, span=span_of(token)))

    def _take_character(self, offset: int) -> Token:
        """Return the character at *offset* as a token, and move the lexer past it."""
        line = self._lexer_position
        character = self.source.text[offset]
        token = Token(
            "JUNK", character, offset, line.line, line.column, end_pos=offset + 1
        )
        line.feed(Token("JUNK", character))
        return token

    @property
    def _lexer_position(self) -> LineCounter:
        state = self._interactive.lexer_thread.state
        if state is None:
            raise AssertionError("the lexer was given a text")
        return state.line_ctr

    def _lacks_separator(self, token: Token) -> bool:
        """Say whether *token* would be a member that follows another bare."""
        if token.type not in {"NAME", "STRING"} or self._last is None:
            return False
        if self._last_type not in _ENDS_OF_VALUES or not self._brackets:
            return False
        actions = self._state.parse_conf.states[self._state.position]
        if self._brackets[-1].type != "LBRACE" or token.type not in actions:
            return False
        between = slice(span_of(self._last).end, span_of(token).start)
        return "\n" not in self.source.text[between]

    # --- mistakes ---

    def _recover(self, token: Token) -> None:
        """Deal with *token*, which does not fit, and with what its repair leads to."""
        if token.type == "COMMENT":
            self._keep_comment(token)
            return
        if self._is_skipped(token):
            return
        for _ in range(_ATTEMPTS):
            following = self._repair(token)
            if following is None:
                return
            token = following
            try:
                self._feed(token)
            except UnexpectedToken:
                continue
            return
        self._is_fresh = False

    def _is_skipped(self, token: Token) -> bool:
        """Pass over a bracket that was passed over, up to its partner."""
        if not self._skipping:
            return False
        if token.type in CLOSING:
            self._skipping += 1
        elif token.type in CLOSING.values():
            self._skipping -= 1
        return True

    def _repair(self, token: Token) -> Token | None:
        """Report *token* and return what to try next, None where it is passed over."""
        self._repairs += 1
        if self._repairs > _MAX_REPAIRS:
            raise _GaveUp
        trouble = Trouble(
            source=self.source,
            token=token,
            last=self._last,
            accepts=frozenset(self._interactive.accepts()),  # type: ignore[no-untyped-call]
            brackets=tuple(self._brackets),
            words=words(self._language),
        )
        repair = find_repair(trouble)
        self._report(repair.diagnostic, token)
        self._is_muted = self._is_muted or repair.is_muting
        for each in repair.insert:
            self._feed(each)
        if repair.insert:
            self._is_fresh = False
        if repair.skip_to is not None:
            self._skip(token, repair.skip_to)
            return repair.replace
        return token if repair.replace is None else repair.replace

    def _report(self, finding: Diagnostic | None, token: Token) -> None:
        is_echo = not self._is_fresh and token.type not in SLIPS
        is_muted = self._is_muted and finding is not None and finding.code in _BRACKETS
        if finding is None or is_echo or is_muted:
            return
        self.findings.append(finding)
        self._is_fresh = False

    def _skip(self, token: Token, end: int) -> None:
        """Pass over *token* and all text before *end*."""
        if token.type in CLOSING and token.end_pos == end:
            self._skipping += 1
        line = self._lexer_position
        if line.char_pos < end:
            line.feed(Token("JUNK", self.source.text[line.char_pos : end]))

    def _give_up(self, finding: Diagnostic) -> NoReturn:
        self.findings.append(finding)
        raise _GaveUp
