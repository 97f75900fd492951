"""The usual way to write a timestamp, read by the standard library."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fql.compiler.timestamps import instant
from fql.compiler.usual_times import has_shape, is_reliable, moment_of, read_usual


def test_this_interpreter_reads_the_shape_as_it_should() -> None:
    assert is_reliable()


@pytest.mark.parametrize(
    "text",
    [
        "2023-04-21T19:55:00.933Z",
        "2024-02-29T23:59:59.999Z",
        "0001-01-01T00:00:00.000Z",
    ],
)
def test_a_moment_is_its_instant(text: str) -> None:
    nanoseconds = instant(text)
    assert nanoseconds is not None
    assert has_shape(text)
    assert read_usual(text) == moment_of(nanoseconds)


@pytest.mark.parametrize(
    "text",
    [
        *("2023-04-21T19:55:00Z", "2023-04-21T19:55:00.93Z", "2023-04-21T19:55:00.933"),
        *("2023-04-21 19:55:00.933Z", "2023-04-21T19:55:00.933z", ""),
        *("2023-W16-5T19:55:00.933Z", "20230421T195500.933000Z", "x" * 24),
        *("2023-04-21T19:55:00.9+01", "2023-04-21T19:55:00,933Z"),
    ],
)
def test_other_spellings_have_another_shape(text: str) -> None:
    assert not has_shape(text)


# Mostly digits where digits belong, and now and then something else.
_MOSTLY_DIGITS = st.sampled_from("0123456789" * 3 + "-+ _:\u0661\uff11")


@given(st.lists(_MOSTLY_DIGITS, min_size=17, max_size=17))
def test_what_is_read_is_read_as_the_instant(drawn: list[str]) -> None:
    digits = iter(drawn)
    shape = "dddd-dd-ddTdd:dd:dd.dddZ"
    text = "".join([next(digits) if each == "d" else each for each in shape])
    assert has_shape(text)
    nanoseconds = instant(text)
    try:
        moment = read_usual(text)
    except ValueError:
        return
    assert nanoseconds is not None
    assert moment_of(nanoseconds) == moment


@given(st.integers(-(10**20), 10**20))
def test_a_moment_is_exact_or_there_is_none(nanoseconds: int) -> None:
    moment = moment_of(nanoseconds)
    if nanoseconds % 1_000:
        assert moment is None
    elif moment is not None:
        assert instant(moment.isoformat().replace("+00:00", "Z")) == nanoseconds
