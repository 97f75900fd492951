"""Blocks of whole lines, whatever pieces they are read in."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fql.cli import blocks
from fql.cli.blocks import Block, line_ends, read_blocks
from fql.cli.inputs import Input
from fql.grammar.diagnostics import FqlError


class Pieces:
    """Bytes that arrive in pieces."""

    def __init__(self, pieces: list[bytes], *, fails: bool = False) -> None:
        self._pieces = list(pieces)
        self._fails = fails

    def read1(self, limit: int, /) -> bytes:
        if self._pieces:
            return self._pieces.pop(0)
        if self._fails:
            raise EOFError
        return b""


def blocks_of(
    pieces: list[bytes], *, is_live: bool = False, fails: bool = False
) -> list[Block]:
    """Return the blocks that come of *pieces*."""
    stream = Pieces(pieces, fails=fails)
    source = Input("e", stream, None, is_live=is_live, position=lambda: 0)
    found: list[Block] = []
    try:
        found.extend(read_blocks(source))
    except FqlError:
        assert fails
    return found


def test_a_block_knows_the_number_of_its_first_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(blocks, "BLOCK", 4)
    assert blocks_of([b"a\nb\n", b"c\nd", b"d\n", b"e"]) == [
        Block(b"a\nb\n", 1, is_start=True),
        Block(b"c\ndd\n", 3),
        Block(b"e", 5),
    ]


@pytest.mark.parametrize("line", [b"", b"x", b"x" * 399, b"x" * 20_000])
@pytest.mark.parametrize("count", [0, 1, 50])
def test_line_ends_are_counted(line: bytes, count: int) -> None:
    assert line_ends((line + b"\n") * count) == count
    assert line_ends((line + b"\n") * count + line) == count


def test_what_is_live_comes_at_once_and_in_whole_lines() -> None:
    found = blocks_of([b"a\n", b"b", b"b\nc", b"\n"], is_live=True)
    assert [each.data for each in found] == [b"a\n", b"bb\n", b"c\n"]


def test_what_came_before_a_failure_is_there() -> None:
    assert [each.data for each in blocks_of([b"a\nb\nc"], fails=True)] == [b"a\nb\n"]


def expected_of(content: bytes, limit: int) -> list[tuple[bytes, int, bool]]:
    """Return the lines of *content* with their numbers; long ones are cut."""
    lines = content.split(b"\n")
    ends = [b"\n"] * (len(lines) - 1) + [b""]
    numbered = zip(lines, ends, range(1, len(lines) + 1), strict=True)
    return [
        (line[:2], number, True) if len(line) > limit else (line + end, number, False)
        for line, end, number in numbered
        if line or end
    ]


@settings(max_examples=150)
@given(st.lists(st.text("aaab\n", min_size=1, max_size=9), max_size=12), st.booleans())
def test_pieces_make_no_difference(pieces: list[str], is_live: bool) -> None:
    """Every line comes once, whole or cut, with its number."""
    content = [piece.encode() for piece in pieces]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "MAX_LINE", 20)  # no chunk is so long
        patch.setattr(blocks, "BLOCK", 6)
        patch.setattr(blocks, "SHOWN_OF_LONG_LINE", 2)
        found = blocks_of(content, is_live=is_live)
    lines = [
        (line, block.number + index, block.is_cut)
        for block in found
        for index, line in enumerate(block.data.splitlines(keepends=True))
    ]
    assert lines == expected_of(b"".join(content), 20)
    assert [block.is_start for block in found] == [True] * bool(found) + [False] * (
        len(found) - 1
    )
