"""Where many events stop at a trigger: at which condition, and with what in the field.

The trigger is a row of conditions that must all hold (its ``and``); an event stops at
the first that does not, in the order of the text. Of the events themselves only counts
are kept, so memory does not grow with their number.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from fql.compiler.annotate import WIDTH, Remark, annotated
from fql.compiler.commonest import Commonest
from fql.compiler.explain import Explainer, blame, surprise_of
from fql.compiler.missing import MISSING, fetch
from fql.compiler.near import Remedy, Turn
from fql.compiler.near_fields import near_field
from fql.compiler.near_values import conversions
from fql.compiler.reasons import is_about_type, kind_of
from fql.compiler.shown import counted, on_one_line, show
from fql.grammar.cells import visible
from fql.grammar.spelling import path_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fql.compiler.explain import Part
    from fql.compiler.loads import Keys
    from fql.compiler.missing import Missing
    from fql.compiler.reasons import Reason
    from fql.compiler.trigger import Trigger
    from fql.compiler.values import Json

TOP = 5
"""Values that are told of a field."""


class FieldCounts:
    """What events that stopped had in one field.

    Args:
        path: The field.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.missing = 0
        """How many had nothing there."""
        self.wrong_type = 0
        """How many had a value of a type that the condition cannot use."""
        self.convertible: Counter[str] = Counter()
        """How many of those would do as another type, by that type."""
        self.kinds: Counter[str] = Counter()
        """How many had each kind of value."""
        self.notes: Counter[str] = Counter()
        """Why the answer may surprise, with how many it concerns."""
        self.near: Counter[str] = Counter()
        """Which other field those had that lack this one."""
        self.values = Commonest()
        """The values, in words."""

    def add(self, value: Json | Missing) -> None:
        """Count what one more event had."""
        if value is MISSING:
            self.missing += 1
            return
        self.kinds[kind_of(value)] += 1
        self.values.add(show(value))

    def to_dict(self) -> dict[str, object]:
        """Return the counts as JSON."""
        top = self.values.top(TOP)
        return {
            "field": self.path,
            "missing": self.missing,
            "wrongType": self.wrong_type,
            "convertible": dict(self.convertible.most_common()),
            "kinds": dict(self.kinds.most_common()),
            "values": [{"value": value, "count": count} for value, count in top],
            "otherValues": self.values.others(TOP),
            "isExact": self.values.is_exact,
            "hints": list(self.hints()),
        }

    def hints(self) -> Iterator[str]:
        """Yield what may be wrong, in words."""
        own = visible(self.path)
        whole = self.missing + self.values.total
        for note, count in self.notes.most_common():
            if not is_about_type(note):
                yield f"{count:,} of {whole:,}: {note}"
                continue
            needs, _, kind = note.rpartition(": this is ")
            yield f"{count:,} of {whole:,} had {own} as {kind}: {needs}"
        for kind, count in self.convertible.most_common():
            yield f"{count:,} of these would do as {kind}"
        for path, count in self.near.most_common(TOP):
            without = self.missing + self.kinds["null"]
            yield f"{count:,} of {without:,} without {own} have {visible(path)}"


class Stop:
    """One condition in the row, and the events that stopped at it.

    Args:
        reason: The condition.
    """

    def __init__(self, reason: Reason) -> None:
        self.reason = reason
        self.count = 0
        """How many stopped here: it is the first condition that they do not meet."""
        self.false = 0
        """How many do not meet it, wherever they stopped."""
        self.fields: dict[str, FieldCounts] = {}
        """What those that stopped had in the fields that are to blame."""

    def field(self, path: str) -> FieldCounts:
        """Return the counts of one field."""
        if path not in self.fields:
            self.fields[path] = FieldCounts(path)
        return self.fields[path]

    def to_dict(self) -> dict[str, object]:
        """Return the counts as JSON."""
        return {
            "text": self.reason.text,
            "start": self.reason.start,
            "stopped": self.count,
            "false": self.false,
            "fields": [each.to_dict() for each in self.fields.values()],
        }

    def lines(self) -> Iterator[str]:
        """Yield the counts as lines of text."""
        more = f", and is false for {self.false:,}" if self.false > self.count else ""
        yield f"{on_one_line(self.reason.text)} stops {self.count:,}{more}"
        for each in self.fields.values():
            yield from _field_lines(each)


class Stops:
    """Counts where events stop at a trigger.

    >>> from fql.compiler.trigger import compile_trigger
    >>> stops = Stops(compile_trigger('type = "track" and a > 1'))
    >>> [stops.add(event) for event in ({"type": "track", "a": 2}, {"type": "page"})]
    [True, False]
    >>> [each.count for each in stops.places]
    [1, 0]

    Args:
        trigger: The trigger.
    """

    def __init__(self, trigger: Trigger) -> None:
        self._trigger = trigger
        self._explainer = Explainer(trigger.reason)
        self._tests = {each.start: each for each in _tests(trigger.reason)}
        self.places = tuple(Stop(each) for each in _row(trigger.reason))
        """The conditions that must all hold, in the order of the text."""
        self.events = 0
        """How many events there were."""
        self.matching = 0
        """How many of them match."""

    def add(self, event: dict[str, Json]) -> bool:
        """Count one more event, and return whether it matches."""
        self.events += 1
        if self._trigger(event):
            self.matching += 1
            return True
        root = self._explainer.answer(event, has_notes=False)
        parts = [
            (part, stop)
            for part, stop in zip(_row_of_parts(root), self.places, strict=True)
            if not part.answer
        ]
        for _, stop in parts:
            stop.false += 1
        self._stop(*parts[0], event)
        return False

    def _stop(self, part: Part, stop: Stop, event: dict[str, Json]) -> None:
        stop.count += 1
        told = set[tuple[str, str]]()
        for leaf in blame(part):
            for reading in leaf.readings:
                counts = stop.field(reading.path)
                if (reading.path, "") not in told:
                    told.add((reading.path, ""))
                    counts.add(reading.value)
                reason = self._tests[leaf.start]
                said = "" if leaf.answer else surprise_of(reason, event)
                if said and (reading.path, said) not in told:
                    told.add((reading.path, said))
                    self._hint(reason, said, counts, event)

    def _hint(
        self, reason: Reason, said: str, counts: FieldCounts, event: dict[str, Json]
    ) -> None:
        """Count what is *said* of a test that reads one field."""
        keys = reason.fields[0].keys_in(event)
        value = fetch(event, keys)
        if value is MISSING or value is None:
            counts.near[path_text(near_field(event, keys) or keys, "fql")] += 1
            return
        counts.notes[said] += 1
        if is_about_type(said):
            counts.wrong_type += 1
            counts.convertible.update(self._conversion(reason, keys, event))

    def _conversion(
        self, reason: Reason, keys: Keys, event: dict[str, Json]
    ) -> Iterator[str]:
        """Yield the type as which the value would do, if there is one."""
        turn = Turn(reason.node, self._explainer.test(reason), [keys], wanted=True)
        for each in conversions(fetch(event, keys)):
            changed = Remedy(keys, each.value, "").applied(event)
            is_done = changed is not None and turn.is_done(changed)
            if is_done and each.value is not MISSING:
                yield kind_of(each.value)
                return

    # --- telling ---

    def to_dict(self) -> dict[str, object]:
        """Return all counts as JSON."""
        return {
            "events": self.events,
            "matching": self.matching,
            "stops": [each.to_dict() for each in self.places],
        }

    def __str__(self) -> str:
        return self.to_text()

    def to_text(self, *, color: bool = False, width: int = WIDTH) -> str:
        """Return the counts for people, under the condition and then one by one.

        Args:
            color: Whether to add ANSI colours.
            width: Cells of a line of the condition before it is cut.
        """
        events = counted(self.events, "event")
        others = self.events - self.matching
        most = max((each.count for each in self.places), default=0)
        remarks = [_remark(each, most) for each in self.places]
        text = self._trigger.reason.text
        blocks = [
            f"{events}: {self.matching:,} match, {others:,} do not",
            annotated(text, remarks, color=color, width=width),
            *("\n".join(each.lines()) for each in self.places if each.count),
        ]
        return "\n\n".join(blocks)


def _remark(stop: Stop, most: int) -> Remark:
    start, text = stop.reason.start, stop.reason.text
    is_strong = 0 < stop.count == most
    said = f"{stop.count:,} stop{'s' if stop.count == 1 else ''} here"
    return Remark(start, start + len(text), said, is_strong)


def _field_lines(counts: FieldCounts) -> Iterator[str]:
    kinds = [f"{kind} {count:,}" for kind, count in counts.kinds.most_common()]
    missing = [f"missing {counts.missing:,}"] if counts.missing else []
    yield f"  {visible(counts.path)}: {', '.join([*kinds, *missing])}"
    values = counts.values.top(TOP)
    digits = max((len(f"{count:,}") for _, count in values), default=0)
    for value, count in values:
        yield f"    {count:>{digits},}  {value}"
    others = counts.values.others(TOP)
    if others:
        yield f"    {others:>{digits},}  other values"
    for hint in counts.hints():
        yield f"    hint: {hint}"


# --- the row ------------------------------------------------------------------------


def _row(reason: Reason) -> Iterator[Reason]:
    """Yield the conditions that must all hold for *reason* to hold."""
    if reason.joint != "all":
        yield reason
        return
    for each in reason.parts:
        yield from _row(each)


def _row_of_parts(part: Part) -> Iterator[Part]:
    """Yield the parts of the same conditions."""
    if part.joint != "all":
        yield part
        return
    for each in part.parts:
        yield from _row_of_parts(each)


def _tests(reason: Reason) -> Iterator[Reason]:
    if reason.joint == "one":
        yield reason
    for each in reason.parts:
        yield from _tests(each)
