"""Previews: what filters do with one event, and the conditions that decided.

The filters are run as in the pipeline, on the event as it is; whether the event would
get in at all is not asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fql.compiler.explain import line
from fql.grammar.cells import visible
from fql.grammar.diagnostics import FqlError
from fql.grammar.json_places import read_json
from fql.runtime import errors
from fql.runtime.filters import Filter, FilterChain, Order, Verdict
from fql.runtime.places import place_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fql.compiler.explain import Explanation
    from fql.grammar.source import Source
    from fql.runtime.filter_actions import Event
    from fql.runtime.filter_files import Chain


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one filter said of the event.

    Attributes:
        filter: The filter.
        explanation: Why its condition holds or does not; None where asking it failed.
    """

    filter: Filter
    explanation: Explanation | None


@dataclass(frozen=True, slots=True)
class Preview:
    """What a chain of filters did with an event.

    Attributes:
        destination: Whose filters they are, or None.
        input: The event as it came.
        verdict: What became of it, and through which filter.
        judgements: What each filter that was asked said, in the order of the file.
    """

    destination: str | None
    input: Event
    verdict: Verdict
    judgements: tuple[Judgement, ...]

    @property
    def result(self) -> Event | None:
        """The event that goes on, or None where it was dropped."""
        return self.verdict.event

    def to_dict(self) -> dict[str, object]:
        """Return the preview in the public API's shape."""
        return {"inputPayload": self.input, "result": self.result}

    def reasons(self) -> str:
        """Return which filters and which of their conditions decided, as text."""
        return "\n".join(self._reasons())

    def _reasons(self) -> Iterator[str]:
        if not self.judgements:
            yield "there is no filter"
        decider = self.verdict.filter
        for each in self.judgements:
            if decider is None or each.filter is decider:
                yield from _judgement_lines(each, self.verdict)


def _judgement_lines(judgement: Judgement, verdict: Verdict) -> Iterator[str]:
    title = f'"{visible(judgement.filter.title)}"'
    if judgement.explanation is None:
        yield f"dropped by {title}, which cannot be evaluated: {verdict.fault}"
        return
    if verdict.filter is judgement.filter:
        yield f"dropped by {title} ({verdict.action}), which matches because"
    elif judgement.explanation.matches:
        kinds = ", ".join(
            dict.fromkeys(action.kind for action in judgement.filter.actions)
        )
        yield f"{title} ({kinds}) matches because"
    else:
        yield f"{title} does not match because"
    for part in judgement.explanation.blame:
        yield f"  {line(part)}"


def preview(chain: Chain, event: Event, *, source: str | None = None) -> Preview:
    """Return what *chain* does with *event*, which is never changed.

    Filters that are not enabled take part only where the file has filters alone.

    Args:
        chain: The filters.
        event: An event as a JSON reader makes it.
        source: The source that it comes from; None for filters of any source.
    """
    written = chain.filters if chain.destination is None else chain.in_use(source)
    filters = FilterChain([each.filter for each in written], order=chain.order)
    return judge(chain.destination, filters, event)


def judge(destination: str | None, chain: FilterChain, event: Event) -> Preview:
    """Return what the compiled filters of *destination* do with *event*."""
    asked = _listed if chain.order is Order.LISTED else _staged
    judgements = tuple(asked(chain.filters, event))
    return Preview(destination, event, chain(event), judgements)


def _staged(filters: tuple[Filter, ...], event: Event) -> Iterator[Judgement]:
    """Yield what each filter says of the event as it came."""
    for each in filters:
        yield _judgement(each, event)


def _listed(filters: tuple[Filter, ...], event: Event) -> Iterator[Judgement]:
    """Yield what each filter says of what the ones before it left."""
    left: Event | None = event
    for each in filters:
        if left is None:
            return
        yield _judgement(each, left)
        left = FilterChain((each,), order=Order.LISTED)(left).event


def _judgement(each: Filter, event: Event) -> Judgement:
    try:
        return Judgement(each, each.condition.explain(event))
    except Exception:  # the verdict holds the fault, and says so
        return Judgement(each, None)


# --- events in files --------------------------------------------------------------


def event_in(source: Source) -> Event:
    """Return the one event that *source* holds.

    Raises:
        FqlError: It is no JSON object.
    """
    document = read_json(source)
    if any(each.is_error for each in document.diagnostics):
        raise FqlError(document.diagnostics)
    value = document.value
    if not isinstance(value, dict):
        raise FqlError([errors.event_not_object(place_in(document, ""))])
    return value


def payload_in(source: Source) -> Event | None:
    """Return the payload of a request to preview a filter; None for anything else."""
    if source.text.lstrip()[:1] != "{":
        return None
    value: object = read_json(source).value
    payload = value.get("payload") if isinstance(value, dict) else None
    return payload if isinstance(payload, dict) else None
