"""Why an event matches a trigger, or does not.

The trigger is taken apart into the conditions that its ``and``, ``or`` and ``!`` join;
each is answered on its own, by the same back end that runs the trigger. Nothing of
this happens unless somebody asks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypeAlias, assert_never

from fql.compiler.annotate import WIDTH, Remark, annotated
from fql.compiler.closures import compile_condition
from fql.compiler.missing import MISSING, fetch
from fql.compiler.near import Turn, remedies, settle
from fql.compiler.near_fields import near_field
from fql.compiler.reasons import Field, Joint, Reason, note
from fql.compiler.shown import on_one_line, show
from fql.grammar.cells import visible
from fql.grammar.spelling import path_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from fql.compiler.loads import Keys
    from fql.compiler.missing import Missing
    from fql.compiler.near import Remedy
    from fql.compiler.values import Json

    Event = dict[str, Json]

_MAX_LINES = 10
"""Conditions, or changes, that are listed."""

_NOTHING_FOUND = "no change of the event was found that does it; "

_FAR = 4
"""The cost of a change that nobody knows."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A field that a condition reads, and what the event holds there."""

    path: str
    value: Json | Missing

    def __str__(self) -> str:
        return f"{visible(self.path)} is {show(self.value)}"


@dataclass(frozen=True, slots=True)
class Part:
    """One condition of a trigger and its answer for one event.

    Attributes:
        text: The condition as written.
        answer: Whether it holds.
        joint: How it is answered from `parts`.
        parts: The conditions that it joins.
        readings: The fields that it reads itself; empty where it joins others.
        note: Why the answer may surprise, or an empty string.
        start: Where it begins in the text of the whole.
    """

    text: str
    answer: bool
    joint: Joint
    parts: tuple[Part, ...] = ()
    readings: tuple[Reading, ...] = ()
    note: str = ""
    start: int = 0

    @property
    def found(self) -> str:
        """What the event has for it, in words."""
        return "; ".join(
            [*map(str, self.readings), *([self.note] if self.note else [])]
        )

    def to_dict(self) -> dict[str, object]:
        """Return this part, and those below, as JSON."""
        shape: dict[str, object] = {
            "text": self.text,
            "start": self.start,
            "answer": self.answer,
        }
        if self.parts:
            shape["joint"] = self.joint
            shape["parts"] = [part.to_dict() for part in self.parts]
        if self.readings:
            shape["fields"] = {
                each.path: None if each.value is MISSING else each.value
                for each in self.readings
            }
            shape["missing"] = [
                each.path for each in self.readings if each.value is MISSING
            ]
        if self.note:
            shape["note"] = self.note
        return shape


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a trigger answers as it does for one event.

    Attributes:
        matches: The trigger's answer.
        root: The whole condition, part by part.
        blame: A smallest set of conditions that settle the answer, whatever the
            others say.
        change: A smallest set of conditions that would turn the answer around if each
            of them were answered the other way; empty where no event can do that.
        remedies: Changes of the event that turn the answer around, all of them
            together: tried, not guessed. Empty where none were found.
    """

    matches: bool
    root: Part
    blame: tuple[Part, ...]
    change: tuple[Part, ...]
    remedies: tuple[Remedy, ...] = ()

    def to_dict(self) -> dict[str, object]:
        """Return the explanation as JSON."""
        return {
            "matches": self.matches,
            "root": self.root.to_dict(),
            "blame": [part.text for part in self.blame],
            "change": [part.text for part in self.change],
            "remedies": [remedy.to_dict() for remedy in self.remedies],
        }

    def __str__(self) -> str:
        return self.to_text()

    def to_text(self, *, color: bool = False, width: int = WIDTH) -> str:
        """Return the explanation for people: the condition with what was found.

        Carets are under the conditions to blame, lines under the others.

        Args:
            color: Whether to add ANSI colours.
            width: Cells of a line of the condition before it is cut.
        """
        source = self.annotated(color=color, width=width)
        parts = [self.verdict, source, *self._because(), self.outlook()]
        return "\n\n".join(parts)

    @property
    def verdict(self) -> str:
        """The answer in words."""
        return f"the event {'matches' if self.matches else 'does not match'}"

    def annotated(self, *, color: bool = False, width: int = WIDTH) -> str:
        """Return the condition as written, with what was found under each part."""
        remarks = [_remark(leaf, self.blame) for leaf in leaves(self.root)]
        return annotated(self.root.text, remarks, color=color, width=width)

    def _because(self) -> Iterator[str]:
        """Yield which conditions settle the answer, where there are others."""
        if not self.root.parts:
            return
        told = [f"{on_one_line(each.text)} is {_word(each)}" for each in self.blame]
        yield "\n".join(["because:", *_listed(told)])

    def outlook(self) -> str:
        """Return what would turn the answer around, in words."""
        if not self.change:
            return f"{'every' if self.matches else 'no'} event matches it"
        wanted = "no longer match" if self.matches else "match"
        if self.remedies:
            lines, lead = [each.text for each in self.remedies], ""
        else:
            lines, lead = [_turned(each) for each in self.change], _NOTHING_FOUND
        return "\n".join([f"{lead}it would {wanted} if:", *_listed(lines)])


def leaves(part: Part) -> Iterator[Part]:
    """Yield the tests that *part* is made of, in the order of the text."""
    if not part.parts:
        yield part
    for each in part.parts:
        yield from leaves(each)


def line(part: Part) -> str:
    """Return *part* on one line: its answer, its text, what it found."""
    found = f"   ({part.found})" if part.found else ""
    return f"{_word(part):<5}  {on_one_line(part.text)}{found}"


def _listed(lines: Sequence[str]) -> Iterator[str]:
    """Yield *lines* as a list, the first of them where there are many."""
    yield from (f"  {each}" for each in lines[:_MAX_LINES])
    if len(lines) > _MAX_LINES:
        yield f"  and {len(lines) - _MAX_LINES} more"


def _word(part: Part) -> str:
    return "true" if part.answer else "false"


def _remark(leaf: Part, blame: Sequence[Part]) -> Remark:
    said = f"{_word(leaf)}: {leaf.found}" if leaf.found else _word(leaf)
    is_strong = any(leaf is each for each in blame)
    return Remark(leaf.start, leaf.start + len(leaf.text), said, is_strong)


def _turned(part: Part) -> str:
    text = on_one_line(part.text)
    return f"not: {text}" if part.answer else text


# --- answers ----------------------------------------------------------------------


def explain(reason: Reason, event: Event) -> Explanation:
    """Return why *event* meets the condition that *reason* stands for, or not."""
    return Explainer(reason)(event)


class Explainer:
    """Explains one trigger for any number of events.

    Args:
        reason: What the trigger is made of.
    """

    def __init__(self, reason: Reason) -> None:
        self.reason = reason
        self._tests: dict[int, Callable[[Event], bool]] = {}

    def __call__(self, event: Event) -> Explanation:
        """Return why *event* matches or does not."""
        root = self.answer(event)
        change = self._change((root, self.reason), event)
        if change is None:
            return Explanation(root.answer, root, blame(root), ())
        parts = tuple(part for part, _ in change.steps)
        remedy = self._settle(change.steps, event, is_wanted=not root.answer)
        return Explanation(root.answer, root, blame(root), parts, remedy)

    def answer(self, event: Event, *, has_notes: bool = True) -> Part:
        """Return the answer of each part. *has_notes*: with what may surprise."""
        return self._answer(self.reason, event, has_notes)

    def test(self, reason: Reason) -> Callable[[Event], bool]:
        """Return the function that answers *reason*, a part of the trigger."""
        found = self._tests.get(id(reason))
        if found is None:
            found = self._tests[id(reason)] = compile_condition(reason.node)
        return found

    def _answer(self, reason: Reason, event: Event, has_notes: bool) -> Part:
        parts = tuple(self._answer(each, event, has_notes) for each in reason.parts)
        answer = self.test(reason)(event)
        keys = [field.keys_in(event) for field in reason.fields]
        readings = tuple(_read(each, event) for each in keys)
        surprise = "" if answer or not has_notes else surprise_of(reason, event)
        text, joint = reason.text, reason.joint
        return Part(text, answer, joint, parts, readings, surprise, reason.start)

    # --- what would turn it ---

    def _turn(self, step: _Step, event: Event) -> Turn:
        part, reason = step
        fields = [field.keys_in(event) for field in reason.fields]
        return Turn(reason.node, self.test(reason), fields, not part.answer)

    def _cost(self, step: _Step, event: Event) -> int:
        """Return how far the nearest change is that turns a test."""
        found = remedies(self._turn(step, event), event)
        return found[0].cost if found else _FAR

    def _settle(
        self, steps: Sequence[_Step], event: Event, *, is_wanted: bool
    ) -> tuple[Remedy, ...]:
        """Return changes of *event* that turn all of *steps*, and so the whole."""
        whole = self.test(self.reason)
        turns = [self._turn(step, event) for step in steps]
        found = settle(turns, event, lambda changed: whole(changed) is is_wanted)
        read = [field.keys_in(event) for field in _fields(self.reason)]
        return tuple(
            each.widened() if read.count(each.keys) == 1 else each for each in found
        )

    def _change(self, step: _Step, event: Event) -> _Change | None:
        """Return a smallest set of conditions that turn a part around if they turn.

        A condition that reads no field has one answer for all events: where nothing but
        such conditions could turn the part, there is no set. Among sets of one size,
        the one with the nearest changes is taken.
        """
        part, reason = step
        match part.joint:
            case "one":
                if not part.readings:
                    return None
                return _Change(1, self._cost(step, event), (step,))
            case "not":
                return self._change((part.parts[0], reason.parts[0]), event)
            case "all" | "any":
                steps = zip(part.parts, reason.parts, strict=True)
                sets = [
                    self._change(each, event)
                    for each in steps
                    if each[0].answer is part.answer
                ]
                found = [each for each in sets if each is not None]
                if not _settling(part):
                    return min(found, key=_Change.rank, default=None)
                return _joined(found) if len(found) == len(sets) else None
            case _:
                assert_never(part.joint)


_Step: TypeAlias = "tuple[Part, Reason]"
"""A part, and what it is made from."""


class _Change(NamedTuple):
    """Tests that turn a part around if they turn."""

    size: int
    cost: int
    steps: tuple[_Step, ...]

    def rank(self) -> tuple[int, int]:
        """Return what the nearest of several has the least of."""
        return self.size, self.cost


def _joined(changes: Sequence[_Change]) -> _Change:
    return _Change(
        sum(each.size for each in changes),
        sum(each.cost for each in changes),
        tuple(step for each in changes for step in each.steps),
    )


def _read(keys: Keys, event: Event) -> Reading:
    return Reading(path_text(keys, "fql"), fetch(event, keys))


def _fields(reason: Reason) -> Iterator[Field]:
    yield from reason.fields
    for each in reason.parts:
        yield from _fields(each)


def surprise_of(reason: Reason, event: Event) -> str:
    """Return why a test that fails may surprise; empty for several fields."""
    if len(reason.fields) != 1:
        return ""
    keys = reason.fields[0].keys_in(event)
    value = fetch(event, keys)
    if value is not MISSING and value is not None:
        return note(reason.node, value)
    near = near_field(event, keys)
    return "" if near is None else f"the event has {visible(path_text(near, 'fql'))}"


def blame(part: Part) -> tuple[Part, ...]:
    """Return a smallest set of conditions that settle the answer of *part*."""
    match part.joint:
        case "one":
            return (part,)
        case "not":
            return blame(part.parts[0])
        case "all" | "any":
            sets = [blame(each) for each in part.parts if each.answer is part.answer]
            if _settling(part):
                return min(sets, key=len)
            return tuple(each for one in sets for each in one)
        case _:
            assert_never(part.joint)


def _settling(part: Part) -> bool:
    """Say whether one part with the answer of the whole settles it alone."""
    return part.answer is (part.joint == "any")
