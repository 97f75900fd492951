"""The wording of what is wrong with directive JSON.

One function a finding. A fault names its place by a JSON pointer; a document turns it
into a diagnostic.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from fql.grammar.diagnostics import Code, Diagnostic, Severity
from fql.grammar.directive_nodes import ARRAY_PATH, NAMES, OPTIONS
from fql.grammar.errors import quoted
from fql.grammar.limits import MAX_NESTING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fql.grammar.json_places import Json, JsonDocument


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is wrong, or odd, at a place of the JSON.

    Attributes:
        pointer: The JSON pointer of the place.
        message: What is wrong, without a full stop.
        help: What to write instead.
        code: The kind of finding.
        severity: How bad it is.
        is_about_key: Whether the key before the value is meant.
    """

    pointer: str
    message: str
    help: str = ""
    code: Code = Code.BAD_MODEL
    severity: Severity = Severity.ERROR
    is_about_key: bool = False

    def diagnostic(self, document: JsonDocument) -> Diagnostic:
        """Return the finding with its place in *document*."""
        find = document.key_span if self.is_about_key else document.span
        return Diagnostic(
            self.code,
            self.message,
            find(self.pointer),
            document.source,
            self.severity,
            help=self.help,
            pointer=self.pointer,
        )


def accident(
    pointer: str, message: str, help_: str = "", *, is_about_key: bool = False
) -> Fault:
    """Return a warning about what is evaluated otherwise than it looks."""
    return Fault(
        pointer,
        message,
        help_,
        Code.JSON_ACCIDENT,
        Severity.WARNING,
        is_about_key,
    )


def where_reached(fault: Fault) -> Fault:
    """Return *fault* as a warning: not every event comes to that place."""
    message = f"{fault.message}: an event that comes to this place fails"
    return replace(fault, message=message, severity=Severity.WARNING)


# --- form -------------------------------------------------------------------------

ROOT_ALONE: Final = "the root directive is not an object with exactly one key"
ROOT_OBJECT: Final = "what stands under the one key of the root directive is no object"


def no_mapping(pointer: str, value: Json) -> Fault:
    """A mapping that is no object."""
    message = f"a mapping is an object, not {described(value)}"
    return Fault(pointer, message, "name the members of the payload")


def no_json(pointer: str, value: object) -> Fault:
    """A Python value that stands for no JSON."""
    message = f"a value of the type `{type(value).__name__}` is not JSON"
    return Fault(
        pointer, message, "JSON has texts, numbers, bools, null, lists, objects"
    )


def key_not_text(pointer: str, key: object) -> Fault:
    """A Python object with a key that is no text."""
    return Fault(
        pointer, f"the key {quoted(repr(key))} is no text", "JSON keys are texts"
    )


def too_deep(pointer: str) -> Fault:
    """More levels than are read."""
    message = f"lists and objects nest deeper than {MAX_NESTING} levels"
    return Fault(pointer, message, "take the inner part out", Code.TOO_DEEP)


def failing_form(name: str, argument: Json) -> str:
    """Return why an object with the directive key *name* is none that works."""
    if name == ARRAY_PATH:
        return f"`{name}` takes a list, not {described(argument)}"
    if name in OPTIONS:
        return f"`{name}` takes an object with its options, not {described(argument)}"
    return f"there is no directive {quoted(name)}"


def failing(pointer: str, name: str, problem: str) -> Fault:
    """A directive that the engine cannot run."""
    help_ = ""
    if name not in NAMES:
        help_ = did_you_mean(name, NAMES) or f"the directives are {listed(NAMES)}"
    elif name in OPTIONS:
        help_ = _options_help(name)
    elif name == ARRAY_PATH:
        help_ = "the list holds a path and, if need be, the shape of an item"
    return Fault(pointer, problem, help_, is_about_key=True)


def _options_help(name: str) -> str:
    return f"its options are {listed(OPTIONS[name][1], is_sorted=False)}"


def keys_beside(pointer: str, name: str, others: Sequence[str]) -> Fault:
    """A directive with other keys in its object."""
    message = f"`{name}` does not stand alone in its object: there is {listed(others)}"
    return Fault(pointer, message, "give each directive an object of its own")


def options_are_directive(pointer: str, name: str, key: str) -> Fault:
    """``{"@case": {"@path": ..}}``."""
    message = f"`{name}` takes an object with its options, not the directive `{key}`"
    return Fault(pointer, message, _options_help(name))


# --- options ----------------------------------------------------------------------


def wrong_type(pointer: str, name: str, wanted: str, found: str) -> Fault:
    """An option, or an argument, of another type than is wanted."""
    return Fault(pointer, f"{_subject(name)} must be {wanted}, but is {found}")


def option_missing(pointer: str, name: str, option: str, why: str = "") -> Fault:
    """An option that is not there and has to be."""
    return Fault(pointer, f"`{name}` needs `{option}`", why, is_about_key=True)


def option_empty(pointer: str, name: str, option: str, found: str) -> Fault:
    """An option that counts as not there, since it is null, false, 0 or empty."""
    message = f"`{name}` needs `{option}`, and {found} counts as none"
    return Fault(pointer, message)


def wrong_length(pointer: str, option: str, length: int, most: int) -> Fault:
    """A text that is too short or too long for the engine."""
    if not length:
        return Fault(pointer, f"`{option}` is empty", "name the text to be replaced")
    message = f"`{option}` has {length} characters; the engine takes at most {most}"
    return Fault(pointer, message, "replace a shorter part, or in two steps")


def not_one_of(pointer: str, option: str, value: str, allowed: Sequence[str]) -> Fault:
    """A word that is none of the few that are known."""
    help_ = did_you_mean(value, allowed) or f"write {listed(allowed, 'or')}"
    return Fault(pointer, f"{quoted(value)} is no `{option}`", help_)


def nothing_to_test(pointer: str) -> Fault:
    """``{"@if": {"exists": false, ..}}``."""
    message = '`@if` needs `exists` or `blank`; null, false, 0 and "" count as none'
    return Fault(
        pointer, message, 'write `"exists": {"@path": "$..."}`', is_about_key=True
    )


def liquid_too_long(pointer: str, length: int, most: int) -> Fault:
    """A Liquid template longer than the engine takes."""
    message = f"the template has {length:,} characters; the engine takes {most:,}"
    return Fault(pointer, message, "compute a part of it in another member")


# --- words ------------------------------------------------------------------------


def listed(names: Iterable[str], word: str = "and", *, is_sorted: bool = True) -> str:
    """Return names in backticks with *word* before the last."""
    ordered = sorted(names) if is_sorted else list(names)
    *most, last = [quoted(name) for name in ordered]
    return f"{', '.join(most)} {word} {last}" if most else last


def described(value: object) -> str:
    """Return what kind of JSON *value* is, or the value where that says more."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return "a text"
        case int() | float():
            return "a number"
        case list():
            return "a list"
        case _:
            return "an object"


def _subject(name: str) -> str:
    if "`" in name:
        return name
    return f"what `{name}` is given" if name.startswith("@") else f"`{name}`"


def did_you_mean(written: str, known: Iterable[str]) -> str:
    """Return a question for the known name that is near, or an empty text."""
    near = get_close_matches(written, list(known), n=1)
    return f"did you mean `{near[0]}`?" if near else ""
