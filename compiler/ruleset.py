"""Rule sets: which of many triggers match an event, in one go.

Rules are indexed by what they need of an event, and what they share is asked once. So
the time for an event hardly depends on the rules that it does not match. The answers
are those of the triggers, asked one by one.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from threading import RLock
from typing import TYPE_CHECKING, Generic, TypeVar, final

from fql.compiler.functions import FUNCTIONS
from fql.compiler.loads import event_paths, path_texts
from fql.compiler.ruleset_report import RuleSetReport, report_on
from fql.compiler.ruleset_state import State
from fql.compiler.trigger import Trigger, compile_trigger
from fql.grammar.diagnostics import FqlError

if TYPE_CHECKING:
    from fql.compiler.loads import Keys
    from fql.compiler.signatures import FunctionTable
    from fql.compiler.values import Json

Name = TypeVar("Name", bound=Hashable)


@final
class RuleSet(Generic[Name]):
    """Many triggers, asked at once.

    >>> rules = RuleSet({
    ...     "orders": 'type = "track" and event = "Order Completed"',
    ...     "large": "properties.total >= 100",
    ... })
    >>> rules.match({"type": "track", "properties": {"total": 250}})
    ['large']

    Rules keep the order in which they were added. Threads may match while another adds
    or removes rules; a match that runs meanwhile sees the change or does not.

    Args:
        rules: Triggers, or their texts, by name. A name is anything that has a hash.
        functions: What texts may call.

    Raises:
        FqlError: A text has errors; a note of the error names the rule.
    """

    def __init__(
        self,
        rules: Mapping[Name, Trigger | str] | None = None,
        *,
        functions: FunctionTable = FUNCTIONS,
    ) -> None:
        self._functions = functions
        self._lock = RLock()
        self._numbers: dict[Name, int] = {}
        self._state: State[Name] = State(self._lock)
        for name, rule in (rules or {}).items():
            self.add(name, rule)

    # --- matching ---

    def match(self, event: dict[str, Json]) -> list[Name]:
        """Return the names of the rules that *event* meets, in the order of adding.

        Raises:
            Exception: What a function that an embedder added raises, where the trigger
                that calls it would; of several, that of the first rule.
        """
        return self._state.match(event)

    # --- changes ---

    def add(self, name: Name, rule: Trigger | str) -> None:
        """Add a rule behind the others.

        Args:
            name: How the rule is called; nothing else here may be called so.
            rule: Its trigger, or the text of one.

        Raises:
            ValueError: There is a rule of that name.
            FqlError: The text has errors.
        """
        trigger = self._compiled(name, rule)
        with self._lock:
            if name in self._numbers:
                raise ValueError(f"there is a rule {name!r}; remove it first")
            if self._state.is_full_of_gaps(len(self)):
                self._renumber()
            self._numbers[name] = self._state.add(name, trigger)

    def _renumber(self) -> None:
        """Put the rules into a new state; who matches goes on in the old one."""
        state: State[Name] = State(self._lock)
        numbers = {
            name: state.add(name, self._state.trigger(number))
            for name, number in self._numbers.items()
        }
        self._state, self._numbers = state, numbers

    def _compiled(self, name: Name, rule: Trigger | str) -> Trigger:
        if isinstance(rule, Trigger):
            return rule
        try:
            return compile_trigger(rule, functions=self._functions)
        except FqlError as error:
            error.add_note(f"in the rule {name!r}")
            raise

    def remove(self, name: Name) -> None:
        """Remove a rule.

        Raises:
            KeyError: There is no rule of that name.
        """
        with self._lock:
            self._state.remove(self._numbers.pop(name))

    # --- what is here ---

    def __len__(self) -> int:
        return len(self._numbers)

    def __iter__(self) -> Iterator[Name]:
        return iter([*self._numbers])

    def __contains__(self, name: object) -> bool:
        return name in self._numbers

    def __getitem__(self, name: Name) -> Trigger:
        with self._lock:
            return self._state.trigger(self._numbers[name])

    @property
    def paths(self) -> tuple[tuple[Keys, Keys | None], ...]:
        """The keys of each path that some rule reads; linear in the rules.

        The second of a pair are the keys that are read where the first key is absent.
        """
        paths = [path for each in self._all() for path in event_paths(each.node)]
        return tuple(dict.fromkeys(paths))

    @property
    def fields(self) -> tuple[str, ...]:
        """The paths that some rule reads, as texts; linear in the rules."""
        return path_texts(self.paths)

    def report(self) -> RuleSetReport:
        """Return how many rules and buckets there are, and what memory they take."""
        with self._lock:
            state = self._state
            tables = [state.names, *state.tables()]
            return report_on(state.root, self._numbers, state.triggers, tables)

    def _all(self) -> list[Trigger]:
        with self._lock:
            return [trigger for trigger in self._state.triggers if trigger is not None]

    def __repr__(self) -> str:
        return f"<RuleSet of {len(self)} rules>"

    def __reduce__(self) -> tuple[object, ...]:
        with self._lock:
            rules = {name: self[name] for name in self}
        return _restored, (rules, self._functions)


def _restored(rules: dict[Name, Trigger], functions: FunctionTable) -> RuleSet[Name]:
    return RuleSet(rules, functions=functions)
