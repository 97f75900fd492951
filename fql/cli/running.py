"""Events past a program, written down: the work of ``fql run``.

Messages that come twice are told apart where all of a run comes together. Work that is
done elsewhere therefore takes each for the first one and says where its outcomes are
written; `Repeats` puts that right.
"""

from __future__ import annotations

from array import array
from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, final

from fql.cli.lines import events_in
from fql.cli.summary import key_of
from fql.cli.work import ENOUGH, Refusals
from fql.runtime.codec import decode, encode
from fql.runtime.endings import repeated
from fql.runtime.outcomes import Decision
from fql.runtime.partial import lines_decoder
from fql.runtime.pipeline import Pipeline
from fql.runtime.reading import workspace_parts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fql.cli.blocks import Block
    from fql.cli.summary import Key
    from fql.compiler.values import Json
    from fql.runtime.accept import DuplicateWindow
    from fql.runtime.endings import Ending
    from fql.runtime.outcomes import Outcome
    from fql.runtime.partial import LinesDecoder
    from fql.runtime.pipeline import Way
    from fql.runtime.workspace import Workspace


class Messages(NamedTuple):
    """Messages that may have come before.

    Attributes:
        ids: Their ids.
        places: Where the outcomes of each start and end in the output, in turn.
    """

    ids: list[str]
    places: array[int]


class Outcomes(NamedTuple):
    """What became of some events.

    Attributes:
        output: The outcomes, one a line.
        counts: How many of each kind there are.
        events: How many events there were.
        lines: How many line ends were passed.
        refusals: What was no event.
        messages: Those that may have come before, if nobody has looked yet.
        missing: How many payloads were made without a row of each enrichment.
    """

    output: bytes
    counts: Counter[Key]
    events: int
    lines: int
    refusals: Refusals
    messages: Messages
    missing: Counter[str]

    def with_output(self, output: bytes) -> Outcomes:
        """Return the same with other output."""
        return self._replace(output=output)


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
        self._workspace = workspace
        self._source = source
        self._is_apart = is_apart
        self._common: dict[Ending, bytes] = {}

    def __call__(self, block: Block) -> Iterator[Outcomes]:
        """Yield what becomes of the events of *block*, in parts."""
        refusals, sheet, process = Refusals(), _Sheet(self._common), self._way
        is_apart, messages = self._is_apart, sheet.messages
        for event, number in events_in(block, refusals, self._decode):
            sheet.number, start = number, sheet.size
            message_id = process(event, sheet)
            if is_apart and message_id:
                messages.ids.append(message_id)
                messages.places.extend((start, sheet.size))
            sheet.events += 1
            if sheet.size >= ENOUGH:
                yield sheet.taken()
                messages = sheet.messages
        yield sheet.taken()._replace(lines=block.lines, refusals=refusals)

    @cached_property
    def _decode(self) -> LinesDecoder:
        return lines_decoder(workspace_parts(self._workspace))

    @cached_property
    def _way(self) -> Way:
        workspace = self._workspace
        pipeline = Pipeline(
            workspace.sources,
            workspace.destinations,
            order=workspace.order,
            window=None if self._is_apart else workspace.window,
        )
        return pipeline.way(self._source)

    def __reduce__(self) -> tuple[object, ...]:
        return _running, (self._workspace, self._source, self._is_apart)


def _running(workspace: Workspace, source: str | None, is_apart: bool) -> Running:
    return Running(workspace, source, is_apart=is_apart)


class _Sheet:
    """Writes down how events end, as lines of JSON; what many have in common, once.

    Args:
        common: What was written for each ending so far.

    Attributes:
        number: The number of the line that the event came from.
        events: How many events there were.
        size: Bytes that were written.
        messages: Those that may have come before.
    """

    def __init__(self, common: dict[Ending, bytes]) -> None:
        self._common = common
        self._message_id: str | None = None
        self._named = b""
        self.number = 0
        self._start()

    def _start(self) -> None:
        self._pieces: list[bytes] = []
        self._endings: list[Ending] = []
        self._told: list[Outcome] = []
        self.events = 0
        self.size = 0
        self.messages = Messages([], array("Q"))

    # --- what is written ---

    def end(self, ending: Ending, message_id: str | None) -> None:
        """Write how a message ended without a payload."""
        if message_id is not self._message_id:
            self._name(message_id)
        middle = self._common.get(ending) or self._middle(ending)
        piece = b'{"line":%d%b%b}\n' % (self.number, self._named, middle)
        self._endings.append(ending)
        self._pieces.append(piece)
        self.size += len(piece)

    def build(self, ending: Ending, message_id: str | None, payload: Json) -> None:
        """Write what a message became."""
        if message_id is not self._message_id:
            self._name(message_id)
        middle = self._common.get(ending) or self._middle(ending)
        parts = (self.number, self._named, middle, encode(payload))
        piece = b'{"line":%d%b%b,"payload":%b}\n' % parts
        self._endings.append(ending)
        self._pieces.append(piece)
        self.size += len(piece)

    def tell(self, outcome: Outcome) -> None:
        """Write an outcome."""
        piece = _line(outcome, self.number)
        self._told.append(outcome)
        self._pieces.append(piece)
        self.size += len(piece)

    def _middle(self, ending: Ending) -> bytes:
        """Return what stands between the message's id and the payload."""
        middle = self._common[ending] = _middle(ending.outcome)
        return middle

    def _name(self, message_id: str | None) -> None:
        """Write the id of a message, which all that becomes of it has."""
        self._message_id = message_id
        is_there = message_id is not None
        self._named = b',"messageId":' + encode(message_id) if is_there else b""

    # --- what is handed on ---

    def taken(self) -> Outcomes:
        """Return what was written, and start anew."""
        counts: Counter[Key] = Counter()
        missing: Counter[str] = Counter()
        for ending, number in Counter(self._endings).items():
            counts[key_of(ending.outcome)] += number
            for name in ending.outcome.missing_rows:
                missing[name] += number
        counts.update(map(key_of, self._told))
        output = b"".join(self._pieces)
        taken = Outcomes(
            output, counts, self.events, 0, Refusals(), self.messages, missing
        )
        self._start()
        return taken


def _line(outcome: Outcome, number: int) -> bytes:
    """Return the line of an outcome; *number* is its event's."""
    return encode({"line": number} | outcome.to_dict()) + b"\n"


def _middle(outcome: Outcome) -> bytes:
    told = outcome.to_dict()
    told.pop("payload", None)
    return b"," + encode(told)[1:-1]


# --- repeats ------------------------------------------------------------------------


@final
class Repeats:
    """Finds messages that came before in work that was done without knowing.

    Args:
        window: Knows which messages came, or None to let repeats pass. No other run
            may use it: here messages are told apart by their ids alone.
    """

    def __init__(self, window: DuplicateWindow | None) -> None:
        self._window = window

    def taken_out_of(self, done: Outcomes) -> Outcomes:
        """Return *done* with another outcome for each message that came before.

        To be called for all that was done, in the order of the events.
        """
        window, (ids, places) = self._window, done.messages
        again = [] if window is None else window.find_repeated(ids)
        if not again:
            return done
        counts, missing = done.counts.copy(), done.missing.copy()
        pieces: list[bytes] = []
        done_to = 0
        for index in again:
            start, end = places[2 * index : 2 * index + 2]
            pieces.append(done.output[done_to:start])
            lines = done.output[start:end]
            pieces.append(_corrected(ids[index], lines, counts, missing))
            done_to = end
        pieces.append(done.output[done_to:])
        output = b"".join(pieces)
        return done._replace(output=output, counts=+counts, missing=+missing)


def _corrected(
    message_id: str,
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
    outcome = repeated(message_id)
    counts[key_of(outcome)] += 1
    return _line(outcome, number)
