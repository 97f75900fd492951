"""What a run came to: outcomes counted, as a table for people or as JSON."""

from __future__ import annotations

from collections import Counter
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from fql.cli.output import heading
from fql.grammar.cells import cell_count, visible
from fql.runtime.filter_actions import ActionKind
from fql.runtime.outcomes import Decision, Reason

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from fql.runtime.outcomes import Outcome
    from fql.runtime.workspace import Workspace
    from fql.runtime.workspace_parts import Destination

_STOPPING = frozenset({ActionKind.DROP, ActionKind.SAMPLE})
"""The actions that may keep an event from a destination."""

_SECTIONS = (
    (Decision.BUILT, "delivered", "delivered by mapping"),
    (Decision.FILTERED, "filtered", "filtered by filter"),
    (Decision.DISCARDED, "discarded", "discarded by reason"),
    (Decision.REJECTED, "rejected", "rejected by reason"),
)
"""Each decision, what JSON calls it, and what the table does."""


Key: TypeAlias = "tuple[Decision, str | None, str | None, str | None, str | None]"
"""What a `Kind` holds, as a plain tuple."""


class Kind(NamedTuple):
    """What outcomes have in common that are counted as one."""

    decision: Decision
    destination: str | None = None
    mapping: str | None = None
    filter: str | None = None
    reason: str | None = None


class Tally:
    """Counts outcomes.

    Enabled mappings and filters that nothing came to are counted too, with 0: that they
    are idle is worth knowing.

    Args:
        workspace: The program that makes the outcomes.
    """

    def __init__(self, workspace: Workspace) -> None:
        idle = chain.from_iterable(map(_idle, workspace.destinations))
        self._counts: Counter[Key] = Counter(dict.fromkeys(idle, 0))
        names = (each.name for each in workspace.destinations)
        self._ranks: dict[str | None, int] = {
            name: rank for rank, name in enumerate(names)
        }
        self.events = 0
        """How many events there were."""
        self.rejected_lines = 0
        """How many lines were no events."""
        names = (each.name for each in workspace.enrichments)
        self.missing_rows: Counter[str] = Counter(dict.fromkeys(names, 0))
        """How many payloads were made without a row, by the enrichment."""

    def add(self, outcome: Outcome) -> None:
        """Count one more."""
        self._counts[key_of(outcome)] += 1

    def add_counted(self, counts: Mapping[Key, int]) -> None:
        """Add outcomes that were counted by `key_of` elsewhere."""
        self._counts.update(counts)

    def of(self, decision: Decision) -> list[tuple[Kind, int]]:
        """Return the kinds of outcomes with *decision*, and how many there were.

        In the order of the destinations; at each, its own parts come first, then the
        others as they occurred.
        """
        counted = ((Kind(*key), number) for key, number in self._counts.items())
        kinds = [each for each in counted if each[0].decision is decision]
        return sorted(kinds, key=lambda each: self._ranks.get(each[0].destination, -1))

    def to_dict(self) -> dict[str, object]:
        """Return everything as JSON."""
        told: dict[str, object] = {"events": self.events}
        for decision, name, _ in _SECTIONS:
            told[name] = [_kind_json(*each) for each in self.of(decision)]
        told["rejectedLines"] = self.rejected_lines
        if self.missing_rows:
            told["missingRows"] = dict(self.missing_rows)
        return told


def key_of(outcome: Outcome) -> Key:
    """Return the `Kind` of an outcome, as a plain tuple, which is made faster."""
    return (
        outcome.decision,
        outcome.destination,
        outcome.mapping,
        outcome.filter,
        outcome.reason,
    )


def _idle(destination: Destination) -> Iterator[Kind]:
    """Yield what outcomes by parts of *destination* are counted as."""
    if not destination.is_enabled:
        return
    for mapping in destination.mappings:
        if mapping.is_enabled:
            yield Kind(Decision.BUILT, destination.name, mapping.name)
    for each in destination.filters:
        if each.is_enabled and any(action.kind in _STOPPING for action in each.actions):
            reason = Reason.FILTERED_BY_RULES
            yield Kind(
                Decision.FILTERED, destination.name, filter=each.title, reason=reason
            )


def _kind_json(kind: Kind, count: int) -> dict[str, object]:
    named = {
        "destination": kind.destination,
        "mapping": kind.mapping,
        "filter": kind.filter,
        "reason": None if kind.reason is None else str(kind.reason),
    }
    known: dict[str, object] = {
        key: value for key, value in named.items() if value is not None
    }
    return known | {"count": count}


# --- the table --------------------------------------------------------------------


def _missing_lines(tally: Tally) -> list[_Line]:
    """Return the lines for rows that enrichments did not have."""
    counts = tally.missing_rows
    if not counts:
        return []
    heading_ = _Line("", "rows missing", sum(counts.values()), is_heading=True)
    return [heading_, *(_Line("", name, count) for name, count in counts.items())]


class _Line(NamedTuple):
    """A line of the table."""

    destination: str
    name: str
    number: int
    is_heading: bool = False

    def text(self, width: int) -> str:
        """Return its text. *width*: cells of the column of destinations."""
        if self.is_heading:
            return self.name
        if not self.destination:
            return f"  {self.name}"
        return f"  {_filled(self.destination, width)}  {self.name}"


def table(tally: Tally) -> str:
    """Return the counts as lines of text, the numbers at the right."""
    lines = [_Line("", "events", tally.events, is_heading=True)]
    for decision, _, title in _SECTIONS:
        kinds = tally.of(decision)
        total = sum(count for _, count in kinds)
        lines.append(_Line("", title, total, is_heading=True))
        lines += [_line(*each) for each in kinds]
    lines.append(_Line("", "rejected lines", tally.rejected_lines, is_heading=True))
    lines += _missing_lines(tally)
    return "\n".join(_aligned(lines))


def _line(kind: Kind, count: int) -> _Line:
    name = kind.mapping or kind.filter
    is_usual = kind.reason in (None, Reason.FILTERED_BY_RULES)
    said = [] if is_usual and name is not None else [str(kind.reason)]
    named = [] if name is None else [name]
    destination = visible(kind.destination or "")
    return _Line(destination, visible(": ".join([*said, *named])), count)


def _aligned(lines: Sequence[_Line]) -> Iterator[str]:
    """Yield the lines of text that *lines* make together."""
    width = max(cell_count(line.destination) for line in lines)
    texts = [line.text(width) for line in lines]
    cells = max(map(cell_count, texts))
    digits = max(len(f"{line.number:,}") for line in lines)
    for line, text in zip(lines, texts, strict=True):
        shown = f"{_filled(text, cells)}  {line.number:>{digits},}"
        yield heading(shown, err=True) if line.is_heading else shown


def _filled(text: str, cells: int) -> str:
    """Return *text* with blanks up to *cells* cells."""
    return text + " " * (cells - cell_count(text))
