"""Files of tests as tests write and run them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import fql
from tests.cli.running import PROGRAM

if TYPE_CHECKING:
    from pathlib import Path

    from fql.runtime.suite_report import Report

RICH = """\
source site {}

destination crm: stdout from site {
  filter "staff" when userId = "staff" { drop }

  filter "no mail" when exists(traits.email) { drop_properties traits [email] }

  disabled filter "off" when all { drop }

  mapping "Order" when event = "Order Completed" and properties.total >= 10 send send {
    id: properties.id
    total: number(properties.total)
  }

  mapping "User" when type = "identify" or type = "group" send send {
    name: traits.name
  }

  disabled mapping "Off" when all send send { id: userId }
}

destination stats: stdout {
  mapping "Any" when all send send { id: userId }
}

disabled destination old: stdout {
  mapping "Old" when all send send { id: userId }
}
"""


def run(folder: Path, text: str, **options: Any) -> Report:
    """Run a file of tests with *text*, beside the programs shop.fql and rich.fql."""
    (folder / "shop.fql").write_text(PROGRAM, encoding="utf-8")
    (folder / "rich.fql").write_text(RICH, encoding="utf-8")
    suite = folder / "a.yaml"
    suite.write_text(text, encoding="utf-8")
    return fql.run_tests(suite, **options)


def failure(report: Report) -> str:
    """Return the one failure of the one test that failed, with its details."""
    assert report.diagnostics == ()
    (failed,) = report.failed
    (found,) = failed.failures
    return "\n".join([found.message, *found.details])


def finding(report: Report) -> str:
    """Return the one finding, with its place, and the help."""
    assert report.results == ()
    (found,) = report.diagnostics
    place = f"{found.line}:{found.column}"
    return f"{place} {found.code} {found.message} ({found.help})"
