"""Why an event matches a trigger, or does not.

The trigger is taken apart into the conditions that its ``and``, ``or`` and ``!`` join;
each is answered on its own, by the same back end that runs the trigger. Nothing of
this happens unless somebody asks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

from fql.compiler.closures import compile_condition
from fql.compiler.missing import MISSING, fetch
from fql.compiler.reasons import Joint, Reason, note
from fql.compiler.values import compact_json
from fql.grammar.spelling import path_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fql.compiler.loads import Keys
    from fql.compiler.missing import Missing
    from fql.compiler.values import Json

_SHOWN = 60
"""Characters shown of a value."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A field that a condition reads, and what the event holds there."""

    path: str
    value: Json | Missing

    def __str__(self) -> str:
        return f"{self.path} is {show(self.value)}"


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
    """

    text: str
    answer: bool
    joint: Joint
    parts: tuple[Part, ...] = ()
    readings: tuple[Reading, ...] = ()
    note: str = ""

    def to_dict(self) -> dict[str, object]:
        """Return this part, and those below, as JSON."""
        shape: dict[str, object] = {"text": self.text, "answer": self.answer}
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
    """

    matches: bool
    root: Part
    blame: tuple[Part, ...]
    change: tuple[Part, ...]

    def to_dict(self) -> dict[str, object]:
        """Return the explanation as JSON."""
        return {
            "matches": self.matches,
            "root": self.root.to_dict(),
            "blame": [part.text for part in self.blame],
            "change": [part.text for part in self.change],
        }

    def __str__(self) -> str:
        verdict = "matches" if self.matches else "does not match"
        lines = [f"the event {verdict}", "", *_tree_lines(self.root, 0)]
        if self.root.parts:
            lines += ["", "because:", *(f"  {line(part)}" for part in self.blame)]
        return "\n".join([*lines, "", *self._change_lines()])

    def _change_lines(self) -> list[str]:
        if not self.change:
            return [f"{'every' if self.matches else 'no'} event matches it"]
        wanted = "no longer match" if self.matches else "match"
        return [
            f"it would {wanted} if:",
            *(f"  {_turned(each)}" for each in self.change),
        ]


def explain(reason: Reason, event: dict[str, Json]) -> Explanation:
    """Return why *event* meets the condition that *reason* stands for, or not."""
    root = _answer(reason, event)
    return Explanation(root.answer, root, _blame(root), _change(root) or ())


def _answer(reason: Reason, event: dict[str, Json]) -> Part:
    parts = tuple(_answer(each, event) for each in reason.parts)
    answer = compile_condition(reason.node)(event)
    readings = tuple(_read(field.keys_in(event), event) for field in reason.fields)
    surprise = ""
    if not answer and len(readings) == 1 and readings[0].value is not MISSING:
        surprise = note(reason.node, readings[0].value)
    return Part(reason.text, answer, reason.joint, parts, readings, surprise)


def _read(keys: Keys, event: dict[str, Json]) -> Reading:
    return Reading(path_text(keys, "fql"), fetch(event, keys))


# --- blame and change -------------------------------------------------------------


def _blame(part: Part) -> tuple[Part, ...]:
    """Return a smallest set of conditions that settle the answer of *part*."""
    match part.joint:
        case "one":
            return (part,)
        case "not":
            return _blame(part.parts[0])
        case "all" | "any":
            sets = [_blame(each) for each in part.parts if each.answer is part.answer]
            if _settling(part):
                return min(sets, key=len)
            return tuple(each for one in sets for each in one)
        case _:
            assert_never(part.joint)


def _change(part: Part) -> tuple[Part, ...] | None:
    """Return a smallest set of conditions that turn *part* around if they turn.

    A condition that reads no field has one answer for all events: where nothing but
    such conditions could turn *part*, there is no set.
    """
    match part.joint:
        case "one":
            return (part,) if part.readings else None
        case "not":
            return _change(part.parts[0])
        case "all" | "any":
            sets = [_change(each) for each in part.parts if each.answer is part.answer]
            found = [each for each in sets if each is not None]
            if not _settling(part):
                return min(found, key=len, default=None)
            is_possible = len(found) == len(sets)
            return tuple(each for one in found for each in one) if is_possible else None
        case _:
            assert_never(part.joint)


def _settling(part: Part) -> bool:
    """Say whether one part with the answer of the whole settles it alone."""
    return part.answer is (part.joint == "any")


# --- text -------------------------------------------------------------------------


def show(value: Json | Missing) -> str:
    """Return *value* in words that tell 25 from "25" and null from missing."""
    if value is MISSING:
        return "missing"
    text = compact_json(value)
    shown = text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
    if isinstance(value, str):
        return f"the string {shown}"
    if isinstance(value, list):
        return f"the list {shown}"
    return f"the object {shown}" if isinstance(value, dict) else shown


def line(part: Part) -> str:
    """Return *part* on one line: its answer, its text, what it found."""
    answer = "true " if part.answer else "false"
    found = "; ".join([*map(str, part.readings), *([part.note] if part.note else [])])
    text = " ".join(part.text.split())
    return f"{answer}  {text}{f'   ({found})' if found else ''}"


def _tree_lines(part: Part, depth: int) -> Iterator[str]:
    yield "  " * (depth + 1) + line(part)
    for each in part.parts:
        yield from _tree_lines(each, depth + 1)


def _turned(part: Part) -> str:
    text = " ".join(part.text.split())
    return f"not: {text}" if part.answer else text
