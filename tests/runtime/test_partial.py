"""Partial decoding: the parts asked for are what they are, refusals the same."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fql.compiler.parts import WHOLE, Parts, parts_read
from fql.compiler.trigger import compile_trigger
from fql.compiler.values import Json, read
from fql.runtime import partial
from fql.runtime.codec import MAX_DEPTH, DecodeError, decode
from fql.runtime.decoders import may_hide_refusal
from fql.runtime.partial import MAX_MEMBERS, partial_decoder

if TYPE_CHECKING:
    from collections.abc import Callable

PARTS = Parts(
    members={
        "a": WHOLE,
        "o": Parts(members={"a": WHOLE, "o": Parts(members={"a": WHOLE})}),
        "k": Parts(),
    }
)
PATHS = (("a",), ("o", "a"), ("o", "o", "a"))

needs_msgspec = pytest.mark.skipif(
    partial_decoder(PARTS) is decode, reason="msgspec is not installed"
)


def came_of(text: bytes, *, is_partial: bool) -> object:
    """Return what can be told of *text*: what is read of it, or why it is refused."""
    try:
        value = partial_decoder(PARTS)(text) if is_partial else decode(text)
    except DecodeError as error:
        return error.message, error.column
    if not isinstance(value, dict):
        return type(value), repr(value)
    members = [(path, repr(read(value, path))) for path in PATHS]
    kinds = [isinstance(value.get(key), dict) for key in ("o", "k")]
    return members, kinds, value.get("k") is None, "a" in value


@needs_msgspec
def test_what_nobody_asks_for_is_left_out() -> None:
    text = b'{"z": 1, "a": [1], "o": {"z": 2, "a": 3}, "k": {"z": 1}}'
    assert partial_decoder(PARTS)(text) == {"a": [1], "o": {"a": 3}, "k": {}}


@pytest.mark.parametrize(
    "text",
    [
        b'{"o": "text"}',
        b'{"o": [{"a": 1}]}',
        b'{"o": {"o": 1, "a": 2}}',
        b'{"o": null, "k": null}',
        b'{"a": 1, "a": 2}',
        b'{"o": {"a": 1}, "o": {}}',
        b'{"o": 7, "o": {"a": 1}}',
        b'{"\\u0061": 5}',
        b'{"a": "\\ud800", "z": "\\ud800"}',
        b'{"a": 123456789012345678901234567890}',
        b'{"a": 1.0, "o": {"a": -0}}',
        b"[1]",
        b'"text"',
        b"7",
    ],
)
def test_odd_events_are_read_as_they_are(text: bytes) -> None:
    assert came_of(text, is_partial=True) == came_of(text, is_partial=False)


@pytest.mark.parametrize(
    "inside",
    [
        b"1e400",
        b"-1E+400",
        b"17e0308",
        b"9" * 401,
        b"9" * 310 + b".5",
        b"NaN",
        b"-Infinity",
        b'"\xff"',
        b'"\xed\xa0\x80"',
        b'"\xc0\x80"',
        b'{"\xff": 1}',
        b'"\\x"',
        b'"\t"',
        b"01",
        b"1.",
        b"[1,]",
        b"tru",
        b"[" * MAX_DEPTH + b"]" * MAX_DEPTH,
    ],
)
def test_what_is_passed_over_is_refused_as_ever(inside: bytes) -> None:
    text = b'{"a": 1, "z": ' + inside + b"}"
    refused = came_of(text, is_partial=True)
    assert refused == came_of(text, is_partial=False)
    assert isinstance(refused, tuple)
    assert isinstance(refused[0], str)


def test_deep_parts_are_passed_over_up_to_the_bound() -> None:
    depth = MAX_DEPTH - 1
    text = b'{"a": 1, "z": ' + b"[" * depth + b"]" * depth + b"}"
    assert came_of(text, is_partial=True) == came_of(text, is_partial=False)


@needs_msgspec
def test_a_deeper_stack_lets_nothing_deeper_pass(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    limit = sys.getrecursionlimit()
    text = b'{"a": 1, "z": ' + b"[" * MAX_DEPTH + b"]" * MAX_DEPTH + b"}"
    sys.setrecursionlimit(5 * MAX_DEPTH)
    try:
        assert isinstance(came_of(text, is_partial=True), tuple)
        with pytest.raises(DecodeError):
            partial_decoder(PARTS)(text)
    finally:
        sys.setrecursionlimit(limit)


@pytest.mark.parametrize(
    ("text", "may_hide"),
    [
        (b'{"id": "28048e96", "n": 1.5e99}', False),
        (b'{"t": "2026-03-02T05:00:00.123456789+02:00"}', False),
        ('{"t": "Chloé"}'.encode(), False),
        (b'{"id": "1e4000"}', False),
        (b'{"id": "1e4000", "n": 1e4000}', True),
        (b'{"n": [1e+308 , 2]}', True),
        (b"17E0308", True),
        (b'{"n": 1234567890123456789}', False),
        (b'{"n": %b}' % (b"7" * 200), True),
        (b'{"t": "\xe9"}', True),
    ],
)
def test_usual_texts_hide_no_refusal(text: bytes, may_hide: bool) -> None:
    assert may_hide_refusal(text) is may_hide


def test_wide_objects_are_read_whole() -> None:
    many = {f"k{number}": WHOLE for number in range(MAX_MEMBERS + 1)}
    assert partial_decoder(Parts(members=many)) is decode
    inside = partial_decoder(Parts(members={"o": Parts(members=many)}))
    text = b'{"o": {"z": 1}}'
    assert inside(text) == {"o": {"z": 1}}


def test_keys_that_are_not_ascii_are_found() -> None:
    decoder = partial_decoder(Parts(members={"o": Parts(members={"é": WHOLE})}))
    assert decoder('{"o": {"é": 1, "z": 2}}'.encode()) == {"o": {"é": 1, "z": 2}}


def test_the_whole_event_is_decoded_whole() -> None:
    assert partial_decoder(WHOLE) is decode


def test_without_msgspec_all_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "msgspec.json", None)
    assert partial.partial_decoder(PARTS) is decode
    assert partial.lines_decoder(PARTS)([b'{"z": 1}', b"x"]) == [{"z": 1}, None]


def test_without_any_reader_lines_are_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partial, "whole_reader", lambda: None)
    assert partial.lines_decoder()([b'{"z": 1}', b"x", b"2"]) == [{"z": 1}, None, 2]


@needs_msgspec
def test_long_numbers_that_are_asked_for_are_exact() -> None:
    """Those that are not looked at line by line: msgspec reads them as Python does."""
    numbers = ["1" * 199, "-" + "9" * 30, "0." + "1" * 150, "9" * 150 + ".5e99"]
    numbers += ["9007199254740993.0", "5e-324", "2.5e-324", "1.7976931348623157e+99"]
    lines = [f'{{"a": {each}}}'.encode() for each in numbers]
    read = partial.lines_decoder(PARTS)(lines)
    assert [repr(each) for each in read] == [repr(decode(each)) for each in lines]


# --- laws -------------------------------------------------------------------------

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**25), 10**25)
    | st.floats()
    | st.text(st.characters(), max_size=4)
)
KEYS = st.sampled_from("aokz")
EVENTS = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner),
    max_leaves=12,
)
PIECES = st.sampled_from(
    [
        *(b"[", b"]", b"{", b"}", b",", b'"', b"1e400", b"9" * 401, b"\xff"),
        *(b"\\", b" ", b"\n", b"NaN", b'"a":1,', b'"o":{"a":2},', b'"k":[],'),
        *(b'"\\u0061":3,', b'"a":"\\udc00",', b'"z":1E400,', b"\0", b"e000", b"0"),
        *(b"\\ud800", b"\xc3\xa9"),
    ]
)


@settings(max_examples=150)
@given(st.dictionaries(KEYS, EVENTS), st.booleans(), st.data())
def test_partial_and_whole_decoding_agree(
    event: dict[str, Json], is_ascii: bool, data: st.DataObject
) -> None:
    """read(partial(t)) == read(decode(t)) for texts that are JSON, or nearly so."""
    text = json.dumps(event, ensure_ascii=is_ascii).encode("utf-8", "surrogatepass")
    cut, junk = data.draw(st.integers(0, len(text))), data.draw(PIECES)
    for each in (text, text[:cut] + junk + text[cut:], text[:cut] + junk):
        assert came_of(each, is_partial=True) == came_of(each, is_partial=False)


@settings(max_examples=80)
@given(st.lists(st.dictionaries(KEYS, EVENTS), max_size=4), st.data(), st.booleans())
def test_lines_are_decoded_as_each_of_them(
    events: list[dict[str, Json]], data: st.DataObject, is_whole: bool
) -> None:
    """Whatever the other lines are."""
    lines = [json.dumps(event).encode("utf-8", "surrogatepass") for event in events]
    for _ in range(data.draw(st.integers(0, 2))):
        place = data.draw(st.integers(0, len(lines)))
        lines[place:place] = [b'{"a":1,"z":' + data.draw(PIECES) + b"}"]
    parts = WHOLE if is_whole else PARTS
    read, each = partial.lines_decoder(parts), partial_decoder(parts)
    told = [came_whole(each, line) for line in lines]
    assert [repr(value) for value in read(lines)] == told


def came_whole(decoder: Callable[[bytes], Json], line: bytes) -> str:
    """Return what is decoded, and None's text where it is refused."""
    try:
        return repr(decoder(line))
    except DecodeError:
        return "None"


@settings(max_examples=60)
@given(st.lists(st.dictionaries(KEYS, EVENTS), min_size=1, max_size=3))
def test_of_equal_keys_the_last_counts(events: list[dict[str, Json]]) -> None:
    """So it is where an object says everything twice, in any order."""
    members = [json.dumps(event)[1:-1] for event in events if event]
    text = ("{" + ", ".join(members) + "}").encode()
    assert came_of(text, is_partial=True) == came_of(text, is_partial=False)


@pytest.mark.parametrize(
    "condition",
    [
        "o.a = 1 and a = 2",
        "o.products.0.sku = 1",
        "any(o.a, item.k = 1)",
        "receivedAt > '2026-01-01T00:00:00Z'",
        "exists(o.o) or o.o.a = 1",
    ],
)
@settings(max_examples=30)
@given(event=st.dictionaries(st.sampled_from(["a", "o", "received_at"]), EVENTS))
def test_a_trigger_cannot_tell(condition: str, event: dict[str, Json]) -> None:
    """trigger(partial(t)) == trigger(decode(t)) with the parts that it reads."""
    trigger = compile_trigger(condition)
    text = json.dumps(event, allow_nan=True).encode()
    decoder = partial_decoder(parts_read([trigger.node]))
    try:
        expected = trigger(decode(text))  # type: ignore[arg-type]  # an object
    except DecodeError:
        with pytest.raises(DecodeError):
            decoder(text)
    else:
        assert trigger(decoder(text)) is expected  # type: ignore[arg-type]
