"""The LALR automaton: takes tokens one by one, and tells what it would take.

It runs on the table that Lark makes of a grammar, and differs from Lark's own runner
in one thing that recovery stands on: a token that does not fit changes nothing. Lark
reduces before it sees that a token does not fit, and its reductions, which extend the
lists of earlier ones, cannot be undone.

This module reads no text and reports nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from lark.parsers.lalr_analysis import Shift

from fql.grammar.tokens import END

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lark.grammar import Rule
    from lark.parsers.lalr_parser_state import ParseConf

    from fql.grammar.tokens import Token


@dataclass(frozen=True, slots=True)
class Reduction:
    """A rule whose right side is complete.

    Attributes:
        size: The number of symbols that it takes off.
        origin: The rule's name, which leads on from the state below them.
        builds: What makes the rule's value of theirs; nothing where it is theirs.
    """

    size: int
    origin: str
    builds: tuple[_Build, ...]


_Build: TypeAlias = "tuple[int, Callable[[list[object]], object]]"
"""How many values to take off, and what makes one of them."""

_Chain: TypeAlias = "tuple[int, tuple[_Build, ...], int | Reduction | None]"
"""Where reductions of one symbol lead to: the state, what is built, the next step."""


@dataclass(frozen=True, slots=True)
class Table:
    """What to do in each state.

    Attributes:
        start: The first state.
        actions: By state and terminal: the state behind it, or what to reduce first.
        gotos: By state and rule: the state behind it.
    """

    start: int
    actions: Mapping[int, Mapping[str, int | Reduction]]
    gotos: Mapping[int, Mapping[str, int]]
    _chains: dict[tuple[int, int, str], _Chain] = field(default_factory=dict)

    def chain(self, below: int, top: int, kind: str) -> _Chain:
        """Return where reductions of one symbol lead from the state *top* on *below*.

        A value alone climbs through every level of precedence; the chains of these
        steps are few, and each is worked out once.
        """
        known = self._chains.get((below, top, kind))
        if known is None:
            known = self._chains[below, top, kind] = self._climb(below, top, kind)
        return known

    def _climb(self, below: int, top: int, kind: str) -> _Chain:
        builds: list[_Build] = []
        step = self.actions[top].get(kind)
        while isinstance(step, Reduction) and step.size == 1:
            builds += step.builds
            top = self.gotos[below][step.origin]
            step = self.actions[top].get(kind)
        return top, tuple(builds), step


def make_table(configuration: ParseConf[int]) -> Table:
    """Return the table of one of Lark's parsers."""
    reductions: dict[Rule, Reduction] = {}
    actions: dict[int, dict[str, int | Reduction]] = {}
    gotos: dict[int, dict[str, int]] = {}
    for state, row in configuration.states.items():
        actions[state], gotos[state] = {}, {}
        for symbol, (action, target) in row.items():
            name = str(symbol)  # Lark's own kind of text compares slowly
            if action is not Shift:
                if target not in reductions:
                    reductions[target] = _reduction(target, configuration)
                actions[state][name] = reductions[target]
            elif name.isupper():
                actions[state][name] = target
            else:
                gotos[state][name] = target
    end = configuration.end_state
    actions[end][END] = end
    return Table(configuration.start_state, actions, gotos)


def _reduction(rule: Rule, configuration: ParseConf[int]) -> Reduction:
    callbacks: Mapping[object, Callable[[list[object]], object]]
    callbacks = configuration.callbacks  # type: ignore[assignment] # keyed by rules
    size = len(rule.expansion)
    is_bare = size == 1 and rule.options.expand1 and not rule.alias
    builds = () if is_bare else ((size, callbacks[rule]),)
    return Reduction(size, str(rule.origin.name), builds)


class Automaton:
    """One run over one text.

    Attributes:
        position: The state that it is in, by which the scanner knows what may follow.
    """

    __slots__ = ("_actions", "_chain", "_gotos", "_states", "_values", "position")

    def __init__(self, table: Table) -> None:
        self._actions = table.actions
        self._chain = table.chain
        self._gotos = table.gotos
        self._states = [table.start]
        self._values: list[object] = []
        self.position = table.start

    def feed(self, token: Token) -> bool:
        """Take *token*; where it does not fit, return False and stay as it was."""
        kind = token.type
        states = self._states
        step = self._actions[states[-1]].get(kind)
        if isinstance(step, Reduction):
            reductions: list[_Build] = []
            states = states[:]
            step = self._reduce(states, kind, reductions)
            if step is not None:
                self._states = states
                self._build(reductions)
        if step is None:
            return False
        states.append(step)
        self._values.append(token)
        self.position = step
        return True

    def amend(self, token: Token) -> None:
        """Read *token* in place of the last one, as far as values are concerned."""
        self._values[-1] = token

    def take_back(self) -> None:
        """Forget the last token."""
        self._states.pop()
        self._values.pop()
        self.position = self._states[-1]

    @property
    def root(self) -> object:
        """The value of the whole text, once its end has been taken."""
        return self._values[0]

    def accepts(self) -> frozenset[str]:
        """Return the terminals that it would take now."""
        return frozenset(filter(self.takes, self._actions[self.position]))

    def takes(self, *kinds: str) -> bool:
        """Return whether it would take these terminals, one after the other."""
        if kinds and kinds[0] not in self._actions[self.position]:
            return False
        states = self._states[:]
        for kind in kinds:
            step = self._reduce(states, kind, [])
            if step is None:
                return False
            states.append(step)
        return True

    def _reduce(
        self, states: list[int], kind: str, reductions: list[_Build]
    ) -> int | None:
        """Reduce *states* until *kind* can be shifted; return where that leads to.

        What makes values is added to *reductions*, in order. None where
        *kind* does not fit; *states* is of no use then.
        """
        actions, gotos = self._actions, self._gotos
        step = actions[states[-1]].get(kind)
        while isinstance(step, Reduction):
            if step.size == 1:
                chain = self._chain(states[-2], states[-1], kind)
                states[-1], builds, step = chain
                reductions += builds
                continue
            if step.size:
                del states[-step.size :]
            states.append(gotos[states[-1]][step.origin])
            reductions += step.builds
            step = actions[states[-1]].get(kind)
        return step

    def _build(self, reductions: list[_Build]) -> None:
        values = self._values
        for size, build in reductions:
            if size == 1:
                values[-1] = build(values[-1:])
                continue
            start = len(values) - size
            children = values[start:]
            del values[start:]
            values.append(build(children))
