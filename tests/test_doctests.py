"""The examples in docstrings and documents give what they say.

Modules are imported by their names rather than collected by path: the floors lie
behind links, and one file must not be loaded as two modules.
"""

from __future__ import annotations

import doctest
import importlib
import pkgutil
from pathlib import Path

import pytest

import fql

ROOT = Path(__file__).resolve().parent.parent
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE

MODULES = [
    "fql",
    *(
        module.name
        for module in pkgutil.walk_packages(fql.__path__, "fql.")
        if not module.name.endswith(".__main__")  # importing it would run it
    ),
]
DOCUMENTS = [
    document
    for document in (*sorted(ROOT.glob("*.md")), *sorted(ROOT.glob("docs/**/*.md")))
    if ">>> " in document.read_text(encoding="utf-8")
]


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_a_module_hold(name: str) -> None:
    module = importlib.import_module(name)
    assert doctest.testmod(module, optionflags=FLAGS).failed == 0


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_examples_in_a_document_hold(
    document: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    failed, attempted = doctest.testfile(
        str(document), module_relative=False, optionflags=FLAGS, encoding="utf-8"
    )
    assert attempted
    assert failed == 0


def test_modules_of_every_floor_are_looked_at() -> None:
    floors = {".".join(name.split(".")[:2]) for name in MODULES}
    assert {"fql.cli", "fql.compiler", "fql.grammar", "fql.runtime"} <= floors
