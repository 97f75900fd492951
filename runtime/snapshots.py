"""Payloads of earlier runs, kept beside a file of tests.

``shop.yaml`` has its snapshots in ``shop.snapshots.json``: one JSON object, a payload
by the name of its test, keys sorted, so that two runs write the same bytes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fql.compiler.missing import MISSING
from fql.compiler.values import compact_json
from fql.grammar.diagnostics import FqlError
from fql.runtime import suite_errors
from fql.runtime.codec import DecodeError, decode

if TYPE_CHECKING:
    from pathlib import Path

    from fql.compiler.missing import Missing
    from fql.compiler.values import Json


def snapshots_path(suite: Path) -> Path:
    """Return the file of the snapshots of the file of tests *suite*."""
    return suite.with_name(f"{suite.stem}.snapshots.json")


@dataclass(slots=True)
class Snapshots:
    """The snapshots of one file of tests.

    Attributes:
        path: Their file.
        kept: What the file holds.
        seen: What the tests of this run have built.
    """

    path: Path
    kept: dict[str, Json]
    seen: dict[str, Json] = field(default_factory=dict)

    def get(self, name: str) -> Json | Missing:
        """Return the payload that is kept under *name*, or missing."""
        return self.kept.get(name, MISSING)

    def get_seen(self, name: str) -> Json | Missing:
        """Return what a test of this run has built as *name*, or missing."""
        return self.seen.get(name, MISSING)

    def unused(self) -> list[str]:
        """Return the names that no test of this run has asked for."""
        return [name for name in self.kept if name not in self.seen]

    def updated(self, *, keeps_unused: bool) -> bool:
        """Write what was seen, and return whether the file changed.

        Args:
            keeps_unused: Whether what this run has not asked for stays.

        Raises:
            FqlError: The file cannot be written.
        """
        wanted = {**(self.kept if keeps_unused else {}), **self.seen}
        if _text(wanted) == _text(self.kept):
            return False
        try:
            if wanted:
                self.path.write_text(_text(wanted), encoding="utf-8", newline="\n")
            else:
                self.path.unlink()
        except OSError as error:
            raise _refused(self.path, error) from error
        return True


def read_snapshots(suite: Path) -> Snapshots:
    """Return the snapshots of a file of tests; none where there is no file of them.

    Raises:
        FqlError: The file is there and cannot be read.
    """
    path = snapshots_path(suite)
    try:
        value = decode(path.read_bytes())
    except FileNotFoundError:
        return Snapshots(path, {})
    except (OSError, DecodeError) as error:
        raise _refused(path, error) from error
    if not isinstance(value, dict):
        problem = "snapshots are a JSON object"
        raise FqlError([suite_errors.bad_snapshots(str(path), problem)])
    return Snapshots(path, value)


def _refused(path: Path, error: OSError | DecodeError) -> FqlError:
    problem = (getattr(error, "strerror", None) or str(error)).lower()
    return FqlError([suite_errors.bad_snapshots(str(path), problem)])


def _text(payloads: dict[str, Json]) -> str:
    try:
        text = json.dumps(payloads, indent=2, sort_keys=True, ensure_ascii=False)
        text.encode()
    except (RecursionError, UnicodeEncodeError):
        # Half of a surrogate pair, or nesting that only our own printer takes.
        text = compact_json(dict(sorted(payloads.items())))
    return f"{text}\n"
