"""Who is measured over the twelve triggers beside fql, each asked in its own way.

Every entrant's answers are compared with those of the hand-written functions before
anything is timed. Where it answers otherwise, the events that it does so for are left
out, for it and for the function it is compared with.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib import metadata
from typing import TYPE_CHECKING, Any, TypeAlias

import fql
from benchmarks import original, peer_texts
from benchmarks.harness import over
from benchmarks.peers import PEERS

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from benchmarks.hand_triggers import Event
    from benchmarks.peers import Engine, Peer

Runner: TypeAlias = Callable[[Sequence[int]], Callable[[], object]]
"""Makes of the numbers of events a run over these events."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One trigger in an entrant's language.

    Attributes:
        answers: What it says of each event.
        runner: Runs it.
    """

    answers: Sequence[bool]
    runner: Runner


@dataclass(frozen=True, slots=True)
class Entrant:
    """Somebody to be measured.

    Attributes:
        name: What tables call it.
        version: Its version.
        ask: Takes the name of a trigger that is in `said`.
        said: The names of the triggers that its language can say.
        cannot: Why it cannot say the others.
        otherwise: Why it may answer otherwise; empty where there is no reason to.
        remark: What one has to know of it.
    """

    name: str
    version: str
    ask: Callable[[str], Asked]
    said: frozenset[str]
    cannot: Mapping[str, str]
    otherwise: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Missing:
    """Somebody who is not here.

    Attributes:
        name: What tables call it.
        reason: Why not.
    """

    name: str
    reason: str


@contextmanager
def entrants(sample: Sequence[Event]) -> Generator[list[Entrant | Missing]]:
    """Give everybody who is to be measured over *sample*, as long as this lasts."""
    with ExitStack() as stack:
        yield [*_originals(sample, stack), *_packages(sample)]


# --- Python packages ----------------------------------------------------------------


def _packages(sample: Sequence[Event]) -> Iterator[Entrant | Missing]:
    for peer in PEERS:
        try:
            engine, version = peer.opened(), peer.version
        except (ImportError, metadata.PackageNotFoundError):
            yield Missing(peer.name, f"{peer.package} is not installed")
            continue
        yield _package(peer, version, _asking_events(peer, engine, sample))
        if engine.is_converting:
            asking = _asking_converted(peer, engine, sample)
            converted = _package(peer, version, asking)
            yield _renamed(converted, f"{peer.name}, event converted before")


def _package(peer: Peer, version: str, ask: Callable[[str], Asked]) -> Entrant:
    said = frozenset(peer.texts)
    cannot = peer.cannot
    return Entrant(
        peer.name, version, ask, said, cannot, peer.otherwise, remark=peer.remark
    )


def _renamed(entrant: Entrant, name: str) -> Entrant:
    return Entrant(
        name, entrant.version, entrant.ask, entrant.said, {}, entrant.otherwise
    )


def _asking_events(
    peer: Peer, engine: Engine, sample: Sequence[Event]
) -> Callable[[str], Asked]:
    return lambda name: _asked(engine.of_events(peer.texts[name]), sample)


def _asking_converted(
    peer: Peer, engine: Engine, sample: Sequence[Event]
) -> Callable[[str], Asked]:
    converted = [engine.convert(event) for event in sample]
    return lambda name: _asked(engine.of_converted(peer.texts[name]), converted)


def _asked(test: Callable[[Any], bool], items: Sequence[object]) -> Asked:
    def run(at: Sequence[int]) -> Callable[[], None]:
        return over(test, [items[index] for index in at])

    return Asked([*map(test, items)], run)


# --- the original -------------------------------------------------------------------

_ORIGINALS = (
    ("the original (V8)", "subscriptions", "the original", peer_texts.ORIGINAL, str),
    (
        "the original's device rules (V8)",
        "device",
        "device rules",
        peer_texts.DEVICE,
        lambda text: json.dumps(fql.device.encode(text)),
    ),
)
"""Name, engine, language, texts, and what makes of a text what the engine reads."""

_REMARKS = {"device": "as published: parses its rule's JSON for every event"}


def _originals(
    sample: Sequence[Event], stack: ExitStack
) -> Iterator[Entrant | Missing]:
    reason = original.missing()
    if reason:
        yield from (Missing(name, reason) for name, *_ in _ORIGINALS)
        return
    running = stack.enter_context(original.started(sample))
    for name, engine, language, texts, written in _ORIGINALS:
        rules = {each: written(text) for each, text in texts.items()}
        yield Entrant(
            name,
            original.PACKAGES[engine][1],
            _asking_original(running, engine, rules),
            frozenset(rules),
            peer_texts.CANNOT[language],
            remark=_REMARKS.get(engine, "times itself; events and rules parsed before"),
        )


def _asking_original(
    running: original.Original, engine: str, rules: Mapping[str, str]
) -> Callable[[str], Asked]:
    def ask(name: str) -> Asked:
        test = running.compile(engine, rules[name])

        def run(at: Sequence[int]) -> Callable[[], int]:
            return lambda: running.time(test, at)

        return Asked(running.answers(test), run)

    return ask
