"""Lines that may match, found in blocks of lines."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fql.compiler.needles import Needle
from fql.runtime import prefilter
from fql.runtime.prefilter import LineFinder

ORDER = Needle((b'"Order"',))
CITY = Needle(("東".encode(), b"abc"))


def found(block: bytes, *needles: Needle) -> list[bytes]:
    """Return the lines that may match, of those that are to be read."""
    finder = LineFinder(needles)
    lines = [block[start:end] for start, end in finder(block)]
    return [line for line in lines if finder.may_match(line)]


def test_without_needles_every_line_may_match() -> None:
    assert LineFinder(()).may_match(b"x")
    assert found(b"a\n\nb\r\n") == [b"a", b"", b"b\r"]
    assert found(b"a\nb") == [b"a", b"b"]
    assert found(b"") == []


def test_lines_with_a_text_come_in_their_order() -> None:
    block = b'x\n{"Order"}\ny"Order""Order"\nOrder\n\n"Order"'
    assert found(block, ORDER) == [b'{"Order"}', b'y"Order""Order"', b'"Order"']


def test_every_needle_has_to_be_there() -> None:
    lines = [b'"Order"', b'"Order" abc', b"abc", '東"Order"'.encode(), b"x"] * 3
    expected = [lines[1], lines[3]] * 3
    assert found(b"\n".join(lines), ORDER, CITY) == expected
    assert found(b"\n".join(lines), CITY, ORDER) == expected


@pytest.mark.parametrize(
    ("line", "needle", "may_match"),
    [
        (rb'"\u004frder"', ORDER, True),
        (rb'"\u00c9"', ORDER, False),
        (rb'"\u6771"', ORDER, False),
        (rb'"\\ \n"', ORDER, False),
        (rb'"\u6771"', CITY, True),
        (rb'"\u0061bc"', CITY, True),
        (rb'"\/"', CITY, False),
    ],
)
def test_a_line_with_escapes_may_spell_a_needle(
    line: bytes, needle: Needle, may_match: bool
) -> None:
    block = b"x\ny\nz\n" + line + b"\nx\ny\n"
    assert found(block, needle) == [line] * may_match
    # A needle that is in most lines is looked for line by line.
    dense = b"\n".join([needle.texts[0]] * 9 + [line])
    assert found(dense, needle)[9:] == [line] * may_match


def test_where_most_lines_match_all_are_read() -> None:
    block = b'"Order"\n' * 8 + b"x\ny\n"
    read = [block[start:end] for start, end in LineFinder((ORDER,))(block)]
    assert read[8:] == [b"x", b"y"]
    assert found(block, ORDER) == read[:8]
    fewer = b'"Order"\n' * 6 + b"x\n" * 4
    assert len([*LineFinder((ORDER,))(fewer)]) == 6


def test_many_backslashes_hide_no_escape() -> None:
    many = b"\\n" * 5_000
    assert found(many + b"\n" + many, ORDER) == []
    escaped = many + rb"\u004f"
    assert found(many + b"\n" + escaped, ORDER) == [escaped]


LINES = st.lists(
    st.lists(
        st.sampled_from(
            [
                b'"Order"',
                b"abc",
                "東".encode(),
                rb"\u004f",
                rb"\u6771",
                b"\\",
                b"x",
                b"u",
            ]
        ),
        max_size=4,
    ).map(b"".join),
    max_size=8,
)


@settings(max_examples=150)
@given(LINES, st.permutations([ORDER, CITY, Needle((b"x",))]), st.integers(1, 100))
def test_a_line_is_found_for_what_is_in_it(
    lines: list[bytes], needles: list[Needle], sample: int
) -> None:
    """Neither other lines, nor what needles are compared by, nor their order decide."""
    block = b"\n".join(lines) + b"\n"
    alone = [line for line in lines if found(line + b"\n", *needles)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(prefilter, "_SAMPLE", sample)
        assert found(block, *needles) == alone
