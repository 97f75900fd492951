"""Where cases stand: a sample in this folder, all of them beside the repository."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

SAMPLE = Path(__file__).parent
SHARED = SAMPLE.parents[2] / "shared" / "conformance"


def lines(file: Path) -> list[Any]:
    """Return the JSON of each line of *file*; skip the test where there is none."""
    if not file.exists():
        pytest.skip(f"no conformance cases at {file}")
    with file.open(encoding="utf-8") as texts:
        return [json.loads(text) for text in texts]
