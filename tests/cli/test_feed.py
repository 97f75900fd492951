"""Any number of inputs as one stream of events."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

import pytest

from fql.cli.feed import Feed, size_of
from fql.cli.findings import Findings
from fql.grammar.diagnostics import Code

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """Return the paths of two files of events."""
    paths = [tmp_path / "a.ndjson", tmp_path / "b.ndjson"]
    paths[0].write_bytes(b'{"n": 1}\n{"n": 2}\n')
    paths[1].write_bytes(b'{"n": 3}\nx\n{"n": 4}\n')
    return [str(path) for path in paths]


def numbers(feed: Feed) -> list[object]:
    """Return what the events of *feed* hold."""
    return [event.value["n"] for event in feed]


def test_files_come_in_order(files: list[str]) -> None:
    feed = Feed(files, Findings("json"))
    assert numbers(feed) == [1, 2, 3, 4]
    assert (feed.count, feed.rejected, feed.has_failed) == (4, 1, False)


def test_an_input_that_cannot_be_read_ends_only_itself(files: list[str]) -> None:
    findings = Findings("json")
    feed = Feed([files[0], "gone.ndjson", files[1]], findings)
    assert numbers(feed) == [1, 2, 3, 4]
    assert (feed.rejected, feed.has_failed) == (1, True)
    codes = [each.code for each in findings.kept]
    assert codes == [Code.FILE_UNREADABLE, Code.BAD_EVENT_LINE]


def test_without_files_standard_input_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    content = io.TextIOWrapper(io.BytesIO(b'{"n": 1}\n'))
    monkeypatch.setattr(sys, "stdin", content)
    feed = Feed((), Findings("json"))
    assert numbers(feed) == [1]
    assert feed.is_live


def test_progress_is_told_over_all_files(tmp_path: Path) -> None:
    paths = [tmp_path / "a.ndjson", tmp_path / "b.ndjson"]
    for path in paths:
        path.write_bytes(b'{"n": 1}\n' * 100_000)
    told: list[int] = []
    names = [str(path) for path in paths]
    assert len(numbers(Feed(names, Findings(), told.append))) == 200_000
    assert told == sorted(told)
    assert 0 < told[0] < told[-1] <= (size_of(names) or 0)


def test_sizes_add_up_where_all_are_known(files: list[str], tmp_path: Path) -> None:
    assert size_of(files) == 18 + 20
    for other in ("-", "gone.ndjson", str(tmp_path), "a\0b"):
        assert size_of([*files, other]) is None
    assert size_of([]) is None
