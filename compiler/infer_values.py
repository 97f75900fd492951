"""What was seen of the values of one field, and the JSON Schema that says it.

A `Seen` takes one value after the other and remembers what they have in common: kinds,
bounds, choices, formats, members, elements. What it remembers is bounded, whatever
comes: a `Room` that all places of one inference share says how much is left. The order
of the values matters only where a bound is reached.
"""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

from fql.compiler.formats import is_email, is_uri
from fql.compiler.timestamps import is_timestamp, lacks_offset

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from fql.compiler.values import Json

MAX_CHOICES = 20
"""Distinct texts of a field that are remembered; with more, it has no choices."""

MAX_CHOICE_LENGTH = 100
"""Characters of a text that can be a choice."""

MIN_SIGHTINGS = 10
"""Values of a field that have to be seen before its texts count as choices."""

MIN_REPEATS = 3
"""How often each choice is seen, on average, for the texts to count as choices."""

MAX_MEMBERS = 200
"""Names of one object. One that had more is a table by names, and is not described."""

MAX_NESTING = 20
"""Objects and lists inside one another that are described."""

MAX_PLACES = 20_000
"""Fields, elements included, that one inference describes."""

PRESENCE = "x-presence"
"""The keyword for the share of objects that have a member, above 0, at most 1."""

COUNT = "x-count"
"""The keyword for how many values were seen."""


class Room:
    """How many more places may be described."""

    def __init__(self, places: int = MAX_PLACES) -> None:
        self._left = places
        self.is_short = False
        """Whether a place was left out because there was no room."""

    def take(self) -> bool:
        """Take the room of one place; return whether there was any."""
        if not self._left:
            self.is_short = True
            return False
        self._left -= 1
        return True


class Seen:
    """What was seen of the values of one place.

    Args:
        room: What is left for places inside.
        nesting: How many objects and lists are around.
    """

    __slots__ = (
        "_bools",
        "_depth",
        "_has_more",
        "_lists",
        "_nulls",
        "_numbers",
        "_room",
        "_texts",
        "count",
        "items",
        "members",
        "objects",
    )

    def __init__(self, room: Room, nesting: int = 0) -> None:
        self._room = room
        self._depth = nesting
        self.count = 0
        """How many values there were."""
        self.objects = 0
        """How many of them were objects."""
        self.members: dict[str, Seen] | None = {}
        """What was seen of the members of objects; None where they are a table."""
        self.items: Seen | None = None
        """What was seen of the elements of lists."""
        self._has_more = False
        self._nulls = self._bools = self._lists = 0
        self._numbers: _Numbers | None = None
        self._texts: _Texts | None = None

    def add(self, value: Json) -> None:
        """Take one more value."""
        self.count += 1
        if isinstance(value, str):
            if self._texts is None:
                self._texts = _Texts()
            self._texts.add(value)
        elif value is None:
            self._nulls += 1
        elif isinstance(value, bool):
            self._bools += 1
        elif isinstance(value, int | float):
            if self._numbers is None:
                self._numbers = _Numbers()
            self._numbers.add(value)
        elif isinstance(value, list):
            self._add_list(value)
        else:
            self.add_object(value)

    def _add_list(self, values: list[Json]) -> None:
        self._lists += 1
        if self.items is None and values and self._depth < MAX_NESTING:
            self.items = self._inner()
        if self.items is not None:
            for each in values:
                self.items.add(each)

    def add_object(self, value: Mapping[str, Json]) -> None:
        """Take one more object, without counting it as a value."""
        self.objects += 1
        if self.members is None or self._depth >= MAX_NESTING:
            return
        for name, each in value.items():
            member = self.members.get(name)
            if member is None:
                if len(self.members) == MAX_MEMBERS:
                    self.members = None
                    return
                member = self._inner()
                if member is None:
                    self._has_more = True
                    continue
                self.members[name] = member
            member.add(each)

    def _inner(self) -> Seen | None:
        return Seen(self._room, self._depth + 1) if self._room.take() else None

    # --- what it comes to ---

    def schema(self) -> dict[str, Json]:
        """Return the JSON Schema that all values fit; its order is always the same."""
        kinds = list(self._kinds())
        schema: dict[str, Json] = {"type": kinds[0] if len(kinds) == 1 else [*kinds]}
        if self._numbers is not None:
            schema.update(self._numbers.schema())
        if self._texts is not None:
            only_texts = self.count - self._nulls == self._texts.count
            nulls: list[Json] = [None] if self._nulls else []
            schema.update(self._texts.schema(nulls, has_choices=only_texts))
        if self.items is not None:
            schema["items"] = self.items.schema()
        if self.objects:
            schema.update(self.members_schema())
        return {**schema, COUNT: self.count}

    def _kinds(self) -> Iterator[str]:
        if self._lists:
            yield "array"
        if self._bools:
            yield "boolean"
        if self._numbers is not None:
            yield "integer" if self._numbers.is_whole else "number"
        if self._nulls:
            yield "null"
        if self.objects:
            yield "object"
        if self._texts is not None:
            yield "string"

    def members_schema(self) -> dict[str, Json]:
        """Return what JSON Schema says of the members of objects, in order of names."""
        if self.members is None:
            return {"additionalProperties": True}
        members = sorted(self.members.items())
        schema: dict[str, Json] = {"additionalProperties": True}
        if not self._has_more:
            schema = {}
        if members:
            schema["properties"] = {
                name: {**seen.schema(), PRESENCE: _share(seen.count, self.objects)}
                for name, seen in members
            }
        required = [name for name, seen in members if seen.count == self.objects]
        if required:
            schema["required"] = [*required]
        return schema


def _share(part: int, whole: int) -> float:
    """Return *part* of *whole*, to 4 digits; 1 only for all, and never 0."""
    if part == whole:
        return 1.0
    return min(max(round(part / whole, 4), 0.0001), 0.9999)


class _Numbers:
    """The bounds of numbers."""

    __slots__ = ("_is_bounded", "_least", "_most", "is_whole")

    def __init__(self) -> None:
        self.is_whole = True
        self._is_bounded = True
        self._least: float | None = None
        self._most: float | None = None

    def add(self, number: float) -> None:
        """Take one more; once one is not finite, there are no bounds."""
        if isinstance(number, float):
            self._is_bounded = self._is_bounded and isfinite(number)
            self.is_whole = self.is_whole and number.is_integer()
        if self._least is None or number < self._least:
            self._least = number
        if self._most is None or number > self._most:
            self._most = number

    def schema(self) -> dict[str, Json]:
        """Return the bounds as JSON Schema."""
        if not self._is_bounded:
            return {}
        return {"minimum": self._least, "maximum": self._most}


def _is_date(text: str) -> bool:
    return len(text) == len("2023-04-21") and is_timestamp(text)


def _is_date_time(text: str) -> bool:
    return (
        len(text) > len("2023-04-21") and is_timestamp(text) and not lacks_offset(text)
    )


_FORMATS: tuple[tuple[str, Callable[[str], bool]], ...] = (
    ("date-time", _is_date_time),
    ("date", _is_date),
    ("email", is_email),
    ("uri", lambda text: "://" in text and is_uri(text)),
)
"""The formats that are told by looking at texts; none is part of another."""


class _Texts:
    """The choices and formats of texts."""

    __slots__ = ("_choices", "_formats", "count")

    def __init__(self) -> None:
        self.count = 0
        """How many there were."""
        self._choices: set[str] | None = set()
        self._formats = _FORMATS

    def add(self, text: str) -> None:
        """Take one more."""
        self.count += 1
        if self._formats:
            self._formats = tuple(each for each in self._formats if each[1](text))
        choices = self._choices
        if choices is None or text in choices:
            return
        if len(choices) == MAX_CHOICES or len(text) > MAX_CHOICE_LENGTH:
            self._choices = None
        else:
            choices.add(text)

    def schema(self, nulls: list[Json], *, has_choices: bool) -> dict[str, Json]:
        """Return the format, or else the choices, as JSON Schema.

        Args:
            nulls: Null, if it is among the values.
            has_choices: Whether all values are texts, apart from null.
        """
        if self._formats:
            return {"format": self._formats[0][0]}
        if has_choices and self._choices and self._repeats(len(self._choices)):
            return {"enum": [*nulls, *sorted(self._choices)]}
        return {}

    def _repeats(self, choices: int) -> bool:
        return self.count >= max(MIN_SIGHTINGS, MIN_REPEATS * choices)
