"""Outcomes as lines, and repeated messages found where all comes together."""

from __future__ import annotations

import json
import pickle
from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from fql.cli import running
from fql.cli.blocks import Block
from fql.cli.running import Outcomes, Repeats, Running
from fql.cli.summary import Tally, table
from fql.grammar.source import Source
from fql.runtime.accept import DuplicateWindow
from fql.runtime.load import load
from tests.cli.running import NOBODY, ORDER, OTHER, PROGRAM, STAFF, ndjson
from tests.runtime.failing import FAILING

if TYPE_CHECKING:
    import pytest

    from fql.compiler.values import Json
    from fql.runtime.workspace import Workspace

TEXT = f"""\
{PROGRAM}
destination log: stdout {{
  mapping "Fragile" when type = "page" send send {{ well: failing(userId) }}
  mapping "All" when all send send {{ a: properties.a, b: context.b ?? userId }}
}}
"""

EVENTS: list[dict[str, Json]] = [
    ORDER,
    STAFF,
    NOBODY,
    OTHER,
    {"type": "page", "userId": "u", "properties": {"a": None}, "messageId": "é\ud800"},
    {"type": "page", "userId": "boom", "messageId": "m2"},
    {"type": "page", "userId": "u", "properties": "text"},
    {"type": "track", "event": "Order Completed", "userId": "u", "context": {"b": []}},
    {"type": "page", "userId": "u", "integrations": {"All": False}, "messageId": ""},
    {"type": "page", "userId": "u", "properties": {"a": 10**30}},
    ORDER,
]
"""Events that end in every way."""


def workspace() -> Workspace:
    """Return a program that has seen no message."""
    return load(Source(TEXT), terms=FAILING)


PROGRAM_OF_ALL = workspace()


def plainly(events: list[dict[str, Json]]) -> tuple[list[object], Tally]:
    """Return the outcomes of *events*, and what they come to."""
    program = replace(PROGRAM_OF_ALL, window=DuplicateWindow())
    tally = Tally(program)
    told: list[object] = []
    for number, event in enumerate(events, 1):
        for outcome in program.process(event):
            tally.add(outcome)
            told.append({"line": number} | outcome.to_dict())
    tally.events = len(events)
    return told, tally


def done(work: Running, content: bytes, number: int = 1) -> list[Outcomes]:
    """Return what *work* makes of a block."""
    return list(work(Block(content, number)))


def together(parts: list[Outcomes]) -> tuple[list[object], Tally]:
    """Return the outcomes in *parts*, and what they come to."""
    tally = Tally(PROGRAM_OF_ALL)
    for part in parts:
        tally.add_counted(part.counts)
        tally.events += part.events
    lines = b"".join(part.output for part in parts).splitlines()
    return [json.loads(line) for line in lines], tally


def test_outcomes_are_written_as_they_say_themselves() -> None:
    expected, tally = plainly(EVENTS)
    parts = done(Running(workspace(), None), ndjson(*EVENTS))
    told, counted = together(parts)
    assert told == expected
    assert [list(each) for each in told] == [list(each) for each in expected]  # type: ignore[call-overload]  # objects
    assert table(counted) == table(tally)


def test_lines_and_refusals_are_counted() -> None:
    (part,) = done(Running(workspace(), None), b"x\n\n" + ndjson(ORDER) + b"y")
    assert (part.lines, part.events) == (3, 1)
    assert [each.number for each in part.refusals.kept] == [1, 4]
    (cut,) = Running(workspace(), None)(Block(b"xyz", 3, is_cut=True))
    assert (cut.lines, cut.refusals.count) == (1, 1)


def test_much_output_comes_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "ENOUGH", 300)
    parts = done(Running(workspace(), None), b"x\n" + ndjson(*EVENTS))
    assert len(parts) > 3
    expected, _ = plainly(EVENTS)
    assert len(together(parts)[0]) == len(expected)
    assert [part.refusals.count for part in parts] == [0] * (len(parts) - 1) + [1]
    assert sum(part.lines for part in parts) == len(EVENTS) + 1


def test_a_pickle_does_the_same() -> None:
    program = load(Source(PROGRAM))
    work = pickle.loads(pickle.dumps(Running(program, "site", is_apart=True)))  # noqa: S301 - our own
    (part,) = done(work, ndjson(ORDER, ORDER))
    assert part.messages.ids == ["m1", "m1"]
    half = len(part.output) // 2
    assert part.messages.places.tolist() == [0, half, half, 2 * half]


def test_without_a_window_repeats_pass() -> None:
    (part,) = done(Running(workspace(), None, is_apart=True), ndjson(ORDER, ORDER))
    assert Repeats(None).taken_out_of(part) is part


def test_what_was_only_repeated_is_not_counted() -> None:
    (part,) = done(Running(workspace(), None, is_apart=True), ndjson(ORDER))
    repeats = Repeats(DuplicateWindow())
    assert repeats.taken_out_of(part) is part
    again = repeats.taken_out_of(part)
    assert [key[-1] for key in again.counts] == ["DUPLICATE_MESSAGE"]


IDS = st.sampled_from(["m1", "m2", "m3", "", None])


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(EVENTS), IDS), max_size=12), st.integers(1, 4)
)
def test_apart_and_together_repeats_are_the_same(
    drawn: list[tuple[dict[str, Json], str | None]], size: int
) -> None:
    """Events in blocks that know nothing of each other end as they do one by one."""
    events: list[dict[str, Json]] = [
        event | {"messageId": name} for event, name in drawn
    ]
    expected, tally = plainly(events)
    repeats = Repeats(DuplicateWindow())
    work = Running(PROGRAM_OF_ALL, None, is_apart=True)
    parts: list[Outcomes] = []
    for start in range(0, len(events), size):
        content = ndjson(*events[start : start + size])
        unknown = done(work, content, start + 1)
        parts += map(repeats.taken_out_of, unknown)
    told, counted = together(parts)
    assert told == expected
    assert sorted(table(counted).splitlines()) == sorted(table(tally).splitlines())
