"""The shapes of texts, and that none takes more than linear time."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fql.compiler.field_specs import Format
from fql.compiler.formats import format_test

ACCEPTED = {
    Format.DATE: ["2024-02-29", "0000-01-01", "9999-12-31"],
    Format.TIME: [
        "19:55:00Z",
        "19:55:00",
        "23:59:60z",
        "19:55:00.1+02",
        "00:00:00+9999",
    ],
    Format.DATE_TIME: [
        "2023-04-21T19:55:00.933Z",
        "2023-04-21 19:55:00",
        "2023-04-21t19:55:00+02:00",
        "2023-04-21\u00a019:55:00Z",
    ],
    Format.URI: [
        "https://a:b@example.com:80/p/a;x=1?q=/?#f/?",
        "mailto:a@b",
        "urn:x:%41",
        "x:/",
        "x://",
        "x:///a",
        "x://a@b@c/d:e",
        "http://[::1]:8/p",
        "http://u@[v1.a:b]",
    ],
    Format.URI_REFERENCE: ["", "/a/b", "//h/p", "a?b#c", '"', "?x", "#y", "//[::1]"],
    Format.URI_TEMPLATE: ["", "http://x/{a}", "{+a,b:3}{c*}", "%41", "é😀", "{%41}"],
    Format.EMAIL: ["a@b.c", "A.b+c@d--e.f1.gh", "!#$%&'*+/=?^_`{|}~-@b.c"],
    Format.HOSTNAME: ["a", "a.b-c.", "1", "a" * 63, f"{'a' * 62}." * 4 + "a"],
    Format.IPV4: ["1.2.3.4", "001.02.255.0"],
    Format.IPV6: ["::", "1::", "1:2:3:4:5:6:7::", "::ffff:1.2.3.4", "A:b:3:4:5:6:7:8"],
    Format.REGEX: ["^a+$", "\\Z", "{", "(?<a>x)\\k<a>"],
    Format.UUID: [
        "123e4567-e89b-12d3-a456-426614174000",
        "urn:uuid:123E4567-E89B-12D3-A456-426614174000",
    ],
}

REFUSED = {
    Format.DATE: [
        "",
        "2023-02-29",
        "2023-13-01",
        "2023-1-1",
        "1900-02-29",
        "2023-04-00",
    ],
    Format.TIME: ["24:00:00", "22:59:60", "19:55", "19:55:00.", "19:55:60Z", "1:1:1"],
    Format.DATE_TIME: [
        "2023-04-21",
        "2023-04-21T",
        "2023-04-21  19:55:00Z",
        "2023-04-21T19:55:00Z ",
        "2023-02-30T19:55:00Z",
    ],
    Format.URI: ["", "x:", "example.com", "//h", "http://a b", "x:a[b]", "x:%4", "é:a"],
    Format.URI_REFERENCE: ["a b", "%", "a#b#c", "[::1]", "//[::1", "//[::x]", "é"],
    Format.URI_TEMPLATE: ["{", "}", "{}", "{a:0}", "{a:10000}", "a b", "{a.b}", "%4"],
    Format.EMAIL: [
        "",
        "a",
        "a@b",
        ".a@b.c",
        "a.@b.c",
        "a@-b.c",
        "a@b-.c",
        "a@b..c",
        "\u017f@b.c",
    ],
    Format.HOSTNAME: [
        "",
        ".",
        "-a",
        "a-",
        "a..b",
        "a_b",
        "a" * 64,
        f"{'a' * 62}." * 4 + "aa",
    ],
    Format.IPV4: [
        "1.2.3",
        "1.2.3.4.5",
        "1.2.3.256",
        "1.2.3.0004",
        "\uff11.2.3.4",
        "1.2.3.",
    ],
    Format.IPV6: [
        "",
        "1::2::3",
        "12345::",
        "fe80::1%eth0",
        "1:2:3:4:5:6:7",
        ":::",
        "::01.2.3.4",
    ],
    Format.REGEX: ["(", "a**", "a\\Z"],
    Format.UUID: [
        "",
        "123e4567e89b12d3a456426614174000",
        "123e4567-e89b-12d3-a456-42661417400g",
    ],
}


def accepts(wanted: Format, text: str) -> bool:
    """Return whether *text* passes a format that has a test."""
    test = format_test(wanted)
    assert test is not None
    return test(text)


@pytest.mark.parametrize(
    ("wanted", "text"), [(each, text) for each in ACCEPTED for text in ACCEPTED[each]]
)
def test_a_text_of_the_shape_is_accepted(wanted: Format, text: str) -> None:
    assert accepts(wanted, text)


@pytest.mark.parametrize(
    ("wanted", "text"), [(each, text) for each in REFUSED for text in REFUSED[each]]
)
def test_a_text_of_another_shape_is_refused(wanted: Format, text: str) -> None:
    assert not accepts(wanted, text)


@pytest.mark.parametrize("wanted", [Format.TEXT, Format.PASSWORD])
def test_formats_that_only_a_form_shows_have_no_test(wanted: Format) -> None:
    assert format_test(wanted) is None


def test_every_format_is_tried_here() -> None:
    assert (
        ACCEPTED.keys()
        == REFUSED.keys()
        == {each for each in Format if format_test(each)}
    )


@given(
    st.sampled_from(sorted(ACCEPTED)),
    st.text("a1.:/@-%[](){}?#\\k<T+*é\ud800", max_size=20),
)
def test_any_text_is_accepted_or_refused(wanted: Format, text: str) -> None:
    """No text makes a test raise."""
    assert accepts(wanted, text) in (True, False)


PUMPED = [
    "a",
    "a.",
    "a-",
    ".",
    "1:",
    ":",
    "%41",
    "/",
    "@",
    "{a}",
    "{a,",
    "a,",
    "(",
    "[a",
    "\\k<a",
    "9",
    " ",
    "(?<a",
    "{1",
    "T1",
]
LEADS = ["", "x:", "x://", "a@", "2023-04-21T10:00:00.", "{", "[", "x://[", "(?<a>"]


@pytest.mark.parametrize("wanted", ACCEPTED)
def test_time_grows_no_faster_than_the_text(wanted: Format) -> None:
    """A long text of hardly any shape takes far less than its length squared."""
    # Where there is a step for each character, fewer of them show as much.
    length = 5_000 if wanted is Format.REGEX else 50_000
    test = format_test(wanted)
    assert test is not None
    for lead in LEADS:
        for pump in PUMPED:
            text = lead + pump * (length // len(pump)) + "\x00"
            start = time.perf_counter()
            test(text)
            assert time.perf_counter() - start < 1, (lead, pump)
