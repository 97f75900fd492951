"""Which kinds there are: shipped, from packages, from files."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

from fql.grammar.diagnostics import FqlError
from fql.runtime.destinations.definitions import Definition
from fql.runtime.destinations.registry import (
    DefinitionError,
    Registry,
    installed_registry,
    registry_for,
    shipped_registry,
)
from fql.runtime.workspace_parts import Destination
from tests.runtime.destinations.declaring import TICKETS

if TYPE_CHECKING:
    from pathlib import Path

MODULE = """
from pathlib import Path
from fql.destinations import Definition

class Pager(Definition):
    name = "pager"
    title = "Pager"

PAGER = Pager()
TICKETS = Path(__file__).with_name("tickets.json")
NUMBER = 7

def fails():
    raise RuntimeError("out of order")
"""
ENTRY_POINTS = """
[fql.destinations]
pager = acme_destinations:Pager
made = acme_destinations:PAGER
tickets = acme_destinations:TICKETS
number = acme_destinations:NUMBER
failing = acme_destinations:fails
gone = acme_destinations:nothing
webhook = acme_destinations:Pager
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of a package that offers kinds, as if it were installed."""
    (tmp_path / "acme_destinations.py").write_text(MODULE, encoding="utf-8")
    (tmp_path / "tickets.json").write_text(json.dumps(TICKETS), encoding="utf-8")
    information = tmp_path / "acme_destinations-1.0.dist-info"
    information.mkdir()
    (information / "METADATA").write_text("Name: acme-destinations\nVersion: 1.0\n")
    (information / "entry_points.txt").write_text(ENTRY_POINTS)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "acme_destinations", raising=False)
    return tmp_path


@pytest.mark.usefixtures("package")
def test_packages_offer_kinds() -> None:
    registry = installed_registry()
    assert {"pager", "made", "tickets", *shipped_registry()} <= set(registry)
    for name, title in (("pager", "Pager"), ("made", "Pager"), ("tickets", "Tickets")):
        found = registry.get(name)
        assert found is not None
        assert found.title == title
    webhook = registry.get("webhook")
    assert webhook is not None
    assert webhook.title == "Webhook"


@pytest.mark.usefixtures("package")
@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("number", "int is no definition"),
        ("failing", "out of order"),
        ("gone", "AttributeError"),
    ],
)
def test_a_kind_that_does_not_load_says_why(name: str, reason: str) -> None:
    with pytest.raises(DefinitionError, match=reason) as caught:
        installed_registry().get(name)
    assert caught.value.name == name


@pytest.mark.parametrize("name", sorted(shipped_registry()))
def test_shipped_kinds_are_whole(name: str) -> None:
    definition = shipped_registry().get(name)
    assert definition is not None
    assert definition.name == name
    assert definition.title
    assert definition.description
    assert definition.actions
    names = [each.name for each in definition.actions]
    assert len(set(names)) == len(names)
    for preset in definition.presets:
        assert definition.action(preset.action) is not None


def test_the_names_of_the_public_api_are_known() -> None:
    registry = shipped_registry()
    found = registry.get("actions-amplitude")
    assert found is not None
    assert found.name == "amplitude"
    assert registry.get("actions-nothing") is None
    assert "webhook" in registry
    assert "nothing" not in registry


def test_files_and_folders_declare_kinds(tmp_path: Path) -> None:
    (tmp_path / "b.json").write_text(json.dumps({**TICKETS, "name": "two"}))
    (tmp_path / "a.json").write_text(json.dumps({**TICKETS, "name": "one"}))
    (tmp_path / "notes.txt").write_text("no kind")
    registry = Registry({}).with_files(tmp_path)
    assert list(registry) == ["one", "two"]
    (only,) = Registry({}).with_files(tmp_path / "b.json")
    assert only == "two"
    with pytest.raises(FqlError):
        Registry({}).with_files(tmp_path / "notes.txt")


def test_a_destination_keeps_the_kind_that_it_was_loaded_with() -> None:
    class Own(Definition):
        name = "webhook"
        title = "Ours"

    loaded = [Destination("a", "webhook", definition=Own()), Destination("b", "slack")]
    registry = registry_for(loaded)
    found = registry.get("webhook")
    assert found is not None
    assert found.title == "Ours"
    assert "slack" in registry
