"""Events aimed at a condition: its own fields, with its own values and their like."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from fql.compiler import ir
from fql.compiler.loads import event_paths
from fql.compiler.walk import nodes_of
from tests.compiler.finite import is_finite

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fql.compiler.ir import Ir
    from fql.compiler.values import Json

_CONTAINERS: tuple[Json, ...] = ([], [1], [None, {"a": 1}], {}, {"a": 2, "name": "a"})
PLAIN: tuple[Json, ...] = (None, True, False, 0, 1, "", "a", "2023-04-22", *_CONTAINERS)
_MOST = 60


def aimed_events(node: Ir) -> st.SearchStrategy[dict[str, Json]]:
    """Draw an event with what *node* reads, mostly values next to its constants."""
    spoken = [value for value in islice(_values(node), _MOST) if is_finite(value)]
    values: st.SearchStrategy[Json] = st.sampled_from([*PLAIN, *spoken])
    paths = [keys for pair in event_paths(node) for keys in pair if keys]
    if not paths:
        return st.just({})
    members = st.tuples(st.sampled_from(paths), values)
    return st.lists(members, max_size=2 * len(paths)).map(_event_of)


def _event_of(members: Sequence[tuple[tuple[str, ...], Json]]) -> dict[str, Json]:
    event: dict[str, Json] = {}
    for path, value in members:
        holder = event
        for key in path[:-1]:
            inner = holder.get(key)
            if not isinstance(inner, dict):
                inner = {}
                holder[key] = inner
            holder = inner
        holder[path[-1]] = value
    return event


def _values(node: Ir) -> Iterator[Json]:
    """Yield the constants of *node*, and values right next to them."""
    for each in nodes_of(node):
        match each:
            case ir.Constant(value):
                yield from _near(value)
            case ir.GlobTest(_, glob):
                yield from (*glob.texts, glob.pattern, glob.pattern.replace("*", "a"))
            case _:
                pass


def _near(value: Json) -> Iterator[Json]:
    yield value
    yield [value]
    yield {"a": value, "name": value}
    if isinstance(value, str):
        yield from (f"{value}a", value[:-1], value.upper(), value.lower())
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield from (value + 1, value - 1, f"{value}")
        if abs(value) < 2**53:
            yield from (value + 0.5, float(value))
    elif isinstance(value, list):
        yield from value[:3]
