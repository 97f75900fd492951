"""What every test runs under."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import settings

if TYPE_CHECKING:
    import pytest

# Where `benchmarks` is. Last, so that the installed packages come first.
sys.path.append(str(Path(__file__).resolve().parent.parent))

# Tests share the machine, so a slow example says nothing. A change must not fail for
# an example that it did not bring: runs for a change draw the same ones every time.
settings.register_profile("fql", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("fql")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="write what is shown to the golden files, for review as a diff",
    )
