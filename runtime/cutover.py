"""The cut-over from one destination to another at an instant, without loss or repeats.

Two filters that drop: one destination drops what was received at the instant or later,
the other what was not. The second condition is the negation of the first, not its
mirror image: an event without a readable time is no earlier than anything, and must
still be dropped by exactly one of the two.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from fql.compiler.timestamps import instant, lacks_offset
from fql.grammar import nodes
from fql.grammar.parse import parse_expression
from fql.grammar.source import Source
from fql.runtime.load import compile_filter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fql.compiler.values import Json
    from fql.runtime.copy_filters import Definition
    from fql.runtime.filters import Filter

_SECOND = 1_000_000_000
_MILLISECOND = 1_000_000
_MINUTE = 60 * _SECOND
_DATE_ONLY = len("2026-08-01")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class CutoverError(ValueError):
    """The time is none that a cut-over can be at; the text says why."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What both filters do with one event.

    Attributes:
        case: What is special about the event.
        event: The event.
        classic_drops: Whether the old destination drops it.
        actions_drops: Whether the new one does.
    """

    case: str
    event: dict[str, Json]
    classic_drops: bool
    actions_drops: bool

    @property
    def goes_to(self) -> str:
        """Where it goes: ``classic``, ``actions``, ``both`` or ``none``."""
        match self.classic_drops, self.actions_drops:
            case True, False:
                return "actions"
            case False, True:
                return "classic"
            case False, False:
                return "both"
            case _:
                return "none"


@dataclass(frozen=True, slots=True)
class Cutover:
    """A pair of filters, and the proof that one of them drops each event.

    Attributes:
        at: The instant, in UTC.
        classic: The filter for the old destination, as the public API takes it.
        actions: The filter for the new one.
        proof: Events around the instant, and odd ones.
    """

    at: str
    classic: Definition
    actions: Definition
    proof: tuple[Proof, ...]


def cutover(at: str, source: str) -> Cutover:
    """Return the filters of a cut-over.

    Args:
        at: The instant, RFC 3339 text with an offset, exact to 9 digits. Events
            received at it go to the new destination.
        source: The id of the source whose events are meant.

    Raises:
        CutoverError: *at* is no such text.
    """
    moment = _moment(at)
    text = utc_text(moment)
    condition = f"(received_at >= '{text}')"
    classic = _definition(source, condition, f"Cut-over {text}: drop from then on")
    actions = _definition(
        source, exact_opposite(condition), f"Cut-over {text}: drop until then"
    )
    proof = prove(compile_filter(classic), compile_filter(actions), moment)
    assert all(each.goes_to in {"classic", "actions"} for each in proof), "P or not P"  # noqa: S101
    return Cutover(text, classic, actions, proof)


def exact_opposite(condition: str) -> str:
    """Return the condition that each event meets if and only if it fails *condition*.

    >>> exact_opposite("(received_at >= '2026-08-01T00:00:00.000Z')")
    "!(received_at >= '2026-08-01T00:00:00.000Z')"
    """
    match parse_expression(Source(condition)).root:
        case nodes.Group():
            return f"!{condition}"
        case nodes.Everything():
            return "false"
        case _:
            return f"!({condition})"


def prove(classic: Filter, actions: Filter, moment: int) -> tuple[Proof, ...]:
    """Return what two filters do with events around *moment*, and with odd ones.

    *moment*: nanoseconds since 1970.
    """
    return tuple(
        Proof(case, event, classic(event) is None, actions(event) is None)
        for case, event in _cases(moment)
    )


def is_past(at: str, now: float) -> bool:
    """Return whether the instant *at* is before *now*, seconds since 1970."""
    return _moment(at) < now * _SECOND


def _moment(at: str) -> int:
    moment = instant(at)
    if moment is None:
        raise CutoverError(f"{at!r} is no RFC 3339 time, such as 2026-08-01T00:00:00Z")
    if len(at) == _DATE_ONLY or lacks_offset(at):
        raise CutoverError(f"{at!r} has no offset: add Z for UTC, or +02:00")
    return moment


def _definition(source: str, condition: str, title: str) -> Definition:
    return {
        "sourceId": source,
        "if": condition,
        "actions": [{"type": "DROP"}],
        "title": title,
        "enabled": True,
    }


# --- times ------------------------------------------------------------------------


def utc_text(moment: int) -> str:
    """Return *moment*, nanoseconds since 1970, as RFC 3339 text in UTC.

    With three digits of a second, as the original writes times, or all nine where
    three are not exact.

    Raises:
        CutoverError: It is outside the years 1 to 9999.
    """
    return _text(moment, "Z", digits=9 if moment % _MILLISECOND else 3)


def _text(moment: int, offset: str, *, digits: int, minutes: int = 0) -> str:
    """Return *moment* as it is written at an *offset* of so many *minutes*."""
    seconds, fraction = divmod(moment + minutes * _MINUTE, _SECOND)
    try:
        local = _EPOCH + timedelta(seconds=seconds)
    except OverflowError as error:
        raise CutoverError("the time is outside the years 1 to 9999") from error
    point = f".{fraction:09}"[: digits + 1] if digits else ""
    return local.replace(tzinfo=None).isoformat(timespec="seconds") + point + offset


def _cases(moment: int) -> Iterator[tuple[str, dict[str, Json]]]:
    """Yield events that were received around *moment*, each with what it is."""
    exact, nine = utc_text(moment), _text(moment, "Z", digits=9)
    for case, difference in (
        ("1 ms before", -_MILLISECOND),
        ("1 ns before", -1),
        ("at the instant", 0),
        ("1 ns after", 1),
        ("1 ms after", _MILLISECOND),
    ):
        yield case, {"received_at": utc_text(moment + difference)}
    ahead, behind = ("+02:00", 120), ("-05:30", -330)
    for offset, minutes in (ahead, behind):
        for case, difference in (("1 ns before", -1), ("at the instant", 0)):
            text = _text(moment + difference, offset, digits=9, minutes=minutes)
            yield f"{case}, {offset}", {"received_at": text}
    yield "nine digits", {"received_at": nine}
    yield "lower case", {"received_at": nine.lower()}
    yield "a blank for T", {"received_at": nine.replace("T", " ")}
    yield "receivedAt, 1 ns before", {"receivedAt": utc_text(moment - 1)}
    yield "receivedAt, at the instant", {"receivedAt": exact}
    yield "both names", {"received_at": exact, "receivedAt": utc_text(moment - 1)}
    yield "missing", {}
    yield "null", {"received_at": None}
    yield "malformed", {"received_at": "yesterday"}
    yield "no such day", {"received_at": "2026-02-30T00:00:00Z"}
    yield "a number", {"received_at": moment // _MILLISECOND}
    yield "a list", {"received_at": [exact]}
