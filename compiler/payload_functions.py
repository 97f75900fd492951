"""The functions that only mappings have: entries and meaning.

They differ from the functions of `functions.py` in that they know *missing*: a value
that is not there stays so. Named options are constants and are bound when the mapping
is compiled. The directive JSON has its own readings of some of these, accidents and
all; they are not here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from fql.compiler.missing import MISSING, Missing
from fql.compiler.payload_json import from_json as from_json
from fql.compiler.payload_json import to_json as to_json
from fql.compiler.signatures import Example, Parameter
from fql.compiler.types import Type
from fql.compiler.values import Json, number_text

Value: TypeAlias = Json | Missing
Options: TypeAlias = Mapping[str, Json]
Implementation: TypeAlias = Callable[..., Value]

MAX_REPLACE_TEXT = 1_000
"""Characters of a text that ``replace`` looks for, or puts in its place."""


MAX_FLAT_LEVELS = 200
"""Levels that ``flatten`` takes apart; what stands deeper is kept whole."""


@dataclass(frozen=True, slots=True)
class PayloadFunction:
    """One function of mappings.

    Attributes:
        name: What a mapping writes.
        parameters: What it takes in each place.
        required: How many of the parameters a call must fill.
        is_variadic: Whether the last parameter may be repeated.
        options: Named constants that a call may give.
        result: What a call may give; it may also be missing.
        summary: One sentence for documentation.
        bind: From the options of a call to its implementation, which takes the
            arguments, any of which may be missing, and changes none.
        examples: Texts of mappings, and their values.
    """

    name: str
    parameters: tuple[Parameter, ...]
    required: int
    result: Type
    summary: str
    bind: Callable[[Options], Implementation]
    examples: tuple[Example, ...]
    options: tuple[Parameter, ...] = field(default=(), kw_only=True)
    is_variadic: bool = field(default=False, kw_only=True)

    @property
    def signature(self) -> str:
        """The call as documentation shows it: ``flatten(value, separator: ...)``."""
        names = [parameter.name for parameter in self.parameters]
        required, optional = names[: self.required], names[self.required :]
        shown = ", ".join([*required, *(f"[{name}]" for name in optional)])
        if self.is_variadic:
            shown += ", ..."
        options = "".join(f", {option.name}: ..." for option in self.options)
        return f"{self.name}({shown}{options})"


# --- meaning ----------------------------------------------------------------------


def lower(value: Value) -> Value:
    """Return a string in lower case; anything else as it is."""
    return value.lower() if isinstance(value, str) else value


def upper(value: Value) -> Value:
    """Return a string in upper case; anything else as it is."""
    return value.upper() if isinstance(value, str) else value


def is_filled(value: Value) -> bool:
    """Return whether there is a value and it is neither null nor an empty string."""
    return value is not MISSING and value is not None and value != ""


def replacer(options: Options) -> Implementation:
    """Return ``replace`` with its options: texts, not patterns, are replaced."""
    flags = re.IGNORECASE if options.get("ignorecase") is True else 0
    count = 1 if options.get("first_only") is True else 0

    def replace(value: Value, *pairs: Json) -> Value:
        text = _replaceable(value)
        if text is None:
            return value
        for wanted, substitute in zip(pairs[::2], pairs[1::2], strict=False):
            if not isinstance(wanted, str) or not isinstance(substitute, str):
                continue
            if flags or count:
                text = re.sub(
                    re.escape(wanted),
                    lambda _, new=substitute: new,
                    text,
                    count=count,
                    flags=flags,
                )
            elif wanted:
                text = text.replace(wanted, substitute)
        return text

    return replace


def _replaceable(value: Value) -> str | None:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return number_text(value) if isinstance(value, int | float) else None


def merge(*objects: Value) -> Value:
    """Return one object with the members of all; the right one wins."""
    merged: dict[str, Json] = {}
    for each in objects:
        if isinstance(each, dict):
            merged.update(each)
    return merged


def merge_left(*objects: Value) -> Value:
    """Return one object with the members of all; the left one wins."""
    return merge(*reversed(objects))


def flattener(options: Options) -> Implementation:
    """Return ``flatten`` with its options."""
    separator = options.get("separator", "_")
    joint = separator if isinstance(separator, str) else "_"
    inner = dict if options.get("omit_arrays") is True else (dict, list)

    def flatten(value: Value) -> Value:
        if not isinstance(value, inner):
            return value
        flat: dict[str, Json] = {}
        pending: list[tuple[str, Json, int]] = [("", value, 0)]
        while pending:
            name, each, level = pending.pop()
            if not isinstance(each, inner) or level == MAX_FLAT_LEVELS:
                flat[name] = each
                continue
            pairs = each.items() if isinstance(each, dict) else enumerate(each)
            prefix = f"{name}{joint}" if name else ""
            pending.extend(
                reversed([(f"{prefix}{key}", child, level + 1) for key, child in pairs])
            )
        return flat

    return flatten


def drop_null(value: Value) -> Value:
    """Return *value* without nulls in objects at any depth; missing for null itself.

    Lists are kept as they are, and objects inside them.
    """
    if value is None:
        return MISSING
    if not isinstance(value, dict):
        return value
    root: dict[str, Json] = {}
    pending: list[tuple[dict[str, Json], dict[str, Json]]] = [(value, root)]
    while pending:
        given, kept = pending.pop()
        for key, member in given.items():
            if isinstance(member, dict):
                inner: dict[str, Json] = {}
                kept[key] = inner
                pending.append((member, inner))
            elif member is not None:
                kept[key] = member
    return root


def same(value: Value) -> Value:
    """Return *value*."""
    return value


# --- entries ----------------------------------------------------------------------


def _plain(implementation: Implementation) -> Callable[[Options], Implementation]:
    return lambda _: implementation


_VALUE = Parameter("value", Type.ANY)
_OBJECT = Parameter("object", Type.OBJECT | Type.NULL)
_ORIGINAL_EXAMPLE: Json = {"total": 1, "name": "ada"}
_BOOL = Type.BOOL

TRANSFORM = "transform"
"""Reads its second argument on the result of the first; the compiler knows it."""

LIQUID = "liquid"
"""Needs the extra of that name; the compiler knows it."""

ORIGINAL = "original"
"""What stands in it means what directives mean; the compiler knows it."""

PATH = "path"
"""As `ORIGINAL`, for a path in the spelling of directives."""

TEMPLATE = "template"
"""As `ORIGINAL`, for a template in the spelling of directives."""

_ENTRIES = (
    PayloadFunction(
        "drop_null",
        (_VALUE,),
        1,
        Type.ANY,
        "The value without the nulls in its objects; nothing at all for null itself.",
        _plain(drop_null),
        (Example("drop_null({ a: null, b: 1 })", {"b": 1}),),
    ),
    PayloadFunction(
        "filled",
        (_VALUE,),
        1,
        Type.BOOL,
        "Whether there is a value that is neither null nor an empty string.",
        _plain(is_filled),
        (Example("filled('')", result=False), Example("filled(0)", result=True)),
    ),
    PayloadFunction(
        "flatten",
        (_VALUE,),
        1,
        Type.ANY,
        "A nested object as one level, its keys joined by the separator.",
        flattener,
        (Example("flatten({ a: { b: [1] } })", {"a_b_0": 1}),),
        options=(
            Parameter("separator", Type.STRING),
            Parameter("omit_arrays", _BOOL),
        ),
    ),
    PayloadFunction(
        "from_json",
        (_VALUE,),
        1,
        Type.ANY,
        "What a JSON text says; a text that is no JSON stays as it is.",
        _plain(from_json),
        (Example("from_json('[1, 2]')", [1, 2]), Example("from_json('x')", "x")),
    ),
    PayloadFunction(
        LIQUID,
        (Parameter("template", Type.STRING),),
        1,
        Type.STRING,
        "The text that a Liquid template gives, with the event as its variables.",
        _plain(same),
        (),
    ),
    PayloadFunction(
        "literal",
        (_VALUE,),
        1,
        Type.ANY,
        "The value as it is.",
        _plain(same),
        (Example("literal('a')", "a"),),
    ),
    PayloadFunction(
        "lower",
        (_VALUE,),
        1,
        Type.ANY,
        "A string in lower case; anything else stays as it is.",
        _plain(lower),
        (Example("lower('A@B.c')", "a@b.c"), Example("lower(1)", 1)),
    ),
    PayloadFunction(
        "merge",
        (_OBJECT, _OBJECT),
        2,
        Type.OBJECT,
        "One object with the members of all; where two have a key, the right one wins.",
        _plain(merge),
        (Example("merge({ a: 1, b: 1 }, { b: 2 })", {"a": 1, "b": 2}),),
        is_variadic=True,
    ),
    PayloadFunction(
        "merge_left",
        (_OBJECT, _OBJECT),
        2,
        Type.OBJECT,
        "One object with the members of all; where two have a key, the left one wins.",
        _plain(merge_left),
        (Example("merge_left({ a: 1 }, { a: 2, b: 2 })", {"a": 1, "b": 2}),),
        is_variadic=True,
    ),
    PayloadFunction(
        ORIGINAL,
        (_VALUE,),
        1,
        Type.ANY,
        "The value as the original engine gives it for the directives that say the "
        "same: where a parent is empty, where a text is wanted, which values count as "
        "there. What directives cannot say may not stand in it.",
        _plain(same),
        (Example("original({ total: 1, name: lower('Ada') })", _ORIGINAL_EXAMPLE),),
    ),
    PayloadFunction(
        PATH,
        (Parameter("path", Type.STRING),),
        1,
        Type.ANY,
        "What a path leads to that is spelled and read as in directives.",
        _plain(same),
        (Example("path('')", {}),),
    ),
    PayloadFunction(
        "replace",
        (
            _VALUE,
            Parameter("from", Type.STRING),
            Parameter("to", Type.STRING),
            Parameter("from2", Type.STRING),
            Parameter("to2", Type.STRING),
        ),
        3,
        Type.ANY,
        "A text with each occurrence of one text replaced by another.",
        replacer,
        (
            Example("replace('United Kingdom', 'United ', 'U.')", "U.Kingdom"),
            Example("replace('aA', 'A', 'b', ignorecase: true)", "bb"),
        ),
        options=(Parameter("ignorecase", _BOOL), Parameter("first_only", _BOOL)),
    ),
    PayloadFunction(
        TEMPLATE,
        (Parameter("template", Type.STRING),),
        1,
        Type.STRING,
        "The text of a template that is spelled and filled as in directives.",
        _plain(same),
        (Example("template('{{{name}}}!')", "!"),),
    ),
    PayloadFunction(
        "to_json",
        (_VALUE,),
        1,
        Type.STRING,
        "The value as compact JSON text.",
        _plain(to_json),
        (Example("to_json({ a: [1, true] })", '{"a":[1,true]}'),),
    ),
    PayloadFunction(
        TRANSFORM,
        (Parameter("first", Type.ANY), Parameter("then", Type.ANY)),
        2,
        Type.ANY,
        "The second value, its paths read on what the first one gave.",
        _plain(same),
        (Example("transform({ a: 1 }, { b: a })", {"b": 1}),),
    ),
    PayloadFunction(
        "upper",
        (_VALUE,),
        1,
        Type.ANY,
        "A string in upper case; anything else stays as it is.",
        _plain(upper),
        (Example("upper('usd')", "USD"),),
    ),
)

PAYLOAD_FUNCTIONS: Mapping[str, PayloadFunction] = {
    entry.name: entry for entry in _ENTRIES
}
"""Every function that only mappings have, by name."""
