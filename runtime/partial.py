"""Events of which only some parts are decoded: those that somebody reads.

msgspec makes values of the members that it is asked for and passes over the others,
which takes it half the time of decoding all or less. What comes out is the event less
those members; `fql.compiler.parts` says when nobody can tell. A text is decoded whole
where that is not sure: where a value has another kind than the parts suppose, and
where what is passed over might hide that the text is refused. So a text is read or
refused as `codec.decode` does it, always.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Optional, TypedDict

from fql.compiler.parts import WHOLE
from fql.runtime.codec import DecodeError, decode, whole_reader
from fql.runtime.decoders import may_differ, may_hide_refusal
from fql.runtime.nesting import may_nest_deeply

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fql.compiler.parts import Parts
    from fql.compiler.values import Json

    Decoder = Callable[[bytes], Json]
    LinesDecoder = Callable[[Sequence[bytes]], list[Json]]

MAX_MEMBERS = 24
"""Members of one object that are asked for one by one: each is compared with each."""


def partial_decoder(parts: Parts) -> Decoder:
    """Return a function that decodes an event as far as *parts* go, or further.

    It raises what `codec.decode` raises for the same text, which it is itself where
    that is as good, or where msgspec is not installed.
    """
    read = _reader(parts)
    if read is None:
        return decode

    def decode_parts(text: bytes) -> Json:
        if may_nest_deeply(text) or may_hide_refusal(text):
            return decode(text)
        try:
            return read(text)
        except (ValueError, RecursionError):
            return decode(text)

    return decode_parts


def lines_decoder(parts: Parts = WHOLE) -> LinesDecoder:
    """Return a function that decodes each of some lines as far as *parts* go.

    It looks at all lines at once for what `partial_decoder` looks for in each, which
    takes a fraction of the time, and tells the same. What that refuses is None here.
    A few dozen lines are best: what is odd in one of them makes all take longer.
    """
    partly, careful = _reader(parts), partial_decoder(parts)
    read, may_be_odd = partly or whole_reader(), may_hide_refusal
    if partly is None:
        may_be_odd = may_differ

    def decode_each(lines: Sequence[bytes]) -> list[Json]:
        return [_decoded(careful, line) for line in lines]

    if read is None:
        return decode_each

    def decode_lines(lines: Sequence[bytes]) -> list[Json]:
        if any(map(may_nest_deeply, lines)) or may_be_odd(b"\n".join(lines)):
            return decode_each(lines)
        try:
            return [*map(read, lines)]
        except (ValueError, RecursionError):
            return decode_each(lines)

    return decode_lines


def _decoded(read: Decoder, text: bytes) -> Json:
    try:
        return read(text)
    except DecodeError:
        return None


def _reader(parts: Parts) -> Decoder | None:
    """Return msgspec's reader of these parts, or None where it is none to be had."""
    if not _is_worth_it(parts):
        return None
    try:
        module = import_module("msgspec.json")
    except ImportError:
        return None
    read: Decoder = module.Decoder(_object_type(parts)).decode
    return read


def _object_type(parts: Parts) -> type[object]:
    """Return the type of objects with these members, each of which may be missing."""
    make: Any = TypedDict  # type checkers know it with literal members only
    members = {key: _value_type(part) for key, part in parts.members.items()}
    made: type[object] = make("Part", members, total=False)
    return made


def _value_type(parts: Parts) -> object:
    if not _is_worth_it(parts):
        return Any
    return Optional[_object_type(parts)]  # noqa: UP045 - what is made at run time


def _is_worth_it(parts: Parts) -> bool:
    """Return whether an object is decoded member by member.

    msgspec does not surely find keys that are not ASCII.
    """
    if parts.is_whole or len(parts.members) > MAX_MEMBERS:
        return False
    return all(key.isascii() for key in parts.members)
