"""Tables of buckets, and the search for parts of texts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from fql.compiler import ir
from fql.compiler.ruleset_keys import Kind
from fql.compiler.ruleset_places import Place, TextParts, parts_pattern

if TYPE_CHECKING:
    from fql.compiler.ruleset_code import Run
    from fql.compiler.ruleset_keys import ScalarKey
    from fql.compiler.ruleset_rows import Row
    from fql.compiler.values import Json

LETTERS = st.sampled_from("ab]^-\\.*\n[é\ud83d")
PARTS = st.text(LETTERS, min_size=3, max_size=3)


class Answering:
    """A bucket that always gives one answer."""

    def __init__(self, answer: int) -> None:
        self.answer = answer

    @property
    def run(self) -> Run:
        return self._run

    def _run(self, event: Json, row: Row, out: list[int], again: list[int]) -> None:
        out.append(self.answer)


@settings(max_examples=150)
@given(st.sets(PARTS, min_size=1, max_size=8), st.text(LETTERS, max_size=20))
def test_the_pattern_finds_what_a_text_holds(parts: set[str], text: str) -> None:
    """A text is found where it holds a part, whatever characters that has."""
    found = re.search(parts_pattern(parts), text)
    assert (found is not None) == any(part in text for part in parts)


@settings(max_examples=100)
@given(st.lists(PARTS, unique=True, max_size=8), st.text(LETTERS, max_size=20))
def test_the_bucket_of_each_part_runs_once(parts: list[str], text: str) -> None:
    """Parts may overlap and repeat; parts may come and go."""
    found: TextParts[Answering] = TextParts()
    for number, part in enumerate(parts):
        found.table[part] = Answering(number)
        found.change()
        answers = sorted([bucket.answer for bucket in found.found(text)])
        expected = [at for at, each in enumerate(parts[: number + 1]) if each in text]
        assert answers == expected


def test_a_part_that_has_gone_is_passed_over() -> None:
    found: TextParts[Answering] = TextParts()
    found.table |= {"abc": Answering(1), "xyz": Answering(2)}
    found.change()
    assert sorted([bucket.answer for bucket in found.found("abcxyz")]) == [1, 2]
    del found.table["abc"]  # another thread is about to say so
    assert [bucket.answer for bucket in found.found("abcxyz")] == [2]


def test_a_place_has_a_table_for_each_kind_of_key() -> None:
    place: Place[Answering] = Place(ir.Load(ir.EVENT, ("x",)))
    keys: list[tuple[Kind, ScalarKey]] = [
        (Kind.EQUAL, "a"),
        (Kind.EQUAL, 1),
        (Kind.EQUAL, (True,)),
        (Kind.PREFIX, "ab"),
        (Kind.PART, "abc"),
    ]
    shapes = [place.shape]
    for number, (kind, key) in enumerate(keys):
        assert place.bucket(kind, key) is None
        bucket = place.put(kind, key, Answering(number))
        assert place.bucket(kind, key) is bucket
        shapes.append(place.shape)
    assert [each.answer for each in place.buckets()] == [0, 1, 2, 3, 4]
    assert len(set(shapes)) == 5  # the second scalar changes nothing
    for kind, key in keys:
        place.discard(kind, key)
    assert [*place.buckets()] == []
    assert place.shape == shapes[0]
