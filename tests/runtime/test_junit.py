"""Reports as JUnit XML."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree

import fql
from fql.runtime.junit import junit_xml
from tests.runtime.suite_running import run

if TYPE_CHECKING:
    from pathlib import Path

TEXT = """\
trigger: a = 1
tests:
- { name: "fine <&>", event: { a: 1 }, expect: true }
- { name: "odd \\u0000", event: { a: "\\ud800" }, expect: true }
"""


def read(text: str) -> ElementTree.Element:
    assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>\n')
    return ElementTree.fromstring(text.encode())  # noqa: S314 - our own


def test_each_test_is_a_case(tmp_path: Path) -> None:
    root = read(junit_xml(run(tmp_path, TEXT)))
    (suite,) = root
    assert suite.get("name") == str(tmp_path / "a.yaml")
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == (
        "2",
        "1",
        "0",
    )
    first, second = suite
    assert (first.get("name"), first.get("line"), len(first)) == ("fine <&>", "3", 0)
    assert second.get("name") == "odd \ufffd"
    (failure,) = second
    assert failure.get("message") == "trigger: expected match"
    assert "a is the string" in (failure.text or "")


def test_what_is_wrong_with_a_file_is_an_error(tmp_path: Path) -> None:
    root = read(junit_xml(run(tmp_path, "trigger: a\ntests: 3")))
    (suite,) = root
    ((error,),) = suite
    assert (root.get("tests"), root.get("errors")) == ("1", "1")
    assert error.get("message") == "`tests` must be a list but is 3"
    assert "a.yaml:2:8: error[FQL316]" in (error.text or "")


def test_each_file_is_a_suite(tmp_path: Path) -> None:
    run(tmp_path, TEXT)
    other = tmp_path / "b.yaml"
    other.write_text(TEXT, encoding="utf-8")
    root = read(junit_xml(fql.run_tests(tmp_path)))
    assert [suite.get("tests") for suite in root] == ["2", "2"]
    assert root.get("tests") == "4"
