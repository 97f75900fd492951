"""RFC 3339 texts against an independent reading of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fql.compiler.timestamps import instant, is_timestamp, lacks_offset

if TYPE_CHECKING:
    from fql.compiler.values import Json

SECOND = 1_000_000_000
DAY = 86_400 * SECOND
CYCLE = timedelta(days=146_097)  # 400 years
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

near_timestamps = st.from_regex(
    r"[0-9]{4}-[01][0-9]-[0-3][0-9]"
    r"([Tt ][0-2][0-9]:[0-6][0-9]:([0-5][0-9]|60)(\.[0-9]{0,10})?"
    r"(Z|z|[+-][0-2][0-9]:[0-6][0-9])?)?",
    fullmatch=True,
)
leap_seconds = st.from_regex(
    r"20[0-9]{2}-(06-30|12-31|01-15)T(23:59|15:59|22:59):60(\.[0-9]{1,9})?"
    r"(Z|-08:00|[+]05:30|-01:00|)",
    fullmatch=True,
)


def slow_instant(text: str) -> int | None:
    """Read *text* with `datetime`, which knows the calendar, part by part."""
    try:
        day = slow_date(text[:10])
        if len(text) == 10:
            return as_nanoseconds(day, text)
        if text[10] not in "Tt ":
            return None
        clock, fraction, offset = split_time(text[11:])
        hour, minute, second = map(two_digits, clock.split(":"))
        local = day.replace(hour=hour, minute=minute, second=min(second, 59))
        moment = as_nanoseconds(local.replace(tzinfo=slow_offset(offset)), text)
    except (ValueError, IndexError):
        return None
    if second == 60 and moment % DAY == DAY - SECOND:
        moment += SECOND
    elif second > 59:
        return None
    return moment + int(fraction.ljust(9, "0"))


def slow_date(text: str) -> datetime:
    """Return the day's start: in 400 for the year 0000, which datetime lacks."""
    year, month, day = text.split("-")
    if (len(year), len(month), len(day)) != (4, 2, 2):
        raise ValueError(text)
    return datetime(int(year) or 400, int(month), int(day), tzinfo=UTC)


def as_nanoseconds(moment: datetime, text: str) -> int:
    shift = CYCLE if text.startswith("0000") else timedelta(0)
    return (moment - EPOCH - shift) // timedelta(microseconds=1) * 1000


def split_time(text: str) -> tuple[str, str, str]:
    """Return clock, fraction digits and offset of ``19:55:00.933Z``."""
    clock, rest = text[:8], text[8:]
    fraction = ""
    if rest.startswith("."):
        fraction = rest[1:].rstrip("Zz").split("+")[0].split("-")[0]
        rest = rest[1 + len(fraction) :]
        if not 1 <= len(fraction) <= 9:
            raise ValueError(text)
    return clock, fraction, rest


def slow_offset(text: str) -> timezone:
    if text in {"", "Z", "z"}:
        return UTC
    hours, minutes = map(two_digits, text[1:].split(":"))
    if hours > 23 or minutes > 59:
        raise ValueError(text)
    size = timedelta(hours=hours, minutes=minutes)
    return timezone(size if text[0] == "+" else -size)


def two_digits(text: str) -> int:
    if len(text) != 2:
        raise ValueError(text)
    return int(text)


@given(near_timestamps | leap_seconds)
@example("0000-02-29")
@example("0000-01-01T00:00:00+23:59")
@example("9999-12-31T23:59:59.999999999-23:59")
@example("1900-02-29")
@example("2000-02-29T00:00:00Z")
def test_instants_are_those_of_the_calendar(text: str) -> None:
    assert instant(text) == slow_instant(text)


@given(
    st.datetimes(timezones=st.just(UTC)),
    st.integers(-1439, 1439),
    st.sampled_from("Tt "),
)
def test_every_offset_of_a_moment_is_the_same_instant(
    moment: datetime, minutes: int, middle: str
) -> None:
    try:
        local = moment.astimezone(timezone(timedelta(minutes=minutes)))
    except OverflowError:  # outside of the years that datetime knows
        return
    expected = (moment - EPOCH) // timedelta(microseconds=1) * 1000

    assert instant(local.isoformat(middle)) == expected
    assert instant(moment.isoformat(middle).replace("+00:00", "z")) == expected


@pytest.mark.parametrize(
    ("text", "nanoseconds"),
    [
        ("1970-01-01", 0),
        ("1970-01-01T00:00:00Z", 0),
        ("1969-12-31T23:59:59.999999999Z", -1),
        ("1970-01-01T00:00:00.000000001Z", 1),
        ("1970-01-01t00:00:00.1z", 100_000_000),
        ("1970-01-01 00:00:01", SECOND),
        ("1970-01-01T00:00:00-00:00", 0),
        ("1970-01-02T23:59:00+23:59", DAY),
        ("2016-12-31T23:59:60Z", 1_483_228_800 * SECOND),
        ("2016-12-31T23:59:60.25Z", 1_483_228_800 * SECOND + SECOND // 4),
        ("2016-12-31T15:59:60-08:00", 1_483_228_800 * SECOND),
        ("0000-01-01", -62_167_219_200 * SECOND),
        ("9999-12-31T23:59:59Z", 253_402_300_799 * SECOND),
    ],
)
def test_instant(text: str, nanoseconds: int) -> None:
    assert instant(text) == nanoseconds


@pytest.mark.parametrize(
    "texts",
    [
        [
            "2023-04-21T19:55:00.933Z",
            "2023-04-21T19:55:00.9330Z",
            "2023-04-21T19:55:00.933000000Z",
            "2023-04-21T21:55:00.933+02:00",
            "2023-04-21t14:25:00.933-05:30",
            "2023-04-21 19:55:00.933",
        ],
        ["2023-04-21", "2023-04-21T00:00:00Z", "2023-04-20T16:00:00-08:00"],
    ],
)
def test_spellings_of_one_instant(texts: list[str]) -> None:
    assert len({instant(text) for text in texts}) == 1
    assert all(map(is_timestamp, texts))


@pytest.mark.parametrize(
    "value",
    [
        "",
        "2023",
        "2023-04",
        "2023-04-21T",
        "2023-04-21Z",
        "2023-04-21T19:55Z",
        "2023-04-21T19:55:00.Z",
        "2023-04-21T19:55:00,5Z",
        "2023-04-21T19:55:00.1234567890Z",
        "2023-04-21T19:55:00 Z",
        "2023-04-21T19:55:00+0200",
        "2023-04-21T19:55:00+02",
        "2023-04-21T19:55:00+24:00",
        "2023-04-21T19:55:00+02:60",
        "2023-04-21T19:55:00ZZ",
        "2023-04-21T24:00:00Z",
        "2023-04-21T19:60:00Z",
        "2023-04-21T19:55:60Z",
        "2023-04-21T23:59:61Z",
        "2016-12-31T23:59:60+01:00",
        "2023-04-31",
        "2023-02-29",
        "2023-00-01",
        "2023-01-00",
        "2023-13-01",
        "20230421T195500Z",
        "2023-W16-5",
        "2023-111",
        "2023_04_21T19:55:00Z",
        "+2023-04-21",
        "-001-04-21",
        " 2023-04-21",
        "2023-04-21\n",
        "2023-04-21T19:55:00.933Z\n",
        "2023-4-21",
        "\u0662023-04-21",
        "2023-04-21T19:55:0\u0660Z",
        "2023-04-21T19:55:00.\u0660\u0660\u0660Z",
        "2023-04-21T19:55:00\ud800",
        "x" * 24,
        "9" * 100_000,
        None,
        True,
        1682106900933,
        ["2023-04-21"],
        {},
    ],
)
def test_what_is_no_timestamp(value: Json) -> None:
    assert instant(value) is None
    assert not is_timestamp(value)
    assert not lacks_offset(value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2023-04-21T19:55:00", True),
        ("2023-04-21 19:55:00.933", True),
        ("2023-04-21", False),
        ("2023-04-21T19:55:00Z", False),
        ("2023-04-21T19:55:00.933z", False),
        ("2023-04-21T19:55:00-00:00", False),
        ("2023-04-21T19:55:00.5+02:00", False),
    ],
)
def test_lacks_offset(text: str, *, expected: bool) -> None:
    assert lacks_offset(text) is expected


@given(st.text(max_size=40) | st.text("0123456789-:.TZ+ ", max_size=36))
def test_any_text_has_an_answer(text: str) -> None:
    assert is_timestamp(text) is (instant(text) is not None)
