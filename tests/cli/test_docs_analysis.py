"""What the pages of schemas and analysis show is what the commands print."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cli.shown import ROOT, posix_only, printed_by, sessions

if TYPE_CHECKING:
    from pathlib import Path


@posix_only
@pytest.mark.parametrize("page", ["docs/schemas.md", "docs/analysis.md"])
def test_a_page_shows_what_is_printed(page: str, tmp_path: Path) -> None:
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    for command, expected in sessions(page):
        assert printed_by(command, folder=tmp_path) == expected, command
