"""What can be wrong with a payload, and how it is said.

One function per finding: it gets data and makes the wording. Nothing here decides
whether a payload is right.

A finding is made where the value is and learns its way there from the objects and
lists around it (`Finding.under`); it becomes a `Problem` when the way is whole.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, assert_never

from fql.compiler.field_specs import (
    FieldType,
    Format,
    Match,
    PresenceCondition,
    ValueCondition,
)
from fql.compiler.values import number_text, quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fql.compiler.field_specs import FieldCondition, FieldSpec, Requirement
    from fql.compiler.values import Json

MASK = "***"
"""What stands for the value of a password field."""

MAX_SHOWN_TEXT = 60
"""Code points of a value that a message shows."""

MAX_SHOWN_CHOICES = 8
"""Choices that a message lists."""

MAX_SHOWN_PROBLEMS = 20
"""Problems that the text of a `PayloadError` lists; all are in ``problems``."""

TYPE_NAMES = {
    FieldType.STRING: "a string",
    FieldType.TEXT: "a string",
    FieldType.PASSWORD: "a string",
    FieldType.NUMBER: "a number",
    FieldType.INTEGER: "a whole number",
    FieldType.BOOLEAN: "true or false",
    FieldType.DATETIME: "a date or time",
    FieldType.OBJECT: "an object",
}

_FORMAT_NAMES = {
    Format.DATE: "a date such as 2026-01-31",
    Format.TIME: "a time such as 19:55:00Z",
    Format.DATE_TIME: "a date and time such as 2026-01-31T19:55:00Z",
    Format.URI: "a full URL",
    Format.URI_REFERENCE: "a URL or a part of one",
    Format.URI_TEMPLATE: "a URL template",
    Format.EMAIL: "an email address",
    Format.HOSTNAME: "a host name",
    Format.IPV4: "an IPv4 address",
    Format.IPV6: "an IPv6 address",
    Format.REGEX: "a regular expression",
    Format.UUID: "a UUID",
    Format.PASSWORD: "a string",
    Format.TEXT: "a string",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason why a payload is not sent.

    Attributes:
        field: The way to the value, joined by dots (``products.0.price``); empty for
            the payload as a whole.
        rule: What it breaks, by its name in declarations: ``required``, ``type``,
            ``choices``, ``format``, ``minimum`` or ``maximum``.
        value: What was found, None where nothing was; ``***`` for a secret.
        message: All of that as a sentence without a full stop.
    """

    field: str
    rule: str
    value: Json
    message: str


class PayloadError(ValueError):
    """A payload does not fit its action. ``problems`` holds every reason."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        shown = [each.message for each in self.problems[:MAX_SHOWN_PROBLEMS]]
        more = len(self.problems) - len(shown)
        return "; ".join([*shown, f"and {more} more"] if more else shown)


@dataclass(frozen=True, slots=True)
class Finding:
    """A `Problem` whose way from the payload is not yet known as a whole."""

    rule: str
    value: Json
    text: str
    path: tuple[str, ...] = ()

    def under(self, key: str) -> Finding:
        """Return the finding as seen from the object or list one level up."""
        return replace(self, path=(key, *self.path))

    def problem(self) -> Problem:
        """Return the problem, its way being whole."""
        field = ".".join(self.path)
        name = f"`{_cut(field)}`" if field else "the payload"
        return Problem(field, self.rule, self.value, f"{name} {self.text}")


def not_an_object(value: Json) -> Finding:
    """Return the finding that a payload is not an object."""
    return Finding("type", value, f"must be an object but is {shown(value)}")


def wrong_type(spec: FieldSpec, value: Json) -> Finding:
    """Return the finding that *value* is not, and cannot be read as, what it must."""
    wanted = TYPE_NAMES[spec.type]
    if spec.is_multiple:
        wanted = "a list"
    elif isinstance(value, list) and spec.type is not FieldType.OBJECT:
        wanted = f"one value, {wanted},"
    return _unlike("type", f"must be {wanted}", spec, value)


def not_a_choice(spec: FieldSpec, value: Json) -> Finding:
    """Return the finding that *value* is none of the choices."""
    choices = spec.choices or ()
    listed = [shown(choice) for choice in choices[:MAX_SHOWN_CHOICES]]
    if len(choices) > MAX_SHOWN_CHOICES:
        listed.append(f"{len(choices) - MAX_SHOWN_CHOICES} more")
    wanted = _joined(listed, "or") or "none at all"
    prefix = "must be one of" if len(choices) > 1 else "must be"
    return _unlike("choices", f"{prefix} {wanted}", spec, value)


def wrong_format(spec: FieldSpec, value: Json) -> Finding:
    """Return the finding that the text *value* has not the shape it must have."""
    wanted = _FORMAT_NAMES[spec.format] if spec.format else TYPE_NAMES[spec.type]
    return _unlike("format", f"must be {wanted}", spec, value)


def out_of_bounds(
    spec: FieldSpec, size: float, value: Json, *, is_low: bool
) -> Finding:
    """Return the finding that a number, or a text's length, is out of bounds.

    Args:
        spec: The field.
        size: The number or the length.
        value: What was given for it.
        is_low: Whether it is the minimum that is broken.
    """
    rule, more = ("minimum", "more") if is_low else ("maximum", "fewer")
    bound = number_text((spec.minimum if is_low else spec.maximum) or 0)
    if spec.type is FieldType.STRING:
        text = f"must have {bound} characters or {more} but has {number_text(size)}"
        return Finding(rule, _masked(spec, value), text)
    comparison = f"must be {bound} or {'more' if is_low else 'less'}"
    return _unlike(rule, comparison, spec, value)


def missing(value: Json, reason: str = "") -> Finding:
    """Return the finding that a required field is missing.

    Args:
        value: The empty value that was found in its place, or None.
        reason: When it is required, from `describe_requirement`; empty for always.
    """
    state = "is missing" if value is None else f"is {shown(value)}"
    return Finding("required", value, f"is required{reason} but {state}")


def describe_requirement(requirement: Requirement) -> str:
    """Return the words that follow "is required".

    >>> from fql.compiler.field_specs import Requirement, ValueCondition
    >>> describe_requirement(Requirement((ValueCondition("type", "track"),)))
    ' because `type` is "track"'
    """
    conditions = [_condition_text(each) for each in requirement.conditions]
    if len(conditions) == 1:
        return f" because {conditions[0]}"
    if requirement.match is Match.ANY:
        return f" when {_joined(conditions, 'or')}"
    return f" because {_joined(conditions, 'and')}"


def shown(value: Json) -> str:
    """Return *value* for a message: scalars as JSON and cut, the rest described."""
    match value:
        case str():
            cut = value[:MAX_SHOWN_TEXT]
            return quoted(cut) if cut == value else f"{quoted(cut)}…"
        case None | bool():
            return {None: "null", True: "true", False: "false"}[value]
        case int() | float():
            return _cut(number_text(value))
        case list():
            return f"a list of {len(value)}" if value else "an empty list"
        case _:
            return "an object"


def _condition_text(condition: FieldCondition) -> str:
    match condition:
        case PresenceCondition(field, is_present):
            return f"`{field}` is {'filled' if is_present else 'missing'}"
        case ValueCondition(field, value, is_equal):
            options = value if isinstance(value, list) else [value]
            listed = _joined([shown(option) for option in options], "or")
            return f"`{field}` is {'' if is_equal else 'not '}{listed}"
        case _:
            assert_never(condition)


def _unlike(rule: str, wanted: str, spec: FieldSpec, value: Json) -> Finding:
    found = "another value" if spec.is_secret else shown(value)
    return Finding(rule, _masked(spec, value), f"{wanted} but is {found}")


def _masked(spec: FieldSpec, value: Json) -> Json:
    return MASK if spec.is_secret else value


def _joined(parts: Sequence[str], word: str) -> str:
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {word} {parts[-1]}"


def _cut(text: str) -> str:
    return text if len(text) <= MAX_SHOWN_TEXT else f"{text[:MAX_SHOWN_TEXT]}…"
