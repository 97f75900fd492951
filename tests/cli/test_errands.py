"""Results come in the order of their tasks, however the processes hurry."""

from __future__ import annotations

import multiprocessing
from typing import TYPE_CHECKING, Any

import click
import pytest

from fql.cli.blocks import Block
from fql.cli.channel import Mistake, NearEnd
from fql.cli.errands import KEPT, Errands
from fql.grammar.diagnostics import Code, Diagnostic, FqlError
from fql.grammar.source import Source, Span

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection

UNREADABLE = FqlError(
    [Diagnostic(Code.BAD_EVENT_LINE, "gone", Span(0, 0), Source("", "e"))]
)


@pytest.fixture
def ends() -> Iterator[list[tuple[Connection, Connection]]]:
    """Return what leads to two processes, and their ends of it."""
    pairs = [multiprocessing.Pipe(), multiprocessing.Pipe()]
    yield pairs
    for each in pairs:
        for end in each:
            end.close()


Ends = list[tuple["Connection", "Connection"]]


def given_to(ends: Ends, count: int, ahead: int = 2) -> Errands[Any]:
    """Return errands of so many tasks."""
    errands: Errands[Any] = Errands([NearEnd(ours) for ours, _ in ends], ahead)
    for number in range(count):
        assert errands.has_room
        errands.give(Block(b"", number))
    return errands


def test_tasks_go_to_who_has_least_to_do(ends: Ends) -> None:
    errands = given_to(ends, 4)
    assert not errands.has_room
    for (_, theirs), numbers in zip(ends, ([0, 2], [1, 3]), strict=True):
        assert [theirs.recv().task.number for _ in numbers] == numbers


def test_what_is_said_early_is_kept_for_its_turn(ends: Ends) -> None:
    errands = given_to(ends, 2)
    (_, first), (_, second) = ends
    second.send("b")
    second.send(None)
    first.send("a")
    first.send(None)
    assert [errands.next() for _ in range(4)] == ["a", None, "b", None]
    assert len(errands) == 0


def test_who_is_done_gets_more_before_its_results_are_taken(ends: Ends) -> None:
    errands = given_to(ends, 2, ahead=1)
    (_, first), (_, second) = ends
    second.send("b")
    second.send(None)
    for told in ("a", "aa"):
        assert not errands.has_room
        first.send(told)
        assert errands.next() == told
    errands.give(Block(b"", 7))
    assert [second.recv().task.number for _ in range(2)] == [1, 7]


def test_only_so_much_is_kept(ends: Ends) -> None:
    errands = given_to(ends, 2)
    (_, first), (_, second) = ends
    many = 10 * KEPT
    for number in range(many):
        second.send(number)
    for _ in range(many):
        first.send("a")
        assert errands.next() == "a"
    (ours, _) = ends[1]
    assert ours.poll()  # not all of it was taken in


def test_an_error_ends_its_task_only(ends: Ends) -> None:
    errands = given_to(ends, 3)
    (_, first), (_, second) = ends
    for told in ("a", UNREADABLE, "c", None):
        first.send(told)
    for told in ("b", None):
        second.send(told)
    told_in_order = [errands.next() for _ in range(6)]
    assert [str(each) for each in told_in_order[1:2]] == [str(UNREADABLE)]
    assert [told_in_order[0], *told_in_order[2:]] == ["a", "b", None, "c", None]


def test_what_is_dropped_is_heard_to_its_end(ends: Ends) -> None:
    errands = given_to(ends, 2)
    for _, theirs in ends:
        for told in ("a", "b", None):
            theirs.send(told)
    errands.drop()
    assert len(errands) == 0
    assert not any(ours.poll() for ours, _ in ends)


def test_a_mistake_is_an_error_here(ends: Ends) -> None:
    errands = given_to(ends, 1)
    ends[0][1].send(Mistake("ValueError: x"))
    found = errands.next()
    assert isinstance(found, RuntimeError)
    assert str(found) == "ValueError: x"


def test_who_is_gone_is_missed_in_turn(ends: Ends) -> None:
    errands = given_to(ends, 2)
    (_, first), (_, second) = ends
    second.close()
    first.send("a")
    first.send(None)
    errands.give(Block(b"", 2))
    errands.give(Block(b"", 3))  # there is nobody any more to take it
    assert [errands.next() for _ in range(2)] == ["a", None]
    found = errands.next()
    assert isinstance(found, click.ClickException)
    assert "ended from outside" in found.message
