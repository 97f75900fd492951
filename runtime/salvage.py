"""What can still be read of JSON that does not fit its model.

One wrong filter should not hide what is wrong with the next. So the smallest parts that
hold a mistake are taken out, each leaving its place behind, and the rest is read again.
"""

from __future__ import annotations

from copy import deepcopy
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Final, TypeAlias, TypeVar

from pydantic import WrapValidator

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from fql.runtime.model_errors import Mistake

PartT = TypeVar("PartT")


class _Spoilt(Enum):
    SPOILT = "spoilt"


SPOILT: Final = _Spoilt.SPOILT
"""Stands where a part with a mistake was."""


def _pass_spoilt(value: object, validate: Callable[[object], PartT]) -> object:
    return value if value is SPOILT else validate(value)


Parts: TypeAlias = list[Annotated[PartT, WrapValidator(_pass_spoilt)]]
"""A list of parts, each of which may be `SPOILT`; `sound` tells."""


def sound(parts: Iterable[PartT]) -> Iterator[tuple[int, PartT]]:
    """Yield the parts that fit their model, each with its place in the list."""
    for index, part in enumerate(parts):
        if part is not SPOILT:
            yield index, part


def without(value: object, mistakes: Iterable[Mistake]) -> object:
    """Return a copy of JSON without the parts that hold *mistakes*.

    An unknown key goes alone. Any other mistake takes the innermost element of a list
    of parts with it, or else the value itself.
    """
    copy = deepcopy(value)
    for mistake in mistakes:
        path = mistake.path
        indices = [at for at in range(len(path)) if _is_part(path, at)]
        if mistake.is_about_key or not indices:
            _take_out(copy, path)
        else:
            _spoil(copy, path[: indices[-1] + 1])
    return copy


def _is_part(path: Sequence[str | int], at: int) -> bool:
    """Return whether the key at *at* is the index of an element in a list of parts."""
    lists = {"actions", "destinations", "filters", "sources", "subscriptions"}
    lists.add("enrichments")
    return at > 0 and isinstance(path[at], int) and path[at - 1] in lists


def _spoil(value: object, path: Sequence[str | int]) -> None:
    holder = _walk(value, path[:-1])
    if isinstance(holder, list):
        holder[int(path[-1])] = SPOILT


def _take_out(value: object, path: Sequence[str | int]) -> None:
    holder = _walk(value, path[:-1])
    if path and isinstance(holder, dict):
        holder.pop(path[-1], None)


def _walk(value: object, path: Sequence[str | int]) -> object:
    for key in path:
        if isinstance(value, dict):
            value = value.get(key)
        elif isinstance(value, list) and isinstance(key, int):
            value = value[key]
    return value
