"""JSON texts in payloads."""

from __future__ import annotations

import pytest

from fql.compiler.missing import MISSING
from fql.compiler.payload_json import from_json, to_json


def test_what_is_missing_stays_so() -> None:
    assert to_json(MISSING) is from_json(MISSING) is MISSING


def test_numbers_of_a_text_are_exact() -> None:
    assert from_json("[12345678901234567890, 1.5]") == [12345678901234567890, 1.5]


@pytest.mark.parametrize("text", ["{", "NaN", "1e400", '{"n": [-1e999]}', "[" * 99_999])
def test_what_is_no_json_stays_as_it_is(text: str) -> None:
    assert from_json(text) == text
