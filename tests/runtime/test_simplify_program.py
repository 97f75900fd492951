"""Programs with shorter conditions."""

from __future__ import annotations

import pytest

from fql.grammar.diagnostics import FqlError
from fql.grammar.source import Source
from fql.runtime.simplify_program import simplify_program

PROGRAM = """\
source site {}

destination crm: webhook from site {
  filter "staff" when !(userId != "staff") { drop }

  filter "bots" when a = 1 or  # the first kind
    (b and b) { drop }

  mapping "Order" when (event) or event send send { id: if !!a then 1 else 2 }
}
"""


def test_conditions_of_filters_and_mappings_get_shorter() -> None:
    found = simplify_program(Source(PROGRAM))
    assert [step.rule for step in found.steps] == [
        "negated comparison",
        "repeated part",
        "repeated part",
    ]
    again = simplify_program(Source(found.text))
    assert (again.text, again.steps) == (found.text, ())
    assert 'filter "staff" when userId = "staff" { drop }' in found.text
    assert 'mapping "Order" when event send send' in found.text
    assert "# the first kind" in found.text
    assert "if !!a then" in found.text


def test_a_condition_without_a_meaning_stays() -> None:
    text = (
        'destination crm: webhook {\n  filter "a" when nope(a) or a or a { drop }\n}\n'
    )
    found = simplify_program(Source(text))
    assert (found.text, found.steps) == (text, ())


def test_a_text_with_syntax_errors_is_refused() -> None:
    with pytest.raises(FqlError):
        simplify_program(Source("destination {"))
