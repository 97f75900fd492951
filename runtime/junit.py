"""Reports of tests as JUnit XML, which CI systems read.

One ``testsuite`` a file of tests; what is wrong with a file is an error in a suite of
its own. Characters that XML cannot hold are replaced.
"""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING
from xml.etree import ElementTree

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fql.grammar.diagnostics import Diagnostic
    from fql.runtime.suite_report import Report, Result

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit_xml(report: Report) -> str:
    """Return *report* as a JUnit XML document, with a line end."""
    root = ElementTree.Element("testsuites", name="fql test")
    for file, results in groupby(report.results, key=lambda each: each.file):
        _add_suite(root, file, list(results))
    for finding in report.diagnostics:
        _add_finding(root, finding)
    for key in ("tests", "failures", "errors"):
        root.set(key, str(sum(int(each.get(key, "0")) for each in root)))
    ElementTree.indent(root)
    body = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'


def _add_suite(root: ElementTree.Element, file: str, results: Iterable[Result]) -> None:
    suite = ElementTree.SubElement(root, "testsuite", name=_xml(file))
    seconds, failures, count = 0.0, 0, 0
    for result in results:
        count += 1
        seconds += result.seconds
        failures += bool(result.failures)
        _add_case(suite, result)
    suite.set("tests", str(count))
    suite.set("failures", str(failures))
    suite.set("errors", "0")
    suite.set("time", f"{seconds:.6f}")


def _add_case(suite: ElementTree.Element, result: Result) -> None:
    case = ElementTree.SubElement(
        suite,
        "testcase",
        classname=_xml(result.file),
        name=_xml(result.name),
        file=_xml(result.file),
        line=str(result.line),
        time=f"{result.seconds:.6f}",
    )
    if result.failures:
        message = "; ".join(each.message for each in result.failures)
        failure = ElementTree.SubElement(case, "failure", message=_xml(message))
        lines = [
            line
            for each in result.failures
            for line in (each.message, *(f"  {detail}" for detail in each.details))
        ]
        failure.text = _xml("\n".join(lines))


def _add_finding(root: ElementTree.Element, finding: Diagnostic) -> None:
    name = _xml(finding.source.name)
    suite = ElementTree.SubElement(
        root, "testsuite", name=name, tests="1", failures="0", errors="1"
    )
    case = ElementTree.SubElement(
        suite, "testcase", classname=name, name=str(finding.code)
    )
    error = ElementTree.SubElement(case, "error", message=_xml(finding.message))
    error.text = _xml(f"{finding}\n{finding.help}")


def _xml(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)
