"""Events past a program, written down: the work of ``fql run``.

Messages that come twice are told apart where all of a run comes together. Work that is
done elsewhere therefore takes each for the first one and says where its outcomes are
written; `Repeats` puts that right.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, final

from fql.cli.lines import events_in
from fql.cli.summary import key_of
from fql.cli.work import Refusals
from fql.runtime.codec import decode, encode
from fql.runtime.outcomes import Decision, Stage
from fql.runtime.partial import lines_decoder
from fql.runtime.pipeline import repeated
from fql.runtime.reading import workspace_parts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fql.cli.blocks import Block
    from fql.cli.summary import Key
    from fql.runtime.accept import DuplicateWindow
    from fql.runtime.outcomes import Outcome
    from fql.runtime.partial import LinesDecoder
    from fql.runtime.workspace import Workspace

ENOUGH = 4 * 1024 * 1024
"""Bytes of output that are handed on before the block is done."""


class Written(NamedTuple):
    """Where the outcomes of a message stand in an output.

    Attributes:
        message_id: Its id.
        start: Where they start.
        end: Where they end.
    """

    message_id: str
    start: int
    end: int


class Outcomes(NamedTuple):
    """What became of some events.

    Attributes:
        output: The outcomes, one a line.
        counts: How many of each kind there are.
        events: How many events there were.
        lines: How many line ends were passed.
        refusals: What was no event.
        written: The messages that may have come before, if nobody has looked yet.
        missing: How many payloads were made without a row of each enrichment.
    """

    output: bytes
    counts: Counter[Key]
    events: int
    lines: int
    refusals: Refusals
    written: list[Written]
    missing: Counter[str]


@final
class Running:
    """A program, ready for blocks of events.

    Args:
        workspace: The program.
        source: The source that the events come from.
        is_apart: Whether others see other events of the run, so that nobody knows
            here which messages came before.
    """

    def __init__(
        self, workspace: Workspace, source: str | None, *, is_apart: bool = False
    ) -> None:
        self._workspace = replace(workspace, window=None) if is_apart else workspace
        self._source = source
        self._is_apart = is_apart
        self._writer = _Writer()

    def __call__(self, block: Block) -> Iterator[Outcomes]:
        """Yield what becomes of the events of *block*, in parts."""
        refusals, sheet = Refusals(), _Sheet(self._writer)
        process, source = self._workspace.process, self._source
        for event, number in events_in(block, refusals, self._decode):
            outcomes = process(event, source=source)
            message_id = outcomes[0].message_id
            if self._is_apart and message_id and _is_accepted(outcomes[0]):
                start = sheet.size
                sheet.add(outcomes, number)
                sheet.written.append(Written(message_id, start, sheet.size))
            else:
                sheet.add(outcomes, number)
            if sheet.size >= ENOUGH:
                yield sheet.taken()
        lines = 1 if block.is_cut else block.data.count(b"\n")
        yield sheet.taken()._replace(lines=lines, refusals=refusals)

    @cached_property
    def _decode(self) -> LinesDecoder:
        return lines_decoder(workspace_parts(self._workspace))

    def __reduce__(self) -> tuple[object, ...]:
        return _running, (self._workspace, self._source, self._is_apart)


def _running(workspace: Workspace, source: str | None, is_apart: bool) -> Running:
    return Running(workspace, source, is_apart=is_apart)


def _is_accepted(outcome: Outcome) -> bool:
    return outcome.stage is not Stage.ACCEPT


class _Sheet:
    """Outcomes that are being written."""

    def __init__(self, writer: _Writer) -> None:
        self._writer = writer
        self._start()

    def _start(self) -> None:
        self._pieces: list[bytes] = []
        self._counts: Counter[Key] = Counter()
        self._missing: Counter[str] = Counter()
        self._events = 0
        self.size = 0
        self.written: list[Written] = []

    def add(self, outcomes: Sequence[Outcome], number: int) -> None:
        """Write what became of the event on line *number*."""
        line, counts = self._writer.line, self._counts
        self._events += 1
        for outcome in outcomes:
            key, piece = line(outcome, number)
            counts[key] += 1
            if outcome.missing_rows:
                self._missing.update(outcome.missing_rows)
            self._pieces.append(piece)
            self.size += len(piece)

    def taken(self) -> Outcomes:
        """Return what was written, and start anew."""
        taken = Outcomes(
            b"".join(self._pieces),
            self._counts,
            self._events,
            0,
            Refusals(),
            self.written,
            self._missing,
        )
        self._start()
        return taken


class _Writer:
    """Writes outcomes as lines of JSON; what many have in common, it writes once."""

    def __init__(self) -> None:
        self._common: dict[tuple[object, ...], tuple[Key, bytes]] = {}
        self._message_id: str | None = None
        self._named = b""

    def line(self, outcome: Outcome, number: int) -> tuple[Key, bytes]:
        """Return what *outcome* counts as, and its line; *number* is its event's."""
        if outcome.problems or outcome.fault is not None:
            told = {"line": number} | outcome.to_dict()
            return key_of(outcome), encode(told) + b"\n"
        alike = (
            outcome.stage,
            outcome.destination,
            outcome.mapping,
            outcome.action,
            outcome.reason,
            outcome.filter,
            outcome.detail,
            outcome.decision,
            outcome.missing_rows,
        )
        common = self._common.get(alike)
        if common is None:
            common = self._common[alike] = (key_of(outcome), _middle(outcome))
        if outcome.message_id != self._message_id:
            self._name(outcome.message_id)
        key, middle = common
        if outcome.decision is Decision.BUILT:
            payload = encode(outcome.payload)
            parts = (number, self._named, middle, payload)
            return key, b'{"line":%d%b%b,"payload":%b}\n' % parts
        return key, b'{"line":%d%b%b}\n' % (number, self._named, middle)

    def _name(self, message_id: str | None) -> None:
        """Write the id of a message, which all outcomes of an event have."""
        self._message_id = message_id
        is_there = message_id is not None
        self._named = b',"messageId":' + encode(message_id) if is_there else b""


def _middle(outcome: Outcome) -> bytes:
    """Return what stands between the message's id and the payload."""
    told = replace(outcome, message_id=None).to_dict()
    told.pop("payload", None)
    return b"," + encode(told)[1:-1]


# --- repeats ------------------------------------------------------------------------


@final
class Repeats:
    """Finds messages that came before in work that was done without knowing.

    Args:
        window: Knows which messages came, or None to let repeats pass.
        source: The source that the events come from.
    """

    def __init__(self, window: DuplicateWindow | None, source: str | None) -> None:
        self._window = window
        self._source = source
        self._writer = _Writer()

    def taken_out_of(self, done: Outcomes) -> Outcomes:
        """Return *done* with another outcome for each message that came before.

        To be called for all that was done, in the order of the events.
        """
        came_before = [each for each in done.written if self._is_repeated(each)]
        if not came_before:
            return done
        counts, missing = done.counts.copy(), done.missing.copy()
        pieces: list[bytes] = []
        end = 0
        for each in came_before:
            pieces.append(done.output[end : each.start])
            end = each.end
            lines = done.output[each.start : end]
            pieces.append(self._corrected(each, lines, counts, missing))
        pieces.append(done.output[end:])
        output = b"".join(pieces)
        return done._replace(output=output, counts=+counts, missing=+missing)

    def _is_repeated(self, written: Written) -> bool:
        key = (self._source, written.message_id)
        return self._window is not None and self._window.is_repeated(key)

    def _corrected(
        self,
        written: Written,
        lines: bytes,
        counts: Counter[Key],
        missing: Counter[str],
    ) -> bytes:
        """Return the line for a repeated message; its outcomes count no longer."""
        number = 0
        for line in lines.splitlines():
            told: Any = decode(line)
            number = told["line"]
            names = [told.get(name) for name in ("destination", "mapping", "filter")]
            counts[Decision(told["decision"]), *names, told.get("reason")] -= 1
            missing.subtract(told.get("missingRows", ()))
        key, line = self._writer.line(repeated(written.message_id), number)
        counts[key] += 1
        return line
