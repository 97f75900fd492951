"""The reader without recursion: it reads as the standard library does."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fql.runtime.deep_json import read_deep

DECODER = json.JSONDecoder()
PIECES = st.sampled_from(
    [
        *("[", "]", "{", "}", ":", ",", '"', '"a"', '"a":', "1", "-", ".", "e", "[1,"),
        *('{"b":', "true", "nul", "NaN", "\\", " ", "\r\n", "\t", "é", "\0", "]}"),
    ]
)


def refusal(text: str) -> tuple[str, int]:
    """Return what is wrong with *text*, and where."""
    with pytest.raises(json.JSONDecodeError) as caught:
        read_deep(text, DECODER)
    return caught.value.msg, caught.value.pos


@given(st.lists(PIECES, max_size=12).map("".join))
def test_it_reads_and_refuses_what_the_standard_library_does(text: str) -> None:
    """read_deep(t) == json.loads(t) for any text, refusals included."""
    try:
        expected = repr(DECODER.decode(text))
    except json.JSONDecodeError:
        refusal(text)
    else:
        assert repr(read_deep(text, DECODER)) == expected


@pytest.mark.parametrize(
    "text", ["", "[", "[1", "[1 2", "{1", '{"a"', '{"a":', '{"a":1', "[] 1", "x"]
)
def test_refusals_are_worded_and_placed_alike(text: str) -> None:
    with pytest.raises(json.JSONDecodeError) as caught:
        DECODER.decode(text)
    assert refusal(text) == (caught.value.msg, caught.value.pos)


def test_depth_does_not_matter() -> None:
    depth = 100_000
    value = read_deep('[{"a": ' * depth + "1" + "}]" * depth, DECODER)
    for _ in range(depth):
        assert isinstance(value, list)
        (member,) = value
        assert isinstance(member, dict)
        value = member["a"]
    assert value == 1
