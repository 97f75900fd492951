"""How hypothesis draws events; see `fql.testing`, which loads this only when asked.

Each function that draws imports hypothesis itself: a module has to load without what
only an extra brings.
"""

from __future__ import annotations

import math
from itertools import islice
from random import Random
from typing import TYPE_CHECKING, TypeAlias, cast

from fql.compiler import spec
from fql.compiler.closures import compile_condition, copy_json
from fql.compiler.examples import AnyOrder, laid_over
from fql.compiler.solve import Found, Impossible, solve
from fql.compiler.solve_schema import conforms
from fql.compiler.text_sets import ANY_TEXT, NO_TEXT, OneOf
from fql.compiler.text_witness import suggestions
from fql.compiler.usual_events import usual_event
from fql.compiler.usual_values import usual

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hypothesis.strategies import DrawFn, SearchStrategy

    from fql.compiler.domains import Domain
    from fql.compiler.ir import Ir
    from fql.compiler.ranges import Range
    from fql.compiler.schema import Schema
    from fql.compiler.solve_store import Place
    from fql.compiler.values import Json

    Event: TypeAlias = dict[str, Json]

_MAX_SEED = 2**16
_MAX_EXTRA = 3
_SUGGESTED = 24


def any_events(schema: Schema | None) -> SearchStrategy[Event]:
    """Return a strategy for events of all types; they conform to *schema*, if any."""
    from hypothesis import strategies as st

    @st.composite
    def draw_event(draw: DrawFn) -> Event:
        event = _drawn_usual(draw, schema)
        if schema is None:
            _loosen(event, draw)
            return event
        return event if conforms(event, schema) else {"type": "identify"}

    return draw_event()


def _drawn_usual(draw: DrawFn, schema: Schema | None, kind: Json = None) -> Event:
    """Return a usual event, of type *kind* if that is one of the spec's."""
    from hypothesis import strategies as st

    if not isinstance(kind, str) or kind not in spec.EVENT_TYPES:
        kind = draw(st.sampled_from(spec.EVENT_TYPES))
    return usual_event(kind, _random(draw), schema=schema)


def _random(draw: DrawFn) -> Random:
    """Return a source of chance that is drawn, so that failures can be run again."""
    from hypothesis import strategies as st

    return Random(draw(st.integers(0, _MAX_SEED)))  # noqa: S311 - no secrets


# --- events for a condition ---------------------------------------------------------


def events_reaching(
    goals: list[Ir], schema: Schema | None, what: str
) -> SearchStrategy[Event]:
    """Return a strategy for events for which one of *goals* holds.

    The first of them holds wherever another does. *what*: what is said of the events,
    for messages.
    """
    from hypothesis import strategies as st

    answers = [solve(goal, schema=schema) for goal in goals]
    if isinstance(answers[0], Impossible):
        raise ValueError(f"no event {what}")
    plain = {
        index: answer.event
        for index, answer in enumerate(answers)
        if isinstance(answer, Found)
    }
    if not plain:
        raise ValueError(f"found no event that {what}")
    holds = compile_condition(goals[0])

    def is_wanted(event: Event) -> bool:
        return holds(event) and (schema is None or conforms(event, schema))

    @st.composite
    def draw_event(draw: DrawFn) -> Event:
        index = draw(st.sampled_from(sorted(plain)))
        event = _drawn(goals[index], plain[index], draw, schema)
        if draw(st.booleans()):
            whole = _with_usual(event, draw, schema)
            event = whole if is_wanted(whole) else event
        return _with_extra(event, is_wanted, draw)

    return draw_event()


def _drawn(goal: Ir, plain: Event, draw: DrawFn, schema: Schema | None) -> Event:
    """Return an event for which *goal* holds; *plain* is one."""
    from hypothesis import strategies as st

    rank = AnyOrder(_random(draw)) if draw(st.booleans()) else None
    found = solve(goal, schema=schema, taste=_Drawn(draw), rank=rank)
    return found.event if isinstance(found, Found) else plain


def _with_usual(event: Event, draw: DrawFn, schema: Schema | None) -> Event:
    """Return *event* laid over a usual one. What was drawn for it stays the same."""
    usual_one = _drawn_usual(draw, schema, event.get("type"))
    return laid_over(usual_one, event)


class _Drawn:
    """Suggests values that hypothesis draws."""

    def __init__(self, draw: DrawFn) -> None:
        self._draw = draw

    def values(self, place: Place, domain: Domain) -> Iterator[Json]:
        """Yield values that may be in *domain*, then usual ones."""
        from hypothesis import strategies as st

        found: list[SearchStrategy[Json]] = [
            *_number_strategies(domain),
            *_text_strategies(domain),
        ]
        if domain.bools:
            found.append(st.sampled_from(sorted(domain.bools)))
        named = usual(place.segments)
        if named:
            found.append(st.sampled_from(named))
        if found:
            yield self._draw(st.one_of(found))
        yield from named


def _number_strategies(
    domain: Domain,
) -> Iterator[SearchStrategy[float]]:
    """Yield strategies for numbers in each range of *domain*."""
    from hypothesis import strategies as st

    for each in domain.numbers:
        low, high = _whole_bounds(each)
        if low is None or high is None or low <= high:
            yield st.integers(low, high)


def _whole_bounds(within: Range) -> tuple[int | None, int | None]:
    """Return the least and the greatest whole number in a range, as far as it ends."""
    low = high = None
    if isinstance(within.low, int | float):
        low = math.ceil(within.low)
        low += low == within.low and not within.has_low
    if isinstance(within.high, int | float):
        high = math.floor(within.high)
        high -= high == within.high and not within.has_high
    return low, high


def _text_strategies(domain: Domain) -> Iterator[SearchStrategy[str]]:
    from hypothesis import strategies as st

    texts = domain.texts
    if texts == NO_TEXT:
        return
    if isinstance(texts, OneOf):
        yield st.sampled_from(sorted(texts.words))
        return
    suggested = dict.fromkeys(islice(suggestions(texts), _SUGGESTED))
    yield st.sampled_from(list(suggested))
    if texts == ANY_TEXT:
        yield st.text(max_size=8)


# --- what conditions do not ask for -------------------------------------------------


def _members() -> SearchStrategy[dict[str, Json]]:
    """Return a strategy for members of an object that no condition reads."""
    from hypothesis import strategies as st

    plain = st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(-1e6, 1e6), st.text()
    )
    scalars = cast("SearchStrategy[Json]", plain)
    lists = cast("SearchStrategy[Json]", st.lists(scalars, max_size=2))
    values = st.one_of(scalars, lists)
    return st.dictionaries(st.text(min_size=1, max_size=6), values, max_size=_MAX_EXTRA)


def _with_extra(
    event: Event, is_wanted: Callable[[Event], bool], draw: DrawFn
) -> Event:
    """Return a copy of *event* with more members, if it stays what is wanted."""
    from hypothesis import strategies as st

    plain = cast("Event", copy_json(event))
    changed = cast("Event", copy_json(event))
    inner = [changed.get(name) for name in ("properties", "context")]
    for holder in (changed, *inner):
        if isinstance(holder, dict) and draw(st.booleans()):
            for key, value in draw(_members()).items():
                holder.setdefault(key, value)
    return changed if is_wanted(changed) else plain


def _loosen(event: Event, draw: DrawFn) -> None:
    """Take members out of *event*, and put others in."""
    from hypothesis import strategies as st

    for key in draw(st.lists(st.sampled_from(sorted(event)), max_size=3)):
        event.pop(key, None)
    event.update(draw(_members()))
    odd = draw(st.lists(st.sampled_from(sorted(event) or ["type"]), max_size=2))
    for key in odd:
        event[key] = draw(st.one_of(st.none(), st.integers(), st.text(max_size=4)))
