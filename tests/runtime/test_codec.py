"""JSON lines: the same values and the same refusals, whatever is installed."""

from __future__ import annotations

import json
import math
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fql.runtime import codec
from fql.runtime.codec import MAX_DEPTH, DecodeError, decode, encode
from fql.runtime.decoders import FINDERS, Codec, find_msgspec, find_orjson

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fql.compiler.values import Json

MAX_DIGITS = 400


def fast_readers() -> Iterator[Callable[[bytes], Json]]:
    """Yield how each package that is installed reads."""
    for find in FINDERS:
        with suppress(ImportError):
            yield find().loads


FAST = tuple(fast_readers())


@pytest.fixture(params=["orjson", "msgspec", "plain"])
def reader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Run the test with each package that is installed, and without."""
    name: str = request.param
    found: Codec | None = None
    if name != "plain":
        pytest.importorskip(name)
        found = find_orjson() if name == "orjson" else find_msgspec()
    monkeypatch.setattr(codec, "_fast_loads", found and found.loads)
    monkeypatch.setattr(codec, "_fast_dumps", found and found.dumps)
    return name


def decoded(text: bytes) -> tuple[str, object]:
    """Return what becomes of *text*, told apart by type: ``1`` is not ``1.0``."""
    try:
        return "value", repr(decode(text))
    except DecodeError as error:
        return error.message, error.column


def each(read: Callable[[bytes], object], text: bytes) -> list[object]:
    """Return what *read* gives for *text* with each package that is installed."""
    given: list[object] = []
    for loads in (None, *FAST):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(codec, "_fast_loads", loads)
            given.append(read(text))
    return given


@pytest.mark.usefixtures("reader")
class TestDecoding:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            (b' {"a": [1, -2.5, true, null, "\xc3\xa9"]}\r\n', ...),
            (b"-0", 0),
            (b"-0.0", -0.0),
            (b"1.0", 1.0),
            (b"1e2", 100.0),
            (b"1e-400", 0.0),
            (b"9007199254740993", 2**53 + 1),
            (b"18446744073709551616", 2**64),
            (b"-12345678901234567890123", -12345678901234567890123),
            (b"0.12345678901234567890123", 0.12345678901234567890123),
            (b'"\\ud83d\\ude00"', "😀"),
            (b'"\\ud800"', "\ud800"),
            (b'"\\u0000"', "\0"),
            (b'"1234567890123456789012345"', "1234567890123456789012345"),
        ],
    )
    def test_values_are_exact(self, text: bytes, expected: object) -> None:
        if expected is ...:
            expected = {"a": [1, -2.5, True, None, "é"]}
        assert repr(decode(text)) == repr(expected)

    def test_of_two_members_of_one_name_the_last_counts(self) -> None:
        assert decode(b'{"a": 1, "b": 2, "a": 3}') == {"a": 3, "b": 2}

    def test_an_integer_may_have_as_many_digits_as_in_the_language(self) -> None:
        assert decode(b"-" + b"9" * MAX_DIGITS) == 1 - 10**MAX_DIGITS

    @pytest.mark.parametrize("digits", [MAX_DIGITS + 1, 5_000, 1_000_000])
    def test_a_longer_integer_is_refused(self, digits: int) -> None:
        text = b'{"a": -' + b"9" * digits + b"}"
        assert decoded(text) == ("a number has more than 400 digits", 7)

    @pytest.mark.parametrize("text", [b'"%b"', b'{"%b": 1}', b"0.%b"])
    def test_digits_that_are_no_integer_may_be_many(self, text: bytes) -> None:
        assert decoded(text % (b"3" * 2_000))[0] == "value"

    @pytest.mark.parametrize(
        ("text", "column"),
        [(b'["NaN", NaN]', 9), (b"-Infinity", 1), (b'{"Infinity": Infinity}', 14)],
    )
    def test_words_that_are_no_numbers_are_refused(
        self, text: bytes, column: int
    ) -> None:
        message, at = decoded(text)
        assert message.endswith(" is not JSON")
        assert at == column

    @pytest.mark.parametrize("literal", [b"1e400", b"-1e400", b"9" * 310 + b".0"])
    def test_numbers_beyond_doubles_are_refused(self, literal: bytes) -> None:
        message = "a number is larger than any that JSON readers agree on"
        assert decoded(b'["1e400", ' + literal + b"]") == (message, 11)

    @pytest.mark.parametrize(
        ("text", "message", "column"),
        [
            (b"", "this is not JSON: expecting value", 1),
            (b'{"a": }', "this is not JSON: expecting value", 7),
            (b'{"a": 1', "this is not JSON: expecting ',' delimiter", 8),
            (b"{} {}", "this is not JSON: extra data", 4),
            (b'"a\tb"', "this is not JSON: invalid control character at", 3),
            ("['é']".encode(), "this is not JSON: expecting value", 2),
            ('["é", x]'.encode(), "this is not JSON: expecting value", 7),
            (b"\xef\xbb\xbf{}", "this is not JSON: unexpected byte order mark", 1),
            (b'["\xc3\xa9", "\xff"]', "byte 9 is not UTF-8", 8),
            (b'"\xed\xa0\x80"', "byte 2 is not UTF-8", 2),
        ],
    )
    def test_what_is_not_json_is_refused_at_its_place(
        self, text: bytes, message: str, column: int
    ) -> None:
        assert decoded(text) == (message, column)

    @pytest.mark.parametrize(("opening", "closing"), [(b"[", b"]"), (b'{"a":', b"}")])
    def test_nesting_may_be_deep(self, opening: bytes, closing: bytes) -> None:
        text = opening * MAX_DEPTH + b"1" + closing * MAX_DEPTH
        value, depth = decode(text), 0
        while isinstance(value, list | dict):
            value = value[0] if isinstance(value, list) else value["a"]
            depth += 1
        assert (value, depth) == (1, MAX_DEPTH)

    @pytest.mark.parametrize("opening", [b"[", b'{"a":', b'[{"[": "]}\\""}, '])
    @pytest.mark.parametrize("depth", [MAX_DEPTH + 1, 200_000])
    def test_deeper_nesting_is_refused(self, opening: bytes, depth: int) -> None:
        message = "lists and objects nest deeper than 1,024 levels"
        assert decoded(opening * depth) == (message, None)

    def test_brackets_in_texts_and_side_by_side_do_not_nest(self) -> None:
        expected = ["[" * 5_000, *([{}] * 5_000)]
        assert decode(json.dumps(expected).encode()) == expected

    def test_a_deep_text_that_breaks_off_is_refused_at_its_end(self) -> None:
        text = b"[" * 1_000 + b"1"
        message = "this is not JSON: expecting ',' delimiter"
        assert decoded(text) == (message, len(text) + 1)

    def test_reading_works_close_to_the_bound_of_the_stack(self) -> None:
        def descend(levels: int) -> Json:
            return descend(levels - 1) if levels else decode(b"[" * 900 + b"]" * 900)

        assert isinstance(descend(sys.getrecursionlimit() // 2), list)

    @pytest.mark.parametrize(("piece", "head"), [(b'\\"', b"["), (b'"[', b"")])
    def test_refusing_is_linear(self, piece: bytes, head: bytes) -> None:
        text = head * 2_000 + b'"' + piece * 500_000
        started = time.perf_counter()
        assert decoded(text)[0] != "value"
        assert time.perf_counter() - started < 5


@pytest.mark.usefixtures("reader")
class TestEncoding:
    def test_the_text_is_compact_and_in_utf_8(self) -> None:
        assert encode({"a": [1, "é"], "b": None}) == '{"a":[1,"é"],"b":null}'.encode()

    def test_half_of_a_pair_is_escaped(self) -> None:
        assert encode({"é": "\ud800"}) == '{"é":"\\ud800"}'.encode()

    @pytest.mark.parametrize("digits", [20, 399, 5_000])
    def test_integers_are_written_in_full(self, digits: int) -> None:
        assert encode([10**digits]) == b"[1" + b"0" * digits + b"]"

    @pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
    def test_what_json_cannot_say_is_null(self, number: float) -> None:
        assert encode({"a": number}) == b'{"a":null}'

    @pytest.mark.parametrize("depth", [250, 300, 1_000, 100_000])
    def test_deep_values_are_written(self, depth: int) -> None:
        value: Json = 1
        for _ in range(depth):
            value = [value]
        assert encode(value) == b"[" * depth + b"1" + b"]" * depth


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters() | st.characters(categories=["Cs"]), max_size=5)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner)
    ),
    max_leaves=10,
)
PIECES = st.sampled_from(
    [
        *(b"[", b"]", b"{", b"}", b":", b",", b'"', b'"a"', b"1", b"-", b".", b"e"),
        *(b"0", b"9" * 19, b"true", b"nul", b"NaN", b"Infinity", b"1e400", b"\\", b" "),
        *(
            b"\\ud800",
            b"\\udc00",
            b"\\ud83d\\ude00",
            b"\\u00e9",
            b"1e16",
            b"\xc3\xa9",
            b"\xff",
            b"\xef\xbb\xbf",
            b"\n",
            b"\t",
            b"\0",
        ),
    ]
)


@given(VALUES)
def test_what_is_written_reads_back(value: Json) -> None:
    """decode(encode(v)) == v, as far as JSON tells numbers apart."""
    assert decode(encode(value)) == value


@given(st.lists(PIECES, max_size=12).map(b"".join) | st.binary(max_size=20))
def test_no_package_changes_anything(text: bytes) -> None:
    """Any bytes give the same value or the same refusal whatever is installed."""
    plain, *others = each(decoded, text)
    assert others == [plain] * len(FAST)


@given(VALUES, st.data())
def test_no_package_changes_anything_for_texts_of_values(
    value: Json, data: st.DataObject
) -> None:
    """So it is for texts that are almost JSON."""
    text = json.dumps(value).encode()
    cut = data.draw(st.integers(0, len(text)))
    junk = data.draw(PIECES)
    for changed in (text, text[:cut], text[:cut] + junk + text[cut:]):
        plain, *others = each(decoded, changed)
        assert others == [plain] * len(FAST)
