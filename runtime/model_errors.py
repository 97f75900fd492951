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
    from collections.abc import Collection, Iterable, Mapping

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
        suggestion: The key or text that is likely meant; may be empty.
        is_about_key: Whether the last key of the path is the mistake, not its value.
        missing: The key that is missing; may be empty.
    """

    code: Code
    message: str
    path: _Path
    suggestion: str = ""
    is_about_key: bool = False
    missing: str = ""

    @property
    def help(self) -> str:
        """What to write instead; may be empty."""
        return f"did you mean `{self.suggestion}`?" if self.suggestion else ""


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
            return _unknown_key(path, keys)
        case "missing":
            return missing_key(str(error["loc"][-1]), path)
        case "union_tag_not_found":
            return missing_key(_discriminator(context), path)
        case "union_tag_invalid":
            return _wrong_choice(context, (*path, _discriminator(context)), words)
        case "recursion_loop" | "recursion_depth_exceeded":
            message = f"{_name(path[:1])} is nested too deeply"
            return Mistake(Code.TOO_DEEP, message, path[:1])
        case "value_error":
            # Our own words, after pydantic's "Value error, ".
            return Mistake(Code.BAD_MODEL, error["msg"].partition(", ")[2], path)
        case _:
            return _wrong_value(error, path, words)


def missing_key(key: str, path: _Path) -> Mistake:
    """Return that the object at *path* lacks a key."""
    return Mistake(Code.BAD_MODEL, f"`{key}` is missing", path, missing=key)


def _unknown_key(path: _Path, keys: Iterable[str]) -> Mistake:
    key = str(path[-1])
    message = f"unknown key {quoted(key)}"
    near = nearest(key, keys) or ""
    return Mistake(Code.UNKNOWN_KEY, message, path, near, is_about_key=True)


def _discriminator(context: Mapping[str, object]) -> str:
    return str(context["discriminator"]).strip("'")


def _wrong_choice(
    context: Mapping[str, object], path: _Path, words: Collection[str]
) -> Mistake:
    """Return that a word is none of those that may stand there."""
    tag = str(context["tag"])
    expected = str(context["expected_tags"]).replace("'", "`")
    message = f"`{path[-1]}` must be one of {expected}, not `{tag}`"
    return Mistake(Code.BAD_MODEL, message, path, nearest(tag, words) or "")


def _wrong_value(error: ErrorDetails, path: _Path, words: Collection[str]) -> Mistake:
    """Return that a value is of the wrong kind, or none of those that may stand."""
    value = error["input"]
    expected = _EXPECTED.get(error["type"]) or error.get("ctx", {}).get("expected")
    name = _name(path)
    if not expected:
        return Mistake(Code.BAD_MODEL, f"{name} is wrong: {error['msg']}", path)
    is_word = isinstance(value, str) and error["type"] in {"literal_error", "enum"}
    near = nearest(value, words) if is_word else None
    message = f"{name} must be {expected} but is {shown(value)}"
    return Mistake(Code.BAD_MODEL, message, path, near or "")


def _name(path: _Path) -> str:
    if not path:
        return "this"
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


# --- in documents -----------------------------------------------------------------


def mistakes_of(
    error: ValidationError,
    value: object,
    models: Iterable[type[BaseModel]],
    words: Collection[str] = (),
) -> list[Mistake]:
    """Return everything that pydantic found in a value.

    Args:
        error: What pydantic found.
        value: The JSON that it looked at.
        models: All models that were asked for, for suggestions of keys.
        words: The texts that may stand in it as one of a few, for suggestions.
    """
    keys = sorted({key for model in models for key in keys_of(model)})
    found = error.errors(include_url=False)
    return without_echoes([mistake_of(each, value, keys, words) for each in found])


def without_echoes(mistakes: Iterable[Mistake]) -> list[Mistake]:
    """Return *mistakes* without missing keys that are there, but misspelled."""
    found = list(mistakes)
    misspelled = {
        (each.path[:-1], each.suggestion) for each in found if each.is_about_key
    }
    return [each for each in found if (each.path, each.missing) not in misspelled]


def keys_of(model: type[BaseModel]) -> list[str]:
    """Return the keys of *model* in JSON."""
    return [field.alias or name for name, field in model.model_fields.items()]


def located(mistake: Mistake, document: JsonDocument) -> Diagnostic:
    """Return a mistake as a finding in the document where it was made."""
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
