"""What pydantic finds in JSON, in plain words and with its place.

Any model will do: a mistake is a code, a message, a help and the keys that lead to it.
Where these stand in a text is a document's to say.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from fql.compiler.field_errors import shown
from fql.compiler.suggest import nearest
from fql.grammar.diagnostics import Code, Diagnostic
from fql.grammar.errors import quoted
from fql.grammar.json_places import inside

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from pydantic import BaseModel, ValidationError
    from pydantic_core import ErrorDetails

    from fql.grammar.json_places import JsonDocument

_EXPECTED = {
    "bool_type": "true or false",
    "dict_type": "an object",
    "finite_number": "a finite number",
    "float_type": "a number",
    "list_type": "a list",
    "mapping_type": "an object",
    "model_attributes_type": "an object",
    "model_type": "an object",
    "string_too_short": "a text that is not empty",
    "string_type": "a string",
    "tuple_type": "a list",
}
"""What was wanted, by pydantic's name for not getting it."""

_Path: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing that is wrong with a JSON value.

    Attributes:
        code: Its code.
        message: What is wrong.
        path: The keys from the value to the place.
        help: What to write instead; may be empty.
        is_about_key: Whether the last key of the path is the mistake, not its value.
    """

    code: Code
    message: str
    path: _Path
    help: str = ""
    is_about_key: bool = False


def mistake_of(
    error: ErrorDetails, value: object, keys: Iterable[str], words: Collection[str] = ()
) -> Mistake:
    """Return one of pydantic's errors as a mistake.

    Args:
        error: What pydantic found.
        value: The JSON in which it was found.
        keys: The keys that may stand in it, for suggestions.
        words: The texts that may stand in it as one of a few, for suggestions.
    """
    path = _path(error["loc"], value)
    context = error.get("ctx", {})
    match error["type"]:
        case "extra_forbidden":
            key = str(path[-1])
            help_ = _did_you_mean(nearest(key, keys))
            message = f"unknown key {quoted(key)}"
            return Mistake(Code.UNKNOWN_KEY, message, path, help_, is_about_key=True)
        case "missing":
            return Mistake(Code.BAD_MODEL, f"`{error['loc'][-1]}` is missing", path)
        case "union_tag_not_found":
            key = str(context["discriminator"]).strip("'")
            return Mistake(Code.BAD_MODEL, f"`{key}` is missing", path)
        case "union_tag_invalid":
            key = str(context["discriminator"]).strip("'")
            return _wrong_choice(context, (*path, key), words)
        case "value_error":
            # Our own words, after pydantic's "Value error, ".
            return Mistake(Code.BAD_MODEL, error["msg"].partition(", ")[2], path)
        case _:
            return _wrong_value(error, path, words)


def _wrong_choice(
    context: dict[str, object], path: _Path, words: Collection[str]
) -> Mistake:
    """Return that a word is none of those that may stand there."""
    tag, expected = str(context["tag"]), str(context["expected_tags"])
    message = f"`{path[-1]}` must be {expected.replace(chr(39), '`')} but is `{tag}`"
    help_ = _did_you_mean(nearest(tag, words))
    return Mistake(Code.BAD_MODEL, message, path, help_)


def _wrong_value(error: ErrorDetails, path: _Path, words: Collection[str]) -> Mistake:
    """Return that a value is of the wrong kind, or none of those that may stand."""
    value = error["input"]
    expected = _EXPECTED.get(error["type"]) or error.get("ctx", {}).get("expected")
    name = _name(path)
    if not expected:
        return Mistake(Code.BAD_MODEL, f"{name} is wrong: {error['msg']}", path)
    near = nearest(value, words) if isinstance(value, str) else None
    message = f"{name} must be {expected} but is {shown(value)}"
    return Mistake(Code.BAD_MODEL, message, path, _did_you_mean(near))


def _name(path: _Path) -> str:
    if not path:
        return "the whole"
    last = path[-1]
    return f"`{last}`" if isinstance(last, str) else f"element {last + 1}"


def _path(location: Iterable[int | str], value: object) -> _Path:
    """Return the keys of *location* that exist in *value*.

    Others are pydantic's: names of alternatives, or a key that is missing.
    """
    path: list[str | int] = []
    for part in location:
        inner = _members(value)
        if part in inner:
            path.append(part)
            value = inner[part]
    return tuple(path)


def _members(value: object) -> dict[object, object]:
    """Return what *value* holds by key or index."""
    match value:
        case dict():
            return {**value}
        case list() | tuple():
            return dict(enumerate(value))
        case _:
            return {}


def _did_you_mean(near: str | None) -> str:
    return "" if near is None else f"did you mean `{near}`?"


# --- in documents -----------------------------------------------------------------


def model_findings(
    error: ValidationError,
    document: JsonDocument,
    models: Iterable[type[BaseModel]],
    words: Collection[str] = (),
) -> list[Diagnostic]:
    """Return what pydantic found in a document, at the places where it is.

    Args:
        error: What pydantic found.
        document: The JSON that it looked at.
        models: All models that were asked for, for suggestions of keys.
        words: The texts that may stand in it as one of a few, for suggestions.
    """
    keys = sorted({key for model in models for key in keys_of(model)})
    return [
        _located(mistake_of(each, document.value, keys, words), document)
        for each in error.errors(include_url=False)
    ]


def keys_of(model: type[BaseModel]) -> list[str]:
    """Return the keys of *model* in JSON."""
    return [field.alias or name for name, field in model.model_fields.items()]


def _located(mistake: Mistake, document: JsonDocument) -> Diagnostic:
    pointer = ""
    for key in mistake.path:
        pointer = inside(pointer, key)
    find = document.key_span if mistake.is_about_key else document.span
    return Diagnostic(
        mistake.code,
        mistake.message,
        find(pointer),
        document.source,
        help=mistake.help,
        pointer=pointer,
    )
