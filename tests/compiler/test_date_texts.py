"""Texts that a datetime field takes for a date, and those that it does not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fql.compiler.date_texts import is_date, is_date_like, is_date_time, is_time


@pytest.mark.parametrize(
    "text",
    [
        "2023-04-21T19:55:00.933Z",
        "2023-04-21T19:55:00.123456789+02:00",
        "2023-04-21t19:55:00z",
        "2023-04-21 19:55:00Z",
        "2023-04-21T19:55+0200",
        "2023-04-21T24:00:00Z",
        "2023-02-30T00:00:00Z",
        "2023-04-21Z",
        "2023-04Z",
        "+002023-04-21T19:55:00Z",
        "2023-04-21T19:55:00",
        "2023-04-21 9:5",
        "2023-04-21",
        "2023/4/1",
        "20230421",
        "20230421T195500",
        "2023-04",
        "2023",
        "0",
        "-5",
        "1682106900",
        "1682106900933",
        "1682106900.5",
        "8640000000000",
        "007",
        "Apr 21, 2023",
        "21 April 2023 7:55 pm",
        "Fri, 21 Apr 2023 19:55:00 GMT",
        "Fri Apr 21 2023 19:55:00 GMT+0200 (Central European Summer Time)",
        "4/21/2023",
        "04-21-2023",
        "2023/04/21 10:00 PM",
    ],
)
def test_a_date_is_accepted(text: str) -> None:
    assert is_date_like(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "x",
        "soon",
        "not a date",
        "true",
        "https://example.com/a",
        "a@example.com",
        "u-84",
        "hat 9",
        "8640000000001",
        "99999999999999",
        "2023-13-01T00:00:00Z",
        "2023-04-21T25:00:00Z",
        "2023-04-21T19:60:00Z",
        "2023-04-21T19:55:60Z",
        "2023-04-21T19:55:00+24:00",
        "2023-04-21T19:55:00.Z",
        "2023-04-21T19:55:00 UTC",
        "-000000-04-21T19:55:00Z",
        "202\uff13-04-21",
        "1e400",
        "NaN",
        "Infinity",
        "13/21/2023",
        "Foo 21, 2023",
    ],
)
def test_what_is_no_date_is_refused(text: str) -> None:
    assert not is_date_like(text)


@given(
    st.datetimes(timezones=st.just(UTC)),
    st.sampled_from(["auto", "seconds", "minutes"]),
)
def test_every_iso_text_of_an_instant_is_accepted(
    instant: datetime, precision: str
) -> None:
    """What isoformat writes is a date, with its offset and without."""
    assert is_date_like(instant.isoformat(timespec=precision))
    assert is_date_like(instant.replace(tzinfo=None).isoformat(timespec=precision))


@given(st.dates())
def test_every_day_is_a_date(day: datetime) -> None:
    """What isoformat writes is a full-date."""
    assert is_date(day.isoformat())


@given(st.integers(0, 9999), st.integers(0, 13), st.integers(0, 32))
def test_a_date_is_a_day_of_the_calendar(year: int, month: int, day: int) -> None:
    """Exactly the days that the calendar has are dates (it begins in year 1)."""
    try:
        datetime(year or 4, month, day, tzinfo=UTC)
    except ValueError:
        exists = False
    else:
        exists = True
    assert is_date(f"{year:04}-{month:02}-{day:02}") == exists


@given(st.integers(0, 25), st.integers(0, 61), st.integers(0, 61))
def test_a_time_is_on_the_clock_or_the_leap_second(
    hour: int, minute: int, second: int
) -> None:
    """Exactly the times of a day, and 23:59:60, are times."""
    is_on_clock = hour < 24 and minute < 60 and second < 60
    text = f"{hour:02}:{minute:02}:{second:02}"
    assert is_time(text) == (is_on_clock or text == "23:59:60")
    assert is_date_time(f"2023-04-21T{text}") == is_time(text)
