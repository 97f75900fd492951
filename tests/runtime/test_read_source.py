"""Files as texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fql.grammar.diagnostics import Code, FqlError
from fql.runtime.read_source import decode, read_source

if TYPE_CHECKING:
    from pathlib import Path


def test_a_text_keeps_its_line_ends_and_loses_its_byte_order_mark(
    tmp_path: Path,
) -> None:
    file = tmp_path / "a.fql"
    file.write_bytes("\ufeffa = 'é'\r\n".encode())
    source = read_source(file)
    assert (source.text, source.name) == ("a = 'é'\r\n", str(file))


@pytest.mark.parametrize(
    ("content", "column"),
    [
        (b"a = '\xe9'", 6),
        (b"\xef\xbb\xbfa = '\xe9'", 6),
        ("é = '".encode() + b"\xff", 6),
        (b"\xff", 1),
        (b"a = '\xe2\x82", 6),
    ],
)
def test_the_first_byte_that_is_no_utf8_is_shown(content: bytes, column: int) -> None:
    with pytest.raises(FqlError) as caught:
        decode(content, "a.fql")
    (only,) = caught.value.diagnostics
    assert only.code is Code.NOT_UTF8
    assert (only.line, only.column) == (1, column)
    assert only.source.slice(only.span) == "\ufffd"


def test_a_file_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    with pytest.raises(FqlError) as caught:
        read_source(tmp_path / "gone.fql")
    (only,) = caught.value.diagnostics
    assert only.code is Code.FILE_UNREADABLE
    assert "no such file" in only.message
    assert only.source.name == str(tmp_path / "gone.fql")
