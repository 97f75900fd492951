"""The events of any number of inputs, one after the other, as one stream.

They come one by one, or as results of work that is done with blocks of lines, here or
in other processes.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, overload

import click

from fql.cli.blocks import read_blocks
from fql.cli.inputs import PATH, STDIN, Input, is_plain_file, opened
from fql.cli.lines import Event, events_in, refused
from fql.cli.stretches import AHEAD, stretches
from fql.grammar.diagnostics import FqlError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from fql.cli.blocks import Block
    from fql.cli.findings import Findings
    from fql.cli.jobs import Workers
    from fql.cli.lines import Refusal
    from fql.cli.stretches import Stretch
    from fql.cli.work import ResultT, Work, WrittenT

T = TypeVar("T")

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
        self._path = self._name = STDIN
        self.has_failed = False
        """Whether an input could not be read to its end."""
        self.is_live = False
        """Whether somebody may still be writing what is being read."""
        self.count = 0
        """How many events there were so far, where they come one by one."""
        self.rejected = 0
        """How many lines were no events so far."""

    def __iter__(self) -> Iterator[Event]:
        """Yield the events; those of a file that breaks off up to where it does."""
        return self._each(self._events)

    def _events(self, source: Input) -> Iterator[Event]:
        for block in self._blocks(source):
            for value, number in events_in(block, self._refuse):
                self.count += 1
                yield Event(value, number)

    @overload
    def results(self, work: Work[ResultT]) -> Iterator[ResultT]: ...

    @overload
    def results(
        self, work: Work[WrittenT], workers: Workers[WrittenT] | None
    ) -> Iterator[WrittenT]: ...

    def results(
        self, work: Work[Any], workers: Workers[Any] | None = None
    ) -> Iterator[Any]:
        """Yield what comes of all lines, in order; what is no event is reported.

        Args:
            work: What is done with a block of lines.
            workers: Do the same in other processes, where nobody may still be writing
                what is read.
        """
        for result in self._each(partial(self._results, work, workers)):
            for refusal in result.refusals.kept:
                self._refuse(refusal)
            unseen = result.refusals.count - len(result.refusals.kept)
            self.rejected += unseen
            self._findings.add_unseen(unseen)
            yield result

    def _results(
        self, work: Work[ResultT], workers: Workers[Any] | None, source: Input
    ) -> Iterator[ResultT]:
        if workers is None or source.is_live:
            for block in self._blocks(source):
                yield from work(block)
        elif is_plain_file(self._path):
            stretches = self._stretches(is_counted=workers.is_counted)
            lines = 0
            for result in workers.results(stretches, AHEAD):
                if not workers.is_counted:
                    result.refusals.move(lines)
                    lines += result.lines
                yield result
        else:
            yield from workers.results(self._blocks(source))

    def _each(self, read: Callable[[Input], Iterator[T]]) -> Iterator[T]:
        """Yield what *read* gives for each input; a failure ends only one."""
        for path in self._paths:
            self._path = path
            try:
                with opened(path) as source:
                    self.is_live, self._name = source.is_live, source.name
                    yield from read(source)
                    self._done += source.size or 0
            except FqlError as error:
                self.has_failed = True
                self._findings.extend(error.diagnostics)

    def _blocks(self, source: Input) -> Iterator[Block]:
        for block in read_blocks(source):
            yield block
            self._tick(self._done + source.position())

    def _stretches(self, *, is_counted: bool) -> Iterator[Stretch]:
        for stretch in stretches(self._path, is_counted=is_counted):
            yield stretch
            self._tick(self._done + stretch.start)

    def _refuse(self, refusal: Refusal) -> None:
        self.rejected += 1
        self._findings(refused(self._name, refusal))


def size_of(paths: Sequence[str]) -> int | None:
    """Return the bytes of all files together; None where one's are not known."""
    try:
        files = [Path(path) for path in paths if path != STDIN]
        is_known = bool(files) and len(files) == len(paths)
        is_known = is_known and all(file.is_file() for file in files)
        return sum(file.stat().st_size for file in files) if is_known else None
    except (OSError, ValueError):
        return None
