"""Lines whose events match a condition: the work of ``fql eval``."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, final

from fql.cli.lines import Refusal, groups, salvaged
from fql.cli.work import Refusals
from fql.compiler.needles import find_needles
from fql.compiler.parts import parts_read
from fql.compiler.pysource import compile_condition_source
from fql.runtime.partial import lines_decoder
from fql.runtime.prefilter import LineFinder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fql.cli.blocks import Block
    from fql.compiler.trigger import Trigger
    from fql.compiler.values import Json
    from fql.runtime.partial import LinesDecoder
    from fql.runtime.prefilter import Place


class Selected(NamedTuple):
    """The lines of a block that were asked for.

    Attributes:
        output: The lines as they were, unless they were only to be counted.
        number: How many there are.
        lines: How many line ends the block has.
        refusals: What was no event.
    """

    output: bytes
    number: int
    lines: int
    refusals: Refusals

    def with_output(self, output: bytes) -> Selected:
        """Return the same with other output."""
        return self._replace(output=output)


@final
class Selection:
    """Which lines to take.

    Args:
        trigger: The condition.
        is_inverted: Whether to take the lines that do not match.
        is_counting: Whether the lines themselves are not needed.
        is_thorough: Whether lines that cannot match are examined too.
    """

    def __init__(
        self,
        trigger: Trigger,
        *,
        is_inverted: bool = False,
        is_counting: bool = False,
        is_thorough: bool = False,
    ) -> None:
        self._trigger = trigger
        self._is_inverted = is_inverted
        self._is_counting = is_counting
        self._is_thorough = is_thorough

    def __call__(self, block: Block) -> Iterator[Selected]:
        """Yield the one result of *block*."""
        refusals = Refusals()
        if block.is_cut:
            refusals(Refusal(block.data, block.number, is_long=True))
            yield Selected(b"", 0, block.lines, refusals)
            return
        taken = list(self._taken(block, refusals))
        output = b"" if self._is_counting else b"".join(taken)
        yield Selected(output, len(taken), block.lines, refusals)

    def _taken(self, block: Block, refusals: Refusals) -> Iterator[bytes]:
        """Yield the lines to take, with their ends."""
        data, test, decode_lines = block.data, self._test, self._decode
        wanted = not self._is_inverted
        places = list(self._finder(data))
        for group in groups(places):
            lines = [data[start : end + 1] for start, end in group]
            for index, event in enumerate(decode_lines(lines)):
                if event.__class__ is not dict:
                    event = self._salvaged(block, group[index], refusals)
                    if event is None:
                        continue
                if test(event) is wanted:
                    yield lines[index]

    def _salvaged(
        self, block: Block, place: Place, refusals: Refusals
    ) -> dict[str, Json] | None:
        start, end = place
        line = block.data[start:end]
        if not self._finder.may_match(line):
            return None
        number = block.number + block.data.count(b"\n", 0, start)
        is_start = block.is_start and start == 0
        return salvaged(line, number, refusals, is_start=is_start)

    @cached_property
    def _finder(self) -> LineFinder:
        is_choosy = not (self._is_inverted or self._is_thorough)
        return LineFinder(find_needles(self._trigger.node) if is_choosy else ())

    @cached_property
    def _decode(self) -> LinesDecoder:
        return lines_decoder(parts_read([self._trigger.node]))

    @cached_property
    def _test(self) -> Callable[[Json], bool]:
        return compile_condition_source(self._trigger.node, self._trigger.text)

    def __reduce__(self) -> tuple[object, ...]:
        options = (self._is_inverted, self._is_counting, self._is_thorough)
        return _selection, (self._trigger, *options)


def _selection(trigger: Trigger, *options: bool) -> Selection:
    is_inverted, is_counting, is_thorough = options
    return Selection(
        trigger,
        is_inverted=is_inverted,
        is_counting=is_counting,
        is_thorough=is_thorough,
    )
