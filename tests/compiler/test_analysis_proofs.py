"""Tests of proofs that claims cannot hold together."""

from __future__ import annotations

import pytest

from fql.compiler import text_witness
from fql.compiler.analysis_proofs import Claim, Proofs
from fql.compiler.schema import Schema
from fql.compiler.trigger import compile_trigger
from fql.grammar.parse import parse_expression
from fql.grammar.source import Source


def claim(text: str) -> Claim:
    if text.startswith("not "):
        return claim(text.removeprefix("not ")).opposite
    return Claim(parse_expression(Source(text)).root, compile_trigger(text).node)


def ruled_out(
    text: str, *around: str, schema: Schema | None = None
) -> list[str] | None:
    claims = {each: claim(each) for each in around}
    reasons = Proofs(schema).ruled_out(claim(text), list(claims.values()))
    if reasons is None:
        return None
    return [each for each in around if claims[each] in reasons]


@pytest.mark.parametrize(
    ("text", "around", "reasons"),
    [
        ("a = 1", ("a > 2", "b = 1"), ["a > 2"]),
        ("a = 1", ("a = b", "b = 2"), ["a = b", "b = 2"]),
        ("a = 1", ("not a = 1", "a > 5"), ["a > 5"]),
        ("not a > 1", ("a > 2",), ["a > 2"]),
        ("length(a) < 0", ("b = 1",), []),
        ("p.a = 1", ("!exists(p)",), ["!exists(p)"]),
    ],
)
def test_a_smallest_set_of_claims_is_blamed(
    text: str, around: tuple[str, ...], reasons: list[str]
) -> None:
    assert ruled_out(text, *around) == reasons


@pytest.mark.parametrize(
    ("text", "around"),
    [
        ("a = 1", ()),
        ("a = 1", ("b = 1", "a < 2")),
        ("a = 1", ("a > 2 or b = 1",)),
        ("b = 1", ("a = 1", "a = 2")),
        ("a < 9", ("a = 1", "a = 2")),
    ],
)
def test_nothing_is_blamed_without_a_proof_about_the_claim(
    text: str, around: tuple[str, ...]
) -> None:
    assert ruled_out(text, *around) is None


def test_a_schema_ties_fields_together() -> None:
    plan = {"A": {"properties": {"x": {"type": "number", "maximum": 3}}}}
    schema = Schema.from_tracking_plan(plan)
    claims = ("properties.x > 3", 'event = "A"')
    assert ruled_out(*claims) is None
    assert ruled_out(*claims, schema=schema) == ['event = "A"']


def test_claims_that_exclude_each_other_are_not_blamed_on_another() -> None:
    schema = Schema.from_tracking_plan({"A": {}})
    assert ruled_out("b = 1", "a = 1", "a = 2", schema=schema) is None


def test_an_opposite_is_made_once() -> None:
    one = claim("a = 1")
    assert one.opposite is one.opposite
    assert (one.is_negated, one.opposite.is_negated) == (False, True)


def test_what_texts_are_searched_for_is_bounded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each of many questions about one text may be hard, but not all of them."""
    spent = 0

    class Counting(text_witness.Search):
        def run(self) -> str | text_witness.Nothing:
            nonlocal spent
            before = self.steps_left
            found = super().run()
            spent += before - self.steps_left
            return found

    monkeypatch.setattr(text_witness, "Search", Counting)
    proofs = Proofs()
    claims = [claim(f'contains(a, "{number}")') for number in range(40)]
    for each in claims:
        others = [other for other in claims if other is not each]
        assert proofs.ruled_out(each.opposite, others) is None
    assert text_witness.MAX_STEPS < spent < 4 * text_witness.MAX_STEPS
