"""From text to tree, with everything that is wrong on the way.

Tokens are read one by one and fed to an LALR automaton. A token that does not fit is
reported and repaired (`repair.py`), and reading goes on, so that one run finds every
independent mistake. What names and values mean is not looked at here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Generic, NoReturn, TypeVar, cast

from fql.grammar import limit_errors, limits, nodes, slip_errors
from fql.grammar.automaton import Automaton
from fql.grammar.bounds import Bounds
from fql.grammar.declarations import FIELDS, begins_declaration
from fql.grammar.diagnostics import Code
from fql.grammar.languages import SLIPS, Language, table, vocabulary, words
from fql.grammar.lookahead import FLAT_LIST, THOUSANDS, is_last_block
from fql.grammar.repair import find_repair
from fql.grammar.source import Source, Span
from fql.grammar.templates import with_templates
from fql.grammar.tokens import END, Scanner, Token
from fql.grammar.trouble import CLOSERS, CLOSING, Repair, Trouble, make_token
from fql.grammar.unread import UnreadBrackets

if TYPE_CHECKING:
    from fql.grammar.diagnostics import Diagnostic
    from fql.grammar.nodes import Comment, Expr, Program

Root = TypeVar("Root", bound="Expr | Program")

_ATTEMPTS = 60
"""Repairs at one place before it is passed over: every repair must lead on."""

_MAX_REPAIRS = 1_000
"""Repairs after which a text is not read further: it is in some other language."""

_KEYWORDS = frozenset({"_AND", "_OR", "IN", "TRUE", "FALSE", "NULL"})
_STARTS_OF_MEMBERS = frozenset({"NAME", "STRING", "PATH", "NUMBER"})
_SUSPECTS = frozenset({"NUMBER", "LPAR", "LBRACE", "DISABLED", *_STARTS_OF_MEMBERS})
"""The terminals that may fit and be a mistake all the same."""

_BRACKETS = frozenset({Code.UNCLOSED_BRACKET, Code.UNEXPECTED_CLOSING})
_ENDS_OF_VALUES = frozenset(
    {
        *("PATH", "EVENT_PATH", "NAME", "STRING", "NUMBER", "TRUE", "FALSE", "NULL"),
        *("RPAR", "RSQB", "RBRACE", "INVALID"),
    }
)
_KEY = re.compile(r"[ \t]*:")


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
    if root is not None and _has_templates(source):
        root = with_templates(root, source, "mapping", reader.findings)
    return reader.parsed(root or _hole(source))


def parse_program(source: Source) -> Parsed[Program]:
    """Read a program."""
    reader = _Reader(source, "program", limits.MAX_PROGRAM)
    root = cast("Program | None", reader.read())
    whole = Span(0, len(source.text))
    if root is None:
        root = nodes.Program((), span=whole)
    has_templates = _has_templates(source)
    declarations = tuple(
        _finish_destination(each, source, reader.findings, has_templates=has_templates)
        if isinstance(each, nodes.DestinationDeclaration)
        else each
        for each in root.declarations
    )
    return reader.parsed(nodes.Program(declarations, span=whole))


def _has_templates(source: Source) -> bool:
    return "{{" in source.text


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
    *,
    has_templates: bool,
) -> nodes.DestinationDeclaration:
    """Give the conditions and bodies of *destination* their final form."""
    filters = (
        replace(each, condition=_condition(source, each.condition))
        for each in destination.filters
    )
    mappings = (
        replace(
            each,
            condition=_condition(source, each.condition),
            body=with_templates(each.body, source, "program", findings)
            if has_templates
            else each.body,
        )
        for each in destination.mappings
    )
    return replace(destination, filters=tuple(filters), mappings=tuple(mappings))


class _GaveUp(Exception):  # noqa: N818 - a jump out of the loop, not an error
    """Reading stopped: a limit was passed, or nothing fits any more."""


class _Reader:
    """One run over one text: feeds tokens, keeps the limits, asks for repairs."""

    def __init__(self, source: Source, language: Language, max_text: int) -> None:
        self.source = source
        self.findings: list[Diagnostic] = []
        self.comments: list[Comment] = []
        self._language: Language = language
        self._max_text = max_text
        self._has_objects = language != "fql"
        self._scanner = Scanner(vocabulary(language), source.text)
        self._automaton = Automaton(table(language))
        self._last: Token | None = None
        self._brackets: list[Token] = []
        self._bounds = Bounds(source, self._give_up)
        self._is_fresh = True
        """Whether a token fitted since the last report: else findings are echoes."""
        self._unread = UnreadBrackets()
        self._is_guess = False
        """Whether the last repair left text unread."""
        self._is_doubtful = False
        """Whether the last token was such a guess: that it fits proves little."""
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
            return self._read()
        except _GaveUp:
            return None

    # --- reading ---

    def _read(self) -> object:
        scanner, automaton = self._scanner, self._automaton
        while True:
            token = scanner.next(automaton.position)
            if token.type == END:
                return self._finish(token)
            if token.type == "COMMENT":
                self._keep_comment(token)
            elif self._skipping:
                self._pass_over(token)
            elif not self._feed(token):
                self._recover(token)

    def _finish(self, end: Token) -> object:
        """Feed the end, repairing as long as it does not fit, and return the root."""
        while not self._automaton.feed(end):
            self._repair(end)
        return self._automaton.root

    def _feed(self, token: Token) -> bool:
        """Take *token*; where it does not fit, return False and change nothing."""
        kind = token.type
        if kind in _SUSPECTS and self._is_mistake(token):
            return False
        excess = self._bounds.number(token) if kind == "NUMBER" else None
        if excess is not None:
            token = make_token("NUMBER", "0", token)
        if not self._automaton.feed(token):
            return False
        self._is_fresh = True
        self._is_doubtful = False
        if excess is not None:
            self.findings.append(excess)
        if kind in CLOSING:
            self._brackets.append(token)
        elif kind in CLOSERS:
            self._brackets.pop()
        elif kind in _KEYWORDS and token and not token.islower():
            self.findings.append(slip_errors.keyword_case(self.source, token.span))
        self._bounds.count(token)
        self._last = token
        return True

    def _keep_comment(self, token: Token) -> None:
        self.comments.append(nodes.Comment(token[1:].strip(), span=token.span))

    # --- tokens that would fit and are mistakes ---

    def _is_mistake(self, token: Token) -> bool:
        """Say whether *token*, a suspect, shows that something else was meant."""
        kind = token.type
        if kind == "NUMBER" and self._goes_on(token):
            return True
        if kind == "LPAR":
            return self._opens_list(token)
        return self._has_objects and self._lacks_something(token)

    def _lacks_something(self, token: Token) -> bool:
        """Say whether *token* would fit, but shows that something is missing."""
        kind, text = token.type, self.source.text
        if kind == "LBRACE":
            is_wanted = self._automaton.takes("INVALID", "LBRACE")
            return is_wanted and is_last_block(text, token.span.start)
        if kind not in _STARTS_OF_MEMBERS or not self._brackets:
            return kind == "DISABLED" and self._interrupts(token)
        if self._language == "program" and self._interrupts(token):
            return True
        if self._brackets[-1].type != "LBRACE":
            return False
        if kind in {"PATH", "NUMBER"} or self._automaton.takes("INVALID"):
            return _KEY.match(text, token.span.end) is not None
        return self._lacks_separator(token)

    def _interrupts(self, token: Token) -> bool:
        """Say whether *token* begins a declaration where none may stand."""
        kinds = begins_declaration(token, self.source.text)
        if not kinds or self._automaton.takes(*kinds):
            return False
        # An action may have such a name: ``send settings { ... }``.
        is_name = token.type == "NAME" and token in FIELDS
        return not is_name or self._automaton.takes("NAME", "RBRACE")

    def _goes_on(self, number: Token) -> bool:
        """Say whether commas and digits behind *number* belong to it."""
        text, end = self.source.text, number.span.end
        if not text.startswith(",", end) or THOUSANDS.match(text, end) is None:
            return False
        is_alone = not self._brackets or self._brackets[-1].type == "LBRACE"
        return is_alone or not self._automaton.takes("NUMBER", "_COMMA")

    def _opens_list(self, token: Token) -> bool:
        """Say whether *token* opens a list that stands in parentheses."""
        last = self._last
        if last is None or last.type != "IN":
            return False
        return FLAT_LIST.match(self.source.text, token.span.start) is not None

    def _lacks_separator(self, token: Token) -> bool:
        """Say whether *token* would be a member right behind another."""
        last = self._last
        if last is None or last.type not in _ENDS_OF_VALUES:
            return False
        between = self.source.text[last.span.end : token.span.start]
        return "\n" not in between and self._automaton.takes(token.type)

    # --- mistakes ---

    def _recover(self, token: Token) -> None:
        """Deal with *token*, which does not fit, and with what its repair leads to."""
        for _ in range(_ATTEMPTS):
            following = self._repair(token)
            if following is None:
                return
            token = following
            if self._feed(token):
                self._is_doubtful = self._is_guess
                return
        self._is_fresh = False

    def _pass_over(self, token: Token) -> None:
        """Pass over a token behind a bracket that was, up to its partner."""
        if token.type in CLOSING:
            self._skipping += 1
        elif token.type in CLOSERS:
            self._skipping -= 1

    def _repair(self, token: Token) -> Token | None:
        """Report *token* and return what to try next, None where it is passed over."""
        repair = find_repair(
            Trouble(
                source=self.source,
                token=token,
                last=self._last,
                accepts=self._automaton.accepts(),
                takes=self._automaton.takes,
                brackets=tuple(self._brackets),
                words=words(self._language),
            )
        )
        self._count_repair(repair)
        self._report(repair.diagnostic, token)
        self._unread.note(repair.unread, self._scanner.at)
        self._is_guess = bool(repair.unread)
        if repair.amend is not None:
            self._automaton.amend(repair.amend)
            self._last = repair.amend
        if repair.drops_last:
            self._automaton.take_back()
        for each in repair.insert:
            self._unread.put_in(each, self._brackets)
            self._feed(each)
        if repair.skip_to is None:
            self._is_fresh = self._is_fresh and not repair.insert
            return token if repair.replace is None else repair.replace
        if token.type in CLOSING and token.span.end == repair.skip_to:
            self._skipping += 1
        self._scanner.at = repair.skip_to
        return repair.replace

    def _count_repair(self, repair: Repair) -> None:
        if repair.diagnostic is not None:
            self._repairs += 1
        if self._repairs > _MAX_REPAIRS:
            raise _GaveUp

    def _report(self, finding: Diagnostic | None, token: Token) -> None:
        if finding is None or (not self._is_fresh and token.type not in SLIPS):
            return
        if finding.code in _BRACKETS:
            if self._unread.excuses(finding):
                return
        elif self._is_doubtful and token.type not in SLIPS:
            return
        self.findings.append(finding)
        self._is_fresh = False

    def _give_up(self, finding: Diagnostic) -> NoReturn:
        self.findings.append(finding)
        raise _GaveUp
