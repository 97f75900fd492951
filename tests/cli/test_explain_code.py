"""``fql explain-code``: the page of a code."""

from __future__ import annotations

import pytest

from fql.grammar.codes import pages
from fql.grammar.diagnostics import Code
from tests.cli.running import fql, fql_process


@pytest.mark.parametrize("code", Code)
def test_every_code_is_explained(code: Code) -> None:
    page = pages()[code]
    ended = fql("explain-code", code)
    assert ended.code == 0
    assert ended.out.startswith(f"{code}: {page.title}\n\n{page.text}\n\nReported:\n\n")
    for line in (page.failing_note, page.failing, page.fixed):
        assert all(part in ended.out for part in line.splitlines())


@pytest.mark.parametrize("name", ["FQL204", "fql204", "204"])
def test_a_code_is_known_by_its_number(name: str) -> None:
    assert fql("explain-code", name).out.startswith("FQL204: ")


@pytest.mark.parametrize("name", ["FQL999", "2", "", "FQL", "contians"])
def test_an_unknown_code_is_wrong_use(name: str) -> None:
    ended = fql("explain-code", name)
    assert (ended.code, ended.out) == (2, "")
    assert f"there is no code {name!r}" in ended.err


def test_without_a_code_all_are_listed() -> None:
    lines = fql_process("explain-code").out.splitlines()
    assert [line.split()[0] for line in lines] == list(Code)
    assert all(line.split()[1:] for line in lines)
