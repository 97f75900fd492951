"""The page of the functions."""

from __future__ import annotations

import re
import runpy
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from fql.compiler.function_pages import (
    document,
    functions_markdown,
    payload_functions_markdown,
)
from fql.compiler.functions import FUNCTIONS
from fql.compiler.payload_functions import PAYLOAD_FUNCTIONS
from fql.compiler.signatures import Example, Function, Parameter
from fql.compiler.types import Type

if TYPE_CHECKING:
    import pytest

    from fql.compiler.values import Json

PAGE = Path(__file__).parents[2] / "docs" / "functions.md"


def initials(name: Json, separator: Json) -> Json:
    if not isinstance(name, str) or not isinstance(separator, str):
        return None
    return separator.join(word[0] for word in name.split())


INITIALS = Function(
    "initials",
    (Parameter("name", Type.STRING), Parameter("separator", Type.STRING)),
    Type.STRING | Type.NULL,
    "The first letters of the words.",
    "null",
    initials,
    (Example("initials('Ada L', '.')", "A.L"), Example("initials(1, '')", None)),
    is_extension=True,
)


def test_the_page_is_up_to_date() -> None:
    command = "python -m fql.compiler.function_pages docs/functions.md"
    assert PAGE.read_text(encoding="utf-8") == document(), f"run: {command}"


def test_every_function_has_a_section_in_the_order_of_the_tables() -> None:
    sections = re.findall(r"^### `(\w+)\(", document(), flags=re.MULTILINE)
    assert sections == [*FUNCTIONS, *PAYLOAD_FUNCTIONS]


def test_a_section_tells_all_that_a_caller_needs() -> None:
    assert functions_markdown([INITIALS]) == (
        "### `initials(name, separator)`\n\n"
        "The first letters of the words.\n\n"
        "- `name`: a string\n"
        "- `separator`: a string\n"
        "- gives a string or null\n"
        "- otherwise: null\n"
        "- an extension\n\n"
        "```fql\n"
        "initials('Ada L', '.')  # \"A.L\"\n"
        "initials(1, '')         # null\n"
        "```"
    )


def test_a_section_says_who_else_knows_the_function() -> None:
    shown = functions_markdown([FUNCTIONS["contains"]])
    assert "\n- known to the original trigger engine and filters in devices\n" in shown
    assert "known to" not in functions_markdown([FUNCTIONS["uppercase"]])


def test_a_condition_over_elements_is_called_so() -> None:
    shown = functions_markdown([FUNCTIONS["any"]])
    assert "- `condition`: a condition, in which `item` is the element\n" in shown


def test_options_of_mappings_are_shown_with_their_colon() -> None:
    shown = payload_functions_markdown([PAYLOAD_FUNCTIONS["flatten"]])
    assert shown.startswith("### `flatten(value, separator: ..., omit_arrays: ...)`\n")
    assert "\n- `separator:`: a string\n- `omit_arrays:`: a bool\n" in shown


def test_the_module_writes_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "functions.md"
    monkeypatch.setattr(sys, "argv", ["function_pages", str(page)])
    monkeypatch.delitem(sys.modules, "fql.compiler.function_pages")
    runpy.run_module("fql.compiler.function_pages", run_name="__main__")
    assert page.read_text(encoding="utf-8") == document()
