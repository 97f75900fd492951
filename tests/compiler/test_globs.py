"""Globs: the reference's answers, an independent slow matcher, and the laws."""

from __future__ import annotations

import json
import warnings
from functools import cache
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fql.compiler.globs import (
    CharacterClass,
    Glob,
    GlobKind,
    compile_glob,
    glob_match,
    is_malformed,
    read_glob,
)

SAMPLE = Path(__file__).parents[1] / "conformance" / "globs.jsonl"
ALL_CASES = Path(__file__).parents[3] / "shared" / "conformance" / "globs.jsonl"

patterns = st.text("ab-]^\\*?[é😀.", max_size=9)
classes = st.from_regex(r"\[\^?([abc]|[ab]-[bc]|\\[\]^-])+\]", fullmatch=True)
well_formed = st.lists(
    st.sampled_from(["a", "b", "é", "*", "?", "\\*", "\\]", "."]) | classes, max_size=7
).map("".join)
texts = st.text("abcé😀]^-*./\n", max_size=9)


def slow_match(pattern: str, text: str) -> bool:
    """Try everything: a star takes each possible length in turn."""
    if not is_well_formed(pattern):
        return False

    @cache
    def matches(p: int, t: int) -> bool:
        if p == len(pattern):
            return t == len(text)
        if pattern[p] == "*":
            return matches(p + 1, t) or (t < len(text) and matches(p, t + 1))
        if t == len(text):
            return False
        end = atom_end(pattern, p)
        return atom_accepts(pattern[p:end], text[t]) and matches(end, t + 1)

    return matches(0, 0)


def atom_end(pattern: str, start: int) -> int:
    """Return where the part at *start* ends; beyond the pattern if it does not."""
    if pattern[start] == "\\":
        return start + 2
    if pattern[start] != "[":
        return start + 1
    at = start + 1
    while pattern[at : at + 1] not in {"]", ""}:
        at += 2 if pattern[at] == "\\" else 1
    return at + 1


def atom_accepts(atom: str, character: str) -> bool:
    if atom == "?":
        return True
    if atom[0] != "[":
        return atom[-1] == character
    body = atom[1:-1]
    is_negated = body.startswith("^")
    members = class_members(body.removeprefix("^"))
    assert members is not None
    return any(low <= character <= high for low, high in members) is not is_negated


def class_members(body: str) -> list[tuple[str, str]] | None:
    """Return the ranges of a class's content, or None where they are malformed."""
    units = unescaped(body)
    members: list[tuple[str, str]] = []
    while units:
        low, units = units[0], units[1:]
        high = low
        if units and units[0] == ("-", False):
            if len(units) < 2:
                return None
            high, units = units[1], units[2:]
        if ("-", False) in {low, high}:
            return None
        members.append((low[0], high[0]))
    return members or None


def unescaped(body: str) -> list[tuple[str, bool]]:
    """Return each character that the content means, and whether it was escaped."""
    units: list[tuple[str, bool]] = []
    at = 0
    while at < len(body):
        is_escaped = body[at] == "\\"
        at += is_escaped
        units.append((body[at], is_escaped))
        at += 1
    return units


def is_well_formed(pattern: str) -> bool:
    at = 0
    while at < len(pattern):
        end = atom_end(pattern, at)
        if end > len(pattern):
            return False
        if pattern[at] == "[":
            body = pattern[at + 1 : end - 1].removeprefix("^")
            if class_members(body) is None:
                return False
        at = end
    return True


def cases_of(path: Path) -> list[tuple[str, str, bool]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    cases = [json.loads(line) for line in lines]
    return [(case["pattern"], case["string"], case["match"]) for case in cases]


@pytest.mark.parametrize(("pattern", "text", "expected"), cases_of(SAMPLE))
def test_reference_sample(pattern: str, text: str, *, expected: bool) -> None:
    assert glob_match(pattern, text) is expected


def test_every_reference_case() -> None:
    if not ALL_CASES.exists():
        pytest.skip("the full conformance cases are not beside this checkout")
    cases = cases_of(ALL_CASES)

    wrong = [case for case in cases if glob_match(case[0], case[1]) is not case[2]]

    assert len(cases) > 500
    assert wrong == []


@given(patterns | well_formed, texts)
@example("*a*a", "a")
@example("a*a", "a")
@example("*ab*b", "ab")
@example("*[ab]*?", "b")
@example("[^a]*[^a]", "b")
@example("[b-a]", "a")
@example("[\\\\-a]", "]")
@example("[\\\\-]", "-")
@example("[^b-a]", "a")
def test_globs_match_as_a_matcher_that_tries_everything(
    pattern: str, text: str
) -> None:
    assert glob_match(pattern, text) is slow_match(pattern, text)
    assert compile_glob(pattern)(text) is slow_match(pattern, text)
    assert is_malformed(pattern) is not is_well_formed(pattern)


@given(well_formed)
def test_these_patterns_are_globs(pattern: str) -> None:
    assert not is_malformed(pattern)


@given(st.text())
def test_an_escaped_text_matches_itself_only(text: str) -> None:
    pattern = "".join(f"\\{character}" for character in text)

    assert read_glob(pattern).kind is GlobKind.EQUAL
    assert glob_match(pattern, text)
    assert not glob_match(pattern, text + "a")


@given(st.text(), st.text(), st.text())
def test_a_star_stands_for_any_text(start: str, middle: str, end: str) -> None:
    pattern = "*".join(
        "".join(f"\\{character}" for character in part) for part in (start, end)
    )

    assert glob_match(pattern, start + middle + end)


@given(st.characters(), st.characters(), st.characters())
def test_a_class_goes_by_code_point(low: str, high: str, character: str) -> None:
    inside = low <= character <= high

    assert glob_match(f"[\\{low}-\\{high}]", character) is inside
    assert glob_match(f"[^\\{low}-\\{high}]", character) is not inside


@pytest.mark.parametrize(
    "pattern",
    ["[", "[]", "[^", "[^]", "[a", "[]a]", "[-]", "[a-]", "[-a]", "[a-b-c]", "a\\"],
)
def test_malformed_patterns_match_nothing(pattern: str) -> None:
    assert is_malformed(pattern)
    assert not glob_match(pattern, pattern)
    assert not glob_match(f"*{pattern}", "")


@pytest.mark.parametrize("pattern", ["", "]", "a]", "-", "[[]", "[a[]", "[\\]]", "[*]"])
def test_patterns_that_only_look_odd(pattern: str) -> None:
    assert not is_malformed(pattern)


@pytest.mark.parametrize(
    ("pattern", "kind", "kept"),
    [
        ("", GlobKind.EQUAL, ("",)),
        ("a\\*b", GlobKind.EQUAL, ("a*b",)),
        ("c[o]m", GlobKind.EQUAL, ("com",)),
        ("*", GlobKind.ALWAYS, ()),
        ("***", GlobKind.ALWAYS, ()),
        ("a*", GlobKind.PREFIX, ("a",)),
        ("a**", GlobKind.PREFIX, ("a",)),
        ("*[*]", GlobKind.SUFFIX, ("*",)),
        ("**a/b*", GlobKind.SUBSTRING, ("a/b",)),
        ("a*b", GlobKind.AROUND, ("a", "b")),
        ("*a*b", GlobKind.IN_ORDER, ("", "a", "b")),
        ("a*b**c*", GlobKind.IN_ORDER, ("a", "b", "c", "")),
        ("a?", GlobKind.PIECES, ()),
        ("*[a-b]", GlobKind.PIECES, ()),
        ("a[z-b]", GlobKind.NEVER, ()),
        ("[", GlobKind.MALFORMED, ()),
    ],
)
def test_the_cheapest_exact_test_is_chosen(
    pattern: str, kind: GlobKind, kept: tuple[str, ...]
) -> None:
    glob = read_glob(pattern)

    assert (glob.kind, glob.texts) == (kind, kept)


def test_a_glob_is_data() -> None:
    assert read_glob("a?*[^b-cx]") == Glob(
        "a?*[^b-cx]",
        GlobKind.PIECES,
        (),
        (
            ("a", CharacterClass((), is_negated=True)),
            (CharacterClass((("b", "c"), ("x", "x")), is_negated=True),),
        ),
    )


@pytest.mark.parametrize(
    "pattern",
    [
        "*a" * 30 + "*b",
        "a" + "*aa" * 30 + "b",
        "*[ab]a?" * 30 + "*b",
        "*?" * 300 + "b",
        "*" + "a" * 3_000 + "b*",
    ],
)
def test_patterns_that_defeat_backtracking_end(pattern: str) -> None:
    assert not glob_match(pattern, "a" * 200_000)
    assert glob_match(pattern, "a" * 200_000 + "b")


@given(st.text("&|~-[]#x \t\n", min_size=1, max_size=3))
def test_class_characters_mean_only_themselves(text: str) -> None:
    pattern = "[" + "".join(f"\\{character}" for character in text) + "x-z]"

    with warnings.catch_warnings(action="error"):
        accepted = [each for each in "&|~-[]#x \t\nyaw" if glob_match(pattern, each)]

    assert set(accepted) == set(text) | {"x", "y"}


def test_patterns_of_any_length_match() -> None:
    long = "é" * 1_000

    assert glob_match(f"{long}*", long)
    assert not glob_match(f"{long}?", long)
    assert glob_match("\ud800?", "\ud800\udfff")
