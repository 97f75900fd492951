"""Selected lines are those of decoding every line and asking the trigger."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fql.api import compile as compile_trigger
from fql.cli.blocks import Block
from fql.cli.lines import Refusal
from fql.cli.selecting import Selected, Selection
from fql.runtime.codec import DecodeError, decode
from tests.cli.running import fql

if TYPE_CHECKING:
    from pathlib import Path

    from fql.compiler.trigger import Trigger

TRACK = compile_trigger('type = "track" and properties.total >= 10')


def selected(content: bytes, trigger: Trigger = TRACK, **options: bool) -> Selected:
    """Return what is selected of *content*."""
    selection = Selection(trigger, **options)
    (result,) = selection(Block(content, 1, is_start=True))
    return result


def plainly(content: bytes) -> list[tuple[bytes, object]]:
    """Return the lines with their ends, and what decoding every one of them gives."""
    found: list[tuple[bytes, object]] = []
    lines = content.split(b"\n")
    for number, line in enumerate(lines, 1):
        text = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
        try:
            event: object = decode(text)
        except DecodeError:
            event = None if not text.strip() else "refused"
        end = b"" if number == len(lines) else b"\n"
        found.append((line + end, event))
    return found


def test_lines_that_cannot_match_are_passed_over_unread() -> None:
    content = b'no event\n{"type": "page"\n{"type": "track", "total": 1\n'
    assert selected(content).refusals.count == 1
    thorough = selected(content, is_thorough=True).refusals
    assert [each.number for each in thorough.kept] == [1, 2, 3]
    inverted = selected(content, is_inverted=True).refusals
    assert inverted.kept == thorough.kept


def test_a_mark_may_start_the_input() -> None:
    line = '\ufeff{"type": "track", "properties": {"total": 10}}\n'.encode()
    found = selected(line + line)
    assert found.output == line
    assert [each.number for each in found.refusals.kept] == [2]


def test_counting_needs_no_lines() -> None:
    line = b'{"type": "track", "properties": {"total": 10}}\n'
    found = selected(line * 3 + line[:-1], is_counting=True)
    assert found[:3] == (b"", 4, 3)


def test_a_cut_line_is_refused() -> None:
    (found,) = Selection(TRACK)(Block(b"xyz", 7, is_cut=True))
    assert found[:3] == (b"", 0, 1)
    assert found.refusals.kept == [Refusal(b"xyz", 7, is_long=True)]


def test_a_pickle_selects_the_same() -> None:
    content = b'{"type": "page"}\nx\n'
    selection = Selection(TRACK, is_inverted=True)
    block = Block(content, 1, is_start=True)
    assert list(pickle.loads(pickle.dumps(selection))(block)) == list(selection(block))  # noqa: S301 - our own


def test_the_option_reports_every_line(tmp_path: Path) -> None:
    events = tmp_path / "e.ndjson"
    events.write_bytes(b"x\n{}\n")
    text = 'event = "Order"'
    assert fql("eval", "-e", text, events).err == ""
    err = fql("eval", "-e", text, "--check-lines", events).err
    assert "error[FQL502]" in err


# --- the law ------------------------------------------------------------------------

CONDITIONS = [
    'type = "track"',
    'type = "track" and properties.total >= 10',
    'type in ["track", "page"] or properties.plan = "a/b"',
    'contains(properties.plan, "rac") and !(type = "page")',
    'match(type, "tr*k") or exists(properties.é)',
    'any(properties.list, item = "track")',
    'properties.é = "é"',
    "properties.total < 20",
]
TYPES = [
    *('"track"', r'"\u0074rack"', r'"trac\u006b"', '"page"', '"Track"', "1", "null"),
    *('{"track": 1}', r'"tr\u0061ck"', '"\\"track\\""', r'"\ud800"'),
]
PLANS = ['"a/b"', r'"a\/b"', '"tracks"', r'"t\u0072acks"', '"track"', "[]"]
KEYS = ['"type"', r'"typ\u0065"', r'"\u0074ype"', '"Type"', '"z"']
TOTALS = ["10", "1e1", "10.0", '"10"', "9", "1e400", "NaN", "1" * 20, "9" * 401, "1E1"]
BLANKS = st.sampled_from(["", "", " ", "\t", "\r"])


@st.composite
def members(draw: st.DrawFn) -> str:
    """Draw a member of an event, or of its properties."""
    kind = draw(st.integers(0, 4))
    gap = draw(BLANKS)
    match kind:
        case 0:
            key, value = draw(st.sampled_from(KEYS)), draw(st.sampled_from(TYPES))
        case 1:
            key, value = '"total"', draw(st.sampled_from(TOTALS))
        case 2:
            key, value = '"plan"', draw(st.sampled_from(PLANS))
        case 3:
            key = draw(st.sampled_from(['"é"', r'"\u00e9"', r'"\u00E9"']))
            value = draw(st.sampled_from(['"é"', r'"\u00e9"', "null"]))
        case _:
            key, value = '"list"', draw(st.sampled_from(['["track"]', '"track"', "[]"]))
    return f"{gap}{key}{draw(BLANKS)}:{gap}{value}{draw(BLANKS)}"


def objects(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Return objects of such members, which may come twice."""
    return st.lists(inner, max_size=5).map(lambda each: f"{{{','.join(each)}}}")


@pytest.mark.parametrize("most", [b'{"type":"page"}', b'{"type":"track","total":1}'])
def test_what_is_reported_depends_on_the_line_alone(most: bytes) -> None:
    """A line that cannot match is passed over, also where all are read."""
    bad = [b'{"type":"page"', b'{"type":"track","total":"', b'\xff"track" "total"']
    content = b"\n".join([most] * 20 + bad + [most] * 20)
    found = selected(content)
    assert [each.number for each in found.refusals.kept] == [22, 23]
    assert (found.number, found.lines) == (0, 42)


PROPERTIES = st.one_of(
    *[objects(members())] * 4, st.sampled_from(["null", '"track"', "[]", "7"])
).map(lambda value: f'"properties":{value}')
EVENTS = objects(st.one_of(members(), PROPERTIES))
JUNK = st.sampled_from(
    ["", " ", "x", '{"type":"track"', '["track"]', '"track"', "\r", '{"a":"\\x"}']
)
LINES = st.one_of(*[EVENTS] * 5, JUNK).map(str.encode) | st.sampled_from(
    [b'\xef\xbb\xbf{"type":"track"}', b'{"type":"track","z":"\xff"}', b'{"z":"\xff"}']
)


@pytest.mark.parametrize("is_inverted", [False, True])
@settings(max_examples=80)
@given(st.sampled_from(CONDITIONS), st.lists(LINES, max_size=6), st.booleans())
def test_nothing_is_lost_and_nothing_else_found(
    is_inverted: bool, condition: str, lines: list[bytes], is_ended: bool
) -> None:
    """Selecting equals decoding every line, however the events are spelled."""
    content = b"\n".join(lines) + b"\n" * is_ended
    trigger = compile_trigger(condition)
    decoded = plainly(content)
    expected = b"".join(
        line
        for line, event in decoded
        if isinstance(event, dict) and trigger(event) is not is_inverted
    )
    refused = [
        number
        for number, (_, event) in enumerate(decoded, 1)
        if event is not None and not isinstance(event, dict)
    ]
    found = selected(content, trigger, is_inverted=is_inverted)
    assert found.output == expected
    thorough = selected(content, trigger, is_thorough=True, is_inverted=is_inverted)
    assert thorough.output == expected
    reported = [each.number for each in thorough.refusals.kept]
    assert reported == refused
    assert {each.number for each in found.refusals.kept} <= set(reported)
