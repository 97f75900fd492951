"""Hypothesis strategies for events, for tests of programs that embed fql.

Events that a condition matches, events that it does not match, and events of any kind:
varied, simpler ones first when a test fails, and each tried before it is drawn. They
need hypothesis, which the extra ``testing`` brings.

>>> import fql
>>> from fql.testing import events_matching
>>> from hypothesis import given, settings
>>> trigger = fql.compile('type = "track" and properties.total >= 10')
>>> @settings(max_examples=20, database=None)
... @given(events_matching(trigger))
... def test_the_total_is_there(event):
...     assert event["properties"]["total"] >= 10
>>> test_the_total_is_there()
"""

from __future__ import annotations

from importlib import import_module
from itertools import islice
from typing import TYPE_CHECKING, TypeAlias

from fql.compiler.examples import near_misses
from fql.compiler.fold import negated
from fql.compiler.schema import Schema
from fql.compiler.trigger import Trigger, compile_trigger

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType

    from hypothesis.strategies import SearchStrategy

    from fql.compiler.values import Json

    SchemaLike: TypeAlias = Schema | Mapping[str, object] | None

Event: TypeAlias = "dict[str, Json]"
"""What the strategies draw."""

__all__ = ["Event", "events", "events_matching", "events_not_matching"]

_MAX_NEAR = 32
"""Parts of a condition of which each is made to fail."""


def events_matching(
    condition: str | Trigger, *, schema: SchemaLike = None
) -> SearchStrategy[Event]:
    """Return a strategy for events that *condition* matches.

    Args:
        condition: Its text, or the compiled condition.
        schema: A schema, or the JSON of a tracking plan, that the events conform to.

    Raises:
        FqlError: The text has errors.
        ImportError: hypothesis is not installed.
        ValueError: No event matches, or none was found.
    """
    drawing, known = _drawing(), _as_schema(schema)
    trigger = _as_trigger(condition, known)
    strategy: SearchStrategy[Event] = drawing.events_reaching(
        [trigger.node], known, f"matches {trigger.text!r}"
    )
    return strategy


def events_not_matching(
    condition: str | Trigger, *, schema: SchemaLike = None
) -> SearchStrategy[Event]:
    """Return a strategy for events that *condition* does not match.

    Many of them nearly do: they fail one part of it and fulfil the others. Arguments
    and errors are those of `events_matching`.
    """
    drawing, known = _drawing(), _as_schema(schema)
    trigger = _as_trigger(condition, known)
    goals = [negated(trigger.node), *islice(near_misses(trigger.node), _MAX_NEAR)]
    strategy: SearchStrategy[Event] = drawing.events_reaching(
        goals, known, f"fails to match {trigger.text!r}"
    )
    return strategy


def events(schema: SchemaLike = None) -> SearchStrategy[Event]:
    """Return a strategy for events of all types of the event spec.

    Args:
        schema: A schema, or the JSON of a tracking plan, that the events conform to.
            Without one, fields may be missing, and hold anything.

    Raises:
        ImportError: hypothesis is not installed.
    """
    strategy: SearchStrategy[Event] = _drawing().any_events(_as_schema(schema))
    return strategy


def _drawing() -> ModuleType:
    """Return the module that needs hypothesis."""
    try:
        import_module("hypothesis")
    except ImportError as error:
        message = 'fql.testing needs hypothesis: pip install "fql[testing]"'
        raise ImportError(message) from error
    return import_module("fql.drawn_events")


def _as_schema(schema: SchemaLike) -> Schema | None:
    if schema is None or isinstance(schema, Schema):
        return schema
    return Schema.from_tracking_plan(schema)


def _as_trigger(condition: str | Trigger, schema: Schema | None) -> Trigger:
    if isinstance(condition, Trigger):
        return condition
    return compile_trigger(condition, schema=schema)
