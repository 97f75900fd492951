"""What every match of a glob holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fql.compiler.glob_texts import needed_text
from fql.compiler.globs import Glob, GlobKind, glob_match, read_glob


@pytest.mark.parametrize(
    ("pattern", "needed"),
    [
        ("*[bB]ot/*", "ot/"),
        ("Order *", "Order "),
        ("*.example.com", ".example.com"),
        ("a*bcd*ef", "bcd"),
        ("exactly", "exactly"),
        ("[ab]?", ""),
        ("*", ""),
        ("[", ""),
        (r"\*\[x*", "*[x"),
    ],
)
def test_the_longest_literal_run_is_needed(pattern: str, needed: str) -> None:
    assert needed_text(read_glob(pattern)) == needed


def test_a_glob_without_pieces_needs_its_text() -> None:
    assert needed_text(Glob("ab", GlobKind.PREFIX, ("ab",))) == "ab"


@given(st.text("ab*?[]^-", max_size=8), st.text("ab", max_size=8))
def test_whatever_matches_holds_it(pattern: str, text: str) -> None:
    assert not glob_match(pattern, text) or needed_text(read_glob(pattern)) in text
