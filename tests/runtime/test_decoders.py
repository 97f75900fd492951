"""Readers of JSON: whichever is installed is found; none is needed."""

from __future__ import annotations

import sys

import pytest

from fql.runtime.decoders import (
    UndecidedError,
    find_msgspec,
    installed,
    may_differ,
)
from fql.runtime.nesting import MAX_DEPTH


def test_the_fastest_one_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("orjson")
    pytest.importorskip("msgspec")
    found = [installed()]
    for name in ("orjson", "msgspec.json"):
        monkeypatch.setitem(sys.modules, name, None)
        found.append(installed())
    assert [each and each.name for each in found] == ["orjson", "msgspec", None]


def test_what_a_reader_cannot_decide_it_leaves_to_others() -> None:
    pytest.importorskip("msgspec")
    codec = find_msgspec()
    with pytest.raises(UndecidedError):
        codec.loads(b"[" * (2 * MAX_DEPTH + 1))
    with pytest.raises(TypeError):
        codec.dumps("\ud800")


@pytest.mark.parametrize(
    ("text", "differs"),
    [(b"1" * 18, False), (b"1" * 19, True), (b'{"a": "%b"}' % (b"7" * 40), True)],
)
def test_long_numbers_may_differ(text: bytes, differs: bool) -> None:
    assert may_differ(text) is differs
