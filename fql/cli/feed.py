"""The events of any number of inputs, one after the other, as one stream."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from fql.cli.inputs import PATH, STDIN, Input, opened
from fql.cli.lines import read_events
from fql.grammar.diagnostics import FqlError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from fql.cli.findings import Findings
    from fql.cli.lines import Event
    from fql.grammar.diagnostics import Diagnostic

_PACE = 512
"""Events between two looks at the progress."""

events_argument = click.argument(
    "events",
    nargs=-1,
    type=PATH,
    metavar="[EVENTS]...",
)
"""The files of events; standard input where none is named."""


class Feed:
    """The events of files in order; an input that cannot be read ends only itself.

    Args:
        paths: The files, ``-`` for standard input; that alone if there are none.
        findings: Is given what is no event, and what cannot be read.
        tick: Is told from time to time how many bytes have been read.
    """

    def __init__(
        self,
        paths: Sequence[str],
        findings: Findings,
        tick: Callable[[int], None] = lambda position: None,
    ) -> None:
        self._paths = paths or (STDIN,)
        self._findings = findings
        self._tick = tick
        self._done = 0
        self.has_failed = False
        """Whether an input could not be read to its end."""
        self.is_live = False
        """Whether somebody may still be writing what is being read."""
        self.count = 0
        """How many events there were so far."""
        self.rejected = 0
        """How many lines were no events so far."""

    def __iter__(self) -> Iterator[Event]:
        """Yield the events; those of a file that breaks off up to where it does."""
        for path in self._paths:
            try:
                with opened(path) as source:
                    yield from self._events(source)
            except FqlError as error:
                self.has_failed = True
                self._findings.extend(error.diagnostics)

    def _events(self, source: Input) -> Iterator[Event]:
        self.is_live = source.is_live
        for event in read_events(source, self._reject):
            self.count += 1
            yield event
            if not self.count % _PACE:
                self._tick(self._done + source.position())
        self._done += source.size or 0

    def _reject(self, diagnostic: Diagnostic) -> None:
        self.rejected += 1
        self._findings(diagnostic)


def size_of(paths: Sequence[str]) -> int | None:
    """Return the bytes of all files together; None where one's are not known."""
    try:
        files = [Path(path) for path in paths if path != STDIN]
        is_known = bool(files) and len(files) == len(paths)
        is_known = is_known and all(file.is_file() for file in files)
        return sum(file.stat().st_size for file in files) if is_known else None
    except (OSError, ValueError):
        return None
