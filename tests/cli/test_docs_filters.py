"""What the guides to filters and migration show is what the commands print."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.cli.shown import ROOT, posix_only, printed_by, sessions
from tests.runtime.api_server import TOKEN, ApiServer, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGES = ("docs/filters.md", "docs/migration.md")
FILTERS = ROOT / "examples" / "migration" / "filters.json"


@pytest.fixture
def server() -> Iterator[ApiServer]:
    with serving() as running:
        answer = json.loads(FILTERS.read_text(encoding="utf-8"))
        running.put("dest_classic", *answer["data"]["filters"])
        yield running


@posix_only
@pytest.mark.parametrize("page", PAGES)
def test_commands_print_what_is_shown(server: ApiServer, page: str) -> None:
    settings = {"PUBLIC_API_TOKEN": TOKEN, "PUBLIC_API_URL": server.url}
    for command, expected in sessions(page):
        assert printed_by(command, environment=settings) == expected, command


def test_every_command_for_filters_is_shown() -> None:
    shown = " ".join(session.command for page in PAGES for session in sessions(page))
    for command in ("preview", "export device", "migrate copy", "migrate cutover"):
        assert f"fql {command}" in shown
    assert "fql migrate verify" in shown
