"""What JavaScript takes for a regular expression; V8 gave these answers."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fql.compiler.js_regex import is_js_regex

TAKEN = r"""
a{,5} { } ] {1 {,1} x{1 x{1, x{a} a{0}{ x{2} x{2,} x{1}? a*? a+? a?? (?=a)* (?!a)?
(?=a){2} [\w-a] [a-\w] [] []a] [^] [\]] [--a] [a-z-9] [\d-] [\b-a] [\x41-a] [\1-a]
[\cA-a] [\0-\377] [\8-9] [\e] () (?:) | a| (?<a>x)\k<a> \k<a>(?<a>x) \k \k<b> \u{61}
\c \8 \1(a) \x4 (?<é>x) (?<$_a>x) (?<\u0061>x)\k<a> \Z \/ (?<=a)b
(?<!a)b x{3,3} x{00002,10} x{99999999999,999999999999} [😀] [a-😀] (?<a>b)(?<b>a)
"""

REFUSED = r"""
{1} a|{1} ({1}) x{2,1} x{2}{3} (?<=a)* (?<!a)+ ^* $+ \b* \B? * + ? a** a+* a*??
x{1}?? [b-a] [a--] [ [\] [\ [\c-a] [\u{1}-a] [a-\u0041] [z-\x41] [😀-😁] ( (a (?
(?<a>x)(?<a>y) (?<a>x)\k (?<a>x)\k<b> (?<a>x)[\k] (?<1>x) (?<>x) (?<a (?i:a) ) a) \
x{99999999999999999999,1} (?P<a>x) (?<\u0031>x) (?<\u{110000}>x) (?#a) (|*)
"""


@pytest.mark.parametrize("text", [*TAKEN.split(), "", "a b", "\\\n", "\n"])
def test_a_regular_expression_is_taken(text: str) -> None:
    assert is_js_regex(text)


@pytest.mark.parametrize("text", [*REFUSED.split(), "(?<a b>x)"])
def test_what_is_none_is_refused(text: str) -> None:
    assert not is_js_regex(text)


@given(st.text("()[]{}?*+|^$\\-:=!<>k12ab,\ud800é😀", max_size=30))
@example("(" * 100_000)
@example("(?<" + "a" * 5000)
def test_any_text_is_taken_or_refused(text: str) -> None:
    """No text raises; one that only lacks what closes it is refused."""
    if is_js_regex(text):
        assert not is_js_regex(text + "(")
        assert not is_js_regex(text + ")")


@given(st.text("ab()|*?[]^-\\dk", max_size=12))
def test_what_is_taken_may_stand_in_a_group(text: str) -> None:
    """x is a pattern exactly if (?:x) is."""
    assert is_js_regex(f"(?:{text})") or not is_js_regex(text)
