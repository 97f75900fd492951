"""Which back end runs: closures at first, generated Python for what is called again.

Closures are built in a few microseconds; generated code takes some hundred to compile,
and then a good part less for each event. So a condition or a payload that is wanted
once never pays for what it does not use, and one that is wanted often pays back what
it cost. At the call where the two have cost about the same, the function is swapped
for the better one, whose answers and errors are the same.

Nothing is locked. Counting is one step of the interpreter, so that one thread alone
generates; the others go on with closures until the swap, which is one step as well.
"""

from __future__ import annotations

from contextlib import suppress
from itertools import count
from typing import TYPE_CHECKING, TypeVar
from weakref import WeakMethod

if TYPE_CHECKING:
    from collections.abc import Callable

    from fql.compiler.values import Json

_Result = TypeVar("_Result")

TRIGGER_CALLS = 500
"""The call of a trigger at which its code is generated.

Generating costs about 200 microseconds and saves about 0.3 a call, with the counting.
"""

PAYLOAD_CALLS = 100
"""The call of a mapping at which its code is generated.

Generating costs up to a millisecond and saves some microseconds a call.
"""


def counted(
    function: Callable[[Json], _Result], *, calls: int, swap: Callable[[], object]
) -> Callable[[Json], _Result]:
    """Return *function*, which calls *swap* once, at the call number *calls*.

    *swap* is a method, whose object is not kept alive. Where the stack has no room for
    it, there is no swap: what is called in such a depth goes on as it was.
    """
    numbers = count(1)
    known = WeakMethod(swap)

    def first(event: Json) -> _Result:
        if next(numbers) == calls:
            _try(known())
        return function(event)

    return first


def _try(swap: Callable[[], object] | None) -> None:
    if swap is not None:
        with suppress(RecursionError):
            swap()
