"""Tasks and results between two processes, and the memory that both see."""

from __future__ import annotations

import copy
import multiprocessing
from collections import deque
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fql.cli.blocks import Block
from fql.cli.channel import FarEnd, Laid, Mistake, NearEnd, Shelf
from fql.cli.selecting import Selected
from fql.cli.work import Refusals

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection

ROOM = 64

STEPS = st.lists(
    st.integers(0, ROOM + 3) | st.sampled_from(["take", "tell"]),
    max_size=80,
)


def far_side(shelf: Shelf) -> Shelf:
    """Return *shelf* as the process sees it that was forked."""
    return copy.copy(shelf)


@given(STEPS)
def test_what_lies_is_whole_until_it_is_taken(steps: list[int | str]) -> None:
    """Law: each output is taken as it was laid, whatever is laid in between."""
    with closing(Shelf(ROOM)) as near:
        far = far_side(near)
        lying: deque[tuple[int, bytes]] = deque()
        for number, step in enumerate(steps):
            if step == "tell":
                far.taken = max(far.taken, near.taken)
            elif isinstance(step, int):
                output = bytes([number % 251]) * step
                start = far.lay(output)
                if start is not None:
                    lying.append((start, output))
            elif lying:
                start, output = lying.popleft()
                assert near.take(start, len(output)) == output
        for start, output in lying:
            assert near.take(start, len(output)) == output


def test_there_is_room_again_when_the_process_is_told() -> None:
    with closing(Shelf(ROOM)) as near:
        far = far_side(near)
        assert [far.lay(bytes(40)), far.lay(bytes(40))] == [0, None]
        near.take(0, 40)
        assert far.lay(bytes(40)) is None
        far.taken = near.taken
        assert far.lay(bytes(24)) == 40
        assert far.lay(bytes(40)) == ROOM
        assert far.lay(bytes(1)) is None


def test_where_nothing_lies_there_is_all_the_room() -> None:
    with closing(Shelf(ROOM)) as near:
        far = far_side(near)
        far.lay(bytes(40))
        near.take(0, 40)
        far.taken = near.taken
        assert far.lay(bytes(ROOM)) == ROOM
        assert far.lay(b"") is not None
        assert far.lay(b"x") is None


def selected(output: bytes) -> Selected:
    """Return a result."""
    return Selected(output, 1, 1, Refusals())


@pytest.fixture
def pipe() -> Iterator[tuple[Connection, Connection]]:
    """Return two connections to each other."""
    ours, theirs = multiprocessing.Pipe()
    yield ours, theirs
    ours.close()
    theirs.close()


def test_outputs_take_the_shelf_while_there_is_room(
    pipe: tuple[Connection, Connection],
) -> None:
    ours, theirs = pipe
    with closing(Shelf(ROOM)) as shelf:
        near, far = NearEnd(ours, shelf), FarEnd(theirs, far_side(shelf))
        results = [selected(b"a" * 40), selected(b""), selected(b"b" * 40)]
        for each in results:
            far.tell(each)
        assert [near.hear() for _ in results] == results
        near.give(Block(b"x", 1))
        assert far.next() == Block(b"x", 1)
        far.tell(results[0])  # the process knows now that all was taken
        assert isinstance(ours.recv(), Laid)


def test_without_a_shelf_results_are_sent_whole(
    pipe: tuple[Connection, Connection],
) -> None:
    near, far = NearEnd(pipe[0]), FarEnd(pipe[1])
    near.give(Block(b"x", 1))
    assert far.next() == Block(b"x", 1)
    told = [selected(b"a"), Mistake("ValueError"), None]
    for each in told:
        far.tell(each)
    assert [near.hear() for _ in told] == told


def test_who_leaves_is_noticed(pipe: tuple[Connection, Connection]) -> None:
    near, far = NearEnd(pipe[0], Shelf(ROOM)), FarEnd(pipe[1])
    near.close()
    with pytest.raises(EOFError):
        far.next()
